"""Atom feeds (RFC 4287) of searches, changes, people and documents.

An entry's id is a UUID made of the article's key (and of its event's mark), so it stays whatever the site's address is.
Titles and texts are plain text. A feed that has not changed is answered with 304.

2026-11: feedgen 1.0.0 leaves rel and type out of entries' links, a known fault; a feed with two of them is invalid.
"""

from __future__ import annotations

import hashlib
import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from alerts.addresses import LOCAL, public_url
from alerts.message import plain
from archive.alerts.events import KINDS, Entry, by_document, by_person, by_search, newest
from archive.pages.reading import Connection, TooSlow, names
from web.asking import ask
from web.following import arguments
from web.question import asked
from web.words import language, weblink, words

ENTRIES: Final = 50
NAMESPACE: Final = uuid.UUID("5f0c9f3a-3f0e-5d52-9f6e-0d1ba0d1ba00")
BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)  # of a feed without entries
CHANGES: Final = KINDS[1:]
WEIGHTY: Final = tuple(kind for kind in CHANGES if kind not in ("minor", "archived"))
_HOST: Final = re.compile(r"[\w.:\[\]-]{1,255}", re.ASCII)
Question = Callable[[Connection], list[Entry]]


async def search_feed(datasette: Datasette, request: Request) -> Response:
    """/feed.atom — what a search page with the same arguments shows, newest first."""
    question = asked(request.args)
    given = arguments(question.given.items())

    def answer(conn: Connection) -> list[Entry]:
        return by_search(conn, question.query, question.filters, ENTRIES)

    def title(names: dict[str, str]) -> str:
        shown = {**question.given, "district": names.get(question.given.get("district", ""), "")}
        return " · ".join(text for name, text in shown.items() if text and name not in ("order", "before"))

    own = f"/feed.atom?{given}" if given else "/feed.atom"
    return await _feed(datasette, request, answer, title, (own, f"/?{given}" if given else "/"))


async def changes_feed(datasette: Datasette, request: Request) -> Response:
    """/feed/changes.atom — edits and removals as they were found; district=, column=, kind= (one of events.kind)."""
    district, column, kind = (_given(request, name) for name in ("district", "column", "kind"))
    kinds = (kind,) if kind in CHANGES else WEIGHTY

    def answer(conn: Connection) -> list[Entry]:
        return newest(conn, kinds, (district, column), ENTRIES)

    say = words(language(request.args.get("lang"), request.cookies))

    def title(names: dict[str, str]) -> str:
        return " · ".join(part for part in (say.changes_feed, names.get(district, district), column) if part)

    given = {"kind": kind if kind in CHANGES else "", "district": district}
    page = "&".join(f"{name}={quote(value)}" for name, value in given.items() if value)
    own = _own("changes", column=column, **given)
    return await _feed(datasette, request, answer, title, (own, f"/changes?{page}" if page else "/changes"))


async def person_feed(datasette: Datasette, request: Request) -> Response:
    """/feed/person.atom?name=&district= — announcements that name somebody."""
    name, district = _given(request, "name"), _given(request, "district")
    page = f"/person/{quote(district, '')}/{quote(name, '')}" if district else f"/?q={quote(name)}"
    return await _feed(
        datasette,
        request,
        lambda conn: by_person(conn, name, district, ENTRIES),
        lambda names: " · ".join(part for part in (name, names.get(district, district)) if part),
        (_own("person", name=name, district=district), page),
    )


async def document_feed(datasette: Datasette, request: Request) -> Response:
    """/feed/document.atom?number= — a document and what cites it."""
    number = _given(request, "number")
    places = (_own("document", number=number), f"/document/{quote(number, '')}")
    return await _feed(datasette, request, lambda conn: by_document(conn, number, ENTRIES), lambda _: number, places)


def _own(feed: str, **given: str) -> str:
    args = urlencode({name: value for name, value in given.items() if value})
    return f"/feed/{feed}.atom?{args}" if args else f"/feed/{feed}.atom"


def _given(request: Request, name: str) -> str:
    return (request.args.get(name) or "").strip()[:500]


