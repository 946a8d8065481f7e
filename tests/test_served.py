"""The families of served pages: known on every kind of page by their own marks, and by nobody else's."""

from __future__ import annotations

import pytest

from scraper.items import Snapshot
from scraper.parse import detect, parse_article, parse_list
from tests.listpages import CAPTURED

HOME = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>云雀县人民政府</title>{head}</head><body>
<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>{body}
<div class="foot">主办：云雀县人民政府办公室</div></body></html>"""
SITE = "http://www.yunque.gov.cn"


def page(body: str = "", head: str = "", url: str = f"{SITE}/") -> Snapshot:
    return Snapshot(url, HOME.format(head=head, body=body).encode(), CAPTURED, role="list")


def linked(*hrefs: str) -> str:
    return "".join(f'<li><a href="{href}">云雀县公布秋粮收购点位</a></li>' for href in hrefs)


TRS = ("./zwgk/202611/t20261118_88231.html", "./zwgk/202611/t20261117_88229.html")
BODA = ("info/1021/30512.htm", "info/1021/30498.htm")
PUBLIC = ("/public/column/9031001?type=4&catId=9037771&action=list", "/public/content/90440870")
OPEN = ("/OpennessContent/showList/15/85522/page_1.html", "/OpennessContent/show/701122.html")
MARKED = {
    "trs": [
        page(linked(*TRS)),
        page(linked(*(f"{SITE}/{href}" for href in TRS))),
        page('<div class="view TRS_UEDITOR trs_paper_default">正文</div>'),
        page("", url=f"{SITE}/zwgk/202611/t20261118_88231.html"),
        page("", url=f"{SITE}/zwgk/202611/t20261118_88231_wap.shtml"),
    ],
    "boda": [
        page(linked(*BODA)),
        page(linked(*(f"../{href}" for href in BODA))),
        page(head='<script src="/system/resource/js/counter.js"></script>'),
        page(head='<link rel="stylesheet" href="/_sitegray/_sitegray_d.css">'),
        page('<div id="vsb_content_501"><div class="v_news_content">正文</div></div>'),
        page(url=f"{SITE}/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=2001"),
        page(url=f"{SITE}/info/1021/30512.htm"),
    ],
    "lonsun": [
        page('<script>Ls.pagination("#p", function (i) {}, {pageCount: 3})</script>'),
        page("<ul><!--StartLabelHtml_linkList_ab12--><!--EndLabelHtml_linkList_ab12--></ul>"),
        page('<div class="wzcon j-fontContent">正文</div>'),
        page(head='<link href="/_res/css/lonsun-new.css" rel="stylesheet">'),
        page(linked(*PUBLIC) + "<script>Ls.pagination('#p', load, {pageCount: 3})</script>"),
        page(url=f"{SITE}/content/column/90211117?pageIndex=2"),
    ],
    "anhui": [
        page(linked(*PUBLIC)),
        page(linked(*(SITE + href for href in PUBLIC))),
        page(linked(*OPEN)),
        page(linked(*PUBLIC), head='<link href="/_res/css/lonsun-new.css" rel="stylesheet">'),
        page(linked("/openness/detail/content/5ab2f0a1c3d4e5f60718293a.html", "/opennessTarget/?branch_id=1")),
        page('<div class="j-fontContent">正文</div>', url=f"{SITE}/public/column/9031001?type=4&action=list"),
        page(url=f"{SITE}/public/9031001/90441189.html"),
    ],
    "": [
        page(linked("https://www.mian.gov.cn/zwgk/202611/t20261118_88231.html", *TRS[:1])),
        page(linked("https://www.mian.gov.cn/info/1021/30512.htm", "https://www.mian.gov.cn/info/1021/30513.htm")),
        page(
            linked("https://www.mian.gov.cn/public/content/90440870", "https://www.mian.gov.cn/public/content/90440871")
        ),
        page('<div id="text"><img class="img_vsb_content" vurl="/_vsl/8E/ab"><p class="vsbcontent_end">正文</p></div>'),
        page('<p style="font-family:TRS_x">trs_y</p>'),
        page(linked("/info/notice.htm", "/public/index.html", "/content/about.html")),
    ],
}


@pytest.mark.parametrize("family", MARKED)
def test_a_family_is_known_by_its_marks_and_by_no_others(family: str) -> None:
    for one in MARKED[family]:
        assert detect(one) == family, (one.url, one.text)


def test_an_address_says_more_than_what_was_pasted_into_the_text() -> None:
    pasted = '<div class="TRS_Editor"><p>从别的网站粘贴来的一段文字。</p></div>'
    assert detect(page(pasted, url=f"{SITE}/info/1021/30512.htm")) == "boda"
    assert detect(page(pasted, url=f"{SITE}/public/content/90440870")) == "anhui"


ROW = (
    '<li><a href="/xwzx/tzgg/9144{n}.html" title="绵河区第{n}号通告">绵河区第{n}号通告</a><span>2026-11-{n}</span></li>'
)
ROWS = "<ul>" + "".join(ROW.format(n=n) for n in range(11, 19)) + "</ul>"


@pytest.mark.parametrize(
    ("url", "pager", "expected"),
    [
        (
            "/xwzx/tzgg/index.html",
            "location.href = '/content/column/42?pageIndex=' + i; | 1 | 3",
            "/content/column/42?pageIndex=2",
        ),
        (
            "/content/column/42?pageIndex=2",
            "location.href = '/content/column/42?pageIndex=' + i; | 2 | 3",
            "/content/column/42?pageIndex=3",
        ),
        ("/content/column/42?pageIndex=3", "location.href = '/content/column/42?pageIndex=' + i; | 3 | 3", None),
        ("/content/column/42?pageIndex=3", "location.href = '/content/column/42?pageIndex=' + i; | 1 | 3", None),
        ("/content/column/42", "load(i); | 1 | 3", "/content/column/42?pageIndex=2"),
        (
            "/site/label/8888?labelName=publicInfoList&pageIndex=2",
            "load(i); | 1 | 3",
            "/site/label/8888?labelName=publicInfoList&pageIndex=3",
        ),
        ("/site/label/8888?labelName=publicInfoList&pageIndex=3", "load(i); | 3 | 3", None),
        ("/content/column/42", "load(i); | 1 | 1", None),
    ],
)
def test_lonsuns_pager(url: str, pager: str, expected: str | None) -> None:
    go, now, count = pager.split(" | ")
    script = f"Ls.pagination('#p', function (i) {{ {go} }}, {{currPage: ({int(now) - 1}+1), pageCount:{count}}});"
    got = parse_list(page(f"{ROWS}<script>{script}</script>", url=SITE + url))
    assert len(got.rows) == 8 and got.family == "lonsun"
    assert got.next == (SITE + expected if expected else None)


@pytest.mark.parametrize(
    "script",
    [
        "$.get('/site/label/8888?labelName=publicInfoList&amp;organId=9&amp;catId=7', show);",
        "Ls.ajax({url: '/site/label/8888', data: {labelName: 'publicInfoList', organId: 9, catId: 7, pageIndex: p}});",
        'Ls.ajax({url: "/site/label/8888", data: {"labelName": "publicInfoList", "organId": organ, "pageIndex": n}});',
    ],
)
def test_a_shell_names_the_request_that_fills_it(script: str) -> None:
    got = parse_list(page(f"<div id='l'></div><script>{script}</script>", url=f"{SITE}/public/column/9?type=4&catId=7"))
    assert got.rows == () and got.next is not None
    assert got.next.startswith(f"{SITE}/site/label/8888?")
    assert {"labelName=publicInfoList", "organId=9", "catId=7", "pageIndex=1"} <= set(
        got.next.partition("?")[2].split("&")
    )


def test_vsb_counts_down_to_its_last_page() -> None:
    """tzgg.htm, tzgg/4.htm … tzgg/1.htm, whether the pager's links are there or a script makes them."""
    for written in (True, False):
        url, seen = f"{SITE}/xxgk/tzgg.htm", []
        while url:
            seen.append(url)
            at = len(seen)
            link = f'<a href="{"tzgg/" if at == 1 else ""}{5 - at}.htm">下页</a>' if written else "下页"
            more = (
                f'<span class="p_next p_fun">{link}</span>' if at < 5 else '<span class="p_next_d p_fun_d">下页</span>'
            )
            pager = (
                f'<div class="pb_sys_common"><span class="p_t">共70条</span>{more}<span class="p_t">{at}/5</span></div>'
            )
            rows = "".join(
                f'<li><a href="/info/1021/{at}0{n}1.htm">云雀县公布秋粮收购点位（{n}）</a><i>2026-11-0{n}</i></li>'
                for n in range(1, 6)
            )
            got = parse_list(page(f"<ul>{rows}</ul>{pager}", url=url))
            assert len(got.rows) == 5
            url = got.next or ""
        assert seen == [f"{SITE}/xxgk/tzgg.htm", *(f"{SITE}/xxgk/tzgg/{n}.htm" for n in (4, 3, 2, 1))]


def test_a_file_that_a_script_hands_out_is_an_attachment_by_its_text() -> None:
    text = "<p>年票自元旦起在全县景区使用，持证入园，不另收费。</p>"
    body = f'<h1>云雀县旅游年票启用公告</h1><div id="vsb_content">{text}</div>'
    href = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid="
    files = f'<p>附件【<a href="{href}1">景区名录.xlsx</a>】</p><p><a href="{href}2">下载客户端</a></p>'
    raw = parse_article(page(body + files, url=f"{SITE}/info/1021/30512.htm"))
    assert "wbfileid=1" in raw.body_html and "wbfileid=2" not in raw.body_html
