"""The stage on real archive files: idempotent, resumable, exact, equal after a reprocess, gone with the article."""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archive import articles
from archive.crawl.runs import Busy, Lock
from archive.pages import said
from archive.stages import facts, people
from archive.stages.facts import describe_pending
from archive.store import Archive, open_archive
from pipelines.article import Article
from pipelines.metadata.evidence import Fact
from pipelines.metadata.facts import RULES_VERSION, describe
from pipelines.metadata.offices import is_office, standings
from tests.made_up import fill

TABLES = ("facts", "descriptions", "citable", "people", "people_titles", "people_together", "people_years")
VISIT = (
    "3月4日，区委书记顾清源赴青岬街道调研老旧小区改造，区委副书记、区长沈知秋，副区长陆闻舟参加。\n"
    "今年区财政安排资金2.4亿元，完成率达到92.5%。根据《云澜区城市更新条例》和云政发〔2026〕7号文件，工程5月底前完工。"
)


def made(number: int, body: str, title: str = "", district: str = "yunlan", day: date | None = None) -> Article:
    """An announcement with this text."""
    url = f"https://www.{district}.example.cn/{number}.html"
    return Article(
        key=hashlib.sha256(url.encode()).hexdigest()[:16],
        url=url,
        district=district,
        column="政务要闻",
        title=title or f"第{number}条消息的题目",
        body=body,
        captured_at=datetime(2026, 4, 1, tzinfo=UTC),
        sha256=f"{number:064x}",
        published_on=day or date(2026, 3, 5),
        family="standard",
        rules={"title": "h1", "body": "div"},
    )


def archived(path: Path, *every: Article) -> Archive:
    archive = open_archive(path)
    for slug, name, code in (("yunlan", "云澜区", "320498"), ("qingjia", "青岬县", "320499")):
        place = (slug, name, code, "https://www.yunlan.example.cn", "standard")
        archive.write().execute("INSERT OR IGNORE INTO districts VALUES (?, ?, ?, ?, ?)", place)
    for number, one in enumerate(every, 1):
        articles.put(archive, one, number)
    archive.commit()
    return archive


def rows(archive: Archive, sql: str, *values: object) -> list[tuple[object, ...]]:
    return archive.db.conn.execute(sql, values).fetchall()


def everything(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    return {table: rows(archive, f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in TABLES}


def values(archive: Archive, kind: str) -> list[object]:
    return [value for (value,) in rows(archive, "SELECT value FROM facts WHERE kind = ? ORDER BY start", kind)]


def test_an_announcement_s_facts_are_rows_with_their_place(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT)) as archive:
        assert describe_pending(archive) == 1
        assert values(archive, "person") == ["顾清源", "沈知秋", "陆闻舟"]
        assert rows(archive, "SELECT value, number, unit FROM facts WHERE kind = 'money'") == [
            ("240000000", 240_000_000.0, "CNY")
        ]
        assert values(archive, "date")[0] == "2026-03-04"
        assert rows(archive, "SELECT kind, cited, people, rules_version FROM descriptions") == [
            ("调研", 2, 3, facts.rules_in_use())
        ]


def test_every_span_is_exact_and_every_row_has_its_version(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path, 60)
    with open_archive(path) as archive:
        assert describe_pending(archive) == 60
        number, exact, versions = rows(
            archive,
            'SELECT count(*), sum(substr(a.body, f.start + 1, f."end" - f.start) = f.raw),'
            " count(DISTINCT rules_version) FROM facts f JOIN articles a ON a.key = f.article_key",
        )[0]
        assert number == exact == rows(archive, "SELECT count(*) FROM facts")[0][0]
        assert isinstance(number, int) and number > 100 and versions == 1
        assert rows(archive, "SELECT DISTINCT rules_version LIKE ? FROM facts", f"{RULES_VERSION}%") == [(1,)]


def test_described_twice_is_described_once(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path, 30)
    with open_archive(path) as archive:
        told: list[tuple[int, int]] = []
        assert describe_pending(archive, lambda done, total: told.append((done, total)), batch=7) == 30
        assert told == [(7, 30), (14, 30), (21, 30), (28, 30), (30, 30)]
        before = everything(archive)
        assert describe_pending(archive) == 0
        archive.write().execute("INSERT INTO to_describe SELECT key FROM articles")
        assert describe_pending(archive) == 0
        assert everything(archive) == before


def test_other_rules_describe_again_only_when_asked(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT), made(2, VISIT)) as archive:
        describe_pending(archive)
        before = everything(archive)
        archive.write().execute("UPDATE descriptions SET rules_version = '2025.01.1'")
        archive.write().execute("DELETE FROM facts WHERE kind = 'person'")
        archive.commit()
        assert describe_pending(archive, outdated=False) == 0
        assert describe_pending(archive) == 2
        assert everything(archive) == before


