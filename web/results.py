"""Results of a search as data: /search.json, a page at a time, and /search.csv."""

from __future__ import annotations

import csv
import io
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.pages.reading import Connection, TooSlow
from archive.search.ask import Hit, Hits, found_by, search
from archive.search.facets import Facets
from web.asking import as_json, ask
from web.question import Asked, asked

PAGE = 20
MOST = 1_000  # rows of a CSV
FIELDS = (
    *("key", "url", "title", "published_on", "district", "column", "kind", "source", "issuer"),
    *("states", "copies", "attachment", "snippet"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def search_json(datasette: Datasette, request: Request) -> Response:
    """/search.json — a page of hits, where the next one is, and what the newest 1,000 have in common."""
    question = asked(request.args)

    def answer(conn: Connection) -> tuple[Hits, Facets]:
        hits = search(conn, question.query, question.filters, question.before, PAGE, question.order)
        return hits, found_by(conn, hits)

    try:
        hits, facets = await ask(datasette, answer)
    except TooSlow:
        return as_json({"ok": False, "status": 503, "error": "stopped after 3 s: ask for more specific words"}, 503)
    return as_json(
        {"ok": True, **_about(question, hits), **_facets(facets), "hits": [_plain(hit) for hit in hits.hits]}
    )


def _about(question: Asked, hits: Hits) -> dict[str, Any]:
    following = question.link("/search.json", before=str(hits.next)) if hits.next is not None else None
    return {
        "query": question.query,
        "filters": {name: value for name, value in question.given.items() if value and name not in ("q", "before")},
        "ignored": [*hits.match.ignored, *question.wrong],
        "total": hits.total,
        "more": hits.more,
        "next": following,
    }


def _facets(found: Facets) -> dict[str, Any]:
    return {
        "folded": found.folded,
        "facets": {name: dict(counts) for name, counts in found.counts.items()},
        "days": {f"{day // 10_000}-{day // 100 % 100:02d}-{day % 100:02d}": n for day, n in sorted(found.days.items())},
    }


def _plain(hit: Hit) -> dict[str, Any]:
    own = {name: getattr(hit, name) for name in FIELDS if name != "snippet"}
    return {**own, "page": f"/a/{hit.key}", "snippet": hit.snippet.text}


async def search_csv(datasette: Datasette, request: Request) -> Response:
    """/search.csv — the first 1,000 hits; the file's name and the header X-Capped say when there are more."""
    question = asked(request.args)

    def answer(conn: Connection) -> Hits:
        return search(conn, question.query, question.filters, question.before, MOST, question.order)

    try:
        hits = await ask(datasette, answer)
    except TooSlow:
        return Response.text("stopped after 3 s: ask for more specific words\n", status=503)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(FIELDS)
    for hit in hits.hits:
        row = {**_plain(hit), "states": " ".join(hit.states)}
        table.writerow([_cell(row[name]) for name in FIELDS])
    capped = hits.next is not None
    name = f"dibao-first-{MOST}.csv" if capped else "dibao.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-cache"}
    if capped:
        headers["x-capped"] = f"first {MOST} of more"
    return Response("\ufeff" + written.getvalue(), 200, headers, "text/csv; charset=utf-8")


def _cell(value: object) -> object:
    """What a spreadsheet would run as a formula is written as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
