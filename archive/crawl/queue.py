"""The retry queue: what each page has come to, and when it is asked for again.

A page that failed, was blocked or could not be read is tried again in later runs, at growing distances, and given up
after seven tries with its reason kept. The same holds for what articles lead to (parts and attachments).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from archive.crawl import coverage, sightings
from archive.crawl.fetches import today
from archive.crawl.runs import Run
from archive.schema.crawl import OPEN
from archive.snapshots import stamp
from scraper.catalogue import Column
from scraper.items import Row, Snapshot
from scraper.spiders.memory import Wanted
from scraper.urls import canonical

DONE = ("archived", "updated", "unchanged", "duplicate", "removed")
AGAIN = ("blocked", "unreadable", "failed")
# After the first failure the next run tries again, then at growing distances; after the last it is given up.
BACK_OFF = tuple(timedelta(hours=hours) for hours in (0, 1, 6, 24, 72, 168))

# What a second try would not change, by the words of scraper.spiders.trouble: asked again when the article changed.
FINAL = (("larger than", "too_large"), ("on another site", "elsewhere"), ("robots.txt of", "forbidden"))

_PAGE = """SELECT state, requested_url, listed_title, listed_on, tries, next_try_at, etag, last_modified, sha256,
    fetched_at FROM pages WHERE url = ?"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the ledger knows it."""

    state: str
    requested_url: str
    title: str
    listed_on: str | None
    tries: int
    next_try_at: str | None
    etag: str
    last_modified: str
    sha256: str
    fetched_at: str | None

    @property
    def part(self) -> str:
        """What it counts under in coverage."""
        return coverage.part(self.state, tried_again=self.next_try_at is not None)


def page_url(snapshot: Snapshot) -> str:
    """The identity of the page that was asked for, which a redirect does not change."""
    return canonical(snapshot.requested_url or snapshot.url)


def page(conn: sqlite3.Connection, url: str) -> Page | None:
    """What is known of a page; None for an address never met."""
    row = conn.execute(_PAGE, (url,)).fetchone()
    return None if row is None else Page(*row)


def add(conn: sqlite3.Connection, url: str, district: str, column: Column, row: Row) -> None:
    """A page never met before: it waits."""
    conn.execute(
        'INSERT INTO pages (url, requested_url, district, "column", listed_title, listed_on, state, first_seen_at,'
        " last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?7, ?7)",
        (
            *(url, row.url, district, column.name, row.title),
            *(row.listed_on.isoformat() if row.listed_on else None, _now()),
        ),
    )


def due(conn: sqlite3.Connection, district: str) -> list[tuple[str, Wanted]]:
    """(canonical URL, what to fetch) of all pages of a district whose time has come, newest first."""
    rows = conn.execute(
        'SELECT url, requested_url, "column", listed_title, listed_on FROM pages WHERE district = ?'
        f" AND {OPEN} AND (state = 'waiting' OR next_try_at <= ?) ORDER BY listed_on DESC, url",
        (district, _now()),
    )
    return [
        (url, Wanted(requested, column, title, date.fromisoformat(listed) if listed else None))
        for url, requested, column, title, listed in rows
    ]


def settle_page(
    conn: sqlite3.Connection, run: Run | None, snapshot: Snapshot, *, sha256: str, outcome: str, reason: str
) -> None:
    """A page's state after one of its snapshots was read. A snapshot older than the page's last changes nothing, and
    reading one again does not end the wait of a page that failed or changed since."""
    url = page_url(snapshot)
    asked = "SELECT fetched_at, state, etag, last_modified, sha256 FROM pages WHERE url = ?"
    row = conn.execute(asked, (url,)).fetchone()
    if row is None:
        listed = Row(snapshot.requested_url or snapshot.url, snapshot.listed_title, snapshot.listed_on)
        add(conn, url, snapshot.district, Column(snapshot.column, ""), listed)
    else:
        newer = row[0] is not None and row[0] > stamp(snapshot.captured_at)
        if newer or (run is not None and run.kind == "reprocess" and row[1] in ("failed", "waiting")):
            return
        if outcome in AGAIN and stays(conn, run, url, reason):
            return
    if outcome in AGAIN:
        settle_failure(conn, run, url, outcome, reason)
    final = canonical(snapshot.url)
    again = run is not None and run.kind == "reprocess" and row is not None and row[1] in DONE
    etag, modified = row[2:4] if again else _validators(snapshot, row, sha256)
    if outcome not in DONE:
        etag = modified = ""
    when = stamp(snapshot.captured_at)
    conn.execute(
        "UPDATE pages SET fetched_at = ?, sha256 = ?, final_url = ?, etag = ?, last_modified = ? WHERE url = ?",
        (when, sha256, final if final != url else "", etag, modified, url),
    )
    if outcome in DONE:
        conn.execute(
            "UPDATE pages SET state = ?, reason = ?, tries = 0, next_try_at = NULL, stored_at = coalesce(stored_at, ?)"
            " WHERE url = ?",
            (outcome, reason, when, url),
        )
        coverage.settle(conn, url, coverage.part(outcome), today())


