"""What counts as an edit, which edits matter, and that the table of versions follows from the captures alone."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import cli
from archive.intake.take import take
from archive.stages.versions import compare_pending, difference, versions
from archive.store import Archive, open_archive
from archive.upkeep.rebuild import reprocess
from archive.upkeep.takedown import restore, take_down
from pipelines.versions import Change, Said, compare, from_json, to_json
from scraper.items import Snapshot
from scraper.urls import key
from tests import kept

HERE = (kept.district(),)
DAY = 86_400.0
TEXT = (
    "11月6日下午，区长沈砚秋主持召开区政府第45次常务会议，研究农村公路养护等工作。",
    "会议指出，今年以来累计投入资金3200万元，完成农村公路养护里程86公里，惠及村民1.2万人。",
    "会议强调，要健全建管养运长效机制，让群众出行更加安全便捷。各镇要落实主体责任。",
)


def text(*lines: str, title: str = "区政府召开第45次常务会议", **fields: str) -> Said:
    return Said(title, fields, lines or TEXT)


def edited(old: str, new: str) -> Change:
    after = tuple(line.replace(old, new) for line in TEXT)
    assert after != TEXT
    return compare(text(), text(*after))


@pytest.mark.parametrize(
    ("old", "new", "kind", "flags"),
    [
        ("3200万元", "3800万元", "substantive", ("number",)),
        ("11月6日", "11月5日", "substantive", ("date",)),
        ("1.2万人", "12万人", "substantive", ("number",)),
        ("。各镇要落实主体责任。", "。", "substantive", ()),
        ("让群众", "切实让群众", "minor", ()),
        ("，完成", "、完成", "minor", ()),
        ("安全便捷", "安全便利", "minor", ()),
        ("健全建管养运长效机制", "研究解决历史遗留问题", "substantive", ()),
    ],
)
def test_the_rule_tells_minor_from_substantive(old: str, new: str, kind: str, flags: tuple[str, ...]) -> None:
    found = edited(old, new)
    assert (found.kind, found.flags) == (kind, flags), found


def test_a_name_that_is_another_is_flagged() -> None:
    after = tuple(line.replace("沈砚秋", "陆明澈") for line in TEXT)
    found = compare(text(), text(*after), ({"沈砚秋"}, {"陆明澈"}))
    assert found.kind == "substantive" and found.flags == ("name",)
    (hunk,) = found.hunks
    assert ("dropped", "沈砚秋") in hunk.pieces and ("added", "陆明澈") in hunk.pieces


def test_fields_title_and_files() -> None:
    before = text(document_number="云政发〔2026〕7号", source="云澜日报")
    assert compare(before, replace(before, fields={**before.fields, "source": "区融媒体中心"})).kind == "minor"
    found = compare(before, replace(before, fields={**before.fields, "document_number": "云政发〔2026〕8号"}))
    assert (found.kind, found.flags) == ("substantive", ("fields",))
    assert found.fields == (("document_number", "云政发〔2026〕7号", "云政发〔2026〕8号"),)
    assert compare(before, replace(before, title="区政府召开第46次常务会议")).flags == ("title",)
    assert compare(before, replace(before, title="区政府召开第45次常务会议。")).kind == "minor"
    assert compare(before, replace(before, files=(("附件", "1.pdf"),))).flags == ("files",)
    one, two = (replace(before, files=(("附件", "1.pdf"),), hashes=(digest * 64,)) for digest in "ab")
    assert compare(one, two).flags == ("files",)


def test_white_space_is_no_edit() -> None:
    assert compare(text(), text(*(line.replace("，", "，　 ") for line in TEXT))).kind == ""


def test_sentences_that_moved_lines_are_found_again() -> None:
    found = compare(text(), text("".join(TEXT)))
    assert found.kind == "minor" and found.hunks == ()


@given(st.lists(st.text("区会议第一二三123。，；\n ", max_size=60), max_size=6), st.randoms())
def test_hunks_tell_the_whole_difference(lines: list[str], chance: random.Random) -> None:
    after = [line for line in lines if chance.random() < 0.7] + ["新增一句。"] * chance.randint(0, 1)
    before, now = Said("题", {}, tuple(lines)), Said("题", {}, tuple(after))
    found = compare(before, now)
    assert (found.kind == "") == (before.hash == now.hash)
    for hunk in found.hunks:
        assert "".join(piece for what, piece in hunk.pieces if what != "added") == hunk.before
        assert "".join(piece for what, piece in hunk.pieces if what != "dropped") == hunk.after
    assert from_json(to_json(now)) == now


# -- in the archive


def page(number: int, days: float, said: str = "", extra: str = "") -> Snapshot:
    one = kept.page(number, said, later=days * DAY)
    return replace(one, body=one.body.replace(b'<div id="zoom">', f'<div id="zoom">{extra}'.encode()))


def history(archive: Archive, number: int) -> list[tuple[int, str, tuple[str, ...]]]:
    found = versions(archive.db.conn, key(kept.url(number)))
    return [(one.number, one.kind, one.flags) for one in found]


CAPTURES = (
    *(page(number, 0) for number in range(4)),
    page(1, 1, "现将安排公布如下，施工推迟到四月十五日。"),
    page(1, 3, "现将安排公布如下，施工推迟到四月二十日。"),
    page(1, 7, "现将安排公布如下，施工推迟到四月二十日。"),
    *(page(2, days, extra=f"<p>今天是2026年4月{days}日 星期三</p><p>浏览次数：{days * 37}</p>") for days in (1, 3, 7)),
    page(3, 30, "现将安排公布如下，请有关单位和居民予以配合！"),
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    opened = open_archive(tmp_path / "archive.db")
    kept.crawl(opened, *CAPTURES)
    compare_pending(opened, HERE)
    return opened


def dumped(archive: Archive) -> list[tuple[object, ...]]:
    return archive.db.conn.execute(
        "SELECT article_key, number, captured_at, hash, kind, flags, said FROM versions NATURAL JOIN"
        " (SELECT article_key, generation FROM histories) ORDER BY 1, 2"
    ).fetchall()


def test_edits_become_versions_and_noise_does_not(archive: Archive) -> None:
    with archive:
        assert history(archive, 0) == history(archive, 2) == []
        numbers = [(number, kind) for number, kind, _ in history(archive, 1)]
        assert numbers == [(1, "first"), (2, "substantive"), (3, "substantive")]
        one, two, change = difference(archive.db.conn, key(kept.url(1)))
        assert (one.number, two.number) == (2, 3) and "date" in change.flags
        assert any(piece == ("dropped", "十五") for hunk in change.hunks for piece in hunk.pieces)
        rows = archive.db.conn.execute("SELECT versions, substantive FROM histories ORDER BY versions").fetchall()
        assert rows[-1] == (3, 2)
        assert archive.db.conn.execute("SELECT count(*) FROM edits").fetchone()[0] == len(dumped(archive)) - len(rows)


@pytest.mark.parametrize("seed", range(4))
def test_neither_order_nor_stages_change_the_versions(archive: Archive, tmp_path: Path, seed: int) -> None:
    chance, found = random.Random(seed), list(CAPTURES)
    chance.shuffle(found)
    with archive, open_archive(tmp_path / "other.db") as other:
        for one in found:
            take(other, one, run=None, catalogue=HERE)
            if chance.random() < 0.5:
                other.commit()
                compare_pending(other, HERE)
        other.commit()
        compare_pending(other, HERE)
        assert dumped(other) == dumped(archive)
        assert compare_pending(other, HERE) == 0


def test_the_table_is_append_only(archive: Archive) -> None:
    path = archive.path
    archive.close()
    for sql in ("UPDATE versions SET said = '{}'", "DELETE FROM versions"):
        with closing(sqlite3.connect(path)) as conn, pytest.raises(sqlite3.IntegrityError, match="append-only"):
            conn.execute(sql)


def test_what_new_captures_add_is_appended(archive: Archive) -> None:
    with archive:
        before = archive.db.conn.execute("SELECT * FROM versions").fetchall()
        kept.crawl(archive, page(1, 40, "施工取消。"))
        compare_pending(archive, HERE)
        after = archive.db.conn.execute("SELECT * FROM versions").fetchall()
        assert set(before) < set(after) and len(after) == len(before) + 1
        assert {row[1] for row in after} == {1}


def test_an_older_capture_opens_a_new_generation(archive: Archive) -> None:
    with archive:
        before = archive.db.conn.execute("SELECT * FROM versions").fetchall()
        take(archive, page(1, 0.5, "现将安排公布如下，施工定于三月。"), run=None, catalogue=HERE)
        archive.commit()
        compare_pending(archive, HERE)
        assert [number for number, _, _ in history(archive, 1)] == [1, 2, 3, 4]
        assert set(before) < set(archive.db.conn.execute("SELECT * FROM versions").fetchall())


def test_reading_again_with_the_same_rules_changes_nothing(archive: Archive) -> None:
    with archive:
        before = archive.db.conn.execute("SELECT * FROM versions").fetchall()
        reprocess(archive, HERE)
        compare_pending(archive, HERE)
        assert archive.db.conn.execute("SELECT * FROM versions").fetchall() == before


def test_a_takedown_hides_the_versions_and_its_end_gives_them_back(archive: Archive) -> None:
    with archive:
        before = dumped(archive)
        take_down(archive, kept.url(1), "本人要求", "")
        compare_pending(archive, HERE)
        assert history(archive, 1) == [] and "十五" not in json.dumps(dumped(archive), ensure_ascii=False)
        restore(archive, kept.url(1), HERE)
        compare_pending(archive, HERE)
        assert dumped(archive) == before


def dibao(path: Path, *args: str) -> Result:
    return CliRunner().invoke(cli.main, ["--archive", str(path), *args])


def test_the_verb(archive: Archive) -> None:
    path = archive.path
    archive.close()
    done = dibao(path, "diff", kept.url(1))
    assert done.exit_code == 0 and "[-十五-]" in done.stdout and "{+二十+}" in done.stdout
    said = json.loads(dibao(path, "diff", kept.url(1), "1", "3", "--json").stdout)
    assert (said["from"]["number"], said["to"]["number"], said["kind"]) == (1, 3, "substantive")
    assert len(dibao(path, "diff", kept.url(1), "--list").stdout.splitlines()) == 3
    for wrong, code in ((("9", "1"), 1), (("1",), 2)):
        assert dibao(path, "diff", kept.url(1), *wrong).exit_code == code
    done = dibao(path, "diff", kept.url(0))
    assert done.exit_code == 1 and "one version" in done.output
