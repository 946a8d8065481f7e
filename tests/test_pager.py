"""The next page: every pager seen, and the ends at which none may be named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.catalogue import Layout
from scraper.items import Blocked, Snapshot
from scraper.pages.pager import follows
from scraper.parse import parse_list
from tests.listpages import CAPTURED, dressed, items, snapshot, written

HOST = "https://www.yunlan.gov.cn"


def next_of(url: str, pager: str, count: int = 6) -> str | None:
    page = parse_list(snapshot(dressed(written("li, date after", items(count)), pager), HOST + url))
    assert len(page.rows) == count
    return page.next and page.next.removeprefix(HOST)


LINKS: dict[str, tuple[str, str, str | None]] = {
    "plain": ("/xw/", '<a href="index_2.html">下一页</a> <a href="index_9.html">尾页</a>', "/xw/index_2.html"),
    "arrows": ("/xw/", '<a href="?page=2">下一页&gt;&gt;</a>', "/xw/?page=2"),
    "brackets": ("/xw/list.asp?Page=2&id=5", '<a href="?Page=3&id=5">[下页]</a>', "/xw/list.asp?Page=3&id=5"),
    "image": ("/xw/1.html", '<a href="2.html"><img src="n.gif" alt="下一页"></a>', "/xw/2.html"),
    "title": (
        "/xw/a.asp",
        '<a href="/xw/a.asp?Page=2" title="下一页"><font face="webdings">4</font></a>',
        "/xw/a.asp?Page=2",
    ),
    "class": ("/xw/", '<a class="page-link next" href="/xw/p2.html"></a>', "/xw/p2.html"),
    "english": ("/xw/", '<a href="/xw/?page=2">Next</a>', "/xw/?page=2"),
    "another address": ("/news/15", '<a href="/news/type/15/p/2">下一页</a>', "/news/type/15/p/2"),
    "counting down": ("/xw/index_20.html", '<a href="index_19.html">下一页</a>', "/xw/index_19.html"),
    "numbers, span": ("/xw/", '<span>1</span> <a href="b.html?n=2">2</a> <a href="b.html?n=3">3</a>', "/xw/b.html?n=2"),
    "numbers, class": (
        "/xw/index_2.html",
        '<li><a href="index.html">1</a></li><li class="active"><a href="index_2.html">2</a></li>'
        '<li><a href="index_3.html">3</a></li>',
        "/xw/index_3.html",
    ),
    "numbers, strong": (
        "/xw/3.html",
        '<div id="FX_PageDiv"><a href="2.html">2</a><strong>3</strong><a href="4.html">4</a></div>',
        "/xw/4.html",
    ),
    "last page, from one": ("/xw/", "共20页 <a href='index_20.html'>尾页</a>", "/xw/index_2.html"),
    "last page, from nought": ("/xw/", "共20页 <a href='index_19.html'>末页</a>", "/xw/index_1.html"),
    "last page, from here": ("/xw/index_7.html", "<a href='index_19.html'>尾页</a>", "/xw/index_8.html"),
    "rel": ("/xw/", '<link rel="next" href="/xw/page/2/">', "/xw/page/2/"),
    "counting down to the last, 尾页": (
        "/xw/index_2.html",
        '<a href="index.html">首页</a> <a href="index_1.html">下一页</a> <a href="index_1.html">尾页</a>',
        "/xw/index_1.html",
    ),
    "counting down to the last, 上一页": (
        "/xw/index_2.html",
        '<a href="index_3.html">上一页</a> <a href="index_1.html">下一页</a>',
        "/xw/index_1.html",
    ),
    "counting down to the last, numbers": (
        "/xw/2.htm",
        '<a href="3.htm">9</a> <b>10</b> <a href="1.htm">11</a> <a href="1.htm">下页</a>',
        "/xw/1.htm",
    ),
    "counting down to the last, 10/11": ("/xw/2.htm", '10/11 <a href="1.htm">下页</a>', "/xw/1.htm"),
    "last page, a parameter": ("/xw/list.asp?id=5", '<a href="?page=20&id=5">尾页</a>', "/xw/list.asp?page=2&id=5"),
    "a parameter, no page marked": (
        "/xw/list.asp?id=5",
        '<a href="?id=5&PageIndex=2">2</a> <a href="?id=5&PageIndex=3">3</a>',
        "/xw/list.asp?id=5&PageIndex=2",
    ),
    "a parameter, of another list": (
        "/xw/list.asp?id=5",
        '<a href="?id=6&PageIndex=2">2</a> <a href="?id=6&PageIndex=3">3</a>',
        None,
    ),
    "onclick": ("/xw/", """<a href="#" onclick="location.href='/xw/index_2.html'">下一页</a>""", "/xw/index_2.html"),
}
SCRIPTS = {
    "TRS, first": ("/xw/", 'createPageHTML(20, 0, "index", "html")', "/xw/index_1.html"),
    "TRS, second": ("/xw/index_1.html", 'createPageHTML(20, 1, "index", "html")', "/xw/index_2.html"),
    "TRS, before the last": ("/xw/index_18.html", 'createPageHTML(20,18,"index","html")', "/xw/index_19.html"),
    "TRS, last": ("/xw/index_19.html", 'createPageHTML(20, 19, "index", "html")', None),
    "TRS, only one": ("/xw/", 'createPageHTML(1, 0, "index", "html")', None),
    "TRS, other name": ("/xw/xxgk_list.shtml", "createPage(8,0,'xxgk_list','shtml')", "/xw/xxgk_list_1.shtml"),
    "records first": ("/xw/", 'createPageHTML(298, 15, 1, "index", "html")', "/xw/index_2.html"),
    "records first, third": ("/xw/index_3.html", 'createPageHTML(298, 15, 3, "index", "html")', "/xw/index_4.html"),
    "records first, before the last": (
        "/xw/index_14.html",
        'createPageHTML(90, 15, 14, "index", "html")',
        "/xw/index_15.html",
    ),
    "records first, last": ("/xw/index_15.html", 'createPageHTML(298, 15, 15, "index", "html")', None),
    "records first, from nought": ("/xw/", 'createPageHTML(298, 15, 0, "index", "html")', "/xw/index_1.html"),
    "records first, last from nought": ("/xw/index_14.html", 'createPageHTML(298, 15, 14, "index", "html")', None),
    "from one, files from nought": ("/xw/list_1.shtml", "createPageHTML(9, 2, 'list', 'shtml')", "/xw/list_2.shtml"),
    "from one, files from nought, last": ("/xw/list_8.shtml", "createPageHTML(9, 9, 'list', 'shtml')", None),
    "from nought, files from one": ("/xw/list_9.shtml", "createPageHTML(10, 8, 'list', 'shtml')", "/xw/list_10.shtml"),
    "numbers in quotes": ("/xw/", "createPageHTML('20','0','index','html')", "/xw/index_1.html"),
    "this list's call of two": (
        "/xw/tzgg_list.shtml",
        "createPageHTML(2,0,'index','html');createPageHTML(5,0,'tzgg_list','shtml')",
        "/xw/tzgg_list_1.shtml",
    ),
    "a count and a parameter": (
        "/xw/list.jsp?pageNo=2",
        "var totalPage = 23; var pageNo = 2;",
        "/xw/list.jsp?pageNo=3",
    ),
    "a count and a parameter, last": ("/xw/list.jsp?pageNo=23", "var totalPage = 23; var pageNo = 23;", None),
    "div first": ("/xw/list.shtml", "createPageHTML('page_div',50, 1,'list','shtml',1000);", "/xw/list_2.shtml"),
    "div first, last": ("/xw/list_50.shtml", "createPageHTML('page_div',50, 50,'list','shtml',1000);", None),
    "in a comment": (
        "/xw/",
        '//createPageHTML(9,0,"index","html")\ncreatePageHTML(2, 0, "index", "html")',
        "/xw/index_1.html",
    ),
    "spelt out": ("/xw/", "var currentPage=0; var countPage=56;//总页数", "/xw/index_1.html"),
    "spelt out, last": ("/xw/index_55.html", "var currentPage=55; var countPage=56;", None),
    "function": (
        "/xw/",
        "Ls.pagination('#p',function(i){location.href='/column/42?pageIndex='+i;},{currPage:(0+1),pageCount:23})",
        "/column/42?pageIndex=2",
    ),
    "function, last": (
        "/column/42?pageIndex=23",
        "Ls.pagination('#p',function(i){location.href='/column/42?pageIndex='+i;},{currPage:(22+1),pageCount:23})",
        None,
    ),
}
ENDS = {
    "none": ("/xw/", ""),
    "itself": ("/xw/index_9.html", '<a href="index_9.html">下一页</a>'),
    "itself, other scheme": ("/xw/index_9.html", '<a href="http://www.yunlan.gov.cn/xw/index_9.html#top">下一页</a>'),
    "the first again": ("/xw/index_9.html", '<a href="index.html">下一页</a> <a href="./">尾页</a>'),
    "the first again, numbered": ("/xw/index_9.html", '<a href="index_1.html">下一页</a>'),
    "back from the second": ("/xw/index_2.html", '<a href="index_1.html">下一页</a>'),
    "back from the second of two": (
        "/xw/index_2.html",
        '2/2 <a href="index_1.html">首页</a> <a href="index_1.html">下一页</a>',
    ),
    "counted down": ("/xw/1.htm", '11/11 <a href="2.htm">上页</a> 下页'),
    "disabled": ("/xw/index_9.html", '<a href="javascript:;" class="next">下一页</a>'),
    "another site": ("/xw/", '<a href="https://www.qingjia.gov.cn/xw/index_2.html">下一页</a>'),
    "last of the numbers": ("/xw/3.html", '<a href="1.html">1</a> <a href="2.html">2</a> <b>3</b>'),
    "the next article": ("/xw/", '<a href="/xw/100.html">下一篇：没有了</a>'),
    "the last is here": ("/xw/index_19.html", "<a href='index_19.html'>尾页</a>"),
}


@pytest.mark.parametrize("name", LINKS)
def test_links(name: str) -> None:
    url, pager, expected = LINKS[name]
    assert next_of(url, pager) == expected


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts(name: str) -> None:
    url, script, expected = SCRIPTS[name]
    assert next_of(url, f"<script>{script}</script>") == expected


@pytest.mark.parametrize("name", ENDS)
def test_ends(name: str) -> None:
    url, pager = ENDS[name]
    assert next_of(url, pager) is None


@pytest.mark.parametrize(
    ("url", "count", "pager", "expected"),
    [
        ("/class/DNKLPPJP", 20, "", "/class/DNKLPPJP/2"),
        ("/class/DNKLPPJP/2", 20, "", "/class/DNKLPPJP/3"),
        ("/class/DNKLPPJP/2", 19, "", None),
        (
            "/class/DNKLPPJP/2&template=templates/ylq/xxgk_class_min.html",
            20,
            "",
            "/class/DNKLPPJP/3&template=templates/ylq/xxgk_class_min.html",
        ),
        ("/ns_class/bmdt", 12, '<div class="FX_PageDiv">共 3 页</div>', "/ns_class/bmdt/2"),
        ("/ns_class/bmdt/3", 20, '<div class="FX_PageDiv">共 3 页</div>', None),
        ("/class/DNKLPPJP/3", 20, '<div class="FX_PageDiv"><div><span>3</span>/<span>3</span></div></div>', None),
    ],
)
def test_fengxun(url: str, count: int, pager: str, expected: str | None) -> None:
    assert next_of(url, pager, count) == expected


def test_a_page_without_rows_is_the_end() -> None:
    page = parse_list(snapshot(dressed("", '<a href="/class/DNKLPPJP/3">下一页</a>'), f"{HOST}/class/DNKLPPJP/2"))
    assert (page.rows, page.next) == ((), None)


def test_own_selector_decides_alone() -> None:
    layout = Layout(selectors={"next": "li.forth"})
    pager = '<ul><li class="forth"><a href="/xw/p2">more</a></li></ul><a href="/xw/p9">下一页</a>'
    page = snapshot(dressed(written("li, date after", items(3)), pager), f"{HOST}/xw/")
    assert parse_list(page, layout).next == f"{HOST}/xw/p2"
    gone = snapshot(dressed(written("li, date after", items(3)), '<a href="/xw/p9">下一页</a>'), f"{HOST}/xw/")
    assert parse_list(gone, layout).next is None


HANWEB = "https://swj.yanbo.gov.cn/module/web/jpage/dataproxy.jsp"


def hanweb(url: str, rest: str, count: int = 3) -> str | None:
    rows = "".join(
        f"<record><![CDATA[<li><a href='{row.href}'>{row.title}</a><span>{row.day}</span></li>]]></record>"
        for row in items(count, "/art/{y}/{m}/{d}/art_77_{n}.html")
    )
    text = (
        f"<div><a href='/'>雁泊市商务局</a></div><script type='text/xml'><datastore>{rows}</datastore></script>{rest}"
    )
    page = parse_list(Snapshot(url, text.encode(), CAPTURED, role="list"))
    assert len(page.rows) == count
    return page.next


def test_hanweb_parameters_of_the_widget() -> None:
    widget = """<script>$('#7927').jpage({totalRecord:47,perPage:15,proxyUrl:'/module/web/jpage/dataproxy.jsp',
        param:{col:1,webid:36,path:'/',columnid:2468,unitid:7927,webname:'雁泊市商务局'}})</script>"""
    url = hanweb("https://swj.yanbo.gov.cn/col/col2468/index.html", widget)
    assert url is not None and url.startswith(f"{HANWEB}?")
    assert "columnid=2468" in url and "startrecord=4&endrecord=47" in url
    assert hanweb("https://swj.yanbo.gov.cn/col/col2468/index.html", widget.replace("47", "3")) is None


def test_hanweb_answers() -> None:
    ask = f"{HANWEB}?startrecord=4&endrecord=48&perpage=15&columnid=2468"
    assert hanweb(ask, "<totalrecord>60</totalrecord>") == (
        f"{HANWEB}?startrecord=49&endrecord=60&perpage=15&columnid=2468"
    )
    assert hanweb(ask, "<totalrecord>48</totalrecord>") is None
    group = f"<nextgroup><![CDATA[<a href='{HANWEB}?page=2&amp;columnid=2468'></a>]]></nextgroup>"
    assert hanweb(f"{HANWEB}?page=1&columnid=2468", group) == f"{HANWEB}?page=2&columnid=2468"
    assert hanweb(f"{HANWEB}?page=2&columnid=2468", group) is None
    assert hanweb("https://swj.yanbo.gov.cn/col/col2468/index.html", group + "<i>totalRecord:3</i>") is None


def test_json_pages_end_with_the_count_they_name() -> None:
    def ask(page: int) -> str | None:
        row = '{"title": "云澜区防汛工作会议召开", "url": "/a/1.html", "pubDate": "2026-11-01"}'
        text = f'{{"totalPages": 3, "data": [{row}]}}'
        return parse_list(Snapshot(f"{HOST}/api?channel=5&page={page}", text.encode(), CAPTURED)).next

    assert [ask(1), ask(2), ask(3)] == [f"{HOST}/api?channel=5&page=2", f"{HOST}/api?channel=5&page=3", None]


FILES = st.sampled_from(["", "index.html", "list_9.shtml", "?page=1", "?page=3", "#x", "a/2", "a/3?page=1"])


@given(FILES, st.integers(0, 99), st.integers(0, 99))
def test_no_page_follows_itself_or_one_of_two_pages_before_it(file: str, one: int, other: int) -> None:
    assert not follows(f"{HOST}/xw/{file}", f"http://www.yunlan.gov.cn/xw/{file}#next")
    if other < one - 1:
        for form in ("index_{}.html", "?page={}", "list/{}", "a.asp?id=7&Page={}"):
            assert not follows(f"{HOST}/xw/{form.format(one)}", f"{HOST}/xw/{form.format(other)}")


@pytest.mark.parametrize(
    "body", ["", "<html><head><meta charset='utf-8'></head><body></body></html>", "<h1>404 Not Found</h1>"]
)
def test_a_stub_beyond_the_last_page_is_the_end(body: str) -> None:
    """design/site-families.md A: deep pages often are 300-400 bytes with HTTP 200. The first page is another matter."""
    page = parse_list(Snapshot(f"{HOST}/xw/index_51.html", body.encode(), CAPTURED, role="list"))
    assert (page.rows, page.next, page.rule) == ((), None, "stub")
    with pytest.raises(Blocked):
        parse_list(Snapshot(f"{HOST}/xw/", body.encode(), CAPTURED, role="list"))


def test_a_list_that_counts_down_is_walked_to_its_end() -> None:
    """20 pages: index.html, then index_19 … index_1; every page once, none twice."""
    seen, url = [], f"{HOST}/xw/index.html"
    while url:
        seen.append(url)
        number = int(url.rpartition("_")[2].removesuffix(".html")) if "_" in url else 20
        before = "index.html" if number >= 19 else f"index_{number + 1}.html"
        pager = f'<a href="index.html">首页</a><a href="{before}">上一页</a>'
        pager += (
            f'<a href="index_{number - 1}.html">下一页</a><a href="index_1.html">尾页</a>' if number > 1 else "下一页"
        )
        following = next_of(url.removeprefix(HOST), pager)
        url = HOST + following if following else ""
    assert len(seen) == len(set(seen)) == 20 and seen[-1] == f"{HOST}/xw/index_1.html"
