"""The page of a document by its number or title: archived or not, who cites it, what it cites, its series."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.pages.documents import LONGEST_FORM, Document, Series, document, form, series
from archive.pages.reading import Connection, names
from web.asking import ask, page
from web.charts import bars, years
from web.people import beginning
from web.words import language, words


async def document_page(datasette: Datasette, request: Request) -> Response:
    """/document/<number or 《title》>; /document?number= sends there."""
    wanted = unquote(request.url_vars.get("form") or "") or request.args.get("number") or ""
    wanted = form(wanted[:LONGEST_FORM])
    if wanted and not request.url_vars.get("form"):
        return Response.redirect(datasette.urls.path(f"/document/{quote(wanted)}"))
    before = beginning(request)

    def answer(conn: Connection) -> tuple[Document | None, Series | None, dict[str, str]]:
        found = document(conn, wanted, before)
        return found, found.series if found else series(conn, wanted), names(conn)

    found, near, called = await ask(datasette, answer)
    context: dict[str, Any] = {"found": found, "series": near, "names": called, "wanted": wanted, "before": before}
    if found is None:
        return await page(datasette, request, "no_document.html", context, 404 if wanted else 200)
    t = words(language(request.args.get("lang"), request.cookies)).rooms
    by_year = years(found.by_year)
    context["charts"] = [(t["cited_by_year"], bars(by_year, t["cited_by_year"]), by_year)] if len(by_year) > 1 else []
    context["runs"] = gaps(near)
    return await page(datasette, request, "document.html", context)


def gaps(near: Series | None) -> tuple[str, ...]:
    """The numbers of a series that are not archived, as "4" and "7–9"."""
    found: list[list[int]] = []
    for one in near.numbers if near else ():
        if one.state == "archived":
            continue
        if found and found[-1][1] == one.number - 1:
            found[-1][1] = one.number
        else:
            found.append([one.number, one.number])
    return tuple(str(first) if first == last else f"{first}–{last}" for first, last in found)