def test_a_changed_article_s_facts_take_the_place_of_the_old(tmp_path: Path) -> None:
    first = made(1, VISIT)
    with archived(tmp_path / "a.db", first, made(2, VISIT)) as archive:
        describe_pending(archive)
        later = replace(first, body="3月6日，副区长温如故主持召开会议。", captured_at=datetime(2026, 4, 2, tzinfo=UTC))
        assert articles.put(archive, later, 9) == "updated"
        assert describe_pending(archive, outdated=False) == 1
        named = "SELECT value FROM facts WHERE kind = 'person' AND article_key = ? ORDER BY ordinal"
        assert rows(archive, named, first.key) == [("温如故",)]
        assert rows(archive, "SELECT name, announcements FROM people ORDER BY name") == [
            ("沈知秋", 1),
            ("温如故", 1),
            ("陆闻舟", 1),
            ("顾清源", 1),
        ]


def test_a_deleted_article_loses_its_facts_and_people(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT)) as archive:
        describe_pending(archive)
        assert all(everything(archive).values())
        articles.delete(archive, made(1, VISIT).key)
        assert not rows(archive, "SELECT * FROM facts") and not rows(archive, "SELECT * FROM to_describe")
        assert describe_pending(archive) == 0
        assert not any(everything(archive).values())


def test_facts_stay_true_when_an_id_moves(tmp_path: Path) -> None:
    first = made(1, VISIT, day=date(2026, 3, 9))
    with archived(tmp_path / "a.db", first) as archive:
        describe_pending(archive)
        before = everything(archive)["facts"]
        earlier = replace(first, published_on=date(2026, 3, 5), captured_at=datetime(2026, 3, 20, tzinfo=UTC))
        articles.put(archive, earlier, 7)
        describe_pending(archive)
        assert rows(archive, "SELECT id / 1000000 FROM articles") == [(20260305,)]
        assert everything(archive)["facts"] == before


def test_a_reprocess_of_all_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path, 40)
    with open_archive(path) as archive:
        describe_pending(archive)
        before = everything(archive)
        archive.write().execute("DELETE FROM facts")
        archive.write().execute("UPDATE descriptions SET rules_version = ''")
        assert describe_pending(archive) == 40
        assert everything(archive) == before


@pytest.mark.parametrize("after", [1, 3])
def test_stopped_anywhere_it_goes_on(tmp_path: Path, after: int) -> None:
    """Each batch is whole or not there; what is left is done the next time."""

    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done >= after * 5:
            raise Stopped

    paths = tmp_path / "whole.db", tmp_path / "stopped.db"
    for path in paths:
        fill(path, 30)
    with open_archive(paths[0]) as archive:
        describe_pending(archive)
        wanted = everything(archive)
    with open_archive(paths[1]) as archive, pytest.raises(Stopped):
        describe_pending(archive, stop, batch=5)
    with open_archive(paths[1]) as archive:
        assert rows(archive, "SELECT count(*) FROM to_describe") == [(30 - after * 5,)]
        assert describe_pending(archive) == 30 - after * 5
        assert everything(archive) == wanted


def test_killed_it_goes_on(tmp_path: Path) -> None:
    """kill -9 of the command itself, somewhere in the middle."""
    whole, killed = tmp_path / "whole.db", tmp_path / "killed.db"
    for path in (whole, killed):
        fill(path, 400)
    cli = Path(__file__).parents[1] / "cli.py"
    command = [sys.executable, str(cli), "--archive", str(killed), "reprocess", "--stage", "metadata"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 60
    conn = sqlite3.connect(killed)
    while not conn.execute("SELECT 1 FROM descriptions LIMIT 1").fetchone() and time.monotonic() < deadline:
        time.sleep(0.005)
    conn.close()
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    with open_archive(killed) as archive:
        half = rows(archive, "SELECT count(*) FROM descriptions")[0][0]
        assert isinstance(half, int) and 0 < half < 400
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert again.stdout == f"{400 - half} articles described\n"
    with open_archive(whole) as archive:
        describe_pending(archive)
        wanted = everything(archive)
    with open_archive(killed) as archive:
        assert everything(archive) == wanted


def test_only_one_process_describes_at_a_time(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT)) as archive:
        lock = Lock(archive.path, "metadata")
        lock.take()
        with pytest.raises(Busy, match="metadata"):
            describe_pending(archive)
        lock.release()
        assert describe_pending(archive) == 1


