"""Asking: full text, filters, capped counts, facets, and paging that is as quick on page 5,000 as on the first.

Every question walks the index from the newest row down and stops as soon as it has enough: ids are in publication
order, facets are words of the index (archive/index.py). Nothing here scans the table.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from operator import itemgetter
from typing import Literal

from archive.index import FACETS, tag
from pipelines.text import Match, Snippet, Span, snippet, spans, zh_has, zh_match

Order = Literal["newest", "relevance"]

COUNTED = 1_000
RANKED = 2_000
LOOKED_THROUGH = 3_000
DAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Filters:
    """What the hits must have; "" and None mean any. Dates are publication dates, both ends included."""

    district: str = ""
    column: str = ""
    source: str = ""
    issuer: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(tag(name, value) for name in FACETS if (value := str(getattr(self, name))))

    @property
    def low(self) -> int:
        """The least id of the range."""
        return _day(self.since) * DAY if self.since else 0

    @property
    def high(self) -> int:
        """One more than the greatest id of the range."""
        return (_day(self.until) + 1) * DAY if self.until else 2**62


def _day(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. snippet's and title_spans' offsets are for highlighting."""

    id: int
    key: str
    url: str
    title: str
    district: str
    column: str
    source: str
    issuer: str
    published_on: str
    title_spans: tuple[Span, ...]
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits.

    total   how many match; at least so many when more is True
    next    hand it in as ``before`` for the next page; None on the last
    match   how the query was read
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool
    next: int | None
    match: Match
    order: Order


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over the newest 1,000 matches: facet name (or "year") -> (value, count), most first."""

    counts: dict[str, tuple[tuple[str, int], ...]]
    more: bool


def search(  # noqa: PLR0917
    conn: sqlite3.Connection,
    query: str,
    filters: Filters = Filters(),
    before: int | None = None,
    limit: int = 20,
    order: Order = "newest",
) -> Hits:
    """The articles that a query finds, newest first or by relevance (bm25 over the newest 2,000 matches).

    An empty query means all articles. before: Hits.next of the page before. Never raises for what was typed.
    """
    match = zh_match(query)
    if not match.terms:
        order = "newest"
    counted = _count(conn, match, filters)
    if order == "relevance":
        skip = before or 0
        found = list(islice(_ranked(conn, match, filters), skip, skip + limit + 1))
        following = skip + limit
    else:
        found = list(islice(_newest(conn, match, filters, before), limit + 1))
        following = found[limit - 1] if len(found) > limit else 0
    return Hits(
        hits=_hits(conn, found[:limit], match),
        total=min(counted, COUNTED),
        more=counted > COUNTED,
        next=following if len(found) > limit else None,
        match=match,
        order=order,
    )


def facets(conn: sqlite3.Connection, query: str, filters: Filters = Filters()) -> Facets:
    """What the matches have in common: districts, columns, sources, issuers and years of the newest 1,000."""
    ids = list(islice(_newest(conn, zh_match(query), filters), COUNTED + 1))
    counts = {name: Counter[str]() for name in FACETS}
    for row in _rows(conn, ids[:COUNTED], 'district, "column", source, issuer'):
        for name, value in zip(FACETS, row[1:], strict=True):
            if value:
                counts[name][str(value)] += 1
    counts["year"] = Counter(str(id // DAY // 10_000) for id in ids[:COUNTED])
    return Facets({name: tuple(count.most_common(12)) for name, count in counts.items()}, len(ids) > COUNTED)


def _count(conn: sqlite3.Connection, match: Match, filters: Filters) -> int:
    """How many match, up to one more than are counted."""
    if match.lone or match.checks or match.lacks or (match.ignored and not match.expression):
        return len(list(islice(_newest(conn, match, filters), COUNTED + 1)))
    walk, values = _walk_sql(_and(match.expression, filters.tags), filters.low, filters.high)
    row: tuple[int] = conn.execute(f"SELECT count(*) FROM ({walk} LIMIT {COUNTED + 1})", values).fetchone()
    return row[0]


def _newest(conn: sqlite3.Connection, match: Match, filters: Filters, before: int | None = None) -> Iterator[int]:
    """Ids of the matches from the newest down, found as they are asked for."""
    if match.ignored and not match.expression:
        return iter(())
    high = filters.high if before is None else min(before, filters.high)
    if match.lone:
        return _lone(conn, match, filters, high)
    ids = _walk(conn, _and(match.expression, filters.tags), filters.low, high)
    return _checked(conn, ids, match.checks, match.lacks)


def _lone(conn: sqlite3.Connection, match: Match, filters: Filters, high: int) -> Iterator[int]:
    """A lone character is a prefix query, which reads the whole index before it gives its first row: the newest
    rows are looked through first, and mostly do."""
    looked = list(islice(_walk(conn, _and("", filters.tags), filters.low, high), LOOKED_THROUGH))
    yield from _checked(conn, looked, match.terms, ())
    if len(looked) == LOOKED_THROUGH:
        yield from _walk(conn, _and(match.expression, filters.tags), filters.low, looked[-1])


def _and(expression: str, tags: Sequence[str]) -> str:
    parts = [f"({expression})"] if expression else []
    return " AND ".join([*parts, *(f'"{word}"' for word in tags)])


def _walk(conn: sqlite3.Connection, expression: str, low: int, high: int) -> Iterator[int]:
    return map(itemgetter(0), conn.execute(*_walk_sql(expression, low, high)))


def _walk_sql(expression: str, low: int, high: int) -> tuple[str, dict[str, str | int]]:
    if expression:
        sql = (
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :expression"
            " AND rowid >= :low AND rowid < :high ORDER BY rowid DESC"
        )
    else:
        sql = "SELECT id FROM articles WHERE id >= :low AND id < :high ORDER BY id DESC"
    return sql, {"expression": expression, "low": low, "high": high}


def _ranked(conn: sqlite3.Connection, match: Match, filters: Filters) -> Iterator[int]:
    """Ids of the newest 2,000 matches, best first; a hit in title or number weighs ten in the body, a tag nothing."""
    expression = _and(match.expression, filters.tags)
    newest = list(islice(_walk(conn, expression, filters.low, filters.high), RANKED))
    if not newest:
        return iter(())
    sql = (
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? AND rowid BETWEEN ? AND ?"
        " ORDER BY bm25(articles_fts, 10.0, 1.0, 10.0, 0.0), rowid DESC"
    )
    ids = map(itemgetter(0), conn.execute(sql, (expression, newest[-1], newest[0])))
    return _checked(conn, ids, match.checks, match.lacks)


def _checked(
    conn: sqlite3.Connection, ids: Iterable[int], checks: Sequence[str], lacks: Sequence[str]
) -> Iterator[int]:
    """Those ids whose text holds the one and lacks the other; for what the index does not know."""
    if not checks and not lacks:
        return iter(ids)

    def right(id: int) -> bool:
        sql = "SELECT title, body, document_number, index_number FROM articles WHERE id = ?"
        text = "\n".join(filter(None, conn.execute(sql, (id,)).fetchone() or ()))
        return all(zh_has(text, term) for term in checks) and not any(zh_has(text, term) for term in lacks)

    return filter(right, ids)


def _rows(conn: sqlite3.Connection, ids: Sequence[int], columns: str) -> list[tuple[object, ...]]:
    """The rows with these ids, id first, in their order."""
    found: dict[int, tuple[object, ...]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        for row in conn.execute(f"SELECT id, {columns} FROM articles WHERE id IN ({marks})", part):
            found[row[0]] = tuple(row)
    return [found[id] for id in ids if id in found]


def _hits(conn: sqlite3.Connection, ids: Sequence[int], match: Match) -> tuple[Hit, ...]:
    columns = 'key, url, title, district, "column", source, issuer, published_on, body'
    hits = []
    for id, *rest in _rows(conn, ids, columns):
        key, url, title, district, column, source, issuer, published_on, body = (str(value or "") for value in rest)
        assert isinstance(id, int)
        marks = spans(title, match.terms)
        shown = snippet(body, match.terms)
        hits.append(Hit(id, key, url, title, district, column, source, issuer, published_on, marks, shown))
    return tuple(hits)
