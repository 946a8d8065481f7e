"""Links of one CMS's shape to the page's own site, and to others."""

from __future__ import annotations

import re

import pytest

from scraper.items import Snapshot
from scraper.pages.ownlinks import links_own
from scraper.parse import detect
from tests.listpages import CAPTURED

ART = re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\w+\.html")
HERE = "https://www.yanbo.gov.cn/"


def found(*hrefs: str, url: str = HERE) -> bool:
    text = "".join(f"<a href={quote}{href}{quote}>雁泊</a>" for href, quote in zip(hrefs, "\"'\"'", strict=False))
    return links_own(Snapshot(url, text.encode(), CAPTURED), "/art_", ART)


@pytest.mark.parametrize(
    ("hrefs", "own"),
    [
        (("/art/2026/1/2/art_7_1.html", "/art/2026/1/2/art_7_2.html"), True),
        (("./art/2026/1/2/art_7_1.html", "../col/art/2026/1/2/art_7_2.html"), True),
        (("https://www.yanbo.gov.cn/art/2026/1/2/art_7_1.html", "//www.yanbo.gov.cn/art/2026/1/2/art_7_2.html"), True),
        (("http://www.yanboshi.gov.cn/art/2026/1/2/art_7_1.html", "/art/2026/1/2/art_7_2.html"), False),
        (("//www.yanboshi.gov.cn/art/2026/1/2/art_7_1.html", "http://x.gov.cn/art/2026/1/2/art_7_2.html"), False),
        (("/art/2026/1/2/art_7_1.html", "/art/2026/1/2/art_7_1.html"), False),  # one article, linked twice
        ((), False),
    ],
)
def test_links_own(hrefs: tuple[str, ...], own: bool) -> None:
    assert found(*hrefs) is own


HOME = "<html><head><title>门户</title></head><body><div>{}</div></body></html>"
HOMES = {
    "fengxun": ("/html/ylq/2026/DNKLPPJP_1119/7{}.html", "/class/DNKLPPJ{}", "/gi_news/88616783532844{}"),
    "hanweb": ("/art/2026/11/{}/art_77_1.html", "/col/col{}/index.html"),
    "jpaas": ("/zwgk/art/2026/art_0a1b2c3d4e5f60718293a4b5c6d7e8{}9.html",),
    "ucap": (
        "/px/202611/0a1b2c3d4e5f60718293a4b5c6d7e8{}9.shtml",
        "/px{}/xxgk_list.shtml",
        "/px/202611/c07_1{}9.shtml",
    ),
    "intertid": ("/doc/2026/11/1{}/4790460.shtml",),
    "gkmlpt": ("/czj/gkmlpt/content/9/900{0}/post_900{0}.html",),
}


@pytest.mark.parametrize(("family", "shape"), [(name, shape) for name, shapes in HOMES.items() for shape in shapes])
def test_home_pages_are_known_by_what_they_link(family: str, shape: str) -> None:
    letters = "LMN" if "class" in shape else "345"
    links = "".join(f"<li><a href='{shape.format(letter)}'>云澜区召开会议{letter}</a></li>" for letter in letters)
    page = HOME.format(links)
    assert detect(Snapshot("http://www.yunlan.gov.cn/", page.encode(), CAPTURED)) == family
    elsewhere = page.replace("href='", "href='http://www.qingjia.gov.cn")
    assert detect(Snapshot("http://www.yunlan.gov.cn/", elsewhere.encode(), CAPTURED)) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<a href='/gkmlpt/index'>信息公开</a><a href='/xw/content/post_1.html'>要闻</a>",  # a portal of the province
        "<script>var q = getSearchList(keyword);</script>",
        "<img src='/static/common/search-4.png'>",
        "<p>本站由 jpaas 平台支持，UCAP 除外</p>",
        "<script>window._CONFIG = {SID: 'a'}</script>",
    ],
)
def test_a_mention_is_no_mark(text: str) -> None:
    assert detect(Snapshot("http://www.luoyan.gov.cn/", HOME.format(text).encode(), CAPTURED)) == ""
