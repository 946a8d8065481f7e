"""Opens archive.db and snapshots.db together, brings their schema up to date, and commits them in the right order.

Order is the safety: snapshots.db is always committed first and with an fsync, archive.db after it. Whatever moment
a process dies at, archive.db never speaks of a response that is not kept; a kept response that archive.db does not
know yet is read by ``recover`` (archive/rebuild.py).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import index, migrations
from archive.snapshots import ArchiveError, Snapshots
from archive.turns import BUSY_SECONDS, STEP_BACK_SECONDS, begin_in_turn, let_in, lock_path, migrating

__all__ = ["Archive", "ArchiveError", "lock_path", "open_archive", "plain_errors", "shared_archive", "snapshots_path"]

ARCHIVE_PAGE = 16384  # design/search.md: text 1.14x instead of 1.34x
# 2026-11, 600 pages of 75 KB: 0.384 of WARC.gz with 4 KiB pages, 0.395 with 8, 0.449 with 16, 0.41 with 64.
KEPT_PAGE = 4096
COMMIT_ITEMS = 25
COMMIT_SECONDS = 0.2
FLUSH_SECONDS = 1.0

_shared: dict[Path, Archive] = {}


class Archive:
    """Both files, opened for writing by one thread. Several spiders of a process share one (``shared_archive``).

    A write transaction is opened by ``write`` and closed by ``wrote``: in a batch job after 25 items or 0.2 s, on an
    event loop at once. What nobody waits for is handed to ``soon``, which writes 25 jobs in one go.

    2026-11: with a transaction open while pages are read two workers together were as fast as one.
    """

    def __init__(self, path: Path, db: Database, snapshots: Snapshots) -> None:
        self.path = path
        self.db = db
        self.snapshots = snapshots
        self.references = 1
        self._pending = 0
        self._begun = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._failure: ArchiveError | None = None
        self._jobs: deque[Callable[[], object]] = deque()
        self._working = self._keeping = False
        self._committed = 0.0

    def soon(self, job: Callable[[], object], *, keeps: bool = False) -> None:
        """Has a job write inside the next transaction, with others: after 25 jobs, after 1 s on an event loop, and
        before anything else is written. keeps: it writes snapshots. Raises what an earlier job met; from then on
        nothing is written."""
        self._check()
        self._jobs.append(job)
        self._keeping |= keeps
        if len(self._jobs) >= COMMIT_ITEMS:
            self.commit()
        elif self._timer is None:
            self._arm()

    def _work(self) -> None:
        """Does the jobs. One that fails undoes the transaction: memory is ahead of the file then."""
        if self._working or not self._jobs:
            return
        self._working = True
        try:
            if self._keeping:
                self.write_snapshots()
            while self._jobs:
                self._jobs.popleft()()
            self._keeping = False
        except ArchiveError as error:
            self.fail(error)
            raise
        except BaseException as error:
            self.fail(ArchiveError(f"{self.path}: could not be written: {error!r}"))
            raise
        finally:
            self._working = False

    def write(self) -> sqlite3.Connection:
        """archive.db's connection, inside a write transaction."""
        self._check()
        self._work()
        if not self.db.conn.in_transaction:
            self._begin(self.db.conn)
        return self.db.conn

    def write_snapshots(self) -> Snapshots:
        """The snapshots, inside a write transaction. Both files are always locked in the same order (first this
        one), so two processes cannot wait for each other."""
        self._check()
        self._work()
        if not self.snapshots.conn.in_transaction:
            if self.db.conn.in_transaction:
                self.commit()
            self._begin(self.snapshots.conn)
        return self.snapshots

    def _begin(self, conn: sqlite3.Connection) -> None:
        if not (self.db.conn.in_transaction or self.snapshots.conn.in_transaction):
            if time.monotonic() - self._committed < STEP_BACK_SECONDS:
                let_in(self.path)
            self._begun = time.monotonic()
            self._arm()
        with plain_errors(self.path):
            begin_in_turn(self.path, conn)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _arm(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # a batch job: it commits itself
        if self._timer is None:
            self._timer = loop.call_later(FLUSH_SECONDS, self.commit)

    def wrote(self, items: int = 1) -> None:
        """Tells that whole items were written; commits on an event loop, or when there are enough of them, or when
        enough time has passed. Within a job of ``soon`` it does nothing."""
        if self._working:
            return
        self._pending += items
        full = self._pending >= COMMIT_ITEMS or time.monotonic() - self._begun >= COMMIT_SECONDS
        if full or self._timer is not None:
            self.commit()

    def commit(self) -> None:
        """snapshots.db first, then archive.db. Raises ArchiveError (disk full, ...) with nothing half-written."""
        if not self._failure:
            self._work()
        self._disarm()
        wrote = self.db.conn.in_transaction or self.snapshots.conn.in_transaction
        try:
            with plain_errors(self.snapshots.path):
                self.snapshots.commit()
            with plain_errors(self.path):
                self.db.commit()
            if wrote:
                self._committed = time.monotonic()
        except ArchiveError as error:
            self.fail(error)
            raise

    @property
    def failure(self) -> ArchiveError | None:
        """Why nothing more is written; None while all is well."""
        return self._failure

    def fail(self, error: ArchiveError) -> None:
        """Undoes what is not committed, and refuses further writing: counts in memory are ahead of those in the
        file. ``rollback`` lifts that."""
        self.rollback()
        self._failure = error

    def rollback(self) -> None:
        """Undoes what is not committed; writing may begin anew."""
        self._failure = None
        self._jobs.clear()
        self._keeping = False
        self._disarm()
        for conn in (self.snapshots.conn, self.db.conn):
            if conn.in_transaction:
                conn.rollback()
        self.snapshots.forget()

    def _disarm(self) -> None:
        self._pending = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def close(self) -> None:
        """Commits and closes; a shared archive only when its last user closes it."""
        self.references -= 1
        if self.references > 0:
            self.commit()
            return
        _shared.pop(self.path, None)
        try:
            self.commit()
        finally:
            self.snapshots.conn.close()
            self.db.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            self.rollback()
        self.close()


def snapshots_path(path: Path) -> Path:
    """The file of responses beside an archive: snapshots.db for archive.db, else <stem>-snapshots.db."""
    return path.with_name("snapshots.db" if path.name == "archive.db" else f"{path.stem}-snapshots.db")


def open_archive(path: Path, *, create: bool = True) -> Archive:
    """Opens (and makes, and migrates) the archive at a path. Raises ArchiveError with what to do about it."""
    path = path.expanduser().absolute()
    if not create and not path.exists():
        raise ArchiveError(f"{path}: there is no archive here; `dibao crawl` or `dibao import` makes one")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path}: the folder {path.parent} does not exist; make it or name another place")
    with migrating(path):
        db = _open(path, migrations.archive, page_size=ARCHIVE_PAGE, synchronous="NORMAL")
        try:
            kept = _open(snapshots_path(path), migrations.snapshots, page_size=KEPT_PAGE, synchronous="FULL")
        except ArchiveError:
            db.close()
            raise
    with plain_errors(path):
        # Without its snapshots.db an archive goes on with new numbers: old captures must not meet new responses.
        (least,) = db.execute("SELECT coalesce(max(snapshot_id), 0) FROM captures").fetchone()
    return Archive(path, db, Snapshots(snapshots_path(path), kept.conn, least))


