"""The timetable, for real: child processes, logs, limits and signals, against the made-up district on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import scheduler
from archive.store import open_archive
from archive.upkeep.status import status
from scraper.catalogue import CatalogueError, District, load
from tests.county.server import County, Fault
from tests.receivers import Hook

ROOT = Path(__file__).parents[1]
DISTRICTS = ROOT / "tests" / "districts"


@pytest.fixture
def county() -> Iterator[County]:
    with County() as county:
        yield county


def districts(folder: Path, county: County, **lines: str) -> Path:
    """The made-up district's file, on the port where it is served."""
    text = (DISTRICTS / "yunlan.toml").read_text(encoding="utf-8").replace("http://127.0.0.1:8765", county.url)
    folder.mkdir(exist_ok=True)
    extra = "".join(f"{key} = {value}\n" for key, value in lines.items())
    (folder / "yunlan.toml").write_text(extra + text, encoding="utf-8")
    return folder


class Timetable:
    """`python scheduler.py` as a process of its own."""

    def __init__(self, folder: Path, county: County, *options: str) -> None:
        self.archive = folder / "archive.db"
        self.logs = folder / "logs" / "yunlan"
        command = [sys.executable, str(ROOT / "scheduler.py"), "--archive", str(self.archive)]
        command += ["--districts", str(districts(folder / "districts", county)), *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)

    def until(self, word: str) -> str:
        """Its log up to the first line with a word."""
        assert self.process.stderr
        told = ""
        for line in self.process.stderr:
            told += line
            if word in line:
                return told
        raise AssertionError(f"ended without {word!r}: {told}")

    def stop(self, with_signal: signal.Signals) -> str:
        self.process.send_signal(with_signal)
        return self.process.communicate(timeout=60)[1]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        if self.process.stderr:
            self.process.stderr.close()
        self.process.wait()


@pytest.fixture
def timetables() -> Iterator[list[Timetable]]:
    started: list[Timetable] = []
    yield started
    for one in started:
        one.end()


def test_a_run_is_a_process_with_a_log_and_its_exit_code(
    tmp_path: Path, county: County, timetables: list[Timetable]
) -> None:
    timetable = Timetable(tmp_path, county, "--now", "--jitter", "0")
    timetables.append(timetable)
    told = timetable.until("exit")
    assert "yunlan: exit 0, done" in told
    assert "stopped" in timetable.stop(signal.SIGTERM)
    assert timetable.process.returncode == 0
    (log,) = timetable.logs.glob("*.log")
    assert "archived" in log.read_text(encoding="utf-8")
    with open_archive(timetable.archive, create=False) as archive:
        found = status(archive)
    assert found.articles > 90
    assert [run.exit_code for run in found.runs] == [0]


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_crawl_first_and_keeps_what_it_has(
    tmp_path: Path, county: County, timetables: list[Timetable], word: signal.Signals
) -> None:
    county.faults["/html/.*"] = Fault("stall", seconds=1)
    timetable = Timetable(tmp_path, county, "--now", "--grace", "40")
    timetables.append(timetable)
    timetable.until("started")
    wait(lambda: len(county.log) > 3)  # robots.txt and the first lists: articles are being asked for
    told = timetable.stop(word)
    assert timetable.process.returncode == 0
    assert "stopped" in told and "killed" not in told
    with open_archive(timetable.archive, create=False) as archive:
        (run,) = status(archive).runs
    assert run.ended_at and run.exit_code == 130


def test_a_run_over_its_limit_is_asked_to_stop(tmp_path: Path, county: County, timetables: list[Timetable]) -> None:
    county.faults["/html/.*"] = Fault("stall", seconds=1)
    timetable = Timetable(tmp_path, county, "--now", "--limit", "0.08")
    timetables.append(timetable)
    told = timetable.until("exit")
    assert "asked to stop" in told and "exit 130" in told
    timetable.stop(signal.SIGTERM)


def wait(ready: object, seconds: float = 30) -> None:
    assert callable(ready)
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def test_what_does_not_stop_when_asked_is_killed_with_its_children() -> None:
    stubborn = "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    stubborn += "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    stubborn += "print(child.pid, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", stubborn], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout
        grandchild = int(process.stdout.readline())
        assert scheduler.ended(process, 0.1, 0.3) == -signal.SIGKILL
    wait(lambda: not alive(grandchild))


def alive(pid: int) -> bool:
    """Is this process there and not just a zombie?"""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("cron", "names"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("mon-fri", "mon,tue,wed,thu,fri"),
        ("5-7", "fri,sat,sun"),
        ("sat-mon", "sat,sun,mon"),
        ("*/3", "sun,wed,sat"),
        ("1,3,0", "mon,wed,sun"),
        ("Monday", "mon"),
    ],
)
def test_weekdays_are_those_of_cron(cron: str, names: str) -> None:
    assert scheduler.weekdays(cron) == names


