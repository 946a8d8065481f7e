"""The families' interfaces, walked from the shell to the end: every row once, one request more than pages at most.

The answers are made here, page by page, from the facts in design/sites.md; tests/counties serves them over HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.items import PageError, Snapshot
from scraper.pages.answers import parameters
from scraper.parse import page_kind, parse_list
from scraper.urls import as_request
from tests.listpages import CAPTURED

SITE = "http://www.cangya.gov.cn"
HEX = "c40e9d71b2a6458f93e0d5127ab86f3c"
Answer = Callable[[dict[str, str], int, int], str]


def dressed(main: str) -> str:
    """A page of a site whose menu leads to columns and services, without a mark of its CMS."""
    menu = "".join(f"<li><a href='/lm{n}/'>苍崖县政务服务事项{n}</a></li>" for n in range(8))
    return f"<html><body><ul class='menu'>{menu}</ul><div class='list'>{main}</div><p>主办：苍崖县</p></body></html>"


def title(n: int) -> str:
    return f"苍崖县公共资源交易结果公告（第{n}号）"


def day(n: int) -> str:
    return f"{date(2026, 11, 19) - timedelta(days=n)}"


def part(page: str, total: int, size: int) -> range:
    number = int(page or 1)
    return range((number - 1) * size, min(number * size, total))


def item(n: int) -> str:
    return f'<li><a href="/art/2026/1/2/art_9_{n}.html" title="{title(n)}">{title(n)}</a><span>{day(n)}</span></li>'


def fengxun(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["page"], total, size)
    html = "".join(f"<tr><td><a href='/gi_news/{n}'>{title(n)}</a></td><td>{day(n)}</td></tr>" for n in rows)
    return json.dumps({"status": 10 if rows else 0, "html": html})


def jpaas(asked: dict[str, str], total: int, size: int) -> str:
    page = json.loads(asked["paramJson"])["pageNo"]
    html = "".join(map(item, part(page, total, size)))
    pager = f"<div class='pagination' rows='{size}' count='{total}' pageNo='{page}'></div>"
    return json.dumps({"success": True, "data": {"html": html + pager}})


def hanweb(asked: dict[str, str], total: int, size: int) -> str:
    records = range(int(asked["startrecord"]) - 1, min(int(asked["endrecord"]), total))
    assert len(records) <= 3 * 15  # never in bulk
    made = "".join(f"<record><![CDATA[{item(n)}]]></record>" for n in records)
    return f"<datastore><totalrecord>{min(total, 1000)}</totalrecord><recordset>{made}</recordset></datastore>"


def common(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["currpage"], total, min(size, int(asked["pagesize"])))
    found = [{"title": title(n), "link": f"/yw/202611/{n:032x}.shtml", "pubtime": f"{day(n)} 09:00:00"} for n in rows]
    return json.dumps({"infolist": found})


def load(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["pageIndex"], total, size)
    found = [{"TITLE": title(n), "URL": f"/wj/{n}.shtml", "PUBLISHED_TIME_FORMAT": day(n)} for n in rows]
    return json.dumps({"data": {"allRow": total, "totalPage": ceil(total / size), "list": found}})


def search(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["page"], total, min(size, int(asked["_pageSize"])))
    found = [{"title": title(n), "url": f"/x/c07_{n}.shtml", "publishedTimeStr": f"{day(n)} 08:00:00"} for n in rows]
    return json.dumps({"data": {"total": total, "rows": len(rows), "results": found}})


def intertid(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["pageIndex"], total, size)
    found = [{"title": title(n), "writeTime": day(n), "url": f"/doc/2026/01/02/{n}.shtml"} for n in rows]
    pages = {"totalElements": total, "totalPages": ceil(total / size), "page": int(asked["pageIndex"])}
    return json.dumps({"status": 0, "data": {**pages, "data": found}})


def gkmlpt(asked: dict[str, str], total: int, size: int) -> str:
    rows = part(asked["page"], total, size)
    found = [
        {"title": title(n), "url": f"/gkmlpt/content/1/2/post_{n}.html", "display_publish_time": day(n)} for n in rows
    ]
    return json.dumps({"total": total, "articles": found})


WIDGET = """<script>$('#9').jpage({proxyUrl:'/module/jpage/dataproxy.jsp',perPage:15,groupSize:3,
param:{col:1,webid:'3',columnid:9,unitid:'18'}});</script>"""
SHELLS: dict[str, tuple[str, str, Answer]] = {
    "fengxun": ("/gi_class/gh", "$.get('/ns_class/zw?act=ajax&gi=k3&page='+page+'&t=1',show)", fengxun),
    "hanweb": ("/col/col9/index.html", WIDGET, hanweb),
    "ucap common": ("/yw/nav_list.shtml", f"get('/szinf/info/getInfoCommon/?currpage='+p+'&channelid={HEX}')", common),
    "ucap load": ("/wj/", f"var channel_id='{HEX}';post('/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15')", load),
    "ucap search": ("/tz/", f'url: "/common/search/{HEX}", data: {{_isJson: true, _isAgg: true}}', search),
    "intertid": ("/zw/index.shtml", 'getSearchList(1,20,"184","37764",1,"writeTime","")', intertid),
    "gkmlpt": ("/gkmlpt/index", 'window._CONFIG = { SID: \'755325\', TREE: [{"id": 7, "name": "预算"}] }', gkmlpt),
    "jpaas": (
        "/zw/index.html",
        "<div url='/api-gateway/jpaas-publish-server/front/page/build/unit' "
        "queryData=\"{'webId':'1','pageId':'2'}\"></div>",
        jpaas,
    ),
}
OWN_SIZE = {"hanweb": 45, "gkmlpt": 100}  # of others the server decides


def walk(name: str, total: int, size: int) -> tuple[list[str], int]:
    """(titles in order, requests) from the shell to the end."""
    path, script, answer = SHELLS[name]
    inner = script if script.startswith("<") else f"<script>{script}</script>"
    snapshot = Snapshot(SITE + path, dressed(f"<ul id='list'></ul>{inner}").encode(), CAPTURED, role="list")
    page = parse_list(snapshot)
    assert page.rows == () and page.next is not None, name
    family, found, requests = name.partition(" ")[0], [], 0
    while page.next:
        requests += 1
        assert requests <= ceil(total / size) + 2, "the pager does not end"
        text = answer(parameters(page.next), total, size)
        page = parse_list(Snapshot(as_request(page.next)[0], text.encode(), CAPTURED, requested_url=page.next))
        assert page.family == family
        assert all(f"{row.listed_on}" == day(int(re.findall(r"\d+", row.title)[0])) for row in page.rows)
        found += [row.title for row in page.rows]
    return found, requests


@pytest.mark.parametrize("name", SHELLS)
@given(total=st.integers(1, 130), size=st.integers(3, 40))
@example(total=45, size=15)
@example(total=1, size=15)
@settings(max_examples=12, deadline=None)
def test_every_row_once(name: str, total: int, size: int) -> None:
    size = OWN_SIZE.get(name, size)
    if name == "ucap common":
        size = 15  # without totals a short page is the last
    if name == "ucap search":
        size = min(size, 15)  # no more than are asked for, but perhaps fewer
    found, requests = walk(name, total, size)
    assert found == [title(n) for n in range(total)]
    assert requests <= ceil(total / size) + 1


@pytest.mark.parametrize("name", SHELLS)
def test_an_interface_without_rows_is_the_end(name: str) -> None:
    assert walk(name, 0, 15) == ([], 1)


def answer_to(name: str, text: str) -> Snapshot:
    """An answer to what the shell asks for."""
    path, script, _ = SHELLS[name]
    inner = script if script.startswith("<") else f"<script>{script}</script>"
    shell = parse_list(Snapshot(SITE + path, dressed(inner).encode(), CAPTURED))
    assert shell.next
    return Snapshot(as_request(shell.next)[0], text.encode(), CAPTURED, requested_url=shell.next)


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("text", ["", '<datastore><record><![CDATA[<li><a href="', '{"data": {"rows": [{"ti', "[[[[["])
def test_a_broken_answer_is_an_error_not_the_end(name: str, text: str) -> None:
    if name != "hanweb" or not text.startswith(("{", "[")):
        with pytest.raises(PageError, match=r"answers? (?:no JSON|nothing|is cut off)"):
            parse_list(answer_to(name, text))


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize("text", ["{}", "[]", '{"data": null}', '{"message": "error", "data": "x"}'])
def test_an_answer_that_is_no_list_has_no_rows(name: str, text: str) -> None:
    snapshot = answer_to(name, text)
    if name in ("intertid", "gkmlpt"):
        with pytest.raises(PageError, match="answers without"):
            parse_list(snapshot)
    else:
        assert (parse_list(snapshot).rows, parse_list(snapshot).next) == ((), None)
    assert page_kind(snapshot) == "other"


def test_hanweb_reads_past_the_cap() -> None:
    found, requests = walk("hanweb", 1130, 45)
    assert len(found) == 1130
    assert requests == ceil(1130 / 45) + 1
