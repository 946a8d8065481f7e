"""The search page, the article page and the data dictionary: what was asked, what the archive says, which template."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.hidden import Takedown, in_force
from archive.reading import Connection, Reading, TooSlow, columns, names, reading, state, within
from archive.said import Said, said
from archive.search import Facets, Filters, Hits, Order, facets, search
from pipelines.text import zh_match
from web.body import blocks, pieces
from web.words import language

T = TypeVar("T")
DATABASE = "archive"
TIME_LIMIT = 3.0
REFRESH = 5  # seconds, while there is nothing to read yet
CHOICES = ("district", "column", "source", "issuer")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question of a search page's address. wrong: dates that cannot be read."""

    query: str = ""
    filters: Filters = field(default_factory=Filters)
    order: Order = "newest"
    before: int | None = None
    wrong: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)

    def link(self, **changes: str) -> str:
        """The address of this question with changes; always its first page, unless ``before`` is given."""
        args = {**self.given, "before": "", **changes}
        return "/?" + urlencode({name: value for name, value in args.items() if value}) if any(args.values()) else "/"


def asked(args: Mapping[str, str]) -> Asked:
    """Reads the arguments of a search page. Never raises: what cannot be read is left out, and told of in ``wrong``."""
    given = {name: (args.get(name) or "").strip() for name in ("q", *CHOICES, "since", "until", "order", "before")}
    since, until = _day(given["since"], last=False), _day(given["until"], last=True)
    wrong = tuple(given[name] for name, day in (("since", since), ("until", until)) if given[name] and not day)
    before = given["before"]
    return Asked(
        query=given["q"],
        filters=Filters(**{name: given[name] for name in CHOICES}, since=since, until=until),
        order="relevance" if given["order"] == "relevance" else "newest",
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
        wrong=wrong,
        given=given,
    )


def _day(text: str, *, last: bool) -> date | None:
    """A day; of a month or year its first or last one."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        month = month or (12 if last else 1)
        return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))
    except (ValueError, calendar.IllegalMonthError):
        return None


async def ask(datasette: Datasette, question: Callable[[Connection], T]) -> T:
    """Puts a question to the archive on one of Datasette's reading threads. Raises TooSlow after TIME_LIMIT."""
    answer: T = await datasette.get_database(DATABASE).execute_fn(lambda conn: within(TIME_LIMIT, conn, question))
    return answer


async def search_page(datasette: Datasette, request: Request) -> Response:
    """/ — the newest announcements, or those that were asked for."""
    question = asked(request.args)

    def answer(conn: Connection) -> dict[str, Any]:
        now = state(conn)
        known = {"names": names(conn), "columns": columns(conn, question.filters.district), "state": now}
        if now.empty:
            return known
        hits = search(conn, question.query, question.filters, question.before, 20, question.order)
        return {**known, "hits": hits, "facets": facets(conn, question.query, question.filters)}

    try:
        found = await ask(datasette, answer)
        status = 200
    except TooSlow:
        found = {"late": True, "names": await ask(datasette, names), "columns": ()}
        status = 503
    context = {"asked": question, "pieces": pieces, "shown": _shown(question, found), "CHOICES": CHOICES, **found}
    response = await _page(datasette, request, "search.html", context, status)
    if "state" in found and found["state"].empty:
        response.headers["refresh"] = str(REFRESH)
    return response


def _shown(question: Asked, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the template would have to work out: chips, facet lists with their links, the next page."""
    called: Mapping[str, str] = found.get("names", {})
    label = {"district": lambda value: called.get(value, value)}
    chips = [
        {"facet": name, "label": label.get(name, str)(value), "link": question.link(**{name: ""})}
        for name in (*CHOICES, "since", "until")
        if (value := question.given.get(name, "")) and value not in question.wrong
    ]
    hits: Hits | None = found.get("hits")
    following = question.link(before=str(hits.next)) if hits and hits.next is not None else ""
    return {"chips": chips, "next": following, "facets": _facet_links(question, found.get("facets"), called)}


def _facet_links(question: Asked, counted: Facets | None, called: Mapping[str, str]) -> list[dict[str, Any]]:
    lists: list[dict[str, Any]] = []
    for name in (*CHOICES, "year") if counted else ():
        assert counted is not None
        if name == "year":
            rows = [
                {"label": value, "count": count, "link": question.link(since=f"{value}-01-01", until=f"{value}-12-31")}
                for value, count in sorted(counted.counts[name], reverse=True)
            ]
        else:
            rows = [
                {"label": called.get(value, value), "count": count, "link": question.link(**{name: value})}
                for value, count in counted.counts[name]
            ]
        if rows and not question.given.get(name) and (name != "year" or len(rows) > 1):
            lists.append({"facet": name, "rows": rows})
    return lists


async def article_page(datasette: Datasette, request: Request) -> Response:
    """/a/<key> — one announcement with its evidence; ?q= marks the words it was found by."""
    key = request.url_vars["key"]
    query = (request.args.get("q") or "").strip()

    def answer(conn: Connection) -> tuple[Reading | None, Said, dict[str, str], Takedown | None]:
        found = reading(conn, key)
        told = Said()
        if found is not None:
            day = found.fields.get("published_on", "")
            told = said(conn, key, found.place["body"], found.place["district"], day)
        return found, told, names(conn), in_force(conn, key)

    found, told, called, down = await ask(datasette, answer)
    if down is not None:
        return await _page(datasette, request, "taken_down.html", {"asked": asked({}), "down": down}, 410)
    if found is None:
        return await _page(datasette, request, "missing.html", {"asked": asked({})}, 404)
    terms = zh_match(query).terms
    shown = blocks(found.place["body"], terms)
    context = {"article": found, "said": told, "names": called, "query": query, "blocks": shown}
    return await _page(datasette, request, "article.html", context)


async def dictionary_page(datasette: Datasette, request: Request) -> Response:
    """/dictionary — every table and column explained, from web/metadata.yml."""
    return await _page(datasette, request, "dictionary.html", {})


async def _page(
    datasette: Datasette, request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    html = await datasette.render_template(template, dict(context), request=request)
    headers = {"cache-control": "no-cache", "content-language": language(request.args.get("lang"), request.cookies)}
    return Response.html(html, status=status, headers=headers)
