"""The ledger: what was listed, fetched, failed and still waits; the archive's side of a spider's memory.

Pages are known by their canonical URL. A page that failed, was blocked or could not be read is tried again in later
runs, at growing distances, and given up after seven tries with its reason kept.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from archive import articles
from archive.hidden import leads_down
from archive.runs import Run, count, count_request
from archive.snapshots import stamp, whole
from archive.store import Archive, ArchiveError, plain_errors
from scraper.catalogue import Column
from scraper.items import ListPage, Row, Snapshot
from scraper.spiders.memory import Listing, Wanted
from scraper.urls import canonical

DONE = ("archived", "updated", "unchanged", "duplicate", "removed")
AGAIN = ("blocked", "unreadable", "failed")
# After the first failure the next run tries again, then at growing distances; after the last it is given up.
BACK_OFF = tuple(timedelta(hours=hours) for hours in (0, 1, 6, 24, 72, 168))
FINISHED = ("ok", "unchanged")

_PAGE = """SELECT state, requested_url, listed_title, listed_on, tries, next_try_at, etag, last_modified, sha256
    FROM pages WHERE url = ?"""


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


def page_url(snapshot: Snapshot) -> str:
    """The identity of the page that was asked for, which a redirect does not change."""
    return canonical(snapshot.requested_url or snapshot.url)


class Ledger:
    """scraper.spiders.memory.Memory over an archive, for one run of one district."""

    def __init__(self, archive: Archive, run: Run) -> None:
        self._archive = archive
        self._run = run
        self._addresses: dict[str, str] = {}
        self._listed: set[tuple[str, str]] = set()

    def waiting(self) -> Sequence[Wanted]:
        """Pages of earlier runs that are due, newest first. Each counts as seen by this run."""
        marks = ", ".join("?" * len(AGAIN))
        with self._writing() as conn:
            rows = conn.execute(
                'SELECT url, requested_url, "column", listed_title, listed_on FROM pages WHERE district = ?'
                f" AND (state = 'waiting' OR (state IN ({marks}) AND next_try_at <= ?))"
                " ORDER BY listed_on DESC, url",
                (self._run.district, *AGAIN, _now()),
            ).fetchall()
            for url, requested, *_ in rows:
                self._addresses[url] = requested
                count(conn, self._run, url, "waiting")
        return [Wanted(requested, column, title, _day(listed)) for _, requested, column, title, listed in rows]

    def list_validators(self, url: str) -> tuple[str, str]:
        """Only of a list page whose column was read to its end then: a 304 must not hide rows never recorded."""
        row = self._archive.db.conn.execute(
            "SELECT etag, last_modified FROM lists l WHERE url = ? AND EXISTS (SELECT 1 FROM column_runs c"
            f' WHERE c.run_id = l.run_id AND c."column" = l."column" AND c.outcome IN {FINISHED})',
            (url,),
        ).fetchone()
        return (row[0], row[1]) if row else ("", "")

    def visited(self, column: Column) -> bool:
        row = self._archive.db.conn.execute(
            "SELECT 1 FROM column_runs WHERE district = ? AND \"column\" = ? AND outcome = 'ok' LIMIT 1",
            (self._run.district, column.name),
        ).fetchone()
        return row is not None

    def known(self, column: Column, urls: Sequence[str]) -> Collection[str]:
        """Rows that a run which read the column to its end has recorded."""
        return {url for url in urls if self._is_known(self._archive.db.conn, canonical(url), column)}

    def _is_known(self, conn: sqlite3.Connection, page: str, column: Column) -> bool:
        row = conn.execute(
            'SELECT 1 FROM listings l JOIN column_runs c ON c.run_id = l.run_id AND c."column" = l."column"'
            f' WHERE l.url = ? AND l.district = ? AND l."column" = ? AND c.outcome IN {FINISHED}',
            (page, self._run.district, column.name),
        ).fetchone()
        return row is not None

    def listed(self, column: Column, page: ListPage, rows: Sequence[Row]) -> Listing:
        """Records rows; see Memory. A row that changed its title or date in this column is wanted again."""
        wanted: list[Wanted] = []
        known = 0
        with self._writing(len(rows)) as conn:
            for stored in map(_storable, rows):
                url = canonical(stored.url)
                row = replace(stored, title="") if leads_down(conn, url) else stored
                known += (url, column.name) in self._listed or self._is_known(conn, url, column)
                same = self._list(conn, url, column, row)
                if found := self._want(conn, url, column, row, same):
                    wanted.append(found)
        return Listing(tuple(wanted), known)

    def _list(self, conn: sqlite3.Connection, url: str, column: Column, row: Row) -> bool:
        """Records that a column lists a page; False if it listed it with another title or date before."""
        self._listed.add((url, column.name))
        place = (url, self._run.district, column.name)
        before = conn.execute(
            'SELECT listed_title, listed_on FROM listings WHERE url = ? AND district = ? AND "column" = ?', place
        ).fetchone()
        now = (row.title, row.listed_on.isoformat() if row.listed_on else None)
        run_id = self._run.id
        if before is not None and self._is_known(conn, url, column):
            run_id = conn.execute(
                'SELECT run_id FROM listings WHERE url = ? AND district = ? AND "column" = ?', place
            ).fetchone()[0]
        conn.execute(
            'INSERT INTO listings (url, district, "column", listed_title, listed_on, run_id, first_seen_at,'
            " last_seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) ON CONFLICT DO UPDATE SET listed_title = ?4,"
            " listed_on = ?5, run_id = ?6, last_seen_at = ?7",
            (*place, *now, run_id, _now()),
        )
        if before is None:
            articles.assign_columns(self._archive, url)
        return before is None or before == now

    def _want(self, conn: sqlite3.Connection, url: str, column: Column, row: Row, same: bool) -> Wanted | None:
        """Counts a listed page; gives it back if it is to be fetched."""
        if url in self._run.state:
            if row.url != self._addresses.setdefault(url, row.url):
                count(conn, self._run, row.url, "duplicate")
            return None
        self._addresses[url] = row.url
        page = _page(conn, url)
        if page is None:
            _add(conn, url, self._run.district, column, row)
        elif page.state in DONE and same:
            count(conn, self._run, url, "unchanged")
            return None
        elif page.state in AGAIN and same and (page.next_try_at is None or page.next_try_at > _now()):
            count(conn, self._run, url, "waiting" if page.next_try_at else page.state)
            return None
        count(conn, self._run, url, "waiting")
        held = page if page is not None and page.state in DONE else None
        etag, modified = (held.etag, held.last_modified) if held else ("", "")
        return Wanted(row.url, column.name, row.title, row.listed_on, etag, modified)

    def column_read(self, column: Column, outcome: str, rows: int, note: str = "") -> None:
        with self._writing() as conn:
            conn.execute(
                'INSERT INTO column_runs (run_id, district, "column", outcome, rows, note) VALUES (?, ?, ?, ?, ?, ?)'
                " ON CONFLICT DO UPDATE SET outcome = excluded.outcome, rows = excluded.rows, note = excluded.note",
                (self._run.id, self._run.district, column.name, outcome, rows, note),
            )

    def unchanged(self, wanted: Wanted) -> None:
        url = canonical(wanted.url)
        with self._writing() as conn:
            conn.execute("UPDATE pages SET last_seen_at = ?, state = 'unchanged' WHERE url = ?", (_now(), url))
            count(conn, self._run, url, "unchanged")
            count_request(conn, self._run)

    def failed(self, wanted: Wanted, reason: str) -> None:
        url = canonical(wanted.url)
        with self._writing() as conn:
            settle_failure(conn, self._run, url, "failed", reason)
            count(conn, self._run, url, "failed")
            count_request(conn, self._run)

    @contextmanager
    def _writing(self, items: int = 1) -> Iterator[sqlite3.Connection]:
        try:
            with plain_errors(self._archive.path):
                yield self._archive.write()
            self._archive.wrote(items)
        except ArchiveError as error:
            self._archive.fail(error)
            raise


def note_list(conn: sqlite3.Connection, run: Run | None, snapshot: Snapshot) -> None:
    """Remembers a list page's validators for the next run."""
    conn.execute(
        'INSERT OR REPLACE INTO lists (url, district, "column", run_id, etag, last_modified, fetched_at)'
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(snapshot.requested_url or snapshot.url, snapshot.district, snapshot.column, run.id if run else None),
            *(snapshot.header("etag"), snapshot.header("last-modified"), stamp(snapshot.captured_at)),
        ),
    )


