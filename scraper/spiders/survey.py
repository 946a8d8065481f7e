"""Looks at a site nobody has described: asks what a planner wants, page after page, and decides nothing itself.

Robots.txt, redirects and the pace are those of a crawl, as it is a DistrictSpider of a district made up for the visit.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self, cast

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from scraper.catalogue import Column, District
from scraper.items import Role, Snapshot
from scraper.recon.planner import Planner
from scraper.recon.record import Ask
from scraper.spiders.asking import cause, list_request
from scraper.spiders.district import DistrictSpider
from scraper.spiders.memory import Fetch, Memory
from scraper.spiders.report import capture
from scraper.spiders.trouble import SiteClosed, plain
from scraper.urls import host

ROLES = {"home": "other", "hub": "other", "list": "list", "shell": "list", "next": "list", "article": "article"}

Watch = Callable[[int, int, str], None]


class Tally:
    """The requests of a visit. It keeps no archive: of a Memory only Gate's two questions are answered."""

    def __init__(self) -> None:
        self.fetches: list[Fetch] = []

    def fetched(self, fetch: Fetch) -> None:
        self.fetches.append(fetch)

    def spent(self, name: str) -> tuple[int, int]:
        mine = [one for one in self.fetches if host(one.url) == name]
        return len(mine), sum(one.bytes for one in mine)


class SurveySpider(DistrictSpider):
    """One visit. planner: knows what to ask next and keeps what came."""

    name = "survey"
    planner: Planner
    tally: Tally
    rendered: set[str]
    broken: str = ""
    told: Watch | None = None

    @classmethod
    def from_crawler(
        cls, crawler: Crawler, watch: object = None, planner: Planner | None = None, told: Watch | None = None
    ) -> Self:
        spider = super().from_crawler(crawler)
        assert planner is not None
        spider.planner, spider.told = planner, told
        spider.tally = Tally()
        spider.memory = cast(Memory, spider.tally)
        spider.district = _made_up(planner)
        spider.rendered = {column.name for column in planner.columns if column.render}
        return spider

    async def start(self) -> AsyncIterator[Any]:
        if request := self.following():
            yield request

    def following(self) -> Request | None:
        """The planner's next question as a request; None at the end."""
        ask = self.planner.next()
        if ask is None:
            return None
        if self.told:
            self.told(len(self.planner.asked), len(self.planner.asked) + self.planner.left(), ask.column or ask.why)
        self.district = _made_up(self.planner)
        request = list_request(
            ask.url,
            Column(ask.column, ask.referer or ask.url, render=ask.column in self.rendered),
            self.on_answer,
            self.on_silence,
            arguments={"ask": ask},
        )
        request.meta["role"] = ROLES[ask.why]
        return request

    def on_answer(self, response: Response, ask: Ask) -> Iterator[Request]:
        role: Role = "article" if ask.why == "article" else "list"
        page = capture(response, role, self.name, ask.column)
        row = ask.row
        self.planner.take(
            ask,
            replace(
                page,
                requested_url=ask.url,
                listed_title=row.title if row else "",
                listed_on=row.listed_on if row else None,
            ),
        )
        if request := self.following():
            yield request

    def on_silence(self, failure: Failure) -> Any:
        """No answer: the next question, if there is one."""
        request, error = cause(failure)
        kind = error.kind if isinstance(error, SiteClosed) else ""
        if kind and host(request.url) != host(self.planner.site.origin):
            kind = ""  # another host of the site is closed: this address only
        ask: Ask = request.cb_kwargs["ask"]
        self.planner.lost(ask, f"{request.url}: {plain(error)}", kind)
        if following := self.following():
            yield following

    async def keep(self, snapshot: Snapshot, response: Response) -> None:
        """robots.txt: nothing is archived."""

    def on_idle(self) -> None:
        """Nothing is left to ask."""

    def on_spider_error(self, failure: Failure, response: Any) -> None:
        """A reader failed on an odd page: what was understood so far is not to be trusted."""
        self.broken = f"{getattr(response, 'url', '')}: a reader failed: {failure.value!r}"

    def stop(self, kind: str, why: str) -> None:
        """Whoever closes the site to us has told the planner already."""


def _made_up(planner: Planner) -> District:
    """The district that robots.txt and redirects are judged by: the site and what is allowed beside it."""
    return District("survey", "survey", "000000", planner.site.origin, (), allowed_hosts=planner.site.hosts)


@dataclass(frozen=True, slots=True)
class Visit:
    """How a visit ended. stopped: by Ctrl-C or SIGTERM; crawl_delay: seconds that robots.txt asks for; broken: the page
    that a reader failed on, "" when all went well."""

    requests: int
    stopped: bool
    crawl_delay: float
    broken: str


def visit(planner: Planner, settings: Mapping[str, object], told: Watch | None = None) -> Visit:
    """Asks until the planner has no more questions; blocks. told: (asked, about how many in all, what)."""
    merged = Settings()
    merged.setmodule("scraper.settings", priority="project")
    merged.set("LOG_INSTALL_ROOT_HANDLER", not logging.getLogger().handlers, priority="project")
    merged.set("ITEM_PIPELINES", {}, priority="project")
    for name, value in settings.items():
        merged.set(name, value, priority="cmdline")
    process = AsyncCrawlerProcess(merged)
    crawler = process.create_crawler(SurveySpider)
    task = process.crawl(crawler, planner=planner, told=told)
    in_main = threading.current_thread() is threading.main_thread()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        process.start(install_signal_handlers=in_main)
    finally:
        if in_main:
            for number, handler in before.items():
                signal.signal(number, handler)
    if (error := None if task.cancelled() else task.exception()) is not None:
        raise error
    spider = crawler.spider
    assert isinstance(spider, SurveySpider)
    stopped = spider.finish not in ("finished", "")
    requests = max(len(spider.tally.fetches), len(planner.asked))
    return Visit(requests, stopped, spider.crawl_delay, spider.broken)
