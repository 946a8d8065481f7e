"""Fengxun's lists: how shells name their frame or their script's request."""

from __future__ import annotations

import json

import pytest

from scraper.items import Snapshot
from scraper.pages.fengxun_lists import site_code
from scraper.parse import detect, parse_list
from tests.listpages import CAPTURED

SITE = "http://www.yunlan.gov.cn"
MIN = "&template=templates/ylq/xxgk_class_min.html"


def shell(inner: str, path: str = "/class/HFLDAALF") -> str | None:
    """What the page goes on with, of a page with a menu and a dated box, but no list."""
    text = f"""<html><body><ul><li><a href="/class/CKMNPPJN">部门动态信息</a></li></ul>{inner}
    <ul class="hot"><li><a href="/html/ylq/2026/FAOHPMEF_1101/81.html">云澜区迎来候鸟迁徙高峰</a> 2026-11-01</li>
    <li><a href="/html/ylq/2026/FAOHPMEF_1030/80.html">云澜大道改造后恢复通车</a> 2026-10-30</li></ul></body></html>"""
    page = parse_list(Snapshot(SITE + path, text.encode(), CAPTURED))
    assert page.family == "fengxun"
    return page.next and page.next.removeprefix(SITE)


FRAMES = {
    "frame": f'<iframe src="/class/HFLDAALF/1{MIN}"></iframe>',
    "escaped, absolute": f'<iframe src="{SITE}/class/HFLDAALF/1{MIN.replace("&", "&amp;")}"></iframe>',
    "its own of two": f'<iframe src="/class/CKMNPPJN/1{MIN}"></iframe><iframe src="/class/HFLDAALF/1{MIN}"></iframe>',
    "script": f"""<script>$('#list').load("/class/HFLDAALF/1{MIN}");</script>""",
    "put together": "<script>$('#l').load('/class/'+c+'/1&template=templates/ylq/xxgk_class_min.html');</script>",
}


@pytest.mark.parametrize("inner", FRAMES.values(), ids=list(FRAMES))
def test_frames(inner: str) -> None:
    assert shell(inner) == f"/class/HFLDAALF/1{MIN}"


AJAX = "/ns_class/zwgk_18?act=ajax&gi=w2w7&ns=&page=1&t=1"
SCRIPTS = {
    "one string": "$.get('/ns_class/zwgk_18?act=ajax&gi=w2w7&ns=&page=1&t=1')",
    "double quotes": '$.get("/ns_class/zwgk_18?act=ajax&gi=w2w7&ns=&page="+p+"&t=1")',
    "variables": "var u='/ns_class/zwgk_18', id=\"w2w7\"; get(u + '?act=ajax&gi=' + id + '&ns=&page=' + n + '&t=1')",
    "a call inside": "get('/ns_class/zwgk_18?act=ajax&gi=w2w7&ns=' + dept() + '&page=' + page.now() + '&t=1')",
    "object": "$.ajax({url:'/ns_class/zwgk_18',data:{act:'ajax',gi:'w2w7',ns:'',page:p,t:1}})",
    "object in quotes": 'var g="w2w7";$.post("/ns_class/zwgk_18",{"act":"ajax","gi":g,"ns":"","page":p,"t":"1"})',
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_requests_of_scripts(script: str) -> None:
    assert shell(f"<script>{script}</script>", "/gi_class/zwgk_05?furl=zf") == AJAX


def test_a_shell_that_names_nothing_is_read_as_it_is() -> None:
    assert shell("<script src='/js/gi.js'></script>") is None


def test_rows_of_the_page_come_before_its_frames() -> None:
    rows = "".join(
        f"<tr><td>·<a href='/html/ylq/2026/HFLDAALF_110{n}/{n}.html'>云澜区部署第{n}次巡查工作</a></td>"
        f"<td>[2026-11-0{n}]</td></tr>"
        for n in range(9, 1, -1)
    )
    text = f"<html><body><table class='border2'>{rows}</table>{FRAMES['frame']}</body></html>"
    page = parse_list(Snapshot(f"{SITE}/class/HFLDAALF", text.encode(), CAPTURED))
    assert (len(page.rows), page.next) == (8, None)


@pytest.mark.parametrize(
    ("answer", "page", "expected"),
    [
        ({"status": 10, "totalpage": 3}, 2, 3),
        ({"status": 10, "totalpage": 3}, 3, None),
        ({"status": 10}, 7, 8),
        ({"status": 10, "pager": "<div id='FX_PageDiv'><a href='javascript:getlist(4)'>末页</a></div>"}, 3, 4),
        ({"status": 10, "pager": "<div id='FX_PageDiv'><a href='javascript:getlist(4)'>末页</a></div>"}, 4, None),
        ({"status": 10, "pager": "<div class='FX_PageDiv'>共<b>5</b>页</div>"}, 5, None),
    ],
)
def test_answers(answer: dict[str, object], page: int, expected: int | None) -> None:
    rows = "<tr><td><a href='/gi_news/11' title='云澜市2026年政府工作报告'>报告</a></td><td>2026-01-20</td></tr>"
    body = {**answer, "html": rows + str(answer.get("pager", ""))}
    address = SITE + AJAX.replace("page=1", "page={}")
    got = parse_list(Snapshot(address.format(page), json.dumps(body).encode(), CAPTURED))
    assert len(got.rows) == 1
    assert got.next == (address.format(expected) if expected else None)


def test_the_site_code_is_the_commonest_of_the_page() -> None:
    files = "<link href='/templates/ylq/a.css'><img src='/templates/sy/b'>"
    text = f"<a href='/html/ylq/2026/FAOHPMEF_1101/81.html'></a>{files}"
    snapshot = Snapshot(SITE, text.encode(), CAPTURED)
    assert site_code(snapshot) == "ylq"
    assert site_code(Snapshot(SITE, b"<p></p>", CAPTURED)) == ""
    assert detect(snapshot) == ""  # one link is a stray