def settle_page(
    conn: sqlite3.Connection, run: Run | None, snapshot: Snapshot, *, sha256: str, outcome: str, reason: str
) -> None:
    """A page's state after one of its snapshots was read. A snapshot older than the page's last changes nothing, and
    reading one again does not end the tries of a page that failed since."""
    url = page_url(snapshot)
    row = conn.execute("SELECT fetched_at, state FROM pages WHERE url = ?", (url,)).fetchone()
    if row is None:
        _add(conn, url, snapshot.district, Column(snapshot.column, ""), _row(snapshot))
    else:
        newer = row[0] is not None and row[0] > stamp(snapshot.captured_at)
        if newer or (run is not None and run.kind == "reprocess" and row[1] == "failed"):
            return
    if outcome in AGAIN:
        settle_failure(conn, run, url, outcome, reason)
    final = canonical(snapshot.url)
    good = outcome in DONE
    conn.execute(
        "UPDATE pages SET fetched_at = ?, sha256 = ?, final_url = ?, etag = ?, last_modified = ? WHERE url = ?",
        (
            *(stamp(snapshot.captured_at), sha256, final if final != url else ""),
            *((snapshot.header("etag"), snapshot.header("last-modified")) if good else ("", "")),
            url,
        ),
    )
    if good:
        conn.execute(
            "UPDATE pages SET state = ?, reason = ?, tries = 0, next_try_at = NULL WHERE url = ?",
            (outcome, reason, url),
        )


