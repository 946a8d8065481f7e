"""Hanweb's lists: groups of records by POST, caps, old servers, disclosure columns."""

from __future__ import annotations

import pytest

from scraper.items import ListPage, Snapshot
from scraper.pages.answers import parameters
from scraper.parse import page_kind, parse_list
from scraper.urls import as_request, posted
from tests.listpages import CAPTURED

SITE = "http://swj.yanbo.gov.cn"
COLUMN = f"{SITE}/col/col2470/index.html"
PROXY = f"{SITE}/module/web/jpage/dataproxy.jsp"


def records(count: int, first: int = 1) -> str:
    return "".join(
        f"<record><![CDATA[<li><a href='/art/2026/11/9/art_2470_{n}.html'>关于第{n}批展会补贴的公示</a>"
        f"<span>2026-11-09</span></li>]]></record>"
        for n in range(first, first + count)
    )


def column(count: int, widget: str) -> ListPage:
    text = f"<html><body><div id='9'><script type='text/xml'><datastore>{records(count)}</datastore></script></div>"
    return parse_list(Snapshot(COLUMN, f"{text}<script>{widget}</script></body></html>".encode(), CAPTURED))


def jpage(*settings: str, param: str = "param:{col:1,columnid:2470,unitid:'9',webname:'雁泊市商务局'}") -> str:
    proxy = "proxyUrl:'/module/web/jpage/dataproxy.jsp'"
    return f"$('#9').jpage({{{','.join((*settings, proxy, param))}}});"


@pytest.mark.parametrize(
    ("count", "settings", "span"),
    [
        (30, ("totalRecord:95", "perPage:10", "groupSize:3"), ("31", "60", "10")),
        (30, ("totalRecord:'40'", "perPage:'10'"), ("31", "40", "10")),
        (30, ("totalRecord:1000", "perPage:10"), ("31", "60", "10")),
        (30, ("totalRecord:95", "perPage:10", "groupSize:50"), ("31", "60", "10")),  # never in bulk
        (0, ("totalRecord:95", "perPage:10"), ("1", "30", "10")),
        (0, ("totalRecord:0",), ("1", "45", "15")),  # a count that a script fills as well
    ],
)
def test_the_next_group(count: int, settings: tuple[str, ...], span: tuple[str, str, str]) -> None:
    page = column(count, jpage(*settings))
    assert len(page.rows) == count and page.next is not None
    url, form = as_request(page.next)
    assert url == f"{PROXY}?startrecord={span[0]}&endrecord={span[1]}&perpage={span[2]}"
    assert parameters(posted(url, {}) + "&" + (form or ""))["columnid"] == "2470"
    assert form is not None and form.startswith("col=1&columnid=2470&unitid=9&webname=%E9%9B%81")


def test_all_records_are_there() -> None:
    assert column(30, jpage("totalRecord:30", "perPage:10")).next is None


def test_the_widget_that_shows_the_rows_counts() -> None:
    """Pages with a search form start the widget twice; the parameters are a variable."""
    searching = jpage("totalRecord:1000", "perPage:15", param="ajaxParam:param_9")
    shown = jpage("totalRecord:47", "dataStore:$('#9').html()", "perPage:15", param="ajaxParam:param_9")
    variable = "var param_9 = {col:1,columnid:2470,unitid:'9',permissiontype:0};"
    page = column(45, f"{variable} function s(){{{searching}}}; $(function(){{{shown}}});")
    form = {"col": "1", "columnid": "2470", "unitid": "9", "permissiontype": "0"}
    assert page.next == posted(f"{PROXY}?startrecord=46&endrecord=47&perpage=15", form)


def answer(span: str, text: str) -> ListPage:
    asked = posted(f"{PROXY}?{span}&perpage=15", {"columnid": "2470"})
    return parse_list(Snapshot(as_request(asked)[0], text.encode(), CAPTURED, requested_url=asked))


