"""The search page and the data dictionary: what was asked, what the archive says, which template."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape

from archive.pages.attached import text
from archive.pages.reading import Connection, TooSlow, columns, names, state
from archive.search.ask import Hit, Hits, found_by, search
from archive.search.facets import Facets
from archive.search.filters import Filters
from archive.search.gaps import Gaps, gaps
from pipelines.metadata.gazetteer import by_code
from pipelines.text import Span
from web.asking import ask, page
from web.body import pieces
from web.question import CHOICES, STATES, Asked, asked
from web.serve import DATABASE
from web.timeline import drawn, timeline
from web.words import language, words

REFRESH = 5  # seconds, while there is nothing to read yet
KEPT_SECONDS = 60.0  # what was not crawled changes with a crawl; all districts take 10 µs each
KEPT = 200
_kept: dict[tuple[str, str, object, object], tuple[float, Gaps]] = {}


async def search_page(datasette: Datasette, request: Request) -> Response:
    """/ — the newest announcements, or those that were asked for."""
    question = asked(request.args)
    file = str(datasette.get_database(DATABASE).path)

    def answer(conn: Connection) -> dict[str, Any]:
        now = state(conn)
        known = {"names": names(conn), "columns": columns(conn, question.filters.district), "state": now}
        if now.empty:
            return known
        hits = search(conn, question.query, question.filters, question.before, 20, question.order)
        return {**known, "hits": hits, "facets": found_by(conn, hits), "gaps": _gaps(conn, file, question.filters)}

    try:
        found = await ask(datasette, answer)
        status = 200
    except TooSlow:
        found = {"late": True, "names": await ask(datasette, names), "columns": ()}
        status = 503
    t = words(language(request.args.get("lang"), request.cookies))
    context = {"asked": question, "shown": _shown(question, found, t), **found}
    response = await page(datasette, request, "search.html", {**context, "here": "search"}, status)
    if "state" in found and found["state"].empty:
        response.headers["refresh"] = str(REFRESH)
    return response


def _gaps(conn: Connection, file: str, filters: Filters) -> Gaps:
    """What is missing of the range, as it was at most a minute ago."""
    wanted, now = (file, filters.district, filters.since, filters.until), time.monotonic()
    known = _kept.get(wanted)
    if known is None or known[0] < now:
        if len(_kept) >= KEPT:
            _kept.clear()
        found = gaps(conn, filters.district, filters.since, filters.until, datetime.now(UTC).isoformat())
        known = _kept[wanted] = (now + KEPT_SECONDS, found)
    return known[1]


def _shown(question: Asked, found: Mapping[str, Any], t: Any) -> dict[str, Any]:
    """What the template would have to work out: chips, facet lists with their links, the timeline, the next page."""
    called: Mapping[str, str] = found.get("names", {})
    hits: Hits | None = found.get("hits")
    counted: Facets | None = found.get("facets")
    line = timeline(question, counted.days) if counted else None
    return {
        "chips": _chips(question, called, t),
        "hits": [(hit, _marked(hit.title, hit.title_spans), _snippet(hit)) for hit in hits.hits] if hits else [],
        "next": question.link(before=str(hits.next)) if hits and hits.next is not None else "",
        "facets": _facet_links(question, counted, called, t) if counted else [],
        "timeline": drawn(line, t.find["timeline"], t.results_one) if line else "",
        "clear": question.link(**dict.fromkeys((*CHOICES, "since", "until", *STATES), "")),
    }


def _marked(text: str, marks: Sequence[Span]) -> Markup:
    """The text with the reader's words marked. 2026-11: as macros of the template 40 of them took 2 ms."""
    cut = (f"<mark>{escape(piece)}</mark>" if hit else str(escape(piece)) for piece, hit in pieces(text, marks))
    return Markup("".join(cut))


def _snippet(hit: Hit) -> Markup | str:
    shown = hit.snippet
    if not shown.text.strip():
        return ""
    before, after = ("…" if cut else "" for cut in (shown.cut_before, shown.cut_after))
    return before + _marked(shown.text, shown.spans) + after


def _label(called: Mapping[str, str]) -> Callable[[str, str], str]:
    def label(name: str, value: str) -> str:
        if name == "district":
            return called.get(value, value)
        if name == "place" and value in by_code():
            return by_code()[value].name
        return value

    return label


def _chips(question: Asked, called: Mapping[str, str], t: Any) -> list[dict[str, str]]:
    label = _label(called)
    chips = [
        {"name": t.find["names"][name], "label": label(name, value), "link": question.link(**{name: ""})}
        for name in (*CHOICES, "since", "until")
        if (value := question.given.get(name, "")) and value not in question.wrong
    ]
    return chips + [
        {"name": "", "label": t.find["states"][f"{name}_{value}"], "link": question.link(**{name: ""})}
        for name in STATES
        if (value := question.given.get(name, ""))
    ]


_STATE_LINKS: Mapping[str, tuple[str, str]] = {
    "files": ("files", "yes"),
    "edited": ("edited", "yes"),
    "substantive": ("edited", "substantive"),
    "removed": ("removed", "yes"),
    "copied": ("copies", "first"),
    "copy": ("copies", "only"),
}


def _facet_links(question: Asked, counted: Facets, called: Mapping[str, str], t: Any) -> list[dict[str, Any]]:
    label = _label(called)
    lists: list[dict[str, Any]] = []
    for name in ("district", "kind", "state", "column", "person", "place", "source", "issuer", "year"):
        counts = counted.counts[name]
        if question.given.get(name) or (name == "year" and len(counts) < 2):
            continue
        if name == "state":
            known = ((count, *_STATE_LINKS[value]) for value, count in counts)
            rows = [
                (t.find["states"][f"{key}_{said}"], count, question.link(**{key: said}))
                for count, key, said in known
                if question.given.get(key) != said
            ]
        elif name == "year":
            link = question.links("since", "until")
            rows = [(value, count, link(value, value)) for value, count in counts]
        else:
            link = question.links(name)
            rows = [(label(name, value), count, link(value)) for value, count in counts]
        if rows:
            lists.append({"name": t.find["names"][name], "rows": _rows(rows)})
    return lists


def _rows(rows: Sequence[tuple[str, int, str]]) -> Markup:
    """The lines of a facet; in one piece, as there are a hundred on a page."""
    line = '<li><a href="{}"><span>{}</span> <small>{:,}</small></a></li>'
    return Markup("".join(line.format(escape(link), escape(label), count) for label, count, link in rows))


async def file_page(datasette: Datasette, request: Request) -> Response:
    """/a/<key>/<position>.txt — all the text of an attached file."""
    key, position = request.url_vars["key"], int(request.url_vars["position"])
    found = await ask(datasette, lambda conn: text(conn, key, position))
    if found is None:
        return await page(datasette, request, "missing.html", {}, 404)
    return Response.text(found, headers={"cache-control": "no-cache"})


async def dictionary_page(datasette: Datasette, request: Request) -> Response:
    """/dictionary — every table and column explained, from web/metadata.yml."""
    return await page(datasette, request, "dictionary.html", {"here": "dictionary"})