def _validators(snapshot: Snapshot, before: tuple[str, ...] | None, sha256: str) -> tuple[str, str]:
    """The validators to ask with next time. A server that gave the same ones with other bytes cannot be asked so."""
    found = (snapshot.header("etag"), snapshot.header("last-modified"))
    lied = before is not None and any(found) and found == (before[2], before[3]) and before[4] not in ("", sha256)
    return ("", "") if lied else found


def settle_failure(conn: sqlite3.Connection, run: Run | None, url: str, state: str, reason: str) -> None:
    """Puts a page into the retry queue, or gives it up. What was archived of it stays. Only a crawl tries again:
    reading stored pages once more is no try, and imported pages have no site to ask."""
    known = page(conn, url)
    if known is None:
        return
    if run is None or run.kind != "crawl":
        conn.execute("UPDATE pages SET state = ?, reason = ? WHERE url = ?", (state, reason, url))
        tried_again = known.next_try_at is not None
    else:
        next_try, reason = back_off(known.tries, reason)
        conn.execute(
            "UPDATE pages SET state = ?, reason = ?, tries = tries + 1, next_try_at = ? WHERE url = ?",
            (state, reason, next_try, url),
        )
        tried_again = next_try is not None
    coverage.settle(conn, url, coverage.part(state, tried_again=tried_again), today())


def stays(conn: sqlite3.Connection, run: Run | None, url: str, reason: str) -> bool:
    """Was a stored page only looked at again? What went wrong then says nothing of it: it is due another day."""
    if run is None or url not in run.looks:
        return False
    sightings.postpone(conn, url, datetime.now(UTC), final=any(words in reason for words, _ in FINAL))
    return True


def back_off(tries: int, reason: str) -> tuple[str | None, str]:
    """(when to try again, reason) after one more failure; None: given up, and the reason says so."""
    if tries < len(BACK_OFF):
        return stamp(datetime.now(UTC) + BACK_OFF[tries]), reason
    return None, f"{reason} (given up after {tries + 1} tries)"


# -- what articles lead to (table enclosures, filled by archive/stages/attachments.py)


def enclosures_due(conn: sqlite3.Connection, district: str) -> Sequence[Wanted]:
    """Following parts of articles, then attachments, that are not stored and whose time has come."""
    rows = conn.execute(
        'SELECT requested_url, "column", name, etag, last_modified, role FROM enclosures WHERE district = ?'
        " AND state IN ('waiting', 'failed', 'blocked') AND (next_try_at IS NULL OR next_try_at <= ?)"
        " ORDER BY role = 'attachment', first_seen_at DESC, article_key, position",
        (district, _now()),
    )
    return [Wanted(url, column, name, None, etag, modified, role) for url, column, name, etag, modified, role in rows]


def enclosure_failed(conn: sqlite3.Connection, run: Run | None, url: str, state: str, reason: str) -> None:
    """No usable answer came: tried again later, or given up with its reason. url: canonical; state "failed" or
    "blocked". Only a crawl tries again."""
    row = conn.execute("SELECT tries FROM enclosures WHERE url = ?", (url,)).fetchone()
    if row is None or (run is not None and run.kind != "crawl"):
        return
    final = next((name for words, name in FINAL if words in reason), "")
    next_try, reason = (None, reason) if final else back_off(row[0], reason)
    conn.execute(
        "UPDATE enclosures SET state = ?, reason = ?, tries = tries + 1, next_try_at = ? WHERE url = ?",
        (final or (state if next_try else "given_up"), reason, next_try, url),
    )


def enclosure_unchanged(conn: sqlite3.Connection, url: str) -> None:
    """The server answered 304 to the validators of the copy that is held."""
    conn.execute(
        "UPDATE enclosures SET state = 'unchanged', reason = '', tries = 0, next_try_at = NULL WHERE url = ?", (url,)
    )


def _now() -> str:
    return stamp(datetime.now(UTC))
