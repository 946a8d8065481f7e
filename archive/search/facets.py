"""What the matches of a search have in common: counts for the filters, and when they were published."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain

from archive.index import FACETS
from archive.search.filters import DAY

SHOWN = 12
STATES = ("files", "edited", "substantive", "removed", "copied", "copy")
NAMED = ("kind", "person", "place")
LISTS = (*FACETS, *NAMED, "year", "state")


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts over the newest 1,000 matches: facet name, "year" or "state" -> (value, count), most first; days:
    yyyymmdd -> count; folded: how many of them are copies of another of them."""

    counts: Mapping[str, tuple[tuple[str, int], ...]]
    more: bool
    days: Mapping[int, int] = field(default_factory=dict)
    folded: int = 0


def counted(conn: sqlite3.Connection, ids: Sequence[int], more: bool) -> Facets:
    """The facets of these articles."""
    counts = {name: Counter[str]() for name in LISTS}
    clusters: Counter[str] = Counter()
    written: list[str] = []
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        marks = ",".join("?" * len(part))
        sql = f'SELECT district, "column", source, issuer, files, cluster, marks FROM marked WHERE id IN ({marks})'
        rows = conn.execute(sql, tuple(part)).fetchall()
        if not rows:
            continue
        *places, files, joined, lists = zip(*rows, strict=True)
        for name, values in zip(FACETS, places, strict=True):
            counts[name].update(filter(None, values))
        counts["state"]["files"] += sum(files)
        clusters.update(joined)
        written += lists
    for mark, number in Counter(chain.from_iterable(json.loads(f"[{','.join(written)}]"))).items():
        name, _, value = mark.partition(":")
        if value:
            counts[name][value] = number
        else:
            counts["state"][name] = number
    days = Counter(id // DAY for id in ids)
    for day, number in days.items():
        counts["year"][str(day // 10_000)] += number
    clusters.pop("", None)
    return Facets(
        {name: _most(name, count) for name, count in counts.items()},
        more,
        days,
        sum(clusters.values()) - len(clusters),
    )


def _most(name: str, count: Counter[str]) -> tuple[tuple[str, int], ...]:
    if name == "state":
        return tuple((state, count[state]) for state in STATES if count[state])
    if name == "year":
        return tuple(sorted(count.items(), reverse=True))
    least = min(nlargest(SHOWN, count.values()), default=0)
    found = [pair for pair in count.items() if pair[1] >= least]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
