"""The one way in: a response is stored, then read, then archived. A crawl, an import and a rebuild all end here.

take    = keep the snapshot + settle
settle  = read a stored snapshot and give its page one outcome
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from archive import articles, runs
from archive.articles import Outcome
from archive.hidden import REASON, is_down, leads_down, untitle
from archive.ledger import Ledger, note_list, page_url, settle_page
from archive.runs import Run, begin, count, count_request, finish
from archive.snapshots import Damaged, stamp, storable, whole
from archive.store import Archive, ArchiveError, plain_errors, shared_archive
from pipelines.article import Article
from pipelines.process import process
from scraper import parse
from scraper.blocked import blocked
from scraper.catalogue import District
from scraper.items import Blocked, PageError, Snapshot
from scraper.urls import canonical, host

Taken = Outcome | Literal["list", "other"]

GONE = (404, 410)
SOFT_404 = "not_found"
# What a bug in a reader raises on one odd page. The page is kept and counted as unreadable, the run goes on.
_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What became of one snapshot."""

    outcome: Taken
    reason: str = ""
    article: Article | None = None


def take(archive: Archive, snapshot: Snapshot, *, run: Run | None, catalogue: Sequence[District]) -> Taken:
    """Keeps a response and archives what it says. Commits now and then (see Archive); raises ArchiveError only."""
    snapshot = storable(snapshot)
    try:
        with plain_errors(archive.path):
            number = archive.write_snapshots().put(snapshot, run.id if run else None)
            outcome = settle(archive, number, snapshot, run=run, catalogue=catalogue)
            count_request(archive.write(), run, len(snapshot.body))
        archive.wrote()
    except ArchiveError as error:
        archive.fail(error)
        raise
    return outcome


def settle(
    archive: Archive, snapshot_id: int, snapshot: Snapshot, *, run: Run | None, catalogue: Sequence[District]
) -> Taken:
    """Reads a stored snapshot, archives its article, and notes the page's outcome, all in the open transaction.
    A snapshot that was settled before is read again and takes the place of its first reading."""
    reading = _read(archive, snapshot, _district(snapshot, catalogue))
    conn = archive.write()
    outcome, down = reading.outcome, reading.article is not None and is_down(conn, reading.article.key)
    if down:
        outcome, reading = "unchanged", replace(reading, reason=REASON)
    if reading.article is not None:
        outcome = outcome if down else articles.put(archive, reading.article, snapshot_id)
        if outcome == "unchanged" and _second_address(conn, snapshot):
            outcome = "duplicate"
    sha256 = reading.article.sha256 if reading.article else snapshot.sha256
    _capture(conn, run, snapshot_id, snapshot, sha256=sha256, outcome=outcome, reading=reading)
    if outcome == "list":
        if run is not None and run.kind == "crawl":
            note_list(conn, run, snapshot)
    elif outcome != "other":
        settle_page(conn, run, snapshot, sha256=sha256, outcome=outcome, reason=reading.reason)
        count(conn, run, page_url(snapshot), outcome)
    if down:
        untitle(conn, snapshot.url)
    return outcome


def recover(archive: Archive, catalogue: Sequence[District], *, run: Run) -> int:
    """Settles responses that earlier runs of the same kind and district had stored but not read when they were
    killed; gives their number. The run's lock guarantees that nobody else is about to do so."""
    recovered = 0
    for number in unsettled(archive, runs.unrecovered(archive, run)):
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
    archive.commit()
    return recovered


def unsettled(archive: Archive, run_ids: Sequence[int] | None = None) -> list[int]:
    """Numbers of responses (stored by these runs) that have no capture."""
    stored: list[int] = []
    if run_ids is None:
        stored = list(archive.snapshots.numbers())
    for run_id in run_ids or ():
        stored += archive.snapshots.of_run(run_id)
    captured = "SELECT 1 FROM captures WHERE snapshot_id = ?"
    return sorted(number for number in stored if archive.db.conn.execute(captured, (number,)).fetchone() is None)


def _read(archive: Archive, snapshot: Snapshot, district: District | None) -> _Reading:
    try:
        role = parse.page_kind(snapshot) if snapshot.role == "other" else snapshot.role
        if role != "article":
            return _Reading("list" if role == "list" else "other")
        if snapshot.status >= 400:
            return _error_page(archive, snapshot)
        return _Reading("archived", "", process(snapshot, district))
    except Blocked as error:
        if error.kind == SOFT_404:
            return _gone(archive, snapshot, "blocked", error.kind)
        return _Reading("blocked", error.kind)
    except PageError as error:
        return _Reading("unreadable", whole(error.what))
    except _BUGS as error:
        log.error("%s: a reader failed, please report it: %s: %s", snapshot.url, type(error).__name__, error)
        log.debug("where it failed", exc_info=error)
        return _Reading("unreadable", whole(f"a reader failed: {type(error).__name__}: {error}"))


def _error_page(archive: Archive, snapshot: Snapshot) -> _Reading:
    if snapshot.status in GONE:
        return _gone(archive, snapshot, "failed", f"HTTP {snapshot.status}")
    kind = blocked(snapshot)
    return _Reading("blocked", kind) if kind else _Reading("failed", f"HTTP {snapshot.status}")


def _gone(archive: Archive, snapshot: Snapshot, otherwise: Taken, reason: str) -> _Reading:
    """The site says that the page is not there: "removed" where the archive holds it, else it may come back."""
    held = articles.get(archive, snapshot.requested_url or snapshot.url)
    down = leads_down(archive.db.conn, page_url(snapshot))
    return _Reading("removed" if held or down else otherwise, reason)


def _district(snapshot: Snapshot, catalogue: Sequence[District]) -> District | None:
    """The district it was collected for; for imported pages the one whose site it is on."""
    if snapshot.district:
        return next((one for one in catalogue if one.slug == snapshot.district), None)
    name = host(snapshot.url)
    return next((one for one in catalogue if name and host(one.site) == name), None)


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
    reading: _Reading,
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
_EXITS = {"archive": 1, "unreachable": 4}


def _poor(archive: Archive, run: Run) -> bool:
    """Did a column give nothing?"""
    bad = "outcome IN ('shell', 'blocked', 'failed')"
    row = archive.db.conn.execute(f"SELECT 1 FROM column_runs WHERE run_id = ? AND {bad}", (run.id,)).fetchone()
    return row is not None


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

    def open_spider(self) -> None:
        district: District = self._crawler.spider.district
        archive = shared_archive(self._path)
        run = None
        try:
            run = begin(archive, "crawl", district)
            recover(archive, (district,), run=run)
        except BaseException:
            if run is not None:
                run.lock.release()
            archive.close()
            raise
        self._archive, self._run = archive, run
        self._crawler.spider.memory = Ledger(archive, run)

    def process_item(self, item: Any) -> Any:
        if isinstance(item, Snapshot):
            assert self._archive is not None
            take(self._archive, item, run=self._run, catalogue=(self._crawler.spider.district,))
        return item

    def close_spider(self) -> None:
        if self._archive is None or self._run is None:
            return
        archive, self._archive = self._archive, None
        kind, why = getattr(self._crawler.spider, "ended", None) or ("", "")
        if archive.failure is not None:
            kind, why = "archive", str(archive.failure)
        code = _EXITS.get(kind, 3) if kind or _poor(archive, self._run) else 0
        try:
            finish(archive, self._run, code, f"{kind}: {why}" if kind else None)
        except ArchiveError as error:
            log.critical("%s", error)  # the next run closes this one
        finally:
            archive.close()
