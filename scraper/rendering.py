"""Renders pages that only scripts make, for columns with `render = true`: headless Chromium, off by default.

The browser never touches the network. Each of its requests is taken from it and asked for by the crawl itself: through
robots.txt, the Gate's rest and the ledger, without cookies, on the district's own hosts only. Images, fonts, media,
frames, sockets and other sites get nothing. A challenge is kept as it came: none of its script is run.

2026-11: scrapy-playwright needs Twisted's reactor, which Dibao does without, and lets the browser fetch by itself; so
playwright's asyncio API is driven here. Each page gets a browser of its own (1.3 s of CPU, little beside the rests):
what it holds goes with it, and a killed crawl leaves none behind.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar, Self
from weakref import WeakKeyDictionary

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import HtmlResponse, Response
from scrapy.http.request import NO_CALLBACK

from scraper.blocked import blocked
from scraper.items import PageError
from scraper.parse import parse_article
from scraper.spiders.district import DistrictSpider
from scraper.spiders.report import capture, is_own
from scraper.spiders.trouble import DOWNLOAD_ERRORS, SiteClosed

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as Asked

RENDERED = "X-Archive-Rendered"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",  # what slips past the interception finds no host
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--js-flags=--max-old-space-size=256",
    "--renderer-process-limit=1",
    "--blink-settings=imagesEnabled=false",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
)
MOST = 30  # requests that the scripts of a page may make
AGAIN = 2  # of these to one address: some pages ask on and on
QUIET = 0.5  # seconds without a request, after which a page is done
AT_ONCE = 1  # browsers of one process: 500 MB with the driver (2026-11, Chromium 156)
SCRIPTS = 8_000_000  # bytes of script that are kept for the next page, for each district
SENT = ("accept", "content-type", "x-requested-with")  # what of a script's own headers is sent

Fetch = Callable[["Asked"], Awaitable[Response | None]]


class Unrendered(Exception):
    """A page was not rendered: why, and what to do."""


class Render:
    """Downloader middleware: requests with meta "render" are answered with the page as scripts have made it, with the
    header X-Archive-Rendered. The response as received is kept beside it."""

    _turns: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.seconds = crawler.settings.getfloat("DIBAO_RENDER_SECONDS", 120.0)
        self.scripts: dict[str, Response] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Nothing is asked of the site where the page could not be rendered."""
        if request.meta.get("render"):
            chromium(self.crawler.settings.get("DIBAO_CHROMIUM", ""), str(request.meta.get("column", "")))

    async def process_response(self, request: Request, response: Response) -> Response:
        spider = self.crawler.spider
        if not request.meta.get("render") or not isinstance(spider, DistrictSpider):
            return response
        if not needs(response, spider, is_list=request.meta.get("role") == "list"):
            return response
        column = str(request.meta.get("column", ""))
        # As an attachment: kept, and never taken for an announcement.
        await spider.keep(capture(response, "attachment", spider.name, column), response)
        async with self._turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)):
            view = View(response, lambda asked: self._fetch(asked, view, column, spider))
            path = chromium(self.crawler.settings.get("DIBAO_CHROMIUM", ""), column)
            html, version = await rendered(view, path, self.crawler.settings["USER_AGENT"], self.seconds)
        if view.failure is not None:
            raise view.failure  # half a page is no page
        if len(html) > self.crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise Unrendered(f"the page grew to {len(html)} bytes")
        return _answer(response, html, version)

    async def _fetch(self, asked: Asked, view: View, column: str, spider: DistrictSpider) -> Response | None:
        """What a script asks for, as the crawl asks for anything; None: not given."""
        if not is_own(spider.district, asked.url):
            return None
        if asked.url in self.scripts and asked.method == "GET":
            return self.scripts[asked.url]
        headers = {name: value for name, value in asked.headers.items() if name in SENT}
        request = Request(
            asked.url,
            callback=NO_CALLBACK,
            method=asked.method,
            headers=headers | {"Referer": view.response.url},
            body=asked.post_data_buffer or b"",
            meta={"role": "other", "column": column},
            dont_filter=True,
        )
        try:
            response = await self.crawler.engine.download_async(request)
        except DOWNLOAD_ERRORS as error:
            if isinstance(error, SiteClosed) or not isinstance(error, IgnoreRequest):
                view.failure = error
            return None
        spider.bytes += len(response.body)
        kept = sum(len(script.body) for script in self.scripts.values())
        if asked.resource_type == "script" and response.status == 200 and kept + len(response.body) < SCRIPTS:
            self.scripts[asked.url] = response
        return response


