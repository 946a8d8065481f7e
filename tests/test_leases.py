"""Several processes share a crawl: nobody's district is lost, none is crawled twice, and the dead make room at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl import leases
from archive.crawl.runs import Lock
from archive.snapshots import stamp
from archive.store import Archive, open_archive
from scraper.catalogue import District, load_one
from tests.county.demo import DISTRICT, HOME
from tests.county.server import County, Fault
from tests.nights import rows

ROOT = Path(__file__).parents[1]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as archive:
        yield archive


def sites(number: int, host: str = "www.site{}.example") -> list[District]:
    one = load_one(DISTRICT)
    return [replace(one, slug=f"site{n}", site=f"https://{host.format(n)}") for n in range(number)]


@contextmanager
def worker(archive: Archive, name: str) -> Iterator[Lock]:
    lock = Lock(archive.path, name)
    lock.take()
    try:
        yield lock
    finally:
        lock.release()


def test_each_district_goes_to_one_worker(archive: Archive) -> None:
    number, owner = leases.place(archive, sites(5))
    with worker(archive, "one") as one, worker(archive, "two") as two:
        first, second = leases.take(archive, number, one, 3), leases.take(archive, number, two, 3)
        assert first is not None and second is not None
        assert sorted([*first, *second]) == [f"site{n}" for n in range(5)] and len(first) == 3
        assert leases.take(archive, number, one, 3) == [], "none now, but the order is not done"
        for slug in (*first, *second):
            leases.done(archive.write(), number, slug)
        archive.commit()
        assert leases.take(archive, number, one, 3) is None
    owner.release()


def test_of_several_workers_none_takes_what_another_could_do(archive: Archive) -> None:
    """What is left is shared out in ever smaller parts."""
    number, owner = leases.place(archive, sites(160))
    had = {"one": 0, "two": 0}
    with worker(archive, "one") as one, worker(archive, "two") as two:
        sizes = []
        while sum(had.values()) < 160:
            for lock in (one, two):
                found = leases.take(archive, number, lock, 1500, workers=2) or ()
                had[lock.name] += len(found)
                sizes.append(len(found))
        assert sizes[0] == 40 and sizes[-1] <= 2
        assert min(had.values()) >= 60
    owner.release()


def test_a_worker_that_is_slow_to_ask_is_left_its_part(archive: Archive) -> None:
    number, owner = leases.place(archive, sites(100))
    with worker(archive, "one") as one, worker(archive, "two") as two:
        assert len(leases.take(archive, number, two, 8, workers=2) or ()) == 8
        had = [slug for _ in range(9) for slug in leases.take(archive, number, one, 50, workers=2) or ()]
        assert len(had) == 14  # a quarter more than the other's eight, and four
        for slug in had[:10]:
            leases.done(archive.write(), number, slug)
        archive.commit()
        assert len(leases.take(archive, number, one, 50, workers=2) or ()) == 10  # as its own end
    assert owner.held()
    with worker(archive, "three") as three:  # the others are gone: nobody is left anything
        taken = 0
        while found := leases.take(archive, number, three, 50, workers=2):
            taken += len(found)
        assert taken == 90
    owner.release()


def test_a_dead_workers_districts_fall_to_the_others_at_once(archive: Archive) -> None:
    number, owner = leases.place(archive, sites(4))
    with worker(archive, "two") as two:
        with worker(archive, "one") as one:
            assert leases.take(archive, number, one, 4) == ["site0", "site1", "site2", "site3"]
            leases.done(archive.write(), number, "site0")
            archive.commit()
            assert leases.take(archive, number, two, 4) == []
        assert leases.take(archive, number, two, 4) == ["site1", "site2", "site3"]
    assert [(one.taken, one.done) for one in leases.standing(archive, number)] == [(1, True)] + [(2, False)] * 3
    owner.release()


def test_a_worker_that_hangs_loses_its_leases_unless_it_renews(archive: Archive) -> None:
    number, owner = leases.place(archive, sites(1))
    with worker(archive, "one") as one, worker(archive, "two") as two:
        leases.take(archive, number, one, 1)
        past = stamp(datetime.now(UTC) - timedelta(seconds=1))
        archive.write().execute("UPDATE leases SET expires_at = ?", (past,))
        leases.renew(archive, one)
        assert leases.take(archive, number, two, 1) == []
        archive.write().execute("UPDATE leases SET expires_at = ?", (past,))
        assert leases.take(archive, number, two, 1) == ["site0"]
    owner.release()


def test_districts_on_one_host_go_to_one_worker(archive: Archive) -> None:
    together = sites(3, "www.yunlan.example")
    number, owner = leases.place(archive, together)
    with worker(archive, "one") as one, worker(archive, "two") as two:
        assert leases.take(archive, number, one, 1) == ["site0"]
        assert leases.take(archive, number, two, 3) == []
        assert leases.take(archive, number, one, 3) == ["site1", "site2"]
    owner.release()


def test_two_orders_do_not_share_a_district(archive: Archive) -> None:
    number, owner = leases.place(archive, sites(3))
    other, second = leases.place(archive, sites(4))
    assert [one.district for one in leases.standing(archive, number)] == ["site0", "site1", "site2"]
    assert [one.district for one in leases.standing(archive, other)] == ["site3"]
    second.release()
    owner.release()  # as if the process had been killed
    again, third = leases.place(archive, sites(4))
    assert len(leases.standing(archive, again)) == 4
    third.release()


# -- the real thing


def counties(folder: Path, served: list[County]) -> Path:
    """The made-up district's file for each server, with two columns, quick."""
    folder.mkdir()
    text = DISTRICT.read_text(encoding="utf-8").replace("delay = 0.02", "delay = 0.01")
    text = text.partition('[[columns]]\nname = "部门动态"')[0] + "[attachments]\nfetch = false\n"
    for place, county in enumerate(served):
        (folder / f"site{place}.toml").write_text(text.replace(HOME, county.url), encoding="utf-8")
    return folder


