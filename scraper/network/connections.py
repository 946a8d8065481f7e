"""The connections of a process: one set of sessions for all its districts (aiohttp's home)."""

from __future__ import annotations

import asyncio
import resource
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

import aiohttp
from aiohttp.connector import AddrInfoType

from scraper.network import trust
from scraper.network.addresses import guarded_socket
from scraper.network.budget import Budget
from scraper.network.turns import Turns

Reach = Literal["public", "loopback", "anywhere"]
RESOLVERS = 64  # 2026-11: with the six threads of two cores, names that no server knows held all others back
CONNECT_SECONDS = 12.0

_open: dict[asyncio.AbstractEventLoop, Connections] = {}


@dataclass(slots=True)
class Connections:
    """What the gates of an event loop share. Made by ``take``, closed when the last user calls ``leave``."""

    response_class: type[aiohttp.ClientResponse]
    users: int = 0
    budget: Budget = field(default_factory=Budget)
    _sessions: dict[Reach, aiohttp.ClientSession] = field(default_factory=dict)
    _turns: dict[Path | None, Turns] = field(default_factory=dict)
    _trust: dict[bool, ssl.SSLContext] = field(default_factory=dict)

    def session(self, reach: Reach) -> aiohttp.ClientSession:
        """reach: which addresses it connects to. "anywhere" is for proxies and for people who look at a page."""
        if reach not in self._sessions:
            self._sessions[reach] = _session(reach, self.response_class)
        return self._sessions[reach]

    def trust(self, *, verify: bool) -> ssl.SSLContext:
        if verify not in self._trust:
            self._trust[verify] = trust.strict() if verify else trust.lenient()
        return self._trust[verify]

    def turns(self, path: Path | None) -> Turns:
        """path: the file of turns (scraper.network.turns)."""
        if path not in self._turns:
            self._turns[path] = Turns(path)
        return self._turns[path]

    async def leave(self) -> None:
        self.users -= 1
        if self.users:
            return
        _open.pop(asyncio.get_running_loop(), None)
        for session in self._sessions.values():
            await session.close()
        for turns in self._turns.values():
            turns.close()


def take(response_class: type[aiohttp.ClientResponse]) -> Connections:
    """The connections of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _open:
        _open[loop] = Connections(response_class)
        loop.set_default_executor(ThreadPoolExecutor(RESOLVERS, "dibao"))
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # a connection is a file
    _open[loop].users += 1
    return _open[loop]


def _session(reach: Reach, response_class: type[aiohttp.ClientResponse]) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=0,  # scraper.network.turns lets one request at a time through to a host
        ttl_dns_cache=300,
        keepalive_timeout=30,
        socket_factory=None if reach == "anywhere" else _sockets(loopback=reach == "loopback"),
    )
    session = aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        response_class=response_class,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
    )
    # 2026-11: aiohttp 3.14 asks again at once when a kept connection turns out to be closed. We ask again later.
    session._retry_connection = False
    return session


def _sockets(*, loopback: bool) -> Callable[[AddrInfoType], socket.socket]:
    return partial(_socket, loopback)


def _socket(loopback: bool, info: AddrInfoType) -> socket.socket:
    family, kind, proto, _, address = info
    return guarded_socket(str(address[0]), family, kind, proto, loopback=loopback)
