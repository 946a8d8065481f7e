"""Search over a real archive: equal to a scan of the text, never a scan itself."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.articles import delete, get
from archive.index import register
from archive.pages.reading import columns, names, reading, state
from archive.search import ask as module
from archive.search import walks
from archive.search.ask import Filters, Hits, among, facets, search
from archive.search.gaps import gaps
from archive.stages.facts import describe_pending
from archive.store import open_archive
from pipelines.text import zh_fold
from tests.made_up import COLUMNS, DISTRICTS, article, fill, keep

COUNT = 400


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("search") / "archive.db"
    fill(path, COUNT)
    return path


@pytest.fixture(scope="module")
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        register(conn)
        yield conn


def scan(conn: sqlite3.Connection, word: str) -> list[int]:
    """Ids of the articles that hold a word, newest first: the oracle."""
    rows = conn.execute("SELECT id, title, body FROM articles ORDER BY id DESC")
    return [id for id, title, body in rows if word in zh_fold(title) or word in zh_fold(body)]


def everything(
    conn: sqlite3.Connection, query: str, filters: Filters, order: module.Order = "newest", limit: int = 7
) -> list[Hits]:
    """All pages of an answer."""
    pages = [search(conn, query, filters, limit=limit, order=order)]
    while pages[-1].next is not None:
        pages.append(search(conn, query, filters, pages[-1].next, limit, order))
    return pages


def ids(pages: list[Hits]) -> list[int]:
    return [hit.id for page in pages for hit in page.hits]


@pytest.mark.parametrize(
    "word", ["改造", "区", "石桥镇", "老旧小区改造", "序", "投资额（万元）", "十五五”规划", "没有的词", "镌"]
)
def test_finds_what_a_scan_finds_newest_first(conn: sqlite3.Connection, word: str) -> None:
    pages = everything(conn, word, Filters())
    assert ids(pages) == scan(conn, zh_fold(word))
    assert all((page.total, page.more) == (len(ids(pages)), False) for page in pages)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_word_of_every_text_is_found(conn: sqlite3.Connection, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, COUNT - 1))
    id, title, body = conn.execute("SELECT id, title, body FROM articles LIMIT 1 OFFSET ?", (number,)).fetchone()
    text = zh_fold(data.draw(st.sampled_from([title, *body.split("\n")])))
    start = data.draw(st.integers(0, len(text) - 1))
    word = "".join(char for char in text[start : start + data.draw(st.integers(1, 6))] if "\u4e00" <= char <= "\u9fff")
    if word and word in text:
        assert id in ids(everything(conn, word, Filters()))


@pytest.mark.parametrize(
    "filters",
    [
        Filters(district="yunlan"),
        Filters(column="规划计划"),
        Filters(source="教育局"),
        Filters(district="qingjia", column="通知公告", source="青岬县融媒体中心"),
        Filters(issuer="云澜区教育局"),
        Filters(district="nowhere"),
        Filters(since=date(2025, 6, 1), until=date(2026, 1, 31)),
        Filters(district="yunlan", since=date(2026, 1, 1)),
        Filters(since=date(2026, 1, 1), until=date(2025, 1, 1)),
    ],
)
@pytest.mark.parametrize("query", ["", "改造", "区", "-改造"])
def test_filters(conn: sqlite3.Connection, query: str, filters: Filters) -> None:
    found = conn.execute('SELECT id, district, "column", source, issuer, title, body FROM articles ORDER BY id DESC')
    low, high = (f"{day:%Y%m%d}" if day else default for day, default in ((filters.since, "0"), (filters.until, "9")))
    word = query.removeprefix("-")
    expected = [
        id
        for id, *values, title, body in found
        if all(not wanted or value == wanted for wanted, value in zip(_wanted(filters), values, strict=True))
        and low <= str(id)[:8] <= high + "9"
        and (word in title + body) != query.startswith("-")
    ]
    assert ids(everything(conn, query, filters)) == expected


def _wanted(filters: Filters) -> tuple[str, str, str, str]:
    return filters.district, filters.column, filters.source, filters.issuer


def test_relevance_shows_titles_first_and_all_of_them_once(conn: sqlite3.Connection) -> None:
    pages = everything(conn, "污水管网", Filters(), "relevance")
    assert sorted(ids(pages), reverse=True) == scan(conn, "污水管网")
    in_title = ["污水管网" in hit.title for page in pages for hit in page.hits]
    assert in_title == sorted(in_title, reverse=True)
    assert 0 < sum(in_title) < len(in_title)


def test_relevance_with_a_symbol_and_with_a_filter(conn: sqlite3.Connection) -> None:
    pages = everything(conn, "R&D 30亿", Filters(district="yunlan"), "relevance")
    assert sorted(ids(pages)) == sorted(ids(everything(conn, "R&D 30亿", Filters(district="yunlan"))))


def test_a_hit_shows_where_it_was_found(conn: sqlite3.Connection) -> None:
    for hit in search(conn, "改造 民生").hits:
        shown = hit.snippet
        assert "民生" in [shown.text[a:b] for a, b in shown.spans]
        assert {hit.title[a:b] for a, b in hit.title_spans} <= {"改造", "民生"}
        assert hit.district in DISTRICTS
        assert hit.column in COLUMNS


def test_counts_are_capped(conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COUNTED", 10)
    hits = search(conn, "")
    assert (hits.total, hits.more) == (10, True)
    counted = facets(conn, "")
    assert sum(count for _, count in counted.counts["district"]) == 10
    assert counted.more


def test_a_lone_character_beyond_the_rows_looked_through(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walks, "LOOKED_THROUGH", 30)
    assert ids(everything(conn, "序", Filters())) == scan(conn, "序")
    district = Filters(district="yunlan")
    expected = [hit for hit in scan(conn, "序") if hit in ids(everything(conn, "", district))]
    assert ids(everything(conn, "序", district)) == expected


def test_facets_count_the_matches(conn: sqlite3.Connection) -> None:
    found = scan(conn, "改造")
    counted = facets(conn, "改造").counts
    assert sum(count for _, count in counted["district"]) == len(found)
    assert sum(count for _, count in counted["year"]) == len(found)
    for district, count in counted["district"]:
        assert len(ids(everything(conn, "改造", Filters(district=district)))) == count


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=30), st.sampled_from(["newest", "relevance"]))
def test_whatever_is_typed_is_answered(conn: sqlite3.Connection, query: str, order: module.Order) -> None:
    search(conn, query, order=order)
    facets(conn, query)


def test_only_symbols_find_nothing_and_say_so(conn: sqlite3.Connection) -> None:
    hits = search(conn, "% 。")
    assert hits.total == 0
    assert hits.match.ignored == ("%", "。")


PLANNED = [
    ("改造", Filters(), None),
    ("改造", Filters(district="yunlan", since=date(2026, 1, 1)), 20260601000000),
    ("", Filters(), None),
    ("", Filters(district="yunlan", column="通知公告"), None),
    ("", Filters(until=date(2026, 1, 1)), 20250601000000),
    ("区", Filters(), None),
    ("R&D", Filters(), None),
]


@pytest.mark.parametrize(("query", "filters", "before"), PLANNED)
def test_no_query_plan_scans_the_table(path: Path, query: str, filters: Filters, before: int | None) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        register(conn)
        asked: list[str] = []
        conn.set_trace_callback(asked.append)
        search(conn, query, filters, before)
        search(conn, query, filters, None, 20, "relevance")
        facets(conn, query, filters)
        key = conn.execute("SELECT key FROM articles LIMIT 1").fetchone()[0]
        reading(conn, key)
        state(conn)
        conn.set_trace_callback(None)
        plans = [
            (sql, row[3])
            for sql in set(asked)
            if sql.startswith("SELECT") and "LIMIT 1" not in sql and "'main'." not in sql  # FTS5's own
            for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]
    scans = [(sql, plan) for sql, plan in plans if plan.startswith("SCAN") and "VIRTUAL TABLE" not in plan]
    assert not [(sql, plan) for sql, plan in scans if "articles" in plan or "captures" in plan]
    assert not [sql for sql, plan in plans if "TEMP B-TREE" in plan and "bm25" not in sql and "articles" in sql]
    assert any("articles" in plan for _, plan in plans)


# marks and copies


def cluster(conn: sqlite3.Connection, keys: list[str]) -> None:
    """Makes the articles copies of the earliest of them."""
    ids = dict(
        conn.execute(f"SELECT key, id FROM articles WHERE key IN ({','.join('?' * len(keys))})", keys).fetchall()
    )
    head = min(keys, key=ids.__getitem__)
    conn.executemany(
        "INSERT OR REPLACE INTO clusters (article_key, id, cluster, digest, fingerprints) VALUES (?, ?, ?, x'', x'')",
        [(key, ids[key], head) for key in keys],
    )


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An archive with facts, edits, removals and clusters of copies."""
    path = tmp_path_factory.mktemp("marked") / "archive.db"
    fill(path, 150)
    chance = random.Random(3)
    with open_archive(path) as archive:
        describe_pending(archive)
        conn = archive.write()
        keys = [key for (key,) in conn.execute("SELECT key FROM articles ORDER BY key")]
        chance.shuffle(keys)
        while len(keys) > 40:
            size = chance.choice((2, 2, 3, 5, 9))
            cluster(conn, keys[:size])
            keys = keys[size:]
        for (key,) in conn.execute("SELECT key FROM articles ORDER BY key").fetchall():
            if chance.random() < 0.4:
                row = "INSERT INTO histories (article_key, generation, versions, substantive) VALUES (?, 1, 2, ?)"
                conn.execute(row, (key, chance.randint(0, 1)))
            if chance.random() < 0.3:
                row = 'INSERT INTO presence (article_key, district, "column", state, since, first_at, due_at)'
                conn.execute(f"{row} VALUES (?, '', '', 'removed', '', '', '')", (key,))
        archive.commit()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        register(conn)
        yield conn


