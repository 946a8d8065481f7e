"""Opens archive.db and snapshots.db together and brings their schema up to date (how they are written: writing.py)."""

from __future__ import annotations

import sqlite3
from functools import partial
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import index, migrations
from archive.errors import plain_errors
from archive.snapshots import ArchiveError, Snapshots
from archive.turns import BUSY_SECONDS, lock_path, migrating
from archive.writing import Archive

__all__ = ["Archive", "ArchiveError", "lock_path", "open_archive", "plain_errors", "shared_archive", "snapshots_path"]

ARCHIVE_PAGE = 16384  # design/search.md: text 1.14x instead of 1.34x
# 2026-11, 600 pages of 75 KB: 0.384 of WARC.gz with 4 KiB pages, 0.395 with 8, 0.449 with 16, 0.41 with 64.
KEPT_PAGE = 4096

_shared: dict[Path, Archive] = {}


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
        _shared[path].on_empty = partial(_shared.pop, path, None)
    return _shared[path]


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
