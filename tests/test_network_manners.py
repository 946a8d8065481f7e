"""What a site is spared: budgets, hours, speed, and one request at a time over all processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.catalogue import Column
from scraper.manners import SHANGHAI, Manners
from scraper.network.budget import Budget
from scraper.network.turns import Turns
from tests.county.server import RESET, County, Fault
from tests.county.site import COLUMNS
from tests.nights import counts, night, rows, yunlan
from tests.test_middlewares import gaps

ROOT = Path(__file__).parents[1]


def test_when_the_days_requests_are_used_up_the_rest_waits(tmp_path: Path) -> None:
    with County() as county:
        few = yunlan(county, "统计信息", manners=Manners(daily_requests=6))
        end = night(tmp_path, few)
        assert end.reason == "budget" and "daily_requests = 6" in end.why
        assert len(county.log) == 6 and counts(tmp_path) == {"seen": 9, "archived": 4, "waiting": 5}
        assert night(tmp_path, few).reason == "budget" and len(county.log) == 6, "the same day, another run"
        assert night(tmp_path, yunlan(county, "统计信息")).reason == "finished"
        assert counts(tmp_path)["archived"] == 5


def test_bytes_count_as_well(tmp_path: Path) -> None:
    with County() as county:
        end = night(tmp_path, yunlan(county, "统计信息", manners=Manners(daily_bytes=10_000)))
        assert end.reason == "budget" and "daily_megabytes = 0.01" in end.why
        ((size,),) = rows(tmp_path, "SELECT sum(bytes) FROM fetches")
        assert 10_000 <= int(str(size)) < 20_000


def test_a_budget_asks_now_and_then_what_others_have_spent() -> None:
    asked: list[str] = []

    def spent(host: str) -> tuple[int, int]:
        asked.append(host)
        return (0 if len(asked) == 1 else 90, 0)

    budget, manners = Budget(), Manners(daily_requests=100)
    made = 0
    while not budget.used_up("www.yunlan.example", manners, spent):
        budget.add("www.yunlan.example", 10)
        made += 1
    assert made == 60 and len(asked) == 2  # 50 of its own; then 90 by all; then 10 more


def test_large_answers_are_followed_by_a_long_rest(tmp_path: Path) -> None:
    with County() as county:
        slow = Manners(bytes_per_second=20_000)
        night(tmp_path, yunlan(county, "统计信息", manners=slow, delay=0.01), dibao_limit=3)
        sizes = [int(str(size)) for (size,) in rows(tmp_path, "SELECT bytes FROM fetches ORDER BY id")]
        assert max(sizes) > 2000
        assert all(gap >= size / 20_000 for gap, size in zip(gaps(county), sizes, strict=False))


def test_jitter_only_adds(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county, "统计信息", delay=0.1))
        found = gaps(county)
        assert min(found) >= 0.1 and max(found) - min(found) > 0.005, "all gaps alike: no jitter"


def span(start: float, end: float) -> Manners:
    """Hours from so many seconds after now to so many."""
    now = datetime.now(SHANGHAI)
    return Manners(hours=((now + timedelta(seconds=start)).time(), (now + timedelta(seconds=end)).time()))


def test_a_run_of_the_timetable_ends_with_its_hours_and_what_waits_stays(tmp_path: Path) -> None:
    with County() as county:
        end = night(tmp_path, yunlan(county, "统计信息", manners=span(-60, 2.5), delay=0.5), dibao_night=True)
        assert end.reason == "night" and "what waits stays" in end.why
        found = counts(tmp_path)
        assert found["archived"] >= 1 and found["waiting"] >= 1
        assert rows(tmp_path, "SELECT exit_code FROM runs") == [(0,)]
        assert rows(tmp_path, "SELECT count(*) FROM column_runs WHERE outcome != 'ok'") == [(0,)]


def test_outside_its_hours_nothing_is_asked_and_a_run_by_hand_is_not_bound(tmp_path: Path) -> None:
    with County() as county:
        asleep = yunlan(county, "统计信息", manners=span(3600, 7200))
        assert night(tmp_path, asleep, dibao_night=True).reason == "night" and county.log == []
        assert night(tmp_path, asleep).reason == "finished"


def test_every_request_is_noted(tmp_path: Path) -> None:
    with County() as county:
        paths = [one.path for one in county.site.column("统计信息")]
        county.faults = {
            paths[0]: RESET,
            paths[1]: Fault("short", times=1),
            paths[2]: Fault("cut_gzip", times=1),
            paths[3]: Fault("redirect", 302, to=paths[4]),
            paths[5]: Fault("say", 404, "gone"),
            paths[6]: Fault("say", 403, "no"),
            paths[7]: Fault("stall"),
        }
        night(tmp_path, yunlan(county, "统计信息"), download_timeout=1)
        noted = rows(tmp_path, "SELECT url, outcome, status FROM fetches ORDER BY id")
        assert len(noted) == len(county.log)
        by_path: dict[str, list[str]] = {}
        for url, outcome, _ in noted:
            by_path.setdefault("/" + str(url).split("/", 3)[3], []).append(str(outcome))
        assert by_path["/robots.txt"] == ["ok"]
        assert [by_path[path] for path in (paths[0], paths[1], paths[2])] == [
            ["reset", "reset"],
            ["cut", "ok"],
            ["cut", "ok"],
        ]
        assert by_path[paths[3]] == ["redirect"] and by_path[paths[5]] == ["gone"] and by_path[paths[6]] == ["refused"]
        assert by_path[paths[7]] == ["timeout", "timeout"]


def test_two_districts_on_one_host_take_turns(tmp_path: Path) -> None:
    from scraper.crawl import crawl

    with County() as county:
        one = yunlan(county, "统计信息", delay=0.1)
        two = replace(yunlan(county, "人事任免", delay=0.1), slug="qingxia", name="青岬县")
        crawl([one, two], {"DIBAO_ARCHIVE": str(tmp_path / "archive.db")})
        assert len(county.log) > 10 and min(gaps(county)) >= 0.1


def test_two_commands_on_one_host_take_turns(tmp_path: Path) -> None:
    """Two `dibao crawl` at the same time, each with a district of its own on the same host."""
    top = 'name = "云澜区"\ncode = "329901"\nsite = "{}"\ndelay = 0.1\nsite_code = "yunlan"\n'
    column = '[[columns]]\nname = "{}"\nurl = "/class/{}"\n'
    (tmp_path / "districts").mkdir()
    with County() as county:
        for slug, name in (("yunlan", "统计信息"), ("qingxia", "人事任免")):
            text = top.format(county.url) + "[attachments]\nfetch = false\n" + column.format(name, COLUMNS[name])
            (tmp_path / "districts" / f"{slug}.toml").write_text(text, encoding="utf-8")
        command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(tmp_path / "archive.db"), "crawl", "--quiet"]
        command += ["--districts", str(tmp_path / "districts")]
        children = [subprocess.Popen([*command, slug], cwd=ROOT) for slug in ("yunlan", "qingxia")]
        assert [child.wait(60) for child in children] == [0, 0]
        shared = rows(tmp_path, "SELECT count(DISTINCT district), count(*) FROM runs WHERE exit_code = 0")
        assert shared == [(2, 2)] and len(county.log) > 10 and min(gaps(county)) >= 0.1


ASKS = """
import asyncio, sys, time
from pathlib import Path
from scraper.network.turns import Turns
async def main():
    turns = Turns(Path(sys.argv[1]))
    for _ in range(8):
        async with turns.turn("www.yunlan.example", 5):
            came = time.monotonic()
            await asyncio.sleep(0.02)
            turns._note(next(iter(turns._locks)), 0.0)
            turns.rest("www.yunlan.example", 0.05)
            print(came, time.monotonic(), flush=True)
