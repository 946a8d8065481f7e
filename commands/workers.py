"""A crawl by several processes: places the order, starts the workers, waits, and says how each district ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from archive.crawl import leases
from archive.crawl.runs import Lock
from archive.store import Archive, lock_path, open_archive
from commands import show
from scraper.catalogue import District
from scraper.crawl import CrawlReport, DistrictEnd

ROOT = Path(__file__).parents[1]
LOOK = 0.2  # seconds between two looks at the workers
TOLD_EVERY = 5.0  # looks after which the progress is told
RESTARTS = 3  # workers that died and are replaced, in one crawl


class Workers:
    """The processes of one order. log: what each of them is given on standard output."""

    def __init__(self, archive: Path, folder: Path, number: int, settings: Mapping[str, object], count: int) -> None:
        self._given = {
            "archive": str(archive.expanduser().absolute()),
            "folder": str(folder.absolute()),
            "number": number,
            "workers": count,
            "settings": {**settings, "DIBAO_LEASE": number},
        }
        self.number = number
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.names: list[str] = []
        self.stopping = False
        self.restarts = RESTARTS

    def start(self) -> None:
        name = f"order-{self.number}-worker-{len(self.names) + 1}"
        self.names.append(name)
        command = [sys.executable, "-m", "commands.worker", json.dumps({**self._given, "worker": name})]
        # A process group of its own: Ctrl-C reaches the parent, which passes it on once.
        self.running[name] = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno(), process_group=0
        )

    def stop(self) -> None:
        """Asks the workers to end politely; the second time not so politely."""
        self.stopping = True
        for child in self.running.values():
            child.send_signal(signal.SIGTERM)

    def look(self) -> bool:
        """Are any still at work? One that died (and was not stopped) is replaced; the others take over what it had."""
        for name, child in list(self.running.items()):
            if child.poll() is None:
                continue
            del self.running[name]
            if child.returncode < 0 and not self.stopping and self.restarts:
                self.restarts -= 1
                show.say(f"a worker died ({signal.Signals(-child.returncode).name}); what it had goes to the others")
                self.start()
        return bool(self.running)


def crawl_shared(
    archive: Path,
    folder: Path,
    districts: Sequence[District],
    settings: Mapping[str, object],
    workers: int,
) -> CrawlReport:
    """Crawls these districts of a folder with so many processes; blocks until all have ended. SIGINT and SIGTERM are
    passed on to the workers."""
    with open_archive(archive) as opened:
        number, lock = leases.place(opened, districts)
        count = min(workers, len(districts))
        team = Workers(archive, folder, number, settings, count)
        try:
            with _passed_on(team), show.counting("districts") as told:
                for _ in range(count):
                    team.start()
                looks = 0
                while team.look():
                    time.sleep(LOOK)
                    looks += 1
                    if looks % int(TOLD_EVERY / LOOK) == 0:
                        found = leases.standing(opened, number)
                        told(sum(one.done for one in found), len(found))
        finally:
            _leave(opened, lock, team.names)
        return _report(districts, leases.standing(opened, number))


@contextmanager
def _passed_on(team: Workers) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: team.stop()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(archive: Archive, lock: Lock, names: Sequence[str]) -> None:
    lock.release()
    for name in (lock.name, *names):
        lock_path(archive.path, name).unlink(missing_ok=True)


def _report(districts: Sequence[District], standing: Sequence[leases.Lease]) -> CrawlReport:
    found = {one.district: one for one in standing}
    return CrawlReport(tuple(_end(one.slug, found.get(one.slug)) for one in districts))


def _end(slug: str, lease: leases.Lease | None) -> DistrictEnd:
    if lease is None:
        return DistrictEnd(slug, "busy", "another crawl has it in its order")
    if lease.done:
        return DistrictEnd(slug, lease.word or "finished", lease.why)
    return DistrictEnd(slug, "stopped", lease.why or "stopped before its end; the next run goes on from here")
