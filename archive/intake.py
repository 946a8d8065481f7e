"""The one way in: a response is stored, then read, then archived. A crawl, an import and a rebuild all end here.

take    = keep the snapshot + settle
settle  = read a stored snapshot and give its page one outcome
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from archive import articles, cooling, enclosures, fetches, leases, lists, presence, runs
from archive.hidden import REASON, is_down, untitle
from archive.joining import rejoin
from archive.ledger import Ledger
from archive.queue import page_url, settle_page
from archive.runs import Run, begin, count, count_request, end, finish
from archive.snapshots import Damaged, stamp, storable
from archive.store import Archive, ArchiveError, plain_errors, shared_archive
from archive.verdicts import Reading, Taken, district_of, read
from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.urls import canonical

log = logging.getLogger(__name__)


def take(archive: Archive, snapshot: Snapshot, *, run: Run | None, catalogue: Sequence[District]) -> Taken:
    """Keeps a response and archives what it says. Commits now and then (see Archive); raises ArchiveError only."""
    snapshot = storable(snapshot)
    return _keep(archive, snapshot, read(archive, snapshot, catalogue), run=run, catalogue=catalogue)


def _keep(
    archive: Archive, snapshot: Snapshot, reading: Reading, *, run: Run | None, catalogue: Sequence[District]
) -> Taken:
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
        presence.sight(conn, snapshot, snapshot_id, (outcome, reading.reason), reading.article)
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


# As the exit codes of `dibao crawl` (docs/operations.md).
_EXITS = {"archive": 1, "unreachable": 4, "budget": 0, "night": 0}
STOPPED = "shutdown"  # scraper.crawl says so before the spider closes


def _poor(archive: Archive, run: Run) -> bool:
    """Did a column give nothing?"""
    bad = "outcome IN ('shell', 'blocked', 'failed')"
    row = archive.db.conn.execute(f"SELECT 1 FROM column_runs WHERE run_id = ? AND {bad}", (run.id,)).fetchone()
    return row is not None


def close(archive: Archive, run: Run, kind: str, why: str) -> None:
    """What a crawl leaves behind: its last requests, and whether the site refused it."""
    with plain_errors(archive.path):
        conn = archive.write()
        fetches.flush(conn, run)
        fetches.forget(conn, datetime.now(UTC))
        cooling.conclude(conn, run.id, run.district, kind, why)


class Intake:
    """Scrapy's item pipeline: setting DIBAO_ARCHIVE names the archive, spider.district what is crawled; gives the
    spider its memory. Opening raises Busy if another process crawls the district. After an ArchiveError every
    further item raises it again: nothing is taken for kept that is not."""

    def __init__(self, path: Path, crawler: Any) -> None:
        self._path = path
        self._crawler = crawler
        self._archive: Archive | None = None
        self._run: Run | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> Intake:
        return cls(Path(crawler.settings["DIBAO_ARCHIVE"]), crawler)

    async def open_spider(self) -> None:
        district: District = self._crawler.spider.district
        archive = shared_archive(self._path)
        run = None
        try:
            async with archive.together():
                run = begin(archive, "crawl", district)
                if not (left := unread(archive, run)):
                    recover(archive, (district,), run=run)
            if left:
                recover(archive, (district,), run=run)  # commits now and then
        except BaseException:
            if run is not None:
                run.lock.release()
            archive.close()
            raise
        self._archive, self._run = archive, run
        self._crawler.spider.memory = Ledger(archive, run, district.manners.daily_requests)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Snapshot):
            assert self._archive is not None
            archive, run, catalogue = self._archive, self._run, (self._crawler.spider.district,)
            snapshot = storable(item)
            reading = read(archive, snapshot, catalogue)
            job = partial(_keep, archive, snapshot, reading, run=run, catalogue=catalogue)
            archive.soon(job, keeps=True)
        return item

    async def close_spider(self) -> None:
        if self._archive is None or self._run is None:
            return
        archive, run, self._archive = self._archive, self._run, None
        try:
            with suppress(ArchiveError):  # it is told below, as every failure of the archive
                async with archive.together():
                    self._conclude(archive, run)
            if archive.failure is not None:
                kind, why = self._crawler.spider.ended = ("archive", str(archive.failure))
                finish(archive, run, _EXITS[kind], f"{kind}: {why}")
        except ArchiveError as error:
            log.critical("%s", error)  # the next run closes this one
        finally:
            run.lock.release()
            archive.close()

    def _conclude(self, archive: Archive, run: Run) -> None:
        """The last items, the end of the run and that of the lease: one transaction."""
        spider, settings = self._crawler.spider, self._crawler.settings
        conn = archive.write()
        kind, why = getattr(spider, "ended", None) or ("", "")
        code = _EXITS.get(kind, 3) if kind or _poor(archive, run) else 0
        close(archive, run, kind, why)
        if (order := settings.getint("DIBAO_LEASE")) and spider.finish != STOPPED:
            leases.done(conn, order, run.district)
        cool = cooling.note(conn, run.district)
        with plain_errors(archive.path):
            end(conn, run, code, "; ".join(filter(None, (kind and f"{kind}: {why}", cool))) or None)
