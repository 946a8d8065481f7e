from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.settings import Settings

from archive import articles
from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.crawl.runs import Busy
from archive.intake.pipeline import Intake
from archive.intake.take import recover, settle, take, unsettled
from archive.store import Archive, ArchiveError, open_archive
from scraper.items import ListPage
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def test_a_response_is_kept_read_and_archived(archive: Archive) -> None:
    assert kept.crawl(archive, kept.page(1)) == ["archived"]
    stored = articles.get(archive, kept.url(1))
    assert stored is not None
    assert stored.article.title == kept.title(1)
    assert stored.article.sha256 == kept.page(1).sha256
    assert archive.snapshots.get(stored.snapshot_id) == kept.page(1)
    capture = next(archive.db.query("SELECT * FROM captures"))
    assert (capture["outcome"], capture["article_key"], capture["run_id"]) == ("archived", stored.article.key, 1)


def test_outcomes(archive: Archive) -> None:
    assert kept.crawl(
        archive,
        kept.page(1),
        kept.page(1, later=60),
        kept.page(1, "改了安排", later=120),
        kept.list_page(),
        replace(kept.page(2), role="attachment", body=b"%PDF-1.4"),
        replace(kept.page(3), body=b"<html><body><p>x</p></body></html>" + b" " * 3000),
    )[:5] == ["archived", "unchanged", "updated", "list", "other"]
    assert archive.snapshots.count() == 6
    assert archive.db.execute("SELECT count(*) FROM captures").fetchone() == (6,)
    assert archive.db.execute("SELECT seen, archived, updated FROM runs").fetchone() == (2, 0, 1)


