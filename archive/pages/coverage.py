"""Which days a district was crawled, and what came of it: so that "no hit" is not read as "it did not happen"."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

Status = Literal["before", "none", "blocked", "failed", "waiting", "complete"]
STATUSES: Final = ("complete", "waiting", "failed", "blocked", "none", "before")
READ: Final = ("ok", "unchanged")
ZERO: Final = (0,) * 7


@dataclass(frozen=True, slots=True)
class Day:
    """A district's day (Asia/Shanghai). status: "before" its first crawl, "none": not crawled, "blocked": a column
    was refused, "failed": a column or a page failed, "waiting": pages still to be fetched, else "complete". runs: begun
    on that day; read, columns: columns read to their end, of how many; the rest: parts of archive/crawl/coverage.py."""

    day: str
    status: Status
    runs: int
    read: int
    columns: int
    listed: int
    stored: int
    blocked: int
    failed: int
    given_up: int
    waiting: int
    removed: int


@dataclass(frozen=True, slots=True)
class Part:
    """A column on a day: how its reading ended ("" when it was not read) and where its pages stand."""

    day: str
    column: str
    outcome: str
    note: str
    listed: int
    stored: int
    open: int


FIRST: Final = "SELECT date(started_at, '+8 hours') FROM runs WHERE district = ? AND kind = 'crawl' ORDER BY id LIMIT 1"
# Newest first and stopped by the caller: runs are in the order of their beginning.
RUNS: Final = "SELECT id, date(started_at, '+8 hours') FROM runs WHERE district = ? AND kind = 'crawl' ORDER BY id DESC"
OUTCOMES: Final = (
    "SELECT r.id, c.outcome, count(*) FROM runs r CROSS JOIN column_runs c ON c.run_id = r.id"
    " WHERE r.district = ? AND r.id >= ? AND r.id <= ? GROUP BY 1, 2"
)
COLUMNS: Final = 'SELECT run_id, "column", outcome, note FROM column_runs WHERE run_id = ?'
SUMS: Final = (
    "SELECT day, sum(listed), sum(stored), sum(blocked), sum(failed + unreadable), sum(given_up), sum(waiting),"
    " sum(removed) FROM coverage WHERE district = ? AND day >= ? AND day <= ? GROUP BY day"
)
PARTS: Final = (
    'SELECT day, "column", listed, stored, blocked, failed + unreadable, given_up, waiting, removed FROM coverage'
    " WHERE district = ? AND day >= ? AND day <= ?"
)


def calendar(conn: sqlite3.Connection, district: str, since: date, until: date) -> tuple[Day, ...]:
    """Every day of a span, the first first."""
    first = (conn.execute(FIRST, (district,)).fetchone() or ("",))[0]
    runs = _runs(conn, district, since, until)
    parts = {day: numbers for day, *numbers in conn.execute(SUMS, (district, str(since), str(until)))}
    return tuple(
        _day(str(day), first, runs.get(str(day), ()), parts.get(str(day), ZERO)) for day in _days(since, until)
    )


def _days(since: date, until: date) -> Iterator[date]:
    while since <= until:
        yield since
        since += timedelta(days=1)


def _runs(conn: sqlite3.Connection, district: str, since: date, until: date) -> dict[str, list[Mapping[str, int]]]:
    """Day -> for each run, the newest first, outcome -> columns."""
    found: dict[str, list[Mapping[str, int]]] = {}
    of_run: dict[int, dict[str, int]] = {}
    for number, day in conn.execute(RUNS, (district,)):
        if day < str(since):
            break
        if day <= str(until):
            found.setdefault(day, []).append(of_run.setdefault(number, {}))
    if of_run:
        for number, outcome, columns in conn.execute(OUTCOMES, (district, min(of_run), max(of_run))):
            of_run.get(number, {})[outcome] = columns
    return found


def _day(day: str, first: str, runs: Sequence[Mapping[str, int]], parts: Sequence[int]) -> Day:
    best = max(runs, key=_read, default={})  # a later run of the day may have read what failed before
    listed, stored, blocked, failed, given_up, waiting, removed = parts
    columns = sum(best.values())
    status: Status = "complete"
    if not runs:
        status = "before" if not first or day < first else "none"
    elif best.get("blocked") or blocked:
        status = "blocked"
    elif _read(best) < columns or failed or given_up:
        status = "failed"
    elif waiting or not columns:
        status = "waiting"
    return Day(
        *(day, status, len(runs), _read(best), columns),
        *(listed, stored, blocked, failed, given_up, waiting, removed),
    )


def _read(outcomes: Mapping[str, int]) -> int:
    return sum(outcomes.get(name, 0) for name in READ)


def by_column(conn: sqlite3.Connection, district: str, day: date) -> tuple[Part, ...]:
    """What each column gave on a day: every column that a run of that day read, or that listed something."""
    found: dict[str, tuple[str, str]] = {}
    for number, at in conn.execute(RUNS, (district,)):
        if at < str(day):
            break
        for _, column, outcome, note in conn.execute(COLUMNS, (number,)) if at == str(day) else ():
            if column not in found or (outcome in READ and found[column][0] not in READ):
                found[column] = (outcome, note)
    parts = {
        column: (listed, stored, sum(waits))
        for _, column, listed, stored, *waits, _ in conn.execute(PARTS, (district, str(day), str(day)))
    }
    return tuple(
        Part(str(day), column, *found.get(column, ("", "")), *parts.get(column, (0, 0, 0)))
        for column in sorted({*found, *parts})
    )
