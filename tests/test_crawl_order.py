"""What `dibao crawl` leaves alone this time, and how it says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.crawl.cooling import REFUSALS, refused
from archive.store import open_archive
from archive.upkeep.status import LastRun
from cli import main
from commands.crawl import EXIT_OK, Ending, Order, crawl, tell
from commands.show import SHOWN
from scraper.manners import SHANGHAI, Manners
from tests.county.server import County
from tests.nights import rows, yunlan


def told(capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str, int]]:
    said = json.loads(capsys.readouterr().out)
    return [(one["slug"], one["word"], one["exit"]) for one in said["districts"]]


def test_a_district_that_cools_down_is_left_alone_unless_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "archive.db"
    with County() as county:
        here = yunlan(county, "统计信息")
        with open_archive(path) as archive:
            for _ in range(REFUSALS):
                refused(archive.write(), here.slug, "HTTP 403")
            archive.commit()
        order = Order(path, (here,), named=False)
        assert crawl(order, as_json=True) == EXIT_OK
        assert told(capsys) == [("yunlan", "cooling", 0)] and county.log == []
        assert crawl(replace(order, named=True), as_json=True) == EXIT_OK
        assert told(capsys) == [("yunlan", "finished", 0)]


def test_a_night_run_leaves_out_who_is_not_at_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "archive.db"
    now = datetime.now(SHANGHAI)
    later = Manners(hours=((now + timedelta(hours=1)).time(), (now + timedelta(hours=2)).time()))
    with County() as county:
        here = yunlan(county, "统计信息")
        asleep = replace(here, slug="asleep", manners=later)
        awake = replace(here, manners=Manners(hours=(later.hours[1], later.hours[0])))
        assert crawl(Order(path, (asleep, awake), night=True), as_json=True) == EXIT_OK
        assert told(capsys) == [("yunlan", "finished", 0), ("asleep", "night", 0)]
        assert rows(tmp_path, "SELECT district FROM runs") == [("yunlan",)]


def test_an_old_run_is_not_taken_for_this_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A district that is left alone keeps the exit code of its last run."""
    path = tmp_path / "archive.db"
    with County() as county:
        here = yunlan(county, "统计信息")
        crawl(Order(path, (here,)), quiet=True)
        capsys.readouterr()
        spent = replace(here, manners=Manners(daily_requests=1))
        assert crawl(Order(path, (spent,)), as_json=True) == EXIT_OK
        assert told(capsys) == [("yunlan", "budget", 0)]
        notes = [str(note) for (note,) in rows(tmp_path, "SELECT note FROM runs ORDER BY id")]
        assert "daily_requests = 1" in notes[1] and "daily_requests" not in notes[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--until", "2024-01-01"), "--until needs --since"),
        (("--since", "2024-02-01", "--until", "2024-01-01"), "--until lies before --since"),
        (("--workers", "0"), "--workers"),
    ],
)
def test_a_span_that_is_none_is_refused(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, ["--archive", str(tmp_path / "a.db"), "crawl", *options])
    assert done.exit_code == 2 and said in done.output and not (tmp_path / "a.db").exists()


def test_of_many_districts_only_those_with_trouble_are_told_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    def ended(number: int, word: str) -> Ending:
        slug = f"district{number:04d}"
        counts = dict.fromkeys(SHOWN, 0) | {"archived": 2 if word == "finished" else 0}
        run = LastRun(number, slug, "云澜区", "", "", 0, "", 2, counts, 3, 1_000_000, ())
        return Ending(slug, word, "" if word == "finished" else f"why {number}", run if word != "cooling" else None)

    found = [ended(n, "cooling" if n % 10 == 1 else "unreachable" if n % 100 == 0 else "finished") for n in range(3000)]
    tell(found, quiet=False)
    said = capsys.readouterr()
    lines = (said.out + said.err).splitlines()
    assert len(lines) < 100
    assert "3,000 districts: 30 unreachable, 300 cooling, 2,670 finished" in said.out
    (sums,) = [line for line in lines if line.startswith("all 2,700")]
    assert "5,340" in sums and "2,700.0" in sums
    assert "district0100: why 100" in said.err
    assert "district0001" not in said.out + said.err
    assert "district0000, district0100" in said.err and "and 20 more" in said.err
    tell(found[:3], quiet=False)
    assert "district0001: why 1" in capsys.readouterr().err
