from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.crawl import ledger as ledgers
from archive.crawl import lists, runs
from archive.crawl.ledger import BACK_OFF, Ledger
from archive.crawl.runs import Run
from archive.intake.take import take
from archive.snapshots import stamp
from archive.store import Archive, open_archive
from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.spiders.memory import Memory, Wanted
from tests import kept

AGES = timedelta(days=100_000)  # the made-up pages were captured long ago


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def begin(archive: Archive) -> tuple[Ledger, Run]:
    run = runs.begin(archive, "crawl", kept.district())
    return Ledger(archive, run), run


def visit(archive: Archive, *numbers: int, fetch: bool = True, column: Column = kept.NOTICES) -> dict[str, int]:
    """One whole run over one column."""
    ledger, run = begin(archive)
    due = [wanted.url for wanted in ledger.waiting()]
    for address in due + kept.listed(ledger, column, *numbers):
        if fetch:
            take(archive, kept.page(int(address[-10:-5]), column=column, later=run.id), run=run, catalogue=())
    ledger.column_read(column, "ok", len(numbers))
    runs.finish(archive, run)
    return kept.counts(archive, run)


def state(archive: Archive, number: int) -> dict[str, object]:
    return next(archive.db.query("SELECT * FROM pages WHERE url = ?", (kept.url(number),)))


def test_it_is_a_spiders_memory(archive: Archive) -> None:
    ledger, run = begin(archive)
    memory: Memory = ledger
    assert memory.waiting() == []
    runs.finish(archive, run)


def test_a_first_visit_wants_everything_and_a_second_only_what_is_new(archive: Archive) -> None:
    assert visit(archive, 1, 2, 3) == {"archived": 3}
    ledger, run = begin(archive)
    found = kept.rows(5, 4, 3, 2, 1)
    listing = ledger.listed(kept.NOTICES, ListPage(found), found)
    assert [wanted.url for wanted in listing.wanted] == [kept.url(5), kept.url(4)]
    assert listing.known == 3
    assert listing.wanted[0] == Wanted(kept.url(5), "公示公告", kept.title(5), kept.day(5))
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"unchanged": 3, "waiting": 2}


def test_what_was_never_fetched_waits_for_the_next_run(archive: Archive) -> None:
    assert visit(archive, 1, 2, fetch=False) == {"waiting": 2}
    ledger, run = begin(archive)
    assert [wanted.url for wanted in ledger.waiting()] == [kept.url(2), kept.url(1)]  # newest first
    assert kept.listed(ledger, kept.NOTICES, 2, 1) == []  # not twice
    take(archive, kept.page(1), run=run, catalogue=())
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"archived": 1, "waiting": 1}


def test_a_changed_row_is_wanted_with_its_validators(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "TRUST_PAGES", AGES)
    visit(archive, 1, 2)
    ledger, run = begin(archive)
    changed = (Row(kept.url(1), kept.title(1) + "（更正）", kept.day(1)), Row(kept.url(2), kept.title(2), kept.day(3)))
    listing = ledger.listed(kept.NOTICES, ListPage(changed), changed)
    assert [(wanted.url, wanted.etag) for wanted in listing.wanted] == [(kept.url(1), '"1-0"'), (kept.url(2), '"2-0"')]
    ledger.unchanged(listing.wanted[0])
    take(archive, kept.page(2, "新的安排", later=50), run=run, catalogue=())
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"unchanged": 1, "updated": 1}
    assert visit_rows(archive, changed) == {"unchanged": 2}


def visit_rows(archive: Archive, found: tuple[Row, ...]) -> dict[str, int]:
    ledger, run = begin(archive)
    ledger.listed(kept.NOTICES, ListPage(found), found)
    runs.finish(archive, run)
    return kept.counts(archive, run)


def test_two_columns_may_show_one_page_under_two_titles(archive: Archive) -> None:
    def night() -> dict[str, int]:
        ledger, run = begin(archive)
        for column, text in ((kept.NEWS, "关于河道清淤的通…"), (kept.NOTICES, "关于河道清淤的通告")):
            found = (Row(kept.url(1), text, kept.day(1)),)
            for _ in ledger.listed(column, ListPage(found), found).wanted:
                take(archive, kept.page(1), run=run, catalogue=())
        runs.finish(archive, run)
        return kept.counts(archive, run)

    assert [night(), night(), night()] == [{"archived": 1}, {"unchanged": 1}, {"unchanged": 1}]


