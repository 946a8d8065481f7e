"""A backfill goes on where it stopped, whatever stopped it, and nothing of the span is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl import runs
from archive.crawl.backfills import FRESH, begun, reached
from archive.crawl.ledger import Ledger
from archive.snapshots import stamp
from archive.store import Archive, open_archive
from archive.upkeep.status import backfills
from scraper.spiders.memory import Backfill
from tests import kept
from tests.county.announcements import TODAY
from tests.county.server import ERROR, NOT_FOUND, County
from tests.county.site import Site
from tests.nights import night, rows, yunlan

SINCE = date(2020, 1, 1)
PLACE = ("yunlan", "公示公告", SINCE, None)
COLUMN = "云澜要闻"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def test_it_remembers_the_last_page_and_the_end(archive: Archive) -> None:
    conn = archive.write()
    assert begun(conn, "yunlan", "公示公告", None, None) == (Backfill(), 0)
    assert begun(conn, *PLACE) == (Backfill(SINCE), 0)
    reached(conn, PLACE, 4, "https://x/2", 20)
    reached(conn, PLACE, 4, "https://x/3", 20)
    assert (
        begun(conn, *PLACE)
        == begun(conn, "yunlan", "公示公告", None, None)
        == (Backfill(SINCE, None, "https://x/3"), 4)
    )
    assert begun(conn, "yunlan", "政务要闻", None, None) == (Backfill(), 0)
    (one,) = backfills(conn)
    assert (one.column, one.since, one.until, one.pages, one.rows) == ("公示公告", "2020-01-01", "", 2, 40)
    reached(conn, PLACE, 5, None, 3)
    assert begun(conn, *PLACE) == (Backfill(SINCE, done=True), 5)
    assert begun(conn, "yunlan", "公示公告", None, None) == (Backfill(), 5)  # what it has read stays known
    assert backfills(conn) == ()


def test_another_span_takes_the_place_of_an_unfinished_one(archive: Archive) -> None:
    conn = archive.write()
    begun(conn, *PLACE)
    until = date(2021, 1, 1)
    assert begun(conn, "yunlan", "公示公告", SINCE, until) == (Backfill(SINCE, until), 0)
    assert begun(conn, "yunlan", "公示公告", None, None) == (Backfill(SINCE, until), 0)
    assert conn.execute("SELECT count(*) FROM backfills").fetchone() == (1,)


def test_long_after_its_end_it_begins_anew(archive: Archive) -> None:
    conn = archive.write()
    begun(conn, *PLACE)
    reached(conn, PLACE, 4, None, 20)
    conn.execute("UPDATE backfills SET done_at = ?", (stamp(datetime.now(UTC) - FRESH - timedelta(hours=1)),))
    assert begun(conn, *PLACE) == (Backfill(SINCE), 0)
    reached(conn, PLACE, 9, "https://x/2", 7)
    assert conn.execute('SELECT pages, "rows", run_id, done_at FROM backfills').fetchall() == [(1, 7, 9, None)]


def test_rows_of_a_backfill_are_known_to_those_that_go_on(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    ledger = Ledger(archive, run)
    assert ledger.backfill(kept.NOTICES, SINCE, None) == Backfill(SINCE)
    kept.listed(ledger, kept.NOTICES, 1, 2)
    ledger.reached(kept.NOTICES, SINCE, None, "https://x/1", 2)
    runs.finish(archive, run, 137)
    ledger, run = Ledger(archive, later := runs.begin(archive, "crawl", kept.district())), later
    assert list(ledger.known(kept.NOTICES, [kept.url(1)])) == []
    assert ledger.backfill(kept.NOTICES, SINCE, None) == Backfill(SINCE, None, "https://x/1")
    assert list(ledger.known(kept.NOTICES, [kept.url(1), kept.url(3)])) == [kept.url(1)]
    assert list(ledger.known(kept.NEWS, [kept.url(1)])) == []
    runs.finish(archive, run)


# -- against the county, with a column of many pages


def long_site() -> Site:
    return Site().multiply(6)


def lists(county: County) -> list[int]:
    """Numbers of the list pages asked for."""
    paths = [re.fullmatch(r"/class/\w+(?:/(\d+))?", one.path) for one in county.log]
    return [int(match[1] or 1) for match in paths if match]


def stored(folder: Path) -> set[str]:
    return {"/" + str(url).split("/", 3)[3] for (url,) in rows(folder, "SELECT url FROM articles")}


def test_after_an_error_it_goes_on_at_the_page_where_it_was(tmp_path: Path) -> None:
    with County(long_site()) as county:
        pages = len(county.site.column(COLUMN)) // 20
        assert pages >= 5
        county.faults[r"/class/\w+/4"] = ERROR
        first = night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        assert first.columns[0].outcome == "failed" and max(lists(county)) == 4
        county.faults.clear()
        county.log.clear()
        old = county.site.column(COLUMN)[2]
        news = [county.site.publish(replace(old, id=91_000 + n, title=f"短讯第{n}期", on=TODAY)) for n in range(30)]
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        asked = lists(county)
        assert asked[:3] == [1, 2, 3] and 4 in asked and len(asked) <= pages + 3  # new rows, then on from page 3
        assert set(news) <= stored(tmp_path)
        assert stored(tmp_path) == {one.path for one in county.site.column(COLUMN)}
        assert rows(tmp_path, "SELECT done_at IS NOT NULL FROM backfills") == [(1,)]


def test_without_news_it_asks_for_no_page_twice_but_where_it_stopped(tmp_path: Path) -> None:
    with County(long_site()) as county:
        county.faults[r"/class/\w+/5"] = ERROR
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        county.faults.clear()
        county.log.clear()
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        assert lists(county)[:3] == [1, 4, 5]
        county.log.clear()
        end = night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        assert end.columns[0].outcome == "ok" and len(lists(county)) <= 3  # done: only what is new
        assert county.asked() == []


def test_an_ordinary_night_goes_on_with_what_was_left_unfinished(tmp_path: Path) -> None:
    with County(long_site()) as county:
        county.faults[r"/class/\w+"] = ERROR  # not even the first page came
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        county.faults.clear()
        county.faults[r"/class/\w+/3"] = ERROR
        night(tmp_path, yunlan(county, COLUMN))
        county.faults.clear()
        county.log.clear()
        night(tmp_path, yunlan(county, COLUMN))
        assert lists(county)[:3] == [1, 2, 3]
        assert stored(tmp_path) == {one.path for one in county.site.column(COLUMN)}


def test_a_page_that_is_no_longer_there_sends_it_back_to_the_top(tmp_path: Path) -> None:
    with County(long_site()) as county:
        county.faults[r"/class/\w+/4"] = ERROR
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        county.faults.clear()
        county.faults[r"/class/\w+/3"] = NOT_FOUND
        assert night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01").columns[0].outcome == "failed"
        county.faults.clear()
        county.log.clear()
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2000-01-01")
        assert lists(county)[:3] == [1, 2, 3]
        assert stored(tmp_path) == {one.path for one in county.site.column(COLUMN)}


def test_until_brings_the_past_alone(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county, COLUMN), dibao_since="2026-05-01", dibao_until="2026-08-31")
        span = (date(2026, 5, 1), date(2026, 8, 31))
        wanted = {one.path for one in county.site.column(COLUMN) if span[0] <= one.on <= span[1]}
        assert {asked.path for asked in county.asked()} == wanted and wanted
