"""The one spider: reads a district's columns back as far as needed and fetches the pages they list.

It yields Snapshots and never interprets an article; what is known and what is due it asks of its memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from scraper.catalogue import Column, District
from scraper.items import ListPage, PageError, Snapshot
from scraper.spiders.asking import cause, list_request, page_request
from scraper.spiders.memory import Before, Memory, Wanted
from scraper.spiders.reading import failing, is_wall, read_list, shell_note
from scraper.spiders.report import ColumnEnd, Progress, capture, is_own, leads_home, may_follow
from scraper.spiders.trouble import GONE, Later, Patience, SiteClosed, is_fatal, plain
from scraper.spiders.walk import Walk
from scraper.urls import host

log = logging.getLogger(__name__)

HOPS = 2  # shells in a row that are followed to the request which brings the rows


class DistrictSpider(Spider):
    """scraper.spiders.loader makes one for each district: sets name and district."""

    district: District
    memory: Memory  # set by whoever keeps the archive, before start()

    def __init__(self, watch: Callable[[Progress], None] | None = None) -> None:
        super().__init__()
        self.watch = watch
        self.crawl_delay = 0.0
        self.since: date | None = None
        self.until: date | None = None
        self.limit = 20
        self.ends: dict[str, ColumnEnd] = {}
        self.ended: tuple[str, str] | None = None
        self.finish = ""
        self.urls: set[str] = set()
        self.files: set[str] = set()  # parts and attachments
        self.patience: defaultdict[str, Patience] = defaultdict(Patience)  # by host
        self.done = self.bytes = 0
        self.stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, watch: Callable[[Progress], None] | None = None) -> Self:
        spider = cls(watch)
        spider._set_crawler(crawler)
        days = (crawler.settings.get(name) for name in ("DIBAO_SINCE", "DIBAO_UNTIL"))
        spider.since, spider.until = (date.fromisoformat(str(day)) if day else None for day in days)
        spider.limit = crawler.settings.getint("DIBAO_LIMIT") or spider.limit
        crawler.signals.connect(spider.on_item_error, signals.item_error)
        crawler.signals.connect(spider.on_spider_error, signals.spider_error)
        crawler.signals.connect(spider.on_idle, signals.spider_idle)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for wanted in self.memory.waiting():
            if request := self.ask(wanted):
                yield request
        for column in self.district.columns:
            yield self.ask_list(column.url, self.walk(column))

    # -- lists

    def walk(self, column: Column) -> Walk:
        """How far this run goes back in a column."""
        left = self.memory.before(column)
        back = self.memory.backfill(column, self.since, self.until)
        if back.since and not back.done:
            return Walk(column, back.since, back.until, self.limit, resume=back.at, before=left)
        return Walk(column, limit=self.limit, visited=back.done or self.memory.visited(column), before=left)

    def ask_list(self, address: str, walk: Walk) -> Request:
        fresh = not walk.visited or walk.page or walk.since
        validators = ("", "") if fresh else self.memory.list_validators(address)
        walk.here, walk.validators = address, any(validators)
        walk.pages.add(address)
        return list_request(
            address, walk.column, self.on_list, self.on_list_error, validators=validators, arguments={"walk": walk}
        )

    async def on_list(self, response: Response, walk: Walk) -> AsyncIterator[Request]:
        self._answered(response)
        if response.status == 304 and walk.validators:
            self.column_end(walk.column, "unchanged", 0, "")
            return
        snapshot = capture(response, "list", self.name, walk.column.name, Wanted(walk.here, walk.column.name))
        await self.keep(snapshot, response)
        if self.ended:
            return
        try:
            page = read_list(snapshot, self.district.layout, first=not walk.page)
            if self.memory.half(snapshot):
                raise PageError(snapshot.url, "cut: it ends in its middle")
        except PageError as error:
            self.no_list(walk, snapshot, error)
            return
        if page.rows or walk.page:
            for request in self.walk_on(walk, page):
                yield request
        elif again := self.hop(walk, page) or self.shell(walk, snapshot):
            yield again

    def walk_on(self, walk: Walk, page: ListPage) -> Iterator[Request]:
        """Requests for the next list page if it is needed, and for the pages that are new."""
        rows = [row for row in page.rows if is_own(self.district, row.url)]
        known = self.memory.known(walk.column, [row.url for row in rows]) if walk.asks else ()
        walk.foreign += len(page.rows) - len(rows)
        counted, following = walk.read(page, rows, known)
        for wanted in self.memory.listed(walk.column, page, counted).wanted:
            if request := self.ask(wanted):
                yield request
        if following and not is_own(self.district, following):
            following = walk.at = None
        self.reached(walk, len(counted))
        if following:
            yield self.ask_list(following, walk)
        else:
            self.column_end(walk.column, "ok", walk.rows, walk.notes, walk.left)

    def reached(self, walk: Walk, rows: int) -> None:
        if walk.since and not walk.resume:
            self.memory.reached(walk.column, walk.since, walk.until, walk.at, rows)

    def no_list(self, walk: Walk, snapshot: Snapshot, error: PageError) -> None:
        """What came is no list page: the end of the list, the bare list of a shell, or an error."""
        missing = f"list page {walk.page + 1} answers HTTP {snapshot.status}, as before"
        if snapshot.status in GONE and self.memory.gone(walk.here) and walk.over(missing):
            self.reached(walk, 0)
            self.column_end(walk.column, "ok", walk.rows, walk.notes, walk.left)
        elif walk.fallback and snapshot.status != 200:
            self.shell(walk, snapshot)
        else:
            outcome, note = failing(snapshot, error), f"{error.what} (list page {walk.page + 1}: {snapshot.url})"
            if walk.since and walk.here == walk.at and outcome == "failed":  # 2026-11: pagers change their addresses
                self.memory.reached(walk.column, walk.since, walk.until, walk.column.url, 0)
            self.column_end(walk.column, outcome, walk.rows, note)

    def hop(self, walk: Walk, page: ListPage) -> Request | None:
        """A first list page without rows that names the request which brings them."""
        if not page.next or page.next in walk.pages or walk.hops >= HOPS or not is_own(self.district, page.next):
            return None
        walk.hops += 1
        self.memory.rowless(walk.here)
        return self.ask_list(page.next, walk)

    def shell(self, walk: Walk, snapshot: Snapshot) -> Request | None:
        """A first list page without rows: another address of it once, then an error, never an empty success."""
        code, family = self.district.site_code, self.district.layout.family
        if code and family == "fengxun" and not walk.fallback:
            walk.fallback = True
            return self.ask_list(f"{walk.column.url}/1&template=templates/{code}/xxgk_class_min.html", walk)
        self.column_end(walk.column, "shell", walk.rows, shell_note(walk.column, snapshot, self.name))
        return None

    def on_list_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        if not self._closed(error):
            outcome = "blocked" if isinstance(error, IgnoreRequest) else "failed"
            walk: Walk = request.cb_kwargs["walk"]
            self.column_end(walk.column, outcome, walk.rows, f"{request.url}: {plain(error)}")
            self._unanswered(error)

    def column_end(self, column: Column, outcome: str, rows: int, note: str, left: Before | None = None) -> None:
        self.ends[column.name] = ColumnEnd(column.name, outcome, rows, note)
        self.memory.column_read(column, outcome, rows, note, left)
        if outcome in ("shell", "blocked", "failed"):
            log.error("%s %s: %s: %s", self.name, column.name, outcome, note)
        self._show()

    # -- pages

    def ask(self, wanted: Wanted) -> Request | None:
        asked = self.urls if wanted.role == "article" else self.files
        if wanted.url in asked:
            return None
        asked.add(wanted.url)
        render = any(column.render for column in self.district.columns if column.name == wanted.column)
        file = wanted.role == "attachment"  # 20 MB take their time
        largest = self.district.attachments.largest if file else 0
        seconds = 4 * self.crawler.settings.getfloat("DOWNLOAD_TIMEOUT") if file else 0
        return page_request(wanted, self.on_page, self.on_page_error, render=render, largest=largest, seconds=seconds)

    def on_page(self, response: Response, wanted: Wanted) -> Iterator[Snapshot]:
        snapshot = capture(response, wanted.role, self.name, wanted.column, wanted)
        self._answered(response, wanted, is_wall(snapshot))
        self.done += wanted.role == "article"
        if response.status == 304 and (wanted.etag or wanted.last_modified):
            self.memory.unchanged(wanted)
        elif response.status == 304:
            self.memory.failed(wanted, "HTTP 304 for a page that nobody holds")
        elif 300 <= response.status < 400 and not leads_home(response, wanted):
            to = (response.headers.get("Location") or b"nowhere").decode("utf-8", "replace")
            self.memory.failed(wanted, f"redirects to {to}, which is not followed")
        else:
            yield snapshot
        self._show()

    def on_page_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        wanted: Wanted = request.cb_kwargs["wanted"]
        if isinstance(error, Later) or self._closed(error):
            return  # the page stays in the queue
        self.done += wanted.role == "article"
        self.memory.failed(wanted, plain(error))
        self._unanswered(error, wanted)
        self._show()

    # -- what articles lead to

    def on_idle(self) -> None:
        """All pages are in: what they lead to comes last, until the archive names nothing more."""
        if self.ended:
            return
        asked = 0
        for wanted in self.memory.enclosures():
            if wanted.role == "attachment" and not self.district.attachments.fetch:
                continue
            if not may_follow(self.district, wanted.role, wanted.url):
                self.memory.failed(wanted, "lies on another site")
            elif request := self.ask(wanted):
                self.crawler.engine.crawl(request)
                asked += 1
        if asked:
            raise DontCloseSpider

    # -- both

    async def keep(self, snapshot: Snapshot, response: Response) -> None:
        """Has a snapshot stored now. A yielded item may be stored after the code that follows the yield has run."""
        await self.crawler.engine.scraper.start_itemproc_async(snapshot, response=response)

    def stop(self, kind: str, why: str) -> None:
        """Ends the crawl of this district: nothing new is asked for, what waits stays in the queue."""
        if self.ended:
            return
        self.ended = (kind, why)
        log.error("%s: %s: %s", self.name, kind, why)
        if kind != "archive":
            for column in self.district.columns:
                if column.name not in self.ends:
                    self.column_end(
                        column, "blocked" if kind in ("blocked", "robots") else "failed", 0, f"not read: {why}"
                    )
        self.stopping = asyncio.create_task(self.crawler.engine.close_spider_async(reason=kind))

    def on_item_error(self, item: Any, failure: Failure) -> None:
        if failure.value is not None and is_fatal(failure.value):
            self.stop("archive", plain(failure.value))

    def on_spider_error(self, failure: Failure, response: Any) -> None:
        """A callback failed: the archive, or a reader on an odd list page. Neither may end in silence."""
        error = failure.value
        if error is None or is_fatal(error):
            self.stop("archive", plain(error or RuntimeError(str(failure))))
        elif isinstance(response, Response) and (walk := response.cb_kwargs.get("walk")):
            self.column_end(walk.column, "failed", walk.rows, f"{response.url}: a reader failed: {error!r}")

    def closed(self, reason: str) -> None:
        self.finish = reason

    def _answered(self, response: Response, wanted: Wanted | None = None, wall: bool = False) -> None:
        self.bytes += len(response.body)
        if (why := self._patience(wanted).answered(response.status, wall)) and self._is_home(wanted):
            self.stop("blocked", why)

    def _unanswered(self, error: BaseException, wanted: Wanted | None = None) -> None:
        if (why := self._patience(wanted).unanswered(error)) and self._is_home(wanted):
            self.stop("unreachable", why)

    def _patience(self, wanted: Wanted | None) -> Patience:
        return self.patience[host(wanted.url if wanted else self.district.site)]

    def _is_home(self, wanted: Wanted | None) -> bool:
        """Was the site itself asked? Another host that is down does not end the crawl: it is left alone (Gate)."""
        return wanted is None or host(wanted.url) == host(self.district.site)

    def _closed(self, error: BaseException) -> bool:
        """Is the whole site closed to us, rather than this address?"""
        if isinstance(error, SiteClosed):
            self.stop(error.kind, error.why)
        return isinstance(error, SiteClosed)

    def _show(self) -> None:
        if self.watch:
            self.watch(Progress(self.name, self.done, len(self.urls), len(self.ends), self.bytes))
