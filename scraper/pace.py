"""How many districts begin, so that a processor has enough to do and never too much."""

from __future__ import annotations

import asyncio
import time

FEW = 8  # districts that are under way however busy the processor is, and that begin in one go at least
BEHIND = 0.2  # seconds that the event loop may be late before no more begin
FULL = 0.9  # of a processor: the same
WINDOW = 0.1  # seconds over which that is measured


class Pace:
    """A few begin, then a quarter of those under way, until the processor has enough to do. So none begins long before
    there is time for it, and of several processes none takes what another could do.

    2026-12: with as many as came, one of two workers had the last 7 of 20 seconds to itself.
    """

    def __init__(self) -> None:
        self.late = self.busy = 0.0
        self._cpu, self._wall = time.process_time(), time.monotonic()

    def room(self, under_way: int, most: int) -> int:
        """So many may begin now; 0 or less: none."""
        full = self.late >= BEHIND or self.busy >= FULL
        return min(most - under_way, FEW - under_way if full else max(FEW, under_way // 4))

    async def rest(self, seconds: float) -> None:
        """Waits, and looks how busy the process was."""
        before = time.monotonic()
        await asyncio.sleep(seconds)
        cpu, wall = time.process_time(), time.monotonic()
        self.late = wall - before - seconds
        if wall - self._wall >= WINDOW:
            self.busy = (cpu - self._cpu) / (wall - self._wall)
            self._cpu, self._wall = cpu, wall
