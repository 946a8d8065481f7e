from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from archive.articles import SHANGHAI
from archive.crawl import runs
from archive.crawl.checks import check
from archive.crawl.ledger import Ledger
from archive.intake.take import take
from archive.store import Archive, open_archive
from scraper.catalogue import Column, Expect
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def run_with(archive: Archive, pages: int, sources: int, outcomes: dict[str, str] | None = None) -> None:
    """A crawl of today that brings so many announcements, of which so many name their source."""
    run = runs.begin(archive, "crawl", kept.district())
    ledger = Ledger(archive, run)
    today = datetime.now(SHANGHAI).date()
    for number in range(pages):
        source = "云澜区教育局" if number < sources else ""
        body = kept.html(number, published=today - timedelta(days=number % 7), source=source)
        take(archive, replace(kept.page(number), body=body.encode()), run=run, catalogue=())
    for name, outcome in (outcomes or {}).items():
        ledger.column_read(Column(name, ""), outcome, 0, "no rows" if outcome == "shell" else "")
    runs.finish(archive, run)


def found(archive: Archive, expect: Expect) -> list[tuple[str, str]]:
    return [(finding.level, finding.key) for finding in check(archive, kept.district(expect=expect))]


def test_without_a_run_there_is_nothing_to_say(archive: Archive) -> None:
    assert check(archive, kept.district(expect=Expect((5, 9), {"source": 1.0}))) == ()


def test_a_run_as_expected_is_silent(archive: Archive) -> None:
    run_with(archive, 20, 20, {"政务要闻": "ok", "公示公告": "unchanged"})
    assert found(archive, Expect((20, 20), {"source": 1.0, "published_on": 1.0})) == []


def test_too_few_is_red_and_too_many_a_warning(archive: Archive) -> None:
    run_with(archive, 20, 20)
    assert found(archive, Expect((21, 99))) == [("red", "per_week")]
    assert found(archive, Expect((0, 19))) == [("warning", "per_week")]
    (finding,) = check(archive, kept.district(expect=Expect((21, 99))))
    assert finding.what.startswith("20 articles in the week to ")
    assert finding.what.endswith("at least 21 are expected")


def test_a_field_that_is_often_missing_is_red(archive: Archive) -> None:
    run_with(archive, 20, 15)
    assert found(archive, Expect(None, {"source": 0.75})) == []
    (finding,) = check(archive, kept.district(expect=Expect(None, {"source": 0.8})))
    assert (finding.level, finding.key) == ("red", "filled.source")
    assert finding.what == "source is there on 15 of 20 new articles, 80% are expected"


def test_a_handful_of_articles_proves_nothing(archive: Archive) -> None:
    run_with(archive, 5, 0)
    assert found(archive, Expect(None, {"source": 1.0})) == []


def test_only_the_runs_own_articles_count_for_fields(archive: Archive) -> None:
    run_with(archive, 20, 0)
    run_with(archive, 0, 0)
    assert found(archive, Expect(None, {"source": 1.0})) == []
    assert check(archive, kept.district(expect=Expect(None, {"source": 1.0})), run_id=1) != ()


def test_a_column_that_gave_nothing_is_red(archive: Archive) -> None:
    run_with(archive, 0, 0, {"政务要闻": "shell", "公示公告": "ok"})
    (finding,) = check(archive, kept.district())
    assert (finding.level, finding.key, finding.what) == ("red", "column", "政务要闻: shell: no rows")
