"""What happened to articles (table ``events``), as feeds and alerts ask: newest first, or from a number on."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from archive.search.ask import Filters, among, search
from archive.stages.versions import versions
from pipelines.text import zh_has, zh_match

KINDS: Final = ("new", "minor", "substantive", "removed", "returned", "moved", "archived")
LOOKED_AT: Final = 5_000  # of the newest events, where only one district's or column's are asked for

_ENTRY: Final = (
    "a.id, a.key, a.url, a.title, a.district, a.\"column\", coalesce(a.published_on, ''), a.first_captured_at,"
    " coalesce(a.changed_at, ''), substr(a.body, 1, 400)"
)


@dataclass(frozen=True, slots=True)
class Event:
    """kind: one of KINDS; mark: which of its article's events; at: of the capture it follows from, ISO 8601, UTC."""

    number: int
    article_key: str
    kind: str
    mark: str
    at: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as feeds and messages name it. begins: the beginning of its text. event: why it is named, if not
    for itself."""

    id: int
    key: str
    url: str
    title: str
    district: str
    column: str
    published_on: str
    first_captured_at: str
    changed_at: str
    begins: str
    event: Event | None = None

    @property
    def updated(self) -> str:
        return self.event.at if self.event else self.changed_at or self.first_captured_at


def after(conn: sqlite3.Connection, number: int, limit: int) -> list[Event]:
    """The events behind a number, in their order."""
    rows = conn.execute(
        "SELECT number, article_key, kind, mark, at FROM events WHERE number > ? ORDER BY number LIMIT ?",
        (number, limit),
    )
    return [Event(*row) for row in rows]


def described(conn: sqlite3.Connection, events: Sequence[Event]) -> list[Event]:
    """The events up to the first whose article is still to be described: a search for kinds or people cannot find it
    yet."""
    waiting = "SELECT 1 FROM to_describe WHERE article_key = ?"
    return list(takewhile(lambda event: conn.execute(waiting, (event.article_key,)).fetchone() is None, events))


def at(conn: sqlite3.Connection, number: int) -> Event | None:
    """The event with a number."""
    row = conn.execute("SELECT number, article_key, kind, mark, at FROM events WHERE number = ?", (number,)).fetchone()
    return Event(*row) if row else None


def last(conn: sqlite3.Connection) -> Event | None:
    """The newest event."""
    row = conn.execute("SELECT max(number) FROM events").fetchone()
    return at(conn, row[0]) if row[0] is not None else None


def named(conn: sqlite3.Connection, events: Iterable[Event]) -> list[Entry]:
    """The articles of events, with them, in their order; without those that are out of view now."""
    found = []
    for event in events:
        row = conn.execute(f"SELECT {_ENTRY} FROM articles a WHERE a.key = ?", (event.article_key,)).fetchone()
        if row is not None:
            found.append(replace(Entry(*row), event=event))
    return found


def newest(
    conn: sqlite3.Connection, kinds: Collection[str], place: tuple[str, str] = ("", ""), limit: int = 50
) -> list[Entry]:
    """The last events of some kinds, the newest first; place: district and column, "" for any (of the last 5,000)."""
    # 2026-11, 200,000 articles: with IN, all events of the kinds are sorted; so each kind is walked by itself.
    looked = LOOKED_AT if any(place) else limit * 10  # some are of articles that are gone
    walk = f"SELECT number FROM (SELECT number FROM events WHERE kind = ? ORDER BY number DESC LIMIT {looked})"
    walk = f"SELECT number FROM ({' UNION ALL '.join([walk] * len(kinds))}) ORDER BY number DESC LIMIT {looked}"
    rows = conn.execute(
        f"SELECT {_ENTRY}, e.number, e.article_key, e.kind, e.mark, e.at FROM ({walk}) w"
        " CROSS JOIN events e ON e.number = w.number CROSS JOIN articles a ON a.key = e.article_key"
        " WHERE ? IN ('', a.district) AND ? IN ('', a.\"column\") ORDER BY w.number DESC LIMIT ?",
        (*kinds, *place, limit),
    )
    return [replace(Entry(*row[:10]), event=Event(*row[10:])) for row in rows]


def by_search(conn: sqlite3.Connection, query: str, filters: Filters, limit: int = 50) -> list[Entry]:
    """The newest articles that a search finds, by day of publication."""
    return _entries(conn, [hit.key for hit in search(conn, query, filters, limit=limit).hits])


def by_person(conn: sqlite3.Connection, name: str, district: str, limit: int = 50) -> list[Entry]:
    """The newest announcements that name a person (of a district; "" for any), credit lines aside."""
    keys = conn.execute(
        "SELECT a.key FROM marks m CROSS JOIN marked k ON k.id = m.id CROSS JOIN articles a ON a.id = m.id"
        " WHERE m.mark = 'person:' || ? AND ? IN ('', k.district) ORDER BY m.id DESC LIMIT ?",
        (name, district, limit),
    )
    return _entries(conn, [key for (key,) in keys])


def by_document(conn: sqlite3.Connection, number: str, limit: int = 50) -> list[Entry]:
    """The document with a number (one spelling: facts.value) and what cites it, newest first."""
    keys = conn.execute(
        "SELECT a.id, a.key FROM (SELECT article_key FROM citable WHERE form = ?1 UNION SELECT article_key FROM facts"
        " WHERE kind = 'document_number' AND value = ?1) c CROSS JOIN articles a ON a.key = c.article_key"
        " ORDER BY a.id DESC LIMIT ?2",
        (number, limit),
    )
    return _entries(conn, [key for _, key in keys])


def _entries(conn: sqlite3.Connection, keys: Sequence[str]) -> list[Entry]:
    rows = (conn.execute(f"SELECT {_ENTRY} FROM articles a WHERE a.key = ?", (key,)).fetchone() for key in keys)
    return [Entry(*row) for row in rows if row is not None]


def matching(conn: sqlite3.Connection, query: str, filters: Filters, events: Sequence[Event]) -> list[Event]:
    """Those of the events whose article a search finds; of an edit also when only the text before it had the words."""
    ids: dict[str, int] = {}
    for event in events:
        row = conn.execute("SELECT id FROM articles WHERE key = ?", (event.article_key,)).fetchone()
        if row is not None:
            ids[event.article_key] = row[0]
    found = set(among(conn, query, filters, sorted(set(ids.values()))))
    missed = {ids[one.article_key] for one in events if one.kind in _EDITS and one.article_key in ids} - found
    placed = set(among(conn, "", filters, sorted(missed))) if missed else set()

    def fits(event: Event) -> bool:
        id = ids.get(event.article_key)
        if id is None:
            return False
        return id in found or (id in placed and event.kind in _EDITS and _had(conn, query, event))

    return [event for event in events if fits(event)]


_EDITS: Final = ("minor", "substantive")


def _had(conn: sqlite3.Connection, query: str, event: Event) -> bool:
    """Did the version before an edit hold what is searched for?"""
    match = zh_match(query)
    before = None
    for version in versions(conn, event.article_key):
        if f"edit:{version.snapshot_id}" == event.mark and before is not None:
            text = f"{before.said.title}\n{before.said.body}\n{' '.join(before.said.fields.values())}"
            lacks = any(zh_has(text, term) for term in match.lacks)
            return not lacks and bool(match.terms) and all(zh_has(text, term) for term in (*match.terms, *match.checks))
        before = version
    return False