def test_the_last_outcome_of_a_page_is_its_outcome_in_the_run(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    for snapshot in (kept.answer(1, 500), kept.page(1, later=5)):
        take(archive, snapshot, run=run, catalogue=())
    assert kept.counts(archive, run) == {"archived": 1}
    runs.finish(archive, run)


def test_a_page_of_a_reader_with_a_bug_is_kept_and_counted(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("archive.intake.verdicts.process", broken)
    assert kept.crawl(archive, kept.page(1)) == ["unreadable"]
    assert archive.db.execute("SELECT outcome, reason FROM captures").fetchone() == (
        "unreadable",
        "a reader failed: IndexError: list index out of range",
    )
    monkeypatch.undo()
    assert kept.crawl(archive, kept.page(1, later=9)) == ["archived"]


def test_half_characters_do_not_stop_the_archive(archive: Archive) -> None:
    half = "\ud83d"
    odd = replace(
        kept.page(1),
        listed_title=f"题{half}目",
        headers=(*kept.HEADERS, ("X-Odd", half)),
        body=kept.html(1, "半个字&#xD83D;和\\ud83d").encode(),
    )
    run = runs.begin(archive, "crawl", kept.district())
    rows = (replace(kept.rows(1)[0], title=f"题{half}目"),)
    ledger = Ledger(archive, run)
    assert len(ledger.listed(kept.NOTICES, ListPage(rows), rows).wanted) == 1
    assert take(archive, odd, run=run, catalogue=()) == "archived"
    runs.finish(archive, run)
    stored = articles.get(archive, kept.url(1))
    assert stored is not None
    broken = replace(stored.article, title=f"题{half}", rules={"title": half}, captured_at=kept.MORNING + timedelta(9))
    assert articles.put(archive, broken, 9) == "updated"
    assert archive.db.execute("SELECT title FROM articles").fetchone() == ("题?",)


def test_settling_twice_counts_once(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    take(archive, kept.page(1), run=run, catalogue=())
    assert settle(archive, 1, kept.page(1), run=run, catalogue=()) == "archived"
    assert kept.counts(archive, run) == {"archived": 1}
    assert archive.db.execute("SELECT count(*) FROM captures").fetchone() == (1,)
    runs.finish(archive, run)


def test_what_a_killed_run_had_stored_but_not_read_is_read_by_the_next(archive: Archive) -> None:
    dead = runs.begin(archive, "crawl", kept.district())
    other = runs.begin(archive, "crawl", kept.district("qingjia"))
    take(archive, kept.page(1), run=dead, catalogue=())
    archive.write_snapshots().put(kept.page(2), dead.id)
    archive.write_snapshots().put(kept.page(3, slug="qingjia"), other.id)
    archive.commit()
    dead.lock.release()  # as its process would by dying
    assert unsettled(archive) == [2, 3]
    run = runs.begin(archive, "crawl", kept.district())
    assert recover(archive, (), run=run) == 1
    assert unsettled(archive) == [3]  # the other run is alive and will read it itself
    assert kept.counts(archive, run) == {"archived": 1}
    assert recover(archive, (), run=run) == 0
    runs.finish(archive, run)
    runs.finish(archive, other)
    assert articles.get(archive, kept.url(2)) is not None


def test_unsettled_finds_them_in_a_long_archive(archive: Archive) -> None:
    kept_ones = archive.write_snapshots()
    for number in range(9000):
        kept_ones.put(replace(kept.page(1), url=f"{kept.SITE}/{number}"), None)
    archive.write().executemany(
        "INSERT INTO captures (snapshot_id, url, district, role, captured_at, status, sha256, outcome)"
        " VALUES (?, '', '', 'list', '', 200, '', 'list')",
        [(number,) for number in range(1, 9001) if number not in (1, 4097, 8999)],
    )
    archive.commit()
    assert unsettled(archive) == [1, 4097, 8999]
    assert unsettled(archive, [5]) == []


_CRAWL = """
import sys
from pathlib import Path
from archive.crawl import runs
from archive.intake.take import recover, take
from archive.crawl.ledger import Ledger
from archive.store import open_archive
from scraper.items import ListPage
from tests import kept

PAGES, COLUMN = 160, kept.NOTICES
with open_archive(Path(sys.argv[1])) as archive:
    where = kept.district()
    run = runs.begin(archive, "crawl", where)
    recover(archive, (where,), run=run)
    ledger = Ledger(archive, run)
    due = [wanted.url for wanted in ledger.waiting()]
    print("ready", flush=True)
    for start in range(0, PAGES, 20):
        take(archive, kept.list_page(start), run=run, catalogue=(where,))
        due += kept.listed(ledger, COLUMN, *range(start, start + 20))
        for address in due:
            take(archive, kept.page(int(address[-10:-5])), run=run, catalogue=(where,))
        due = []
    ledger.column_read(COLUMN, "ok", PAGES)
    runs.finish(archive, run)
"""


def start(path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", _CRAWL, str(path)], stdout=subprocess.PIPE)


def test_killed_at_any_moment_and_gone_on_with_the_archive_is_the_same(tmp_path: Path) -> None:
    calm = tmp_path / "calm.db"
    with start(calm) as worker:
        begun = time.monotonic()
        worker.wait()
        needed = time.monotonic() - begun
        assert worker.returncode == 0
    chance = random.Random(os.getpid())
    path = tmp_path / "killed.db"
    killed = 0
    for _ in range(6):
        with start(path) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(chance.random() * needed / 8)
            worker.send_signal(signal.SIGKILL)
            killed += worker.wait() == -signal.SIGKILL
    with start(path) as worker:
        worker.wait()
        assert worker.returncode == 0
    assert killed >= 1
    with open_archive(calm) as one, open_archive(path) as two:
        assert articles.dump(two) == articles.dump(one)
        assert len(articles.dump(two)) == 160
        assert unsettled(two) == []
        for seen, total in two.db.execute(f"SELECT seen, {' + '.join(runs.COUNTS)} FROM runs").fetchall():
            assert seen == total
        fetched = two.db.execute(
            "SELECT count(*) FROM captures WHERE role = 'article' AND outcome = 'archived'"
        ).fetchone()
        assert fetched == (160,)
        assert two.db.execute("SELECT count(*) FROM runs WHERE ended_at IS NULL").fetchone() == (0,)
        assert two.db.execute("SELECT DISTINCT state FROM pages").fetchall() == [("archived",)]
        two.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def crawler(path: Path, where: Any = None) -> SimpleNamespace:
    """What Scrapy hands to a pipeline, as far as Intake asks."""
    spider = SimpleNamespace(district=where or kept.district(), ended=None, finish="finished")
    return SimpleNamespace(settings=Settings({"DIBAO_ARCHIVE": str(path)}), spider=spider)


def test_the_item_pipeline_keeps_what_a_spider_yields(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    one, two = crawler(path), crawler(path, kept.district("qingjia"))
    first, second = Intake.from_crawler(one), Intake.from_crawler(two)

    async def crawl() -> None:
        await asyncio.gather(first.open_spider(), second.open_spider())
        assert isinstance(one.spider.memory, Ledger)
        assert kept.listed(one.spider.memory, kept.NOTICES, 1) == [kept.url(1)]
        assert first.process_item(kept.page(1)) == kept.page(1)
        second.process_item(kept.page(2, slug="qingjia"))
        assert first.process_item({"another": "item"}) == {"another": "item"}
        two.spider.ended = ("unreachable", "no answer")
        await asyncio.gather(second.close_spider(), first.close_spider())

    asyncio.run(crawl())
    with open_archive(path) as archive:
        rows = archive.db.execute("SELECT district, seen, archived, exit_code, note FROM runs ORDER BY id").fetchall()
        assert rows == [("yunlan", 1, 1, 0, ""), ("qingjia", 1, 1, 4, "unreachable: no answer")]


def test_a_column_without_rows_shows_in_the_runs_exit_code(tmp_path: Path) -> None:
    one = crawler(tmp_path / "archive.db")
    pipeline = Intake.from_crawler(one)

    async def crawl() -> None:
        await pipeline.open_spider()
        one.spider.memory.column_read(kept.NEWS, "ok", 5)
        one.spider.memory.column_read(kept.NOTICES, "shell", 0, "no rows")
        await pipeline.close_spider()

    asyncio.run(crawl())
    with open_archive(tmp_path / "archive.db") as archive:
        assert archive.db.execute("SELECT exit_code FROM runs").fetchone() == (3,)


def test_a_second_crawl_of_a_district_does_not_begin(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    first, second = Intake.from_crawler(crawler(path)), Intake.from_crawler(crawler(path))

    async def crawl() -> None:
        await first.open_spider()
        with pytest.raises(Busy):
            await second.open_spider()
        await second.close_spider()  # Scrapy closes what it could not open
        first.process_item(kept.page(1))
        await first.close_spider()

    asyncio.run(crawl())
    with open_archive(path) as archive:
        assert archive.db.execute("SELECT count(*), sum(archived) FROM runs").fetchone() == (1, 1)


def test_after_a_full_disk_nothing_is_taken_for_kept(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    one = crawler(path)
    pipeline = Intake.from_crawler(one)

    async def crawl() -> None:
        await pipeline.open_spider()
        pipeline.process_item(kept.page(0))
        archive = pipeline._archive
        assert archive is not None
        archive.commit()
        pages = archive.db.execute("PRAGMA page_count").fetchone()[0]
        archive.db.execute(f"PRAGMA max_page_count = {pages + 1}")
        with pytest.raises(ArchiveError, match="disk is full"):
            for number in range(1, 300):
                pipeline.process_item(kept.page(number, "内容" * 500))
                await asyncio.sleep(0)
        with pytest.raises(ArchiveError, match="disk is full"):
            one.spider.memory.waiting()
        with pytest.raises(ArchiveError, match="disk is full"):
            async with one.spider.memory.together():
                pass
        one.spider.ended = ("archive", "the disk is full")
        archive.db.execute("PRAGMA max_page_count = 100000")
        await pipeline.close_spider()

    asyncio.run(crawl())
    with open_archive(path) as archive:
        code, archived = archive.db.execute("SELECT exit_code, archived FROM runs").fetchone()
        assert code == 1
        assert archived == len(articles.dump(archive)) >= 1