def settle_failure(conn: sqlite3.Connection, run: Run | None, url: str, state: str, reason: str) -> None:
    """Puts a page into the retry queue, or gives it up. What was archived of it stays. Only a crawl tries again:
    reading stored pages once more is no try, and imported pages have no site to ask."""
    page = _page(conn, url)
    if page is None:
        return
    if run is None or run.kind != "crawl":
        conn.execute("UPDATE pages SET state = ?, reason = ? WHERE url = ?", (state, reason, url))
        return
    next_try = stamp(datetime.now(UTC) + BACK_OFF[page.tries]) if page.tries < len(BACK_OFF) else None
    if next_try is None:
        reason = f"{reason} (given up after {page.tries + 1} tries)"
    conn.execute(
        "UPDATE pages SET state = ?, reason = ?, tries = tries + 1, next_try_at = ? WHERE url = ?",
        (state, reason, next_try, url),
    )


def _page(conn: sqlite3.Connection, url: str) -> Page | None:
    row = conn.execute(_PAGE, (url,)).fetchone()
    return None if row is None else Page(*row)


def _add(conn: sqlite3.Connection, url: str, district: str, column: Column, row: Row) -> None:
    conn.execute(
        'INSERT INTO pages (url, requested_url, district, "column", listed_title, listed_on, state, first_seen_at,'
        " last_seen_at) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?7, ?7)",
        (
            *(url, row.url, district, column.name, row.title),
            *(row.listed_on.isoformat() if row.listed_on else None, _now()),
        ),
    )


def _storable(row: Row) -> Row:
    """Half characters (from broken escapes in lists made by scripts) cannot be stored."""
    return replace(row, url=whole(row.url), title=whole(row.title))


def _row(snapshot: Snapshot) -> Row:
    return Row(snapshot.requested_url or snapshot.url, snapshot.listed_title, snapshot.listed_on)


def _now() -> str:
    return stamp(datetime.now(UTC))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
