"""Walks through the matches of a question, from the newest id down, that stop as soon as somebody has enough.

Ids are in publication order; facets are words of the index, further filters are marks (archive/schema/marks.py). Of
index and marks the rarer side leads and the other is looked up row by row. Nothing here scans a table.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from archive.index import TEXTS
from archive.search.filters import Filters
from pipelines.text import Match, zh_has

RANKED = 2_000
LOOKED_THROUGH = 3_000
# 2026-11, 200,000 articles, a word that 170,000 of them hold: a look at the index for one id takes 0.1 ms; a walk
# through all of the index with a list of ids at hand 28 ms, with a look at the marks for each row 85.
FEW = 150  # so many marked articles are looked up in the index one by one,
LISTED = 20_000  # so many are a list at hand; where there are more, soon enough matches have the mark

_HAS = " AND EXISTS (SELECT 1 FROM marks WHERE mark = :mark{} AND id = {})"
# +: a list is made of the subquery once.
_IN = " AND +{} IN (SELECT id FROM marks WHERE mark = :mark0 AND id >= :low AND id < :high)"
_RANGE = "{0} >= :low AND {0} < :high ORDER BY {0} DESC"


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: the words as they were read, and the filters. marks: the rarest first, which how many
    articles of the range have (up to LISTED + 1)."""

    match: Match
    filters: Filters = field(default_factory=Filters)
    marks: tuple[str, ...] = ()
    marked: int = 0

    @property
    def expression(self) -> str:
        """The words and facets, for FTS5's MATCH."""
        return both(self.match.expression, self.filters.tags)

    @property
    def nothing(self) -> bool:
        """Were only symbols typed?"""
        return bool(self.match.ignored) and not self.match.expression


def question(conn: sqlite3.Connection, match: Match, filters: Filters) -> Question:
    """A question, its marks put in the order of how many articles in the range have them."""
    sql = f"SELECT count(*) FROM (SELECT 1 FROM marks WHERE mark = ? AND id >= ? AND id < ? LIMIT {LISTED + 1})"
    found = sorted(
        (int(conn.execute(sql, (mark, filters.low, filters.high)).fetchone()[0]), mark) for mark in filters.marks
    )
    return Question(match, filters, tuple(mark for _, mark in found), found[0][0] if found else 0)


def newest(conn: sqlite3.Connection, asked: Question, before: int | None = None) -> Iterator[int]:
    """Ids of the matches from the newest down (below ``before``), found as they are asked for."""
    if asked.nothing:
        return iter(())
    high = asked.filters.high if before is None else min(before, asked.filters.high)
    if asked.match.lone:
        return _lone(conn, asked, high)
    ids = _walk(conn, asked, asked.expression, asked.filters.low, high)
    return checked(conn, ids, asked.match.checks, asked.match.lacks)


def _lone(conn: sqlite3.Connection, asked: Question, high: int) -> Iterator[int]:
    """A lone character is a prefix query, which reads the whole index before it gives its first row: the newest
    rows are looked through first, and mostly do."""
    low = asked.filters.low
    looked = list(islice(_walk(conn, asked, both("", asked.filters.tags), low, high), LOOKED_THROUGH))
    yield from checked(conn, looked, asked.match.terms, ())
    if len(looked) == LOOKED_THROUGH:
        yield from _walk(conn, asked, asked.expression, low, looked[-1])


def ranked(conn: sqlite3.Connection, asked: Question) -> tuple[int, Iterator[int]]:
    """The least id that is ranked, and the ids of the newest 2,000 matches, best first: a hit in title or number weighs
    ten in the body, one in a file one, a tag nothing."""
    low, high = asked.filters.low, asked.filters.high
    found = list(islice(_walk(conn, asked, asked.expression, low, high), RANKED)) if not asked.nothing else []
    if not found:
        return low, iter(())
    sql = (
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :expression AND rowid >= :low AND rowid < :high"
        f"{_with_marks(asked, 'articles_fts.rowid')} ORDER BY bm25(articles_fts, 10.0, 1.0, 10.0, 0.0, 1.0), rowid DESC"
    )
    values = {"expression": asked.expression, "low": found[-1], "high": found[0] + 1, **_values(asked.marks)}
    ids = map(itemgetter(0), conn.execute(sql, values))
    return found[-1], checked(conn, ids, asked.match.checks, asked.match.lacks)


