"""Politeness and the pitfalls of HTTP, seen from a real server."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from scraper.catalogue import Column
from tests.county.server import CUT_GZIP, ERROR, RESET, County, Fault
from tests.county.site import Site
from tests.nights import counts, held, night, rows, states, yunlan


def gaps(county: County) -> list[float]:
    """Seconds from each request's arrival to the next one's, by the server's own log."""
    came = sorted(asked.came for asked in county.log)
    return [after - before for before, after in pairwise(came)]


def test_no_gap_is_ever_shorter_than_the_delay(tmp_path: Path) -> None:
    """Default jitter undercuts the delay (design/crawl.md); a failed request and a retry count as well."""
    with County() as county:
        paths = [one.path for one in county.site.column("统计信息")]
        county.faults = {paths[1]: RESET, paths[3]: ERROR, paths[5]: CUT_GZIP}
        night(tmp_path, yunlan(county, "统计信息", delay=0.15))
        assert len(county.log) >= 13
        assert min(gaps(county)) >= 0.15, gaps(county)


def test_a_slow_site_gets_as_much_rest_as_it_took(tmp_path: Path) -> None:
    with County() as county:
        paths = [one.path for one in county.site.column("统计信息")]
        county.faults = {paths[0]: Fault("slow", seconds=0.5)}
        night(tmp_path, yunlan(county, "统计信息", delay=0.01))
        slow = county.asked(paths[0])[0]
        following = min(asked.came for asked in county.log if asked.came > slow.came)
        assert following - slow.ended >= 0.45


def test_a_crawl_delay_in_robots_txt_is_kept(tmp_path: Path) -> None:
    with County(robots=Fault("say", 200, "User-agent: *\nCrawl-delay: 0.2\n")) as county:
        night(tmp_path, yunlan(county, "统计信息"), dibao_limit=3)
        assert min(gaps(county)[1:]) >= 0.2


def test_retry_after_is_kept(tmp_path: Path) -> None:
    with County() as county:
        paths = [one.path for one in county.site.column("统计信息")]
        county.faults = {paths[0]: Fault("busy", 503, seconds=1, times=1)}
        night(tmp_path, yunlan(county, "统计信息"), dibao_limit=2)
        busy = county.asked(paths[0])[0]
        assert min(asked.came for asked in county.log if asked.came > busy.came) - busy.ended >= 1.0
        assert counts(tmp_path) == {"seen": 2, "archived": 2}


def test_one_request_at_a_time(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county))
        log = sorted(county.log, key=lambda asked: asked.came)
        assert all(after.came >= before.ended - 0.005 for before, after in pairwise(log))


@pytest.mark.parametrize("status", [404, 410, 400])
def test_no_robots_txt_is_leave_to_read(tmp_path: Path, status: int) -> None:
    with County(robots=Fault("say", status, "no such file")) as county:
        assert night(tmp_path, yunlan(county, "统计信息")).reason == "finished"
        assert county.log[0].path == "/robots.txt" and len(county.asked("/robots.txt")) == 1


@pytest.mark.parametrize("status", [401, 403, 412, 500, 503])
def test_a_refused_robots_txt_is_no_leave(tmp_path: Path, status: int) -> None:
    with County(robots=Fault("say", status, "拒绝执行")) as county:
        end = night(tmp_path, yunlan(county))
        assert end.reason == "robots" and f"HTTP {status}" in end.why and "not established" in end.why
        assert {asked.path for asked in county.log} == {"/robots.txt"}
        assert counts(tmp_path) == {}, "what a firewall answers there is no page"
        assert {column.outcome for column in end.columns} == {"blocked"} and len(end.columns) == 8


def test_robots_txt_is_obeyed_page_by_page(tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /class/JEBLQNFD\nDisallow: /html/yunlan/2026/FPMN\n"
    with County(robots=Fault("say", 200, rules)) as county:
        end = night(tmp_path, yunlan(county, "统计信息", "人事任免", "通知公告"))
        assert county.asked("/class/JEBLQNFD.*") == [] and county.asked(".*/FPMN.*html") == []
        ends = {column.column: column for column in end.columns}
        assert ends["统计信息"].outcome == "blocked" and "robots.txt" in ends["统计信息"].note
        reasons = set(states(tmp_path, "failed").values())
        assert len(reasons) == 1 and "robots.txt" in reasons.pop() and counts(tmp_path)["failed"] == 7


def test_a_page_in_place_of_robots_txt_is_neither_a_rule_nor_an_article(tmp_path: Path) -> None:
    page = Site().get(Site().column("统计信息")[0].path)
    assert page is not None
    with County(robots=Fault("say", 200, page.body.decode())) as county:
        assert night(tmp_path, yunlan(county, "统计信息")).pages == 9
        assert counts(tmp_path) == {"seen": 9, "archived": 9}


def test_hosts_are_reached_through_a_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """http_proxy, as in some offices; here it also serves a site under its own name."""
    with County() as county:
        monkeypatch.setenv("http_proxy", county.url)
        here = yunlan(county, "统计信息")
        (column,) = here.columns
        named = replace(
            here,
            site="http://www.yunlan.example",
            columns=(Column(column.name, "http://www.yunlan.example/class/JEBLQNFD"),),
        )
        assert night(tmp_path, named).pages == 9
        assert {str(one["url"])[:26] for one in held(tmp_path)} == {"http://www.yunlan.example/"}


def test_a_rule_for_other_robots_is_not_for_us(tmp_path: Path) -> None:
    rules = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /uploadfiles/\n"
    with County(robots=Fault("say", 200, rules)) as county:
        assert night(tmp_path, yunlan(county, "统计信息")).pages == 9


def test_packed_pages_are_kept_unpacked(tmp_path: Path) -> None:
    with County(gzip=True) as county:
        night(tmp_path / "", yunlan(county, "统计信息"))
        packed = held(tmp_path)
        assert {asked.headers["Accept-Encoding"] for asked in county.log} == {"gzip, deflate"}
    plain = tmp_path / "plain"
    plain.mkdir()
    with County(port=county.port) as county:
        night(plain, yunlan(county, "统计信息"))
    assert packed == held(plain)


def test_a_cut_page_is_asked_for_again(tmp_path: Path) -> None:
    with County() as county:
        path = county.site.column("统计信息")[0].path
        county.faults[path] = Fault("cut_gzip", times=1)
        night(tmp_path, yunlan(county, "统计信息"))
        assert len(county.asked(path)) == 2 and counts(tmp_path) == {"seen": 9, "archived": 9}


def test_the_home_page_is_not_taken_for_a_page(tmp_path: Path) -> None:
    assert Site().get("/") is not None and Site().get("/nowhere") is None
    with County() as county:
        night(tmp_path, yunlan(county, "统计信息"))
        assert rows(tmp_path, "SELECT count(*) FROM pages WHERE url LIKE '%/'") == [(0,)]
