"""A takedown: out of every view, kept out, logged, lifted without a trace; killed at any moment, it is up or down."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from archive import articles
from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.exchange.warc import write_warc
from archive.hidden import Takedown, in_force, log
from archive.intake.imports import import_paths
from archive.intake.take import take
from archive.search.ask import search
from archive.stages.facts import describe_pending
from archive.stages.relations import relate_pending
from archive.store import Archive, ArchiveError, open_archive
from archive.upkeep.rebuild import reprocess
from archive.upkeep.takedown import also_held, restore, take_down
from scraper.items import Snapshot
from scraper.urls import key
from tests import kept
from web.serve import application

ONE = key(kept.url(1))
WHY = "应本人请求"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def night(archive: Archive, *numbers: int, later: float = 0) -> dict[str, int]:
    """A run that lists these announcements and fetches what it wants; gives its counts."""
    run = runs.begin(archive, "crawl", kept.district())
    ledger = Ledger(archive, run)
    wanted = kept.listed(ledger, kept.NOTICES, *numbers)
    for number in numbers:
        if kept.url(number) in wanted:
            take(archive, kept.page(number, later=later), run=run, catalogue=(kept.district(),))
    runs.finish(archive, run)
    return kept.counts(archive, run)


def state(archive: Archive) -> tuple[object, ...]:
    """All that readers and later runs go by, without the log of takedowns and the times of last sight."""
    tables = (
        "SELECT * FROM articles ORDER BY id",
        "SELECT snapshot_id, outcome, reason, article_key, content FROM captures ORDER BY 1",
        "SELECT url, state, reason, listed_title, listed_on, tries, etag, final_url FROM pages ORDER BY 1",
        "SELECT url, district, listed_title, listed_on FROM listings ORDER BY 1",
        "SELECT article_key, kind, value, start FROM facts ORDER BY article_key, ordinal",
    )
    return tuple(archive.db.execute(sql).fetchall() for sql in tables)


def seen(archive: Archive) -> str:
    """Every text that anybody can read in archive.db, the index excepted."""
    names = archive.db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'articles_fts%'")
    return "\n".join(str(row) for (name,) in names.fetchall() for row in archive.db.execute(f'SELECT * FROM "{name}"'))


def test_it_leaves_every_table_the_index_and_the_facts(archive: Archive) -> None:
    night(archive, 1, 2, 3)
    describe_pending(archive)
    assert kept.title(1) in seen(archive)
    done = take_down(archive, ONE, WHY, "编辑部")
    assert (done.key, done.url, done.reason, done.by, done.restored_at) == (ONE, kept.url(1), WHY, "编辑部", None)
    assert articles.get(archive, ONE) is None and len(articles.dump(archive)) == 2
    assert kept.title(1) not in seen(archive) and kept.title(2) in seen(archive)
    assert search(archive.db.conn, "通告第1号").total == 0 and search(archive.db.conn, "通告第2号").total == 1
    archive.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
    for table in ("facts", "descriptions", "citable", "to_describe"):
        assert archive.db.execute(f"SELECT count(*) FROM {table} WHERE article_key = ?", (ONE,)).fetchone() == (0,)
    assert in_force(archive.db.conn, ONE) == done and log(archive.db.conn) == [done]


def test_later_runs_do_not_bring_it_back_and_add_up(archive: Archive, tmp_path: Path) -> None:
    night(archive, 1, 2)
    write_warc(archive, tmp_path / "all.warc.gz")
    take_down(archive, ONE, WHY)
    assert night(archive, 1, 2, later=9000) == {"unchanged": 2}
    assert kept.crawl(archive, kept.page(1, "换了说法", later=9500)) == ["unchanged"]
    assert reprocess(archive, (kept.district(),)).outcomes["unchanged"] == 2
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "1.html").write_text(
        kept.html(1, "又换了").replace("<head>", f'<head><link rel="canonical" href="{kept.url(1)}">'), "utf-8"
    )
    import_paths(archive, [tmp_path / "all.warc.gz", tmp_path / "more"], (kept.district(),))
    assert articles.get(archive, ONE) is None and kept.title(1) not in seen(archive)
    with open_archive(tmp_path / "archive.db") as again:
        assert len(log(again.db.conn)) == 1
    reasons = archive.db.execute("SELECT DISTINCT reason FROM captures WHERE article_key = ?", (ONE,)).fetchall()
    assert reasons == [("taken down",)]


def test_restored_it_is_as_if_nothing_had_been(archive: Archive) -> None:
    for n in range(3):
        night(archive, 1, 2, later=n * 1000)
        kept.crawl(archive, kept.page(1, "改了" * n, later=n * 1000 + 500))
    describe_pending(archive)
    before = state(archive)
    take_down(archive, f"http://127.0.0.1:8001/a/{ONE}?lang=en", WHY)
    assert state(archive) != before
    assert restore(archive, kept.url(1), (kept.district(),))
    describe_pending(archive)
    assert state(archive) == before
    assert search(archive.db.conn, "通告第1号").total == 1
    assert night(archive, 1, 2, later=9000) == {"unchanged": 2}


def test_what_came_meanwhile_is_there_after_a_restore(archive: Archive) -> None:
    night(archive, 1)
    first = articles.get(archive, ONE)
    take_down(archive, ONE, WHY)
    kept.crawl(archive, kept.page(1, "后来的说法", later=8000))
    assert restore(archive, ONE, ())
    now = articles.get(archive, ONE)
    assert first and now and (now.id, now.first_captured_at) == (first.id, first.first_captured_at)
    assert "后来的说法" in now.article.body and now.changed_at is not None


def test_the_log_keeps_every_turn(archive: Archive) -> None:
    night(archive, 1, 2)
    take_down(archive, ONE, "一")
    restore(archive, ONE, ())
    take_down(archive, ONE, "二")
    found = log(archive.db.conn)
    assert [(one.reason, one.restored_at is None) for one in found] == [("二", True), ("一", False)]


def test_a_page_that_leads_there_is_down_as_well(archive: Archive) -> None:
    """Another address that was redirected to it, and a site that removes it."""
    other = f"{kept.SITE}/old/1.html"
    moved = replace(kept.page(1, later=5), requested_url=other, listed_title="旧址" + kept.title(1))
    kept.crawl(archive, kept.page(1), moved)
    take_down(archive, other, WHY)
    assert in_force(archive.db.conn, ONE) and kept.title(1) not in seen(archive)
    assert kept.crawl(archive, replace(moved, captured_at=kept.page(1, later=99).captured_at)) == ["duplicate"]
    assert kept.title(1) not in seen(archive)
    assert kept.crawl(archive, kept.answer(1, 404, later=200)) == ["removed"]


def test_what_cannot_be_done_is_said_and_changes_nothing(archive: Archive) -> None:
    night(archive, 1)
    before = state(archive)
    with pytest.raises(ArchiveError, match="needs a reason"):
        take_down(archive, ONE, "  ")
    with pytest.raises(ArchiveError, match="no article"):
        take_down(archive, "https://www.yunlan.example.cn/nothing.html", WHY)
    with pytest.raises(ArchiveError, match="is not taken down"):
        restore(archive, ONE, ())
    assert state(archive) == before and log(archive.db.conn) == []
    take_down(archive, ONE, WHY)
    with pytest.raises(ArchiveError, match="taken down already"):
        take_down(archive, ONE, WHY)


def test_a_copy_of_the_file_does_not_hold_the_text(tmp_path: Path) -> None:
    """As docs/operations.md says: the row is overwritten at once, the index when it is merged."""
    path = tmp_path / "archive.db"
    secret = "绝无仅有的一句话" * 20
    with open_archive(path) as archive:
        kept.crawl(archive, *(kept.page(n) for n in range(2, 20)), kept.page(1, secret))
        take_down(archive, ONE, WHY)
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert "绝无仅有".encode() not in path.read_bytes()
        conn.execute("INSERT INTO articles_fts(articles_fts) VALUES ('optimize')")
        conn.commit()
        conn.execute("VACUUM")
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert conn.execute("SELECT count(*) FROM articles").fetchone() == (18,)


KILLED = """
import sys
from pathlib import Path
from archive.store import open_archive
from archive.upkeep.takedown import also_held, restore, take_down
print("ready", flush=True)
with open_archive(Path(sys.argv[1])) as archive:
    for turn in range(10_000):
        take_down(archive, sys.argv[2], "x")
        restore(archive, sys.argv[2], ())