MARKED = [
    Filters(kind="公告公示"),
    Filters(place="柳河镇"),
    Filters(edited="yes"),
    Filters(edited="substantive", district="yunlan"),
    Filters(removed=True, since=date(2026, 2, 1), until=date(2026, 9, 1)),
    Filters(removed=True, kind="公告公示", edited="yes"),
    Filters(copies="only"),
    Filters(copies="first", files=True),
    Filters(kind="没有这一类"),
]


@pytest.mark.parametrize(("few", "listed"), [(0, 0), (0, 10_000), (10_000, 0)], ids=["index", "list", "marks"])
@pytest.mark.parametrize("query", ["", "改造", "区", "R&D -草案"])
def test_marks_narrow_a_search(
    marked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, query: str, few: int, listed: int
) -> None:
    monkeypatch.setattr(walks, "FEW", few)
    monkeypatch.setattr(walks, "LISTED", listed)
    for filters in MARKED:
        plain = Filters(filters.district, since=filters.since, until=filters.until, files=filters.files)
        wanted = ids(everything(marked, query, plain, limit=60))
        for mark in filters.marks:
            having = {id for (id,) in marked.execute("SELECT id FROM marks WHERE mark = ?", (mark,))}
            wanted = [id for id in wanted if id in having]
        pages = everything(marked, query, filters, limit=25)
        assert ids(pages) == wanted
        assert pages[0].total == len(wanted)
        assert among(marked, query, filters, sorted(wanted)) == sorted(wanted)
        assert sorted(ids(everything(marked, query, filters, "relevance", 60))) == sorted(wanted)
    assert any(search(marked, query, filters).hits for filters in MARKED)


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("query", ["", "改造", "区", "R&D"])
def test_of_copies_the_earliest_match_is_listed_once(
    marked: sqlite3.Connection, query: str, order: module.Order
) -> None:
    clusters = dict(marked.execute("SELECT id, cluster FROM marked WHERE cluster != ''").fetchall())
    headless = 0
    for filters in (Filters(), Filters(district="yunlan"), Filters(since=date(2026, 3, 1)), *MARKED[:5]):
        matches = ids(everything(marked, query, filters))
        first: dict[str, int] = {}
        for id in sorted(matches):
            first.setdefault(clusters.get(id, str(id)), id)
        pages = everything(marked, query, replace(filters, copies="fold"), order)
        assert sorted(ids(pages)) == sorted(first.values())
        assert pages[0].total == len(matches)
        assert facets(marked, query, replace(filters, copies="fold")).folded == len(matches) - len(first)
        if order == "newest":
            assert ids(pages) == sorted(first.values(), reverse=True)
        heads = {key: id for id, key in marked.execute("SELECT id, key FROM articles")}
        headless += sum(heads.get(cluster, id) != id for cluster, id in first.items())
    assert headless  # copies whose first article does not match


