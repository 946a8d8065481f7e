"""Attached files on the pages: listed with their state, their text found and shown as text, never their bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.stages.attachments import read_pending
from archive.store import open_archive
from archive.upkeep.takedown import take_down
from tests import kept
from tests import made_files as made
from tests.test_enclosures import cover, file
from web.files import size
from web.serve import application

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
NAMES = {
    "a.pdf": f"补助办法{HOSTILE}.pdf",
    "b.xlsx": "名册.xlsx",
    "c.pdf": "扫描件.pdf",
    "d.docx": "锁.docx",
    "e.pdf": "未到.pdf",
}
Get = Callable[..., Any]


def one(node: Any, selector: str) -> Any:
    """The only node that matches, or the first."""
    return node.css_first(selector)


def _address(name: str) -> str:
    return f"{kept.SITE}/f/{name}"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with an announcement of five files, one that waits among them, and one without files."""
    path = tmp_path_factory.mktemp("files") / "archive.db"
    links = [(_address(name), shown) for name, shown in NAMES.items()]
    escaped = [(url, shown.replace("<", "&lt;").replace(">", "&gt;")) for url, shown in links]
    long = [f"第{number}座灯塔的修缮情况已经核实{HOSTILE if number == 1 else ''}" for number in range(1, 1500)]
    with open_archive(path) as archive:
        kept.crawl(
            archive,
            cover(1, *escaped),
            kept.page(2),
            file(made.pdf(*[long[n : n + 40] for n in range(0, len(long), 40)]), _address("a.pdf")),
            file(made.xlsx({"一": [["名称", "金额"], ["北礁灯塔", 12.5]], "二": [["完"]]}), _address("b.xlsx")),
            file(made.pdf([]), _address("c.pdf")),
            file(made.LOCKED_DOCX, _address("d.docx")),
        )
        read_pending(archive)
    return path


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    app = application(path)

    def ask(address: str) -> Any:
        return asyncio.run(app.client.get(address))

    return ask


@pytest.fixture(scope="module")
def key(path: Path) -> str:
    with open_archive(path) as archive:
        return str(archive.db.execute("SELECT key FROM articles WHERE url = ?", (kept.url(1),)).fetchone()[0])


def _rows(answer: Any) -> dict[str, str]:
    tree = LexborHTMLParser(answer.text)
    found = tree.css(".files > ul > li")
    return {one(row, "p").text(strip=True): one(row, ".meta").text(separator="|") for row in found}


def test_an_article_lists_its_files_with_what_they_are(get: Get, key: str) -> None:
    answer = get(f"/a/{key}")
    rows = list(_rows(answer).items())
    assert [name for name, _ in rows] == [
        f"PDF补助办法{HOSTILE}.pdf",
        "XLSX名册.xlsx",
        "PDF扫描件.pdf",
        "加密文档锁.docx",
        "未到.pdf",
    ]
    said = [about for _, about in rows]
    assert "文字可检索" in said[0] and "38 页" in said[0] and "2 个工作表" in said[1] and "2 KB" in said[1]
    assert "没有文字" in said[2] and "有密码" in said[3] and "尚未采集" in said[4]
    english = _rows(get(f"/a/{key}?lang=en"))
    assert any("no text (a scan or a picture)" in about for about in english.values())


def test_hostile_names_and_texts_stay_text(get: Get, key: str) -> None:
    answer = get(f"/a/{key}?q=核实")
    tree = LexborHTMLParser(answer.text)
    assert not tree.css(".files script, .files img") and HOSTILE in one(tree, ".files").text()
    plain = get(f"/a/{key}/0.txt")
    assert plain.headers["content-type"].startswith("text/plain") and HOSTILE in plain.text
    assert plain.headers["x-content-type-options"] == "nosniff"


def test_text_is_folded_opened_where_it_was_found_and_cut(get: Get, key: str) -> None:
    tree = LexborHTMLParser(get(f"/a/{key}").text)
    assert len(tree.css(".files details")) == 2 and not tree.css(".files details[open]")
    tree = LexborHTMLParser(get(f"/a/{key}?q=北礁灯塔").text)
    (opened,) = tree.css(".files details[open]")
    assert [one.text() for one in opened.css("mark")] == ["北礁灯塔"]
    assert [one.text() for one in opened.css("th")] == ["名称", "金额"]
    first = tree.css(".files details")[0].text()
    assert "第1座" in first and "第1499座" not in first and "只显示开头" in first
    assert "第1499座" in get(f"/a/{key}/0.txt").text


def test_hits_say_which_file_they_are_from(get: Get, key: str) -> None:
    tree = LexborHTMLParser(get("/?q=北礁灯塔").text)
    (hit,) = tree.css(".hits li")
    assert one(hit, "a.kind").text() == "附件 名册.xlsx" and one(hit, "mark").text() == "北礁灯塔"
    deep = LexborHTMLParser(get("/?q=第1499座").text)
    assert one(deep, ".snippet mark").text() == "第1499座"
    both = LexborHTMLParser(get("/").text), LexborHTMLParser(get("/?files=yes").text)
    assert [len(tree.css(".hits .list > li")) for tree in both] == [2, 1]
    chip = one(both[1], ".chips a")
    assert "有附件" in chip.text() and chip.attributes["href"] == "/"
    assert "checked" in one(both[1], "input[name=files]").attributes


def test_the_table_search_finds_files_too(get: Get, key: str) -> None:
    assert [row["key"] for row in get("/archive/articles.json?_search=北礁灯塔&_shape=array").json()] == [key]
    assert get("/archive/articles.json?_search=北礁灯塔 12.5&_shape=array").json()[0]["key"] == key
    found = get(f"/archive/attachments.json?article_key={key}&_shape=array").json()
    assert [(row["state"], row["kind"]) for row in found][:3] == [("text", "pdf"), ("text", "xlsx"), ("no_text", "pdf")]
    assert "名称\t金额" in get("/archive/attachments.csv?kind=xlsx").text


@pytest.mark.parametrize("address", ["/a/{key}/4.txt", "/a/{key}/99.txt", "/a/{none}/0.txt"])
def test_a_text_that_is_not_there(get: Get, key: str, address: str) -> None:
    assert get(address.format(key=key, none="0" * 16)).status_code == 404


def test_what_is_taken_down_shows_no_file(tmp_path: Path, path: Path, key: str) -> None:
    copy = tmp_path / "archive.db"
    with open_archive(path) as archive:
        archive.db.execute("VACUUM INTO ?", (str(copy),))
    with open_archive(copy) as archive:
        take_down(archive, key, "应要求")
    app = application(copy)
    assert asyncio.run(app.client.get(f"/a/{key}/0.txt")).status_code == 404
    assert "北礁" not in asyncio.run(app.client.get("/?q=北礁灯塔")).text.split("</form>")[1]
    assert asyncio.run(app.client.get("/archive/files.json?_shape=array")).json() == []


def test_sizes_for_people() -> None:
    assert [size(number) for number in (0, 1, 1_499, 999_499, 3_450_000)] == ["", "1 KB", "1 KB", "999 KB", "3.5 MB"]
