from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive import articles
from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.intake import take as intake
from archive.intake.take import take
from archive.store import Archive, open_archive
from archive.upkeep import rebuild
from archive.upkeep.rebuild import reprocess
from pipelines.article import Article
from pipelines.process import process
from scraper.catalogue import District
from scraper.items import Blocked, Snapshot
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def history(archive: Archive) -> None:
    """Three runs over a site that changes: new, redated, edited, gone and unreadable pages, two columns."""
    for night in range(3):
        run = runs.begin(archive, "crawl", kept.district())
        ledger = Ledger(archive, run)
        take(archive, kept.list_page(night), run=run, catalogue=())
        kept.listed(ledger, kept.NOTICES, *range(night * 5, night * 5 + 12))
        kept.listed(ledger, kept.NEWS, 3, 4, 13)
        for number in range(night * 5, night * 5 + 12):
            said = "新的安排" if night and number % 4 == 0 else ""
            published = date(2026, 3, 30) if night == 2 and number == 11 else None
            take(archive, kept.page(number, said, later=night * 1000, published=published), run=run, catalogue=())
        take(archive, kept.answer(30, 200, b"<html></html>", later=night), run=run, catalogue=())
        runs.finish(archive, run)
    kept.crawl(archive, kept.answer(2, 404, later=5000))


def everything(archive: Archive) -> tuple[object, ...]:
    times = archive.db.execute(
        "SELECT key, snapshot_id, first_captured_at, captured_at, changed_at FROM articles ORDER BY key"
    )
    captures = archive.db.execute(
        "SELECT snapshot_id, outcome, reason, article_key, content FROM captures ORDER BY snapshot_id"
    )
    pages = archive.db.execute("SELECT url, state, reason, tries, next_try_at, final_url, etag FROM pages ORDER BY url")
    return articles.dump(archive), times.fetchall(), captures.fetchall(), pages.fetchall()


def test_a_rebuild_changes_nothing(archive: Archive) -> None:
    history(archive)
    before = everything(archive)
    assert len(articles.dump(archive)) == 22
    calls: list[tuple[int, int]] = []
    result = reprocess(archive, (), progress=lambda done, total: calls.append((done, total)))
    assert everything(archive) == before
    assert result.read == archive.snapshots.count() == calls[-1][0]
    assert (result.damaged, result.taken_out) == ([], 0)
    assert archive.db.execute("SELECT kind, exit_code FROM runs ORDER BY id DESC").fetchone() == ("reprocess", 0)


def test_after_all_articles_were_deleted_they_come_back_the_same(archive: Archive) -> None:
    history(archive)
    before = everything(archive)
    archive.db.execute("DELETE FROM articles")
    reprocess(archive, ())
    assert everything(archive) == before
    archive.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_one_district_alone(archive: Archive) -> None:
    other = kept.district("qingjia")
    kept.crawl(archive, kept.page(1))
    kept.crawl(archive, kept.page(2, slug="qingjia"), where=other)
    archive.db.execute("UPDATE articles SET title = '?'")
    assert reprocess(archive, (), ("qingjia",)).read == 1
    assert {row["title"] for row in articles.dump(archive)} == {"?", kept.title(2)}


def better(snapshot: Snapshot, district: District | None = None) -> Article:
    """A reader of the future: other titles and dates; what it takes for blocked is no article."""
    if "新的安排" in snapshot.text:
        raise Blocked(snapshot.url, "notice")
    article = process(snapshot, district)
    return replace(
        article, title=f"【通告】{article.title}", published_on=date(2025, 1, 1 + int(snapshot.url[-7:-5]) % 28)
    )


def test_a_better_reader_repairs_the_past_as_a_fresh_archive_would_have_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_archive(tmp_path / "old.db") as old, open_archive(tmp_path / "fresh.db") as fresh:
        history(old)
        monkeypatch.setattr("archive.intake.verdicts.process", better)
        result = reprocess(old, ())
        history(fresh)
        assert articles.dump(old) == articles.dump(fresh)
        assert everything(old)[1] == everything(fresh)[1]
        assert result.taken_out == 3  # 12, 16 and 20 were seen with their new text only
        monkeypatch.undo()
        reprocess(old, ())
        calm = tmp_path / "calm.db"
        with open_archive(calm) as undisturbed:
            history(undisturbed)
            assert everything(old)[:2] == everything(undisturbed)[:2]


def test_an_article_that_no_snapshot_gives_goes(archive: Archive) -> None:
    kept.crawl(archive, kept.page(1))
    archive.db.execute("UPDATE articles SET key = 'ffffffffffffffff'")
    assert reprocess(archive, ()).taken_out == 1
    assert [row["title"] for row in articles.dump(archive)] == [kept.title(1)]


def test_damaged_snapshots_are_named_and_the_rest_is_done(archive: Archive) -> None:
    kept.crawl(archive, *(kept.page(number) for number in range(4)))
    archive.snapshots.conn.execute("UPDATE bodies SET data = x'00' WHERE id = 3")
    archive.snapshots.conn.commit()
    result = reprocess(archive, ())
    assert len(result.damaged) == 1
    assert "snapshot 3 of https://www.yunlan.example.cn/html/2026/00002.html is damaged" in result.damaged[0]
    assert len(articles.dump(archive)) == 4  # what was archived of it stays


def test_it_goes_on_where_it_was_stopped(archive: Archive) -> None:
    history(archive)
    before = everything(archive)

    real, count = rebuild._again, 0

    def counting(*args: object) -> None:
        nonlocal count
        count += 1
        if count == 40:
            raise KeyboardInterrupt
        real(*args)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuild, "_again", counting)
        with pytest.raises(KeyboardInterrupt):
            reprocess(archive, ())
    result = reprocess(archive, ())
    assert 25 <= result.resumed_after <= 39
    assert result.read == archive.snapshots.count() - result.resumed_after
    assert everything(archive) == before
    assert reprocess(archive, ()).resumed_after == 0


def test_another_scope_or_reader_starts_anew(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    history(archive)
    marks = rebuild._Marks(rebuild.reader(), None)
    run = runs.begin(archive, "reprocess")
    marks.set(archive, run, 17)
    runs.finish(archive, run, 137)
    assert rebuild._Marks(rebuild.reader(), None).resume(archive, runs.Run(99, "reprocess", "", run.lock)) == 17
    assert rebuild._Marks(rebuild.reader(), ("yunlan",)).resume(archive, runs.Run(99, "reprocess", "", run.lock)) == 0
    assert rebuild._Marks("another", None).resume(archive, runs.Run(99, "reprocess", "", run.lock)) == 0


_REBUILD = """
import sys
from pathlib import Path
from archive.upkeep.rebuild import reprocess
from archive.store import open_archive
with open_archive(Path(sys.argv[1])) as archive:
    reprocess(archive, (), progress=lambda done, total: print(done, flush=True))
"""


def test_a_killed_rebuild_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        kept.crawl(archive, *(kept.page(number) for number in range(400)))
        before = everything(archive)
    with subprocess.Popen([sys.executable, "-c", _REBUILD, str(path)], stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"100\n"
        os.kill(worker.pid, signal.SIGKILL)
    with open_archive(path) as archive:
        assert reprocess(archive, ()).resumed_after >= 75
        assert everything(archive) == before


def test_what_a_living_crawl_is_about_to_read_is_left_to_it(archive: Archive) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    archive.write_snapshots().put(kept.page(1), run.id)
    archive.commit()
    assert reprocess(archive, ()).outcomes == {}
    runs.finish(archive, run)
    assert reprocess(archive, ()).outcomes == {"archived": 1}
    assert intake.unsettled(archive) == []
