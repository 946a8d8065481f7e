"""What Scrapy asks before a request and after an answer: robots.txt and redirects. The rest is scraper.network's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from scraper.blocked import WALLS, blocked
from scraper.network.gate import Forbidden
from scraper.spiders.district import DistrictSpider
from scraper.spiders.report import HOME, capture, may_follow
from scraper.spiders.trouble import DOWNLOAD_ERRORS, SiteClosed, plain

REDIRECTS = (301, 302, 303, 307, 308)
KEEP_METHOD = (307, 308)
HOPS = 5
LONGEST_CRAWL_DELAY = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class _Rules:
    """What a host's robots.txt says to us. delay: its Crawl-delay, in seconds."""

    robots: Protego
    delay: float


class Robots:
    """robots.txt, read once for each host before anything else is asked of it.

    404 and its kin allow; 401, 403 and 5xx do not: permission is not established (RFC 9309 asks the same for 5xx).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = crawler.settings["USER_AGENT"]
        self.rules: dict[str, asyncio.Task[_Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("robots") or not self.crawler.settings.getbool("ROBOTSTXT_OBEY"):
            return
        parts = urlsplit(request.url)
        if parts.netloc not in self.rules:
            origin = f"{parts.scheme}://{parts.netloc}"
            self.rules[parts.netloc] = asyncio.create_task(self._read(f"{origin}/robots.txt"))
        rules = await self.rules[parts.netloc]
        request.meta["crawl_delay"] = rules.delay
        if not rules.robots.can_fetch(request.url, self.agent):
            raise Forbidden(f"robots.txt of {parts.netloc} forbids this address")

    async def _read(self, url: str) -> _Rules:
        request = Request(url, callback=NO_CALLBACK, meta={"robots": True, "role": "robots"}, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except SiteClosed:
            raise
        except DOWNLOAD_ERRORS as error:
            raise self._closed(url, "unreachable", f"{url}: {plain(error)}") from error
        spider = self.crawler.spider
        # As an attachment: kept, and never taken for an announcement, whatever a firewall answers here.
        snapshot = capture(response, "attachment", spider.name if spider else "")
        if isinstance(spider, DistrictSpider):
            await spider.keep(snapshot, response)
        if (wall := blocked(snapshot)) in WALLS and response.status == 200:
            why = f"{url} is no robots.txt but a block page ({wall}): leave to read the site is not established"
            raise self._closed(url, "robots", why)
        if response.status in (401, 403, 412, 429, 521) or response.status >= 500:
            why = f"{url} answers HTTP {response.status}: leave to read the site is not established"
            raise self._closed(url, "robots", why)
        rules = Protego.parse(response.body.decode("utf-8-sig", "ignore") if response.status == 200 else "")
        delay = min(float(rules.crawl_delay(self.agent) or 0), LONGEST_CRAWL_DELAY)
        if isinstance(spider, DistrictSpider):
            spider.crawl_delay = max(spider.crawl_delay, delay)
        return _Rules(rules, delay)

    def _closed(self, url: str, kind: str, why: str) -> IgnoreRequest:
        """The whole district is closed to us, or only another host that some of its pages lead to."""
        spider = self.crawler.spider
        other = isinstance(spider, DistrictSpider) and urlsplit(url).hostname != urlsplit(spider.district.site).hostname
        return Forbidden(why) if other else SiteClosed(kind, why)


class Redirects:
    """Follows redirects that stay on the site; all others arrive as they are, for the spider to count."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        location = response.headers.get("Location")
        if response.status not in REDIRECTS or not location:
            return response
        target = urljoin(request.url, location.decode("utf-8", "replace").strip())
        hops = request.meta.get("hops", 0) + 1
        if not self._follow(request, target) or hops > HOPS:
            return response
        if request.method != "GET" and response.status not in KEEP_METHOD:
            request = request.replace(method="GET", body=b"")
        return request.replace(url=target, meta={**request.meta, "hops": hops}, priority=request.priority + 1)

    def _follow(self, request: Request, target: str) -> bool:
        spider, to = self.crawler.spider, urlsplit(target)
        if not isinstance(spider, DistrictSpider):
            return to.scheme in ("http", "https")  # scrapy shell and fetch: a person looks at any page
        # 2026-11: what was deleted is often sent to the home page; that is not the article.
        home = to.path in HOME and not to.query and urlsplit(request.url).path not in HOME
        # To itself, with a cookie that is to be sent back: a challenge (2026-11: C3VK).
        itself = target == request.url
        return may_follow(spider.district, str(request.meta.get("role", "")), target) and not home and not itself
