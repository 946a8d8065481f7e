"""Feeds as a feed reader reads them, from a real archive over Datasette's own client."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import feedparser
import pytest

from archive.index import register
from archive.stages.facts import describe_pending
from archive.stages.versions import compare_pending
from archive.store import open_archive
from archive.upkeep.takedown import take_down
from pipelines.article import Article
from tests import kept
from tests.made_up import fill, keep, put_districts
from tests.test_web import HOSTILE, Get, site, tree
from web.following import arguments, question, readable, saved, search_feed, subscribe

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("feeds") / "archive.db"
    fill(path, 80)
    with open_archive(path) as archive:
        describe_pending(archive)
    return path


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


def read(response: Any) -> Any:
    """The feed; what RFC 4287 asks for is there."""
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    root = ElementTree.fromstring(response.content)
    for one in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(ATOM + name)) == 1 and one.findtext(ATOM + name), name
        kinds = [(link.get("rel"), link.get("type")) for link in one.findall(f"{ATOM}link")]
        assert len(kinds) == len(set(kinds))
    ids = [entry.id for entry in found.entries]
    assert len(ids) == len(set(ids)) and all(id.startswith("urn:uuid:") for id in ids)
    return found


def test_a_searchs_feed_has_what_the_page_shows(get: Get) -> None:
    page, feed = get("/?q=改造&district=yunlan"), read(get("/feed.atom?q=改造&district=yunlan"))
    shown = [node.text(strip=True) for node in tree(page).css(".hits h2")]
    assert len(shown) > 5
    assert [entry.title for entry in feed.entries][: len(shown)] == shown
    assert feed.feed.title == "邸报 · 改造 · 云澜区"
    entry = feed.entries[0]
    assert entry.link.startswith("http://localhost/a/")
    assert {link.rel for link in entry.links} == {"alternate", "via"}
    assert entry.author == "云澜区" and entry.summary.startswith("20")


def test_pages_name_their_feed_and_where_to_be_told(get: Get) -> None:
    page = tree(get("/?q=改造&district=yunlan&order=relevance"))
    expected = f"/feed.atom?q={quote('改造')}&district=yunlan"
    assert expected in [link.attributes["href"] for link in page.css("link[rel=alternate]")]
    links = [link.attributes["href"] for link in page.css("a")]
    assert expected in links and expected.replace("feed.atom", "alerts") in links


@pytest.mark.parametrize("header", ["etag", "last-modified", "both"])
def test_what_has_not_changed_is_not_sent_again(path: Path, header: str) -> None:
    first = site(path)("/feed.atom?q=改造")
    names = {"etag": "if-none-match", "last-modified": "if-modified-since"}
    headers = {ask: first.headers[said] for said, ask in names.items() if header in (said, "both")}
    again = conditional(path, "/feed.atom?q=改造", headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert (
        conditional(path, "/feed.atom", {"if-none-match": '"other"', **headers}).status_code == 200 or header != "etag"
    )
    assert conditional(path, "/feed.atom?q=改造", {"if-none-match": 'W/"x", "y"'}).status_code == 200
    assert conditional(path, "/feed.atom?q=改造", {"if-modified-since": "yesterday"}).status_code == 200


def conditional(path: Path, address: str, headers: dict[str, str]) -> Any:
    import asyncio

    from web.serve import application

    datasette = application(path)

    async def answer() -> Any:
        await datasette.invoke_startup()
        return await datasette.client.get(address, headers=headers)

    return asyncio.run(answer())


def test_addresses_are_those_of_the_setting_or_of_the_request(
    path: Path, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [entry.id for entry in read(get("/feed.atom")).entries]
    hostile = read(conditional(path, "/feed.atom", {"host": 'x"><y.example'}))
    assert hostile.entries[0].link.startswith("http://127.0.0.1:8001/a/")
    monkeypatch.setenv("DIBAO_PUBLIC_URL", "https://dibao.example.org/")
    feed = read(get("/feed.atom"))
    assert all(entry.link.startswith("https://dibao.example.org/a/") for entry in feed.entries)
    assert [entry.id for entry in feed.entries] == ids
    assert feed.feed.links[0].href == "https://dibao.example.org/feed.atom"


def test_a_person_and_a_document_have_feeds(get: Get, path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        (name, district) = ("沈知秋", "yunlan")
        wanted = conn.execute(
            "SELECT count(DISTINCT a.key) FROM facts f JOIN articles a ON a.key = f.article_key WHERE f.kind = 'person'"
            " AND f.value = ? AND f.about != 'credit' AND a.district = ?",
            (name, district),
        ).fetchone()[0]
        (number,) = conn.execute("SELECT form FROM citable WHERE how = 'number' LIMIT 1").fetchone()
        (holder,) = conn.execute("SELECT article_key FROM citable WHERE form = ?", (number,)).fetchone()
    assert len(read(get(f"/feed/person.atom?name={quote(name)}&district={district}")).entries) == min(wanted, 50)
    assert holder in {entry.link[-16:] for entry in read(get(f"/feed/document.atom?number={quote(number)}")).entries}


def test_changes_have_a_feed_each_event_with_an_id_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        kept.crawl(archive, kept.page(1), kept.page(2))
        kept.crawl(archive, kept.page(1, "投入资金9999万元。", later=86_400))
        kept.crawl(archive, kept.page(1, "投入资金1111万元。", later=172_800))
        compare_pending(archive, (kept.district(),))
    get = site(path)
    feed = read(get("/feed/changes.atom"))
    assert [entry.title for entry in feed.entries] == [f"【实质修改】{kept.title(1)}"] * 2
    assert feed.entries[0].updated > feed.entries[1].updated
    for kind, count in (("substantive", 2), ("minor", 0), ("nonsense", 2)):
        assert len(read(get(f"/feed/changes.atom?kind={kind}")).entries) == count
    assert len(read(get("/feed/changes.atom?district=elsewhere")).entries) == 0
    with open_archive(path) as archive:
        take_down(archive, kept.url(1), "个人信息")
    assert not read(get("/feed/changes.atom")).entries


def test_hostile_titles_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    evil = HOSTILE + "\x00\x0b\x1b\u202e\ufffe\ud800]]><![CDATA["
    article = Article(
        key="f" * 16,
        url="javascript:alert(1)",
        district="yunlan",
        column=HOSTILE,
        title=evil,
        body=evil,
        captured_at=kept.MORNING,
        sha256="0" * 64,
        published_on=date(2026, 10, 1),
    )
    with open_archive(path) as archive:
        put_districts(archive)
        keep(archive, article, 1)
        keep(archive, replace(article, key="e" * 16, url="http://x.example/\x01<"), 2)
    get = site(path)
    for address in (
        "/feed.atom",
        f"/feed.atom?q={quote(HOSTILE)}",
        f"/feed/person.atom?name={quote(evil, errors='replace')}",
    ):
        feed = read(get(address))
        raw = get(address).text
        assert "<script" not in raw and "javascript:" not in [
            link.href for entry in feed.entries for link in entry.links
        ]
    entries = read(get("/feed.atom")).entries
    assert len(entries) == 2
    assert "\u202e" not in entries[0].title
    root = ElementTree.fromstring(get("/feed.atom").content)
    assert HOSTILE.split("&lt;")[0] in str(root.findtext(f"{ATOM}entry/{ATOM}title"))
    assert "type" not in root.find(f"{ATOM}entry/{ATOM}title").attrib  # type: ignore[union-attr]


def test_an_empty_archive_has_a_feed(tmp_path: Path) -> None:
    assert read(site(tmp_path / "archive.db")("/feed.atom")).entries == []


def test_what_a_saved_search_keeps() -> None:
    assert saved("https://dibao.example.org/?q=a+b&district=yunlan&order=relevance&before=9&lang=en&x=1") == (
        "q=a+b&district=yunlan"
    )
    assert saved("q=%E6%94%B9") == "q=%E6%94%B9" == arguments([("q", " 改 "), ("source", " ")])
    assert question("q=a+b&district=yunlan&since=2026")[0] == "a b"
    assert question("")[0] == ""
    assert readable(urlencode({"q": "a&b 改=%造"})) == "q=a%26b+改%3D%25造"
    assert saved("/?" + readable(urlencode({"q": "a&b 改=%造"}))) == urlencode({"q": "a&b 改=%造"})
    assert (search_feed({}), subscribe({"before": "1"})) == ("/feed.atom", "/alerts")


def test_no_feed_reads_a_whole_table(path: Path) -> None:
    from archive.alerts import events
    from archive.search.ask import Filters

    with closing(sqlite3.connect(path)) as conn:
        register(conn)
        seen: list[str] = []
        conn.set_trace_callback(seen.append)
        events.newest(conn, ("new", "removed"), ("yunlan", ""))
        events.by_person(conn, "沈知秋", "yunlan")
        events.by_document(conn, "云政发〔2026〕1号")
        events.last(conn)
        events.matching(conn, "改造", Filters(), events.described(conn, events.after(conn, 0, 5)))
        conn.set_trace_callback(None)
        asked = {sql for sql in seen if sql.startswith("SELECT") and "articles_fts_" not in sql}
        assert len(asked) > 5
        for sql in asked:
            plan = [row[3] for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
            scans = [line for line in plan if line.startswith("SCAN") and "VIRTUAL TABLE" not in line]
            scans = [line for line in scans if not line.startswith("SCAN (subquery")]  # of what was limited before
            assert set(scans) <= {"SCAN w", "SCAN c"}, (sql, plan)
