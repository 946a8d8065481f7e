"""The pages of the districts: all of them, and one with its columns, rhythm, health, news and people."""

from __future__ import annotations

from datetime import UTC, datetime

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.pages.changes import Changes, changes
from archive.pages.district import District, district, listed
from archive.pages.reading import Connection, names
from web.asking import ask, page
from web.charts import Bar, bars, months, years
from web.words import BEIJING, language, words

PER_PAGE = 60
CHANGES = 6


async def districts_page(datasette: Datasette, request: Request) -> Response:
    """/districts — every district; ?after= the last slug of the page before."""
    after = request.args.get("after") or ""
    found = await ask(datasette, lambda conn: listed(conn, after, PER_PAGE + 1))
    shown = found[:PER_PAGE]
    following = shown[-1].place.slug if len(found) > PER_PAGE else ""
    return await page(
        datasette, request, "districts.html", {"rows": shown, "after": after, "next": following, "here": "districts"}
    )


async def district_page(datasette: Datasette, request: Request) -> Response:
    """/district/<slug>"""
    slug = request.url_vars["slug"]
    today = datetime.now(UTC).astimezone(BEIJING).date()

    def answer(conn: Connection) -> tuple[District | None, Changes]:
        return district(conn, slug, today), changes(conn, district=slug, limit=CHANGES)

    found, happened = await ask(datasette, answer)
    if found is None:
        every = await ask(datasette, names)
        return await page(datasette, request, "no_district.html", {"slug": slug, "names": every}, 404)
    t = words(language(request.args.get("lang"), request.cookies)).rooms
    by_month, by_year = months(found.months, f"{today:%Y-%m}"), years(found.months, f"{today:%Y}")
    week = tuple(Bar(t["weekdays"][day], found.weekdays[day], t["weekday_ticks"][day]) for day in (1, 2, 3, 4, 5, 6, 0))
    charts = [
        (t["by_month"], bars(by_month, t["by_month"]), by_month),
        (t["by_weekday"], bars(week, t["by_weekday"]), week if sum(found.weekdays.values()) else ()),
        (t["by_year"], bars(by_year, t["by_year"]), by_year if len(by_year) > 1 else ()),
    ]
    stale = [column for column in found.columns if column.stale]
    context = {"found": found, "charts": [one for one in charts if one[2]], "stale": stale, "happened": happened}
    return await page(datasette, request, "district.html", {**context, "here": "districts"})
