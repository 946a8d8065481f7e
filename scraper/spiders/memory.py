"""Memory: what a spider asks of the archive. Handed in by whoever starts the crawl; the spider does not know SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from scraper.catalogue import Column
from scraper.items import ListPage, Row


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to fetch, with the validators of the copy that the archive holds ("" when none)."""

    url: str
    column: str
    title: str = ""
    listed_on: date | None = None
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What the archive makes of one list page: the rows to fetch, and how many it knew already."""

    wanted: tuple[Wanted, ...]
    known: int


class Memory(Protocol):
    """All calls are quick and synchronous; each records what it is told in the ledger."""

    def waiting(self) -> Sequence[Wanted]:
        """Pages of earlier runs that are due: never fetched, failed or unreadable (retry queue)."""

    def list_validators(self, url: str) -> tuple[str, str]:
        """(etag, last_modified) of the list page's last capture; ("", "") when unknown."""

    def visited(self, column: Column) -> bool:
        """Has an earlier run read this column to its end (a column_read "ok")? Else only the newest are brought."""

    def known(self, column: Column, urls: Sequence[str]) -> Collection[str]:
        """Those of these addresses, as given, that a run recorded which read the column to its end: below them lies
        nothing new. Asks only."""

    def listed(self, column: Column, page: ListPage, rows: Sequence[Row]) -> Listing:
        """Records rows of a list page as seen; a known row with the same title and date counts as unchanged,
        a second address of a page already seen in this run as duplicate, all others are wanted."""

    def column_read(self, column: Column, outcome: str, rows: int, note: str = "") -> None:
        """A column's end: "ok", "unchanged" (304), "shell" (0 rows), "blocked", "failed"."""

    def unchanged(self, wanted: Wanted) -> None:
        """The server answered 304 to our validators."""

    def failed(self, wanted: Wanted, reason: str) -> None:
        """No usable response came (time-out, reset, DNS, HTTP error without a body worth keeping)."""
