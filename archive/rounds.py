"""Rounds: one transaction for all who have something to write, opened when no other process is writing.

2026-12: before there were rounds each of many sites made 14 commits for its 22 pages, and of two processes each waited
for the other a sixth of the time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

LONGEST_GATHER = 0.25  # seconds that a round waits for members, at most
AGAIN_SECONDS = 0.01  # until a round that found another process writing tries again
INSIST_SECONDS = 2.0  # after which it waits for its turn, and nothing else is done


class _Round:
    """opened: its transaction is open; over: it is committed, or the archive has failed."""

    def __init__(self) -> None:
        self.members = 0
        self.called = time.monotonic()
        self.opened, self.over = asyncio.Event(), asyncio.Event()


class Rounds:
    """When the rounds of an archive begin and end, on one event loop at a time.

    begin  opens the transaction; False when another process is writing, which is never said when told to insist
    end    commits it
    """

    def __init__(self, begin: Callable[[bool], bool], end: Callable[[], None]) -> None:
        self._begin, self._end = begin, end
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._next: _Round | None = None
        self._open: _Round | None = None

    @property
    def is_open(self) -> bool:
        return self._open is not None

    @asynccontextmanager
    async def member(self, gather: float) -> AsyncIterator[None]:
        """The block runs inside a round that begins in so many seconds at the latest; it is left when that is over."""
        self._meet()
        joined = self._next = self._next or _Round()
        joined.members += 1
        try:
            self.call(min(LONGEST_GATHER, gather))
            await joined.opened.wait()
            yield
        finally:
            joined.members -= 1
            if joined is self._open and not joined.members:
                self._close(joined)
        await joined.over.wait()

    def call(self, seconds: float) -> None:
        """Has the next round begin in so many seconds at the latest, with members or without."""
        loop = self._meet()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._try)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _meet(self) -> asyncio.AbstractEventLoop:
        """The running loop. Rounds of a loop before it are no more."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._timer, self._next, self._open = loop, None, None, None
        return loop

    def _try(self) -> None:
        self._timer = None
        opening = self._next = self._next or _Round()
        if self._open is not None:
            self.call(AGAIN_SECONDS)
            return
        begun = True
        try:
            begun = self._begin(time.monotonic() - opening.called > INSIST_SECONDS)
        finally:  # whatever happened, nobody is left waiting
            if begun:
                self._start(opening)
            else:
                self.call(AGAIN_SECONDS)

    def _start(self, opening: _Round) -> None:
        self._open, self._next = opening, None
        opening.opened.set()
        if not opening.members:
            self._close(opening)

    def _close(self, ending: _Round) -> None:
        self._open = None
        self._end()
        ending.over.set()


def running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
