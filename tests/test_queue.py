"""What articles lead to waits, fails and is given up as pages are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.crawl import queue, runs
from archive.crawl.ledger import Ledger
from archive.crawl.queue import BACK_OFF
from archive.crawl.runs import Run
from archive.store import Archive, open_archive
from scraper.items import Role
from scraper.spiders.memory import Wanted
from tests import kept

SITE = kept.SITE


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def begin(archive: Archive) -> tuple[Ledger, Run]:
    run = runs.begin(archive, "crawl", kept.district())
    return Ledger(archive, run), run


def enclose(archive: Archive, name: str, role: Role = "attachment", position: int = 0) -> str:
    url = f"{SITE}/files/{name}"
    archive.write().execute(
        'INSERT INTO enclosures (url, requested_url, article_key, role, position, district, "column", name,'
        " first_seen_at) VALUES (?1, ?1, 'k', ?2, ?3, 'yunlan', '公示公告', ?4, '2026-11-20')",
        (url, role, position, name),
    )
    archive.commit()
    return url


def state(archive: Archive, url: str) -> tuple[str, str, int]:
    row = archive.db.execute("SELECT state, reason, tries FROM enclosures WHERE url = ?", (url,)).fetchone()
    return row[0], row[1], row[2]


def test_parts_come_before_attachments_in_their_order_and_once_a_run(archive: Archive) -> None:
    last, first = enclose(archive, "b.pdf", position=1), enclose(archive, "a.pdf")
    part = enclose(archive, "1_1.html", "part", 5)
    ledger, run = begin(archive)
    found = ledger.enclosures()
    assert [(one.url, one.role) for one in found] == [(part, "part"), (first, "attachment"), (last, "attachment")]
    assert found[1].title == "a.pdf" and found[1].column == "公示公告"
    assert ledger.enclosures() == []
    runs.finish(archive, run)
    ledger, run = begin(archive)
    assert len(ledger.enclosures()) == 3
    runs.finish(archive, run)


def test_one_that_fails_is_tried_again_and_given_up(archive: Archive) -> None:
    url = enclose(archive, "a.pdf")
    for tries in range(1, len(BACK_OFF) + 2):
        ledger, run = begin(archive)
        (wanted,) = ledger.enclosures()
        ledger.failed(wanted, "time-out")
        runs.finish(archive, run)
        assert kept.counts(archive, run) == {}  # it is no page
        assert state(archive, url)[2] == tries
        ledger, run = begin(archive)
        assert (ledger.enclosures() == []) == (tries > 1)  # the first back-off is none
        runs.finish(archive, run)
        archive.write().execute("UPDATE enclosures SET next_try_at = '2000-01-01' WHERE next_try_at IS NOT NULL")
        archive.commit()
    assert state(archive, url) == ("given_up", "time-out (given up after 7 tries)", 7)


def test_one_that_has_not_changed_is_done(archive: Archive) -> None:
    url = enclose(archive, "a.pdf")
    ledger, run = begin(archive)
    ledger.unchanged(Wanted(url, "公示公告", role="attachment"))
    assert state(archive, url) == ("unchanged", "", 0)
    runs.finish(archive, run)
    ledger, run = begin(archive)
    assert ledger.enclosures() == []
    runs.finish(archive, run)


def test_reading_again_is_no_try(archive: Archive) -> None:
    url = enclose(archive, "a.pdf")
    run = runs.begin(archive, "reprocess")
    queue.enclosure_failed(archive.write(), run, url, "failed", "HTTP 404")
    assert state(archive, url) == ("waiting", "", 0)
    queue.enclosure_failed(archive.write(), run, f"{SITE}/unknown.pdf", "failed", "HTTP 404")
    runs.finish(archive, run)
