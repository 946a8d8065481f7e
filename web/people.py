"""The pages of people: whom announcements name, and one person of one district."""

from __future__ import annotations

from urllib.parse import unquote, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.pages.people import Found, Person, people, person
from archive.pages.reading import Connection, names
from web.asking import ask, page
from web.charts import bars, years
from web.words import language, words

LONGEST = 40  # characters of a name


async def people_page(datasette: Datasette, request: Request) -> Response:
    """/people — ?name= how a name begins, ?district=; ?after= where the page before ended."""
    name = "".join((request.args.get("name") or "").split())[:LONGEST]
    place = request.args.get("district") or ""
    after = _after(request.args.get("after") or "")

    def answer(conn: Connection) -> tuple[Found, dict[str, str]]:
        return people(conn, name, place, after), names(conn)

    found, called = await ask(datasette, answer)
    given = {"name": name, "district": place}
    following = urlencode({**given, "after": " ".join(map(str, found.next))}) if found.next else ""
    first = urlencode(given) if after else ""
    context = {"found": found, "names": called, "name": name, "place": place, "next": following, "first": first}
    return await page(datasette, request, "people.html", {**context, "here": "people"})


def _after(text: str) -> tuple[int, str, str] | None:
    number, _, rest = text.partition(" ")
    place, _, name = rest.partition(" ")
    return (int(number), place, name) if number.isascii() and number.isdigit() and len(number) < 18 else None


async def person_page(datasette: Datasette, request: Request) -> Response:
    """/person/<district>/<name> — ?before= the announcements from there on."""
    slug, name = request.url_vars["slug"], unquote(request.url_vars["name"])[:LONGEST]
    before = beginning(request)

    def answer(conn: Connection) -> tuple[Person | None, dict[str, str], Found]:
        found = person(conn, slug, name, before)
        return found, names(conn), Found((), None) if found else people(conn, name, limit=20)

    found, called, alike = await ask(datasette, answer)
    if found is None:
        context = {"slug": slug, "name": name, "names": called, "alike": alike.people}
        return await page(datasette, request, "no_person.html", context, 404)
    t = words(language(request.args.get("lang"), request.cookies)).rooms
    by_year = years(found.years)
    context = {"found": found, "names": called, "before": before, "here": "people", "slug": slug}
    context["charts"] = [(t["by_year"], bars(by_year, t["by_year"]), by_year)]
    return await page(datasette, request, "person.html", context)


def beginning(request: Request) -> int | None:
    """?before=, the id of the last announcement of the page before; None when it cannot be read as one."""
    text = request.args.get("before") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
