"""Serves the made-up site on loopback, with switches for everything that goes wrong on real sites."""

from __future__ import annotations

import gzip
import re
import socket
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.county.site import Page, Site

CHALLENGE = (
    "<html><head><meta charset='utf-8'></head><body><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};"
    "$_ts.nsd=57341;$_ts.cd='qrcqqAlkqGqqqqq';</script><script src='/QFgXz3nlZuDO/made.up.js'></script></body></html>"
)
JSL = "<script>document.cookie=('__')+('jsl')+('_clearance=made-up;');location.href=location.pathname</script>"
WAF = (
    "<html><head><meta charset='utf-8'><title>拒绝执行 | 网站云防护系统</title></head><body><h2>您的请求已被拦截</h2>"
    "<p>当前访问疑似攻击行为，已被网站云防护系统拦截。事件编号：0000-made-up</p></body></html>"
)


@dataclass(frozen=True)
class Fault:
    """What is answered in place of a page. ``how`` names a method of _Handler; times: 0 = always."""

    how: str
    status: int = 200
    text: str = ""
    to: str = ""
    seconds: float = 60.0
    times: int = 0


NOT_FOUND = Fault("say", 404, "<html><body><h1>404 Not Found</h1></body></html>")
FORBIDDEN = Fault("say", 403, "<html><body><h1>403 Forbidden</h1></body></html>")
ERROR = Fault("say", 500, "<html><body><h1>500 Internal Server Error</h1></body></html>")
EMPTY = Fault("say", 200, "")
CHALLENGE_412 = Fault("say", 412, CHALLENGE)
CHALLENGE_521 = Fault("say", 521, JSL)
WAF_SHELL = Fault("say", 200, WAF)
RESET = Fault("reset")
STALL = Fault("stall")
CUT_GZIP = Fault("cut_gzip")
SHORT = Fault("short")
LIES = Fault("lies")
HUGE = Fault("huge")
BOMB = Fault("bomb")
SHELL = Fault("shell")
LOOP = Fault("loop")


def redirect(to: str, status: int = 302) -> Fault:
    return Fault("redirect", status, to=to)


@dataclass
class Asked:
    """A request as the server saw it: arrival and end on one clock, in seconds; written down on arrival."""

    path: str
    headers: dict[str, str]
    came: float
    status: int = 0
    ended: float = 0.0


