"""`dibao status` with --coverage and --manners, as people and programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from archive.crawl import cooling, runs
from archive.crawl.ledger import Ledger
from archive.store import open_archive
from commands.ledger_tables import hours
from scraper.spiders.memory import Wanted
from tests import kept
from tests.county.demo import moved
from tests.county.server import ERROR, County
from tests.nights import night, yunlan


def ask(archive: Path, *arguments: str, width: int = 200) -> Result:
    return CliRunner(env={"COLUMNS": str(width)}).invoke(cli.main, ["--archive", str(archive), "status", *arguments])


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("status")
    with County(validators=True) as county:
        county.faults[county.site.column("统计信息")[2].path] = ERROR
        for _ in range(2):
            night(folder, yunlan(county, "统计信息", "通知公告"))
        moved(folder / "districts", county.url)
    return folder


def test_coverage_of_all_districts_and_of_one(crawled: Path) -> None:
    found = ask(crawled / "archive.db", "--coverage")
    assert found.exit_code == 0, found.output
    head, line = found.output.split("\n")[:2]
    assert head.split() == ["day", "district", "listed", "stored", "failed"]
    assert line.split()[1:] == ["yunlan", "29", "28", "1"]
    one = ask(crawled / "archive.db", "--coverage", "yunlan").output
    assert "统计信息" in one and "通知公告" in one


def test_coverage_for_programs(crawled: Path) -> None:
    found = json.loads(ask(crawled / "archive.db", "--coverage", "yunlan", "--json").stdout)
    assert {one["column"]: (one["listed"], one["stored"], one["failed"]) for one in found} == {
        "统计信息": (9, 8, 1),
        "通知公告": (20, 20, 0),
    }


def test_manners_of_each_host(crawled: Path) -> None:
    districts = str(crawled / "districts")
    found = ask(crawled / "archive.db", "--manners", "--districts", districts)
    assert found.exit_code == 0, found.output
    line = found.output.split("\n")[1].split()
    assert line[0] == "127.0.0.1" and "200" in line and line[-2].endswith("%")
    (one,) = json.loads(ask(crawled / "archive.db", "--manners", "--json", "--districts", districts).stdout)
    assert one["together"] == 1 and one["robots"] == "200" and one["not_modified"] > 0
    assert one["requests"] == sum(one["hours"]) == one["most_requests"] > 29
    assert 0 < one["budget_used"] < 0.05


def test_nothing_done_is_told_in_words(tmp_path: Path) -> None:
    open_archive(tmp_path / "archive.db").close()
    assert "nothing was listed" in ask(tmp_path / "archive.db", "--coverage").output
    assert "nothing was asked for" in ask(tmp_path / "archive.db", "--manners").output
    wrong = ask(tmp_path / "archive.db", "--coverage", "nowhere")
    assert wrong.exit_code == 1 and "no crawl of 'nowhere'" in wrong.output
    assert ask(tmp_path / "archive.db", "--coverage", "--manners").exit_code == 2
    assert ask(tmp_path / "archive.db", "yunlan").exit_code == 2


def test_what_was_never_stored_who_rests_and_what_is_read_back(tmp_path: Path) -> None:
    from datetime import date

    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        for _ in range(7):
            run = runs.begin(archive, "crawl", kept.district())
            ledger = Ledger(archive, run)
            kept.listed(ledger, kept.NOTICES, 1)
            ledger.failed(Wanted(kept.url(1), "公示公告"), "no answer in time")
            runs.finish(archive, run)
        run = runs.begin(archive, "crawl", kept.district())
        ledger = Ledger(archive, run)
        kept.listed(ledger, kept.NOTICES, 2)
        ledger.backfill(kept.NOTICES, date(2020, 1, 1), None)
        ledger.reached(kept.NOTICES, date(2020, 1, 1), None, kept.NOTICES.url, 20)
        for _ in range(3):
            cooling.refused(archive.write(), "yunlan", "HTTP 412")
        runs.finish(archive, run)
    said = ask(path).output
    assert "listed but never stored: 2 (1 given_up, 1 waiting)" in said
    assert "yunlan: refused 3 runs in a row; left alone until 20" in said and "HTTP 412" in said
    assert "yunlan 公示公告: 2020-01-01 to today is not yet read to its end (1 list pages, 20 rows so far)" in said
    assert "given up after 7 tries" in said and said.index("given up after") < said.index(kept.url(2))
    assert f"waiting: {kept.url(2)}: listed, not yet asked for (tries: 0; with the next run)" in said
    found = json.loads(ask(path, "--json").stdout)
    assert found["never_stored"] == {"given_up": 1, "waiting": 1}
    assert found["cooldowns"][0]["refused"] == 3 and found["backfills"][0]["column"] == "公示公告"


def test_the_hours_are_24_bars() -> None:
    assert hours([0] * 24) == " " * 24
    bars = hours([0, 1, 100, *[0] * 21])
    assert len(bars) == 24 and bars[:3] == " ▁█"
