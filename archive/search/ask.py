"""Asking: full text, filters, capped counts, facets, and paging that is as quick on page 5,000 as on the first.

Every question walks the index from the newest row down and stops as soon as it has enough (walks.py). Nothing here
scans the table.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from archive.search import walks
from archive.search.facets import Facets, counted
from archive.search.filters import ANY, Filters
from archive.search.folding import folded, others
from archive.search.walks import Question, newest, question, ranked
from pipelines.text import Match, Snippet, Span, snippet, spans, zh_has, zh_match

__all__ = ["Facets", "Filters", "Hit", "Hits", "Order", "among", "facets", "found_by", "search"]

Order = Literal["newest", "relevance"]

COUNTED = 1_000
WINDOW, OVERLAP = 50_000, 200  # characters of a file that are looked through at a time
SHOWN = ("edited", "substantive", "removed")


@dataclass(frozen=True, slots=True)
class Hit:
    """One article found. snippet's and title_spans' offsets are for highlighting. attachment: name of the file that
    the snippet is from, "" where it is from the announcement itself. kind, states: as it is described and stands
    ("edited", "substantive", "removed"); copies: how many others of the same text there are."""

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
    attachment: str = ""
    kind: str = ""
    states: tuple[str, ...] = ()
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of hits.

    total   how many match, copies that are folded among them; at least so many when more is True
    next    hand it in as ``before`` for the next page; None on the last
    match   how the query was read
    counted ids of the newest 1,000 matches
    """

    hits: tuple[Hit, ...]
    total: int
    more: bool
    next: int | None
    match: Match
    order: Order
    counted: tuple[int, ...] = ()


def search(  # noqa: PLR0917
    conn: sqlite3.Connection,
    query: str,
    filters: Filters = ANY,
    before: int | None = None,
    limit: int = 20,
    order: Order = "newest",
) -> Hits:
    """The articles that a query finds, newest first or by relevance (bm25 over the newest 2,000 matches).

    An empty query means all articles. before: Hits.next of the page before. Never raises for what was typed.
    """
    asked = question(conn, zh_match(query), filters)
    if not asked.match.terms:
        order = "newest"
    known = list(islice(newest(conn, asked), COUNTED + 1))
    if order == "relevance":
        skip = before or 0
        found = list(islice(_listed(conn, asked, *ranked(conn, asked)), skip, skip + limit + 1))
        following = skip + limit
    else:
        ids = newest(conn, asked, before) if before is not None else _on(conn, asked, known)
        found = list(islice(_listed(conn, asked, filters.low, ids), limit + 1))
        following = found[limit - 1] if len(found) > limit else 0
    return Hits(
        hits=_hits(conn, found[:limit], asked.match),
        total=min(len(known), COUNTED),
        more=len(known) > COUNTED,
        next=following if len(found) > limit else None,
        match=asked.match,
        order=order,
        counted=tuple(known[:COUNTED]),
    )


def _on(conn: sqlite3.Connection, asked: Question, known: Sequence[int]) -> Iterator[int]:
    """The matches that were counted, and those behind them."""
    yield from known
    if len(known) > COUNTED:
        yield from newest(conn, asked, known[-1])


def _listed(conn: sqlite3.Connection, asked: Question, low: int, ids: Iterable[int]) -> Iterator[int]:
    return folded(conn, asked, ids, low) if asked.filters.copies == "fold" else iter(ids)


def facets(conn: sqlite3.Connection, query: str, filters: Filters = ANY) -> Facets:
    """What the newest 1,000 matches have in common."""
    ids = list(islice(newest(conn, question(conn, zh_match(query), filters)), COUNTED + 1))
    return counted(conn, ids[:COUNTED], len(ids) > COUNTED)


def found_by(conn: sqlite3.Connection, hits: Hits) -> Facets:
    """The same of hits that are known."""
    return counted(conn, hits.counted, hits.more)


def among(conn: sqlite3.Connection, query: str, filters: Filters, ids: Sequence[int]) -> list[int]:
    """Those of the articles with these ids that a search finds, in their order; copies are not folded."""
    return walks.among(conn, Question(zh_match(query), filters), ids)


def _rows(conn: sqlite3.Connection, ids: Sequence[int]) -> list[tuple[object, ...]]:
    """The rows with these ids, id first, in their order."""
    found: dict[int, tuple[object, ...]] = {}
    columns = 'key, url, title, district, "column", source, issuer, published_on, body'
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        for row in conn.execute(f"SELECT id, {columns} FROM articles WHERE id IN ({marks})", part):
            found[row[0]] = tuple(row)
    return [found[id] for id in ids if id in found]


def _hits(conn: sqlite3.Connection, ids: Sequence[int], match: Match) -> tuple[Hit, ...]:
    marked = _marked(conn, ids)
    hits = []
    for id, *rest in _rows(conn, ids):
        key, url, title, district, column, source, issuer, published_on, body = (str(value or "") for value in rest)
        assert isinstance(id, int)
        shown, name = snippet(body, match.terms), ""
        if missing := [term for term in match.terms if not zh_has(f"{title}\n{body}", term)]:
            shown, name = _attached(conn, key, missing) or (shown, "")
        cluster, marks = marked.get(id, ("", []))
        hits.append(
            Hit(
                *(id, key, url, title, district, column, source, issuer, published_on),
                title_spans=spans(title, match.terms),
                snippet=shown,
                attachment=name,
                kind=next((mark[5:] for mark in marks if mark.startswith("kind:")), ""),
                states=tuple(state for state in SHOWN if state in marks),
                copies=others(conn, cluster) if cluster else 0,
            )
        )
    return tuple(hits)


def _marked(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[str, list[str]]]:
    """Id -> its cluster of copies, and its marks."""
    found: dict[int, tuple[str, list[str]]] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        places = ",".join("?" * len(part))
        rows = conn.execute(f"SELECT id, cluster, marks FROM marked WHERE id IN ({places})", part)
        found |= {int(id): (str(cluster), json.loads(marks)) for id, cluster, marks in rows}
    return found


def _attached(conn: sqlite3.Connection, key: str, missing: Sequence[str]) -> tuple[Snippet, str] | None:
    """The place in an attached file where the terms stand that the announcement itself does not hold, and its name."""
    sql = "SELECT coalesce(nullif(name, ''), url), text FROM attachments WHERE article_key = ? AND text != ''"
    for name, written in conn.execute(f"{sql} ORDER BY position, url", (key,)):
        for start in range(0, len(written), WINDOW):
            part = written[max(0, start - OVERLAP) : start + WINDOW]
            if (found := snippet(part, missing)).spans:
                cut = found.cut_before or start > 0
                return Snippet(found.text, found.spans, cut, found.cut_after or start + WINDOW < len(written)), name
    return None
