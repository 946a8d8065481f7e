"""What can be followed: the arguments of a search page as a saved search keeps them, and the addresses of feeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from archive.search.ask import Filters
from web.question import asked

PAGING = ("order", "before")  # how a page is looked at, not what it asks for


def saved(page: str) -> str:
    """The question in an address of a search page (``https://…/?q=…``, ``/?q=…``, ``q=…``), as arguments of it."""
    parts = urlsplit(page.strip())
    return arguments(parse_qsl(parts.query if "?" in page else parts.path))


def arguments(pairs: Iterable[tuple[str, str]]) -> str:
    """Those of the arguments that a search page reads, without the paging."""
    known = set(asked({}).given) - set(PAGING)
    return urlencode([(name, value.strip()) for name, value in pairs if name in known and value.strip()])


def readable(search: str) -> str:
    """Arguments with their Chinese as it is written; ``saved`` reads it as well."""
    pairs = (f"{name}={''.join(map(_shown, value))}" for name, value in parse_qsl(search))
    return "&".join(pairs)


def _shown(char: str) -> str:
    return char if ord(char) > 0x2E7F and char.isprintable() else quote_plus(char)


def question(search: str) -> tuple[str, Filters]:
    """What the arguments of a search page ask for."""
    found = asked(dict(parse_qsl(search)))
    return found.query, found.filters


def search_feed(given: Mapping[str, str]) -> str:
    """The feed of a search page with these arguments."""
    asks = arguments(given.items())
    return f"/feed.atom?{asks}" if asks else "/feed.atom"


def subscribe(given: Mapping[str, str]) -> str:
    """The page where a search is followed by mail and other channels, filled in."""
    asks = arguments(given.items())
    return f"/alerts?{asks}" if asks else "/alerts"
