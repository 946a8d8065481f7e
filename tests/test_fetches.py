"""Every request is in the ledger once, and the sums of a day are those of its requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl import fetches, runs
from archive.crawl.fetches import KEPT, today
from archive.crawl.ledger import Ledger
from archive.crawl.manners import manners
from archive.crawl.runs import Run
from archive.intake.take import take
from archive.store import Archive, open_archive
from scraper.spiders.memory import Fetch, Wanted
from tests import kept
from tests.county.server import ERROR, County, redirect
from tests.nights import night, rows, yunlan

NOW = datetime.now(UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def begin(archive: Archive) -> tuple[Ledger, Run]:
    run = runs.begin(archive, "crawl", kept.district())
    return Ledger(archive, run), run


def fetch(seconds: float = 0, ms: int = 100, host: str = "www.yunlan.example.cn", **more: object) -> Fetch:
    given: dict[str, object] = {"status": 200, "bytes": 1000, "role": "article", **more}
    return Fetch(f"https://{host}/1.html", NOW + timedelta(seconds=seconds), ms, **given)  # type: ignore[arg-type]


def test_a_request_is_written_with_what_came_of_it(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    ledger.fetched(fetch(column="公示公告", validator="etag"))
    assert archive.db["fetches"].count == 0  # not before its answer is
    take(archive, kept.page(1), run=run, catalogue=())
    archive.commit()
    (row,) = archive.db.query("SELECT * FROM fetches")
    assert (row["run_id"], row["district"], row["host"], row["role"]) == (
        1,
        "yunlan",
        "www.yunlan.example.cn",
        "article",
    )
    assert (row["status"], row["bytes"], row["ms"], row["validator"], row["outcome"]) == (200, 1000, 100, "etag", "ok")
    assert row["column"] == "公示公告" and row["sent_at"] == NOW.isoformat(timespec="microseconds")
    assert archive.db.execute("SELECT requests, bytes FROM runs").fetchone() == (1, 1000)
    runs.finish(archive, run)


def test_a_failure_is_written_with_its_request(archive: Archive) -> None:
    ledger, run = begin(archive)
    ledger.fetched(fetch(status=0, bytes=0, outcome="timeout", note="no answer in time \ud800"))
    ledger.failed(Wanted(kept.url(1), "公示公告"), "no answer in time")
    archive.commit()
    assert archive.db.execute("SELECT outcome, status FROM fetches").fetchall() == [("timeout", 0)]
    runs.finish(archive, run)


def test_what_was_spent_today_counts_all_runs_and_what_is_not_yet_written(archive: Archive) -> None:
    ledger, run = begin(archive)
    name = "www.yunlan.example.cn"
    assert ledger.spent(name) == (0, 0)
    ledger.fetched(fetch())
    ledger.fetched(fetch(host="files.yunlan.example.cn"))
    assert ledger.spent(name) == (1, 1000)
    ledger.column_read(kept.NOTICES, "unchanged", 0)
    assert ledger.spent(name) == (1, 1000)
    runs.finish(archive, run)
    ledger, run = begin(archive)
    ledger.fetched(fetch(bytes=50))
    ledger.fetched(fetch(-86_400 * 2))  # of another day
    assert ledger.spent(name) == (2, 1050)
    runs.finish(archive, run)


def test_the_day_is_that_of_shanghai() -> None:
    assert today(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == "2026-11-20"
    assert today(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == "2026-11-21"


def test_old_requests_go_and_their_sums_stay(archive: Archive) -> None:
    ledger, run = begin(archive)
    for seconds in (-KEPT.total_seconds() - 60, -60):
        ledger.fetched(fetch(seconds))
    ledger.column_read(kept.NOTICES, "ok", 0)
    fetches.forget(archive.write(), NOW)
    archive.commit()
    assert archive.db["fetches"].count == 1
    assert archive.db.execute("SELECT sum(requests) FROM spent").fetchone() == (2,)
    runs.finish(archive, run)


# -- manners


def test_manners_are_what_was_done(archive: Archive) -> None:
    ledger, run = begin(archive)
    robots = fetch(0, 100, status=404, role="robots", outcome="gone")
    made = [robots, fetch(3.1, 400), fetch(6.5, 100, status=304, bytes=0), fetch(11.6, 100, status=0, bytes=0)]
    for one in (*made, fetch(host="files.yunlan.example.cn", ms=2000), fetch(1, host="files.yunlan.example.cn")):
        ledger.fetched(one)
    ledger.column_read(kept.NOTICES, "ok", 0)
    runs.finish(archive, run)
    first, second = manners(archive.db.conn, NOW - timedelta(hours=1))
    assert (first.host, first.requests, first.bytes, first.districts) == ("www.yunlan.example.cn", 4, 2000, ("yunlan",))
    assert (first.gap, first.usual_gap, first.together) == (3.0, 3.0, 1)
    assert (first.not_modified, first.failures, first.robots) == (0.25, 1, "404")
    assert sum(first.hours) == 4 and first.hours[(NOW.hour + 8) % 24] > 0
    assert (first.most_requests, first.most_bytes) == (4, 2000)
    assert (second.host, second.together, second.gap, second.robots) == ("files.yunlan.example.cn", 2, 0.0, "")
    assert manners(archive.db.conn, NOW + timedelta(hours=1)) == ()


def test_one_request_has_no_gap(archive: Archive) -> None:
    ledger, run = begin(archive)
    ledger.fetched(fetch())
    ledger.column_read(kept.NOTICES, "ok", 0)
    runs.finish(archive, run)
    (one,) = manners(archive.db.conn, NOW - timedelta(hours=1))
    assert (one.gap, one.usual_gap, one.together) == (None, None, 1)


# -- a real crawl


def test_every_request_that_the_site_saw_is_in_the_ledger(tmp_path: Path) -> None:
    with County(validators=True) as county:
        first, second, *_ = county.site.column("统计信息")
        county.faults[first.path] = ERROR
        county.faults[second.path] = redirect(county.site.column("统计信息")[3].path)
        for _ in range(2):
            night(tmp_path, yunlan(county, "统计信息"))
        seen = sorted((one.path, one.status) for one in county.log)
    written = sorted(
        ("/" + str(url).split("/", 3)[3], status) for url, status in rows(tmp_path, "SELECT url, status FROM fetches")
    )
    assert written == seen and len(seen) > 10
    roles = {str(role): number for role, number in rows(tmp_path, "SELECT role, count(*) FROM fetches GROUP BY 1")}
    assert roles["robots"] == 2 and roles["list"] == 2 and set(roles) == {"robots", "list", "article"}
    assert ("list", 304, "both") in rows(tmp_path, "SELECT role, status, validator FROM fetches")
    per_run = "SELECT requests, (SELECT count(*) FROM fetches f WHERE f.run_id = r.id) FROM runs r"
    assert all(requests == fetched for requests, fetched in rows(tmp_path, per_run))
    assert rows(tmp_path, "SELECT sum(requests) FROM spent") == [(len(seen),)]
