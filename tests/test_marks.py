"""Marks follow what they are made of, in the same transaction, whatever is written in whatever order."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.articles import get
from archive.stages.facts import describe_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, open_archive
from archive.upkeep.takedown import take_down
from tests.made_up import article, fill, keep

COUNT = 60


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    path = tmp_path / "archive.db"
    fill(path, COUNT)
    with open_archive(path) as opened:
        yield opened


def expected(conn: sqlite3.Connection) -> dict[int, tuple[str, set[str]]]:
    """Id -> (cluster, marks), read off the tables that they follow from."""
    found = {}
    clusters = dict(conn.execute("SELECT article_key, cluster FROM clusters").fetchall())
    heads = {cluster for key, cluster in clusters.items() if key != cluster}
    for id, key in conn.execute("SELECT id, key FROM articles").fetchall():
        marks = {f"kind:{kind}" for (kind,) in _rows(conn, "SELECT kind FROM descriptions", key)}
        for kind, value, unit, about in _rows(conn, "SELECT kind, value, unit, about FROM facts", key):
            marks |= {f"person:{value}"} if kind == "person" and about != "credit" else set()
            marks |= {f"place:{unit or value}"} if kind == "place" else set()
        for versions, substantive in _rows(conn, "SELECT versions, substantive FROM histories", key):
            marks |= {"edited"} if versions > 1 else set()
            marks |= {"substantive"} if substantive else set()
        marks |= {state for (state,) in _rows(conn, "SELECT state FROM presence", key) if state == "removed"}
        marks |= {"copy"} if clusters.get(key, key) != key else set()
        marks |= {"copied"} if key in heads else set()
        found[int(id)] = (clusters.get(key, "") if key in heads or clusters.get(key, key) != key else "", marks)
    return found


def _rows(conn: sqlite3.Connection, sql: str, key: str) -> list[tuple[Any, ...]]:
    return conn.execute(f"{sql} WHERE article_key = ?", (key,)).fetchall()


def agree(archive: Archive) -> set[str]:
    """Both tables are as they should be; gives all marks that there are."""
    conn = archive.db.conn
    wanted = expected(conn)
    rows = conn.execute("SELECT id, cluster, marks FROM marked").fetchall()
    assert {id: (cluster, set(json.loads(marks))) for id, cluster, marks in rows} == wanted
    flat = {(mark, id) for id, (_, marks) in wanted.items() for mark in marks}
    assert set(conn.execute("SELECT mark, id FROM marks").fetchall()) == flat
    places = 'SELECT id, district, "column", source, issuer'
    assert conn.execute(f"{places} FROM marked ORDER BY id").fetchall() == (
        conn.execute(f"{places} FROM articles ORDER BY id").fetchall()
    )
    return {mark for mark, _ in flat}


def keys(archive: Archive) -> list[str]:
    return [key for (key,) in archive.db.conn.execute("SELECT key FROM articles ORDER BY id DESC")]


def test_marks_follow_facts(archive: Archive) -> None:
    assert agree(archive) == set()
    describe_pending(archive)
    marks = agree(archive)
    assert {"kind:公告公示", "place:柳河镇"} <= marks


def test_a_stage_that_is_killed_leaves_right_marks_and_goes_on(archive: Archive) -> None:
    def stop(done: int, total: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        describe_pending(archive, stop, batch=10)
    agree(archive)
    described = "SELECT count(*) FROM marks WHERE mark LIKE 'kind:%'"
    assert 0 < archive.db.conn.execute(described).fetchone()[0] < COUNT
    describe_pending(archive)
    agree(archive)
    assert archive.db.conn.execute(described).fetchone()[0] == COUNT


def test_marks_move_with_an_article(archive: Archive) -> None:
    describe_pending(archive)
    key = keys(archive)[0]
    before = get(archive, key)
    assert before is not None
    conn = archive.write()
    conn.execute("INSERT INTO histories (article_key, generation, versions, substantive) VALUES (?, 1, 2, 1)", (key,))
    earlier = replace(before.article, published_on=date(2020, 1, 2), captured_at=datetime(2020, 1, 2, tzinfo=UTC))
    keep(archive, earlier, 9_001)
    archive.commit()
    after = get(archive, key)
    assert after is not None and after.id != before.id
    assert {"edited", "substantive"} <= agree(archive)
    describe_pending(archive)
    agree(archive)
    left = archive.db.conn.execute("SELECT count(*) FROM marks WHERE id = ?", (before.id,)).fetchone()
    assert left == (0,)


def test_marks_of_an_edit_and_of_another_column(archive: Archive) -> None:
    describe_pending(archive)
    stored = get(archive, keys(archive)[3])
    assert stored is not None
    later = replace(
        stored.article,
        body="施行日期改为2027年1月1日。\n" * 4,
        column="要闻",
        captured_at=datetime(2026, 12, 1, tzinfo=UTC),
    )
    keep(archive, later, 9_002)
    archive.commit()
    agree(archive)
    compare_pending(archive, (), lambda done, rest: None)
    describe_pending(archive)
    agree(archive)


def test_a_removed_page_is_marked_until_it_returns(archive: Archive) -> None:
    key = keys(archive)[0]
    conn = archive.write()
    row = 'INSERT INTO presence (article_key, district, "column", state, since, first_at, due_at)'
    conn.execute(f"{row} VALUES (?, '', '', 'present', '', '', '')", (key,))
    assert "removed" not in agree(archive)
    conn.execute("UPDATE presence SET state = 'removed' WHERE article_key = ?", (key,))
    assert "removed" in agree(archive)
    conn.execute("UPDATE presence SET state = 'returned' WHERE article_key = ?", (key,))
    assert "removed" not in agree(archive)
    archive.commit()


def test_copies_and_the_article_that_they_copy(archive: Archive) -> None:
    relate_pending(archive)
    original = get(
        archive, archive.db.conn.execute("SELECT key FROM articles ORDER BY length(body) DESC").fetchone()[0]
    )
    assert original is not None
    for number in (101, 102):
        copy = replace(article(number, random.Random(number)), title=original.article.title, body=original.article.body)
        keep(archive, copy, 9_000 + number)
    archive.commit()
    agree(archive)
    relate_pending(archive)
    assert {"copy", "copied"} <= agree(archive)


def test_a_copy_that_changes_its_cluster_takes_the_mark_along(archive: Archive) -> None:
    one, two, three = keys(archive)[:3]
    conn = archive.write()
    row = "INSERT OR REPLACE INTO clusters (article_key, id, cluster, digest, fingerprints)"
    numbers = dict(conn.execute("SELECT key, id FROM articles").fetchall())
    for key, cluster in ((one, one), (two, two), (three, one), (three, two), (three, three), (three, one), (one, two)):
        conn.execute(f"{row} VALUES (?, ?, ?, x'', x'')", (key, numbers[key], cluster))
        agree(archive)
    conn.execute("DELETE FROM clusters WHERE article_key = ?", (three,))
    agree(archive)
    archive.commit()


def test_what_is_taken_down_has_no_marks(archive: Archive) -> None:
    describe_pending(archive)
    relate_pending(archive)
    key = keys(archive)[0]
    stored = get(archive, key)
    assert stored is not None
    take_down(archive, key, "更正")
    agree(archive)
    for table in ("marks", "marked"):
        assert archive.db.conn.execute(f"SELECT count(*) FROM {table} WHERE id = ?", (stored.id,)).fetchone() == (0,)
    relate_pending(archive)
    agree(archive)


def test_an_archive_from_before_gets_its_marks(archive: Archive) -> None:
    from archive.schema import marks as marks_schema

    describe_pending(archive)
    relate_pending(archive)
    conn = archive.write()
    triggers = conn.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND (name LIKE '%marked%' OR name = 'clusters_left')"
    )
    for (name,) in triggers.fetchall():
        conn.execute(f"DROP TRIGGER {name}")
    conn.execute("DROP TABLE marks")
    conn.execute("DROP TABLE marked")
    archive.commit()
    marks_schema.make(archive.db)
    assert agree(archive)