def earliest(conn: sqlite3.Connection, asked: Question, cluster: str, low: int) -> int | None:
    """The least id from ``low`` on of those articles of a cluster of copies that match."""
    expression = both("" if asked.match.lone else asked.match.expression, asked.filters.tags)
    ids = map(itemgetter(0), conn.execute(*_cluster_sql(asked, expression, cluster, low)))
    match = asked.match
    return next(checked(conn, ids, match.terms if match.lone else match.checks, match.lacks), None)


def _cluster_sql(asked: Question, expression: str, cluster: str, low: int) -> tuple[str, dict[str, str | int]]:
    index = " CROSS JOIN articles_fts" if expression else ""
    joined = " AND articles_fts.rowid = c.id AND articles_fts MATCH :expression" if expression else ""
    marks = "".join(_HAS.format(number, "c.id") for number in range(len(asked.marks)))
    sql = (
        f"SELECT c.id FROM marked c{index} WHERE c.cluster = :cluster AND c.cluster != '' AND c.id >= :low"
        f" AND c.id < :high{joined}{marks} ORDER BY c.id"
    )
    values: dict[str, str | int] = {"cluster": cluster, "low": low, "high": asked.filters.high}
    return sql, {**values, **({"expression": expression} if expression else {}), **_values(asked.marks)}


def among(conn: sqlite3.Connection, asked: Question, ids: Sequence[int]) -> list[int]:
    """Those of the articles with these ids that match, in their order."""
    if asked.nothing:
        return []
    match = asked.match
    expression = both("" if match.lone else match.expression, asked.filters.tags)
    inside = [id for id in ids if asked.filters.low <= id < asked.filters.high]
    if expression:
        sql = "SELECT 1 FROM articles_fts WHERE articles_fts MATCH ? AND rowid = ?"
        inside = [id for id in inside if conn.execute(sql, (expression, id)).fetchone()]
    for mark in asked.filters.marks:
        sql = "SELECT 1 FROM marks WHERE mark = ? AND id = ?"
        inside = [id for id in inside if conn.execute(sql, (mark, id)).fetchone()]
    return list(checked(conn, inside, match.terms if match.lone else match.checks, match.lacks))


def both(expression: str, tags: Sequence[str]) -> str:
    """An expression and facets in one."""
    parts = [f"({expression})"] if expression else []
    return " AND ".join([*parts, *(f'"{word}"' for word in tags)])


def _walk(conn: sqlite3.Connection, asked: Question, expression: str, low: int, high: int) -> Iterator[int]:
    return map(itemgetter(0), conn.execute(*_sql(asked, expression, low, high)))


def _sql(asked: Question, expression: str, low: int, high: int) -> tuple[str, dict[str, str | int]]:
    marks = asked.marks
    values: dict[str, str | int] = {"low": low, "high": high, **_values(marks)}
    if expression:
        values["expression"] = expression
    if not expression and not marks:
        return f"SELECT id FROM articles WHERE {_RANGE.format('id')}", values
    if marks and (asked.marked <= FEW or not expression):
        index = " CROSS JOIN articles_fts" if expression else ""
        joined = " AND articles_fts.rowid = m.id AND articles_fts MATCH :expression" if expression else ""
        others = "".join(_HAS.format(number, "m.id") for number in range(1, len(marks)))
        where = f"m.mark = :mark0{joined}{others} AND {_RANGE.format('m.id')}"
        return f"SELECT m.id FROM marks m{index} WHERE {where}", values
    where = f"articles_fts MATCH :expression{_with_marks(asked, 'articles_fts.rowid')} AND {_RANGE.format('rowid')}"
    return f"SELECT rowid FROM articles_fts WHERE {where}", values


def _with_marks(asked: Question, id: str) -> str:
    """Conditions of a walk that the index leads."""
    first = 1 if asked.marks and asked.marked <= LISTED else 0
    listed = _IN.format(id) if first else ""
    return listed + "".join(_HAS.format(number, id) for number in range(first, len(asked.marks)))


def _values(marks: Sequence[str]) -> dict[str, str | int]:
    return {f"mark{number}": mark for number, mark in enumerate(marks)}


def checked(conn: sqlite3.Connection, ids: Iterable[int], checks: Sequence[str], lacks: Sequence[str]) -> Iterator[int]:
    """Those ids whose text holds the one and lacks the other; for what the index does not know."""
    if not checks and not lacks:
        return iter(ids)

    def right(id: int) -> bool:
        sql = f"SELECT {TEXTS} FROM articles WHERE id = ?"
        text = "\n".join(filter(None, conn.execute(sql, (id,)).fetchone() or ()))
        return all(zh_has(text, term) for term in checks) and not any(zh_has(text, term) for term in lacks)

    return filter(right, ids)
