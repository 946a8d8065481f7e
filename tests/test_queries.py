"""The ready-made questions about edits, removals and copies: what they find, and that none reads the whole archive."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from archive import articles
from archive.index import register
from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import open_archive
from pipelines.dedupe import Text
from scraper.urls import key
from tests import kept
from tests.reposts.originals import original
from tests.test_presence_archive import HERE, gone, met, page
from tests.test_relations import article

ROOT = Path(__file__).parents[1]
NAMES = ("recently_edited", "recently_removed", "most_copied", "disagreements")
QUERIES = yaml.safe_load((ROOT / "web/queries.yml").read_text("utf-8"))["queries"]


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("queries") / "archive.db"
    one, day = original(3), date(2026, 5, 4)
    number = next(found for found in re.finditer(r"\d+", one.body.split("\n")[1]))
    at = len(one.body.split("\n")[0]) + 1 + number.start()
    other = Text(one.title, one.body[:at] + "7" + one.body[at:])
    with open_archive(path) as archive:
        for n, text in enumerate((one, one, other)):
            articles.put(archive, replace(article(n, text, day), title=one.title), 9000 + n)
        met(archive, *(page(n, 0) for n in range(1, 9)), *(page(n, 8) for n in range(2, 9)))
        met(
            archive,
            *(gone(1, days) for days in (7, 8, 9)),
            kept.page(2, "现改为每周三办理，请提前预约。", later=9 * 86_400),
        )
        relate_pending(archive)
        compare_pending(archive, HERE)
        judge_pending(archive)
    with closing(sqlite3.connect(path)) as opened:
        register(opened)
        yield opened


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("recently_edited", key(kept.url(2))),
        ("recently_removed", key(kept.url(1))),
        ("most_copied", 2),
        ("disagreements", original(3).title),
    ],
)
def test_they_find(conn: sqlite3.Connection, name: str, wanted: object) -> None:
    rows = conn.execute(QUERIES[name]["sql"], {"district": "", "substantive": ""}).fetchall()
    assert len(rows) == 1 and wanted in rows[0]
    if ":district" in QUERIES[name]["sql"]:
        assert conn.execute(QUERIES[name]["sql"], {"district": "nowhere", "substantive": "1"}).fetchall() == []


@pytest.mark.parametrize("name", NAMES)
def test_no_one_reads_all_articles_or_sorts_them(conn: sqlite3.Connection, name: str) -> None:
    plan = conn.execute(f"EXPLAIN QUERY PLAN {QUERIES[name]['sql']}", {"district": "", "substantive": ""}).fetchall()
    scans = [row[3] for row in plan if row[3].startswith("SCAN") and "INDEX" not in row[3]]
    assert all(scan in ("SCAN r", "SCAN m") for scan in scans), plan
    sorts = [row[3] for row in plan if "TEMP B-TREE" in row[3]]
    assert not sorts or name in ("most_copied", "disagreements"), plan  # of 100 and of 5,000 rows
