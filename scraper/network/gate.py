"""Gate: Scrapy's download handler. Every request passes here, waits for its turn, and is reported to the archive."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from scraper.catalogue import District, is_loopback
from scraper.manners import SHANGHAI
from scraper.network import connections, outcomes, trust
from scraper.network.addresses import NotPublic
from scraper.network.connections import CONNECT_SECONDS, Reach
from scraper.network.outcomes import Received
from scraper.network.packed import unpacked
from scraper.network.turns import Turns
from scraper.spiders.district import DistrictSpider
from scraper.spiders.report import own_hosts
from scraper.spiders.trouble import Later, SiteClosed

LONGEST_REST = 60.0  # seconds; what a Retry-After or a slow answer may ask for

log = logging.getLogger(__name__)


class Forbidden(IgnoreRequest):
    """An address that is not asked for: robots.txt forbids it, or its server cannot be trusted."""


class NotAsked(Forbidden):
    """An address that is not public: no connection was made."""


class Gate(AiohttpDownloadHandler):
    """After an answer a host rests at least DOWNLOAD_DELAY seconds, with jitter that only adds.

    The rest is counted from the end of an answer (or failure), so that no gap the site sees is ever shorter; a site
    that takes longer to answer is given that long, and after n bytes it rests n / bytes_per_second at least.
    """

    lazy: bool = True  # else a crawl that cannot start leaves an open session behind
    experimental: ClassVar[bool] = False  # 2026-11: Scrapy 2.19 logs a warning for it; our tests cover what we use

    def __init__(self, crawler: Crawler) -> None:
        # Not AiohttpDownloadHandler's own: it opens a session for each district, and trusts any certificate.
        super(AiohttpDownloadHandler, self).__init__(crawler)
        self._shared = connections.take(_ClientResponse)
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._jitter = crawler.settings.getfloat("DIBAO_JITTER")
        self._night = crawler.settings.getbool("DIBAO_NIGHT")
        self._lenient = False

    async def close(self) -> None:
        await self._shared.leave()

    @property
    def _spider(self) -> DistrictSpider | None:
        spider = self.crawler.spider
        return spider if isinstance(spider, DistrictSpider) else None

    @property
    def _district(self) -> District | None:
        return self._spider.district if self._spider else None

    async def download_request(self, request: Request) -> Response:
        host = urlsplit(request.url).netloc
        turns = turns_of(self.crawler, self._shared)
        async with turns.turn(host, self._delay):
            self._permit(request)
            started = time.monotonic()
            received = request.meta["received"] = Received(datetime.now(UTC))
            failure: Exception | None = None
            try:
                response = await super().download_request(request)
                received.bytes = len(response.body)
                return unpacked(response, request.meta.get("download_maxsize") or self._largest)
            except Exception as error:
                failure = error
                raise
            finally:
                received.took = time.monotonic() - started
                if not isinstance(failure, NotAsked):
                    turns.rest(host, self._rest(request, received))
                    self._report(request, received, failure)

    def _permit(self, request: Request) -> None:
        """Raises SiteClosed or Later where the hours or the day's budget are over."""
        spider = self._spider
        if spider is None:
            return
        district, host = spider.district, urlsplit(request.url).hostname or ""
        if self._night and not district.manners.is_hour(datetime.now(UTC)):
            start, end = district.manners.hours
            raise SiteClosed("night", f"its hours are {start:%H:%M}-{end:%H:%M} (Asia/Shanghai); what waits stays")
        if spider.patience[host].out:  # of another host: that of the site itself ends the crawl
            raise Later(f"{host} did not answer, or refused, several times in a row; what waits stays")
        if not hasattr(spider, "memory"):
            return
        if used := self._shared.budget.used_up(host, district.manners, spider.memory.spent):
            why = f"{host} was asked for all it is asked for in a day ([manners] {used}); what waits stays"
            raise SiteClosed("budget", why) if host in own_hosts(district) else Later(why)

    def _rest(self, request: Request, received: Received) -> float:
        """Seconds that the host is left alone after this answer."""
        delay = max(self._delay, float(request.meta.get("crawl_delay", 0)))
        if not delay and not received.retry_after:
            return 0.0
        patience = min(max(received.took, received.retry_after), LONGEST_REST)
        speed = self._district.manners.bytes_per_second if self._district else 0
        least = max(delay, patience, received.bytes / speed if speed else 0)
        return least + delay * self._jitter * random.random()

    def _report(self, request: Request, received: Received, failure: Exception | None) -> None:
        self._shared.budget.add(urlsplit(request.url).hostname or "", received.bytes)
        if self._spider is not None and hasattr(self._spider, "memory"):
            self._spider.memory.fetched(outcomes.fetch(request, received, failure))

    # -- the wire

    @asynccontextmanager
    async def _make_request(self, request: Request, timeout: float) -> AsyncIterator[_ClientResponse]:
        proxy = self._extract_proxy_url_with_creds(request)
        received: Received = request.meta["received"]
        url = request.url
        limits = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT_SECONDS)
        try:
            async with await self._shared.session(self._reach(proxy)).request(
                request.method,
                url,
                data=request.body or None,
                headers=self._request_headers(request).to_tuple_list(),
                timeout=limits,
                ssl=self._shared.trust(verify=self._verifies(url)),
                allow_redirects=False,
                proxy=proxy,
            ) as response:
                received.status = response.status
                received.retry_after = _retry_after(response)
                try:
                    yield response  # type: ignore[misc]  # response_class gives this kind
                finally:
                    received.bytes = response.content.total_bytes
        except aiohttp.ClientSSLError as error:
            raise self._mistrust(error, urlsplit(url).netloc) from error
        except (TimeoutError, aiohttp.ClientError) as error:
            failure = outcomes.scrapys(error, url, timeout)
            if isinstance(failure, NotPublic):
                raise NotAsked(f"{urlsplit(url).netloc}: {failure}") from error
            raise failure from error

    def _reach(self, proxy: str | None) -> Reach:
        district = self._district
        if district is None or proxy:
            return "anywhere"  # a person looks at a page; or the proxy connects, whose address the owner has set
        return "loopback" if is_loopback(urlsplit(district.site).hostname or "") else "public"

    def _verifies(self, url: str) -> bool:
        """Must the certificate be good? Says once a run where it need not."""
        district = self._district
        if district is None or district.manners.verifies(datetime.now(SHANGHAI).date()):
            return True
        if not self._lenient and url.startswith("https:"):
            self._lenient = True
            until = district.manners.tls_unverified_until
            log.warning("%s: certificates are not verified (tls_unverified_until = %s)", district.slug, until)
        return False

    def _mistrust(self, error: aiohttp.ClientSSLError, host: str) -> IgnoreRequest:
        why = trust.reason(error, host, self._district, datetime.now(SHANGHAI).date())
        own = self._district is not None and host == urlsplit(self._district.site).netloc
        return SiteClosed("unreachable", why) if own else Forbidden(why)


def turns_of(crawler: Crawler, shared: connections.Connections) -> Turns:
    """The turns of a crawl: shared with all processes that write to the same archive."""
    settings = crawler.settings
    if not isinstance(crawler.spider, DistrictSpider) or not settings["DIBAO_ARCHIVE"]:
        return shared.turns(None)
    archive = Path(settings["DIBAO_ARCHIVE"]).expanduser().absolute()
    return shared.turns(archive.with_name(f".{archive.name}.turns"))


def _retry_after(response: aiohttp.ClientResponse) -> float:
    """Seconds that a 429 or 503 asks for; 0 when it does not say."""
    value = response.headers.get("Retry-After", "") if response.status in (429, 503) else ""
    return float(value) if value.isascii() and value.isdigit() else 0.0
