"""The page of alerts, for who has a token, and the page that ends one, for who has its link."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast
from urllib.parse import parse_qs, urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.channels import ChannelError, check, masked
from alerts.message import ORDER
from archive.alerts import saved as store
from archive.alerts.deliveries import Delivery, log
from archive.alerts.events import last
from archive.alerts.saved import DAYS, RHYTHMS, Alert, Alerts, Rhythm, open_alerts
from archive.alerts.schema import alerts_path
from archive.pages.reading import names
from archive.store import ArchiveError
from web.asking import ask, page
from web.following import arguments, readable, saved
from web.question import asked
from web.serve import DATABASE
from web.words import language, words

T = TypeVar("T")
COOKIE: Final = "dibao_alerts"
DAYS_KEPT: Final = 30
FORM: Final = ("name", "search", "channel", "rhythm", "hour", "day")


class WrongForm(ValueError):
    """The form cannot be saved: says why."""

    kind = "form"


@dataclass(frozen=True, slots=True)
class Line:
    """An alert as the page shows it."""

    alert: Alert
    to: str
    search: str
    last: Delivery | None


async def alerts_page(datasette: Datasette, request: Request) -> Response:
    """/alerts — GET: the alerts and a form with the search that the address names; POST: what the form says. A token
    in the address is kept in a cookie and taken out of the address."""
    path = _path(datasette)
    given = (request.args.get("token") or "").strip()
    token = given or request.cookies.get(COOKIE, "")
    if not await _at(path, lambda file: store.opens(file, token), otherwise=False):
        return await page(datasette, request, "alerts_locked.html", {}, 403)
    if request.method == "POST":
        return await _posted(datasette, request, path)
    if given:
        return _kept(request, given)
    return await _shown(datasette, request, path, _filled(request))


def _path(datasette: Datasette) -> Path:
    return Path(str(datasette.get_database(DATABASE).path))


async def _at(path: Path, job: Callable[[Alerts], T], *, otherwise: T) -> T:
    """Asks alerts.db, off the event loop; ``otherwise`` where there is none."""

    def asks() -> T:
        if not alerts_path(path.absolute()).exists():
            return otherwise
        with open_alerts(path) as file:
            return job(file)

    return await asyncio.to_thread(asks)


def _kept(request: Request, token: str) -> Response:
    """Leads to the page without the token in its address, where browsers and logs would keep it."""
    rest = [(name, value) for name in request.args if name != "token" for value in request.args.getlist(name)]
    response = Response.redirect("/alerts" + (f"?{urlencode(rest)}" if rest else ""))
    secure = request.scheme == "https" or os.environ.get("DIBAO_PUBLIC_URL", "").startswith("https:")
    response.set_cookie(
        COOKIE, token, max_age=DAYS_KEPT * 86_400, path="/alerts", httponly=True, secure=secure, samesite="lax"
    )
    return response


def _filled(request: Request) -> dict[str, Any]:
    """The form for a new alert; its search is what the address asks for."""
    pairs = [(name, value) for name in request.args for value in request.args.getlist(name)]
    search = arguments(pairs)
    return {
        "name": (request.args.get("q") or "").strip()[:80],
        "search": f"/?{readable(search)}" if search else "",
        "channel": "",
        "rhythm": "daily",
        "hour": "8",
        "day": "mon",
        "kinds": Alert("", "", "").kinds,
    }


async def _shown(
    datasette: Datasette, request: Request, path: Path, form: Mapping[str, Any], wrong: str = ""
) -> Response:
    called = await ask(datasette, names)

    def lines(file: Alerts) -> list[Line]:
        return [
            Line(
                one, masked(one.channel, os.environ), _said(one.search, called), next(iter(log(file, one.id, 1)), None)
            )
            for one in store.listed(file)
        ]

    none: list[Line] = []
    context: dict[str, Any] = {"lines": await _at(path, lines, otherwise=none), "form": form, "wrong": wrong}
    context |= {"done": bool(request.args.get("done")), "KINDS": ORDER, "RHYTHMS": RHYTHMS, "DAYS": DAYS}
    return await page(datasette, request, "alerts.html", context, 400 if wrong else 200)


def _said(search: str, called: Mapping[str, str]) -> str:
    """A saved search for people."""
    given = asked({name: values[-1] for name, values in parse_qs(search).items()}).given
    shown = {**given, "district": called.get(given.get("district", ""), given.get("district", ""))}
    return " · ".join(value for value in shown.values() if value)


async def _posted(datasette: Datasette, request: Request, path: Path) -> Response:
    fields = parse_qs((await request.post_body()).decode("utf-8", "replace"))
    form = {name: fields.get(name, [""])[-1].strip() for name in (*FORM, "do", "alert")}
    newest = await ask(datasette, last)
    now = datetime.now(UTC)

    def work(file: Alerts) -> None:
        if form["do"] == "add":
            wanted = _wanted(form, fields.get("kind", []), language(request.args.get("lang"), request.cookies))
            store.add(file, wanted, newest, now)
        elif form["do"] in ("pause", "resume", "remove") and form["alert"].isascii() and form["alert"].isdigit():
            number = int(form["alert"][:9])
            if form["do"] == "pause":
                store.pause(file, number, now)
            elif form["do"] == "resume":
                store.resume(file, number, newest, now)
            else:
                store.remove(file, number, now)

    try:
        await _at(path, work, otherwise=None)
    except (WrongForm, ChannelError, ArchiveError) as error:
        told = words(language(request.args.get("lang"), request.cookies)).channel_errors
        why = told.get(getattr(error, "kind", "gone"), str(error))
        return await _shown(datasette, request, path, {**form, "kinds": fields.get("kind", [])}, why)
    return Response.redirect("/alerts?done=1", status=303)


def _wanted(form: Mapping[str, str], kinds: Sequence[str], chosen: str) -> Alert:
    """The alert that the form describes. Raises WrongForm, ChannelError."""
    written = form["search"][:2_000]
    search = saved(written) if "?" in written else urlencode({"q": written} if written else {})
    check(form["channel"], os.environ)
    alert = Alert(form["name"][:80] or written[:80] or "…", search, form["channel"], tuple(kinds), language=chosen)
    try:
        alert = replace(
            alert,
            rhythm=cast(Rhythm, form["rhythm"] or "daily"),
            hour=int(form["hour"] or 8),
            weekday=DAYS.index(form["day"] or "mon"),
        )
        store.checked(alert)
    except ValueError as error:
        raise WrongForm(str(error)) from error
    return alert


async def unsubscribe_page(datasette: Datasette, request: Request) -> Response:
    """/unsubscribe/<token> — GET: asks; POST: ends the alert (also RFC 8058's one click)."""
    path, token = _path(datasette), request.url_vars["token"]
    alert = await _at(path, lambda file: store.unsubscribes(file, token), otherwise=None)
    if alert is None:
        return await page(datasette, request, "unsubscribe.html", {"alert": None, "ended": False}, 404)
    if request.method == "POST":
        await _at(path, lambda file: store.remove(file, alert.id, datetime.now(UTC)), otherwise=None)
    return await page(datasette, request, "unsubscribe.html", {"alert": alert, "ended": request.method == "POST"})
