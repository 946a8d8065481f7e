"""Articles in several pages: which addresses follow, how the pages become one article, what is no part of one."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from pipelines.process import process
from scraper.items import Snapshot
from scraper.pages.family import Tree
from scraper.pages.parts import following, is_following
from scraper.parse import page_kind, parse_article
from tests.listpages import CAPTURED

SAVED = Path(__file__).parent / "pages" / "qinglu"
SITE = "http://www.qinglu.gov.cn"
FOLDER = f"{SITE}/zwgk/tzgg/202611/"
FIRST = f"{FOLDER}t20261103_88120.html"
PAGE = """<html><head><meta charset="utf-8"><title>青芦湖水上运动会秩序册</title>
<meta name="ArticleTitle" content="青芦湖水上运动会秩序册"><meta name="PubDate" content="2026-11-03"></head><body>
<h1>青芦湖水上运动会秩序册</h1>
<div id="zoom"><p>第{number}部分写明了本组的赛程、裁判和场地，请参赛队伍提前一刻钟检录。</p></div>
<div class="fy">{pager}</div><div><a href="18234.html">下一篇：青芦湖渔火节安排</a></div></body></html>"""


def article(url: str, pager: str, number: int = 1) -> Snapshot:
    return Snapshot(url, PAGE.format(number=number, pager=pager).encode(), CAPTURED, requested_url=url)


def saved(number: int) -> Snapshot:
    name = f"parts_{number}.html" if number else "parts.html"
    url = FIRST.replace(".html", f"_{number}.html") if number else FIRST
    return Snapshot(url, (SAVED / name).read_bytes(), CAPTURED, requested_url=url, role="part" if number else "article")


SHOW = f"{SITE}/show.php?id=5"
NEXT = {
    "script": (FIRST, 'createPageHTML(3, 0, "t20261103_88120", "html")', ["_1.html", "_2.html"]),
    "script, second page": (
        FIRST.replace(".html", "_1.html"),
        'createPageHTML(3,1,"t20261103_88120","html")',
        ["_2.html"],
    ),
    "script, last page": (FIRST.replace(".html", "_2.html"), 'createPageHTML(3,2,"t20261103_88120","html")', []),
    "script, one page": (FIRST, 'createPageHTML(1, 0, "t20261103_88120", "html")', []),
    "script of a list beside it": (FIRST, 'createPageHTML(9, 0, "index", "html")', []),
    "script with a box": (FIRST, "createPageHTML('page_div',3,1,'t20261103_88120','html',3)", ["_2.html", "_3.html"]),
    "links": (
        FIRST,
        '<a href="t20261103_88120_1.html">2</a> <a href="./t20261103_88120_2.html">下一页</a>',
        ["_1.html", "_2.html"],
    ),
    "links, some left out": (
        FIRST,
        '<a href="t20261103_88120_1.html">2</a>…<a href="t20261103_88120_3.html">末页</a>',
        ["_1.html", "_2.html", "_3.html"],
    ),
    "only the next is linked": (FIRST, '<a href="t20261103_88120_1.html">下一页</a>', ["_1.html"]),
    "another article's parts": (FIRST, '<a href="t20261103_88121_1.html">2</a>', []),
    "an attachment of that name": (FIRST, '<a href="t20261103_88120_1.pdf">附件</a>', []),
}


@pytest.mark.parametrize("name", NEXT)
def test_addresses_that_follow(name: str) -> None:
    url, pager, tails = NEXT[name]
    markup = f"<script>{pager}</script>" if pager.startswith("create") else pager
    page = article(url, markup)
    assert following(page, Tree(page.text), url) == tuple(FIRST.removesuffix(".html") + tail for tail in tails)


@pytest.mark.parametrize(
    ("url", "pager", "numbers"),
    [
        (SHOW, '<a href="?id=5&page=2">2</a><a href="?id=5&amp;page=3">3</a>', [2, 3]),
        (SHOW, '<a href="/show.php?id=5&page=4">尾页</a>', [2, 3, 4]),
        (f"{SHOW}&page=2", '<a href="?id=5&page=1">1</a><a href="?id=5&page=3">下一页</a>', [3]),
        (SHOW, '<a href="?id=6&page=2">2</a>', []),
        (SHOW, '<a href="?id=5&page=2">查看全部评论</a>', []),
        (f"{SITE}/info/1021/30512.htm", '<a href="30512.htm?page=2">下页</a>', [2]),
    ],
)
def test_page_parameters(url: str, pager: str, numbers: list[int]) -> None:
    page = article(url, pager)
    stem = url.replace("&page=2", "")
    mark = "&" if "?" in stem else "?"
    assert following(page, Tree(page.text), url) == tuple(f"{stem}{mark}page={number}" for number in numbers)


@pytest.mark.parametrize("order", list(permutations([1, 2])))
def test_parts_in_any_order_are_one_article(order: tuple[int, ...]) -> None:
    whole = process(saved(0), None, [saved(number) for number in order])
    assert [line[:2] for line in whole.body.split("\n")] == [
        "一、",
        "二、",
        "规划",
        "三、",
        "四、",
        "意见",
        "青芦",
        "20",
    ]
    assert whole.title == "青芦县国土空间总体规划公示说明"
    assert [link.text for link in whole.attachments] == ["规划图集.pdf", "意见表.docx"]
    assert [link.url for link in whole.images] == [f"{FOLDER}W020261103_2.jpg"]
    assert whole.parts == tuple(FIRST.replace(".html", f"_{number}.html") for number in (1, 2))
    assert whole.flags == ()
    assert (whole.key, whole.url) == (process(saved(0)).key, FIRST)


def test_parts_that_were_not_given_are_missed_and_named() -> None:
    alone, half = process(saved(0)), process(saved(0), None, [saved(2)])
    assert alone.flags == half.flags == ("parts_missing",)
    assert alone.parts == half.parts
    assert "四、" in half.body and "三、" not in half.body


def test_a_part_that_cannot_be_read_is_missing() -> None:
    broken = replace(saved(1), body=b"<html><title>502</title><body>Bad Gateway</body></html>", status=502)
    whole = process(saved(0), None, [broken, saved(2)])
    assert whole.flags == ("parts_missing",) and "四、" in whole.body


def test_a_pager_that_links_only_the_next_page_is_followed_from_page_to_page() -> None:
    names = [f"{SITE}/xw/18233{tail}.html" for tail in ("", "_2", "_3", "_4")]
    links = [f'<a href="{after.rpartition("/")[2]}">下一页</a>' for after in names[1:]] + ["下一页"]
    pages = [article(url, link, n) for n, (url, link) in enumerate(zip(names, links, strict=True), 1)]
    given: list[Snapshot] = []
    for count in range(1, 4):
        got = process(pages[0], None, given)
        assert got.parts == tuple(names[1 : count + 1]) and "parts_missing" in got.flags
        given = pages[1 : count + 1]
        random.Random(count).shuffle(given)
    whole = process(pages[0], None, given)
    assert "parts_missing" not in whole.flags and [line[:3] for line in whole.body.split("\n")] == [
        "第1部",
        "第2部",
        "第3部",
        "第4部",
    ]


def test_an_article_of_one_page_has_none() -> None:
    page = article(f"{SITE}/xw/18233.html", "")
    assert parse_article(page).parts == () and process(page).parts == ()
    assert "parts_missing" not in process(page).flags


def test_a_following_page_is_no_article_of_its_own() -> None:
    assert [page_kind(saved(number)) for number in (0, 1, 2)] == ["article", "part", "part"]
    linked = article(f"{SITE}/xw/18233_2.html", '<a href="18233.html">上一页</a>', 2)
    assert is_following(linked) and page_kind(linked) == "part"


@pytest.mark.parametrize(
    "url", [f"{SITE}/xw/18233_2.html", f"{SITE}/xw/content_12.html", f"{SITE}/xw/t20261103_12.html", f"{SITE}/xw/"]
)
def test_a_number_at_the_end_alone_makes_no_part(url: str) -> None:
    assert not is_following(article(url, '<a href="content.html">返回</a>'))


SHAPES = (
    "/zwgk/202611/t20261103_88120.shtml",
    "/art/2026/11/3/art_77_9182.html",
    "/col/col77/art/2026/art_0f8fad5b-d9cb-469f-a165-70867728950e.html",
    "/zwgk/2026-11/03/content_9182.shtml",
    "/zwgk/20261103/0f8fad5bd9cb469fa16570867728950e/c.html",
    "/web/zwgk/2026110309301512/index.shtml",
    "/2026/11/03/ARTI1762130000.shtml",
    "/zwgk/918273/index.html",
    "/n2/n7/c918273/content.html",
    "/portal/article/2/20261103093015",
    "/zwgk/2026-11-03/9182.html",
    "/zwgk/2026/1103/918.html",
    "/columns/0f8fad5b-d9cb-469f-a165-70867728950e/202611/03/7c9e6679-7425-40de-944b-e07fc1f90ae7.html",
    "/info/1021/30512.htm",
    "/public/content/90440870",
    "/openness/detail/content/5ab2f0a1c3d4e5f60718293a.html",
    "/OpennessContent/show/701122.html",
)


@pytest.mark.parametrize("path", SHAPES)
def test_every_shape_of_an_articles_address_is_one(path: str) -> None:
    assert page_kind(article(f"{SITE}{path}", "")) == "article"
    bare = PAGE.replace('<meta name="ArticleTitle" content="青芦湖水上运动会秩序册">', "").format(number=1, pager="")
    assert page_kind(Snapshot(f"{SITE}{path}", bare.encode(), CAPTURED)) == "article"
