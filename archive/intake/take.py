"""The one way in: a response is stored, then read, then archived. A crawl, an import and a rebuild all end here.

take    = keep the snapshot + settle
settle  = read a stored snapshot and give its page one outcome
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from archive import articles
from archive.crawl import fetches, lists, runs, sightings
from archive.crawl.queue import page_url, settle_page
from archive.crawl.runs import Run, count, count_request
from archive.hidden import REASON, is_down, untitle
from archive.intake import enclosures
from archive.intake.joining import rejoin
from archive.intake.verdicts import Reading, Taken, district_of, read
from archive.snapshots import Damaged, stamp, storable
from archive.store import Archive, ArchiveError, plain_errors
from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.urls import canonical

log = logging.getLogger(__name__)


def take(archive: Archive, snapshot: Snapshot, *, run: Run | None, catalogue: Sequence[District]) -> Taken:
    """Keeps a response and archives what it says. Commits now and then (see Archive); raises ArchiveError only."""
    snapshot = storable(snapshot)
    return keep(archive, snapshot, read(archive, snapshot, catalogue), run=run, catalogue=catalogue)


def keep(
    archive: Archive, snapshot: Snapshot, reading: Reading, *, run: Run | None, catalogue: Sequence[District]
) -> Taken:
    """The same for a response that was read already."""
    try:
        with plain_errors(archive.path):
            number = archive.write_snapshots().put(snapshot, run.id if run else None)
            outcome = settle(archive, number, snapshot, run=run, catalogue=catalogue, reading=reading)
            if run is not None and run.kind == "crawl":
                fetches.flush(archive.write(), run)
            else:
                count_request(archive.write(), run, len(snapshot.body))
        archive.wrote()
    except ArchiveError as error:
        archive.fail(error)
        raise
    return outcome


def settle(
    archive: Archive,
    snapshot_id: int,
    snapshot: Snapshot,
    *,
    run: Run | None,
    catalogue: Sequence[District],
    reading: Reading | None = None,
) -> Taken:
    """Reads a stored snapshot (or takes it as read), archives its article, and notes the page's outcome, all in the
    open transaction. A snapshot that was settled before is read again and takes the place of its first reading."""
    reading = reading or read(archive, snapshot, catalogue)
    conn = archive.write()
    outcome, down = reading.outcome, reading.article is not None and is_down(conn, reading.article.key)
    if down:
        outcome, reading = "unchanged", replace(reading, reason=REASON)
    if reading.article is not None:
        outcome = outcome if down else articles.put(archive, reading.article, snapshot_id)
        if outcome == "unchanged" and _second_address(conn, snapshot):
            outcome = "duplicate"
    if reading.article is not None and not down:
        found = district_of(snapshot, catalogue)
        enclosures.link(archive, reading.article, snapshot_id, found, run=run, changed=outcome == "updated")
    sha256 = reading.article.sha256 if reading.article else snapshot.sha256
    _capture(conn, run, snapshot_id, snapshot, sha256=sha256, outcome=outcome, reading=reading)
    if not down:
        sightings.sight(conn, snapshot, snapshot_id, (outcome, reading.reason), reading.article)
    if outcome == "list":
        if run is not None and run.kind == "crawl":
            lists.note(conn, run, snapshot)
    elif outcome == "other":
        if enclosures.settle(archive, snapshot_id, snapshot, run=run) and snapshot.role == "part":
            rejoin(archive, snapshot_id, page_url(snapshot), catalogue)
    else:
        settle_page(conn, run, snapshot, sha256=sha256, outcome=outcome, reason=reading.reason)
        count(conn, run, page_url(snapshot), outcome)
    if down:
        untitle(conn, snapshot.url)
    return outcome


def recover(archive: Archive, catalogue: Sequence[District], *, run: Run) -> int:
    """Settles responses that earlier runs of the same kind and district had stored but not read when they were
    killed; gives their number. The run's lock guarantees that nobody else is about to do so."""
    recovered = 0
    for number in unread(archive, run):
        try:
            snapshot = archive.snapshots.get(number, verify=True)
        except Damaged as error:
            log.error("%s", error)
            continue
        with plain_errors(archive.path):
            settle(archive, number, snapshot, run=run, catalogue=catalogue)
        archive.wrote()
        recovered += 1
    archive.write().execute("UPDATE runs SET recovered = 1 WHERE id = ?", (run.id,))
    archive.wrote(whole=True)
    return recovered


def unread(archive: Archive, run: Run) -> list[int]:
    """What ``recover`` would settle."""
    return unsettled(archive, runs.unrecovered(archive, run))


def unsettled(archive: Archive, run_ids: Sequence[int] | None = None) -> list[int]:
    """Numbers of responses (stored by these runs) that have no capture."""
    stored: list[int] = []
    if run_ids is None:
        stored = list(archive.snapshots.numbers())
    for run_id in run_ids or ():
        stored += archive.snapshots.of_run(run_id)
    captured = "SELECT 1 FROM captures WHERE snapshot_id = ?"
    return sorted(number for number in stored if archive.db.conn.execute(captured, (number,)).fetchone() is None)


def _second_address(conn: sqlite3.Connection, snapshot: Snapshot) -> bool:
    """Was the page redirected to one that the ledger knows by its own address?"""
    asked, final = page_url(snapshot), canonical(snapshot.url)
    return asked != final and conn.execute("SELECT 1 FROM pages WHERE url = ?", (final,)).fetchone() is not None


def _capture(
    conn: sqlite3.Connection,
    run: Run | None,
    snapshot_id: int,
    snapshot: Snapshot,
    *,
    sha256: str,
    outcome: str,
    reading: Reading,
) -> None:
    article = reading.article
    conn.execute(
        "INSERT INTO captures (snapshot_id, run_id, url, district, role, captured_at, status, sha256, outcome, reason,"
        " article_key, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " outcome = excluded.outcome, reason = excluded.reason, article_key = excluded.article_key,"
        " content = excluded.content",
        (
            *(snapshot_id, run.id if run else None, snapshot.url, snapshot.district, snapshot.role),
            *(stamp(snapshot.captured_at), snapshot.status, sha256, outcome, reading.reason),
            *((article.key, articles.content(article)) if article else (None, None)),
        ),
    )
