"""SQLite's errors in plain words: which file, what happened, what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.snapshots import ArchiveError
from archive.turns import BUSY_SECONDS


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
