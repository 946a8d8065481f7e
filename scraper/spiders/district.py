"""The one spider: reads a district's columns back as far as needed and fetches the pages they list.

It yields Snapshots and never interprets an article; what is known and what is due it asks of its memory.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Any, Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from scraper.blocked import blocked
from scraper.catalogue import Column, District
from scraper.items import Blocked, ListPage, PageError, Snapshot
from scraper.parse import parse_list
from scraper.spiders.memory import Memory, Wanted
from scraper.spiders.report import ColumnEnd, Progress, capture, is_own
from scraper.spiders.trouble import GONE, REFUSING, Patience, SiteClosed, is_fatal, plain
from scraper.spiders.walk import Walk

log = logging.getLogger(__name__)

SHELLS = ("js_shell", "empty")  # verdicts of scraper.blocked that mean: no rows, rather than: no entry


class DistrictSpider(Spider):
    """scraper.spiders.loader makes one for each district: sets name and district."""

    district: District
    memory: Memory  # set by whoever keeps the archive, before start()

    def __init__(self, watch: Callable[[Progress], None] | None = None) -> None:
        super().__init__()
        self.watch = watch
        self.crawl_delay = 0.0
        self.since: date | None = None
        self.limit = 20
        self.ends: dict[str, ColumnEnd] = {}
        self.ended: tuple[str, str] | None = None
        self.finish = ""
        self.urls: set[str] = set()
        self.patience = Patience()
        self.done = self.bytes = 0
        self.stopping: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, watch: Callable[[Progress], None] | None = None) -> Self:
        spider = cls(watch)
        spider._set_crawler(crawler)
        since = crawler.settings.get("DIBAO_SINCE")
        spider.since = date.fromisoformat(str(since)) if since else None
        spider.limit = crawler.settings.getint("DIBAO_LIMIT") or spider.limit
        crawler.signals.connect(spider.on_item_error, signals.item_error)
        crawler.signals.connect(spider.on_spider_error, signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        for wanted in self.memory.waiting():
            if request := self.ask(wanted):
                yield request
        for column in self.district.columns:
            visited = self.memory.visited(column)
            yield self.ask_list(column.url, Walk(column, self.since, self.limit, visited))

    # -- lists

    def ask_list(self, url: str, walk: Walk) -> Request:
        fresh = not walk.visited or walk.pages or walk.since
        validators = ("", "") if fresh else self.memory.list_validators(url)
        walk.pages.add(url)
        headers = conditional(*validators)
        return Request(
            url, self.on_list, errback=self.on_list_error, cb_kwargs={"walk": walk}, headers=headers, priority=10
        )

    async def on_list(self, response: Response, walk: Walk) -> AsyncIterator[Request]:
        self._answered(response)
        if response.status == 304:
            self.column_end(walk.column, "unchanged", 0, "")
            return
        snapshot = capture(response, "list", self.name, walk.column.name)
        await self.keep(snapshot, response)
        if self.ended:
            return
        try:
            page = self.read_list(snapshot)
        except PageError as error:
            if walk.fallback and snapshot.status != 200:
                self.shell(walk, snapshot)
            else:
                refused = snapshot.status in REFUSING or (isinstance(error, Blocked) and snapshot.status not in GONE)
                note = f"{error.what} (list page {walk.page + 1}: {snapshot.url})"
                self.column_end(walk.column, "blocked" if refused else "failed", walk.rows, note)
            return
        if page.rows or walk.page:
            for request in self.walk_on(walk, page):
                yield request
        elif again := self.shell(walk, snapshot):
            yield again

    def read_list(self, snapshot: Snapshot) -> ListPage:
        """The rows of a list page. Raises PageError where it is none."""
        kind = blocked(snapshot)
        if kind in SHELLS:
            return ListPage(())
        if kind:
            raise Blocked(snapshot.url, f"{kind}, HTTP {snapshot.status}")
        if snapshot.status != 200:
            to = f", a redirect to {snapshot.header('location')}" if snapshot.header("location") else ""
            raise PageError(snapshot.url, f"the site answers HTTP {snapshot.status}{to}")
        return parse_list(snapshot, self.district.layout)

    def walk_on(self, walk: Walk, page: ListPage) -> Iterator[Request]:
        """Requests for the next list page if it is needed, and for the pages that are new."""
        rows = [row for row in page.rows if is_own(self.district, row.url)]
        known = self.memory.known(walk.column, [row.url for row in rows]) if walk.visited and not walk.since else ()
        walk.foreign += len(page.rows) - len(rows)
        counted, following = walk.read(page, rows, known)
        for wanted in self.memory.listed(walk.column, page, counted).wanted:
            if request := self.ask(wanted):
                yield request
        if following and is_own(self.district, following):
            yield self.ask_list(following, walk)
            return
        note = f"not fetched, as they lead to other sites: {walk.foreign}" if walk.foreign else ""
        self.column_end(walk.column, "ok", walk.rows, note)

    def shell(self, walk: Walk, snapshot: Snapshot) -> Request | None:
        """A first list page without rows: another address of it once, then an error, never an empty success."""
        code, family = self.district.site_code, self.district.layout.family
        if code and family == "fengxun" and not walk.fallback:
            walk.fallback = True
            return self.ask_list(f"{walk.column.url}/1&template=templates/{code}/xxgk_class_min.html", walk)
        note = (
            f"shell: {walk.column.url} holds no rows ({len(snapshot.body)} bytes). Next: open it in a browser; if rows "
            f"appear there, a script fetches them: put the address it asks for into this column's url in "
            f"{self.name}.toml, or name the rows under [selectors] rows"
        )
        self.column_end(walk.column, "shell", walk.rows, note)
        return None

    def on_list_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        if not self._closed(error):
            outcome = "blocked" if isinstance(error, IgnoreRequest) else "failed"
            walk: Walk = request.cb_kwargs["walk"]
            self.column_end(walk.column, outcome, walk.rows, f"{request.url}: {plain(error)}")
            self._unanswered(error)

    def column_end(self, column: Column, outcome: str, rows: int, note: str) -> None:
        self.ends[column.name] = ColumnEnd(column.name, outcome, rows, note)
        self.memory.column_read(column, outcome, rows, note)
        if outcome in ("shell", "blocked", "failed"):
            log.error("%s %s: %s: %s", self.name, column.name, outcome, note)
        self._show()

    # -- pages

    def ask(self, wanted: Wanted) -> Request | None:
        if wanted.url in self.urls:
            return None
        self.urls.add(wanted.url)
        headers = conditional(wanted.etag, wanted.last_modified)
        return Request(
            wanted.url, self.on_page, errback=self.on_page_error, cb_kwargs={"wanted": wanted}, headers=headers
        )

    def on_page(self, response: Response, wanted: Wanted) -> Iterator[Snapshot]:
        self._answered(response)
        self.done += 1
        if response.status == 304:
            self.memory.unchanged(wanted)
        elif 300 <= response.status < 400:
            to = (response.headers.get("Location") or b"nowhere").decode("utf-8", "replace")
            self.memory.failed(wanted, f"redirects to {to}, which is not followed")
        else:
            yield capture(response, "article", self.name, wanted.column, wanted)
        self._show()

    def on_page_error(self, failure: Failure) -> None:
        request, error = cause(failure)
        if self._closed(error):
            return  # the page stays in the queue
        self.done += 1
        self.memory.failed(request.cb_kwargs["wanted"], plain(error))
        self._unanswered(error)
        self._show()

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
                    self.column_end(column, "failed" if kind == "unreachable" else "blocked", 0, f"not read: {why}")
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

    def _answered(self, response: Response) -> None:
        self.bytes += len(response.body)
        if why := self.patience.answered(response.status):
            self.stop("blocked", why)

    def _unanswered(self, error: BaseException) -> None:
        if why := self.patience.unanswered(error):
            self.stop("unreachable", why)

    def _closed(self, error: BaseException) -> bool:
        """Is the whole site closed to us, rather than this address?"""
        if isinstance(error, SiteClosed):
            self.stop(error.kind, error.why)
        return isinstance(error, SiteClosed)

    def _show(self) -> None:
        if self.watch:
            self.watch(Progress(self.name, self.done, len(self.urls), len(self.ends), self.bytes))


def conditional(etag: str, last_modified: str) -> dict[str, str]:
    """Headers that ask for a page only if it has changed."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}


def cause(failure: Failure) -> tuple[Request, BaseException]:
    """The request that failed, and why. Scrapy puts the request on the failure."""
    request = getattr(failure, "request", None)
    assert isinstance(request, Request) and failure.value is not None
    return request, failure.value