def test_a_text_that_changes_meanwhile_stays_on_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl writes between reading and storing: the new text is described, not the old one noted as done."""
    with archived(tmp_path / "a.db", made(1, VISIT)) as archive:
        described: Callable[..., object] = describe

        def slow(body: str, *rest: object, **more: object) -> object:
            if body == VISIT:
                with open_archive(archive.path) as other:
                    other.write().execute("UPDATE articles SET body = '副区长温如故主持召开会议。'")
            return described(body, *rest, **more)

        monkeypatch.setattr(facts, "describe", slow)
        describe_pending(archive)
        assert values(archive, "person") == ["温如故"]


def test_a_rule_that_stumbles_is_noted_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT), made(2, "怪文")) as archive:
        described: Callable[..., object] = describe

        def odd(body: str, *rest: object) -> object:
            if body == "怪文":
                raise IndexError("odd")
            return described(body, *rest)

        monkeypatch.setattr(facts, "describe", odd)
        assert describe_pending(archive) == 2
        assert rows(archive, "SELECT kind_rule FROM descriptions WHERE article_key = ?", made(2, "").key) == [
            ("failed",)
        ]
        assert made(2, "").key in caplog.text
        assert len(values(archive, "person")) == 3


def test_a_list_of_private_persons_gives_no_facts_about_them(tmp_path: Path) -> None:
    listed = replace(made(1, VISIT), flags=("private_list",))
    with archived(tmp_path / "a.db", listed) as archive:
        describe_pending(archive)
        assert {kind for (kind,) in rows(archive, "SELECT DISTINCT kind FROM facts")} == {
            "cited_title",
            "document_number",
        }
        assert not rows(archive, "SELECT * FROM people")
        assert rows(archive, "SELECT keywords FROM descriptions") == [("[]",)]


def test_citations_lead_to_the_archived_document(tmp_path: Path) -> None:
    notice = made(2, "现予印发。", title="区政府关于印发《云澜区城市更新条例》的通知")
    notice = replace(notice, document_number="云政发[2026]7号")
    plain = made(3, "正文。", title="云澜区城市更新条例")
    self_made = made(4, "现将《第4条消息的题目》公布如下。")
    with archived(tmp_path / "a.db", made(1, VISIT), notice, plain, self_made) as archive:
        describe_pending(archive)
        found = rows(archive, "SELECT cited, how, cited_key FROM citations WHERE citing_key = ?", made(1, "").key)
        assert set(found) == {
            ("云政发〔2026〕7号", "number", notice.key),
            ("《云澜区城市更新条例》", "issued", notice.key),
            ("《云澜区城市更新条例》", "title", plain.key),
        }
        own = rows(archive, "SELECT how, cited_key FROM citations WHERE citing_key = ?", self_made.key)
        assert own == [(None, None)]
        assert rows(archive, "SELECT document_number FROM descriptions WHERE article_key = ?", notice.key) == [
            ("云政发〔2026〕7号",)
        ]


QUESTIONS = {
    "people of an article": "SELECT value FROM facts WHERE article_key = 'x' AND +kind = 'person'",
    "a person's announcements": people._NAMED.replace(":name", "'x'").replace(":district", "'y'"),
    "titles over time": people._LATEST.replace(":name", "'x'").replace(":district", "'y'"),
    "facts of an article": "SELECT * FROM facts WHERE article_key = 'x'",
    "who cites it": said.CITED_BY.replace("?1", "'x'").replace("?2", "20"),
    "what it cites": said.CITED.replace("?", "'x'"),
    "its citations": "SELECT * FROM citations WHERE citing_key = 'x'",
    "a value": "SELECT article_key FROM facts WHERE kind = 'person' AND value = 'x'",
    "sums": "SELECT article_key FROM facts WHERE kind = 'money' AND unit = 'CNY' AND number >= 1e8",
    "people of a district": "SELECT * FROM people WHERE district = 'x' ORDER BY announcements DESC LIMIT 50",
    "titles of somebody": "SELECT * FROM people_titles WHERE district = 'x' AND name = 'y' ORDER BY first_on",
    "namesakes": "SELECT * FROM people WHERE name = 'y'",
    "company": "SELECT * FROM people_together WHERE district = 'x' AND name = 'y' ORDER BY announcements DESC",
    "outdated": "SELECT article_key FROM descriptions WHERE rules_version < 'a' OR rules_version > 'a'",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_a_page_reads_a_whole_table(tmp_path: Path, question: str) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        plan = [str(row[3]) for row in rows(archive, f"EXPLAIN QUERY PLAN {QUESTIONS[question]}")]
        assert plan and not [step for step in plan if step.startswith("SCAN") and step != "SCAN seen"]
        assert not [step for step in plan if step.endswith("(kind=?)")]  # all people are most of the table


def standing(*every: Fact) -> Sequence[str]:
    return [f"{name} {what}" for name, what in standings(every).items()]


def test_offices_credits_and_neither() -> None:
    assert [is_office(title) for title in ("区委书记", "云澜区水利局副局长", "记者", "居民代表", "村民")] == [
        *(True, True),
        *(False, False, False),
    ]
    assert standing(
        Fact("person", "甲", 0, 1, "title-before"),
        Fact("title", "区长", 0, 1, "title-before", about="甲"),
        Fact("person", "乙", 2, 3, "title-before"),
        Fact("title", "记者", 2, 3, "title-before", about="乙"),
        Fact("person", "丙", 4, 5, "byline-bracket"),
        Fact("person", "丁", 6, 7, "phrase"),
        Fact("person", "戊", 8, 9, "label"),
    ) == ["甲 office", "乙 credit", "丙 credit", "丁 ", "戊 credit"]
