"""Starting and stopping: several districts, signals, time limits, a second crawl of the same district."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from archive.crawl.runs import Busy, begin, finish
from archive.store import open_archive
from scraper.crawl import crawl
from tests.county.demo import moved
from tests.county.server import SHELL, County
from tests.nights import counts, night, rows, yunlan

ROOT = Path(__file__).parents[1]


def test_two_districts_in_one_process_share_the_archive(tmp_path: Path) -> None:
    with County() as one, County() as two:
        second = replace(yunlan(two, "统计信息"), slug="qingxia", name="青岬县")
        settings = {"DIBAO_ARCHIVE": str(tmp_path / "archive.db")}
        report = crawl([yunlan(one, "统计信息"), second], settings)
        assert [(end.slug, end.reason, end.pages) for end in report.ends] == [
            ("yunlan", "finished", 9),
            ("qingxia", "finished", 9),
        ]
        assert report.unreachable == ()
        assert rows(tmp_path, "SELECT district, archived FROM runs ORDER BY 1") == [("qingxia", 9), ("yunlan", 9)]


def test_a_district_that_is_being_crawled_is_left_to_the_other(tmp_path: Path) -> None:
    with County() as county, open_archive(tmp_path / "archive.db") as archive:
        run = begin(archive, "crawl", yunlan(county))
        end = night(tmp_path, yunlan(county))
        assert isinstance(end.error, Busy) and "another process" in end.why and county.log == []
        finish(archive, run)


def test_all_columns_without_rows_is_a_failure(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/class/.*"] = SHELL
        end = night(tmp_path, yunlan(county))
        assert end.reason == "failed" and "holds no rows" in end.why


def test_a_time_limit_ends_a_crawl_and_the_next_goes_on(tmp_path: Path) -> None:
    with County() as county:
        end = night(tmp_path, yunlan(county, delay=0.1), closespider_timeout=3)
        assert end.reason == "time limit" and 0 < end.pages < end.wanted
        found = counts(tmp_path)
        assert found["waiting"] > 0 and found["archived"] == end.pages
        night(tmp_path, yunlan(county))
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(107,)]


def started(folder: Path, county: County, *options: str, within: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """`dibao crawl` of the county in a process of its own; within: a command that starts it."""
    districts = moved(folder / "districts", county.url)
    command = [
        sys.executable,
        "cli.py",
        "--archive",
        str(folder / "archive.db"),
        "crawl",
        "--districts",
        str(districts),
    ]
    given = [*within, *command, "--quiet", *options]
    return subprocess.Popen(given, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_pages(county: County, number: int) -> None:
    deadline = time.monotonic() + 60
    while len(county.asked()) < number:
        assert time.monotonic() < deadline, "the crawl did not get that far"
        time.sleep(0.01)


def test_sigterm_keeps_what_came_and_the_next_run_goes_on(tmp_path: Path) -> None:
    with County() as county:
        child = started(tmp_path, county)
        wait_for_pages(county, 20)
        child.send_signal(signal.SIGTERM)
        said, _ = child.communicate(timeout=60)
        assert child.returncode == 130, said
        found = counts(tmp_path)
        asked = len(county.asked())
        assert found["archived"] == asked < 107 and found["waiting"] > 0
        assert rows(tmp_path, "SELECT count(*) FROM runs WHERE ended_at IS NULL") == [(0,)]
        again = started(tmp_path, county)
        said, _ = again.communicate(timeout=60)
        assert again.returncode == 0 and rows(tmp_path, "SELECT count(*) FROM articles") == [(107,)], said
        assert len(county.asked()) == 107, "no page was fetched twice"


# No file of the process that follows may grow beyond 600 KB, as on a disk that is full.
SMALL_DISK = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_a_full_disk_stops_the_crawl_and_loses_nothing(tmp_path: Path) -> None:
    with County() as county:
        child = started(tmp_path, county, within=(sys.executable, "-c", SMALL_DISK))
        said, _ = child.communicate(timeout=60)
        assert child.returncode == 1 and "disk" in said and "Traceback" not in said, said
        asked = len(county.asked())
        assert asked < 107, "without room to keep them, no more pages are asked for"
        again = started(tmp_path, county)
        said, _ = again.communicate(timeout=60)
        assert again.returncode == 0 and rows(tmp_path, "SELECT count(*) FROM articles") == [(107,)], said


def test_signal_handlers_are_given_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with County() as county:
        night(tmp_path, yunlan(county, "统计信息"))
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_crawl_may_run_beside_the_main_thread(tmp_path: Path) -> None:
    ends = []
    with County() as county:
        district = yunlan(county, "统计信息")
        thread = threading.Thread(target=lambda: ends.append(night(tmp_path, district)))
        thread.start()
        thread.join(60)
    assert ends[0].reason == "finished" and os.getpid()
