"""How the archive stands: what it holds, the last run of each district and what it found, what is tried again."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from archive.crawl.cooling import Cooldown, cooldowns
from archive.crawl.cooling import note as cooling_note
from archive.crawl.runs import COUNTS
from archive.schema.crawl import OPEN
from archive.stages.redesigns import Issue, issues
from archive.store import Archive, snapshots_path

# What is not tried again by itself comes first, what was never asked for last.
_ORDER = "state = 'waiting', next_try_at IS NOT NULL, district, last_seen_at DESC, url"


@dataclass(frozen=True, slots=True)
class ColumnRun:
    """What a run found in a column; outcome "ok", "unchanged", "shell", "blocked" or "failed"."""

    column: str
    outcome: str
    rows: int
    note: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """The last crawl of a district. Times are ISO 8601, UTC; ended_at "" while it runs. counts: outcome -> pages."""

    id: int
    district: str
    name: str
    started_at: str
    ended_at: str
    exit_code: int | None
    note: str
    seen: int
    counts: Mapping[str, int]
    requests: int
    bytes: int
    columns: tuple[ColumnRun, ...]


@dataclass(frozen=True, slots=True)
class Queued:
    """A page without a usable capture; next_try_at "" when it is not tried again by itself."""

    url: str
    district: str
    state: str
    reason: str
    tries: int
    next_try_at: str


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How far a column has been read back for a span of days; done_at "" while it is not at its end."""

    district: str
    column: str
    since: str
    until: str
    pages: int
    rows: int
    moved_at: str
    done_at: str


@dataclass(frozen=True, slots=True)
class Status:
    """bytes: of both files. queue: the pages not stored (waiting, tried again, given up), at most so many as asked
    for, of queued in all. never_stored: those of them that no run ever stored, by state ("given_up" for those not
    tried again by themselves). backfills: those under way; issues: those that are open."""

    articles: int
    by_district: Mapping[str, int]
    snapshots: int
    archive_bytes: int
    snapshots_bytes: int
    runs: tuple[LastRun, ...]
    queued: int
    queue: tuple[Queued, ...]
    never_stored: Mapping[str, int]
    cooldowns: tuple[Cooldown, ...]
    backfills: tuple[Backfilled, ...]
    issues: tuple[Issue, ...]


def status(archive: Archive, limit: int = 20) -> Status:
    """Everything `dibao status` shows."""
    conn = archive.db.conn
    by_district = dict(conn.execute("SELECT district, count(*) FROM articles GROUP BY district ORDER BY district"))
    (queued,) = conn.execute(f"SELECT count(*) FROM pages WHERE {OPEN}").fetchone()
    rows = conn.execute(
        "SELECT url, district, state, reason, tries, coalesce(next_try_at, '') FROM pages"
        f" WHERE {OPEN} ORDER BY {_ORDER} LIMIT ?",
        (limit,),
    )
    kept = snapshots_path(archive.path)
    return Status(
        articles=sum(by_district.values()),
        by_district=by_district,
        snapshots=archive.snapshots.count(),
        archive_bytes=archive.path.stat().st_size,
        snapshots_bytes=kept.stat().st_size,
        runs=last_runs(conn),
        queued=int(queued),
        queue=tuple(Queued(*row) for row in rows),
        never_stored=never_stored(conn),
        cooldowns=cooldowns(conn),
        backfills=backfills(conn),
        issues=issues(conn),
    )


def never_stored(conn: sqlite3.Connection) -> dict[str, int]:
    """How many pages were listed and never stored, by state."""
    given_up = "state != 'waiting' AND next_try_at IS NULL"
    rows = conn.execute(f"SELECT iif({given_up}, 'given_up', state), count(*) FROM never_stored GROUP BY 1 ORDER BY 1")
    return {str(state): int(number) for state, number in rows}


def backfills(conn: sqlite3.Connection) -> tuple[Backfilled, ...]:
    """The backfills that have not come to their end, by district and column."""
    rows = conn.execute(
        'SELECT district, "column", since, until, pages, "rows", moved_at, coalesce(done_at, \'\') FROM backfills'
        " WHERE done_at IS NULL ORDER BY 1, 2, 3"
    )
    return tuple(Backfilled(*row) for row in rows)


def last_runs(conn: sqlite3.Connection, districts: Collection[str] | None = None) -> tuple[LastRun, ...]:
    """The last crawl of each district, or of those named, by slug."""
    rows = conn.execute(
        "SELECT r.id, r.district, d.name, r.started_at, coalesce(r.ended_at, ''), r.exit_code,"
        f" r.note, r.seen, r.requests, r.bytes, {', '.join(f'r.{name}' for name in COUNTS)}"
        " FROM districts d JOIN runs r ON r.id = (SELECT max(l.id) FROM runs l WHERE l.district = d.slug"
        " AND l.kind = 'crawl') ORDER BY r.district"
    ).fetchall()
    return tuple(_last_run(conn, row) for row in rows if districts is None or row[1] in districts)


def conclude(archive: Archive, run_id: int, exit_code: int, note: str) -> None:
    """Writes into a finished run what only the whole crawl knows: its exit code (docs/operations.md) and why; and that
    the district cools down, if it does."""
    conn = archive.write()
    (slug,) = conn.execute("SELECT district FROM runs WHERE id = ?", (run_id,)).fetchone()
    note = "; ".join(filter(None, (note, cooling_note(conn, slug))))
    conn.execute("UPDATE runs SET exit_code = ?, note = ? WHERE id = ?", (exit_code, note, run_id))
    archive.commit()


def _last_run(conn: sqlite3.Connection, row: tuple[object, ...]) -> LastRun:
    number, district, name, started, ended, code, note, seen, requests, size, *counts = row
    columns = conn.execute(
        'SELECT cr."column", cr.outcome, cr.rows, cr.note FROM column_runs cr LEFT JOIN columns c'
        ' ON c.district = cr.district AND c.name = cr."column" WHERE cr.run_id = ? ORDER BY c.position, cr."column"',
        (number,),
    )
    return LastRun(
        id=_int(number),
        district=str(district),
        name=str(name),
        started_at=str(started),
        ended_at=str(ended),
        exit_code=None if code is None else _int(code),
        note=str(note),
        seen=_int(seen),
        counts={name: _int(value) for name, value in zip(COUNTS, counts, strict=True)},
        requests=_int(requests),
        bytes=_int(size),
        columns=tuple(ColumnRun(*found) for found in columns),
    )


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
