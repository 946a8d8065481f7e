"""Step 015: what happened to articles, in the order in which it was written down. Released with its step, so never
edited; a later step changes it."""

from __future__ import annotations

from typing import Final

# Append-only. mark says which of the article's events it is ("new", "edit:<snapshot>", "removed:<how often before>"),
# so that an article that moves, states that are told anew or a new generation of versions write nothing twice.
_EVENTS: Final = """
    CREATE TABLE events (
        number INTEGER PRIMARY KEY AUTOINCREMENT, article_key TEXT NOT NULL, kind TEXT NOT NULL, mark TEXT NOT NULL,
        at TEXT NOT NULL
    )"""

_TOLD: Final = "('removed', 'returned', 'moved', 'archived')"
_INTO: Final = "INSERT INTO events (article_key, kind, mark, at) SELECT"
_ONCE: Final = "WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.article_key = {0} AND e.mark = {1});"
_EDIT: Final = "'edit:' || new.snapshot_id"
_EARLIER: Final = "SELECT count(*) FROM states s WHERE s.article_key = {0}.article_key AND s.state = {0}.state"
_STATE: Final = f"new.state || ':' || ({_EARLIER.format('new')} AND s.number < new.number)"

# What was there before this step, by its own time.
_BEFORE: Final = f"""
    {_INTO} key, kind, mark, at FROM (
        SELECT key, 'new' AS kind, 'new' AS mark, first_captured_at AS at FROM articles
        UNION ALL
        SELECT v.article_key, v.kind, 'edit:' || v.snapshot_id, v.captured_at FROM histories h
        JOIN versions v ON v.article_key = h.article_key AND v.generation = h.generation WHERE v.number > 1
        UNION ALL
        SELECT o.article_key, o.state, o.state || ':' || ({_EARLIER.format("o")} AND s.number < o.number), o.since
        FROM states o WHERE o.state IN {_TOLD}
    ) ORDER BY at, key"""

STATEMENTS: Final = (
    _EVENTS,
    "CREATE UNIQUE INDEX events_once ON events(article_key, mark)",
    "CREATE INDEX events_kind ON events(kind, number)",
    f"CREATE TRIGGER articles_happen AFTER INSERT ON articles BEGIN {_INTO} new.key, 'new', 'new',"
    f" new.first_captured_at {_ONCE.format('new.key', repr('new'))} END",
    "CREATE TRIGGER versions_happen AFTER INSERT ON versions WHEN new.kind IN ('minor', 'substantive') BEGIN"
    f" {_INTO} new.article_key, new.kind, {_EDIT}, new.captured_at {_ONCE.format('new.article_key', _EDIT)} END",
    f"CREATE TRIGGER states_happen AFTER INSERT ON states WHEN new.state IN {_TOLD} BEGIN"
    f" {_INTO} new.article_key, new.state, {_STATE}, new.since {_ONCE.format('new.article_key', _STATE)} END",
    _BEFORE,
)
