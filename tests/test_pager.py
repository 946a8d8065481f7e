"""The next page: every pager seen, and the ends at which none may be named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.catalogue import Layout
from scraper.items import Snapshot
from scraper.pages.pager import follows
from scraper.parse import parse_list
from tests.listpages import CAPTURED, dressed, items, snapshot, written

HOST = "https://www.yunlan.gov.cn"


def next_of(url: str, pager: str, count: int = 6) -> str | None:
    page = parse_list(snapshot(dressed(written("li, date after", items(count)), pager), HOST + url))
    assert len(page.rows) == count
    return page.next and page.next.removeprefix(HOST)


LINKS = {
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