def started(tmp_path: Path, folder: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(tmp_path / "archive.db"), "crawl", "--districts"]
    command += [str(folder), "--workers", "2", "--json", *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def workers(tmp_path: Path) -> list[int]:
    """Process ids of the workers, by what stands in their locks."""
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.glob(".archive.db.order-*-worker-*.lock")]
    return [int(text.split()[1]) for text in texts if text]


def until(ready: object, seconds: float = 60) -> None:
    assert callable(ready)
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.02)


def archived(tmp_path: Path) -> int:
    if not (tmp_path / "archive.db").exists():
        return 0
    ((number,),) = rows(tmp_path, "SELECT count(*) FROM sqlite_master WHERE name = 'leases'")
    return int(str(rows(tmp_path, "SELECT count(*) FROM articles")[0][0])) if number else 0


def test_one_of_two_workers_is_killed_and_nothing_is_lost_or_double(tmp_path: Path) -> None:
    served = [County().__enter__() for _ in range(4)]
    try:
        child = started(tmp_path, counties(tmp_path / "districts", served))
        until(lambda: archived(tmp_path) >= 10 and len(workers(tmp_path)) == 2)
        os.kill(workers(tmp_path)[0], signal.SIGKILL)
        said, errors = child.communicate(timeout=120)
        assert child.returncode == 0, errors
        assert "a worker died (SIGKILL)" in errors
    finally:
        for county in served:
            county.__exit__(None, None, None)
    told = json.loads(said)
    assert [(one["slug"], one["word"], one["exit"]) for one in told["districts"]] == [
        (f"site{n}", "finished", 0) for n in range(4)
    ]
    per_site = [number for (number,) in rows(tmp_path, "SELECT count(*) FROM articles GROUP BY district")]
    assert len(per_site) == 4 and len(set(per_site)) == 1 and int(str(per_site[0])) > 30
    assert rows(tmp_path, "SELECT count(*) FROM pages WHERE state = 'waiting'") == [(0,)]
    assert rows(tmp_path, "SELECT count(*) FROM leases WHERE done_at IS NULL OR word != 'finished'") == [(0,)]
    double = "SELECT count(*) FROM (SELECT url FROM captures WHERE role = 'article' GROUP BY url HAVING count(*) > 1)"
    assert rows(tmp_path, double) == [(0,)]
    assert list(tmp_path.glob(".archive.db.order-*")) == []


def test_ctrl_c_stops_all_and_keeps_what_they_have(tmp_path: Path) -> None:
    served = [County(faults={"/html/.*": Fault("slow", seconds=0.3)}).__enter__() for _ in range(2)]
    try:
        folder = counties(tmp_path / "districts", served)
        child = started(tmp_path, folder)
        until(lambda: all(len(county.asked()) > 2 for county in served))
        pids = workers(tmp_path)
        child.send_signal(signal.SIGINT)
        said, errors = child.communicate(timeout=60)
    finally:
        for county in served:
            county.__exit__(None, None, None)
    assert child.returncode == 130, errors
    assert {one["word"] for one in json.loads(said)["districts"]} == {"stopped"}
    assert rows(tmp_path, "SELECT count(*) FROM runs WHERE ended_at IS NULL") == [(0,)]
    assert archived(tmp_path) > 0 and len(pids) == 2 and not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_without_their_parent_workers_end(tmp_path: Path) -> None:
    with County(faults={"/html/.*": Fault("slow", seconds=0.3)}) as one, County(faults=dict(one.faults)) as two:
        child = started(tmp_path, counties(tmp_path / "districts", [one, two]))
        until(lambda: len(one.asked()) > 1 and len(two.asked()) > 1)
        pids = workers(tmp_path)
        child.kill()
        child.communicate()
        until(lambda: not any(Path(f"/proc/{pid}/fd").exists() and list_fds(pid) for pid in pids))
        assert rows(tmp_path, "SELECT count(*) FROM leases WHERE done_at IS NULL") == [(2,)]


def list_fds(pid: int) -> bool:
    """Is this process alive, and no zombie?"""
    try:
        return any(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
