"""What an announcement said before: each version's text, and two of them beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.hidden import Takedown, in_force
from archive.pages.reading import Connection, Reading, names, reading
from archive.stages.versions import Version, between, versions
from pipelines.versions import Change, Said
from web.asking import absent, ask, page
from web.body import blocks
from web.sides import Stretch, rows, stretches


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts. number: of the version, 0 for another article; link: where its text is."""

    key: str
    number: int
    captured_at: str
    title: str
    link: str
    said: Said


@dataclass(frozen=True, slots=True)
class Beside:
    """Two texts and what differs, for the page. others: versions that may be chosen instead."""

    article: Reading
    sides: tuple[Side, Side]
    change: Change
    stretches: tuple[Stretch, ...]
    versions: tuple[Version, ...]
    names: dict[str, str]


async def version_page(datasette: Datasette, request: Request) -> Response:
    """/a/<key>/v/<n> — the text of a version."""
    key, number = request.url_vars["key"], int(request.url_vars["number"])

    def answer(conn: Connection) -> tuple[Reading | None, Takedown | None, tuple[Version, ...]]:
        down = in_force(conn, key)
        return (None, down, ()) if down else (reading(conn, key), None, versions(conn, key))

    article, down, found = await ask(datasette, answer)
    if article is not None and not found and number == 1:
        return Response.redirect(datasette.urls.path(f"/a/{key}"))
    one = next((one for one in found if one.number == number), None)
    if article is None or one is None:
        return await absent(datasette, request, down)
    context = {"article": article, "one": one, "versions": found, "blocks": blocks(one.said.body), "key": key}
    return await page(datasette, request, "version.html", context)


async def diff_page(datasette: Datasette, request: Request) -> Response:
    """/a/<key>/diff?from=1&to=2 — what was edited between two versions, the last two if not named; ?with=<key>: what
    another article says otherwise. ?view=side shows both texts beside each other."""
    key, other = request.url_vars["key"], request.args.get("with") or ""
    first, second = _number(request.args.get("from"), -2), _number(request.args.get("to"), -1)

    def answer(conn: Connection) -> tuple[Beside | None, Takedown | None]:
        down = in_force(conn, key) or (in_force(conn, other) if other else None)
        return (None, down) if down else (_with(conn, key, other) if other else _edits(conn, key, first, second), None)

    found, down = await ask(datasette, answer)
    if found is None:
        return await absent(datasette, request, down)
    view = "side" if request.args.get("view") == "side" else "inline"
    context: dict[str, Any] = {"found": found, "article": found.article, "key": key, "view": view, "other": other}
    return await page(datasette, request, "diff.html", context)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 6 else otherwise


def _edits(conn: Connection, key: str, first: int, second: int) -> Beside | None:
    article, every = reading(conn, key), versions(conn, key)
    chosen = [_chosen(every, number) for number in (first, second)]
    if article is None or chosen[0] is None or chosen[1] is None:
        return None
    one, two = chosen[0], chosen[1]
    sides = _version(key, one), _version(key, two)
    return _beside(conn, article, sides, every)


def _chosen(every: tuple[Version, ...], number: int) -> Version | None:
    if number < 0:
        return every[number] if len(every) >= -number else None
    return next((one for one in every if one.number == number), None)


def _version(key: str, one: Version) -> Side:
    at = one.captured_at.isoformat()
    return Side(key, one.number, at, one.said.title, f"/a/{key}/v/{one.number}", one.said)


def _with(conn: Connection, key: str, other: str) -> Beside | None:
    here, there = reading(conn, key), reading(conn, other)
    if here is None or there is None:
        return None
    earlier, later = sorted((here, there), key=lambda one: one.id)
    return _beside(conn, here, (_article(earlier), _article(later)), ())


def _article(one: Reading) -> Side:
    place, fields = one.place, dict(one.fields)
    text = Said(
        place["title"],
        {name: fields[name] for name in ("document_number", "issuer", "published_on", "source") if name in fields},
        tuple(line for line in place["body"].split("\n") if line.strip()),
    )
    return Side(place["key"], 0, place["captured_at"], place["title"], f"/a/{place['key']}", text)


def _beside(conn: Connection, article: Reading, sides: tuple[Side, Side], every: tuple[Version, ...]) -> Beside:
    before, after = sides[0].said, sides[1].said
    change, named = between(before, after)
    return Beside(article, sides, change, stretches(rows(before, after, named)), every, names(conn))
