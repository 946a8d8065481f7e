"""The pages, asked over Datasette's own test client of a real archive file."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.index import register
from archive.stages.facts import describe_pending
from archive.store import open_archive
from pipelines.article import Article, Link
from tests.made_up import fill, keep, put_districts
from tests.test_facts import VISIT, archived, made
from web.body import blocks
from web.question import asked
from web.serve import DATABASE, ServeError, application, column_labels, metadata, serve
from web.words import beijing, language, weblink

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{ 7*7 }}&lt;b&gt;"
ROOT = Path(__file__).parents[1]
Get = Callable[..., Any]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("web") / "archive.db"
    fill(path, 120)
    return path


def site(path: Path, *, public: bool = False) -> Get:
    """Asks the site over an archive for an address."""
    datasette = application(path, public=public)

    def get(address: str, **cookies: str) -> Any:
        async def answer() -> Any:
            await datasette.invoke_startup()
            return await datasette.client.get(address, cookies=cookies)

        return asyncio.run(answer())

    return get


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


def tree(response: Any) -> LexborHTMLParser:
    return LexborHTMLParser(response.text)


def texts(response: Any, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in tree(response).css(selector)]


def links(response: Any, selector: str) -> list[str]:
    return [str(node.attributes["href"]) for node in tree(response).css(selector)]


# searching


def test_the_first_page_shows_the_newest(get: Get, path: Path) -> None:
    response = get("/")
    assert response.status_code == 200
    with closing(sqlite3.connect(path)) as conn:
        newest = [row[0] for row in conn.execute("SELECT title FROM articles ORDER BY id DESC LIMIT 20")]
    assert texts(response, ".hits h2") == newest
    assert texts(response, ".facets summary")[:2] == ["区县", "特征"]


def test_a_word_is_found_marked_and_counted(get: Get) -> None:
    response = get("/?q=改造")
    assert set(texts(response, ".hits mark")) == {"改造"}
    count = int(texts(response, ".count strong")[0])
    seen = 0
    while True:
        seen += len(texts(response, ".hits h2"))
        following = links(response, "a[rel=next]")
        if not following:
            break
        response = get(following[0])
    assert seen == count > 20


def test_filters_narrow_and_chips_take_back(get: Get) -> None:
    everything = int(texts(get("/?q=改造"), ".count strong")[0])
    narrowed = get(next(link for link in links(get("/?q=改造"), ".facets a") if "district=yunlan" in link))
    assert "云澜区" in texts(narrowed, ".chips")[0]
    assert 0 < int(texts(narrowed, ".count strong")[0]) < everything
    assert all("云澜区" in meta for meta in texts(narrowed, ".hits .meta"))
    assert int(texts(get(links(narrowed, ".chips a")[0]), ".count strong")[0]) == everything


def test_dates_and_order(get: Get) -> None:
    response = get("/?q=改造&since=2026-06&until=2026&order=relevance")
    assert texts(response, ".order b") == ["最相关在前"]
    shown = [text[:10] for text in texts(response, ".hits .meta time")]
    assert all("2026-06-01" <= day <= "2026-12-31" for day in shown if day[0] == "2")
    assert len(shown) > 1


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/?q=没有这样的词", "没有找到"),
        ("/?q=改造&district=nowhere", "去掉一些筛选条件"),
        ("/?q=%25", "这些符号不能单独检索"),
        ("/?since=31.12.2025", "日期请写成"),
        ("/?since=2026-13-01", "日期请写成"),
        ("/?since=2026-01-01&until=2025-01-01", "起始日期晚于截止日期"),
        ("/?before=abc&order=xyz", "最新公告"),
        ("/?before=" + "9" * 400, "最新公告"),
        ("/?q=" + quote("\x00 ' \" -- * AND NEAR("), "条结果"),
        ("/?q=" + "%F0%28", "条结果"),
    ],
)
def test_odd_questions_are_answered(get: Get, address: str, told: str) -> None:
    response = get(address)
    assert response.status_code == 200
    assert told in response.text


def test_a_question_that_takes_too_long_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.pages.search", _forever)
    response = site(path)("/?q=改造")
    assert response.status_code == 503
    assert "这个问题查得太久" in response.text


def _forever(conn: sqlite3.Connection, *_: object) -> None:
    conn.execute("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n").fetchall()


def test_a_question_is_read_from_its_address() -> None:
    question = asked({"q": " 改造 ", "district": "yunlan", "since": "2024", "until": "2024-02", "before": "12"})
    assert question.query == "改造"
    assert (question.filters.since, question.filters.until) == (date(2024, 1, 1), date(2024, 2, 29))
    assert question.before == 12
    assert question.link(district="") == "/?q=%E6%94%B9%E9%80%A0&since=2024&until=2024-02"
    assert asked({}).link() == "/"


# reading


def key_of(path: Path, where: str) -> str:
    with closing(sqlite3.connect(path)) as conn:
        return str(conn.execute(f"SELECT key FROM articles WHERE {where} ORDER BY id DESC LIMIT 1").fetchone()[0])


def test_an_article_shows_its_fields_body_and_evidence(get: Get, path: Path) -> None:
    key = key_of(path, "body LIKE '%\t%' AND body LIKE '%• %' AND document_number IS NOT NULL")
    response = get(f"/a/{key}?q=改造")
    with closing(sqlite3.connect(path)) as conn:
        row = conn.execute("SELECT title, url, sha256, document_number, body FROM articles WHERE key = ?", (key,))
        title, url, sha256, number, body = row.fetchone()
    assert texts(response, "article h1") == [title]
    assert texts(response, ".body table tr:first-child th") == ["序号", "项目名称", "投资额（万元）", "完成时限"]
    assert len(texts(response, ".body td")) == 4 * (body.count("\t") // 3 - 1)
    assert texts(response, ".body li") == ["摸清底数，建立台账", "分类施策，限时办结"]
    fields = dict(zip(texts(response, ".fields dt"), texts(response, ".fields dd"), strict=True))
    assert fields["发文字号"] == number
    assert fields["发布日期"].endswith("meta:PubDate")
    assert fields["SHA-256"] == sha256
    assert re.fullmatch(r"2026-\d\d-\d\d 02:05 北京时间", fields["采集时间"])
    assert url in links(response, ".side a")
    assert texts(response, ".captures td")[1:3] == ["收录", "200"]
    assert url[:-5] + ".pdf" in links(response, ".links a")


def test_an_article_without_a_date_says_so(get: Get, path: Path) -> None:
    response = get("/a/" + key_of(path, "published_on IS NULL"))
    assert texts(response, "article time") == ["日期不详"]
    assert "页面没有日期" in response.text


def test_older_and_newer_lead_on(get: Get, path: Path) -> None:
    key = key_of(path, "1")
    older = links(get(f"/a/{key}"), ".paging a")
    assert len(older) == 1
    assert f"/a/{key}" in links(get(older[0]), ".paging a")


@pytest.mark.parametrize("address", ["/a/0123456789abcdef", "/a/x", "/archive/nothing", "/nothing"])
def test_what_is_not_there(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 404
    assert "回到检索" in response.text


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/archive?sql=update+articles+set+title=1", 400, "Statement must be a SELECT"),
        (
            "/archive?sql=with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+count(*)+from+n",
            400,
            "太久",
        ),
        ("/archive/articles?_sort=nothing", 500, "Cannot sort table by nothing"),
        ("/archive.db", 403, ""),
        ("/archive/nothing.json", 404, '"status": 404'),
    ],
)
def test_errors_are_told_in_our_page(
    get: Get, capfd: pytest.CaptureFixture[str], address: str, status: int, told: str
) -> None:
    response = get(address)
    assert response.status_code == status
    assert told in response.text
    assert not tree(response).css("script")
    assert "Traceback" not in "".join(capfd.readouterr())


def test_a_fault_of_ours_is_logged_and_not_shown(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("web.pages.search", _broken)
    response = site(path)("/?q=改造")
    assert response.status_code == 500
    assert "secret" not in response.text
    assert "详情见服务器的日志" in response.text
    assert "secret" in caplog.text


def _broken(*_: object) -> None:
    raise ValueError("secret")


def test_blocks_of_a_body() -> None:
    found = blocks("一、总则\n第一段\n\n甲\t乙\n1\t2\n• 一项\n• 二项\n3\t4\n5\t6", ("二",))
    assert [block.kind for block in found] == ["heading", "paragraph", "table", "list", "table"]
    assert found[3].lines[1] == ((("二", True), ("项", False)),)
    assert [block.head for block in found] == [False, False, True, False, False]
    assert blocks("") == ()


# hostile content


def test_hostile_content_stays_text(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    evil = Article(
        key="f" * 16,
        url="javascript:alert(1)",
        district=HOSTILE,
        column=HOSTILE,
        title=HOSTILE + "云澜",
        body=f"{HOSTILE}云澜\n{HOSTILE}\t云澜\n• {HOSTILE}",
        captured_at=datetime(2026, 11, 1, tzinfo=UTC),
        sha256=HOSTILE,
        published_on=date(2026, 10, 1),
        published_at=HOSTILE,
        source=HOSTILE,
        issuer=HOSTILE,
        abstract=HOSTILE,
        attachments=(Link("javascript:alert(2)", HOSTILE), Link("data:text/html,x", "数据"), Link("http://[", "坏")),
        images=(Link("vbscript:x", ""),),
        rules={"source": HOSTILE},
        flags=(HOSTILE,),
        credits=((HOSTILE, HOSTILE),),
    )
    with open_archive(path) as archive:
        put_districts(archive)
        keep(archive, evil, 1)
        describe_pending(archive)
        hostile = {"kind": "person", "value": HOSTILE, "raw": HOSTILE, "rule": HOSTILE, "rules_version": HOSTILE}
        archive.db["facts"].insert(  # type: ignore[union-attr]
            {"article_key": "f" * 16, "ordinal": 9, **hostile, "start": 0, "end": len(HOSTILE), "confidence": 1}
        )
        archive.db["facts"].insert(  # type: ignore[union-attr]
            {"article_key": "f" * 16, "ordinal": 10, **hostile, "kind": "place", "start": 0, "end": 3, "confidence": 1}
        )
    get = site(path)
    addresses = ["/", "/?q=云澜", "/a/" + "f" * 16, "/archive/articles", "/archive/articles/20261001" + "0" * 6]
    addresses += [f"/?q={quote(HOSTILE)}&source={quote(HOSTILE)}&since={quote(HOSTILE)}"]
    addresses += [f"/archive/articles?_search={quote(HOSTILE)}&_facet=source", f"/archive?sql={quote(HOSTILE)}"]
    addresses += ["/archive/facts", f"/archive/titles_of?name={quote(HOSTILE)}"]
    addresses += [f"/archive/articles/{_id(path)}", f"/archive/{quote(HOSTILE)}", f"/?lang={quote(HOSTILE)}"]
    for address in addresses:
        response = get(address)
        page = tree(response)
        assert not page.css("img, iframe, style, [style], [onerror], [onclick]"), address
        assert {node.attributes.get("src") for node in page.css("script")} <= {"/static/search.js"}, address
        assert not [node for node in page.css("script") if node.text()], address
        assert not [link for link in links(response, "a[href]") if re.match(r"\s*(javascript|data|vbscript):", link)]
        assert "49&amp;lt;" not in response.text
        assert "default-src 'none'" in response.headers["content-security-policy"]
    assert tree(get("/a/" + "f" * 16)).css("article h1")[0].text() == HOSTILE + "云澜"


def _id(path: Path) -> int:
    with closing(sqlite3.connect(path)) as conn:
        return int(conn.execute("SELECT id FROM articles").fetchone()[0])


@pytest.mark.parametrize(
    "address", ["/", "/?q=改造", "/dictionary", "/archive", "/archive/articles", "/archive/districts"]
)
def test_pages_hold_nothing_from_elsewhere_and_no_script(get: Get, address: str) -> None:
    response = get(address)
    page = tree(response)
    policy = response.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "*" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    ours = ["/static/search.js"] if address.partition("?")[0] == "/" else []
    assert [node.attributes.get("src") for node in page.css("script")] == ours
    assert not any(node.text() for node in page.css("script"))
    assert not page.css("style, [style]")
    loaded = [node.attributes["href"] for node in page.css('link[href]:not([rel="alternate"])')]
    loaded += [node.attributes["src"] for node in page.css("[src]")]
    assert all(str(link).startswith("/static/") for link in loaded)
    assert "<style" not in response.text
    assert "<h1" in response.text


def test_static_files_are_there(get: Get) -> None:
    assert get("/static/dibao.css").status_code == 200
    assert get("/static/dibao.svg").status_code == 200
    assert get("/static/search.js").headers["content-type"].startswith(("text/javascript", "application/javascript"))


# Datasette's own pages


@pytest.mark.parametrize("query", ["改造", "区", "R&D", "污水 -管网", "-改造", "30亿", "160%", "%", "AND ("])
def test_datasettes_own_search_reads_chinese(get: Get, query: str) -> None:
    assert get(f"/archive/articles.json?_search_title={quote(query)}").status_code == 200
    shown = get(f"/archive/articles.json?_search={quote(query)}&_shape=array&_size=max&_col=title").json()
    page = get(f"/?q={quote(query)}")
    assert len(shown) == int(texts(page, ".count strong")[0])
    ids = [row["id"] for row in shown]
    assert ids == sorted(ids, reverse=True)


def test_csv_and_facets_go_through_the_same_search(get: Get) -> None:
    csv = get("/archive/articles.csv?_search=改造&_size=max&_col=title").text
    assert csv.count("\n") - 1 == int(texts(get("/?q=改造"), ".count strong")[0])
    assert texts(get("/archive/articles?_search=改造&_facet=column"), ".facets summary") == ["栏目"]


def test_table_pages_have_chinese_labels_and_link_to_the_article(get: Get) -> None:
    response = get("/archive/articles?_size=3")
    heads = texts(response, ".rows th")
    assert heads[:7] == ["序号 ▼", "永久标识", "网址", "区县", "栏目", "标题", "发布日期"]
    assert all(link.startswith("/a/") for link in links(response, "td.col-title a"))
    assert "公告" in texts(response, "h1")[0]
    assert "正文：一行一段" in response.text


def test_a_row_page(get: Get, path: Path) -> None:
    response = get(f"/archive/articles/{_id(path)}")
    assert "发文字号" in texts(response, ".fields dt")


def test_sql_can_be_asked_and_taken_away(get: Get, path: Path) -> None:
    assert texts(get("/archive?sql=select+count(*)+from+articles"), ".rows td") == ["120"]
    assert "no such table" in get("/archive?sql=select+*+from+nope").text
    datasette = application(path, public=True)

    async def refused() -> int:
        await datasette.invoke_startup()
        return int((await datasette.client.get("/archive?sql=select+1")).status_code)

    assert asyncio.run(refused()) == 403


def test_the_index_and_the_internal_tables_are_hidden(get: Get) -> None:
    shown = texts(get("/archive"), ".tables code")
    assert "articles" in shown
    assert not {"articles_fts", "articles_text", "_sqlite_migrations", "lists"} & set(shown)


def test_only_the_archive_is_open(get: Get) -> None:
    assert [entry["name"] for entry in get("/-/databases.json").json()] == [DATABASE]
    assert get("/snapshots").status_code == 404
    assert get("/archive.db").status_code == 403


def test_the_newest_rows_of_the_table_need_no_sort(path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        plan = conn.execute("EXPLAIN QUERY PLAN SELECT * FROM articles ORDER BY id DESC LIMIT 51").fetchall()
    assert not [row for row in plan if "TEMP" in row[3]]


def test_the_dictionary_describes_every_column_and_no_other(path: Path) -> None:
    tables = metadata()["databases"][DATABASE]["tables"]
    with closing(sqlite3.connect(path)) as conn:
        register(conn)
        names = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        columns = {name: [row[1] for row in conn.execute(f"PRAGMA table_info({name})")] for name in names}
    visible = {name for name in names if not name.startswith(("articles_fts", "sqlite_"))}
    hidden = {name for name, about in tables.items() if about.get("hidden")}
    assert visible - hidden == set(tables) - hidden
    for name in visible - hidden:
        assert list(tables[name]["columns"]) == columns[name]
        assert all("：" in text and text[-1] not in "：。" for text in tables[name]["columns"].values()), name
        assert tables[name]["title"]
        assert tables[name]["description"]
    assert column_labels("articles")["document_number"] == "发文字号"


def test_the_dictionary_page(get: Get) -> None:
    response = get("/dictionary")
    assert "发文字号" in texts(response, "td")
    assert "articles" in texts(response, "h2 code")


# languages, empty archives, serving


def test_english_at_a_switch_that_is_kept(get: Get) -> None:
    response = get("/?q=改造&lang=en")
    assert "Newest first" in response.text
    assert "lang=en" in response.headers["set-cookie"]
    assert texts(get("/", lang="en"), ".count strong") == ["Newest announcements"]
    assert links(response, "header nav a")[-1] == "?q=%E6%94%B9%E9%80%A0&lang=zh"
    assert texts(get("/archive/articles?_size=1", lang="en"), ".rows th")[1] == "key"
    assert "set-cookie" not in get("/?lang=xx").headers
    assert language(None, {"lang": "xx"}) == "zh"


def test_both_languages_say_the_same_things() -> None:
    strings = tomllib.loads((ROOT / "web/data/strings.toml").read_text("utf-8"))
    assert strings["zh"].keys() == strings["en"].keys()
    for part in ("flags", "outcomes"):
        assert strings["zh"][part].keys() == strings["en"][part].keys()
    flags = set(re.findall(r'"(\w+)": ', (ROOT / "pipelines/process.py").read_text("utf-8").split("doubts = {")[1]))
    assert flags <= strings["zh"]["flags"].keys()
    used = {
        name
        for page in (ROOT / "web/templates").glob("*.html")
        for name in re.findall(r"\bt\.(\w+)", page.read_text("utf-8"))
    }
    assert used <= strings["zh"].keys()


def test_an_empty_archive_says_what_to_do_and_fills_without_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "other-name.db"
    get = site(path)
    assert "make run" in get("/").text
    assert get("/").headers["refresh"] == "5"
    with open_archive(path) as archive:
        put_districts(archive)
        begun = "INSERT INTO runs (district, kind, pid, started_at) VALUES ('yunlan', 'crawl', ?, '2026-11-01')"
        archive.write().execute(begun, (os.getpid(),))
        archive.commit()
        assert "正在采集：" in get("/").text
        archive.write().execute("UPDATE runs SET pid = ?", (2**22 + 1,))
        archive.commit()
        assert "正在采集：" not in get("/").text
        fill(path, 0)
    with open_archive(path) as archive:
        put_districts(archive)
    fill(path, 3)
    assert len(texts(get("/"), ".hits h2")) == 3
    assert "refresh" not in get("/").headers
    assert len(get("/archive/articles.json?_search=区&_shape=array").json()) > 0


def test_times_and_addresses() -> None:
    assert beijing("2026-11-01T18:05:00+00:00") == "2026-11-02 02:05"
    assert beijing("") == ""
    assert beijing("2026-11-01") == "2026-11-01"
    assert weblink(" https://www.yunlan.example.cn/a ") == "https://www.yunlan.example.cn/a"
    assert [weblink(url) for url in ("javascript:x", "//a", "http://[", "HTTP://", "/a")] == [""] * 5


def test_a_taken_port_is_named(path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(ServeError, match="--port"):
            serve(path, other.getsockname()[1])


def test_serves_over_a_socket_while_another_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from web.serve import serve; serve(Path({str(path)!r}), {port})"
    with subprocess.Popen([sys.executable, "-c", code]) as server:
        try:
            assert "档案还是空的" in _fetch(port, "/")
            fill(path, 5)
            assert _fetch(port, "/").count("<li>\n        <h2>") == 5
        finally:
            server.terminate()
            assert server.wait(20) in (0, -15)


def _fetch(port: int, address: str) -> str:
    for _ in range(100):
        try:
            with urlopen(f"http://127.0.0.1:{port}{address}", timeout=20) as response:
                return str(response.read().decode())
        except URLError:
            time.sleep(0.2)
    raise AssertionError("the server did not come up")


# facts


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("facts") / "archive.db"
    notice = replace(made(2, "现予印发。"), document_number="云政发〔2026〕7号")
    appointed = "任命顾清源为云澜区教育局副局长。\n免去叶知秋的云澜区民政局副局长职务。"
    with archived(path, made(1, VISIT), notice, made(3, appointed, title="关于顾清源等同志任免职的通知")) as archive:
        describe_pending(archive)
    return path


def test_an_article_tells_what_it_says_with_evidence(described: Path) -> None:
    response = site(described)("/a/" + made(1, "").key)
    assert texts(response, ".said .fold > summary span") == ["人物 3", "地点 1", "金额 1", "引用文件 2"]
    people = texts(response, ".said .rowed")[0]
    assert people.startswith("顾清源 区委书记 调研")
    assert texts(response, ".said q")[0] == VISIT.split("\n")[0]
    assert "/a/" + made(2, "").key in links(response, ".said a")
    assert all(site(described)(link).status_code == 200 for link in set(links(response, ".said a")))
    assert texts(site(described)("/a/" + made(1, "").key + "?lang=en"), ".said h2") == ["What it says"]


def test_an_article_without_facts_says_only_its_kind(get: Get, path: Path, described: Path) -> None:
    assert not texts(get("/a/" + key_of(path, "1")), ".said")  # not described yet
    assert texts(site(described)("/a/" + made(2, "").key), ".said dt")[0] == "类别"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("named_most?district=yunlan", "沈知秋"),
        ("titles_of?name=沈知秋", "区委副书记"),
        ("appears_with?name=沈知秋", "陆闻舟"),
        ("citing?document=云政发[2026]7号", "云政发〔2026〕7号"),
        ("citing?document=云澜区城市更新条例", "《云澜区城市更新条例》"),
        ("amounts_over?ten_thousand=24000", "2.4亿元"),
        ("appointments?post=教育局", "顾清源"),
    ],
)
def test_the_ready_made_queries_find(described: Path, query: str, wanted: str) -> None:
    ask = site(described)
    response = ask(f"/archive/{query}")
    assert wanted in texts(response, "td"), texts(response, "td")
    name, _, asked = query.partition("?")
    assert not texts(ask(f"/archive/{name}?{asked}9"), "td") or name == "named_most"
    assert ask(f"/archive/{name}").status_code == 200
    assert name in texts(ask("/archive"), ".tables code")


def test_keys_of_articles_lead_to_their_pages(described: Path) -> None:
    ask = site(described)
    for address in ("/archive/facts", "/archive/citations", "/archive/citable", "/archive/amounts_over"):
        assert any(link.startswith("/a/") for link in links(ask(address), ".rows td a")), address