@dataclass
class County:
    """The site on a port of its own; a context manager. The log and the switches are read while it runs."""

    site: Site = field(default_factory=Site)
    port: int = 0
    robots: Fault = Fault("say", 200, "User-agent: *\nDisallow: /admin/\n")
    validators: bool = False
    gzip: bool = False
    faults: dict[str, Fault] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), partial(_Handler, self))
        self.port = self._server.server_address[1]
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
        return f"http://127.0.0.1:{self.port}"

    def fault(self, path: str) -> Fault | None:
        """The fault whose pattern matches the whole path; one that has come its number of times goes."""
        for pattern, fault in list(self.faults.items()):
            if re.fullmatch(pattern, path):
                if fault.times == 1:
                    del self.faults[pattern]
                elif fault.times:
                    self.faults[pattern] = Fault(**{**vars(fault), "times": fault.times - 1})
                return fault
        return None

    def asked(self, pattern: str = "/html/.*") -> list[Asked]:
        return [one for one in self.log if re.fullmatch(pattern, one.path)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def __init__(self, county: County, *args: object) -> None:
        self.county = county
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if self.path.startswith("http://"):  # asked as a proxy
            self.path = "/" + self.path.split("/", 3)[3]
        asked = self.asked = Asked(self.path, dict(self.headers), time.monotonic())
        self.county.log.append(asked)
        try:
            fault = self.county.robots if self.path == "/robots.txt" else self.county.fault(self.path)
            page = self.county.site.get(self.path)
            if fault:
                getattr(self, fault.how)(fault, page)
            elif page is None:
                self.say(NOT_FOUND, None)
            else:
                self._page(page)
        finally:
            asked.ended = time.monotonic()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the county keeps its own log."""

    def _send(
        self, status: int, body: bytes, headers: Iterable[tuple[str, str]] = (), length: int | None = None
    ) -> None:
        self.asked.status = status
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _page(self, page: Page) -> None:
        headers = [("Content-Type", page.content_type)]
        if self.county.validators:
            headers += [("ETag", page.etag), ("Last-Modified", formatdate(1_790_000_000, usegmt=True))]
            if self.headers.get("If-None-Match") == page.etag:
                self._send(304, b"", headers)
                return
        body = page.body
        if self.county.gzip and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 1, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        self._send(200, body, headers)

    # -- faults

    def say(self, fault: Fault, page: Page | None) -> None:
        kind = "text/plain" if self.path == "/robots.txt" else "text/html; charset=utf-8"
        headers = [("Content-Type", kind)]
        if fault.status == 521:
            headers += [("X-Via-JSL", "made-up"), ("Set-Cookie", "__jsluid_s=made-up")]
        self._send(fault.status, fault.text.encode(), headers)

    def redirect(self, fault: Fault, page: Page | None) -> None:
        self._send(fault.status, b"", [("Location", fault.to)])

    def reset(self, fault: Fault, page: Page | None) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def stall(self, fault: Fault, page: Page | None) -> None:
        """Headers and half a line, then nothing."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<html>")
        self.county.over.wait(fault.seconds)
        self.close_connection = True

    def cut_gzip(self, fault: Fault, page: Page | None) -> None:
        packed = gzip.compress(page.body if page else b"", mtime=0)
        self._send(200, packed[: len(packed) // 2], [("Content-Type", "text/html"), ("Content-Encoding", "gzip")])

    def bomb(self, fault: Fault, page: Page | None) -> None:
        packed = gzip.compress(b"\0" * 40_000_000, 9, mtime=0)
        self._send(200, packed, [("Content-Type", "text/html"), ("Content-Encoding", "gzip")])

    def short(self, fault: Fault, page: Page | None) -> None:
        """A body smaller than its Content-Length."""
        body = page.body if page else b""
        self._send(200, body[: len(body) // 2], [("Content-Type", "text/html")], length=len(body))
        self.close_connection = True

    def lies(self, fault: Fault, page: Page | None) -> None:
        """The header names a charset that the page is not in."""
        body = page.body if page else b""
        lie = "utf-8" if b"charset=gb2312" in body else "iso-8859-1"
        self._send(200, body, [("Content-Type", f"text/html; charset={lie}")])

    def huge(self, fault: Fault, page: Page | None) -> None:
        """40 MB without a Content-Length that would warn of it."""
        self.asked.status = 200
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
        for _ in range(40):
            self.wfile.write(b"<p>" + b"x" * 1_000_000)
        self.close_connection = True

    def shell(self, fault: Fault, page: Page | None) -> None:
        """A list page without rows: a script would fetch them."""
        self._send(200, self.county.site.shell(self.path), [("Content-Type", "text/html")])

    def slow(self, fault: Fault, page: Page | None) -> None:
        self.county.over.wait(fault.seconds)
        assert page is not None
        self._page(page)

    def busy(self, fault: Fault, page: Page | None) -> None:
        """Come back later."""
        self._send(fault.status, b"", [("Retry-After", f"{fault.seconds:.0f}")])

    def loop(self, fault: Fault, page: Page | None) -> None:
        """A pager that never ends: every page shows the rows of the first and a link to the next."""
        code, _, number = self.path.removeprefix("/class/").partition("/")
        first = self.county.site.get(f"/class/{code}")
        onward = f'<a href="/class/{code}/{int(number or 1) + 1}">下一页</a>'
        body = (first.body if first else b"").replace(b'class="FX_PageDiv">', f'class="FX_PageDiv">{onward}'.encode())
        self._send(200, body, [("Content-Type", "text/html")])