asyncio.run(main())
"""


def test_processes_take_turns_at_a_host(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASKS, str(tmp_path / "turns")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    lines = [line for child in children for line in child.communicate(timeout=60)[0].splitlines()]
    asked = sorted((float(came), float(ended)) for came, ended in map(str.split, lines))
    assert len(asked) == 16
    assert all(after[0] - before[1] >= 0.05 for before, after in pairwise(asked)), asked


def test_a_dead_process_leaves_a_rest_but_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "turns"
    code = "import asyncio, os, sys; from pathlib import Path; from scraper.network.turns import Turns\n"
    code += "async def main():\n async with Turns(Path(sys.argv[1])).turn('a.example', 0.4): os._exit(9)\n"
    code += "asyncio.run(main())"
    died = time.monotonic()
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)

    async def ask() -> float:
        turns = Turns(path)
        async with turns.turn("a.example", 0):
            turns.close()
            return time.monotonic()

    assert asyncio.run(ask()) - died >= 0.4


def test_where_nothing_can_be_written_a_process_keeps_its_own_turns(tmp_path: Path) -> None:
    async def ask() -> float:
        turns = Turns(tmp_path / "no such folder" / "turns")
        async with turns.turn("a.example", 0):
            turns.rest("a.example", 0.1)
        began = time.monotonic()
        async with turns.turn("a.example", 0):
            return time.monotonic() - began

    assert asyncio.run(ask()) >= 0.09 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("status", [403, 500])
def test_a_refused_robots_txt_of_another_host_does_not_close_the_district(tmp_path: Path, status: int) -> None:
    with County() as county, County(robots=Fault("say", status, "拒绝")) as other:
        here = yunlan(county, "统计信息", allowed_hosts=("localhost",))
        (column,) = here.columns
        elsewhere = Column("人事任免", f"http://localhost:{other.port}/class/JEBLQNFD")
        end = night(tmp_path, replace(here, columns=(column, elsewhere)))
        ends = {one.column: one.outcome for one in end.columns}
        assert ends == {"统计信息": "ok", "人事任免": "blocked"}
        assert {asked.path for asked in other.log} == {"/robots.txt"}
