"""One of several processes that share a crawl: `python -m commands.worker JSON`, started by commands/workers.py.

It leases districts of an order from the archive (archive/crawl/leases.py) until the order is done, or until whoever
started it is gone.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.crawl import leases
from archive.crawl.runs import Busy, Lock
from archive.store import Archive, ArchiveError, shared_archive
from commands.warnings import warnings_told
from scraper.catalogue import District, survey
from scraper.crawl import DistrictEnd, crawl_from

ASKED_EVERY = 0.3  # seconds between two looks at the order

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """A worker's view of its order. spare: leased, not yet begun."""

    archive: Archive
    number: int
    lock: Lock
    districts: dict[str, District]
    workers: int = 1
    parent: int = field(default_factory=os.getppid)
    spare: list[str] = field(default_factory=list)
    asked: float = 0.0
    renewed: float = field(default_factory=time.monotonic)
    over: bool = False

    def source(self, room: int) -> Sequence[District] | None:
        """scraper.crawl.Source"""
        if os.getppid() != self.parent and not self.over:
            self.over = True
            os.kill(os.getpid(), signal.SIGTERM)  # stops as if somebody had asked
        now = time.monotonic()
        if not self.over and not self.spare and room and now - self.asked >= ASKED_EVERY:
            self.asked = now
            self._lease(room)
        if now - self.renewed >= leases.RENEWED.total_seconds():
            self.renewed = now
            self._safely(lambda: leases.renew(self.archive, self.lock))
        if self.over and not self.spare:
            return None
        begun, self.spare = self.spare[:room], self.spare[room:]
        return [self.districts[slug] for slug in begun if slug in self.districts]

    def ended(self, end: DistrictEnd) -> None:
        word = "busy" if isinstance(end.error, Busy) else end.reason
        self._safely(lambda: leases.tell(self.archive, self.number, end.slug, word, end.why))

    def _lease(self, room: int) -> None:
        def take() -> None:
            found = leases.take(self.archive, self.number, self.lock, room, self.workers)
            self.over = found is None
            self.spare = list(found or ())

        self._safely(take)

    def _safely(self, work: Any) -> None:
        try:
            work()
        except ArchiveError as error:
            log.error("%s", error)
            self.over = True


def main(given: dict[str, Any]) -> int:
    archive_path = Path(given["archive"])
    lock = Lock(archive_path, given["worker"])
    lock.take()
    archive = shared_archive(archive_path)
    districts = {one.slug: one for one in survey(Path(given["folder"]))[0]}
    worker = Worker(archive, given["number"], lock, districts, given["workers"])
    try:
        with warnings_told():
            crawl_from(worker.source, given["settings"], worker.ended)
    finally:
        archive.close()
        lock.release()
    return 1 if archive.failure else 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