def shared_archive(path: Path) -> Archive:
    """This process' one Archive for a path: for spiders that run side by side. Close it once for each call."""
    path = path.expanduser().absolute()
    if path in _shared:
        _shared[path].references += 1
    else:
        _shared[path] = open_archive(path)
    return _shared[path]


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ArchiveError: the file, what happened, what to do."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise  # a mistake of ours, not of the file
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path}: {_advice(error)}") from error


def _advice(error: sqlite3.DatabaseError) -> str:
    text = str(error)
    if "full" in text:
        return "the disk is full; nothing half-written was kept. Make room and run the same command again"
    if "disk I/O error" in text:  # 2026-11: also what SQLite says when its -shm file cannot grow on a full disk
        return "the disk is full or failing; nothing half-written was kept. Make room and run the same command again"
    if "locked" in text:
        return f"another process has been writing for more than {BUSY_SECONDS:.0f} s; try again when it is done"
    if "not a database" in text or "malformed" in text:
        return f"is not an SQLite file or is damaged ({text}); put a backup in its place or name another --archive"
    if "readonly" in text or "unable to open" in text or "attempt to write" in text:
        return f"cannot be written ({text}); check the rights of the file and its folder"
    return text


def _open(path: Path, steps: Migrations, *, page_size: int, synchronous: str) -> Database:
    with plain_errors(path):
        conn = sqlite3.connect(path, timeout=BUSY_SECONDS, cached_statements=256)
        try:
            conn.execute(f"PRAGMA page_size = {page_size}")
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute(f"PRAGMA synchronous = {synchronous}")
            index.register(conn)
            db = Database(conn)
            _refuse_newer(path, db, steps)
            if steps.pending(db):
                steps.apply(db)
        except (sqlite3.DatabaseError, ArchiveError):
            conn.close()
            raise
    return db


def _refuse_newer(path: Path, db: Database, steps: Migrations) -> None:
    known = [step.name for step in steps._migrations]
    unknown = [step.name for step in steps.applied(db) if step.name not in known]
    if unknown:
        raise ArchiveError(
            f"{path}: was written by a newer Dibao (schema step {unknown[-1]}; this one knows up to {known[-1]}). "
            "Upgrade Dibao, or open a copy that was made before the upgrade"
        )
