from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archive.crawl import runs
from archive.crawl.runs import Busy, Lock
from archive.store import Archive, open_archive
from scraper.catalogue import Column
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def row(archive: Archive, number: int) -> dict[str, object]:
    return next(archive.db.query("SELECT * FROM runs WHERE id = ?", (number,)))


def test_a_run_is_a_row_from_start_to_end(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    begun = row(archive, run.id)
    assert (begun["district"], begun["kind"], begun["pid"], begun["ended_at"]) == ("yunlan", "crawl", os.getpid(), None)
    runs.finish(archive, run, 3, "one column gave nothing")
    ended = row(archive, run.id)
    assert (ended["exit_code"], ended["note"]) == (3, "one column gave nothing")
    assert str(ended["started_at"]) <= str(ended["ended_at"])


def test_a_second_run_of_a_district_is_told_who_is_at_work(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    with pytest.raises(Busy, match=rf"yunlan: is being worked on by another process \(process {os.getpid()} since 20"):
        runs.begin(archive, "crawl", kept.district())
    other = runs.begin(archive, "crawl", kept.district("qingjia"))
    runs.finish(archive, run)
    again = runs.begin(archive, "crawl", kept.district())
    runs.finish(archive, again)
    runs.finish(archive, other)


_HOLDER = """
import sys, time
from pathlib import Path
from archive.crawl import runs
from archive.store import open_archive
from scraper.catalogue import Column
from tests import kept
archive = open_archive(Path(sys.argv[1]))
run = runs.begin(archive, "crawl", kept.district())
print("holding", run.id, flush=True)
time.sleep(100)
"""


def test_a_killed_process_frees_its_lock_and_its_run_is_closed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding 1\n"
        with open_archive(path) as archive:
            lock = Lock(archive.path, "yunlan")
            assert lock.held()
            with pytest.raises(Busy, match=f"process {holder.pid} since"):
                runs.begin(archive, "crawl", kept.district())
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            assert not lock.held()
            run = runs.begin(archive, "crawl", kept.district())
            dead = row(archive, 1)
            assert dead["exit_code"] == runs.INTERRUPTED_EXIT
            assert "interrupted" in str(dead["note"])
            assert dead["ended_at"] is not None
            assert row(archive, run.id)["ended_at"] is None
            runs.finish(archive, run)


def test_runs_of_other_districts_are_left_alone(archive: Archive) -> None:
    other = runs.begin(archive, "crawl", kept.district("qingjia"))
    run = runs.begin(archive, "crawl", kept.district())
    assert row(archive, other.id)["ended_at"] is None
    runs.finish(archive, run)
    runs.finish(archive, other)


def test_counts_add_up_while_outcomes_change(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    conn = archive.write()
    for page, outcome in (("a", "waiting"), ("b", "waiting"), ("a", "archived"), ("a", "archived"), ("c", "duplicate")):
        runs.count(conn, run, page, outcome)
        kept.counts(archive, run)
    assert kept.counts(archive, run) == {"archived": 1, "waiting": 1, "duplicate": 1}
    runs.count_request(conn, run, 500)
    runs.count_request(conn, run)
    runs.finish(archive, run)
    assert (row(archive, run.id)["requests"], row(archive, run.id)["bytes"]) == (2, 500)


def test_without_a_run_nothing_is_counted(archive: Archive) -> None:
    runs.count(archive.write(), None, "a", "archived")
    runs.count_request(archive.write(), None, 5)


def test_the_catalogue_is_written_down(archive: Archive) -> None:
    runs.finish(archive, runs.begin(archive, "crawl", kept.district()))
    turned = replace(kept.district(columns=(kept.NOTICES, Column("人事任免", f"{kept.SITE}/rs/"))), name="云澜新区")
    runs.finish(archive, runs.begin(archive, "crawl", turned))
    assert list(archive.db.query("SELECT slug, name, code, site FROM districts")) == [
        {"slug": "yunlan", "name": "云澜新区", "code": "320498", "site": kept.SITE}
    ]
    found = archive.db.execute("SELECT position, name FROM columns ORDER BY position").fetchall()
    assert found == [(0, "公示公告"), (1, "人事任免")]