def test_a_hit_tells_its_kind_its_states_and_its_copies(marked: sqlite3.Connection) -> None:
    found = search(marked, "", Filters(removed=True, edited="substantive"), limit=50).hits
    assert found and all(hit.states == ("edited", "substantive", "removed") for hit in found)
    assert {hit.kind for hit in found} <= {kind for (kind,) in marked.execute("SELECT kind FROM descriptions")}
    for hit in search(marked, "", Filters(copies="fold"), limit=50).hits:
        wanted = (
            "SELECT count(*) - 1 FROM clusters WHERE cluster = (SELECT cluster FROM clusters WHERE article_key = ?)"
        )
        assert hit.copies == max(0, marked.execute(wanted, (hit.key,)).fetchone()[0])


def test_facets_lead_to_what_they_count(marked: sqlite3.Connection) -> None:
    counted = facets(marked, "改造").counts
    for name in ("kind", "place", "source"):
        for value, number in counted[name]:
            filters = {"kind": Filters(kind=value), "place": Filters(place=value), "source": Filters(source=value)}
            assert search(marked, "改造", filters[name]).total == number
    states = {"files": Filters(files=True), "edited": Filters(edited="yes"), "removed": Filters(removed=True)}
    states |= {"substantive": Filters(edited="substantive"), "copy": Filters(copies="only")}
    states |= {"copied": Filters(copies="first")}
    assert {value for value, _ in counted["state"]} == set(states)
    for value, number in counted["state"]:
        assert search(marked, "改造", states[value]).total == number


