"""The columns of a district's crawl: their list pages are asked for, read, recorded, and followed as far as needed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import date
from typing import Protocol

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from scraper.catalogue import Column, District
from scraper.items import ListPage, PageError, Snapshot
from scraper.spiders.asking import cause, list_request
from scraper.spiders.memory import Before, Memory, Wanted
from scraper.spiders.reading import failing, read_list, shell_note
from scraper.spiders.report import ColumnEnd, capture, is_own
from scraper.spiders.trouble import GONE, plain
from scraper.spiders.walk import Walk

log = logging.getLogger(__name__)

HOPS = 2  # shells in a row that are followed to the request which brings the rows


class Reader(Protocol):
    """The spider on whose behalf columns are read."""

    name: str
    district: District
    memory: Memory
    since: date | None
    until: date | None
    limit: int
    ended: tuple[str, str] | None

    async def keep(self, snapshot: Snapshot, response: Response) -> None: ...

    def ask(self, wanted: Wanted) -> Request | None:
        """The request for a page; None where it was asked for before."""

    def answered(self, response: Response) -> None: ...

    def unanswered(self, error: BaseException) -> None: ...

    def closes(self, error: BaseException) -> bool:
        """Is the whole site closed to us, rather than this address?"""

    def show(self) -> None: ...


class Columns:
    """How each column of a spider's district is read. ends: how those that were read to their end ended."""

    def __init__(self, spider: Reader) -> None:
        self.spider = spider
        self.ends: dict[str, ColumnEnd] = {}

    def walk(self, column: Column) -> Walk:
        """How far this run goes back in a column."""
        left = self.spider.memory.before(column)
        back = self.spider.memory.backfill(column, self.spider.since, self.spider.until)
        if back.since and not back.done:
            return Walk(column, back.since, back.until, self.spider.limit, resume=back.at, before=left)
        return Walk(
            column, limit=self.spider.limit, visited=back.done or self.spider.memory.visited(column), before=left
        )

    def ask(self, address: str, walk: Walk) -> Request:
        fresh = not walk.visited or walk.page or walk.since
        validators = ("", "") if fresh else self.spider.memory.list_validators(address)
        walk.here, walk.validators = address, any(validators)
        walk.pages.add(address)
        return list_request(
            address, walk.column, self.on_list, self.on_error, validators=validators, arguments={"walk": walk}
        )

    async def on_list(self, response: Response, walk: Walk) -> AsyncIterator[Request]:
        self.spider.answered(response)
        if response.status == 304 and walk.validators:
            self.end(walk.column, "unchanged", 0, "")
            return
        snapshot = capture(response, "list", self.spider.name, walk.column.name, Wanted(walk.here, walk.column.name))
        await self.spider.keep(snapshot, response)
        if self.spider.ended:
            return
        page: ListPage | PageError
        try:
            page = read_list(snapshot, self.spider.district.layout, first=not walk.page)
        except PageError as error:
            page = error
        async with self.spider.memory.together():  # what it lists is kept before anything of it is asked for
            requests = list(self.take(walk, snapshot, page))
        for request in requests:
            yield request

    def take(self, walk: Walk, snapshot: Snapshot, page: ListPage | PageError) -> Iterator[Request]:
        """Requests for what a list page, read or not, leads to."""
        if isinstance(page, ListPage) and self.spider.memory.half(snapshot):
            page = PageError(snapshot.url, "cut: it ends in its middle")
        if isinstance(page, PageError):
            self.none(walk, snapshot, page)
        elif page.rows or walk.page:
            yield from self.walk_on(walk, page)
        elif again := self.hop(walk, page) or self.shell(walk, snapshot):
            yield again

    def walk_on(self, walk: Walk, page: ListPage) -> Iterator[Request]:
        """Requests for the next list page if it is needed, and for the pages that are new."""
        rows = [row for row in page.rows if is_own(self.spider.district, row.url)]
        known = self.spider.memory.known(walk.column, [row.url for row in rows]) if walk.asks else ()
        walk.foreign += len(page.rows) - len(rows)
        counted, following = walk.read(page, rows, known)
        for wanted in self.spider.memory.listed(walk.column, page, counted).wanted:
            if request := self.spider.ask(wanted):
                yield request
        if following and not is_own(self.spider.district, following):
            following = walk.at = None
        self.reached(walk, len(counted))
        if following:
            yield self.ask(following, walk)
        else:
            self.end(walk.column, "ok", walk.rows, walk.notes, walk.left)

    def reached(self, walk: Walk, rows: int) -> None:
        if walk.since and not walk.resume:
            self.spider.memory.reached(walk.column, walk.since, walk.until, walk.at, rows)

    def none(self, walk: Walk, snapshot: Snapshot, error: PageError) -> None:
        """What came is no list page: the end of the list, the bare list of a shell, or an error."""
        missing = f"list page {walk.page + 1} answers HTTP {snapshot.status}, as before"
        if snapshot.status in GONE and self.spider.memory.gone(walk.here) and walk.over(missing):
            self.reached(walk, 0)
            self.end(walk.column, "ok", walk.rows, walk.notes, walk.left)
        elif walk.fallback and snapshot.status != 200:
            self.shell(walk, snapshot)
        else:
            outcome, note = failing(snapshot, error), f"{error.what} (list page {walk.page + 1}: {snapshot.url})"
            if walk.since and walk.here == walk.at and outcome == "failed":  # 2026-11: pagers change their addresses
                self.spider.memory.reached(walk.column, walk.since, walk.until, walk.column.url, 0)
            self.end(walk.column, outcome, walk.rows, note)

    def hop(self, walk: Walk, page: ListPage) -> Request | None:
        """A first list page without rows that names the request which brings them."""
        if not page.next or page.next in walk.pages or walk.hops >= HOPS or not is_own(self.spider.district, page.next):
            return None
        walk.hops += 1
        self.spider.memory.rowless(walk.here)
        return self.ask(page.next, walk)

    def shell(self, walk: Walk, snapshot: Snapshot) -> Request | None:
        """A first list page without rows: another address of it once, then an error, never an empty success."""
        code, family = self.spider.district.site_code, self.spider.district.layout.family
        if code and family == "fengxun" and not walk.fallback:
            walk.fallback = True
            return self.ask(f"{walk.column.url}/1&template=templates/{code}/xxgk_class_min.html", walk)
        self.end(walk.column, "shell", walk.rows, shell_note(walk.column, snapshot, self.spider.name))
        return None

    def on_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        if not self.spider.closes(error):
            outcome = "blocked" if isinstance(error, IgnoreRequest) else "failed"
            walk: Walk = request.cb_kwargs["walk"]
            self.end(walk.column, outcome, walk.rows, f"{request.url}: {plain(error)}")
            self.spider.unanswered(error)

    def end_all(self, outcome: str, note: str) -> None:
        """All columns that have not come to their end stop here, for a reason that is told once for the district."""
        for column in self.spider.district.columns:
            if column.name not in self.ends:
                self.record(column, outcome, 0, note)

    def end(self, column: Column, outcome: str, rows: int, note: str, left: Before | None = None) -> None:
        self.record(column, outcome, rows, note, left)
        if outcome in ("shell", "blocked", "failed"):
            log.error("%s %s: %s: %s", self.spider.name, column.name, outcome, note)

    def record(self, column: Column, outcome: str, rows: int, note: str, left: Before | None = None) -> None:
        self.ends[column.name] = ColumnEnd(column.name, outcome, rows, note)
        self.spider.memory.column_read(column, outcome, rows, note, left)
        self.spider.show()
