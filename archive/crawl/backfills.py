"""How far back each column was read for a span of days, so that a backfill goes on where it stopped.

A column has one unfinished backfill at most. Any later run goes on with it, until its end or until another span is
asked for.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta

from archive.snapshots import stamp
from scraper.spiders.memory import Backfill

# The same command given again the next day means: look again, from the top to the end.
FRESH = timedelta(days=1)


def begun(
    conn: sqlite3.Connection, district: str, column: str, since: date | None, until: date | None
) -> tuple[Backfill, int]:
    """(how far it has come, the last run of any backfill that read from the top without a gap, 0 for none), in the
    open transaction. since None: the unfinished one, if there is any. A span that is new, or was read long ago,
    begins."""
    found = _found(conn, district, column, since, until)
    (run_id,) = conn.execute(
        'SELECT coalesce(max(run_id), 0) FROM backfills WHERE district = ? AND "column" = ?', (district, column)
    ).fetchone()
    return found, run_id


def _found(conn: sqlite3.Connection, district: str, column: str, since: date | None, until: date | None) -> Backfill:
    if since is None:
        row = conn.execute(
            'SELECT since, until, at_url FROM backfills WHERE district = ? AND "column" = ? AND done_at IS NULL',
            (district, column),
        ).fetchone()
        return Backfill(date.fromisoformat(row[0]), _day(row[1]), row[2]) if row else Backfill()
    row = conn.execute(
        'SELECT at_url, done_at FROM backfills WHERE district = ? AND "column" = ? AND since = ? AND until = ?',
        (district, column, since.isoformat(), until.isoformat() if until else ""),
    ).fetchone()
    if row is None or (row[1] and row[1] < stamp(datetime.now(UTC) - FRESH)):
        _begin(conn, district, column, since, until)
        return Backfill(since, until)
    return Backfill(since, until, "" if row[1] else row[0], done=row[1] is not None)


def _begin(conn: sqlite3.Connection, district: str, column: str, since: date, until: date | None) -> None:
    conn.execute('DELETE FROM backfills WHERE district = ? AND "column" = ? AND done_at IS NULL', (district, column))
    conn.execute(
        'INSERT OR REPLACE INTO backfills (district, "column", since, until, at_url, run_id, begun_at, moved_at)'
        " VALUES (?1, ?2, ?3, ?4, '', 0, ?5, ?5)",
        (district, column, since.isoformat(), until.isoformat() if until else "", stamp(datetime.now(UTC))),
    )


def reached(
    conn: sqlite3.Connection, place: tuple[str, str, date, date | None], run_id: int, url: str | None, rows: int
) -> None:
    """A list page of a backfill was read and its rows recorded: place is district, column, since, until; url None
    when it was the last."""
    district, column, since, until = place
    now = stamp(datetime.now(UTC))
    conn.execute(
        'UPDATE backfills SET at_url = coalesce(?, at_url), run_id = ?, pages = pages + 1, "rows" = "rows" + ?,'
        ' moved_at = ?, done_at = ? WHERE district = ? AND "column" = ? AND since = ? AND until = ?',
        (
            *(url, run_id, rows, now, None if url else now),
            *(district, column, since.isoformat(), until.isoformat() if until else ""),
        ),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
