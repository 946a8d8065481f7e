"""Scrapy's way in: a district's run begins with its spider, keeps what that yields, and ends with it."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from archive.crawl import cooling, fetches, leases
from archive.crawl.ledger import Ledger
from archive.crawl.runs import Run, begin, end, finish
from archive.intake.take import keep, recover, unread
from archive.intake.verdicts import read
from archive.snapshots import storable
from archive.store import Archive, ArchiveError, plain_errors, shared_archive
from scraper.catalogue import District
from scraper.items import Snapshot

log = logging.getLogger(__name__)

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
            job = partial(keep, archive, snapshot, reading, run=run, catalogue=catalogue)
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
