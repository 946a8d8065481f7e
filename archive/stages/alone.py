"""A stage is worked off by one process at a time, and may be stopped at any moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from archive.crawl.runs import Lock
from archive.store import Archive, plain_errors

Progress = Callable[[int, int], None]  # told (done, of how many)


@contextmanager
def alone(archive: Archive, stage: str) -> Iterator[None]:
    """Nobody else is at this stage. Raises Busy when another process is, ArchiveError; whatever ends the block, what
    is committed stays and the rest is undone."""
    lock = Lock(archive.path, stage)
    lock.take()
    try:
        with plain_errors(archive.path):
            yield
    except BaseException:
        archive.rollback()
        raise
    finally:
        lock.release()
