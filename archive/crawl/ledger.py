"""The ledger: what was listed, fetched, failed and still waits; the archive's side of a spider's memory.

Pages are known by their canonical URL. queue.py holds what becomes of them, coverage.py counts them by column and day,
fetches.py the requests, backfills.py how far back a column was read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from archive import articles
from archive.crawl import backfills, coverage, fetches, halves, lists, queue, sightings
from archive.crawl.lists import FINISHED
from archive.crawl.queue import AGAIN, BACK_OFF, DONE
from archive.crawl.runs import Run, count
from archive.hidden import leads_down
from archive.snapshots import stamp, whole
from archive.store import Archive, ArchiveError, plain_errors
from scraper.catalogue import Column
from scraper.items import ListPage, Row, Snapshot
from scraper.spiders.memory import Backfill, Before, Fetch, Listing, Wanted
from scraper.urls import canonical, host

__all__ = ["BACK_OFF", "Ledger"]

TRUST_PAGES = timedelta(days=14)  # as archive/crawl/lists.py


class Ledger:
    """scraper.spiders.memory.Memory over an archive, for one run of one district."""

    def __init__(self, archive: Archive, run: Run, daily: int = 3000) -> None:
        self._archive = archive
        self._run = run
        self._daily = daily
        self._looks = min(sightings.REVISITS, daily // sightings.SHARE)
        self._began = stamp(datetime.now(UTC))
        self._addresses: dict[str, str] = {}
        self._listed: set[tuple[str, str]] = set()
        self._given: set[str] = set()
        self._contiguous: dict[str, int] = {}

    def waiting(self) -> Sequence[Wanted]:
        """Pages of earlier runs that are due, newest first. Each counts as seen by this run."""
        with self._writing() as conn:
            found = queue.due(conn, self._run.district)
            for url, wanted in found:
                self._addresses[url] = wanted.url
                count(conn, self._run, url, "waiting")
        return [wanted for _, wanted in found]

    def list_validators(self, url: str) -> tuple[str, str]:
        return lists.validators(self._archive.db.conn, url)

    def gone(self, url: str) -> bool:
        return fetches.gone(self._archive.db.conn, url, self._run.id)

    def half(self, snapshot: Snapshot) -> bool:
        return halves.is_half(self._archive, snapshot)

    def together(self) -> AbstractAsyncContextManager[None]:
        return self._archive.together()

    def rowless(self, url: str) -> None:
        self._soon(lambda conn: lists.forget(conn, url))

    def before(self, column: Column) -> Before:
        row = self._archive.db.conn.execute(
            "SELECT pages, floor FROM column_runs WHERE district = ? AND \"column\" = ? AND outcome = 'ok'"
            " ORDER BY run_id DESC LIMIT 1",
            (self._run.district, column.name),
        ).fetchone()
        return Before(row[0], date.fromisoformat(row[1]) if row[1] else None) if row else Before()

    def visited(self, column: Column) -> bool:
        row = self._archive.db.conn.execute(
            "SELECT 1 FROM column_runs WHERE district = ? AND \"column\" = ? AND outcome = 'ok' LIMIT 1",
            (self._run.district, column.name),
        ).fetchone()
        return row is not None

    def known(self, column: Column, urls: Sequence[str]) -> Collection[str]:
        """Rows that a run has recorded which read the column to its end, or, of a backfill that goes on, without a
        gap from its top."""
        return {url for url in urls if self._is_known(self._archive.db.conn, canonical(url), column)}

    def _is_known(self, conn: sqlite3.Connection, page: str, column: Column) -> bool:
        row = conn.execute(
            "SELECT 1 FROM listings l LEFT JOIN column_runs c"
            f' ON c.run_id = l.run_id AND c."column" = l."column" AND c.outcome IN {FINISHED}'
            ' WHERE l.url = ? AND l.district = ? AND l."column" = ? AND (c.run_id IS NOT NULL OR l.run_id <= ?)',
            (page, self._run.district, column.name, self._contiguous.get(column.name, 0)),
        ).fetchone()
        return row is not None

    def backfill(self, column: Column, since: date | None, until: date | None) -> Backfill:
        with self._writing() as conn:
            found, run_id = backfills.begun(conn, self._run.district, column.name, since, until)
        self._contiguous[column.name] = run_id
        return found

    def reached(self, column: Column, since: date, until: date | None, url: str | None, rows: int) -> None:
        place = (self._run.district, column.name, since, until)
        self._soon(lambda conn: backfills.reached(conn, place, self._run.id, url, rows))

    def listed(self, column: Column, page: ListPage, rows: Sequence[Row]) -> Listing:
        """Records rows; see Memory. A row that changed its title or date in this column is wanted again."""
        wanted: list[Wanted] = []
        known = 0
        day = fetches.today()
        with self._writing(len(rows)) as conn:
            for stored in map(_storable, rows):
                url = canonical(stored.url)
                row = replace(stored, title="") if leads_down(conn, url) else stored
                known += self._is_listed(conn, url, column)
                same, covered = self._list(conn, url, column, row)
                found, part = self._want(conn, url, column, row, same)
                if found:
                    wanted.append(found)
                if found or covered[0] != day:
                    coverage.cover(conn, (url, self._run.district, column.name), covered, (day, part))
        return Listing(tuple(wanted), known)

    def _is_listed(self, conn: sqlite3.Connection, url: str, column: Column) -> bool:
        return (url, column.name) in self._listed or self._is_known(conn, url, column)

    def _list(self, conn: sqlite3.Connection, url: str, column: Column, row: Row) -> tuple[bool, tuple[str, str]]:
        """Records that a column lists a page: (False if it listed it with another title or date before, the day and
        part that the page counts under in this column)."""
        self._listed.add((url, column.name))
        place = (url, self._run.district, column.name)
        before = conn.execute(
            "SELECT listed_title, listed_on, run_id, covered_on, covered_as FROM listings"
            ' WHERE url = ? AND district = ? AND "column" = ?',
            place,
        ).fetchone()
        now = (row.title, row.listed_on.isoformat() if row.listed_on else None)
        run_id = before[2] if before and self._is_known(conn, url, column) else self._run.id
        conn.execute(
            'INSERT INTO listings (url, district, "column", listed_title, listed_on, run_id, first_seen_at,'
            " last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT DO UPDATE SET listed_title = ?4,"
            " listed_on = ?5, run_id = ?6, last_seen_at = ?7",
            (*place, *now, run_id, _now()),
        )
        if before is None:
            articles.assign_columns(self._archive, url)
            return True, ("", "")
        return before[:2] == now, before[3:]

    def _want(
        self, conn: sqlite3.Connection, url: str, column: Column, row: Row, same: bool
    ) -> tuple[Wanted | None, str]:
        """Counts a listed page: (what to fetch, if it is to be; the part of coverage it is)."""
        page = queue.page(conn, url)
        if url in self._run.state:
            if row.url != self._addresses.setdefault(url, row.url):
                count(conn, self._run, row.url, "duplicate")
            state = self._run.state[url]
            return None, page.part if page and state not in DONE else coverage.part(state)
        self._addresses[url] = row.url
        if page is None:
            queue.add(conn, url, self._run.district, column, row)
        elif page.state in DONE and same:
            count(conn, self._run, url, "unchanged")
            return None, "unchanged"
        elif page.state in AGAIN and same and (page.next_try_at is None or page.next_try_at > _now()):
            count(conn, self._run, url, "waiting" if page.next_try_at else page.state)
            return None, page.part
        elif not same:  # waits from now on: a kill before it is fetched must not lose what the list told
            conn.execute("UPDATE pages SET state = 'waiting', next_try_at = NULL WHERE url = ?", (url,))
        count(conn, self._run, url, "waiting")
        trusted = page and page.state in DONE and (page.fetched_at or "") > stamp(datetime.now(UTC) - TRUST_PAGES)
        etag, modified = (page.etag, page.last_modified) if page and trusted else ("", "")
        part = page.part if page and same else "waiting"
        return Wanted(row.url, column.name, row.title, row.listed_on, etag, modified), part

    def column_read(self, column: Column, outcome: str, rows: int, note: str = "", left: Before | None = None) -> None:
        left = left or Before()

        def write(conn: sqlite3.Connection) -> None:
            conn.execute(
                'INSERT INTO column_runs (run_id, district, "column", outcome, rows, note, pages, floor)'
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET outcome = excluded.outcome,"
                " rows = excluded.rows, note = excluded.note, pages = excluded.pages, floor = excluded.floor",
                (
                    *(self._run.id, self._run.district, column.name, outcome, rows, note, left.pages),
                    left.floor.isoformat() if left.floor else None,
                ),
            )
            if outcome == "ok":
                sightings.absent(conn, self._run.district, column.name, self._began, datetime.now(UTC))

        self._soon(write)

    def unchanged(self, wanted: Wanted) -> None:
        url = canonical(wanted.url)

        def write(conn: sqlite3.Connection) -> None:
            if wanted.role != "article":
                queue.enclosure_unchanged(conn, url)
                return
            conn.execute("UPDATE pages SET last_seen_at = ?, state = 'unchanged' WHERE url = ?", (_now(), url))
            coverage.settle(conn, url, "unchanged", fetches.today())
            sightings.confirmed(conn, wanted.url, datetime.now(UTC))
            count(conn, self._run, url, "unchanged")

        self._soon(write)

    def failed(self, wanted: Wanted, reason: str) -> None:
        url = canonical(wanted.url)

        def write(conn: sqlite3.Connection) -> None:
            if wanted.role != "article":
                queue.enclosure_failed(conn, self._run, url, "failed", reason)
                return
            if not queue.stays(conn, self._run, url, reason):
                queue.settle_failure(conn, self._run, url, "failed", reason)
            count(conn, self._run, url, "failed")

        self._soon(write)

    def fetched(self, fetch: Fetch) -> None:
        self._run.fetches.append(fetch)

    def spent(self, name: str) -> tuple[int, int]:
        return fetches.spent(self._archive.db.conn, name, self._run.fetches)

    def enclosures(self) -> Sequence[Wanted]:
        with self._writing() as conn:  # what articles lead to may still be about to be written
            found = queue.enclosures_due(conn, self._run.district)
            fresh = [one for one in found if one.url not in self._given]
            self._given.update(one.url for one in fresh)
            return [*fresh, *self._revisits(conn)]

    def _revisits(self, conn: sqlite3.Connection) -> Iterator[Wanted]:
        """Archived pages that are due to be looked at again, once a run, with what is left of the day's budget."""
        limit, self._looks = self._looks, 0
        left: dict[str, int] = {}
        for wanted in sightings.due(conn, self._run.district, datetime.now(UTC), limit):
            url, where = canonical(wanted.url), host(wanted.url)
            known = queue.page(conn, url)
            queued = known and known.state not in DONE and (known.state == "waiting" or known.next_try_at)
            if queued or self._run.state.get(url, "unchanged") != "unchanged":
                continue
            left.setdefault(where, self._daily - self.spent(where)[0])
            left[where] -= 1
            if left[where] < 0:
                continue
            self._addresses.setdefault(url, wanted.url)
            self._run.looks.add(url)
            if url not in self._run.state:
                count(conn, self._run, url, "waiting")
            yield wanted

    def _soon(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Has something written that nobody waits for."""

        def job() -> None:
            with plain_errors(self._archive.path):
                conn = self._archive.write()
                work(conn)
                fetches.flush(conn, self._run)

        self._archive.soon(job)

    @contextmanager
    def _writing(self, items: int = 1) -> Iterator[sqlite3.Connection]:
        try:
            with plain_errors(self._archive.path):
                conn = self._archive.write()
                yield conn
                fetches.flush(conn, self._run)
            self._archive.wrote(items)
        except ArchiveError as error:
            self._archive.fail(error)
            raise


def _storable(row: Row) -> Row:
    """Half characters (from broken escapes in lists made by scripts) cannot be stored."""
    return replace(row, url=whole(row.url), title=whole(row.title))


def _now() -> str:
    return stamp(datetime.now(UTC))
