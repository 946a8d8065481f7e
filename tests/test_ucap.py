"""UCAP: the interfaces that shells name, their answers, static lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scraper.items import ListPage, Snapshot
from scraper.pages.answers import parameters
from scraper.parse import page_kind, parse_list
from scraper.urls import posted
from tests.listpages import CAPTURED

SITE = "https://www.panxi.gov.cn"
HEX = "c40e9d71b2a6458f93e0d5127ab86f3c"
UUID = "c40e9d71-b2a6-458f-93e0-d5127ab86f3c"
MENU = "<p><a href='/zw/'>政务公开</a> <a href='/fw/'>政务服务</a> <a href='/hd/'>互动交流</a></p>"
COMMON = f"{SITE}/szinf/info/getInfoCommon/?pagesize=15&currpage=1&channelid="
LOAD = f"{SITE}/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15"
QUERY = "?_isAgg=true&_isJson=true&_pageSize=15&_template=index&_rangeTimeGte=&_channelName=&page=1"


def shell(script: str, path: str = "/px/tzgg/index.shtml") -> ListPage:
    return parse_list(Snapshot(SITE + path, f"{MENU}<script>{script}</script>".encode(), CAPTURED))


@pytest.mark.parametrize(
    ("script", "source"),
    [
        (f"get('/szinf/info/getInfoCommon/?pagesize=15&currpage=1&channelid={HEX}')", COMMON + HEX),
        (f'var channelId = "{HEX}"; get("/szinf/info/getInfoCommon")', COMMON + HEX),
        ("post('/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15',{pageIndex:1})", posted(LOAD, {"pageIndex": "1"})),
        (
            f"post('/szinf/xxgk/interfacesWebZcwj/loadData',{{pageIndex:p,'channel_id':'{UUID}'}})",
            posted(LOAD, {"pageIndex": "1", "channel_id": UUID}),
        ),
        (f'get("/common/search/{HEX}?_isAgg=true&_isJson=true&page="+p)', f"{SITE}/common/search/{HEX}{QUERY}"),
        (
            f"var channelId='{HEX}'; get('/common/search/'+channelId+'?_isJson=true')",
            f"{SITE}/common/search/{HEX}{QUERY}",
        ),
        (
            f"get('//zx.panxi.gov.cn/searchList/{HEX}',{{_isJson:true}})",
            f"https://zx.panxi.gov.cn/searchList/{HEX}{QUERY}",
        ),
        ("get('/search/10425', {_isJson: true})", f"{SITE}/search/10425{QUERY}"),
        ("get('/common/search/'+channelId, {_isJson: true})", None),  # an outer script holds the channel
        ("get('/szinf/info/getInfoCommon?channelid='+id)", None),
    ],
)
def test_the_interface_that_a_shell_names(script: str, source: str | None) -> None:
    page = shell(script)
    assert (page.family, page.rows, page.next) == ("ucap", (), source)


def answer(url: str, value: Any, asked: str = "") -> ListPage:
    return parse_list(Snapshot(url, json.dumps(value).encode(), CAPTURED, requested_url=asked))


def info(count: int) -> list[dict[str, str]]:
    return [
        {"title": f"泮溪区停水通知（{n}）", "link": f"/px/202611/c07_{n}.shtml", "pubtime": "2026-11-05 10:00:00"}
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("page", "value", "following"),
    [
        (1, {"infolist": info(15)}, "2"),
        (3, {"infolist": info(14)}, None),
        (1, {"infolist": info(15), "total": 15}, None),
        (2, {"infolist": info(15), "pagecount": 3}, "3"),
        (3, {"infolist": info(15), "totalpage": "3"}, None),
        (1, {"infolist": [], "total": 40}, None),
    ],
)
def test_get_info_common(page: int, value: Any, following: str | None) -> None:
    url = (COMMON + HEX).replace("currpage=1", f"currpage={page}")
    got = answer(url, value)
    assert len(got.rows) == len(value["infolist"])
    assert parameters(got.next or "").get("currpage") == following
    assert not got.next or parameters(got.next)["channelid"] == HEX


def test_the_date_of_publication_not_of_signing() -> None:
    row = {"TITLE": "泮溪区养犬管理规定", "URL": "//www.panxi.gov.cn/a/1.shtml", "C_FWRQ_FORMAT": "2026-01-01"}
    found = answer(LOAD, {"data": {"totalPage": 1, "list": [{**row, "PUBLISHED_TIME_FORMAT": "2026-02-02"}]}}).rows
    assert [(one.url, f"{one.listed_on}") for one in found] == [("https://www.panxi.gov.cn/a/1.shtml", "2026-02-02")]


def test_articles_within_an_answer_are_no_rows() -> None:
    """/common/search/ gives whole articles; a JSON answer is a list, whatever its rows hold."""
    content = "".join(
        f"<p><a href='/files/{n}.pdf'>泮溪县采购需求说明书（{n}）</a> 2020-01-0{n}</p>" for n in range(1, 9)
    )
    row = {
        "title": "泮溪县采购意向<em>公开</em>",
        "url": "/px/c1/202611/c07_9.shtml",
        "publishedTimeStr": "2026-11-07 08:00:00",
    }
    value = {"data": {"total": 1, "page": 1, "rows": 1, "results": [{**row, "content": content}]}}
    snapshot = Snapshot(f"{SITE}/common/search/{HEX}{QUERY}", json.dumps(value).encode(), CAPTURED)
    page = parse_list(snapshot)
    assert [(one.title, f"{one.listed_on}") for one in page.rows] == [("泮溪县采购意向公开", "2026-11-07")]
    assert (page.next, page_kind(snapshot)) == (None, "list")


@pytest.mark.parametrize(
    ("path", "pager", "following"),
    [
        ("xxgk_list.shtml", "var pageCount = 3;", "xxgk_list_1.shtml"),
        ("xxgk_list_1.shtml", "<i>共3页</i>", "xxgk_list_2.shtml"),
        ("xxgk_list_2.shtml", "totalPage: '3'", None),
        ("nav_list.shtml", "createPageHTML(3, 0, 'nav_list', 'shtml')", "nav_list_1.shtml"),
        ("nav_list_2.shtml", "createPageHTML(3, 2, 'nav_list', 'shtml')", None),
        ("zfxxgk_zclist.shtml", "", None),
    ],
)
def test_static_lists_count_from_nought(path: str, pager: str, following: str | None) -> None:
    rows = "".join(f"<li><a href='{one['link']}'>{one['title']}</a><i>2026-11-05</i></li>" for one in info(6))
    text = f"{MENU}<ul class='infolist'>{rows}</ul><script>{pager}</script><p>{pager}</p>"
    page = parse_list(Snapshot(f"{SITE}/px/zwgk/{path}", text.encode(), CAPTURED))
    assert (page.family, len(page.rows), page.rule) == ("ucap", 6, "ul.infolist li")
    assert page.next == (f"{SITE}/px/zwgk/{following}" if following else None)