def test_answers_end_with_their_total_or_without_records() -> None:
    page = answer("startrecord=46&endrecord=90", f"<datastore><totalrecord>611</totalrecord>{records(45)}</datastore>")
    assert page.next == posted(f"{PROXY}?startrecord=91&endrecord=135&perpage=15", {"columnid": "2470"})
    last = f"<datastore><totalrecord>611</totalrecord>{records(11)}</datastore>"
    assert answer("startrecord=601&endrecord=611", last).next is None
    stub = answer("startrecord=991&endrecord=1035", "<datastore><recordset></recordset></datastore>")
    assert (stub.rows, stub.next) == ((), None)


def test_old_servers_answer_a_script() -> None:
    text = (
        'totalRecord=60;totalPage=4;dataStore=[\'<li><a href="/art/2026/9/1/art_5_1.html">雁泊港吞吐量快报</a>'
        "<span>2026-09-01</span></li>',\"<li><a href='/art/2026/8/30/art_5_2.html'>商户续约须知</a>"
        '<span>2026-08-30</span></li>"];'
    )
    page = answer("startrecord=1&endrecord=45", text)
    assert [(row.title, f"{row.listed_on}") for row in page.rows] == [
        ("雁泊港吞吐量快报", "2026-09-01"),
        ("商户续约须知", "2026-08-30"),
    ]
    assert page.next == posted(f"{PROXY}?startrecord=46&endrecord=60&perpage=15", {"columnid": "2470"})


def test_without_parameters_the_next_group_that_the_page_links() -> None:
    group = "<nextgroup><![CDATA[<a href='/module/web/jpage/dataproxy.jsp?page=2&amp;columnid=9'></a>]]></nextgroup>"
    text = f"<datastore>{group}{records(2)}</datastore>"
    page = parse_list(Snapshot(COLUMN, f"<script type='text/xml'>{text}</script>".encode(), CAPTURED))
    assert page.next == f"{PROXY}?page=2&columnid=9"
    xml = Snapshot(f"{PROXY}?page=2&columnid=9", text.replace("page=2", "page=3").encode(), CAPTURED)
    assert (parse_list(xml).next, page_kind(xml)) == (f"{PROXY}?page=3&columnid=9", "list")


@pytest.mark.parametrize(
    "named",
    [
        "<iframe src='/module/xxgk/tree.jsp?divid=div7&amp;infotypeId=A02&amp;jdid=3&amp;area=0021'></iframe>",
        "<script src='/module/xxgk/s.js'></script>"
        "<script>list({divid:'div7',infotypeId:'A02',jdid:3,area:'0021'})</script>",
        "<form action='/module/xxgk/search.jsp'><input name='divid' value='div7'><input name='infotypeId' value='A02'>"
        "<input name='jdid' value='3'><input name='area' value='0021'></form>",
    ],
)
def test_disclosure_columns_are_asked_for_by_post(named: str) -> None:
    page = parse_list(Snapshot(f"{SITE}/col/col7/index.html?vc_xxgkarea=0021", named.encode(), CAPTURED))
    assert page.next is not None and as_request(page.next)[0] == f"{SITE}/module/xxgk/search.jsp"
    form = parameters(page.next)
    assert (form["divid"], form["infotypeId"], form["jdid"], form["area"], form["currpage"]) == (
        *("div7", "A02", "3", "0021", "1"),
    )


def test_a_disclosure_answer_ends_with_its_last_page() -> None:
    def ask(number: int) -> ListPage:
        asked = posted(f"{SITE}/module/xxgk/search.jsp", {"divid": "div7", "currpage": str(number)})
        rows = "".join(
            f"<tr><td><a href='/art/2026/9/{n}/art_7_{n}.html' title='雁泊市城市照明规划（{n}）'>雁泊市…</a></td>"
            f"<td>2026-09-0{n}</td></tr>"
            for n in range(1, 4)
        )
        text = f"<table>{rows}</table><div>共<b>2</b>页</div>"
        return parse_list(Snapshot(as_request(asked)[0], text.encode(), CAPTURED, requested_url=asked))

    assert ask(1).next == posted(f"{SITE}/module/xxgk/search.jsp", {"divid": "div7", "currpage": "2"})
    assert (len(ask(2).rows), ask(2).next) == (3, None)