def test_times_are_those_of_shanghai() -> None:
    now = datetime(2026, 11, 20, 12, 0, tzinfo=scheduler.SHANGHAI)  # a Friday
    due = scheduler.trigger("30 1 * * 0", 0).get_next_fire_time(None, now)
    assert due.isoformat() == "2026-11-22T01:30:00+08:00"


def test_the_list_names_every_district_and_a_broken_file(tmp_path: Path, county: County) -> None:
    folder = districts(tmp_path / "districts", county, schedule='"5 4 * * 1"')
    command = [sys.executable, str(ROOT / "scheduler.py"), "--list", "--districts", str(folder)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert listed.returncode == 0
    assert "yunlan" in listed.stdout and "04:05 Asia/Shanghai" in listed.stdout
    (folder / "broken.toml").write_text("name = ", encoding="utf-8")
    listed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert listed.returncode == 1
    assert "yunlan" in listed.stdout and "broken.toml" in listed.stderr


def test_one_job_for_each_enabled_district(tmp_path: Path, county: County) -> None:
    folder = districts(tmp_path / "districts", county)
    rest = (folder / "yunlan.toml").read_text(encoding="utf-8")
    (folder / "asleep.toml").write_text("enabled = false\n" + rest, encoding="utf-8")
    terms = scheduler.Terms(tmp_path / "archive.db", folder, tmp_path, 60, 1, 600, 60, 2)
    jobs = scheduler.timetable(load(folder), scheduler.Crawls(terms))
    (job,) = jobs.get_jobs()
    assert job.id == "yunlan"
    assert job.trigger.jitter == 600


def test_districts_with_one_schedule_are_one_run(tmp_path: Path, county: County) -> None:
    folder = districts(tmp_path / "districts", county)
    text = (folder / "yunlan.toml").read_text(encoding="utf-8")
    for slug in ("qingxia", "shihe"):
        (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    (folder / "noon.toml").write_text('schedule = "0 12 * * *"\n' + text, encoding="utf-8")
    terms = scheduler.Terms(tmp_path / "archive.db", folder, tmp_path, 60, 1, 600, 60, 2)
    jobs = scheduler.timetable(load(folder), scheduler.Crawls(terms)).get_jobs()
    assert {job.id: job.args[1] for job in jobs} == {
        "30-1-x-x-x": ["qingxia", "shihe", "yunlan"],
        "noon": ["noon"],
    }
    listed = scheduler.listing(load(folder))
    assert [line.split()[0] for line in listed.splitlines() if "nothing would be fetched" in line] == ["noon"]


def test_a_schedule_that_never_comes_names_the_file() -> None:
    district = District("x", "X", "320400", "http://127.0.0.1", (), schedule="61 * * * *")
    terms = scheduler.Terms(Path("a"), Path("d"), Path("l"), 60, 1, 0, 60, 2)
    with pytest.raises(CatalogueError, match=r"x\.toml: schedule"):
        scheduler.timetable([district], scheduler.Crawls(terms))


def test_only_the_last_logs_are_kept(tmp_path: Path, county: County) -> None:
    terms = scheduler.Terms(tmp_path / "a.db", districts(tmp_path / "d", county), tmp_path / "logs", 60, 5, 0, 60, 2)
    folder = tmp_path / "logs" / "nowhere"
    folder.mkdir(parents=True)
    for number in range(scheduler.KEPT_LOGS + 3):
        (folder / f"20200101T{number:06}Z.log").touch()
    scheduler.Crawls(terms).crawl("nowhere", ["nowhere"])  # no such district: the run ends at once, with exit 1
    kept = sorted(folder.glob("*.log"))
    assert len(kept) == scheduler.KEPT_LOGS
    assert "there is no district 'nowhere'" in kept[-1].read_text(encoding="utf-8")
    assert kept[0].name.endswith("T000004Z.log")


def test_alerts_are_told_after_a_crawl(tmp_path: Path, county: County, timetables: list[Timetable]) -> None:
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(tmp_path / "archive.db"), "alerts", "add"]
    with Hook() as hook:
        subprocess.run([*command, "--to", hook.url, "--rhythm", "immediate"], check=True, capture_output=True)
        timetable = Timetable(tmp_path, county, "--now", "--jitter", "0")
        timetables.append(timetable)
        hook.wait(1, seconds=60)
        timetable.stop(signal.SIGTERM)
    assert len(hook.posts[0].titles) > 50
    assert list((tmp_path / "logs" / "alerts").glob("*.log"))