def test_a_second_address_of_a_page_is_a_duplicate(archive: Archive) -> None:
    ledger, run = begin(archive)
    found = (
        Row(kept.url(1), kept.title(1), kept.day(1)),
        Row(kept.url(1).replace("https", "http") + "?from=timeline", kept.title(1), kept.day(1)),
        Row(kept.url(1), kept.title(1), kept.day(1)),
    )
    listing = ledger.listed(kept.NOTICES, ListPage(found), found)
    assert [wanted.url for wanted in listing.wanted] == [kept.url(1)]
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"waiting": 1, "duplicate": 1}


def test_a_redirect_to_a_known_page_is_a_duplicate(archive: Archive) -> None:
    from dataclasses import replace

    visit(archive, 1)
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 2)
    assert take(archive, replace(kept.page(1), requested_url=kept.url(2)), run=run, catalogue=()) == "duplicate"
    runs.finish(archive, run)
    assert archive.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert (state(archive, 2)["state"], state(archive, 2)["final_url"]) == ("duplicate", kept.url(1))


def test_known_rows_are_those_of_a_visit_that_reached_the_columns_end(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1, 2)
    runs.finish(archive, run, 137)  # killed before the column was read to its end
    ledger, run = begin(archive)
    addresses = [kept.url(1), kept.url(2), kept.url(3)]
    assert not ledger.visited(kept.NOTICES)
    assert set(ledger.known(kept.NOTICES, addresses)) == set()
    kept.listed(ledger, kept.NOTICES, 1, 2)
    ledger.column_read(kept.NOTICES, "ok", 2)
    runs.finish(archive, run)
    ledger, run = begin(archive)
    assert ledger.visited(kept.NOTICES)
    assert not ledger.visited(kept.NEWS)
    assert set(ledger.known(kept.NOTICES, addresses)) == set(addresses[:2])
    assert set(ledger.known(kept.NEWS, addresses)) == set()
    kept.listed(ledger, kept.NOTICES, 3, 2)
    runs.finish(archive, run, 137)
    ledger, run = begin(archive)
    assert set(ledger.known(kept.NOTICES, addresses)) == set(addresses[:2])  # 3 is not, 2 still is
    runs.finish(archive, run)


def test_known_gives_the_addresses_as_asked(archive: Archive) -> None:
    visit(archive, 1)
    ledger, run = begin(archive)
    odd = kept.url(1).replace("https://www.", "http://WWW.") + "#top"
    assert list(ledger.known(kept.NOTICES, [odd, kept.url(2)])) == [odd]
    runs.finish(archive, run)


def test_a_list_is_asked_with_validators_only_if_its_column_was_read_to_the_end(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "TRUST", AGES)
    ledger, run = begin(archive)
    take(archive, kept.list_page(1), run=run, catalogue=())
    runs.finish(archive, run, 137)
    ledger, run = begin(archive)
    assert ledger.list_validators(kept.NOTICES.url) == ("", "")
    take(archive, kept.list_page(2), run=run, catalogue=())
    ledger.column_read(kept.NOTICES, "ok", 3)
    runs.finish(archive, run)
    ledger, run = begin(archive)
    assert ledger.list_validators(kept.NOTICES.url) == ('"list-2"', "Wed, 01 Apr 2026 00:00:00 GMT")
    assert ledger.list_validators(kept.NEWS.url) == ("", "")
    ledger.column_read(kept.NOTICES, "failed", 0, "HTTP 500")
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {}  # lists are no pages


def advance(archive: Archive, by: timedelta) -> None:
    """Lets time pass: every appointed try comes nearer."""
    rows = archive.db.execute("SELECT url, next_try_at FROM pages WHERE next_try_at IS NOT NULL").fetchall()
    for url, moment in rows:
        earlier = stamp(datetime.fromisoformat(moment) - by)
        archive.db.execute("UPDATE pages SET next_try_at = ? WHERE url = ?", (earlier, url))


