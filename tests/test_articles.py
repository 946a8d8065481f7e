from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive import articles
from archive.articles import SLOTS, content, dump, get, put
from archive.store import Archive, open_archive
from pipelines.article import Article, Link
from scraper.catalogue import Column
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def article(key: str = "00000000000003e8", published: date | None = date(2026, 3, 5), **changes: object) -> Article:
    made = Article(
        key=key,
        url=f"{kept.SITE}/{key}.html",
        district="yunlan",
        column="公示公告",
        title="关于河道清淤的通告",
        body="第一段\n第二段\t表格",
        captured_at=datetime(2026, 4, 1, 20, tzinfo=UTC),
        sha256="ab" * 32,
        published_on=published,
        published_at="09:30",
        source="云澜区水务局",
        made_on=date(2026, 3, 1),
        attachments=(Link("https://www.yunlan.example.cn/1.pdf", "附件1"),),
        images=(Link("https://www.yunlan.example.cn/1.png", ""),),
        family="standard",
        rules={"title": "meta:ArticleTitle", "body": "known:#zoom"},
        flags=("short_body",),
        credits=(("记者", "沈知秋"), ("出品", "云澜区委宣传部")),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_what_goes_in_comes_out(archive: Archive) -> None:
    given = article()
    assert put(archive, given, 7) == "archived"
    stored = get(archive, given.key)
    assert stored is not None
    assert stored.article == given
    assert (stored.id, stored.snapshot_id) == (20260305_001000, 7)
    assert (stored.first_captured_at, stored.changed_at) == (given.captured_at, None)


def test_an_article_is_found_by_id_key_and_any_form_of_its_url(archive: Archive) -> None:
    url = f"{kept.SITE}/html/1.html"
    from scraper.urls import canonical, key

    put(archive, article(key(url), url=canonical(url)), 1)
    found = get(archive, key(url))
    assert found is not None
    for wanted in (found.id, url, "http://WWW.yunlan.example.cn/html/1.html#top", canonical(url)):
        assert get(archive, wanted) == found
    assert get(archive, 1) is get(archive, "0" * 16) is get(archive, "https://nowhere.example.cn/") is None


def test_ids_are_in_publication_order(archive: Archive) -> None:
    days = [date(2026, 3, 9), date(1999, 12, 31), date(2026, 3, 10), None, date(2026, 3, 9)]
    for n, one in enumerate(days):
        put(archive, article(f"{n + 1:016x}", one), n)
    rows = archive.db.execute("SELECT published_on FROM articles ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["1999-12-31", "2026-03-09", "2026-03-09", "2026-03-10", None]


def test_without_a_date_the_day_of_capture_in_shanghai_counts_and_it_is_said(archive: Archive) -> None:
    put(archive, article(published=None), 1)  # 20:00 UTC is the next morning there
    stored = get(archive, "00000000000003e8")
    assert stored is not None
    assert stored.id == 20260402_001000
    assert stored.article.published_on is None
    assert stored.article.flags == ("short_body", "no_date")


COLLIDING = [
    f"{n * SLOTS + place:016x}" for n, place in ((1, 5), (2, 5), (3, 6), (4, 5), (5, 7), (6, SLOTS - 1), (7, SLOTS - 1))
]


def test_ids_do_not_depend_on_the_order_of_arrival(tmp_path: Path) -> None:
    dumps = []
    for number, order in enumerate(itertools.islice(itertools.permutations(COLLIDING), 0, 5040, 331)):
        with open_archive(tmp_path / f"{number}.db") as archive:
            for one in order:
                put(archive, article(one, title=f"通告{one}"), 1)
            dumps.append(dump(archive))
            found = {row["key"]: row["id"] for row in archive.db.query("SELECT key, id FROM articles")}
            assert len(set(found.values())) == len(COLLIDING)
            hits = archive.db.execute("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH '通告'").fetchone()
            assert hits == (len(COLLIDING),)
    assert all(one == dumps[0] for one in dumps)


def test_an_equal_article_is_unchanged(archive: Archive) -> None:
    put(archive, article(), 1)
    later = article(captured_at=datetime(2026, 5, 1, tzinfo=UTC), sha256="cd" * 32, family="trs", flags=())
    assert put(archive, later, 2) == "unchanged"
    stored = get(archive, later.key)
    assert stored is not None
    assert stored.article == later
    assert stored.changed_at is None
    assert (stored.snapshot_id, stored.first_captured_at) == (2, article().captured_at)


@pytest.mark.parametrize(
    "change",
    [
        {"title": "关于河道清淤的补充通告"},
        {"body": "第一段"},
        {"source": None},
        {"document_number": "云政发〔2026〕3号"},
        {"attachments": ()},
        {"published_on": date(2026, 3, 20)},
        {"validity": "废止"},
    ],
)
def test_a_changed_article_keeps_its_id(archive: Archive, change: dict[str, object]) -> None:
    put(archive, article(), 1)
    later = replace(article(captured_at=datetime(2026, 5, 1, tzinfo=UTC)), **change)  # type: ignore[arg-type]
    assert put(archive, later, 2) == "updated"
    stored = get(archive, later.key)
    assert stored is not None
    assert stored.article == later
    assert stored.id == 20260305_001000
    assert stored.changed_at == later.captured_at
    assert content(later) != content(article())


def test_an_older_capture_never_overwrites(archive: Archive) -> None:
    put(archive, article(), 1)
    older = article(title="旧题目", captured_at=datetime(2025, 1, 1, tzinfo=UTC))
    put(archive, older, 2)
    stored = get(archive, older.key)
    assert stored is not None
    assert stored.article == article()
    assert stored.first_captured_at == older.captured_at
    assert stored.changed_at == article().captured_at


def test_the_index_follows_changes(archive: Archive) -> None:
    def hits(word: str) -> int:
        match = " ".join(archive.db.execute("SELECT zh_tokens(?)", (word,)).fetchone()[0].split()[:1])
        sql = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
        return int(archive.db.execute(sql, (match,)).fetchone()[0])

    put(archive, article(), 1)
    assert hits("清淤") == 1
    put(archive, article(title="关于植树的通告", captured_at=datetime(2026, 5, 1, tzinfo=UTC)), 2)
    assert (hits("清淤"), hits("植树")) == (0, 1)
    articles.delete(archive, article().key)
    assert hits("植树") == 0
    archive.db.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_an_unchanged_article_does_not_touch_the_index(archive: Archive) -> None:
    put(archive, article(), 1)
    archive.commit()
    before = archive.db.execute("SELECT block FROM articles_fts_data ORDER BY id").fetchall()
    put(archive, article(captured_at=datetime(2026, 5, 1, tzinfo=UTC)), 2)
    archive.commit()
    assert archive.db.execute("SELECT block FROM articles_fts_data ORDER BY id").fetchall() == before


def test_the_column_is_the_first_of_those_that_list_the_page(tmp_path: Path) -> None:
    from archive.crawl import runs
    from archive.crawl.ledger import Ledger

    for name, order in (("a", (kept.NOTICES, kept.NEWS)), ("b", (kept.NEWS, kept.NOTICES))):
        with open_archive(tmp_path / f"{name}.db") as archive:
            run = runs.begin(archive, "crawl", kept.district())
            ledger = Ledger(archive, run)
            from archive.intake.take import take

            kept.listed(ledger, order[0], 1, 2)
            take(archive, kept.page(1, column=order[0]), run=run, catalogue=())
            kept.listed(ledger, order[1], 1)
            take(archive, kept.page(2, column=order[0]), run=run, catalogue=())
            runs.finish(archive, run)
            found = [row["column"] for row in dump(archive)]
            assert found == ["政务要闻", order[0].name]


def test_a_page_that_two_districts_list_belongs_to_the_one_whose_site_it_is_on(tmp_path: Path) -> None:
    from archive.crawl import runs
    from archive.crawl.ledger import Ledger
    from archive.intake.take import take

    portal = replace(
        kept.district("aportal", (Column("转载", "https://www.portal.example.cn/z/"),)),
        site="https://www.portal.example.cn",
    )
    for name, order in (("a", (portal, kept.district())), ("b", (kept.district(), portal))):
        with open_archive(tmp_path / f"{name}.db") as archive:
            for number, one in enumerate(order):
                run = runs.begin(archive, "crawl", one)
                kept.listed(Ledger(archive, run), one.columns[-1], 1)
                page = kept.page(1, column=one.columns[-1], slug=one.slug, later=number * 100)
                take(archive, page, run=run, catalogue=(one,))
                runs.finish(archive, run)
            assert [(row["district"], row["column"]) for row in dump(archive)] == [("yunlan", "公示公告")]


def test_captures_out_of_order_end_in_the_same_row(tmp_path: Path) -> None:
    versions = [
        kept.page(1, "第一版", published=date(2026, 3, 2)),
        kept.page(1, "第一版", later=100, published=date(2026, 3, 2)),
        kept.page(1, "第二版", later=200, published=date(2026, 3, 8)),
        kept.page(1, "第二版", later=300, published=date(2026, 3, 8)),
    ]
    found = []
    for number, order in enumerate(itertools.permutations(versions)):
        with open_archive(tmp_path / f"{number}.db") as archive:
            kept.crawl(archive, *order)
            stored = get(archive, kept.url(1))
            assert stored is not None
            found.append((stored.id, stored.article, stored.first_captured_at, stored.changed_at))
    assert all(one == found[0] for one in found)
    assert found[0][0] // SLOTS == 20260302
    assert found[0][2:] == (versions[0].captured_at, versions[2].captured_at)


def test_a_delta_of_microseconds_is_kept(archive: Archive) -> None:
    moment = datetime(2026, 4, 1, 0, 0, 0, 123456, tzinfo=UTC) + timedelta(microseconds=1)
    put(archive, article(captured_at=moment), 1)
    stored = get(archive, article().key)
    assert stored is not None
    assert stored.article.captured_at == moment
