"""Turns: a host is asked one thing at a time and rests after each answer, over all processes that share an archive.

A file of moments beside the archive, eight bytes for each host, says when a host is free again, on the clock that all
processes of a machine share (time.monotonic). A lock on a host's eight bytes is held while it is asked; the system
frees it when its process ends, however it ends. 2026-11: 6 µs a request.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import random
import struct
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from zlib import crc32

SLOTS = 1 << 20  # two hosts that share a slot take turns: 4 pairs in 3,000 hosts
MOMENT = struct.Struct("<d")
STALE = 3 * 3600.0  # seconds; the clock starts anew with the machine, so a moment far off is of another life
AGAIN = 0.05  # seconds between two looks at a host that another process asks


class Turns:
    """The turns of one process, on one event loop. path: the shared file; None: this process alone."""

    def __init__(self, path: Path | None) -> None:
        self._file = -1
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._moments: dict[int, float] = {}
        if path is not None:
            try:
                self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            except OSError:
                return  # a folder that cannot be written: the archive will say so

    @asynccontextmanager
    async def turn(self, host: str, rest: float) -> AsyncIterator[None]:
        """The block is this host's one request. rest: seconds that it gets at least, should this process be killed."""
        slot = crc32(host.encode()) % SLOTS
        async with self._locks[slot]:
            await self._wait(slot)
            try:
                self._note(slot, time.monotonic() + rest)
                yield
            finally:
                self._unlock(slot)

    def rest(self, host: str, seconds: float) -> None:
        """From now on the host is left alone for so many seconds at least."""
        slot = crc32(host.encode()) % SLOTS
        self._note(slot, max(self._free(slot), time.monotonic() + seconds))

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    async def _wait(self, slot: int) -> None:
        """Until the host is free and this process holds its lock. Nobody holds the lock while the host rests."""
        while True:
            if (wait := self._free(slot) - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            elif not self._lock(slot):
                await asyncio.sleep(AGAIN * random.uniform(0.5, 1))
            elif self._free(slot) <= time.monotonic():
                return
            else:
                self._unlock(slot)

    def _free(self, slot: int) -> float:
        own = self._moments.get(slot, 0.0)
        if self._file < 0:
            return own
        data = os.pread(self._file, MOMENT.size, slot * MOMENT.size)
        moment: float = MOMENT.unpack(data)[0] if len(data) == MOMENT.size else 0.0
        return max(own, moment if moment < time.monotonic() + STALE else 0.0)

    def _note(self, slot: int, moment: float) -> None:
        try:
            if self._file >= 0:
                os.pwrite(self._file, MOMENT.pack(moment), slot * MOMENT.size)
                return
        except OSError:
            pass  # a full disk: the archive will say so, and the host gets its rest all the same
        self._moments[slot] = moment

    def _lock(self, slot: int) -> bool:
        if self._file < 0:
            return True
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, MOMENT.size, slot * MOMENT.size)
        except BlockingIOError:
            return False
        return True

    def _unlock(self, slot: int) -> None:
        if self._file >= 0:
            fcntl.lockf(self._file, fcntl.LOCK_UN, MOMENT.size, slot * MOMENT.size)
