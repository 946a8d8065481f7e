"""The sums of the ledger under random failures, kills and days: every listed page counts under exactly one part."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.crawl import runs
from archive.crawl.coverage import PARTS, coverage
from archive.crawl.fetches import today
from archive.crawl.ledger import Ledger
from archive.crawl.runs import Run
from archive.intake.take import take
from archive.snapshots import stamp
from archive.store import Archive, open_archive
from archive.upkeep.status import never_stored
from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.spiders.memory import Fetch, Wanted
from tests import kept

OPEN = {"blocked", "unreadable", "failed", "given_up", "waiting"}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def begin(archive: Archive) -> tuple[Ledger, Run]:
    run = runs.begin(archive, "crawl", kept.district())
    return Ledger(archive, run), run


def parts(archive: Archive, column: str = "公示公告") -> dict[str, dict[str, int]]:
    """Day -> part -> pages, without zeros; the days as distances to today."""
    found: dict[str, dict[str, int]] = {}
    for one in coverage(archive.db.conn, "2000-01-01", "yunlan"):
        if one.column == column:
            counts = {name: getattr(one, name) for name in PARTS if getattr(one, name)}
            assert one.listed == sum(counts.values())
            found[one.day] = counts
    return found


def pass_days(archive: Archive, days: int = 1) -> None:
    """Lets days pass: everything that is dated lies further back."""
    conn = archive.write()
    conn.execute(f"UPDATE listings SET covered_on = date(covered_on, '-{days} days') WHERE covered_on != ''")
    rows = conn.execute(f'SELECT district, "column", day, {", ".join(("listed", *PARTS))} FROM coverage').fetchall()
    conn.execute("DELETE FROM coverage")
    for district, column, day, *counts in rows:
        moved = (date.fromisoformat(day) - timedelta(days=days)).isoformat()
        conn.execute(f"INSERT INTO coverage VALUES ({','.join('?' * 14)})", (district, column, moved, *counts))
    for url, moment in conn.execute("SELECT url, next_try_at FROM pages WHERE next_try_at IS NOT NULL").fetchall():
        earlier = stamp(datetime.fromisoformat(moment) - timedelta(days=days))
        conn.execute("UPDATE pages SET next_try_at = ? WHERE url = ?", (earlier, url))
    archive.commit()


def test_a_day_tells_what_was_listed_and_where_it_stands(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1, 2, 3, 4)
    assert list(parts(archive).values()) == [{"waiting": 4}]
    take(archive, kept.page(1), run=run, catalogue=())
    take(archive, kept.answer(2, 500), run=run, catalogue=())
    ledger.failed(Wanted(kept.url(3), "公示公告"), "time-out")
    assert list(parts(archive).values()) == [{"stored": 1, "failed": 2, "waiting": 1}]
    runs.finish(archive, run)
    ledger, run = begin(archive)  # the same day: the pages count once
    kept.listed(ledger, kept.NOTICES, 4, 3, 2, 1)
    take(archive, kept.page(4), run=run, catalogue=())
    assert list(parts(archive).values()) == [{"stored": 2, "failed": 2}]
    runs.finish(archive, run)


def test_a_page_that_is_listed_again_while_it_is_not_stored_is_carried_over(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1, 2)
    take(archive, kept.page(1), run=run, catalogue=())
    runs.finish(archive, run)
    pass_days(archive)
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 3, 2, 1)
    today, yesterday = parts(archive).values()
    assert yesterday == {"stored": 1, "carried": 1} and today == {"unchanged": 1, "waiting": 2}
    take(archive, kept.page(2), run=run, catalogue=())
    assert next(iter(parts(archive).values())) == {"unchanged": 1, "waiting": 1, "stored": 1}
    runs.finish(archive, run)


def test_what_is_stored_later_without_being_listed_again_counts_on_its_day(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    runs.finish(archive, run)
    pass_days(archive, 3)
    ledger, run = begin(archive)
    assert [wanted.url for wanted in ledger.waiting()] == [kept.url(1)]
    take(archive, kept.page(1), run=run, catalogue=())
    assert list(parts(archive).values()) == [{"stored": 1}]
    runs.finish(archive, run)


def test_a_page_in_two_columns_counts_in_both(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    kept.listed(ledger, kept.NEWS, 1)
    take(archive, kept.page(1), run=run, catalogue=())
    assert list(parts(archive).values()) == list(parts(archive, "政务要闻").values()) == [{"stored": 1}]
    together = coverage(archive.db.conn, "2000-01-01")
    assert [(one.district, one.column, one.listed, one.stored) for one in together] == [("yunlan", "", 2, 2)]
    runs.finish(archive, run)


def test_what_is_given_up_is_shown_as_such(archive: Archive) -> None:
    for _ in range(7):
        ledger, run = begin(archive)
        ledger.waiting()
        kept.listed(ledger, kept.NOTICES, 1)
        ledger.failed(Wanted(kept.url(1), "公示公告"), "time-out")
        runs.finish(archive, run)
        pass_days(archive, 8)
    days = list(parts(archive).values())
    assert days[0] == {"given_up": 1} and days[1:] == [{"carried": 1}] * 6
    assert never_stored(archive.db.conn) == {"given_up": 1}
    rows = archive.db.execute("SELECT reason, tries FROM never_stored").fetchall()
    assert rows == [("time-out (given up after 7 tries)", 7)]


def test_sqlite_itself_refuses_a_sum_that_does_not_close(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    with pytest.raises(sqlite3.IntegrityError):
        archive.write().execute("UPDATE coverage SET stored = stored + 1")
    runs.finish(archive, run)


# -- anything may happen


def act(archive: Archive, ledger: Ledger, run: Run, rng: random.Random, wanted: list[Wanted]) -> None:
    """One thing that a crawl may meet."""
    what = rng.choice(["list", "list", "store", "store", "store", "fail", "refuse", "empty", "gone", "same"])
    if what == "list" or not wanted:
        column = rng.choice((kept.NEWS, kept.NOTICES))
        rows = kept.rows(*rng.sample(range(1, 25), rng.randint(1, 8)))
        if rng.random() < 0.2:
            rows = (replace(rows[0], title=rows[0].title + f"（{rng.randint(1, 9)}）"), *rows[1:])
        if rng.random() < 0.2:
            rows = (*rows, Row(rows[0].url.replace("https", "http"), rows[0].title, rows[0].listed_on))
        wanted += ledger.listed(column, ListPage(rows), rows).wanted
        return
    one = wanted.pop(rng.randrange(len(wanted)))
    number, later = int(one.url[-10:-5]), rng.random() * 1e5
    ledger.fetched(Fetch(one.url, datetime.now(UTC), 5, 200, 900, "article", one.column))
    if what == "fail":
        ledger.failed(one, "reset")
    elif what == "same" and one.etag:
        ledger.unchanged(one)
    else:
        answers = {"refuse": kept.answer(number, 503, later=later), "gone": kept.answer(number, 404, later=later)}
        answers["empty"] = kept.answer(number, 200, b"<p>x</p>", later=later)
        said = rng.choice(("", "另行通知。"))
        take(archive, answers.get(what) or kept.page(number, said, later=later), run=run, catalogue=())


def check(archive: Archive) -> None:
    """What must hold in every committed state."""
    conn = archive.db.conn
    assert not conn.in_transaction
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in coverage(conn, "2000-01-01", "yunlan"):
        counts = {name: getattr(one, name) for name in PARTS}
        assert one.listed == sum(counts.values()) and min(counts.values()) >= 0
        counted += Counter({(one.column, one.day, name): number for name, number in counts.items()})
    listings = 'SELECT "column", covered_on, covered_as, count(*) FROM listings GROUP BY 1, 2, 3'
    held = Counter({(column, day, part): number for column, day, part, number in conn.execute(listings)})
    for place in counted.keys() | held.keys():
        if place[1] == today() or place[2] in OPEN:  # what is not stored counts once, however many days list it
            assert counted[place] == held[place] or place[2] == "carried"
        assert counted[place] >= held[place]
    states = "SELECT l.covered_as, p.state, p.next_try_at FROM listings l JOIN pages p USING (url)"
    for part, state, next_try in conn.execute(states):
        opened = state in ("waiting", "failed", "blocked", "unreadable")
        # What was stored on an earlier day stays so there, although another column found it changed since.
        assert opened or part not in OPEN
        assert part not in OPEN or part == ("given_up" if state != "waiting" and next_try is None else state)
    for requests, fetched, seen, total in conn.execute(
        "SELECT requests, (SELECT count(*) FROM fetches f WHERE f.run_id = runs.id), seen,"
        f" {' + '.join(runs.COUNTS)} FROM runs"
    ):
        assert requests == fetched and seen == total
    assert conn.execute("SELECT sum(requests) FROM spent").fetchone()[0] in (
        None,
        conn.execute("SELECT count(*) FROM fetches").fetchone()[0],
    )
    without = "SELECT count(*) FROM pages p WHERE stored_at IS NULL"
    (missing,) = conn.execute(without).fetchone()
    assert missing == sum(never_stored(conn).values())


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_sums_close_whatever_happens(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    rng = random.Random(seed)
    with open_archive(tmp_path_factory.mktemp("sums") / "archive.db") as archive:
        for _ in range(rng.randint(2, 5)):
            ledger, run = begin(archive)
            wanted = list(ledger.waiting())
            for _ in range(rng.randint(1, 25)):
                act(archive, ledger, run, rng, wanted)
                if rng.random() < 0.3:
                    archive.commit()
                    check(archive)
            if rng.random() < 0.4:  # killed: what was not committed is gone
                archive.rollback()
                run.lock.release()
            else:
                for column in (kept.NEWS, kept.NOTICES):
                    ledger.column_read(column, "ok", 1)
                runs.finish(archive, run)
            check(archive)
            pass_days(archive, rng.choice((0, 0, 1, 9)))


def test_a_column_is_shown_in_the_order_of_the_catalogue(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    kept.listed(ledger, kept.NEWS, 2)
    kept.listed(ledger, Column("不再列出", ""), 3)
    runs.finish(archive, run)
    found = coverage(archive.db.conn, "2000-01-01", "yunlan")
    assert [one.column for one in found][-2:] == ["政务要闻", "公示公告"]
    assert coverage(archive.db.conn, "2000-01-01", "qingjia") == ()
    assert coverage(archive.db.conn, "2999-01-01") == ()