async def _feed(
    datasette: Datasette,
    request: Request,
    question: Question,
    title: Callable[[dict[str, str]], str],
    places: tuple[str, str],
) -> Response:
    """places: the feed's own address and that of the page with the same, without the host."""
    try:
        entries, called = await ask(datasette, lambda conn: (question(conn), names(conn)))
    except TooSlow:
        return Response.text("", status=503, headers={"retry-after": "60"})
    chosen = language(request.args.get("lang"), request.cookies)
    site = public_url(os.environ, _asked_at(request))
    made = _made(Head(title(called), site, *places, chosen, called), entries)
    tag = f'"{hashlib.sha256(made).hexdigest()[:32]}"'
    when = max(map(_moment, entries), default=BEGINNING)
    headers = {"etag": tag, "last-modified": format_datetime(when, usegmt=True), "cache-control": "no-cache"}
    if _known(request, tag, when):
        return Response("", status=304, headers=headers)
    return Response(made, headers=headers, content_type="application/atom+xml; charset=utf-8")


def _asked_at(request: Request) -> str:
    return f"{request.scheme}://{request.host}" if _HOST.fullmatch(request.host) else LOCAL


def _known(request: Request, tag: str, when: datetime) -> bool:
    """Has the reader this already? If-None-Match outweighs If-Modified-Since (RFC 9110)."""
    if (tags := request.headers.get("if-none-match")) is not None:
        return tags.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in tags.split(","))
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (TypeError, ValueError):
        return False
    return since.tzinfo is not None and when.replace(microsecond=0) <= since


@dataclass(frozen=True, slots=True)
class Head:
    """What a feed says of itself. site: its host; own, page: the addresses there of the feed and of the page that shows
    the same; names: of districts."""

    title: str
    site: str
    own: str
    page: str
    language: str
    names: Mapping[str, str]


def _made(head: Head, entries: Sequence[Entry]) -> bytes:
    say = words(head.language)
    feed = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": say.lang})
    _put(feed, "id", _urn("feed", head.own))
    _put(feed, "title", plain(" · ".join(part for part in (say.site, head.title) if part)))
    _put(feed, "subtitle", say.tagline)
    _put(feed, "updated", max(map(_moment, entries), default=BEGINNING).isoformat())
    _put(SubElement(feed, "author"), "name", say.site)
    _put(feed, "link", rel="self", type="application/atom+xml", href=head.site + head.own)
    _put(feed, "link", rel="alternate", type="text/html", href=head.site + head.page)
    _put(feed, "generator", "Dibao")
    for entry in entries:
        _add(SubElement(feed, "entry"), entry, head, say)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, "unicode").encode()


def _add(to: Element, entry: Entry, head: Head, say: Any) -> None:
    event = entry.event
    kind = f"【{say.event_kinds[event.kind]}】" if event else ""
    _put(to, "id", _urn("article", entry.key, event.mark if event else ""))
    _put(to, "title", kind + (plain(entry.title) or say.undated))
    _put(to, "updated", _moment(entry).isoformat())
    _put(to, "published", _time(entry.first_captured_at).isoformat())
    _put(to, "link", rel="alternate", type="text/html", href=f"{head.site}/a/{entry.key}")
    if weblink(entry.url):
        _put(to, "link", rel="via", href=plain(weblink(entry.url), longest=2_000))
    _put(SubElement(to, "author"), "name", plain(head.names.get(entry.district, entry.district)) or say.site)
    if entry.column:
        _put(to, "category", term=plain(entry.column))
    _put(to, "summary", plain(f"{entry.published_on or say.undated} {entry.begins}", longest=240))


def _put(to: Element, name: str, text: str = "", **attributes: str) -> None:
    SubElement(to, name, attributes).text = text or None


def _urn(*parts: str) -> str:
    return uuid.uuid5(NAMESPACE, "\n".join(parts)).urn


def _moment(entry: Entry) -> datetime:
    return _time(entry.updated)


def _time(text: str) -> datetime:
    """A time as archived; the beginning for one that is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return BEGINNING
    return found if found.tzinfo else BEGINNING
