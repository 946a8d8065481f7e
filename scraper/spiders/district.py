"""The one spider: fetches the pages that a district's columns list (columns.py) and what they lead to.

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
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.spiders.asking import cause, page_request
from scraper.spiders.columns import Columns
from scraper.spiders.memory import Memory, Wanted
from scraper.spiders.reading import is_wall
from scraper.spiders.report import Progress, capture, leads_home, may_follow
from scraper.spiders.trouble import Later, Patience, SiteClosed, is_fatal, plain
from scraper.urls import host

log = logging.getLogger(__name__)


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
        self.columns = Columns(self)
        self.ended: tuple[str, str] | None = None
        self.finish = ""
        self.urls: set[str] = set()
        self.files: set[str] = set()  # parts and attachments
        self.patience: defaultdict[str, Patience] = defaultdict(Patience)  # by host
        self.done = self.bytes = 0
        self.stopping: asyncio.Task[None] | None = None
        self.asking: asyncio.Task[None] | None = None

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
        async with self.memory.together():
            pages = [self.ask(wanted) for wanted in self.memory.waiting()]
            lists = [self.columns.ask(column.url, self.columns.walk(column)) for column in self.district.columns]
        for request in (*filter(None, pages), *lists):
            yield request

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
        self.answered(response, wanted, is_wall(snapshot))
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
        self.show()

    def on_page_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        wanted: Wanted = request.cb_kwargs["wanted"]
        if isinstance(error, Later) or self.closes(error):
            return  # the page stays in the queue
        self.done += wanted.role == "article"
        self.memory.failed(wanted, plain(error))
        self.unanswered(error, wanted)
        self.show()

    # -- what articles lead to

    def on_idle(self) -> None:
        """All pages are in: what they lead to comes last, until the archive names nothing more."""
        if self.ended:
            return
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.ask_last())
            self.asking.add_done_callback(self.on_asked)
        raise DontCloseSpider  # ask_last closes it

    async def ask_last(self) -> None:
        async with self.memory.together():
            requests = list(self.last_requests())
        engine = self.crawler.engine
        if engine.spider is None or self.ended:
            return  # it was closed meanwhile
        for request in requests:
            engine.crawl(request)
        if not requests:
            await engine.close_spider_async(reason="finished")

    def last_requests(self) -> Iterator[Request]:
        for wanted in self.memory.enclosures():
            if wanted.role == "attachment" and not self.district.attachments.fetch:
                continue
            if not may_follow(self.district, wanted.role, wanted.url):
                self.memory.failed(wanted, "lies on another site")
            elif request := self.ask(wanted):
                yield request

    def on_asked(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()):
            self.stop("archive", plain(error))

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
            self.columns.end_all("blocked" if kind in ("blocked", "robots") else "failed", f"not read: {why}")
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
            self.columns.end(walk.column, "failed", walk.rows, f"{response.url}: a reader failed: {error!r}")

    def closed(self, reason: str) -> None:
        self.finish = reason

    def answered(self, response: Response, wanted: Wanted | None = None, wall: bool = False) -> None:
        self.bytes += len(response.body)
        if (why := self._patience(wanted).answered(response.status, wall)) and self._is_home(wanted):
            self.stop("blocked", why)

    def unanswered(self, error: BaseException, wanted: Wanted | None = None) -> None:
        if (why := self._patience(wanted).unanswered(error)) and self._is_home(wanted):
            self.stop("unreachable", why)

    def _patience(self, wanted: Wanted | None) -> Patience:
        return self.patience[host(wanted.url if wanted else self.district.site)]

    def _is_home(self, wanted: Wanted | None) -> bool:
        """Was the site itself asked? Another host that is down does not end the crawl: it is left alone (Gate)."""
        return wanted is None or host(wanted.url) == host(self.district.site)

    def closes(self, error: BaseException) -> bool:
        """Is the whole site closed to us, rather than this address?"""
        if isinstance(error, SiteClosed):
            self.stop(error.kind, error.why)
        return isinstance(error, SiteClosed)

    def show(self) -> None:
        if self.watch:
            self.watch(Progress(self.name, self.done, len(self.urls), len(self.columns.ends), self.bytes))
