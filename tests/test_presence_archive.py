"""States in the archive follow from the captures alone: no order, kill or second run changes them, and what says
nothing of a page is no evidence."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.crawl.runs import Busy, Lock
from archive.crawl.sightings import due
from archive.intake.take import take
from archive.stages import presence
from archive.stages.presence import judge_pending
from archive.stages.redesigns import close_issue, issues
from archive.stages.relations import relate_pending
from archive.store import Archive, open_archive
from archive.upkeep.rebuild import reprocess
from archive.upkeep.takedown import restore, take_down
from scraper.items import ListPage, Snapshot
from scraper.urls import canonical, key
from tests import kept

HERE = (kept.district(),)
DAY = 86_400.0
WAF = "<html><head><title>403</title></head><body><h1>您的请求已被云防护拦截</h1></body></html>".encode()
SOFT = "<html><head><title>404</title></head><body><p>抱歉，您访问的页面不存在或已被删除！</p></body></html>".encode()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def page(number: int, days: float) -> Snapshot:
    return kept.page(number, later=days * DAY)


def gone(number: int, days: float, status: int = 404, body: bytes = b"<h1>404 Not Found</h1>") -> Snapshot:
    return kept.answer(number, status, body, later=days * DAY)


def home(number: int, days: float) -> Snapshot:
    one = gone(number, days, 302, b"")
    return replace(one, headers=(*one.headers, ("Location", "/")))


def elsewhere(number: int, days: float, other: int, path: str = "/2027/") -> Snapshot:
    """Asked for page ``number``, which was redirected to where ``other`` stands now."""
    one = kept.page(other, later=days * DAY)
    return replace(one, url=one.url.replace("/2026/", path), requested_url=kept.url(number))


def met(archive: Archive, *snapshots: Snapshot) -> None:
    for one in snapshots:
        take(archive, one, run=None, catalogue=HERE)
    archive.commit()
    relate_pending(archive)
    judge_pending(archive)


def states(archive: Archive, number: int) -> list[str]:
    asked = "SELECT state FROM states WHERE article_key = ? ORDER BY number"
    return [state for (state,) in archive.db.conn.execute(asked, (key(kept.url(number)),))]


def rows(archive: Archive) -> list[list[tuple[object, ...]]]:
    asked = (
        "SELECT article_key, number, state, since, note FROM states ORDER BY 1, 2",
        "SELECT article_key, at, kind, note FROM sightings ORDER BY 1, 2",
        "SELECT article_key, state, since, first_at, seen_at FROM presence ORDER BY 1",  # due_at is a plan
        'SELECT district, "column", opened_at, since, known, pages, gone FROM issues ORDER BY 1, 2',
    )
    return [archive.db.conn.execute(one).fetchall() for one in asked]


@pytest.mark.parametrize(
    "miss",
    [
        lambda days: gone(1, days),
        lambda days: gone(1, days, 410),
        lambda days: gone(1, days, 200, SOFT),
        lambda days: home(1, days),
        lambda days: elsewhere(1, days, 5),
    ],
    ids=["404", "410", "soft 404", "to the home page", "to another article"],
)
def test_three_misses_over_two_days_are_a_removal(archive: Archive, miss: object) -> None:
    assert callable(miss)
    met(archive, *(page(1, 0), page(2, 0), page(2, 8)))
    for days, expected in ((7, "missing"), (8, "suspected"), (9, "removed")):
        met(archive, miss(days))
        assert states(archive, 1)[-1] == expected
    assert archive.db.execute("SELECT count(*) FROM articles WHERE key = ?", (key(kept.url(1)),)).fetchone() == (1,)
    met(archive, page(1, 30))
    assert states(archive, 1) == ["present", "missing", "suspected", "removed", "returned"]


@pytest.mark.parametrize(
    "answer",
    [
        lambda days: gone(1, days, 403, WAF),
        lambda days: gone(1, days, 404, WAF),
        lambda days: gone(1, days, 200, WAF),
        lambda days: gone(1, days, 502),
        lambda days: gone(1, days, 200, b""),
        lambda days: gone(1, days, 429),
    ],
    ids=["403", "404 of a firewall", "200 of a firewall", "5xx", "empty", "429"],
)
def test_what_says_nothing_of_the_page_is_no_evidence(archive: Archive, answer: object) -> None:
    assert callable(answer)
    met(archive, page(1, 0), *(answer(days) for days in range(1, 9)))
    assert states(archive, 1) == ["present"]


def test_a_redirect_to_the_articles_new_address_is_a_move(archive: Archive) -> None:
    met(archive, page(1, 0), elsewhere(1, 8, 1))
    assert states(archive, 1) == ["present", "moved"]
    there = key(elsewhere(1, 8, 1).url)
    asked = "SELECT note FROM states WHERE article_key = ? AND state = 'moved'"
    assert archive.db.execute(asked, (key(kept.url(1)),)).fetchone() == (there,)
    assert archive.db.execute("SELECT state FROM presence WHERE article_key = ?", (there,)).fetchone() == ("present",)


@pytest.mark.parametrize("late", [False, True])
def test_the_same_text_under_a_new_address_is_a_move(archive: Archive, late: bool) -> None:
    there = elsewhere(1, 12 if late else 6, 1)
    there = replace(there, requested_url=there.url)
    misses = [gone(1, days) for days in (7, 8, 9)]
    met(archive, page(1, 0), page(2, 0), page(2, 8), *([] if late else [there]), *misses)
    met(archive, there)
    assert states(archive, 1)[-1] == "moved"
    assert ("removed" in states(archive, 1)) is late


def test_the_sites_own_mark(archive: Archive) -> None:
    one = page(1, 5)
    marked = one.body.replace(b'<div class="main">', '<p>归档时间：2026-04-05</p><div class="main">'.encode())
    met(archive, page(1, 0), replace(one, body=marked))
    assert states(archive, 1) == ["present", "archived"]
    asked = "SELECT note FROM states WHERE state = 'archived'"
    assert archive.db.execute(asked).fetchone() == ("2026-04-05",)


def history() -> list[Snapshot]:
    """Removals, a return, a move and a column that breaks."""
    found = [page(number, 0) for number in range(1, 25)]
    found += [gone(1, 7), gone(1, 8), gone(1, 9), page(1, 20), gone(2, 7), gone(2, 8), page(2, 9)]
    found += [elsewhere(3, 10, 3), *(gone(4, days) for days in (11, 12, 13)), page(5, 12), page(6, 9), page(6, 12)]
    found += [gone(number, 30) for number in range(7, 22)]
    return found


def test_neither_order_nor_a_second_run_matters(tmp_path: Path) -> None:
    expected = None
    for seed, stages in ((0, 1), (1, 1), (2, 5)):
        found = history()
        random.Random(seed).shuffle(found) if seed else None
        with open_archive(tmp_path / f"{seed}.db") as archive:
            for stage in range(stages):
                met(archive, *found[stage::stages])
            told = rows(archive)
            assert judge_pending(archive) == 0 and rows(archive) == told
            reprocess(archive, HERE)
            relate_pending(archive)
            judge_pending(archive)
            assert rows(archive) == told
        expected = expected or told
        assert told[0] == expected[0] and told[1] == expected[1] and told[3] == expected[3], seed


def test_a_stopped_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_archive(tmp_path / "calm.db") as calm:
        met(calm, *history())
        expected = rows(calm)

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        raise Stopped

    monkeypatch.setattr(presence, "BATCH", 3)
    with open_archive(tmp_path / "archive.db") as archive:
        for one in history():
            take(archive, one, run=None, catalogue=HERE)
        archive.commit()
        relate_pending(archive)
        stops = 0
        while archive.db.conn.execute("SELECT 1 FROM to_judge").fetchone():
            with pytest.raises(Stopped):
                judge_pending(archive, stop)
            stops += 1
        assert stops > 5 and rows(archive) == expected


def test_a_takedown_leaves_nothing_and_its_end_gives_all_back(archive: Archive) -> None:
    met(archive, page(1, 0), page(2, 0), gone(1, 7), gone(1, 8))
    before = rows(archive)
    take_down(archive, kept.url(1), "应本人请求")
    asked = "SELECT count(*) FROM {} WHERE article_key = ?"
    for table in ("states", "presence"):
        assert archive.db.execute(asked.format(table), (key(kept.url(1)),)).fetchone() == (0,)
    judge_pending(archive)
    assert states(archive, 1) == [] and due(archive.db.conn, "yunlan", datetime(2030, 1, 1, tzinfo=UTC))[1:] == []
    restore(archive, kept.url(1), HERE)
    judge_pending(archive)
    assert rows(archive) == before


def broken(archive: Archive, number: int = 15) -> None:
    met(archive, *(page(n, 0) for n in range(1, number + 6)))
    met(archive, *(page(n, 29) for n in range(number + 1, number + 3)))
    for days in (30, 31, 32, 33):
        met(archive, *(gone(n, days) for n in range(1, number + 1)))


def test_a_new_site_is_one_issue_and_no_removal(archive: Archive) -> None:
    broken(archive)
    (one,) = issues(archive.db.conn)
    assert (one.district, one.column, one.pages, one.gone) == ("yunlan", kept.NOTICES.name, 17, 15)
    assert {state for n in range(1, 16) for state in states(archive, n)} == {"present"}
    met(archive, gone(3, 60), gone(3, 61), gone(3, 62))
    assert states(archive, 3) == ["present"] and len(issues(archive.db.conn)) == 1
    met(archive, page(3, 63), gone(3, 70), gone(3, 71), gone(3, 72))
    assert states(archive, 3)[-1] == "removed", "it was back, so it can go for itself"


def test_pages_found_under_new_addresses_meanwhile_do_not_hide_a_new_site(archive: Archive) -> None:
    met(archive, *(page(n, 0) for n in range(1, 16)))
    met(archive, *(replace(elsewhere(n, 20, n), requested_url=elsewhere(n, 20, n).url) for n in range(1, 16)))
    for days in (30, 31, 32):
        met(archive, *(gone(n, days) for n in range(1, 16)))
        met(archive, *(replace(elsewhere(n, days, n), requested_url=elsewhere(n, 20, n).url) for n in range(1, 16)))
    assert len(issues(archive.db.conn)) == 1
    assert not archive.db.execute("SELECT 1 FROM states WHERE state = 'removed'").fetchone()


@pytest.mark.parametrize(("verdict", "state"), [("removed", "removed"), ("moved", "moved")])
def test_a_person_closes_an_issue(archive: Archive, verdict: str, state: str) -> None:
    broken(archive)
    (one,) = issues(archive.db.conn)
    assert close_issue(archive, one.id, verdict) == 15
    judge_pending(archive)
    assert issues(archive.db.conn) == () and states(archive, 3)[-1] == state
    met(archive, *(gone(n, 60) for n in range(1, 16)))
    assert issues(archive.db.conn) == (), "the same matter opens no second issue"
    with pytest.raises(LookupError, match="no open issue"):
        close_issue(archive, one.id, verdict)


def test_an_issue_ends_when_the_pages_are_back(archive: Archive) -> None:
    broken(archive)
    met(archive, *(page(n, 35) for n in range(1, 15)))
    assert [one.closed_as for one in issues(archive.db.conn, closed=True)] == ["returned"]
    met(archive, *(gone(15, days) for days in (36, 37, 38)))
    assert states(archive, 15)[-1] == "removed"


def test_one_miss_where_nothing_else_was_seen_has_others_asked_for(archive: Archive) -> None:
    met(archive, *(page(n, 0) for n in range(1, 21)))
    met(archive, gone(1, 40))
    now = kept.MORNING + timedelta(days=40, hours=1)
    assert len(due(archive.db.conn, "yunlan", now)) > 5


def test_visits_are_given_with_validators_that_are_fresh(archive: Archive) -> None:
    met(archive, page(1, 0), page(2, 0), page(2, 20))
    conn = archive.db.conn
    assert due(conn, "yunlan", kept.MORNING + timedelta(hours=5)) == []
    found = {one.url: one for one in due(conn, "yunlan", kept.MORNING + timedelta(days=31))}
    assert found[kept.url(2)].etag and not found[kept.url(1)].etag
    assert found[kept.url(1)].title == kept.title(1) and found[kept.url(1)].listed_on == kept.day(1)
    assert len(due(conn, "yunlan", kept.MORNING + timedelta(days=31), 1)) == 1
    assert due(conn, "other", kept.MORNING + timedelta(days=31)) == []


def night(archive: Archive, daily: int = 3000) -> tuple[Ledger, runs.Run]:
    run = runs.begin(archive, "crawl", HERE[0])
    return Ledger(archive, run, daily), run


def test_a_visit_counts_in_its_run_and_a_304_is_a_sighting(archive: Archive) -> None:
    met(archive, *(page(n, 0) for n in range(1, 5)))
    ledger, run = night(archive)
    found = {one.url: one for one in ledger.enclosures()}
    assert set(found) == {kept.url(n) for n in range(1, 5)} and ledger.enclosures() == []
    assert kept.counts(archive, run) == {"waiting": 4}
    ledger.unchanged(found[kept.url(1)])
    ledger.failed(found[kept.url(2)], "no answer in time")
    later = (datetime.now(UTC) - kept.MORNING).total_seconds()
    for one in (kept.answer(3, 403, WAF, later=later), kept.answer(4, 404, later=later)):
        take(archive, one, run=run, catalogue=HERE)
    assert kept.counts(archive, run) == {"unchanged": 1, "failed": 1, "blocked": 1, "removed": 1}
    runs.finish(archive, run)
    judge_pending(archive)
    assert [states(archive, n)[-1] for n in range(1, 5)] == ["present", "present", "present", "missing"]
    asked = "SELECT state FROM pages ORDER BY url"
    assert [state for (state,) in archive.db.execute(asked)] == ["unchanged", "archived", "archived", "removed"]
    assert ledger.waiting() == [], "a visit that failed is no lost page"
    assert archive.db.execute("SELECT evidence FROM sightings WHERE kind = 'present' AND evidence = 0").fetchall() == [
        (0,)
    ]
    assert due(archive.db.conn, "yunlan", datetime.now(UTC)) == [], "all are due another day"


def test_visits_keep_to_a_quarter_of_the_days_budget(archive: Archive) -> None:
    met(archive, *(page(n, 0) for n in range(1, 13)))
    ledger, run = night(archive, daily=20)
    assert len(ledger.enclosures()) == 5
    runs.finish(archive, run)


def test_a_row_that_a_list_skips_is_looked_at_once(archive: Archive) -> None:
    met(archive, *(page(n, 0) for n in range(1, 21)))
    archive.write().execute("UPDATE presence SET due_at = '2099-01-01'")
    archive.commit()
    for shown, expected in ((range(1, 21), set()), ([n for n in range(1, 21) if n != 14], {14}), (range(1, 21), set())):
        ledger, run = night(archive)
        found = kept.rows(*shown)
        ledger.listed(kept.NOTICES, ListPage(found), found)
        ledger.column_read(kept.NOTICES, "ok", len(found))
        due_now = {canonical(one.url) for one in due(archive.db.conn, "yunlan", datetime.now(UTC))}
        assert due_now == {kept.url(n) for n in expected}
        runs.finish(archive, run)
        archive.write().execute("UPDATE presence SET due_at = '2099-01-01'")
        archive.commit()


def test_two_processes_do_not_judge_at_once(archive: Archive) -> None:
    lock = Lock(archive.path, "presence")
    lock.take()
    with pytest.raises(Busy):
        judge_pending(archive)
    lock.release()


def dibao(archive: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli.main, ["--archive", str(archive), *words])
    return result.exit_code, result.output


def test_the_verb(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        broken(archive)
    code, said = dibao(path, "issues")
    assert code == 0 and "issue 1" in said and kept.NOTICES.name in said and "15 of 17" in said
    assert '"closed_as": ""' in dibao(path, "issues", "--json")[1]
    assert "issue 1" in dibao(path, "status")[1]
    assert dibao(path, "issues", "close", "1")[0] == 2
    assert dibao(path, "issues", "close", "9", "--as", "moved")[0] == 1
    assert "15 pages" in dibao(path, "issues", "close", "1", "--as", "removed")[1]
    assert "no issue is open" in dibao(path, "issues")[1] and "closed as removed" in dibao(path, "issues", "--all")[1]
    assert dibao(path, "reprocess", "--stage", "presence")[0] == 0


def test_plans_use_the_indexes(archive: Archive) -> None:
    def plan(query: str, *values: object) -> Sequence[str]:
        return [row[3] for row in archive.db.conn.execute(f"EXPLAIN QUERY PLAN {query}", values)]

    found = plan("SELECT article_key FROM presence WHERE district = ? AND due_at <= ? ORDER BY due_at LIMIT 9", "", "")
    assert any("presence_due" in line for line in found) and not any("TEMP" in line for line in found)
    found = plan('SELECT listed_on FROM listings WHERE district = ? AND "column" = ? ORDER BY listed_on', "", "")
    assert any("listings_column" in line for line in found)
