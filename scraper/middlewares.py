"""Between the spider and the network: robots.txt, redirects, decompression and the rest that a site is given."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import defaultdict
from typing import ClassVar, Self
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from scraper.spiders.district import DistrictSpider
from scraper.spiders.report import capture, is_own
from scraper.spiders.trouble import DOWNLOAD_ERRORS, SiteClosed, plain

REDIRECTS = (301, 302, 303, 307, 308)
HOME = ("", "/", "/index.html", "/index.htm", "/index.shtml")
HOPS = 5
LONGEST_REST = 60.0  # seconds; what a Crawl-delay, a Retry-After or a slow answer may ask for


class Forbidden(IgnoreRequest):
    """robots.txt forbids this address."""


class Refused(IgnoreRequest):
    """An answer that cannot be kept: cut off, or too large once unpacked."""


class Gate(AiohttpDownloadHandler):
    """The last gate before the network: after an answer a host rests at least DOWNLOAD_DELAY seconds.

    The rest is counted from the end of an answer (or failure), so that no gap the site sees is ever shorter; a site
    that takes longer to answer is given that long.
    """

    lazy: bool = True  # else a crawl that cannot start leaves an open session behind
    experimental: ClassVar[bool] = False  # 2026-11: Scrapy 2.19 logs a warning for it; our tests cover what we use
    # host and port -> when it may be asked again. Shared: a host is one host, however many districts live on it.
    _free: ClassVar[dict[str, float]] = {}

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # 2026-11: aiohttp 3.14 asks again at once when a kept connection turns out to be closed. We ask again later.
        self._session._retry_connection = False
        # 2026-11: without a delay Scrapy 2.19 lets a second request through before the first counts as under way.
        self._one: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def download_request(self, request: Request) -> Response:
        host = urlsplit(request.url).netloc
        async with self._one[host]:
            return await self._ask(host, request)

    async def _ask(self, host: str, request: Request) -> Response:
        started = await self._turn(host)
        asked = 0.0
        try:
            response = await super().download_request(request)
            asked = _retry_after(response)
            return response
        finally:
            ended = time.monotonic()
            rest = self._rest()
            if rest or asked:
                rest = max(rest, min(max(ended - started, asked), LONGEST_REST))
            self._free[host] = max(self._free[host], ended + rest)

    async def _turn(self, host: str) -> float:
        while (wait := self._free.get(host, 0.0) - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        now = time.monotonic()
        self._free[host] = now + self._rest()
        return now

    def _rest(self) -> float:
        delay = self.crawler.settings.getfloat("DOWNLOAD_DELAY")
        spider = self.crawler.spider
        return max(delay, spider.crawl_delay) if isinstance(spider, DistrictSpider) else delay


def _retry_after(response: Response) -> float:
    """Seconds that a 429 or 503 asks for; 0 when it does not say."""
    value = response.headers.get("Retry-After") if response.status in (429, 503) else None
    return float(value) if value and value.isdigit() else 0.0


class Robots:
    """robots.txt, read once for each host before anything else is asked of it.

    404 and its kin allow; 401, 403 and 5xx do not: permission is not established (RFC 9309 asks the same for 5xx).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.agent = crawler.settings["USER_AGENT"]
        self.rules: dict[str, asyncio.Task[Protego]] = {}

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
        if not rules.can_fetch(request.url, self.agent):
            raise Forbidden(f"robots.txt of {parts.netloc} forbids this address")

    async def _read(self, url: str) -> Protego:
        request = Request(url, callback=NO_CALLBACK, meta={"robots": True}, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except DOWNLOAD_ERRORS as error:
            raise SiteClosed("unreachable", f"{url}: {plain(error)}") from error
        spider = self.crawler.spider
        if isinstance(spider, DistrictSpider):
            # As an attachment: kept, and never taken for an announcement, whatever a firewall answers here.
            await spider.keep(capture(response, "attachment", spider.name), response)
        if response.status in (401, 403, 412, 429, 521) or response.status >= 500:
            raise SiteClosed(
                "robots", f"{url} answers HTTP {response.status}: leave to read the site is not established"
            )
        rules = Protego.parse(response.body.decode("utf-8-sig", "ignore") if response.status == 200 else "")
        if isinstance(spider, DistrictSpider):
            spider.crawl_delay = min(float(rules.crawl_delay(self.agent) or 0), LONGEST_REST)
        return rules


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
        if not self._follow(request.url, target) or hops > HOPS:
            return response
        return request.replace(url=target, meta={**request.meta, "hops": hops}, priority=request.priority + 1)

    def _follow(self, url: str, target: str) -> bool:
        spider, to = self.crawler.spider, urlsplit(target)
        if not isinstance(spider, DistrictSpider):
            return to.scheme in ("http", "https")  # scrapy shell and fetch: a person looks at any page
        # 2026-11: what was deleted is often sent to the home page; that is not the article.
        home = to.path in HOME and not to.query and urlsplit(url).path not in HOME
        return is_own(spider.district, target) and not home


class Decompress:
    """Undoes gzip and deflate, strictly: half a page is no page, so a stream that ends early is asked for again.

    Scrapy's own keeps what it got, and reads the charset off the compressed bytes (1.9x the work of a page).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        request.headers.setdefault("Accept-Encoding", "gzip, deflate")

    def process_response(self, request: Request, response: Response) -> Request | Response:
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1").strip().lower()
        if not response.body or coding in ("", "identity"):
            return response
        try:
            body = _unpack(response.body, coding, self.largest)
        except Refused as error:
            spider = self.crawler.spider
            retry = spider and get_retry_request(request, spider=spider, reason=str(error))
            if retry:
                return retry
            raise
        headers = response.headers.copy()
        del headers["Content-Encoding"]
        headers.pop("Content-Length", None)
        headers["X-Archive-Orig-Content-Encoding"] = coding
        # Not response.replace(): it would detect the charset of the compressed bytes.
        return type(response)(
            url=response.url,
            status=response.status,
            headers=headers,
            body=body,
            flags=response.flags,
            request=response.request,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )


def _unpack(packed: bytes, coding: str, largest: int) -> bytes:
    """Raises Refused for an unknown coding, broken or cut data, and what grows beyond ``largest`` bytes."""
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Refused(f"packed as {coding}, which was not asked for")
    raw = coding == "deflate" and packed[0] & 0x0F != 8  # without zlib's header, as some servers send it
    unpack = zlib.decompressobj(-15 if raw else 47)
    try:
        body = unpack.decompress(packed, largest + 1)
    except zlib.error as error:
        raise Refused(f"broken {coding}: {error}") from error
    if len(body) > largest:
        raise Refused(f"larger than {largest} bytes once unpacked")
    if not unpack.eof:
        raise Refused(f"{coding} cut off after {len(body)} bytes")
    return body