"""


def test_kill_9_leaves_it_up_or_down_and_never_between(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        night(archive, 1, 2)
        up = state(archive)[0]
    for moment in (random.Random(5).uniform(0.01, 0.2) for _ in range(6)):
        with subprocess.Popen([sys.executable, "-c", KILLED, path, ONE], stdout=subprocess.PIPE) as child:
            assert child.stdout is not None and child.stdout.readline() == b"ready\n"
            time.sleep(moment)
            os.kill(child.pid, signal.SIGKILL)
        with open_archive(path) as archive:
            down = in_force(archive.db.conn, ONE)
            assert (articles.get(archive, ONE) is None) == (down is not None)
            archive.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")
            assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            if down:
                restore(archive, ONE, ())
            assert state(archive)[0] == up


def call(archive: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli.main, ["--archive", str(archive), "takedown", *arguments])


def test_the_verb(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        night(archive, 1, 2)
    done = call(path, f"/a/{ONE}", "--reason", WHY, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["key"] == ONE
    listed = call(path, "--list", "--json")
    assert [Takedown(**json.loads(line)).reason for line in listed.stdout.splitlines()] == [WHY]
    assert WHY in call(path, "--list").stdout
    again = call(path, ONE, "--reason", WHY)
    assert again.exit_code == 1 and "taken down already" in again.output
    back = call(path, "--restore", ONE)
    assert back.exit_code == 0 and "restored" in back.stdout, back.output
    with open_archive(path) as archive:
        assert articles.get(archive, ONE) is not None


def test_what_says_the_same_elsewhere_is_named_and_goes_with_copies(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as opened:
        kept.crawl(opened, kept.page(1), kept.page(2), moved(1, later=9 * 86_400))
        relate_pending(opened)
        there = key(kept.url(1).replace("/html/", "/new/"))
        assert also_held(opened, ONE) == (there,)
    done = CliRunner().invoke(cli.main, ["--archive", str(path), "takedown", kept.url(1), "--reason", WHY])
    assert done.exit_code == 0 and f"/a/{there}" in done.stderr
    done = CliRunner().invoke(cli.main, ["--archive", str(path), "takedown", there, "--reason", WHY, "--copies"])
    assert done.exit_code == 0
    with open_archive(path) as opened:
        assert [row[0] for row in opened.db.conn.execute("SELECT key FROM articles")] == [key(kept.url(2))]


def moved(number: int, later: float) -> Snapshot:
    """The announcement as its new address gives it, to which the old one leads."""
    one = kept.page(number, later=later)
    return replace(one, url=one.url.replace("/html/", "/new/"))


@pytest.mark.parametrize(
    "arguments", [(), (ONE,), ("--list", ONE), ("--restore",), ("--restore", ONE, "--reason", "x")]
)
def test_what_is_typed_wrongly(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert call(tmp_path / "archive.db", *arguments).exit_code == 2


def test_the_page_says_so_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        night(archive, 1, 2)
        row = articles.get(archive, ONE)
        done = take_down(archive, ONE, "<b>个人信息</b>", "编辑部")
    assert row is not None
    datasette = application(path)

    def get(address: str) -> Any:
        async def answer() -> Any:
            await datasette.invoke_startup()
            return await datasette.client.get(address)

        return asyncio.run(answer())

    chinese, english = get(f"/a/{ONE}"), get(f"/a/{ONE}?lang=en")
    assert (chinese.status_code, english.status_code) == (410, 410)
    assert "已下架" in chinese.text and "taken down" in english.text
    for page in (chinese, english):
        assert "&lt;b&gt;个人信息&lt;/b&gt;" in page.text and done.taken_at[:4] in page.text
        assert kept.title(1) not in page.text
    assert get(f"/archive/articles/{row.id}").status_code == 404
    for address in (
        "/",
        "/?q=通告",
        "/archive/articles",
        "/archive/articles.csv?_size=max",
        "/archive/pages.json",
        "/archive/listings.json",
        "/archive/takedowns",
        "/archive/articles.json?_search=通告",
    ):
        answer = get(address)
        assert answer.status_code == 200 and kept.title(1) not in answer.text, address
    assert WHY not in get("/archive/takedowns").text and "个人信息" in get("/archive/takedowns").text
    assert get(f"/a/{key(kept.url(2))}").status_code == 200
