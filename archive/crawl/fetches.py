"""Every request that was really made: table ``fetches``, and ``spent``, its sums for a host and a day.

Requests are kept in memory until the run writes something else, which is when their answer is stored or their failure
noted: one transaction holds both, so runs.requests is the number of rows here in every committed state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from archive.crawl.runs import Run, count_request
from archive.snapshots import stamp, whole
from scraper.manners import SHANGHAI
from scraper.spiders.memory import Fetch
from scraper.urls import host

KEPT = timedelta(days=180)  # 3,000 sites make 15 MB a night; the sums in ``spent`` stay
RECENT = timedelta(days=30)
_AT_ONCE = 5_000  # rows that leave in one run


def today(moment: datetime | None = None) -> str:
    """The day of Asia/Shanghai, as the sites count."""
    return (moment or datetime.now(UTC)).astimezone(SHANGHAI).date().isoformat()


def flush(conn: sqlite3.Connection, run: Run | None) -> None:
    """Writes down the requests that a run has made, in the open transaction."""
    if run is None or not run.fetches:
        return
    made, run.fetches = run.fetches, []
    for fetch in made:
        where = host(fetch.url)
        conn.execute(
            'INSERT INTO fetches (run_id, district, host, url, role, "column", sent_at, ms, status, bytes, validator,'
            " outcome, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(run.id, run.district, where, whole(fetch.url), fetch.role, fetch.column, stamp(fetch.came), fetch.ms),
                *(fetch.status, fetch.bytes, fetch.validator, fetch.outcome, whole(fetch.note)),
            ),
        )
        conn.execute(
            "INSERT INTO spent (host, day, requests, bytes) VALUES (?1, ?2, 1, ?3) ON CONFLICT DO UPDATE SET"
            " requests = requests + 1, bytes = bytes + ?3",
            (where, today(fetch.came), fetch.bytes),
        )
        count_request(conn, run, fetch.bytes)


def spent(conn: sqlite3.Connection, name: str, pending: Iterable[Fetch] = ()) -> tuple[int, int]:
    """(requests, bytes) that a host was asked for today, with those that are not yet written down."""
    day = today()
    row = conn.execute("SELECT requests, bytes FROM spent WHERE host = ? AND day = ?", (name, day)).fetchone()
    requests, size = row or (0, 0)
    for fetch in pending:
        if host(fetch.url) == name and today(fetch.came) == day:
            requests, size = requests + 1, size + fetch.bytes
    return requests, size


def gone(conn: sqlite3.Connection, url: str, run_id: int) -> bool:
    """Did another run of the last month find that nothing is at this address?"""
    row = conn.execute(
        "SELECT 1 FROM fetches WHERE host = ? AND sent_at > ? AND url = ? AND outcome = 'gone' AND run_id != ? LIMIT 1",
        (host(url), stamp(datetime.now(UTC) - RECENT), url, run_id),
    ).fetchone()
    return row is not None


def forget(conn: sqlite3.Connection, now: datetime) -> None:
    """Lets go of requests older than KEPT, the oldest first, a few thousand at a time."""
    oldest = conn.execute("SELECT id, sent_at FROM fetches ORDER BY id LIMIT 1").fetchone()
    if oldest and oldest[1] < stamp(now - KEPT):
        conn.execute("DELETE FROM fetches WHERE id < ? AND sent_at < ?", (oldest[0] + _AT_ONCE, stamp(now - KEPT)))
