"""The page of what changed at the sources."""

from __future__ import annotations

from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.pages.changes import KINDS, WEIGHTY, Changes, changes
from archive.pages.reading import Connection, names
from web.asking import ask, page


async def changes_page(datasette: Datasette, request: Request) -> Response:
    """/changes — ?kind= one of KINDS, ?district=, ?before= where the page before ended."""
    kind = request.args.get("kind") or ""
    kind = kind if kind in KINDS else ""
    place, before = request.args.get("district") or "", request.args.get("before") or ""

    def answer(conn: Connection) -> tuple[Changes, dict[str, str]]:
        return changes(conn, (kind,) if kind else WEIGHTY, place, before), names(conn)

    found, called = await ask(datasette, answer)

    def link(**given: str) -> str:
        args = {"kind": kind, "district": place, **given}
        return str(datasette.urls.path("/changes?" + urlencode({name: value for name, value in args.items() if value})))

    feed = {name: value for name, value in (("kind", kind), ("district", place)) if value}
    context = {
        "feed": datasette.urls.path("/feed/changes.atom" + ("?" + urlencode(feed) if feed else "")),
        "found": found,
        "names": called,
        "kind": kind,
        "place": place,
        "link": link,
        "KINDS": KINDS,
    }
    return await page(datasette, request, "changes.html", {**context, "before": before, "here": "changes"})