@pytest.mark.parametrize(("few", "listed"), [(0, 0), (0, 10_000), (10_000, 0)])
def test_no_plan_of_a_marked_search_scans(
    marked: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, few: int, listed: int
) -> None:
    monkeypatch.setattr(walks, "FEW", few)
    monkeypatch.setattr(walks, "LISTED", listed)
    asked: list[str] = []
    marked.set_trace_callback(asked.append)
    for query in ("", "改造", "区"):
        for filters in (*MARKED, Filters(copies="fold"), Filters(kind="公告公示", district="yunlan", copies="fold")):
            hits = search(marked, query, filters, 20260601000000)
            search(marked, query, filters, None, 20, "relevance")
            module.found_by(marked, hits)
    gaps(marked, "yunlan", None, None, "2026-11-23T00:00:00+00:00")
    marked.set_trace_callback(None)
    plans = [
        (sql, row[3])
        for sql in set(asked)
        if sql.startswith("SELECT") and "'main'." not in sql
        for row in marked.execute(f"EXPLAIN QUERY PLAN {sql}")
    ]
    assert {"marks", "marked", "clusters"} & {word for _, plan in plans for word in plan.split()}
    scans = [(sql, plan) for sql, plan in plans if plan.startswith("SCAN") and "VIRTUAL TABLE" not in plan]
    assert not [
        (sql, plan) for sql, plan in scans if not re.match(r"SCAN (d|districts|\(subquery-\d+\)|CONSTANT)", plan)
    ]
    assert not [sql for sql, plan in plans if "TEMP B-TREE" in plan and "bm25" not in sql and "column_runs" not in sql]


