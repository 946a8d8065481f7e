"""The pages of coverage: which days of which district were crawled, and what came of it."""

from __future__ import annotations

import calendar as months_of
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from archive.pages.coverage import STATUSES, Day, Part, by_column, calendar
from archive.pages.district import District, Listed, district, listed
from archive.pages.reading import Connection, names
from web.asking import ask, page
from web.words import BEIJING, language, words

OVERVIEW_DAYS = 28
PER_PAGE = 30
MONTHS = 12


async def coverage_page(datasette: Datasette, request: Request) -> Response:
    """/coverage — the last days of every district; ?after= the last slug of the page before."""
    after, today = request.args.get("after") or "", _today()
    since = today - timedelta(days=OVERVIEW_DAYS - 1)

    def answer(conn: Connection) -> list[tuple[Listed, tuple[Day, ...]]]:
        return [(one, calendar(conn, one.place.slug, since, today)) for one in listed(conn, after, PER_PAGE + 1)]

    found = await ask(datasette, answer)
    following = found[PER_PAGE - 1][0].place.slug if len(found) > PER_PAGE else ""
    days = [str(today - timedelta(days=number)) for number in range(OVERVIEW_DAYS)]
    context = {"rows": found[:PER_PAGE], "days": days, "next": following, "after": after, "STATUSES": STATUSES}
    context["square"] = squares(request)
    return await page(datasette, request, "coverage.html", {**context, "here": "coverage"})


async def district_coverage_page(datasette: Datasette, request: Request) -> Response:
    """/coverage/<slug> — twelve months up to ?month=, and the days of that month; ?day= one day by column."""
    slug, today = request.url_vars["slug"], _today()
    month = _month(request.args.get("month") or "", today)
    day = _day(request.args.get("day") or "")
    if day:
        month = min(day, today).replace(day=1)
    last = min(_end(month), today)
    since = _back(month, MONTHS - 1)

    def answer(conn: Connection) -> tuple[District | None, tuple[Day, ...], tuple[Part, ...]]:
        found = district(conn, slug, today, newest=0, people=0)
        return found, calendar(conn, slug, since, last) if found else (), by_column(conn, slug, day) if day else ()

    found, days, parts = await ask(datasette, answer)
    if found is None:
        every = await ask(datasette, names)
        return await page(datasette, request, "no_district.html", {"slug": slug, "names": every}, 404)
    context = {
        "found": found,
        "blocks": blocks(days),
        "month": f"{month:%Y-%m}",
        "shown": [one for one in reversed(days) if one.day.startswith(f"{month:%Y-%m}")],
        "day": str(day) if day else "",
        "parts": parts,
        "older": f"{_back(month, MONTHS):%Y-%m}",
        "newer": f"{min(_back(month, -MONTHS), today.replace(day=1)):%Y-%m}" if _end(month) < today else "",
        "counts": {status: sum(one.status == status for one in days) for status in STATUSES},
        "STATUSES": STATUSES,
        "square": squares(request),
        "here": "coverage",
    }
    return await page(datasette, request, "district_coverage.html", context)


def blocks(days: Sequence[Day]) -> list[tuple[str, list[list[Day | None]]]]:
    """The days by month, the newest month first, in weeks from Monday; None where the week belongs to another month."""
    found: dict[str, list[list[Day | None]]] = {}
    for one in days:
        at = date.fromisoformat(one.day)
        weeks = found.setdefault(one.day[:7], [])
        if not weeks or at.weekday() == 0:
            weeks.append([None] * 7)
        weeks[-1][at.weekday()] = one
    return list(reversed(found.items()))


def squares(request: Request) -> Callable[[Day], Markup]:
    """How a day is drawn, in the reader's language: of our own words, days and numbers, so nothing is left to escape.
    2026-11: with Markup.format a year of squares takes 3.6 ms of CPU, so 0.3; a Jinja macro took more than either."""
    say = words(language(request.args.get("lang"), request.cookies)).rooms
    marks, statuses, stored = say["marks"], say["statuses"], say["stored"]

    def square(one: Day) -> Markup:
        shade, mark, note = str(one.status), marks[one.status], ""
        if one.status == "complete":
            shade += " much" if one.stored > 19 else " some" if one.stored > 4 else " few" if one.stored else ""
            mark = str(one.stored) if one.stored < 100 else "99+"
        if one.stored:
            note = f" · {stored} {one.stored}"
        return Markup(f'<td class="{shade}" title="{one.day} {statuses[one.status]}{note}">{mark}</td>')

    return square


def _today() -> date:
    return datetime.now(UTC).astimezone(BEIJING).date()


def _month(text: str, today: date) -> date:
    found = _day(f"{text}-01")
    return min(found, today).replace(day=1) if found else today.replace(day=1)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year > 1990 else None


def _end(month: date) -> date:
    return month.replace(day=months_of.monthrange(month.year, month.month)[1])


def _back(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 - by
    return date(number // 12, number % 12 + 1, 1)
