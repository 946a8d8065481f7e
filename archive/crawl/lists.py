"""The last capture of each list page, and the validators to ask for it with."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

from archive.crawl.runs import Run
from archive.snapshots import stamp
from scraper.items import Snapshot
from scraper.pages.ending import is_cut

FINISHED = ("ok", "unchanged")
# 2026-11: some servers answer 304 for pages that have changed. After so long they are asked without validators.
TRUST = timedelta(days=3)


def validators(conn: sqlite3.Connection, url: str) -> tuple[str, str]:
    """(etag, last_modified) of a list page whose column was read to its end then: a 304 must not hide rows never
    recorded. ("", "") of any other."""
    row = conn.execute(
        "SELECT etag, last_modified FROM lists l WHERE url = ? AND fetched_at > ? AND NOT lies AND EXISTS ("
        'SELECT 1 FROM column_runs c WHERE c.run_id = l.run_id AND c."column" = l."column"'
        f" AND c.outcome IN {FINISHED})",
        (url, stamp(datetime.now(UTC) - TRUST)),
    ).fetchone()
    return (row[0], row[1]) if row else ("", "")


def forget(conn: sqlite3.Connection, url: str) -> None:
    """That this list page has not changed would say nothing: it is asked for without validators."""
    conn.execute("UPDATE lists SET etag = '', last_modified = '' WHERE url = ?", (url,))


def note(conn: sqlite3.Connection, run: Run | None, snapshot: Snapshot) -> None:
    """Remembers a list page's validators for the next run; a server that gave the same ones for other bytes lies, and
    is not asked with validators again. A page cut in its middle says nothing."""
    if is_cut(snapshot.text):
        return
    url = snapshot.requested_url or snapshot.url
    found = (snapshot.header("etag"), snapshot.header("last-modified"))
    before = conn.execute("SELECT etag, last_modified, sha256, lies FROM lists WHERE url = ?", (url,)).fetchone()
    lies = bool(before) and bool(before[3] or (any(found) and before[:2] == found and before[2] != snapshot.sha256))
    conn.execute(
        'INSERT OR REPLACE INTO lists (url, district, "column", run_id, etag, last_modified, fetched_at, sha256, lies)'
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(url, snapshot.district, snapshot.column, run.id if run else None),
            *(*found, stamp(snapshot.captured_at), snapshot.sha256, lies),
        ),
    )
