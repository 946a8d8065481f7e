"""What goes wrong on real sites, by a seed: the same requests in the same order meet the same faults."""

from __future__ import annotations

import gzip
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.counties.site import Page

if TYPE_CHECKING:
    from tests.counties.server import _Handler

WAF = (
    "<html><head><meta charset='utf-8'><title>拒绝执行 | 网站云防护系统</title></head><body><h2>您的请求已被拦截</h2>"
    "<p>当前访问疑似攻击行为，已被网站云防护系统拦截。事件编号：0000-made-up</p></body></html>"
)
# Every one ends in a failure that can be seen, but "drip", which is only slow.
KINDS = ("reset", "error", "busy", "short", "half", "cut_gzip", "waf", "loop", "drip", "empty")
SLOW_KINDS = ("stall",)


@dataclass
class Chaos:
    """rate: share of the requests that go wrong; most: times that one address goes wrong in all; only: kinds of pages
    that are hit; lists: what goes wrong with lists, () the same."""

    seed: int = 1
    rate: float = 0.15
    kinds: Sequence[str] = KINDS
    most: int = 4
    only: Sequence[str] = ("list", "article", "part", "file")
    lists: Sequence[str] = ()
    asked: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def pick(self, path: str, form: dict[str, str], page: Page | None) -> str:
        """The fault that meets a request, "" for none."""
        if page is None or page.kind not in self.only:
            return ""
        which = f"{path} {sorted(form.items())}"
        with self._lock:
            self.asked[which] += 1
            chance = random.Random(f"{self.seed} {which} {self.asked[which]}")
            if chance.random() >= self.rate or self.hit[which] >= self.most:
                return ""
            self.hit[which] += 1
            return chance.choice(list((page.kind == "list" and self.lists) or self.kinds))

    def do(self, fault: str, handler: _Handler, page: Page) -> None:
        getattr(self, f"_{fault}")(handler, page)

    def _reset(self, handler: _Handler, page: Page) -> None:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True

    def _stall(self, handler: _Handler, page: Page) -> None:
        """Half a line, then nothing until the client has gone."""
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/ht")
        handler.county.over.wait(20)
        handler.close_connection = True

    def _error(self, handler: _Handler, page: Page) -> None:
        status = (500, 502, 503)[len(page.body) % 3]
        handler.send(status, b"<html><body><h1>Error</h1></body></html>", [("Content-Type", "text/html")])

    def _busy(self, handler: _Handler, page: Page) -> None:
        handler.send(504, b"", [])

    def _short(self, handler: _Handler, page: Page) -> None:
        """A body smaller than its Content-Length."""
        handler.send(200, page.body[: len(page.body) // 2], [("Content-Type", page.content_type)], len(page.body))
        handler.close_connection = True

    def _half(self, handler: _Handler, page: Page) -> None:
        """Half the page, and a Content-Length that says so: nothing but the missing end tells."""
        handler.send(200, page.body[: len(page.body) // 2], [("Content-Type", page.content_type)])

    def _cut_gzip(self, handler: _Handler, page: Page) -> None:
        packed = gzip.compress(page.body, 1, mtime=0)
        headers = [("Content-Type", page.content_type), ("Content-Encoding", "gzip")]
        handler.send(200, packed[: len(packed) // 2], headers)

    def _waf(self, handler: _Handler, page: Page) -> None:
        """The hard case: a firewall's page with HTTP 200."""
        handler.send(200, WAF.encode(), [("Content-Type", "text/html; charset=utf-8")])

    def _loop(self, handler: _Handler, page: Page) -> None:
        handler.send(302, b"", [("Location", handler.path)])

    def _empty(self, handler: _Handler, page: Page) -> None:
        handler.send(200, b"", [("Content-Type", page.content_type)])

    def _unchanged(self, handler: _Handler, page: Page) -> None:
        """304, whatever was asked and whatever has changed."""
        handler.send(304, b"", [])

    def _drip(self, handler: _Handler, page: Page) -> None:
        from tests.counties.server import drip

        headers = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
        handler.asked.status, handler.asked.fault = 200, ""
        handler.wfile.write(headers % (page.content_type.encode(), len(page.body)))
        for piece in drip(page.body):
            handler.wfile.write(piece)
            handler.wfile.flush()
