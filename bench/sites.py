"""Thousands of made-up sites on loopback: `python -m bench.sites JSON` serves them and tells what they saw.

Each site has an address of its own in 127/8 and serves robots.txt, two lists and their articles, 45 KB pages. It writes
down every gap between the end of an answer and the next request, and its first and last request. 2026-11: 0.1 ms of
CPU a request, a fiftieth of what the crawler spends.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from bench.crawl import FILLER
from tests.county.site import Site

LISTS = 2
MARK = "丨丨"
FAULTS = ("", "dead", "slow", "refused")
SLOW = 4.0  # seconds that a crawling site takes for an answer


@dataclass(frozen=True)
class Plan:
    """sites, of which a share is bad; requests to each (robots.txt and lists too); latency: seconds, least and most;
    delay, timeout: of the crawler."""

    sites: int
    requests: int = 25
    bad: float = 0.0
    latency: tuple[float, float] = (0.02, 0.2)
    port: int = 18080
    delay: float = 1.0
    timeout: float = 25.0

    def fault(self, number: int) -> str:
        """What is wrong with a site. Bad ones stand among the others, so that each would hold somebody back."""
        before, after = int(number * self.bad), int((number + 1) * self.bad)
        return FAULTS[1 + before % 3] if after > before else ""

    def host(self, number: int) -> str:
        return f"127.1.{number // 250}.{number % 250 + 1}"

    def url(self, number: int) -> str:
        return f"http://{self.host(number)}:{self.port}"

    @property
    def articles(self) -> int:
        return self.requests - 1 - LISTS

    def district(self, number: int) -> str:
        """The site's TOML."""
        columns = "".join(f'[[columns]]\nname = "栏目{n}"\nurl = "/list{n}/"\n' for n in range(LISTS))
        return (
            f'name = "第{number}县"\ncode = "329901"\nsite = "{self.url(number)}"\nfamily = "fengxun"\n'
            f"delay = {self.delay}\n{columns}[attachments]\nfetch = false\n"
        )

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.sites):
            (folder / f"site{number:05}.toml").write_text(self.district(number), encoding="utf-8")
        return folder


def templates() -> list[list[bytes]]:
    """The made-up county's article pages as bench.crawl serves them, cut where the site's own name goes."""
    site = Site(filler=FILLER)
    found = [site.get(one.path) for one in site.pages.values()]
    pages = [page.body.decode() for page in found if page is not None and b"charset=gb2312" not in page.body]
    return [[part.encode() for part in page.replace("云澜区", MARK).split(MARK)] for page in pages]


@dataclass
class Seen:
    """What a site saw; seconds on the server's clock. gap: the smallest between an answer's end and a request."""

    requests: int = 0
    pages: int = 0
    first: float = 0.0
    last: float = 0.0
    ended: float = 0.0
    gap: float = 1e9
    busy: int = 0
    together: int = 0


@dataclass
class Sites:
    """All sites of a plan, in one process."""

    plan: Plan
    seen: dict[int, Seen] = field(default_factory=dict)
    pages: list[list[bytes]] = field(default_factory=templates)

    async def serve(self) -> list[asyncio.Server]:
        loop = asyncio.get_running_loop()
        servers = []
        for number in range(self.plan.sites):
            if self.plan.fault(number) == "refused":
                continue
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((self.plan.host(number), self.plan.port))
            servers.append(await loop.create_server(partial(Visit, self, number), sock=listening, backlog=16))
        return servers

    def answer(self, number: int, path: str) -> bytes:
        if path == "/robots.txt":
            return _http(b"User-agent: *\nAllow: /\n", b"text/plain")
        if path.startswith("/list") and path[5:6].isdigit():
            return _http(self._list(int(path[5])), b"text/html; charset=utf-8")
        if not path.startswith("/n/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        article = int(path.rpartition("_")[2].partition(".")[0])
        own = f"第{number}县".encode()
        page = self.pages[(7 * number + article) % len(self.pages)]
        return _http(own.join(page), b"text/html; charset=utf-8")

    def _list(self, which: int) -> bytes:
        each = self.plan.articles // LISTS
        numbers = range(each * which, self.plan.articles if which == LISTS - 1 else each * (which + 1))
        row = '<li><a href="/n/t20260301_{}.html">关于第{}批道路养护的通知</a><span>2026-03-{:02}</span></li>\n'
        rows = "".join(row.format(n, n, n % 28 + 1) for n in numbers)
        head = "<!DOCTYPE html><html><head><meta charset='utf-8'><title>通知公告</title></head><body>"
        return f"{head}<div class='list'><ul>{rows}</ul></div></body></html>".encode()


class Visit(asyncio.Protocol):
    """One connection to one site."""

    def __init__(self, sites: Sites, number: int) -> None:
        self.sites, self.number = sites, number
        self.seen = sites.seen.setdefault(number, Seen())
        self.fault = sites.plan.fault(number)
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.buffer.endswith(b"\r\n\r\n"):
            return
        path = self.buffer.split(b" ", 2)[1].decode()
        self.buffer = b""
        now = time.monotonic()
        seen = self.seen
        seen.first = seen.first or now
        seen.last = now
        seen.requests += 1
        if seen.ended:
            seen.gap = min(seen.gap, now - seen.ended)
        seen.busy += 1
        seen.together = max(seen.together, seen.busy)
        if self.fault == "dead":
            return
        least, most = self.sites.plan.latency
        wait = min(SLOW, self.sites.plan.timeout / 2) if self.fault == "slow" else random.uniform(least, most)
        asyncio.get_running_loop().call_later(wait, self._say, path)

    def _say(self, path: str) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        self.seen.busy -= 1
        self.seen.pages += path.startswith("/n/")
        answer = self.sites.answer(self.number, path)
        # Before writing: on a busy machine the crawler may have the answer before this process runs again.
        self.seen.ended = time.monotonic()
        self.transport.write(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self.seen.busy = 0
        if self.fault:
            self.seen.ended = time.monotonic()


def _http(body: bytes, kind: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (kind, len(body), body)


async def main(plan: Plan) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    sites = Sites(plan)
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    servers = await sites.serve()
    began = time.monotonic()
    print("ready", flush=True)
    await over.wait()
    for server in servers:
        server.close()
    print(
        json.dumps(
            {"began": began, "cpu": time.process_time(), "seen": {n: vars(one) for n, one in sites.seen.items()}}
        )
    )


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    asyncio.run(main(Plan(**{**told, "latency": tuple(told.get("latency", (0.02, 0.2)))})))