@dataclass  # no slots: playwright marks the object whose method it is given
class View:
    """One page in a browser: what it was sent, what its scripts have asked for so far. failure: why it did not get
    something that it should have got."""

    response: Response
    fetch: Fetch
    failure: Exception | None = None
    shown: bool = False
    busy: int = 0
    asked: dict[str, int] = field(default_factory=dict)

    async def route(self, route: Route) -> None:
        """Answers a request of the browser."""
        from playwright.async_api import Error

        with suppress(Error):  # the page is closed already
            kind = route.request.resource_type
            if kind == "document" and not self.shown:
                self.shown = True
                await _fulfill(route, self.response)
            elif kind == "stylesheet":
                await route.fulfill(status=200, content_type="text/css", body="")
            elif kind in ("script", "xhr", "fetch") and self._may(route.request.url):
                await self._give(route)
            else:
                await route.abort()

    def _may(self, url: str) -> bool:
        if sum(self.asked.values()) >= MOST or self.asked.get(url, 0) >= AGAIN:
            return False
        self.asked[url] = self.asked.get(url, 0) + 1
        return True

    async def _give(self, route: Route) -> None:
        self.busy += 1
        try:
            response = await self.fetch(route.request)
            if response is None:
                await route.abort()
            else:
                await _fulfill(route, response)
        finally:
            self.busy -= 1

    async def settle(self, page: Page) -> None:
        """Waits until the scripts have asked for nothing for a while."""
        before, quiet = -1, 0.0
        while quiet < QUIET:
            await page.wait_for_timeout(100)
            total = sum(self.asked.values())
            quiet = 0.0 if self.busy or total != before else quiet + 0.1
            before = total


async def rendered(view: View, path: str, agent: str, seconds: float) -> tuple[bytes, str]:
    """(the page as its scripts have made it, UTF-8; the browser's version). Raises Unrendered."""
    from playwright.async_api import Error, async_playwright

    root = ("--no-sandbox",) if os.geteuid() == 0 else ()
    try:
        async with asyncio.timeout(seconds), async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *root])
            try:
                context = await browser.new_context(
                    user_agent=agent, locale="zh-CN", timezone_id="Asia/Shanghai", service_workers="block"
                )
                await context.route("**/*", view.route)
                page = await context.new_page()
                await page.goto(view.response.url, wait_until="load", timeout=0)
                await view.settle(page)
                return (await page.content()).encode("utf-8", "replace"), browser.version
            finally:
                await browser.close()
    except TimeoutError as error:
        raise Unrendered(f"the page's scripts were not done after {seconds:g} s") from error
    except Error as error:
        raise Unrendered(f"Chromium: {str(error).strip().partition(chr(10))[0]}") from error


async def _fulfill(route: Route, response: Response) -> None:
    headers = {"Access-Control-Allow-Origin": "*"}
    if kind := response.headers.get("Content-Type"):
        headers["Content-Type"] = kind.decode("latin-1")
    await route.fulfill(status=response.status, headers=headers, body=response.body)


def chromium(path: str, column: str) -> str:
    """Where the browser is: the setting, else the first on PATH. Raises Unrendered, naming the column and the fix."""
    found = shutil.which(path) if path else next(filter(None, map(shutil.which, NAMES)), None)
    if find_spec("playwright") is None:
        raise Unrendered(f"column {column} has render = true, which needs an extra: pip install dibao[render]")
    if found is None:
        what = f"{path} (DIBAO_CHROMIUM) is no program" if path else f"none of {', '.join(NAMES)} is on PATH"
        raise Unrendered(
            f"column {column} has render = true, but {what}: install Chromium, or name it in DIBAO_CHROMIUM"
        )
    return found


def needs(response: Response, spider: DistrictSpider, *, is_list: bool) -> bool:
    """Must the page be rendered? Lists of such columns always, articles where they cannot be read as they came; never
    an error, nor what stands in the way of a page."""
    if response.status != 200 or b"<script" not in response.body.lower():
        return False
    snapshot = capture(response, "list" if is_list else "article", spider.name)
    kind = blocked(snapshot)
    if kind or is_list:
        return kind in ("", "js_shell")
    try:
        parse_article(snapshot, spider.district.layout)
    except PageError:
        return True
    return False


def _answer(response: Response, html: bytes, version: str) -> Response:
    headers = response.headers.copy()
    # Validators are those of the shell, which stays the same when its rows change.
    for name in ("ETag", "Last-Modified", "Content-Length", "Content-Encoding", "Set-Cookie"):
        headers.pop(name, None)
    headers["Content-Type"] = "text/html; charset=utf-8"
    headers[RENDERED] = f"chromium {version}"
    return HtmlResponse(
        url=response.url,
        status=response.status,
        headers=headers,
        body=html,
        request=response.request,
        ip_address=response.ip_address,
        protocol=response.protocol,
        encoding="utf-8",
    )
