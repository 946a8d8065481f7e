"""Serves a made-up county on loopback and writes down every request."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from scraper.catalogue import Column as Configured
from scraper.catalogue import District, Layout
from scraper.manners import Manners
from tests.counties import families
from tests.counties.chaos import Chaos
from tests.counties.notices import Notice
from tests.counties.site import Ask, Page, Site

ROBOTS = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /admin/\nDisallow: /search/\n"


@dataclass
class Asked:
    """A request as the server saw it. kind: Page.kind, "robots" or "none"; fault: "" when it was answered truly;
    night: how many nights had begun."""

    method: str
    target: str
    headers: dict[str, str]
    form: dict[str, str]
    night: int
    kind: str = "none"
    about: int = 0
    status: int = 0
    fault: str = ""


@dataclass
class County:
    """A site on a port of its own; a context manager.

    chaos     what goes wrong, None: nothing         validators  ETag and Last-Modified, and 304 for what is unchanged
    log       every request                          between     called with each request before it is answered
    """

    site: Site
    port: int = 0
    host: str = "127.0.0.1"
    robots: str = ROBOTS
    robots_status: int = 200
    validators: bool | None = None
    gzip: bool = True
    chaos: Chaos | None = None
    between: Callable[[Ask], None] | None = None
    log: list[Asked] = field(default_factory=list)
    nights: int = 0

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server((self.host, self.port), partial(_Handler, self))
        self.port = self._server.server_address[1]
        self.site.origin = self.url
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def family(self) -> str:
        """What the product calls the family; "" where it should need none."""
        return families.PRODUCT[self.site.variant]

    @property
    def validating(self) -> bool:
        return self.site.validators if self.validators is None else self.validators

    def columns(self) -> dict[str, str]:
        """Column -> the address of its list page, as a person finds it from the home page."""
        return {column.name: self.url + self.site.list_path(column) for column in self.site.town.columns}

    def district(self, *, detect: bool = False, delay: float = 0.0) -> District:
        """The district as its TOML would say it; detect: without its family."""
        there = tuple(Configured(one.name, self.url + self.site.feed_path(one)) for one in self.site.town.columns)
        return District(
            slug=self.site.variant,
            name=self.site.town.place,
            code=self.site.code[:6],
            site=self.url,
            columns=there,
            layout=Layout("" if detect else self.family),
            delay=delay,
            site_code="czsc" if self.family == "fengxun" else "",
            manners=Manners(daily_requests=100_000, daily_bytes=10**10, bytes_per_second=10**8),
        )

    def truth(self) -> dict[str, dict[str, str]]:
        """Column -> (address as listed -> title) of all that it lists now."""
        town = self.site.town
        return {
            column.name: {self.url + self.site.row_path(one, column): one.title for one in town.listed(column.name)}
            for column in town.columns
        }

    def titles(self) -> set[str]:
        """Every title that is listed now; no two notices share one."""
        return {one.title for one in self.site.town.notices.values()}

    def addresses(self, one: Notice) -> set[str]:
        """All addresses of a notice."""
        town = self.site.town
        return {self.url + self.site.article_path(one)} | {
            self.url + self.site.row_path(one, town.column(name)) for name in (one.column, *one.also)
        }

    # -- nights

    def publish(self, count: int = 1, column: str = "", days_ago: int = 0) -> list[Notice]:
        with self._lock:
            return self.site.town.publish(count, column, days_ago)

    def edit(self, number: int) -> Notice:
        with self._lock:
            return self.site.town.edit(number)

    def remove(self, number: int) -> Notice:
        with self._lock:
            return self.site.town.remove(number)

    def next_night(self) -> None:
        """Begins a night: a day later; the log goes on."""
        self.nights += 1
        self.site.town.next_day()

    def asked(self, *kinds: str, night: int | None = None) -> list[Asked]:
        night = self.nights if night is None else night
        return [one for one in self.log if one.night == night and (not kinds or one.kind in kinds)]

    # -- one request

    def answered(self, ask: Ask, asked: Asked) -> Page | None:
        if self.between is not None:
            self.between(ask)
        with self._lock:
            page = self.site.answer(ask)
        if page is not None:
            asked.kind, asked.about = page.kind, page.about
        return page


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, county: County, *args: object) -> None:
        self.county = county
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self._do({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length).decode()
        self._do(dict(parse_qsl(sent, keep_blank_values=True)))

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the county keeps its own log."""

    def _do(self, form: dict[str, str]) -> None:
        county = self.county
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, form, county.nights)
        county.log.append(asked)
        self.asked = asked
        if urlsplit(self.path).path == "/robots.txt":
            asked.kind = "robots"
            self.send(county.robots_status, county.robots.encode(), [("Content-Type", "text/plain")])
            return
        page = county.answered(Ask(self.command, self.path, form, headers), asked)
        fault = county.chaos.pick(self.path, form, page) if county.chaos and page is not None else ""
        if fault and page is not None:
            asked.fault = fault
            county.chaos.do(fault, self, page)  # type: ignore[union-attr]
        elif page is None:
            body = "<html><head><meta charset='utf-8'></head><body><h1>404</h1><p>您访问的页面不存在</p></body></html>"
            self.send(404, body.encode(), [("Content-Type", "text/html")])
        else:
            self.truly(page)

    def truly(self, page: Page) -> None:
        """The page as it is: validated, packed."""
        headers = [("Content-Type", page.content_type)]
        if page.location:
            headers.append(("Location", page.location))
        if self.county.validating and page.status == 200 and self.command == "GET":
            headers += [("ETag", page.etag), ("Last-Modified", formatdate(1_790_000_000, usegmt=True))]
            if self.headers.get("If-None-Match") == page.etag:
                self.send(304, b"", headers)
                return
        body = page.body
        if self.county.gzip and page.kind != "file" and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        self.send(page.status, body, headers)

    def send(self, status: int, body: bytes, headers: list[tuple[str, str]], length: int | None = None) -> None:
        self.asked.status = status
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def drip(body: bytes, pieces: int = 8) -> Iterator[bytes]:
    size = max(1, len(body) // pieces)
    for start in range(0, len(body), size):
        time.sleep(0.01)
        yield body[start : start + size]
