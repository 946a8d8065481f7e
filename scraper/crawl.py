"""Starts a crawl: the spiders of some districts in one process, until all of them have ended."""

from __future__ import annotations

import asyncio
import copy
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Self

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from scraper.catalogue import District
from scraper.spiders.district import DistrictSpider
from scraper.spiders.loader import spider_class
from scraper.spiders.report import ColumnEnd, Progress

__all__ = ["ColumnEnd", "CrawlReport", "DistrictEnd", "Progress", "crawl", "crawl_from"]

STEP = 50  # districts that begin in one go
BREATH = 0.02  # seconds between two such goes
IDLE = 0.5  # seconds until a source that has nothing now is asked again
BEHIND = 0.2  # seconds that the event loop may be late before no more districts begin


@dataclass(frozen=True, slots=True)
class DistrictEnd:
    """How the crawl of a district ended.

    reason   "finished"; "unreachable" (no answer), "blocked" (the site refuses), "robots" (no leave to read it),
             "failed" (no column could be read), "archive" (nothing could be kept), "stopped" (by a signal),
             "time limit"; "budget", "night" (what the site is spared: [manners] of its TOML; nothing is wrong)
    why      in plain words; "" when finished
    error    what the archive raised, if it did
    pages    pages answered of those wanted
    """

    slug: str
    reason: str
    why: str = ""
    columns: tuple[ColumnEnd, ...] = ()
    pages: int = 0
    wanted: int = 0
    bytes: int = 0
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """One end for each district, in the order given."""

    ends: tuple[DistrictEnd, ...]

    @property
    def unreachable(self) -> tuple[DistrictEnd, ...]:
        return tuple(end for end in self.ends if end.reason == "unreachable")


Source = Callable[[int], Sequence[District] | None]


def crawl(
    districts: Sequence[District],
    settings: Mapping[str, object],
    watch: Callable[[Progress], None] | None = None,
) -> CrawlReport:
    """Crawls the districts side by side, each at its own pace; blocks until the last has ended.

    settings  Scrapy's and Dibao's own (DIBAO_ARCHIVE, DIBAO_SINCE, DIBAO_LIMIT, …), over those of scraper.settings
    watch     called after each page and column

    The first SIGINT or SIGTERM lets the requests in flight end and what they brought be kept; the second does not.
    """
    waiting = list(reversed(districts))
    ends: dict[str, DistrictEnd] = {}

    def source(room: int) -> Sequence[District] | None:
        return [waiting.pop() for _ in range(min(room, len(waiting)))] or None

    crawl_from(source, settings, lambda end: ends.update({end.slug: end}), watch)
    unbegun = DistrictEnd("", "stopped", "stopped before it began; the next run goes on from here")
    return CrawlReport(tuple(ends.get(one.slug) or replace(unbegun, slug=one.slug) for one in districts))


def crawl_from(
    source: Source,
    settings: Mapping[str, object],
    ended: Callable[[DistrictEnd], None],
    watch: Callable[[Progress], None] | None = None,
) -> None:
    """Crawls what the source gives, DIBAO_SITES districts at the same time at most, until it gives None.

    source  asked for so many districts at most; () when there are none now; called often: quick
    ended   told as each district ends
    """
    merged = _settings(settings)
    process = _Process(merged)
    logging.getLogger("scrapy").setLevel(merged["LOG_LEVEL"])  # Scrapy makes every record and drops it later
    process.feed(source, ended, watch)
    in_main = threading.current_thread() is threading.main_thread()
    with _handlers_kept(in_main):
        process.start(install_signal_handlers=in_main)