def test_a_failed_page_is_tried_again_at_growing_distances_and_given_up(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1)
    ledger.failed(Wanted(kept.url(1), "公示公告"), "time-out")
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"failed": 1}
    for distance in (*BACK_OFF, None):
        ledger, run = begin(archive)
        if distance:  # not yet due
            assert ledger.waiting() == []
            assert kept.listed(ledger, kept.NOTICES, 1) == []
            assert kept.counts(archive, run) == {"waiting": 1}
            advance(archive, distance + timedelta(seconds=1))
            runs.finish(archive, run)
            ledger, run = begin(archive)
        if distance is None:
            break
        assert [wanted.url for wanted in ledger.waiting()] == [kept.url(1)]
        ledger.failed(Wanted(kept.url(1), "公示公告"), "time-out")
        runs.finish(archive, run)
        assert kept.counts(archive, run) == {"failed": 1}
    assert ledger.waiting() == []
    assert kept.listed(ledger, kept.NOTICES, 1) == []
    assert kept.counts(archive, run) == {"failed": 1}
    assert state(archive, 1)["reason"] == "time-out (given up after 7 tries)"
    assert state(archive, 1)["next_try_at"] is None
    runs.finish(archive, run)
    ledger, run = begin(archive)
    changed = (Row(kept.url(1), "新的题目", kept.day(1)),)  # the site touched it: worth a try
    assert len(ledger.listed(kept.NOTICES, ListPage(changed), changed).wanted) == 1
    take(archive, kept.page(1, later=99), run=run, catalogue=())
    runs.finish(archive, run)
    assert (state(archive, 1)["state"], state(archive, 1)["tries"], state(archive, 1)["reason"]) == ("archived", 0, "")


def test_unreadable_and_blocked_pages_are_tried_again_too(archive: Archive) -> None:
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 1, 2)
    assert take(archive, kept.answer(1, 200, b""), run=run, catalogue=()) in {"unreadable", "blocked"}
    assert take(archive, kept.answer(2, 503), run=run, catalogue=()) in {"failed", "blocked"}
    runs.finish(archive, run)
    ledger, run = begin(archive)
    assert {wanted.url for wanted in ledger.waiting()} == {kept.url(1), kept.url(2)}
    runs.finish(archive, run)


def test_a_later_failure_leaves_the_article_and_asks_without_validators(archive: Archive) -> None:
    visit(archive, 1)
    ledger, run = begin(archive)
    assert take(archive, kept.answer(1, 500, later=60), run=run, catalogue=()) in {"failed", "blocked"}
    runs.finish(archive, run)
    assert archive.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    ledger, run = begin(archive)
    assert [(wanted.url, wanted.etag) for wanted in ledger.waiting()] == [(kept.url(1), "")]
    runs.finish(archive, run)


def test_a_page_that_is_gone_is_removed_if_it_was_archived_and_failed_if_not(archive: Archive) -> None:
    visit(archive, 1)
    ledger, run = begin(archive)
    kept.listed(ledger, kept.NOTICES, 2)
    assert take(archive, kept.answer(1, 404, later=60), run=run, catalogue=()) == "removed"
    assert take(archive, kept.answer(2, 410, later=60), run=run, catalogue=()) == "failed"
    runs.finish(archive, run)
    assert archive.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert state(archive, 1)["state"] == "removed"
    assert state(archive, 2)["reason"] == "HTTP 410"


def test_an_address_the_ledger_never_saw_may_fail(archive: Archive) -> None:
    ledger, run = begin(archive)
    ledger.failed(Wanted(kept.url(9), "公示公告"), "reset")
    runs.finish(archive, run)
    assert kept.counts(archive, run) == {"failed": 1}


def test_times_are_utc(archive: Archive) -> None:
    visit(archive, 1)
    seen = datetime.fromisoformat(str(state(archive, 1)["first_seen_at"]))
    assert abs(datetime.now(UTC) - seen) < timedelta(hours=1)
