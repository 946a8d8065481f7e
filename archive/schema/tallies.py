"""Step 016: counts and changes that pages show, kept by triggers. Released with its step, so never edited; a later step
changes it.

2026-11, 200,000 articles: counted when a page is asked for, a district's months take 80 ms of CPU; kept, 0.4.
"""

from __future__ import annotations

from typing import Final

# How many announcements a column has.
_TOTALS: Final = """
    CREATE TABLE totals (
        district TEXT NOT NULL, "column" TEXT NOT NULL, articles INTEGER NOT NULL, PRIMARY KEY (district, "column")
    ) WITHOUT ROWID"""

# How many a district displays under each month ("2026-10") and day of the week (0 Sunday … 6); month "" and
# weekday -1 for those that display no date.
_TALLIES: Final = """
    CREATE TABLE tallies (
        district TEXT NOT NULL, month TEXT NOT NULL, weekday INTEGER NOT NULL, articles INTEGER NOT NULL,
        PRIMARY KEY (district, month, weekday)
    ) WITHOUT ROWID"""

# Edits (versions in force) and states side by side, by time. kind: "substantive", "minor", or the state "removed",
# "returned", "moved", "archived". number: of the version or the state; evidence: its response.
_CHANGES: Final = """
    CREATE TABLE changes (
        article_key TEXT NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, district TEXT NOT NULL,
        at TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '[]',
        evidence INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (article_key, kind, number)
    ) WITHOUT ROWID"""

# In how many announcements of a year (displayed day, else that of the id) a person is named; archive/stages/people.py.
_YEARS: Final = """
    CREATE TABLE people_years (
        district TEXT NOT NULL, name TEXT NOT NULL, year TEXT NOT NULL, announcements INTEGER NOT NULL,
        PRIMARY KEY (district, name, year)
    ) WITHOUT ROWID"""

_INTO: Final = "INSERT INTO changes (article_key, kind, number, district, at, flags, evidence, note)"
_EDITS: Final = (
    f"{_INTO} SELECT v.article_key, v.kind, v.number, coalesce((SELECT district FROM articles WHERE key ="
    " v.article_key), ''), v.captured_at, v.flags, v.snapshot_id, '' FROM histories h JOIN versions v"
    " ON v.article_key = h.article_key AND v.generation = h.generation AND v.number > 1"
)
_STATES: Final = (
    f"{_INTO} SELECT s.article_key, s.state, s.number, coalesce((SELECT district FROM articles WHERE key ="
    " s.article_key), ''), s.since, '[]', s.evidence, s.note FROM states s"
)
_TOLD: Final = "IN ('removed', 'returned', 'moved', 'archived')"
_UNDO_EDITS: Final = "DELETE FROM changes WHERE article_key = {0}.article_key AND kind IN ('substantive', 'minor');"


def _count(row: str, by: int) -> str:
    month = f"coalesce(substr({row}.published_on, 1, 7), '')"
    weekday = f"coalesce(CAST(strftime('%w', {row}.published_on) AS INTEGER), -1)"
    return (
        f'INSERT INTO totals VALUES ({row}.district, {row}."column", {by}) ON CONFLICT DO UPDATE SET'
        f" articles = articles + {by};"
        f" INSERT INTO tallies VALUES ({row}.district, {month}, {weekday}, {by}) ON CONFLICT DO UPDATE SET"
        f" articles = articles + {by};"
    )


def _place(row: str) -> str:
    return f"UPDATE changes SET district = {row}.district WHERE article_key = {row}.key;"


_COUNTED: Final = ("district", '"column"', "published_on")
_DIFFERS: Final = " OR ".join(f"new.{name} IS NOT old.{name}" for name in _COUNTED)

STATEMENTS: Final = (
    *(_TOTALS, _TALLIES, _CHANGES, _YEARS),
    "CREATE INDEX changes_kind ON changes(kind, at)",
    "CREATE INDEX changes_district ON changes(district, kind, at)",
    # The days of a district, whatever its columns were called then.
    "CREATE INDEX coverage_district ON coverage(district, day)",
    # The newest of a column, and its pages: a walk along the index.
    'CREATE INDEX articles_place ON articles(district, "column", id)',
    f"CREATE TRIGGER articles_tallied AFTER INSERT ON articles BEGIN {_count('new', 1)} {_place('new')} END",
    f"CREATE TRIGGER articles_untallied AFTER DELETE ON articles BEGIN {_count('old', -1)} END",
    f"CREATE TRIGGER articles_tallied_again AFTER UPDATE OF {', '.join(_COUNTED)} ON articles WHEN {_DIFFERS}"
    f" BEGIN {_count('old', -1)} {_count('new', 1)} {_place('new')} END",
    # A history is written after its versions, and replaced when it is told anew.
    f"CREATE TRIGGER histories_changed AFTER INSERT ON histories BEGIN {_UNDO_EDITS.format('new')}"
    f" {_EDITS} WHERE h.article_key = new.article_key; END",
    f"CREATE TRIGGER histories_unchanged AFTER DELETE ON histories BEGIN {_UNDO_EDITS.format('old')} END",
    f"CREATE TRIGGER states_changed AFTER INSERT ON states WHEN new.state {_TOLD} BEGIN"
    f" {_STATES} WHERE s.article_key = new.article_key AND s.number = new.number; END",
    f"CREATE TRIGGER states_unchanged AFTER DELETE ON states WHEN old.state {_TOLD} BEGIN DELETE FROM changes"
    " WHERE article_key = old.article_key AND kind = old.state AND number = old.number; END",
    'INSERT INTO totals SELECT district, "column", count(*) FROM articles GROUP BY 1, 2',
    "INSERT INTO tallies SELECT district, coalesce(substr(published_on, 1, 7), ''),"
    " coalesce(CAST(strftime('%w', published_on) AS INTEGER), -1), count(*) FROM articles GROUP BY 1, 2, 3",
    _EDITS,
    f"{_STATES} WHERE s.state {_TOLD}",
    "INSERT OR IGNORE INTO people_stale SELECT district, name FROM people",
)