class _Process(AsyncCrawlerProcess):
    """Districts come in as others end: as many at once as the processor serves without falling behind."""

    stopping = False

    def feed(
        self, source: Source, ended: Callable[[DistrictEnd], None], watch: Callable[[Progress], None] | None
    ) -> None:
        """Before start(): the task that brings districts in; the process ends when it and all of them have ended."""
        task = asyncio.get_event_loop().create_task(self._feed(source, ended, watch))
        self._active.add(task)
        task.add_done_callback(self._active.discard)

    async def _feed(
        self, source: Source, ended: Callable[[DistrictEnd], None], watch: Callable[[Progress], None] | None
    ) -> None:
        most, behind = self.settings.getint("DIBAO_SITES"), 0.0
        while not self.stopping:
            room = min(most - len(self.crawlers), STEP) if behind < BEHIND else 0
            districts = source(room) if room > 0 else ()
            if districts is None:
                return
            for district in districts:
                crawler = self.create_crawler(spider_class(district))
                task = self.crawl(crawler, watch=watch)
                task.add_done_callback(partial(_tell, ended, district, crawler))
            pause = BREATH if districts or room <= 0 else IDLE
            before = time.monotonic()
            await asyncio.sleep(pause)
            behind = time.monotonic() - before - pause

    def create_crawler(self, crawler_or_spidercls: type[Spider] | str | Crawler) -> Crawler:
        if isinstance(crawler_or_spidercls, Crawler):
            return crawler_or_spidercls  # its settings are ours already; Scrapy would set each of them once more
        return super().create_crawler(crawler_or_spidercls)

    async def stop(self) -> None:
        self.stopping = True
        for crawler in self.crawlers:
            if isinstance(crawler.spider, DistrictSpider):
                crawler.spider.finish = "shutdown"  # known before the archive closes the run
        await super().stop()


def _tell(ended: Callable[[DistrictEnd], None], district: District, crawler: Crawler, task: asyncio.Task[None]) -> None:
    ended(_end(district, crawler, task))


class _Shared(Settings):
    """Settings whose copies share what they do not change. 2026-11: a deep copy costs 5 ms and 200 KB a district."""

    def copy(self) -> Self:
        twin = copy.copy(self)
        twin.attributes = dict(self.attributes)
        return twin

    def set(self, name: str, value: object, priority: int | str = "project") -> None:
        if name in self.attributes:
            self.attributes[name] = copy.copy(self.attributes[name])
        super().set(name, value, priority)


def _settings(settings: Mapping[str, object]) -> Settings:
    merged = _Shared()
    merged.setmodule("scraper.settings", priority="project")
    # Whoever has set up logging keeps it.
    merged.set("LOG_INSTALL_ROOT_HANDLER", not logging.getLogger().handlers, priority="project")
    for name, value in settings.items():
        merged.set(name, value, priority="cmdline")
    return merged


@contextmanager
def _handlers_kept(in_main: bool) -> Iterator[None]:
    """Scrapy leaves its signal handlers behind."""
    numbers = (signal.SIGINT, signal.SIGTERM) if in_main else ()
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(district: District, crawler: Crawler, task: asyncio.Task[None]) -> DistrictEnd:
    spider = crawler.spider
    error = None if task.cancelled() else task.exception()
    if error is not None or not isinstance(spider, DistrictSpider):
        return DistrictEnd(district.slug, "archive", str(error or "the crawl could not start"), error=error)
    columns = tuple(spider.columns.ends.values())
    reason, why = _reason(spider, columns)
    return DistrictEnd(district.slug, reason, why, columns, spider.done, len(spider.urls), spider.bytes)


def _reason(spider: DistrictSpider, columns: tuple[ColumnEnd, ...]) -> tuple[str, str]:
    if spider.ended:
        return spider.ended
    if spider.finish == "archive_error":
        return "archive", "the archive could not be written"
    if spider.finish == "closespider_timeout":
        return "time limit", "the time limit was reached; the next run goes on from here"
    if spider.finish != "finished":
        return "stopped", "stopped before its end; the next run goes on from here"
    outcomes = {column.outcome for column in columns}
    if columns and outcomes <= {"blocked", "failed", "shell"}:
        return ("blocked" if outcomes == {"blocked"} else "failed"), columns[0].note
    return "finished", ""