def test_the_index_follows_every_write(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    chance = random.Random(5)
    with open_archive(path) as archive:
        one, two = article(1, chance), article(2, chance)
        keep(archive, one, 1)
        keep(archive, two, 2)
        later = replace(one, title="改过的标题", column="要闻", captured_at=two.captured_at.replace(year=2027))
        keep(archive, later, 3)
        archive.commit()
        conn = archive.db.conn
        assert [hit.key for hit in search(conn, "改过的标题").hits] == [one.key]
        assert [hit.key for hit in search(conn, "", Filters(column="要闻")).hits] == [one.key]
        assert not search(conn, one.title).hits or one.title in later.body
        delete(archive, two.key)
        archive.commit()
        assert two.key not in [hit.key for hit in search(conn, "").hits]
        assert get(archive, two.key) is None
        check(conn)
        conn.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
        check(conn)
        assert [hit.key for hit in search(conn, "改过的标题").hits] == [one.key]
        conn.commit()


def check(conn: sqlite3.Connection) -> None:
    """Raises where the index and the text differ."""
    conn.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


def test_the_check_sees_an_index_that_was_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path, 3)
    with closing(sqlite3.connect(path)) as conn:
        register(conn)
        conn.execute("DROP TRIGGER articles_reindexed")
        conn.execute("UPDATE articles SET title = '悄悄改了'")
        with pytest.raises(sqlite3.DatabaseError, match="malformed"):
            check(conn)


@pytest.mark.parametrize(
    "sql", ["UPDATE articles SET title = '新'", "DELETE FROM articles", "SELECT * FROM articles_text"]
)
def test_a_connection_without_the_functions_is_refused(tmp_path: Path, sql: str) -> None:
    path = tmp_path / "archive.db"
    fill(path, 2)
    with closing(sqlite3.connect(path)) as conn, pytest.raises(sqlite3.OperationalError, match="no such function: zh_"):
        conn.execute(sql).fetchall()


def test_reading_an_article(conn: sqlite3.Connection) -> None:
    newest = search(conn, "").hits[0]
    found = reading(conn, newest.key)
    assert found is not None
    assert found.newer is None
    assert found.older is not None
    assert found.place["title"] == newest.title
    assert [capture.outcome for capture in found.captures] == ["archived"]
    assert found.rules["title"] == "meta:ArticleTitle"
    assert reading(conn, "0" * 16) is None


def test_names_columns_and_state(conn: sqlite3.Connection, tmp_path: Path) -> None:
    assert names(conn) == DISTRICTS
    assert columns(conn, "yunlan") == columns(conn) == COLUMNS
    assert not state(conn).empty
    with open_archive(tmp_path / "new.db") as archive:
        assert state(archive.db.conn).empty
        assert search(archive.db.conn, "改造").total == 0


@pytest.mark.parametrize(
    "typed", ["澜政办发〔2026〕31号", "澜政办发[2026]31号", "澜政办发【2026】31号", "014133099/2026-00031"]
)
def test_a_number_is_found_however_its_brackets_are_typed(tmp_path: Path, typed: str) -> None:
    path = tmp_path / "archive.db"
    fill(path, 20)
    with open_archive(path) as archive:
        archive.db.execute(
            "UPDATE articles SET document_number = '澜政办发〔2026〕31号', index_number = '014133099/2026-00031'"
            " WHERE id = (SELECT min(id) FROM articles)"
        )
        archive.db.conn.commit()
        assert [hit.id for hit in search(archive.db.conn, typed).hits] == [
            archive.db.execute("SELECT min(id) FROM articles").fetchone()[0]
        ]
