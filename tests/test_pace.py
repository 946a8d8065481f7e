"""As many districts are under way as the processor has time for."""

from __future__ import annotations

import asyncio
import time

from scraper.pace import BEHIND, FEW, FULL, Pace


def test_a_few_begin_then_a_quarter_more_until_the_room_is_full() -> None:
    pace, under_way, goes = Pace(), 0, 0
    while (room := pace.room(under_way, 1500)) > 0:
        assert room >= min(FEW, 1500 - under_way)
        under_way, goes = under_way + room, goes + 1
    assert under_way == 1500 and goes < 40


def test_a_busy_process_begins_no_more_than_a_few() -> None:
    for late, busy in ((BEHIND, 0.0), (0.0, FULL)):
        pace = Pace()
        pace.late, pace.busy = late, busy
        assert pace.room(0, 1500) == FEW and pace.room(FEW - 1, 1500) == 1
        assert pace.room(FEW, 1500) <= 0 and pace.room(400, 1500) <= 0


def test_it_sees_how_busy_the_process_is() -> None:
    async def looks(work: bool) -> Pace:
        pace = Pace()
        stop = time.monotonic() + 1.0
        while time.monotonic() < stop:
            if work:
                until = time.process_time() + 0.05
                while time.process_time() < until:
                    pass
            await pace.rest(0.001 if work else 0.05)
        return pace

    idle, working = asyncio.run(looks(False)), asyncio.run(looks(True))
    assert idle.room(100, 1500) == 25
    assert working.busy > idle.busy
