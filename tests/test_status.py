"""How the archive stands, as `dibao status` and a crawl's summary tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.intake.take import take
from archive.store import open_archive
from archive.upkeep.status import conclude, last_runs, status
from scraper.catalogue import Column, District
from scraper.items import ListPage, Row, Snapshot

YUNLAN = District("yunlan", "云澜区", "329901", "http://www.yunlan.example.cn", (Column("要闻", "http://x/"),))
QINGJIA = District("qingjia", "青岬县", "329902", "http://www.qingjia.example.cn", (Column("要闻", "http://y/"),))
WHEN = datetime(2026, 11, 20, tzinfo=UTC)


def snapshot(number: int, body: str, district: District = YUNLAN) -> Snapshot:
    return Snapshot(f"{district.site}/{number}.html", body.encode(), WHEN, district=district.slug, column="要闻")


def article(number: int) -> str:
    paragraphs = "".join(
        f"<p>第{one}段：云澜区第{number}号通告的正文，说明有关安排和要求，请各单位遵照执行。</p>" for one in range(5)
    )
    return (
        f"<html><head><title>第{number}号通告</title><meta name='ArticleTitle' content='第{number}号通告'>"
        f"<meta name='PubDate' content='2026-11-0{number} 09:00'></head><body><h1>第{number}号通告</h1>"
        f"<div>发布日期：2026-11-0{number}</div><div class='TRS_Editor'>{paragraphs}</div></body></html>"
    )


def test_an_empty_archive_has_nothing_to_tell(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        found = status(archive)
    assert (found.articles, found.snapshots, found.runs, found.queued, found.queue) == (0, 0, (), 0, ())
    assert found.archive_bytes > 0 and found.snapshots_bytes > 0


def test_runs_columns_and_the_queue_are_told(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        run = runs.begin(archive, "crawl", YUNLAN)
        ledger = Ledger(archive, run)
        rows = [Row(f"{YUNLAN.site}/{number}.html", f"第{number}号通告") for number in (1, 2, 3)]
        wanted = ledger.listed(YUNLAN.columns[0], ListPage(tuple(rows)), rows).wanted
        ledger.column_read(YUNLAN.columns[0], "ok", 3)
        for number in (1, 2):
            assert take(archive, snapshot(number, article(number)), run=run, catalogue=(YUNLAN,)) == "archived"
        ledger.failed(wanted[2], "timed out")
        runs.finish(archive, run)
        runs.finish(archive, runs.begin(archive, "crawl", QINGJIA))
        found = status(archive)
        assert (found.articles, dict(found.by_district), found.snapshots) == (2, {"yunlan": 2}, 2)
        assert [(one.district, one.name) for one in found.runs] == [("qingjia", "青岬县"), ("yunlan", "云澜区")]
        last = found.runs[1]
        assert (last.seen, last.counts["archived"], last.counts["failed"]) == (3, 2, 1)
        assert [(one.column, one.outcome, one.rows) for one in last.columns] == [("要闻", "ok", 3)]
        assert found.queued == 1
        assert (found.queue[0].state, found.queue[0].reason) == ("failed", "timed out")
        assert found.queue[0].next_try_at > "2026"
        assert status(archive, limit=0).queue == ()


def test_only_the_last_crawl_of_a_district_counts_and_imports_do_not(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        for district in (YUNLAN, QINGJIA, YUNLAN):
            runs.finish(archive, runs.begin(archive, "crawl", district))
        runs.finish(archive, runs.begin(archive, "import"))
        assert [(run.id, run.district) for run in last_runs(archive.db.conn)] == [(2, "qingjia"), (3, "yunlan")]
        assert [run.id for run in last_runs(archive.db.conn, ["yunlan"])] == [3]
        assert last_runs(archive.db.conn, []) == ()


def test_a_run_s_exit_code_is_written_when_the_crawl_is_over(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        run = runs.begin(archive, "crawl", YUNLAN)
        assert last_runs(archive.db.conn)[0].exit_code is None
        runs.finish(archive, run)
        conclude(archive, run.id, 4, "the host name is not known")
    with open_archive(tmp_path / "archive.db") as archive:
        (last,) = last_runs(archive.db.conn)
    assert (last.exit_code, last.note) == (4, "the host name is not known")
