"""The ready-made questions over tens of thousands of rows: which index each takes, and which may read more."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from archive.index import register
from archive.pages.reading import TooSlow, within
from archive.store import open_archive
from web.plugins.dibao import escape_fts
from web.serve import SETTINGS, metadata

QUERIES = metadata()["databases"]["archive"]["queries"]
ASKED = {
    **{"name": "沈知秋", "district": "d7", "document": "云政发〔2026〕7号", "prefix": "云政发〔2026〕", "issued": ""},
    **{"ten_thousand": "10000", "post": "", "since": "2026-09-01", "until": "", "word": "营商环境", "kind": "会议"},
    **{"series": "常务会议", "day": "2026-09-09", "days": "", "characters": "", "substantive": ""},
}
# A query may walk an index of its own from end to end where that is small or holds nothing but what is counted.
COUNTS = {"published_by_column": "articles_place", "disagreements": "clusters_id", "most_copied": "clusters_cluster"}
# 2026-11: at 200,000 (20 s to make) all but signing_to_publishing (1.1 s) take less than 0.1 s, with the same plans.
ARTICLES = 40_000


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """Rows without texts: what the plans and their costs hang on."""
    path = tmp_path_factory.mktemp("questions") / "archive.db"
    with open_archive(path) as archive:
        db = archive.write()
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        numbers = f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {ARTICLES - 1})"
        db.execute(
            f'{numbers} INSERT INTO articles (id, key, url, district, "column", title, published_on, document_number,'
            " made_on, body, family, sha256, snapshot_id, first_captured_at, captured_at) SELECT"
            " cast(strftime('%Y%m%d', date('2020-01-01', (i % 2490) || ' days')) as integer) * 1000000 + i,"
            " printf('%016x', i), '', 'd' || (i % 50), 'c' || (i / 50 % 8), '关于某事的通知',"
            " date('2020-01-01', (i % 2490) || ' days'),"
            " CASE WHEN i % 9 = 0 THEN '云政发〔2026〕' || (i % 90) || '号' END,"
            " date('2020-01-01', (i % 2490) || ' days'), zeroblob(0), '', '', i, '', '' FROM n"
        )
        db.execute(
            f"{numbers} INSERT INTO facts SELECT printf('%016x', i), k.o, k.kind, k.value, k.number, k.unit, '', '',"
            " 'body', 0, 1, '', 1, '' FROM n,"
            " (SELECT 0 AS o, 'money' AS kind, '1' AS value, 20000000.0 AS number, 'CNY' AS unit"
            " UNION ALL SELECT 1, 'document_number', '云政发〔2026〕1号', NULL, 'cited') k WHERE i % 4 = 0"
        )
        db.execute(f"{numbers} INSERT INTO marks SELECT 'kind:会议', id FROM articles WHERE id % 3 = 0")
        db.execute(
            "INSERT INTO marked SELECT id, '', district, \"column\", source, issuer, id % 7 = 0, '[]' FROM articles"
        )
        db.execute('INSERT INTO totals SELECT district, "column", count(*) FROM articles GROUP BY 1, 2')
        db.execute(
            "INSERT INTO tallies SELECT district, substr(published_on, 1, 7), 0, count(*) FROM articles GROUP BY 1, 2"
        )
        db.execute("INSERT INTO districts SELECT DISTINCT district, district, '', '', '' FROM articles")
        archive.commit()
    with closing(sqlite3.connect(path)) as opened:
        register(opened)
        opened.create_function("escape_fts", 1, escape_fts)
        yield opened


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_question_that_is_not_called_slow_walks_no_table_from_end_to_end(conn: sqlite3.Connection, name: str) -> None:
    plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {QUERIES[name]['sql']}", ASKED)]
    scans = [step for step in plan if re.match(r"SCAN (a|f|m|k|c|v|h|articles|facts|marked|marks)\b", step)]
    scans = [step for step in scans if COUNTS.get(name, "-") not in step]
    allowed = ("VIRTUAL TABLE", "USING INDEX histories_edited_at", "USING INDEX people_", "changes")
    scans = [step for step in scans if not any(word in step for word in allowed)]
    if name == "most_copied":
        scans.remove("SCAN m")  # a hundred rows that were found before
    if QUERIES[name].get("slow"):
        assert "limit" in QUERIES[name]["sql"] or "group by" in QUERIES[name]["sql"]
    else:
        assert not scans, plan


@pytest.mark.parametrize("name", list(QUERIES))
def test_a_question_ends_within_the_servers_limit(conn: sqlite3.Connection, name: str) -> None:
    """The limit is what the server allows. Rows never exceed what it shows."""
    seconds = int(str(SETTINGS["sql_time_limit_ms"])) / 1000
    rows = within(seconds, conn, lambda asked: asked.execute(QUERIES[name]["sql"], ASKED).fetchall())
    assert len(rows) <= int(str(SETTINGS["max_returned_rows"]))


def test_the_limit_ends_what_takes_longer(conn: sqlite3.Connection) -> None:
    with pytest.raises(TooSlow):
        within(0.05, conn, lambda asked: asked.execute("SELECT count(*) FROM facts a, facts b").fetchall())
