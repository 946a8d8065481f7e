"""The long test: more pages and seeds, time-outs among the faults, a week of nights: python -m tests.counties soak."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests import counties
from tests.counties import bars
from tests.counties.bars import Counties
from tests.counties.chaos import KINDS, SLOW_KINDS, Chaos
from tests.counties.notices import Notice

NEWS = 4
TIMEOUT = 2.0
TROUBLED, QUIET, STEADY = 3, 1, 3


def soak(seeds: int, size: int, families: tuple[str, ...] = ()) -> int:
    """Prints what each seed left; 1 when a bar was missed."""
    logging.disable(logging.ERROR)
    missed = 0
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            found = week(Path(folder), seed, size, families or counties.FAMILIES)
            print(f"seed {seed}: {len(found)} bars missed, {time.monotonic() - began:.0f} s", flush=True)
            for line in found:
                print(f"  {line}", flush=True)
            missed += len(found)
    return 1 if missed else 0


def week(folder: Path, seed: int, size: int, families: tuple[str, ...]) -> list[str]:
    """Three nights of faults and changes, a quiet one, three of steady news; the bars that were missed."""
    with bars.serving(folder, families, size=size, rows=12, seed=seed) as nights:
        nights.timeout = TIMEOUT
        edited: dict[str, list[Notice]] = {family: [] for family in families}
        known = {family: county.titles() for family, county in nights.counties.items()}
        for number, county in enumerate(nights.counties.values()):
            county.chaos = Chaos(seed * 100 + number, rate=0.1, kinds=(*KINDS * 4, *SLOW_KINDS))
        for night in range(TROUBLED):
            for family, county in nights.counties.items():
                edited[family] += change(county, night) if night else []
                known[family] |= county.titles()
            nights.night(**({} if night else {"dibao_since": "2000-01-01"}))
        for county in nights.counties.values():
            county.chaos = None
        early = {family: bars.unaccounted(nights, family, unread=True) for family in families}
        nights.let_time_pass()
        for _ in range(QUIET):
            nights.night()
        for _ in range(STEADY):
            for family, county in nights.counties.items():
                county.publish(NEWS)
                known[family] |= county.titles()
            nights.night()
        lost = [f"{family}: lost: {line}" for family in families for line in early[family][:1]]
        return lost + [f"{family}: {line}" for family in families for line in judged(nights, family, edited, known)]


def change(county: counties.County, night: int) -> list[Notice]:
    """News, late items, a correction, a removal, pinned rows and reposts, other ones each night."""
    town = county.site.town
    town.reorder()
    county.publish(1 + night)
    county.publish(1, "通知公告", days_ago=2 + night)
    edited = county.edit(town.listed("政务要闻")[3 + night].id)
    county.remove(town.listed("部门动态")[4 + night].id)
    town.pin(town.listed("通知公告")[7 + night].id)
    town.repost(town.listed("政策文件")[1 + night].id, "通知公告")
    return [edited]


def judged(nights: Counties, family: str, edited: dict[str, list[Notice]], known: dict[str, set[str]]) -> list[str]:
    """The bars that a family missed, each in one line."""
    county = nights.counties[family]
    steady = range(TROUBLED + QUIET + 2, TROUBLED + QUIET + STEADY + 1)
    news = (STEADY - 1) * NEWS * len(county.site.town.columns)
    asked = sum(bars.requests(county, night) for night in steady)
    again = [
        line for night in range(2, county.nights + 1) for line in bars.fetched_again(county, night, edited[family])
    ]
    checks: dict[str, Callable[[], list[object]]] = {
        "lacking": lambda: [*bars.lacking(nights, family), *bars.open_pages(nights, family)],
        "sums": lambda: bars.unclosed(nights, family),
        "fetched again": lambda: [*again],
        "requests per article": lambda: [] if asked <= 1.6 * news else [asked / news],
        "twice": lambda: [*bars.doubled(nights, family)],
        "strangers": lambda: [*bars.strangers(nights, family, known[family])],
        "torn": lambda: [*bars.torn(nights, family)],
        "files": lambda: [*bars.files_lacking(nights, family)],
    }
    found = []
    for name, check in checks.items():
        if missed := check():
            found.append(f"{name}: {len(missed)}, such as {missed[0]}")
    return found
