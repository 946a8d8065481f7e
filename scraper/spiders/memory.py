"""Memory: what a spider asks of the archive. Handed in by whoever starts the crawl; the spider does not know SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scraper.catalogue import Column
from scraper.items import ListPage, Role, Row, Snapshot


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page to fetch, with the validators of the copy that the archive holds ("" when none).

    role  "article"; "part" or "attachment" for what an archived article leads to (Memory.enclosures)
    """

    url: str
    column: str
    title: str = ""
    listed_on: date | None = None
    etag: str = ""
    last_modified: str = ""
    role: Role = "article"


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request as it was really made: also robots.txt, each hop of a redirect and each second try.

    came     when it was sent, aware, UTC
    ms       from sending to the last byte, or to the failure
    status   HTTP status; 0 when no answer came
    bytes    of the body as transferred
    role     of what was asked for; "robots" for robots.txt
    column   the column that led to it; ""
    outcome  "ok", "not_modified", "redirect", "gone", "refused", "error" (other statuses), "timeout", "reset",
             "cut", "unreachable" (no connection, no such host), "tls", "too_large"
    validator  what was sent: "etag", "last_modified", "both" or ""
    note     why it failed, in plain words
    """

    url: str
    came: datetime
    ms: int
    status: int = 0
    bytes: int = 0
    role: str = "other"
    column: str = ""
    outcome: str = "ok"
    validator: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Before:
    """How a run left a column.

    pages  list pages that it needed. The next run looks as deep again: what moved up over the edge of a page while it
           was read stood on none of them
    floor  the day down to which the column has been read; None where that is not known
    """

    pages: int = 0
    floor: date | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far a column was read back for a span of days; since None: none is under way. at: the list page to go on
    with, "" to begin at the top; done: it was read to its end not long ago, only what is new since is to be read."""

    since: date | None = None
    until: date | None = None
    at: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What the archive makes of one list page: the rows to fetch, and how many it knew already."""

    wanted: tuple[Wanted, ...]
    known: int


class Memory(Protocol):
    """All calls are quick and synchronous; each records what it is told in the ledger, at once or very soon."""

    def together(self) -> AbstractAsyncContextManager[None]:
        """All that is recorded inside is kept before the block is left. The spiders of a process do it at the same
        moment, a thousand as quickly as one; so nothing is awaited inside."""

    def waiting(self) -> Sequence[Wanted]:
        """Pages of earlier runs that are due: never fetched, failed or unreadable (retry queue)."""

    def list_validators(self, url: str) -> tuple[str, str]:
        """(etag, last_modified) of the list page's last capture; ("", "") when unknown."""

    def gone(self, url: str) -> bool:
        """Was this list page not there (404, 410) in another run of the last month either? Once may be an accident."""

    def half(self, snapshot: Snapshot) -> bool:
        """Does this page, which is kept already, end in its middle, so that a later run may get more of it?"""

    def rowless(self, url: str) -> None:
        """A list page holds no rows, but names the request that brings them: that it has not changed says nothing."""

    def before(self, column: Column) -> Before:
        """How the column's last run that came to its end left it."""

    def backfill(self, column: Column, since: date | None, until: date | None) -> Backfill:
        """How far this span of days was read before; since None: the one that an earlier run left unfinished. From
        now on ``known`` tells of its rows too."""

    def reached(self, column: Column, since: date, until: date | None, url: str | None, rows: int) -> None:
        """All above and on this list page is recorded, so many rows of it within the span; None: to the end."""

    def visited(self, column: Column) -> bool:
        """Has an earlier run read this column to its end (a column_read "ok")? Else only the newest are brought."""

    def known(self, column: Column, urls: Sequence[str]) -> Collection[str]:
        """Those of these addresses, as given, that a run recorded which read the column to its end: below them lies
        nothing new. Asks only."""

    def listed(self, column: Column, page: ListPage, rows: Sequence[Row]) -> Listing:
        """Records rows of a list page as seen; a known row with the same title and date counts as unchanged,
        a second address of a page already seen in this run as duplicate, all others are wanted."""

    def column_read(self, column: Column, outcome: str, rows: int, note: str = "", left: Before | None = None) -> None:
        """A column's end: "ok", "unchanged" (304), "shell" (0 rows), "blocked", "failed"; and how it is left."""

    def unchanged(self, wanted: Wanted) -> None:
        """The server answered 304 to our validators."""

    def failed(self, wanted: Wanted, reason: str) -> None:
        """No usable response came (time-out, reset, DNS, HTTP error without a body worth keeping)."""

    def fetched(self, fetch: Fetch) -> None:
        """One request was made, whatever came of it."""

    def spent(self, host: str) -> tuple[int, int]:
        """(requests, bytes) that this host was asked for today (Asia/Shanghai), by any run."""

    def enclosures(self) -> Sequence[Wanted]:
        """What archived articles lead to and the archive lacks: following parts first, then attachments that are due;
        last the articles that are due to be looked at again. Asked when a crawl has nothing else to do; each is given
        once a run."""
