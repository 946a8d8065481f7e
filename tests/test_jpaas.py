"""jpaas: which widget fills a list page, and where the gateway's pages end."""

from __future__ import annotations

import json

import pytest

from scraper.catalogue import Layout
from scraper.items import Snapshot
from scraper.pages.answers import parameters
from scraper.pages.jpaas import UNIT
from scraper.parse import parse_list
from tests.listpages import CAPTURED

SITE = "https://www.haitang.gov.cn"
LIST = "{'webId':'2945','tplSetId':'qu','tagId':'列表','pageId':'1487002'}"
MENU = "<p><a href='/zw/'>政务公开</a> <a href='/fw/'>政务服务</a> <a href='/hd/'>互动交流</a></p>"
ROWS = "".join(
    f'<li class="clearfix"><a href="/art/2026/9/{n}/art_7_{n}.html" title="海棠县道路封闭施工通告（{n}）">通告</a>'
    f'<span class="bt-right">2026-09-{n:02}</span></li>'
    for n in range(9, 0, -1)
)


def widget(data: str, quote: str = '"') -> str:
    return f"<div url='{UNIT}' querydata={quote}{data}{quote}></div>"


def asks(page: str, family: str = "") -> dict[str, str]:
    snapshot = Snapshot(f"{SITE}/zwdt/index.html", f"{MENU}{page}".encode(), CAPTURED)
    found = parse_list(snapshot, Layout(family)).next
    assert found is None or found.startswith(f"{SITE}{UNIT}?")
    return parameters(found or "")


@pytest.mark.parametrize(
    "page",
    [
        widget(LIST),
        widget(LIST.replace("'", "&quot;")),
        widget(LIST.replace("'", '"'), "'"),
        widget("{'webId':'2945','tagId':'天气','pageId':'1'}") + widget(LIST),
        f"<script>unit({{url: '{UNIT}', queryData: {LIST}}})</script>",
    ],
)
def test_the_widget_of_the_list_is_asked_for_its_first_page(page: str) -> None:
    for family in ("", "jpaas", "hanweb"):
        form = asks(page, family)
        assert (form["webId"], form["pageId"], form["tagId"]) == ("2945", "1487002", "列表")
        assert json.loads(form["paramJson"]) == {"pageNo": 1, "pageSize": 15}


def test_the_size_that_a_widget_names() -> None:
    assert json.loads(asks(widget(LIST.replace("{", "{'rows':'24',")))["paramJson"])["pageSize"] == 24


def test_rows_in_the_page_are_gone_on_with_where_its_pager_counts_more() -> None:
    pager = '<div class="pagination" rows="9" count="{}"></div>'
    page = widget(LIST) + f"<ul>{ROWS}</ul>"
    assert json.loads(asks(page + pager.format(40))["paramJson"]) == {"pageNo": 2, "pageSize": 9}
    assert asks(page + pager.format(9)) == {}
    assert asks(page) == {}  # the widget may fill another box
    assert asks(page, "hanweb") == {}


def test_a_page_without_the_list_widget_is_a_shell() -> None:
    assert asks(widget("{'webId':'2945'}")) == {}
    assert asks(f"<script src='{UNIT}'></script>") == {}


@pytest.mark.parametrize(
    ("query", "pager", "following"),
    [
        ('{"pageNo":2,"pageSize":9}', 'rows="9" count="40" pageNo="2"', '{"pageNo":3,"pageSize":9}'),
        ('{"pageNo":2,"pageSize":9}', "rows=9 count=40", '{"pageNo":3,"pageSize":9}'),
        ('{"pageNo":5,"pageSize":9}', 'rows="9" count="40" pageNo="5"', None),
        ('{"pageNo":2,"pageSize":9}', 'rows="9" count="40" pageNo="1"', None),  # always the first page
        (
            '{"pageNo":2,"pageSize":9}',
            "queryData=\"{'rows':'9','count':'40','pageNo':'2'}\"",
            '{"pageNo":3,"pageSize":9}',
        ),
        ('{"pageNo":2,"pageSize":9}', "", '{"pageNo":3,"pageSize":9}'),  # a full page without a count
        ('{"pageNo":2,"pageSize":12}', "", None),
        ("not json", 'rows="9" count="40"', '{"pageNo":2,"pageSize":9}'),
        ("[1]", 'rows="9" count="40"', '{"pageNo":2,"pageSize":9}'),
    ],
)
def test_answers(query: str, pager: str, following: str | None) -> None:
    text = json.dumps({"success": True, "data": {"html": f"<ul>{ROWS}</ul><div class='pagination' {pager}></div>"}})
    page = parse_list(Snapshot(f"{SITE}{UNIT}?webId=1&pageId=2&paramJson={query}", text.encode(), CAPTURED))
    assert len(page.rows) == 9
    assert parameters(page.next or "").get("paramJson") == following


def test_gateways_that_count_beside_the_fragment_or_hear_a_bare_page_number() -> None:
    text = json.dumps({"data": {"html": f"<ul>{ROWS}</ul>", "count": 40}})
    page = parse_list(Snapshot(f"{SITE}{UNIT}?webId=1&pageId=2&rows=9&pageNo=3", text.encode(), CAPTURED))
    assert parameters(page.next or "")["pageNo"] == "4"
    last = parse_list(Snapshot(f"{SITE}{UNIT}?webId=1&pageId=2&rows=9&pageNo=5", text.encode(), CAPTURED))
    assert last.next is None
