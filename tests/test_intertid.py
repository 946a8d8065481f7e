"""intertid: the call that a page makes, its answers, and lists of which only the first page is the interface's."""

from __future__ import annotations

import json

import pytest

from scraper.items import ListPage, Snapshot
from scraper.pages.answers import parameters
from scraper.parse import detect, parse_list
from scraper.urls import as_request, posted
from tests.listpages import CAPTURED

SITE = "http://www.wutang.gov.cn"
MENU = "<p><a href='/zw/'>政务公开</a> <a href='/fw/'>政务服务</a> <a href='/hd/'>互动交流</a></p>"
SEARCH = f"{SITE}/info_open/search"


def page(script: str, path: str = "/zwgk/tzgg/index.shtml", main: str = "") -> ListPage:
    text = f"<html><body>{MENU}<ul id='l'>{main}</ul><script>{script}</script></body></html>"
    return parse_list(Snapshot(SITE + path, text.encode(), CAPTURED))


@pytest.mark.parametrize(
    ("call", "channels"),
    [
        ('getSearchList(1,20,"184","37764",1,"writeTime","")', "37764"),
        ("getSearchList( 1, 20, 184, '37764,37765', 1, 'writeTime' )", "37764,37765"),
        ('qx_wbj_getSearchList(1,20,"184",ids,1,"writeTime"); var ids = "7,8";', "7,8"),
        ('var ids="7"; ids += "," + 8; ids = ids + "," + "9"; getSearchList(1,20,184,ids,1,"writeTime")', "7,8,9"),
        ('getSearchList(p,20,"184","",1); getSearchList(1,20,"184","37764",1,"writeTime")', "37764"),
        (
            '/* getSearchList(1,20,"1","9",1) */ //getSearchList(1,20,"1","8",1)\ngetSearchList(1,20,"184","37764",1)',
            "37764",
        ),
    ],
)
def test_the_call_becomes_the_form(call: str, channels: str) -> None:
    found = page(call)
    assert found.family == "intertid" and found.rows == () and found.next is not None
    form = {"pageIndex": "1", "pageSize": "20", "siteId": "184", "channelIds": channels, "searchType": "1"}
    assert found.next == posted(SEARCH, {**form, "order": "writeTime"})


@pytest.mark.parametrize(
    "call",
    [
        'getSearchList(1,20,"184","",1,"writeTime")',  # without columns: the whole site
        'getSearchList(1,20,"184",unknown,1,"writeTime")',
        "getSearchList(keyword)",
        "function getSearchList(page,size,site,channel,type,order){}",
        "/*" * 3000,
    ],
)
def test_no_call_is_made_without_columns(call: str) -> None:
    assert page(call).next is None


def test_answers_are_turned_by_their_count() -> None:
    row = {
        "title": "芜塘区老年助餐点名单",
        "writeTime": "2026-10-30",
        "openTime": "2026-11-02",
        "url": "/doc/2026/10/30/4.shtml",
    }

    def ask(number: int, total: int = 3) -> ListPage:
        asked = posted(SEARCH, {"pageIndex": str(number), "channelIds": "37764"})
        text = json.dumps({"status": 0, "data": {"totalPages": total, "page": number, "data": [row]}})
        return parse_list(Snapshot(SEARCH, text.encode(), CAPTURED, requested_url=asked))

    assert f"{ask(1).rows[0].listed_on}" == "2026-10-30"  # by which the list is ordered
    assert parameters(ask(2).next or "") == {"pageIndex": "3", "channelIds": "37764"}
    assert ask(3).next is None
    unknown = parse_list(Snapshot(SEARCH, json.dumps({"data": {"totalPages": 3, "data": [row]}}).encode(), CAPTURED))
    assert (len(unknown.rows), unknown.next) == (1, None)  # what was asked for is not known


CALL = 'getSearchList(1,20,"184","37770",1,"writeTime","");'
ROWS = "".join(
    f"<li><a href='/doc/2026/10/1{n}/{n}.shtml'>芜塘区道路养护公告（{n}）</a><span>2026-10-1{n}</span></li>"
    for n in range(9)
)


@pytest.mark.parametrize(
    "more", ["</script><a href='index_2.shtml'>2</a><script>", 'createPageHTML(20, 1, "index", "shtml");']
)
def test_a_first_page_whose_followers_are_files(more: str) -> None:
    shell = page(CALL + more)
    assert shell.next is not None and shell.next.endswith("#/zwgk/tzgg/index_2.shtml")
    assert as_request(shell.next)[0] == SEARCH  # the fragment is not sent
    text = json.dumps({"data": {"totalPages": 20, "data": [{"title": "芜塘区公告", "url": "/doc/2026/01/01/1.shtml"}]}})
    answer = parse_list(Snapshot(SEARCH, text.encode(), CAPTURED, requested_url=shell.next))
    assert answer.next == f"{SITE}/zwgk/tzgg/index_2.shtml"


@pytest.mark.parametrize(
    ("number", "pager", "following"),
    [
        (2, 'createPageHTML(20, 2, "index", "shtml");', 3),
        (19, "var pageCount = 20;", 20),
        (20, "var pageCount = 20;", None),
        (2, "", None),
    ],
)
def test_files_are_read_as_files_although_they_hold_the_call(number: int, pager: str, following: int | None) -> None:
    found = page(CALL + pager, f"/zwgk/tzgg/index_{number}.shtml", ROWS)
    assert len(found.rows) == 9
    assert found.next == (f"{SITE}/zwgk/tzgg/index_{following}.shtml" if following else None)


def test_known_by_its_marks() -> None:
    for text in ("<table class='xxgk_table_wza'></table>", "<script>$.post('/info_open/search')</script>"):
        assert detect(Snapshot(f"{SITE}/x.shtml", text.encode(), CAPTURED)) == "intertid"
