"""How an archive is written: what goes into one transaction, in which order the two files are committed.

Order is the safety: snapshots.db is always committed first and with an fsync, archive.db after it. Whatever moment
a process dies at, archive.db never speaks of a response that is not kept; a kept response that archive.db does not
know yet is read by ``recover`` (archive/intake/take.py).

On an event loop many spiders write through one Archive; they do it in rounds (rounds.py).
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from archive.errors import plain_errors
from archive.rounds import Rounds, running_loop
from archive.snapshots import ArchiveError, Snapshots
from archive.turns import STEP_BACK_SECONDS, begin_at_once, begin_in_turn, let_in

COMMIT_ITEMS = 25
COMMIT_SECONDS = 0.2
SOON_SECONDS = 1.0  # what nobody waits for is written after so long at the latest
GATHER_SECONDS = 0.002  # a round gathers so long for each user of the archive
MANY_JOBS = 200  # so many are not left waiting for a better moment


class Archive:
    """Both files, opened for writing by one thread. Several spiders of a process share one (``store.shared_archive``);
    on_empty is called when the last of its users closes it.

    A write transaction is opened by ``write`` and closed by ``wrote``: in a batch job after 25 items or 0.2 s, on an
    event loop at once, in a round at its end.

    2026-11: with a transaction open while pages are read two workers together were as fast as one.
    """

    def __init__(self, path: Path, db: Database, snapshots: Snapshots) -> None:
        self.path = path
        self.db = db
        self.snapshots = snapshots
        self.references = 1
        self.on_empty: Callable[[], object] = lambda: None
        self._pending = 0
        self._begun = self._committed = 0.0
        self._failure: ArchiveError | None = None
        self._jobs: deque[Callable[[], object]] = deque()
        self._working = self._keeping = False
        self._rounds = Rounds(self._begin_round, self._end_round)

    # -- on an event loop

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """What is written inside is committed with what others write at this moment, before the block is left. Nothing
        is awaited inside. Raises ArchiveError when it was not kept."""
        self._check()
        async with self._rounds.member(GATHER_SECONDS * self.references):
            try:
                with plain_errors(self.path):
                    yield
            except ArchiveError as error:
                if isinstance(error.__cause__, sqlite3.Error):
                    self.fail(error)  # what others have written is undone with it
                raise
        self._check()

    def soon(self, job: Callable[[], object], *, keeps: bool = False) -> None:
        """Has a job write in the next round: in a second at the latest, and before anything else is written; without
        an event loop now. keeps: it writes snapshots. Raises what an earlier job met."""
        self._check()
        self._jobs.append(job)
        self._keeping |= keeps
        if running_loop() is None:
            self.write()
            self.wrote(whole=True)
        elif len(self._jobs) >= MANY_JOBS:
            self.commit()
        else:
            self._rounds.call(0 if len(self._jobs) >= COMMIT_ITEMS else SOON_SECONDS)

    def _begin_round(self, insist: bool) -> bool:
        """Opens the transaction, of both files, unless another process is writing. insist: whoever writes waits."""
        try:
            if not (insist or self._in_transaction or self._failure):
                with plain_errors(self.path):
                    if not begin_at_once(self.snapshots.conn):
                        return False
                    if not begin_at_once(self.db.conn):
                        self.snapshots.conn.rollback()
                        return False
                self._begun = time.monotonic()
            self._work()
        except ArchiveError as error:  # its members are told
            self.fail(error)
        return True

    def _end_round(self) -> None:
        with suppress(ArchiveError):  # its members are told
            self.commit()

    # -- transactions

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
        if not self._in_transaction:
            if time.monotonic() - self._committed < STEP_BACK_SECONDS:
                let_in(self.path)
            self._begun = time.monotonic()
        with plain_errors(self.path):
            begin_in_turn(self.path, conn)

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

    def wrote(self, items: int = 1, *, whole: bool = False) -> None:
        """Tells that items were written. Commits them on an event loop, when there are enough of them, when enough
        time has passed, or when they are a whole; but within a round or a job of ``soon`` that is done at its end."""
        if self._working or self._rounds.is_open:
            return
        self._pending += items
        full = self._pending >= COMMIT_ITEMS or time.monotonic() - self._begun >= COMMIT_SECONDS
        if whole or full or running_loop() is not None:
            self.commit()

    def commit(self) -> None:
        """snapshots.db first, then archive.db. Raises ArchiveError (disk full, ...) with nothing half-written."""
        if not self._failure:
            self._work()
        self._pending = 0
        wrote = self._in_transaction
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
    def _in_transaction(self) -> bool:
        return self.db.conn.in_transaction or self.snapshots.conn.in_transaction

    # -- failure

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

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
        self._pending = 0
        for conn in (self.snapshots.conn, self.db.conn):
            if conn.in_transaction:
                conn.rollback()
        self.snapshots.forget()

    # -- the end

    def close(self) -> None:
        """Commits and closes; a shared archive only when its last user closes it."""
        self.references -= 1
        if self.references > 0:
            return
        self.on_empty()
        try:
            self.commit()
        finally:
            self._rounds.cancel()
            self.snapshots.conn.close()
            self.db.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is not None:
            self.rollback()
        self.close()
