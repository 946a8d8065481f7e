"""Lists by structure, on made-up pages: every shape, every kind of address, beside what else a page is full of."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.catalogue import Layout
from scraper.items import EPOCH, ListPage, PageError, Row, Snapshot
from scraper.pages.rowdates import row_day
from scraper.parse import parse_list
from tests.listpages import CAPTURED, HOT, SHAPES, Item, dressed, items, snapshot, written

PAGES = Path(__file__).parent / "pages"
ADDRESSES = {
    "fengxun": "/html/ylq/2026/DNKLPPJP_{md}/{n}.html",
    "trs": "./{ym}/t{ymd}_{n}.html",
    "hanweb": "/art/{y}/{m}/{d}/art_77_{n}.html",
    "content": "/zwgk/{y}-{mm}/{dd}/content_{n}.shtml",
    "hex": "/zwgk/{ym}/{hex}.shtml",
    "post": "/zwgk/content/post_{n}.html",
    "query": "show.asp?id={n}&catid=4",
    "parent": "../info/1021/{n}.htm",
    "weixin": "https://mp.weixin.qq.com/s/{hex}",
}
WITHOUT_DAY = {"hex", "post", "query", "parent", "weixin"}


def expected(url: str, rows: list[Item]) -> list[tuple[str, str, date | None]]:
    return [(urljoin(url, row.href), row.title, row.day) for row in rows]


def found(page: ListPage) -> list[tuple[str, str, date | None]]:
    return [(row.url, row.title, row.listed_on) for row in page.rows]


@pytest.mark.parametrize("count", [12, 3, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape(shape: str, count: int) -> None:
    for kind, href in ADDRESSES.items():
        if shape == "month and day" and kind in WITHOUT_DAY:
            continue
        rows = items(count, href)
        page = snapshot(dressed(written(shape, rows)))
        assert found(parse_list(page)) == expected(page.url, rows), kind


@pytest.mark.parametrize("shape", SHAPES)
@given(
    chosen=st.lists(st.integers(0, 11), min_size=2, max_size=12, unique=True),
    name=st.sampled_from(["", "list", "nav-con"]),
)
@settings(max_examples=8, deadline=None)
def test_any_rows_in_any_order(shape: str, chosen: list[int], name: str) -> None:
    rows = [items(12)[n] for n in chosen]
    page = snapshot(dressed(f'<div class="{name}">{written(shape, rows)}</div>'))
    assert found(parse_list(page)) == expected(page.url, rows)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_main_list_not_the_hot_list_beside_it(shape: str) -> None:
    hot = "".join(
        f'<li><a href="/html/ylq/2026/AAAALLLL_{n:04}/{n}.html">云澜区召开重点项目推进会（{n}）</a>'
        f"<i>2026-10-{n:02}</i></li>"
        for n in range(1, 6)
    )
    for count in (12, 2):
        rows = items(count)
        page = snapshot(dressed(written(shape, rows), hot=hot))
        assert found(parse_list(page)) == expected(page.url, rows)


def test_a_shell_has_no_rows() -> None:
    for main in ("", "<div id='list'></div><script>load('/api/list', 1)</script>", "<ul><li>正在加载…</li></ul>"):
        page = parse_list(snapshot(dressed(main)))
        assert (page.rows, page.next, page.rule) == ((), None, "")


def test_undated_rows_are_rows_when_their_titles_and_addresses_look_like_articles() -> None:
    rows = items(12, "/zwgk/content/post_{n}.html")
    main = "<ul>" + "".join(f'<li><a href="{row.href}">{row.title}</a></li>' for row in rows) + "</ul>"
    page = parse_list(snapshot(dressed(main, hot="")))
    assert [(row.title, row.listed_on) for row in page.rows] == [(row.title, None) for row in rows]


def test_a_row_without_date_stays_a_row_and_takes_none_from_its_neighbours() -> None:
    rows = items(6)
    main = "<ul>" + "".join(
        f'<li><a href="{row.href}">{row.title}</a>{"" if n == 2 else f"<span>{row.day}</span>"}</li>'
        for n, row in enumerate(rows)
    )
    got = parse_list(snapshot(dressed(main + "</ul>"))).rows
    assert [row.listed_on for row in got] == [None if n == 2 else row.day for n, row in enumerate(rows)]


@pytest.mark.parametrize("shape", ["a, span", "span, a", "a, text, br", "dt title, dd date", "date in the next p"])
def test_dates_around_the_list_belong_to_no_row(shape: str) -> None:
    rows = items(5)
    before, row, after = SHAPES[shape]
    made = "".join(row.format(r=item, n=n, short="") for n, item in enumerate(rows, 1))
    around = f"{before}<p>统计日期：2026-11-20</p>{made}<p>更新日期：2026-11-20</p>{after}"
    assert [row.listed_on for row in parse_list(snapshot(dressed(around))).rows] == [item.day for item in rows]


def test_a_date_in_the_title_is_not_the_date_of_the_row() -> None:
    main = "<ul>" + "".join(
        f'<li><a href="/zwgk/{n}1001.html">关于公布2019年{n}月{n}日抽检结果的通告（2020-01-0{n}）（第{n}号）</a></li>'
        for n in range(1, 5)
    )
    assert {row.listed_on for row in parse_list(snapshot(dressed(main + "</ul>", hot=""))).rows} == {None}


def test_base_href_and_other_hosts() -> None:
    main = """<ul><li><a href="xw/1001.html">云澜区召开秋季防汛工作总结会议</a><i>2026-11-01</i></li>
    <li><a href="https://mp.weixin.qq.com/s/AbC123">一图读懂云澜区停车新规</a><i>2026-10-01</i></li>
    <li><a href="//www.qingjia.gov.cn/xw/3.html">青岬港三期工程通过竣工验收</a><i>2026-09-01</i></li></ul>"""
    html = dressed(main).replace("<head>", '<head><base href="http://www.yunlan.gov.cn/sub/">')
    assert [row.url for row in parse_list(snapshot(html)).rows] == [
        "http://www.yunlan.gov.cn/sub/xw/1001.html",
        "https://mp.weixin.qq.com/s/AbC123",
        "http://www.qingjia.gov.cn/xw/3.html",
    ]


def test_each_page_once() -> None:
    main = written("li, date after", [*items(3), *items(3)])
    assert len(parse_list(snapshot(dressed(main))).rows) == 3


def test_month_and_day_take_the_year_of_capture_and_say_so() -> None:
    main = """<ul><li><a href="/a/10001.html">云澜区召开秋季防汛工作总结会议</a><span>[11-19]</span></li>
    <li><a href="/a/10002.html">青岬港三期工程通过竣工验收</a><span>12-31</span></li>
    <li><a href="/html/ylq/2019/DNKLPPJP_0105/3.html">雁泊镇举办第七届稻香文化节</a><span>01-05</span></li></ul>"""
    html = dressed(main)
    rows = parse_list(snapshot(html)).rows
    assert [(row.listed_on, row.year_inferred) for row in rows] == [
        (date(2026, 11, 19), True),
        (date(2025, 12, 31), True),
        (date(2019, 1, 5), False),
    ]
    undated = parse_list(Snapshot("https://www.yunlan.gov.cn/class/DNKLPPJP", html.encode(), EPOCH)).rows
    assert [row.listed_on for row in undated] == [None, None, date(2019, 1, 5)]


@pytest.mark.parametrize(
    ("pieces", "day"),
    [
        (["[2026-11-19]"], date(2026, 11, 19)),
        (["发布时间：2026年1月9日 10:25"], date(2026, 1, 9)),
        (["2026/1/9 8:05:33"], date(2026, 1, 9)),
        (["2026——01——09"], date(2026, 1, 9)),
        (["20260109"], date(2026, 1, 9)),
        (["[17-03-15]"], date(2017, 3, 15)),
        (["19", "2026-11"], date(2026, 11, 19)),
        (["2026年11月", "19日"], date(2026, 11, 19)),
        (["11-19", "2026"], date(2026, 11, 19)),
        (["2026", "11/19"], date(2026, 11, 19)),
        (["2026", "-", "11", "-", "19"], date(2026, 11, 19)),
        (["19", "11月", "2026年"], date(2026, 11, 19)),
        (["来源：云澜日报　时间：2026-11-19 09:30　浏览：12"], date(2026, 11, 19)),
        (["成文日期：2025-01-01", "发布日期：2026-11-19"], date(2026, 11, 19)),
        (["发布日期", "：", "2026-11-19", "截止日期：", "2027-01-01"], date(2026, 11, 19)),
        (["014133058/2026-00009"], None),
        (["云政办发〔2026〕11号", "12"], None),
        (["自2026年11月19日起施行的办法已经作了若干处调整，现予公布，请遵照执行，原来的办法同时废止。特此通知"], None),
        (["2026-13-45"], None),
        (["2026年11月1日，区政府召开全体会议。"], None),
        (["2026-11-19 云澜日报"], date(2026, 11, 19)),
        ([], None),
    ],
)
def test_row_day(pieces: list[str], day: date | None) -> None:
    got = row_day(pieces)
    assert (got.day if got else None) == day


@pytest.mark.parametrize(
    ("anchor", "title"),
    [
        ('<a href="{}">· 云澜区召开秋季防汛会议</a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}" title="云澜区召开秋季防汛工作总结会议">云澜区召开秋季…</a>', "云澜区召开秋季防汛工作总结会议"),
        ('<a href="{}" title="点击查看">云澜区召开秋季防汛会议</a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}" title="云澜区召开秋季防汛会议"><img src="new.gif"></a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}">[政务要闻]云澜区召开秋季防汛会议</a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}">【云澜日报】防汛会议召开</a>', "【云澜日报】防汛会议召开"),
        ('<a href="{}">云澜区召开<em>秋季</em>防汛会议<span class="new">NEW</span></a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}"><span class="tag">会议</span>云澜区召开秋季防汛会议</a>', "云澜区召开秋季防汛会议"),
        ('<a href="{}"><h4>云澜区召开秋季防汛会议</h4><p>会议回顾了今年汛期的工作。</p></a>', "云澜区召开秋季防汛会议"),
        (
            '<a href="{}" title="标题：云澜区召开秋季防汛会议\n发布时间：2026-11-19">云澜区召开秋…</a>',
            "云澜区召开秋季防汛会议",
        ),
        ('<a href="{}">云澜区\u200b召开&nbsp;秋季  防汛会议</a>', "云澜区召开 秋季 防汛会议"),
        (
            '<a href="{}">关于印发《云澜区停车办法》的通知（2026年版）</a>',
            "关于印发《云澜区停车办法》的通知（2026年版）",
        ),
    ],
)
def test_titles(anchor: str, title: str) -> None:
    rows = "".join(f"<li>{anchor.format(f'/a/1000{n}.html')}<span>2026-11-1{n}</span></li>" for n in range(4))
    got = parse_list(snapshot(dressed(f"<ul>{rows}</ul>"))).rows
    assert [row.title for row in got] == [title] * 4


def test_own_selectors_come_first() -> None:
    rows = items(4)
    main = (
        written("li, date after", rows)
        + '<table id="x"><tr><td><a href="/b/1.html">公示一则</a></td><td>2026-01-02</td></tr></table>'
    )
    layout = Layout(selectors={"rows": "#x tr", "next": "a.forth"})
    page = parse_list(snapshot(dressed(main, pager='<a class="forth" href="?p=2">›</a>')), layout)
    assert page.rows == (Row("https://www.yunlan.gov.cn/b/1.html", "公示一则", date(2026, 1, 2)),)
    assert page.next == "https://www.yunlan.gov.cn/class/DNKLPPJP?p=2"
    assert page.rule == "layout:#x tr"


def test_own_selector_that_finds_nothing_leaves_it_to_the_rules() -> None:
    page = parse_list(snapshot(dressed(written("li, date after", items(4)))), Layout(selectors={"rows": "#gone tr"}))
    assert (len(page.rows), page.rule) == (4, "structure")


@pytest.mark.parametrize("name", ["rows", "next"])
def test_a_selector_that_is_none_is_an_error_with_its_text(name: str) -> None:
    layout = Layout(selectors={name: "li >> [["})
    with pytest.raises(PageError, match=r"'li >> \[\['"):
        parse_list(snapshot(dressed(written("li, date after", items(3)))), layout)


def saved_pages() -> list[Path]:
    return sorted(PAGES.glob("*/*.list.json"))


@pytest.mark.parametrize("file", saved_pages(), ids=lambda file: f"{file.parent.name}/{file.name.split('.')[0]}")
def test_saved_page(file: Path) -> None:
    says = json.loads(file.read_text(encoding="utf-8"))
    stem = file.name.removesuffix(".list.json")
    stored = [file.with_name(f"{stem}.{kind}") for kind in ("html", "xml", "txt")]
    body = next(one for one in stored if one.exists()).read_bytes()
    headers = tuple(map(tuple, says.get("headers", [])))
    asked = says.get("requested_url", "")
    page = parse_list(Snapshot(says["url"], body, CAPTURED, headers=headers, requested_url=asked))
    got = [{"url": row.url, "title": row.title, "date": f"{row.listed_on or ''}"} for row in page.rows]
    assert got == says["rows"]
    assert page.next == says["next"]
    assert page.family == says["family"]


def test_there_are_saved_pages_of_every_family() -> None:
    families = {json.loads(file.read_text(encoding="utf-8"))["family"] for file in saved_pages()}
    assert {"", "anhui", "boda", "fengxun", "hanweb", "lonsun", "standard", "trs"} <= families
    assert HOT in dressed("")


@given(st.text(max_size=400) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
@settings(deadline=None)
def test_no_page_breaks_the_reader(text: str) -> None:
    assert parse_list(snapshot(f"<ul><li><a href='/x/1'>{text}</a></li></ul>{text}")).rule in (
        "",
        "structure",
        "record",
    )


@pytest.mark.parametrize(
    "body",
    [
        "[" * 5000,
        '{"a":' * 5000,
        "<record><![CDATA[" * 5000,
        "<div>" * 5000 + "<a href='/a/1'>云澜区召开秋季防汛工作总结会议</a>",
        f"<li><a href='/a/1'>{'[' * 20_000}</a></li>" * 3,
        f"<li><a href='/a/1'>云澜区{'　' * 20_000}防汛</a></li>" * 3,
        "<a href='/x/1'>1</a>" * 5000,
        "",
    ],
    ids=["json", "json objects", "open records", "deep", "brackets", "spaces", "numbers", "empty"],
)
def test_hostile_pages_are_read_to_no_rows(body: str) -> None:
    filling = "<p>" + "云澜区人民政府办公室" * 60 + "</p>"
    text = body if body.startswith(("[", "{")) else body + filling
    assert parse_list(snapshot(text)).rows == ()
