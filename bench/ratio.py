"""Ratio: one figure of a benchmark, what it is held against, and its bar."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ratio:
    """ours and theirs in the same unit; at_most or at_least is the bar for ours / theirs, None where there is none."""

    name: str
    ours: float
    theirs: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def value(self) -> float:
        return self.ours / self.theirs if self.theirs else float("inf")

    @property
    def met(self) -> bool:
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process for one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def interleaved(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """The least CPU seconds of each work over the rounds, taken in turns so that a busy machine slows them alike."""
    times = [[cpu(work) for work in works] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]
