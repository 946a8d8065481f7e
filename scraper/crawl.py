"""Starts a crawl: the spiders of some districts in one process, until all of them have ended."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from scraper.catalogue import District
from scraper.spiders.district import DistrictSpider
from scraper.spiders.loader import spider_class
from scraper.spiders.report import ColumnEnd, Progress

__all__ = ["ColumnEnd", "CrawlReport", "DistrictEnd", "Progress", "crawl"]


@dataclass(frozen=True, slots=True)
class DistrictEnd:
    """How the crawl of a district ended.

    reason   "finished"; "unreachable" (no answer), "blocked" (the site refuses), "robots" (no leave to read it),
             "failed" (no column could be read), "archive" (nothing could be kept), "stopped" (by a signal),
             "time limit"
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
    merged = _settings(settings)
    process = AsyncCrawlerProcess(merged)
    logging.getLogger("scrapy").setLevel(merged["LOG_LEVEL"])  # Scrapy makes every record and drops it later
    started: list[tuple[District, Crawler, asyncio.Task[None]]] = []
    for district in districts:
        crawler = process.create_crawler(spider_class(district))
        started.append((district, crawler, process.crawl(crawler, watch=watch)))
    in_main = threading.current_thread() is threading.main_thread()
    with _handlers_kept(in_main):
        process.start(install_signal_handlers=in_main)
    return CrawlReport(tuple(_end(district, crawler, task) for district, crawler, task in started))


def _settings(settings: Mapping[str, object]) -> Settings:
    merged = Settings()
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
    columns = tuple(spider.ends.values())
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
