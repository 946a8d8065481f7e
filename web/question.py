"""The question that the address of a search asks: read, and written again with changes."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast
from urllib.parse import quote_plus, urlencode

from archive.search.ask import Order
from archive.search.filters import Copies, Edited, Filters

CHOICES = ("district", "column", "kind", "source", "issuer", "person", "place")
STATES = ("files", "edited", "removed", "copies")
GIVEN = ("q", *CHOICES, "since", "until", *STATES, "order", "before")
SAID = {
    "files": ("yes",),
    "edited": ("yes", "substantive"),
    "removed": ("yes",),
    "copies": ("all", "only", "first"),
    "order": ("relevance",),
}
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

    def link(self, page: str = "/", **changes: str) -> str:
        """The address of this question with changes; always its first page, unless ``before`` is given. page: another
        than the search page that reads the same arguments."""
        args = {**self.given, "before": "", **changes}
        asks = urlencode({name: value for name, value in args.items() if value})
        return f"{page}?{asks}" if asks else page

    def links(self, *names: str) -> Callable[..., str]:
        """The same as ``link`` for many values of the same arguments: a function of their values."""
        rest = self.link(**dict.fromkeys(names, ""))
        start = f"{rest}{'&' if '?' in rest else '?'}"
        heads = [f"{name}=" for name in names]
        return lambda *values: (
            start + "&".join(head + quote_plus(value) for head, value in zip(heads, values, strict=True))
        )


def asked(args: Mapping[str, str]) -> Asked:
    """Reads the arguments of a search page. Never raises: what cannot be read is left out, and told of in ``wrong``."""
    given = {name: (args.get(name) or "").strip() for name in GIVEN}
    for name, known in SAID.items():
        said = "yes" if given[name] in ("1", "on") else given[name]
        given[name] = said if said in known else ""
    since, until = _day(given["since"], last=False), _day(given["until"], last=True)
    wrong = tuple(given[name] for name, day in (("since", since), ("until", until)) if given[name] and not day)
    return Asked(
        query=given["q"],
        filters=Filters(
            **{name: given[name] for name in CHOICES},
            since=since,
            until=until,
            files=bool(given["files"]),
            edited=cast(Edited, given["edited"]),
            removed=bool(given["removed"]),
            copies=_copies(given["copies"]),
        ),
        order="relevance" if given["order"] == "relevance" else "newest",
        before=_number(given["before"]),
        wrong=wrong,
        given=given,
    )


def _copies(said: str) -> Copies:
    """Copies are folded where nothing else is asked for."""
    known: Mapping[str, Copies] = {"all": "", "only": "only", "first": "first"}
    return known.get(said, "fold")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


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
