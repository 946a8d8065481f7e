"""Everything that goes wrong on the network ends in a counted outcome with a reason; the rest of the run goes on."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.catalogue import Column, Layout
from scraper.crawl import DistrictEnd, crawl
from tests.county.server import (
    BOMB,
    CHALLENGE_412,
    CHALLENGE_521,
    CUT_GZIP,
    EMPTY,
    ERROR,
    FORBIDDEN,
    HUGE,
    LIES,
    NOT_FOUND,
    RESET,
    SHORT,
    STALL,
    WAF_SHELL,
    County,
    Fault,
)
from tests.nights import counts, held, night, rows, states, yunlan

PAGE = 3  # which page of the column goes wrong


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (NOT_FOUND, "failed", "404"),
        (FORBIDDEN, "blocked", "refused"),
        (CHALLENGE_412, "blocked", "ruishu"),
        (CHALLENGE_521, "blocked", "jsl"),
        (WAF_SHELL, "blocked", "waf"),
        (ERROR, "failed", "500"),
        (RESET, "failed", "connection broke"),
        (STALL, "failed", "no answer in time"),
        (CUT_GZIP, "failed", "gzip cut off"),
        (SHORT, "failed", "cut off before its end"),
        (HUGE, "failed", "larger than"),
        (BOMB, "failed", "larger than"),
        (EMPTY, "blocked", "empty"),
    ],
    ids=lambda value: value.how + str(value.status) if isinstance(value, Fault) else "",
)
def test_one_bad_page_is_counted_and_the_rest_goes_on(tmp_path: Path, fault: Fault, state: str, reason: str) -> None:
    with County() as county:
        path = county.site.column("统计信息")[PAGE].path
        county.faults[path] = fault
        end = night(tmp_path, yunlan(county, "统计信息"), download_timeout=1)
        assert end.reason == "finished" and end.columns[0].outcome == "ok"
        found = states(tmp_path, state)
        assert set(found) == {path} and reason in found[path]
        assert counts(tmp_path) == {"seen": 9, "archived": 8, state: 1}
        county.faults.clear()
        county.log.clear()
        night(tmp_path, yunlan(county, "统计信息"))
        assert [asked.path for asked in county.asked()] == [path], "it is tried again, and only it"
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(9,)]


def test_an_answer_that_was_refused_is_kept_as_evidence(tmp_path: Path) -> None:
    with County() as county:
        path = county.site.column("统计信息")[PAGE].path
        county.faults[path] = CHALLENGE_521
        night(tmp_path, yunlan(county, "统计信息"))
        kept = rows(tmp_path, "SELECT status, outcome FROM captures WHERE url LIKE ?", f"%{path}")
        assert kept == [(521, "blocked")]


def test_a_charset_that_lies_is_seen_through(tmp_path: Path) -> None:
    with County() as county:
        odd = next(one for one in county.site.pages.values() if one.charset == "gb18030")
        plain = county.site.column("统计信息")[0]
        county.faults = {odd.path: LIES, plain.path: LIES}
        night(tmp_path, yunlan(county, odd.column, "统计信息"), dibao_since="2000-01-01")
        titles = {str(one["url"]).rpartition("/")[2]: one["title"] for one in held(tmp_path)}
        assert titles[f"{odd.id}.html"] == odd.title and titles[f"{plain.id}.html"] == plain.title
        assert not any("\ufffd" in str(one["body"]) for one in held(tmp_path))


def test_a_page_without_a_date_is_archived_and_says_so(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county, "部门动态"))
    (found,) = (one for one in held(tmp_path) if one["published_on"] is None)
    assert found["title"] == "云澜区城市展览馆参观须知" and "no_date" in str(found["flags"])


@pytest.mark.parametrize(
    ("fault", "outcome", "said"),
    [
        (NOT_FOUND, "failed", "HTTP 404"),
        (FORBIDDEN, "blocked", "403"),
        (CHALLENGE_412, "blocked", "412"),
        (CHALLENGE_521, "blocked", "521"),
        (WAF_SHELL, "blocked", "waf"),
        (ERROR, "failed", "HTTP 500"),
        (RESET, "failed", "connection broke"),
        (CUT_GZIP, "failed", "gzip cut off"),
        (HUGE, "failed", "larger than"),
        (EMPTY, "shell", "holds no rows"),
    ],
    ids=lambda value: value.how + str(value.status) if isinstance(value, Fault) else "",
)
def test_a_bad_list_ends_its_column_and_no_other(tmp_path: Path, fault: Fault, outcome: str, said: str) -> None:
    with County() as county:
        county.faults["/class/FPMNCBAD.*"] = fault
        end = night(tmp_path, yunlan(county, "人事任免", "统计信息"))
        ends = {column.column: column for column in end.columns}
        assert end.reason == "finished" and ends["统计信息"].outcome == "ok"
        assert ends["人事任免"].outcome == outcome and said in ends["人事任免"].note, ends["人事任免"]
        assert counts(tmp_path) == {"seen": 9, "archived": 9}


def test_a_selector_that_is_none_is_named(tmp_path: Path) -> None:
    with County() as county:
        district = replace(yunlan(county, "统计信息"), layout=Layout("fengxun", {"rows": "tr:::"}))
        end = night(tmp_path, district)
        assert end.reason == "failed" and end.columns[0].outcome == "failed" and "tr:::" in end.columns[0].note


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_host_that_refuses_connections_ends_quickly_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with County(port=closed_port()) as county:
        district = yunlan(county)
    end = night(tmp_path, district)
    assert end.reason == "unreachable" and "no connection" in end.why and end.pages == 0
    assert {column.outcome for column in end.columns} == {"failed"} and len(end.columns) == 8
    assert counts(tmp_path) == {}
    said = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert len(said) == 1 and said[0].startswith("yunlan: unreachable: "), "once, not for each column"


def test_a_host_name_that_nobody_knows(tmp_path: Path) -> None:
    with County() as county:
        district = yunlan(county)
    moved = replace(district, site="http://yunlan.invalid", columns=(Column("要闻", "http://yunlan.invalid/class/A"),))
    end = night(tmp_path, moved)
    assert end.reason == "unreachable" and "host name is not known" in end.why
    assert "object at" not in end.why


def test_a_site_that_falls_silent_is_left_alone_and_nothing_is_lost(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/html/.*"] = RESET
        end = night(tmp_path, yunlan(county), retry_times=0)
        assert end.reason == "unreachable" and "5 pages in a row" in end.why
        assert len(county.asked()) <= 7, "it is not asked for all the others"
        found = counts(tmp_path)
        assert found["failed"] <= 7 and found["seen"] == found["failed"] + found["waiting"]
        county.faults.clear()
        night(tmp_path, yunlan(county))
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(107,)]


def test_a_site_that_refuses_every_page_is_left_alone(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/html/.*"] = CHALLENGE_521
        end = night(tmp_path, yunlan(county))
        assert end.reason == "blocked" and "HTTP 521" in end.why and len(county.asked()) <= 7


def test_a_bad_site_does_not_hold_up_a_good_one(tmp_path: Path) -> None:
    with County() as bad, County() as good:
        bad.faults[".*"] = STALL
        bad.robots = STALL
        slow = replace(yunlan(bad), slug="stalled")
        settings = {"DIBAO_ARCHIVE": str(tmp_path / "archive.db"), "DOWNLOAD_TIMEOUT": 2}
        report = crawl([slow, yunlan(good, "统计信息")], settings)
        assert [end.reason for end in report.ends] == ["unreachable", "finished"]
        assert [end.slug for end in report.unreachable] == ["stalled"] and report.ends[1].pages == 9


def test_an_archive_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is no database, and long enough to be taken for one" * 100)
    with County() as county:
        end: DistrictEnd = night(tmp_path, yunlan(county, "统计信息"))
        assert end.reason == "archive" and "archive.db" in end.why and end.error is not None
        assert county.log == [], "without an archive to keep it in, nothing is fetched"
