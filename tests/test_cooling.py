"""A site that refuses run after run is left alone, and longer each time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl import cooling, runs
from archive.store import Archive, open_archive
from archive.upkeep.status import conclude, last_runs, status
from tests import kept
from tests.county.server import CHALLENGE_412, County
from tests.nights import night, rows, yunlan

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def test_three_refusals_in_a_row_and_the_rest_grows(archive: Archive) -> None:
    conn = archive.write()
    rests = [cooling.refused(conn, "yunlan", "412", NOW) for _ in range(9)]
    assert rests[:2] == [None, None]
    days = [round((until - NOW) / timedelta(days=1)) for until in rests[2:] if until]
    assert days == [1, 3, 7, 14, 30, 30, 30]
    assert cooling.cooling(conn, "yunlan", NOW) == rests[-1]
    assert cooling.cooling(conn, "yunlan", NOW + timedelta(days=31)) is None
    assert cooling.cooling(conn, "qingjia", NOW) is None


def test_a_rest_of_a_day_ends_before_the_next_night_s_run(archive: Archive) -> None:
    conn = archive.write()
    for _ in range(3):
        until = cooling.refused(conn, "yunlan", "412", NOW)
    assert until is not None and until < NOW + timedelta(days=1)


def run_that_ends(archive: Archive, kind: str, *outcomes: str) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    conn = archive.write()
    for number, outcome in enumerate(outcomes):
        conn.execute(
            "INSERT INTO column_runs VALUES (?, 'yunlan', ?, ?, 0, 'HTTP 412', 1, NULL)", (run.id, str(number), outcome)
        )
    cooling.conclude(conn, run.id, "yunlan", kind, "5 pages in a row were refused" if kind else "")
    runs.finish(archive, run)


@pytest.mark.parametrize(
    ("kind", "outcomes", "counted"),
    [
        ("blocked", ("ok", "blocked"), True),
        ("robots", (), True),
        ("", ("blocked", "blocked"), True),
        ("", ("blocked", "ok"), False),
        ("unreachable", ("failed",), False),
        ("night", ("failed",), False),
        ("", ("failed",), False),
        ("", (), False),
    ],
)
def test_which_endings_count(archive: Archive, kind: str, outcomes: tuple[str, ...], *, counted: bool) -> None:
    run_that_ends(archive, kind, *outcomes)
    assert [one.refused for one in cooling.cooldowns(archive.db.conn)] == [1] * counted


def test_a_column_that_can_be_read_ends_it_and_an_outage_does_not(archive: Archive) -> None:
    for _ in range(3):
        run_that_ends(archive, "blocked")
    run_that_ends(archive, "unreachable", "failed")
    assert cooling.cooling(archive.db.conn, "yunlan") is not None
    (one,) = status(archive).cooldowns
    assert (one.district, one.refused, one.reason) == ("yunlan", 3, "5 pages in a row were refused")
    run_that_ends(archive, "", "blocked", "unchanged")
    assert cooling.cooling(archive.db.conn, "yunlan") is None and status(archive).cooldowns == ()


def test_a_refusing_site_cools_down_and_its_run_says_so(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/class/.*"] = CHALLENGE_412
        for _ in range(3):
            night(tmp_path, yunlan(county, "统计信息", "云澜要闻"))
    notes = [str(note) for (note,) in rows(tmp_path, "SELECT note FROM runs ORDER BY id")]
    assert "cooling" not in notes[1] and "cooling down until 20" in notes[2] and "refused 3 runs in a row" in notes[2]
    with open_archive(tmp_path / "archive.db") as archive:
        assert cooling.cooling(archive.db.conn, "yunlan") is not None
        (last,) = last_runs(archive.db.conn)
        conclude(archive, last.id, 4, "HTTP 412")
        assert last_runs(archive.db.conn)[0].note.startswith("HTTP 412; cooling down until 20")
