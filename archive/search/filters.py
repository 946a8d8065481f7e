"""What the hits of a search must have, as the index and the marks know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from archive.index import FACETS, tag

Copies = Literal["", "fold", "only", "first"]
Edited = Literal["", "yes", "substantive"]
DAY = 1_000_000  # an id is yyyymmdd * DAY + n


@dataclass(frozen=True, slots=True)
class Filters:
    """What the hits must have; "" and None mean any. Dates are publication dates, both ends included.

    files    only announcements that have attachments
    kind     of descriptions.kind; person: a name that the text holds (credit lines aside); place: a GB/T 2260 code, or
             the name of a place that has none
    edited   "yes": changed since its first capture; "substantive": in substance
    removed  only those that are gone from their site
    copies   "fold": of a cluster of copies only the earliest match (folding.py); "only": copies of an earlier
             announcement; "first": announcements that have later copies
    """

    district: str = ""
    column: str = ""
    source: str = ""
    issuer: str = ""
    since: date | None = None
    until: date | None = None
    files: bool = False
    kind: str = ""
    person: str = ""
    place: str = ""
    edited: Edited = ""
    removed: bool = False
    copies: Copies = ""

    @property
    def tags(self) -> tuple[str, ...]:
        """Words of the full-text index."""
        chosen = [tag(name, value) for name in FACETS if (value := str(getattr(self, name)))]
        return (*chosen, tag("files", "yes")) if self.files else tuple(chosen)

    @property
    def marks(self) -> tuple[str, ...]:
        """Rows of the table marks that there must be."""
        named = [f"{name}:{value}" for name in ("kind", "person", "place") if (value := str(getattr(self, name)))]
        states = {"yes": "edited", "substantive": "substantive", "only": "copy", "first": "copied"}
        plain = [states[value] for value in (self.edited, self.copies) if value in states]
        return (*named, *plain, *(("removed",) if self.removed else ()))

    @property
    def low(self) -> int:
        """The least id of the range."""
        return number(self.since) * DAY if self.since else 0

    @property
    def high(self) -> int:
        """One more than the greatest id of the range."""
        return (number(self.until) + 1) * DAY if self.until else 2**62


def number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


ANY = Filters()
