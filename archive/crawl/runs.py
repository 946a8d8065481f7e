"""Runs: one crawl, import or rebuild at a time for each district, with a count of every page's one outcome.

At any moment, in every committed state: seen = archived + updated + unchanged + duplicate + removed + blocked +
unreadable + failed + waiting.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archive import chain
from archive.snapshots import stamp
from archive.store import Archive, ArchiveError, lock_path, plain_errors
from scraper.catalogue import District
from scraper.spiders.memory import Fetch

COUNTS = (
    *("archived", "updated", "unchanged", "duplicate", "removed"),
    *("blocked", "unreadable", "failed", "waiting"),
)
INTERRUPTED = "interrupted: the process ended without closing its run"
INTERRUPTED_EXIT = 137  # as the shell reports kill -9


class Busy(ArchiveError):
    """Another process works on this district. Says which and since when; not an error of this run."""


class Lock:
    """An advisory lock on a hidden file beside the archive. The system frees it when its process ends, however."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = lock_path(path, name)
        self.name = name
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises Busy when another process, or another run of this one, holds it."""
        try:
            file = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise ArchiveError(f"{self.path}: cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip()
            file.close()
            raise Busy(f"{self.name}: is being worked on by another process ({owner}); nothing was done") from None
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
        file.flush()
        self._file = file

    def held(self) -> bool:
        """Does anybody hold it now?"""
        try:
            self.take()
        except Busy:
            return True
        self.release()
        return False

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(slots=True)
class Run:
    """A run in progress. state: page (canonical URL) or second address -> what it counts as now; fetches: requests
    made and not yet written down (archive/crawl/fetches.py); looks: stored pages that are only looked at again."""

    id: int
    kind: str
    district: str
    lock: Lock
    state: dict[str, str] = field(default_factory=dict)
    fetches: list[Fetch] = field(default_factory=list)
    looks: set[str] = field(default_factory=set)


def begin(archive: Archive, kind: str, district: District | None = None) -> Run:
    """Takes the lock of the district (or of the kind, for work on all), closes runs that were killed, and starts a
    run. Raises Busy."""
    slug = district.slug if district else ""
    lock = Lock(archive.path, slug or kind)
    lock.take()
    try:
        with plain_errors(archive.path):
            conn = archive.write()
            close_dead(conn, kind, slug)
            if district:
                know(conn, district)
            number = conn.execute(
                "INSERT INTO runs (district, kind, pid, started_at) VALUES (?, ?, ?, ?)",
                (slug, kind, os.getpid(), stamp(datetime.now(UTC))),
            ).lastrowid
        archive.wrote(whole=True)
    except ArchiveError as error:
        lock.release()
        archive.fail(error)
        raise
    assert number is not None
    return Run(number, kind, slug, lock)


def close_dead(conn: sqlite3.Connection, kind: str, slug: str) -> None:
    """Whoever holds the lock knows that no other run is alive under it."""
    where = "district = ?" if slug else "district = '' AND kind = ?"
    dead = conn.execute(f"SELECT id FROM runs WHERE ended_at IS NULL AND {where.replace('?', '?1')}", (slug or kind,))
    for (number,) in dead.fetchall():
        conn.execute(
            "UPDATE runs SET ended_at = ?, exit_code = ?, note = trim(note || ' ' || ?) WHERE id = ?",
            (stamp(datetime.now(UTC)), INTERRUPTED_EXIT, INTERRUPTED, number),
        )
        chain.seal(conn, number)


def unrecovered(archive: Archive, run: Run) -> list[int]:
    """Earlier runs under the same lock that may have left responses unread: since the last that recovered."""
    where = "district = ?1" if run.district else "district = '' AND kind = ?2"
    rows = archive.db.conn.execute(
        f"SELECT id FROM runs WHERE {where} AND id < ?3 AND id >= coalesce((SELECT max(id) FROM runs"
        f" WHERE {where} AND recovered AND id < ?3), 0)",
        (run.district, run.kind, run.id),
    )
    return [number for (number,) in rows]


def finish(archive: Archive, run: Run, exit_code: int = 0, note: str | None = None) -> None:
    """Commits, closes the run and frees its lock, whatever happens. Without a note the run keeps the one it has.
    After a failed write the run is closed with the counts of the last commit."""
    try:
        failure = archive.failure
        if failure is not None:
            archive.rollback()
        with plain_errors(archive.path):
            end(archive.write(), run, exit_code, note)
        archive.commit()
        if failure is not None:
            archive.fail(failure)  # other runs of this process must not go on
    finally:
        run.lock.release()


def end(conn: sqlite3.Connection, run: Run, exit_code: int, note: str | None = None) -> None:
    """Closes the run in the open transaction; its lock is freed by whoever commits that."""
    conn.execute(
        "UPDATE runs SET ended_at = ?, exit_code = ?, note = coalesce(?, note) WHERE id = ?",
        (stamp(datetime.now(UTC)), exit_code, note, run.id),
    )
    chain.seal(conn, run.id)


def know(conn: sqlite3.Connection, district: District) -> None:
    """Writes what the catalogue says of a district, for the reader of archive.db and for the order of columns."""
    conn.execute(
        "INSERT INTO districts (slug, name, code, site, family) VALUES (?, ?, ?, ?, ?) ON CONFLICT (slug) DO UPDATE"
        " SET name = excluded.name, code = excluded.code, site = excluded.site, family = excluded.family",
        (district.slug, district.name, district.code, district.site, district.layout.family),
    )
    columns = [(district.slug, n, column.name, column.url) for n, column in enumerate(district.columns)]
    asked = "SELECT district, position, name, url FROM columns WHERE district = ? ORDER BY position"
    if conn.execute(asked, (district.slug,)).fetchall() == columns:
        return
    conn.execute("DELETE FROM columns WHERE district = ?", (district.slug,))
    conn.executemany("INSERT INTO columns (district, position, name, url) VALUES (?, ?, ?, ?)", columns)


def count(conn: sqlite3.Connection, run: Run | None, page: str, outcome: str) -> None:
    """Gives a page its outcome in this run: the first time it is seen, or in place of an earlier one ("waiting")."""
    if run is None:
        return
    before = run.state.get(page)
    if before == outcome:
        return
    assert outcome in COUNTS
    change = "seen = seen + 1" if before is None else f"{before} = {before} - 1"
    conn.execute(f"UPDATE runs SET {change}, {outcome} = {outcome} + 1 WHERE id = ?", (run.id,))
    run.state[page] = outcome


def count_request(conn: sqlite3.Connection, run: Run | None, size: int = 0) -> None:
    """One more answer (or failure to answer) and the bytes it brought."""
    if run is not None:
        conn.execute("UPDATE runs SET requests = requests + 1, bytes = bytes + ? WHERE id = ?", (size, run.id))
