"""Several processes write to one archive: whose turn it is.

SQLite lets one process write at a time, and its waiting is not fair: whoever commits and begins again at once always
wins. Who waits says so with a shared lock on a file, and who begins again soon after a commit steps back then.
"""

from __future__ import annotations

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.snapshots import ArchiveError

BUSY_SECONDS = 30.0
ASK_AGAIN_SECONDS = 0.002  # 2026-11: SQLite's own busy handler sleeps up to 0.1 s between two tries
STEP_BACK_SECONDS = 0.02


def lock_path(path: Path, name: str) -> Path:
    """Where a lock of this archive lives: a hidden empty file beside it."""
    return path.with_name(f".{path.name}.{name}.lock")


def begin_at_once(conn: sqlite3.Connection) -> bool:
    """Opens a write transaction unless another process has one. Raises sqlite3.OperationalError."""
    try:
        conn.execute("PRAGMA busy_timeout = 0")
        conn.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    return True


def begin_in_turn(path: Path, conn: sqlite3.Connection) -> None:
    """Opens a write transaction; waits for others up to 30 s. Raises sqlite3.OperationalError."""
    if not begin_at_once(conn):
        with lock_path(path, "queue").open("a") as queue:
            fcntl.flock(queue, fcntl.LOCK_SH)
            _insist(conn, time.monotonic() + BUSY_SECONDS)


def _insist(conn: sqlite3.Connection, end: float) -> None:
    while True:
        try:
            conn.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
        time.sleep(ASK_AGAIN_SECONDS)


def let_in(path: Path) -> None:
    """Gives those who wait, if any, long enough to ask again."""
    with lock_path(path, "queue").open("a") as queue:
        try:
            fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(STEP_BACK_SECONDS)


@contextmanager
def migrating(path: Path) -> Iterator[None]:
    """Two processes that meet an old or new file migrate it one after the other."""
    try:
        file = lock_path(path, "schema").open("w")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror}); check the rights of its folder") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
