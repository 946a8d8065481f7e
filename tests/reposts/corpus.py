"""Announcements of half a dozen years with their reposts, edits and look-alikes, as many as are wanted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.dedupe import Text
from tests.reposts.kinds import COPIES, NEGATIVES, number_edited, round_up
from tests.reposts.originals import original

FIRST = date(2020, 1, 1)


def announced(number: int, seed: int = 0) -> Iterator[tuple[Text, date]]:
    """So many texts with their days: a quarter is posted again up to four times, a tenth with a number edited."""
    chance, given = random.Random(seed), 0
    for turn in range(number):
        for one in _story(turn, seed, chance):
            if given == number:
                return
            given += 1
            yield one


def _story(turn: int, seed: int, chance: random.Random) -> Iterator[tuple[Text, date]]:
    one, day = original(seed * 1_000_000 + turn), FIRST + timedelta(days=chance.randint(0, 2400))
    yield one, day
    reposts = chance.choice((0, 0, 0, 1, 2, 4))
    for _ in range(reposts):
        yield chance.choice(list(COPIES.values()))(one, chance), day + timedelta(days=chance.randint(0, 5))
    if turn % 10 == 0:
        yield number_edited(one, chance), day + timedelta(days=chance.randint(0, 5))
    if turn % 20 == 0:
        change = chance.choice(list(NEGATIVES.values()))
        yield from ((change(turn, step), day + timedelta(days=30 * step)) for step in range(5))
    if turn % 50 == 0:
        yield round_up([original(seed * 1_000_000 + turn + step) for step in range(4)], chance), day
