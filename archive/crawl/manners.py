"""What was really done to each host, read off ``fetches``: how often, how fast, how much, at what hours."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter
from statistics import median

from archive.crawl.fetches import today
from scraper.manners import SHANGHAI

_ASKED = """SELECT f.host, f.sent_at, f.ms, f.status, f.bytes, f.role, f.outcome, f.district
    FROM (SELECT DISTINCT host FROM spent INDEXED BY spent_day WHERE day >= ?1) s
    CROSS JOIN fetches f ON f.host = s.host WHERE f.sent_at >= ?2 ORDER BY f.host, f.sent_at"""
_ROUNDED = 0.002  # seconds; times of answers are whole milliseconds
_Row = tuple[str, str, int, int, int, str, str, str]


@dataclass(frozen=True, slots=True)
class HostManners:
    """What one host was asked for, in the time looked at.

    districts      the districts it was asked for
    gap, usual_gap  seconds of rest between the end of an answer and the next request: shortest and median; None with
                   fewer than two requests
    together       the most requests under way at the same moment
    not_modified   share of answers that were 304
    robots         what robots.txt was answered with last: "200", "404", "timeout" …; "" when it was not asked for
    hours          requests in each hour of the day, 0 … 23, Asia/Shanghai
    most_requests, most_bytes  of one day; what a daily budget is held against
    """

    host: str
    districts: tuple[str, ...]
    requests: int
    bytes: int
    gap: float | None
    usual_gap: float | None
    together: int
    not_modified: float
    failures: int
    robots: str
    hours: tuple[int, ...]
    most_requests: int
    most_bytes: int


def manners(conn: sqlite3.Connection, since: datetime) -> tuple[HostManners, ...]:
    """Every host that was asked for something since a moment (aware), the most asked one first."""
    rows: Iterable[_Row] = conn.execute(_ASKED, (today(since), since.isoformat(timespec="microseconds")))
    found = [_host(conn, name, list(group), today(since)) for name, group in groupby(rows, key=itemgetter(0))]
    return tuple(sorted(found, key=lambda one: (-one.requests, one.host)))


def _host(conn: sqlite3.Connection, name: str, rows: Sequence[_Row], day: str) -> HostManners:
    sent = [datetime.fromisoformat(row[1]) for row in rows]
    starts = [moment.timestamp() for moment in sent]
    ends = [start + row[2] / 1000 for start, row in zip(starts, rows, strict=True)]
    gaps = _gaps(starts, ends)
    hours = [moment.astimezone(SHANGHAI).hour for moment in sent]
    robots = next((row for row in reversed(rows) if row[5] == "robots"), None)
    most = conn.execute(
        "SELECT max(requests), max(bytes) FROM spent WHERE host = ? AND day >= ?", (name, day)
    ).fetchone()
    return HostManners(
        host=name,
        districts=tuple(sorted({row[7] for row in rows})),
        requests=len(rows),
        bytes=sum(row[4] for row in rows),
        gap=round(min(gaps), 3) if gaps else None,
        usual_gap=round(median(gaps), 3) if gaps else None,
        together=_together(starts, ends),
        not_modified=round(sum(row[3] == 304 for row in rows) / len(rows), 4),
        failures=sum(row[3] == 0 for row in rows),
        robots="" if robots is None else str(robots[3]) if robots[3] else robots[6],
        hours=tuple(hours.count(hour) for hour in range(24)),
        most_requests=most[0] or 0,
        most_bytes=most[1] or 0,
    )


def _gaps(starts: Sequence[float], ends: Sequence[float]) -> list[float]:
    """Rests between requests in order of time; 0 where one began before all before it had ended."""
    latest = 0.0
    gaps: list[float] = []
    for (_, ended), (started, _) in pairwise(zip(starts, ends, strict=True)):
        latest = max(latest, ended)
        gaps.append(max(0.0, started - latest))
    return gaps


def _together(starts: Sequence[float], ends: Sequence[float]) -> int:
    """The most requests under way at once; one that begins as another ends is not beside it."""
    under_way: list[float] = []
    most = 0
    for started, ended in zip(starts, ends, strict=True):
        while under_way and under_way[0] <= started + _ROUNDED:
            heapq.heappop(under_way)
        heapq.heappush(under_way, max(ended, started))
        most = max(most, len(under_way))
    return most
