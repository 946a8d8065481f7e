"""What `dibao add` understands of a site, on made-up pages in memory: columns, questions, confidence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands.parse import saved_pages
from scraper.catalogue import Column, Layout
from scraper.items import Snapshot
from scraper.recon.family import family
from scraper.recon.findings import Findings, findings
from scraper.recon.identity import area_in, identity
from scraper.recon.look import look
from scraper.recon.planner import MOST, Planner
from scraper.recon.saved import survey
from scraper.recon.vocabulary import cleaned, kind_of, sense
from tests.frontpage import ORIGIN, article, column, listing, page, rows, site, wrap

NEWS, NOTICES, POLICY = ("/xw/yw/", "青岬要闻"), ("/xx/tz/", "通知公告"), ("/zw/wj/", "政策文件")


def surveyed(pages: list[Snapshot], **options: object) -> tuple[Planner, Findings]:
    planner = Planner(f"{ORIGIN}/", **options)  # type: ignore[arg-type]
    survey(planner, pages)
    return planner, findings(planner)


def names(found: Findings) -> list[str]:
    return [one.name for one in found.columns]


@pytest.mark.parametrize(
    ("text", "meaning", "kind"),
    [
        ("青岬要闻", "column", "要闻"),
        ("· 通知公告 >>", "column", "通知公告"),
        ("【部门动态】", "column", "部门动态"),
        ("乡镇街道动态", "column", "镇街动态"),
        ("政府信息公开", "hub", None),
        ("政务动态", "hub", "工作动态"),
        ("县政府文件", "column", "政策文件"),
        ("人事任免", "column", "人事任免"),
        ("财政预决算", "column", "财政预决算"),
        ("任前公示", "column", "人事任免"),
        ("国务院要闻", "skip", "要闻"),
        ("办事服务", "skip", None),
        ("意见征集公告", "skip", "通知公告"),
        ("行政处罚公示", "private", "通知公告"),
        ("市应急管理局", "skip", "应急环保"),
        ("省政策法规", "skip", "政策文件"),
        ("政府网站年度报告", "skip", "年度报告"),
        ("青岬新闻", "column", "要闻"),
        ("新闻中心", "hub", "要闻"),
        ("信息公开年报", "column", "年度报告"),
        ("中国青年报", "skip", None),
        ("更多>>", "more", None),
        ("MORE +", "more", None),
        ("关于冬季防火的通告", "", "通知公告"),
        ("青岬县召开全县冬季安全生产工作会议", "", "应急环保"),
        ("首页", "", None),
        ("", "", None),
    ],
)
def test_what_a_links_text_means(text: str, meaning: str, kind: str | None) -> None:
    assert sense(text) == meaning
    found = kind_of(text)
    assert (found.name if found else None) == kind


def test_names_are_written_without_what_stands_around_them() -> None:
    assert cleaned("更多 通知公告 >>") == "通知公告"
    assert cleaned("[政策文件]栏目") == "政策文件"


@pytest.mark.parametrize(
    "block",
    [
        "<div><div class='tit'><h3>通知公告</h3><a href='/xx/tz/'>更多&gt;&gt;</a></div><ul>{rows}</ul></div>",
        "<div class='box'><h2><span>通知公告</span></h2><ul>{rows}</ul><a class='m' href='/xx/tz/'>MORE</a></div>",
        "<dl><dt>通知公告</dt><dd><a href='/xx/tz/'>查看更多</a></dd></dl>",
        "<div><a href='/xx/tz/' title='通知公告'>更多</a></div>",
        "<div class='tab'><a href='/xx/tz/'>通知公告</a></div>",
        "<div><a href='/xx/tz/' title='通知公告'><img src='tz.png'></a></div>",
        "<table><tr><td><b>通知公告</b></td><td><a class='more' href='/xx/tz/'></a></td></tr></table>",
    ],
)
def test_the_link_of_a_block_bears_the_blocks_name(block: str) -> None:
    seen = look(page("/", wrap("青岬县", block.replace("{rows}", rows("/xx/tz/a", 4)))))
    assert [(one.name, one.url) for one in seen.anchors if one.url.endswith("/tz/")] == [
        ("通知公告", f"{ORIGIN}/xx/tz/")
    ]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (
            "当前位置：<a href='/'>首页</a> &gt; <a href='/x/'>政务公开</a> &gt; 通知公告<ul><li>青岬要闻</li></ul>",
            "通知公告",
        ),
        ("您所在的位置： 首页 &gt;&gt; 政务动态 &gt;&gt; 通知公告<p>正文在此</p>", "通知公告"),
        ("<b>当前位置</b>：<span>首页</span><i>&gt;</i><span>青岬要闻</span><div>县长讲话</div>", "青岬要闻"),
        ("当前位置：<a href='/'>首页</a><div>青岬要闻</div>", ""),
        ("<p>没有路径的一页</p>", ""),
    ],
)
def test_the_end_of_a_pages_path(path: str, name: str) -> None:
    assert look(page("/x/", wrap("青岬县", path))).crumb == name


def test_two_blocks_do_not_mix() -> None:
    blocks = "".join(
        f"<div><div class='tit'><h3>{name}</h3><a href='{path}'>更多</a></div><ul>{rows(path, 3)}</ul></div>"
        for path, name in (NEWS, NOTICES)
    )
    seen = look(page("/", wrap("青岬县", f"<div class='main'>{blocks}</div>")))
    assert [one.name for one in seen.anchors if one.more] == [NEWS[1], NOTICES[1]]


@pytest.mark.parametrize(
    "block",
    [
        "<div class='tabs'><a>青岬要闻</a><a>通知公告</a></div><div><a href='/x/'>更多</a></div>",
        "<p><a href='/a/'>青岬要闻</a><a href='/b/'>人事任免</a></p><div><ul>{rows}</ul><a href='/x/'>更多</a></div>",
        "<div><h3>通知公告</h3><a href='/t/'>更多</a></div><div><ul>{rows}</ul><a href='/x/'>更多</a></div>",
    ],
)
def test_a_block_whose_name_is_not_plain_has_none(block: str) -> None:
    seen = look(page("/", wrap("青岬县", block.replace("{rows}", rows("/xx/tz/a", 4)))))
    assert [one.name for one in seen.anchors if one.url.endswith("/x/")] == [""]


def test_a_site_with_blocks_hub_and_articles() -> None:
    home = "<h3>青岬要闻</h3><a href='/xw/yw/'>更多</a><a href='/xx/tz/'>通知公告</a> <a href='/zwgk/'>政府信息公开</a>"
    hub = page("/zwgk/", wrap("政府信息公开", "<a href='/zw/wj/'>政策文件</a><a href='/zw/zn/'>政府信息公开指南</a>"))
    planner, found = surveyed(site(home, [NEWS, NOTICES, POLICY], [hub]))
    assert names(found) == ["青岬要闻", "通知公告", "政策文件"]
    assert all(one.confidence == 1.0 and not one.warnings for one in found.columns)
    assert all((one.rows, one.dated, one.paging, len(one.articles)) == (20, 20, "proven", 2) for one in found.columns)
    assert {answer.ask.why for answer in planner.answers} == {"home", "hub", "list", "next", "article"}
    assert len(planner.answers) == 2 + 3 * 4 == found.pages
    # Two rows a week in each of three columns show a rate of about 10; a fifth and five times as much.
    assert found.per_week is not None and found.per_week[0] <= 3 and found.per_week[1] >= 50
    assert found.filled == {"published_on": 0.8, "source": 0.8}


def test_lists_of_a_hub_one_level_deeper_are_found() -> None:
    deeper = page("/zwgk/ml/", wrap("信息公开目录", "<a href='/zw/wj/'>政策文件</a>"))
    hub = page("/zwgk/", wrap("政务公开", "<a href='/zwgk/ml/'>信息公开目录</a>"))
    _, found = surveyed(site("<a href='/zwgk/'>政务公开</a>", [POLICY], [hub, deeper]))
    assert names(found) == ["政策文件"]


def test_a_hub_that_shows_the_newest_of_its_columns_is_no_column() -> None:
    blocks = "".join(
        f"<div class='b'><h3>{name}</h3><a href='{path}'>更多</a><ul>{rows(path + 'a', 5)}</ul></div>"
        for path, name in (NEWS, NOTICES, POLICY)
    )
    hub = page("/xw/", wrap("新闻中心", blocks))
    _, found = surveyed(site("<a href='/xw/'>新闻中心</a>", [NEWS, NOTICES, POLICY], [hub]))
    assert names(found) == ["青岬要闻", "通知公告", "政策文件"]
    assert ("新闻中心", "hub") in [(one.name, one.state) for one in found.left]


def test_the_same_list_at_two_addresses_is_one_column() -> None:
    again = page("/xw/all/", listing("要闻动态", "/xw/yw/a"))
    _, found = surveyed(site("<a href='/xw/yw/'>青岬要闻</a><a href='/xw/all/'>要闻动态</a>", [NEWS], [again]))
    assert len(found.columns) == 1
    assert [one.state for one in found.left] == ["same"]


def test_two_columns_of_one_name_are_told_apart() -> None:
    other = column("/zw/tz2/", "通知公告")
    hub = page("/zwgk/", wrap("政务公开", "<a href='/zw/tz2/'>通知公告</a>"))
    moved = [
        Snapshot(one.url, re.sub(rb"\xe5\xb7\xa5\xe4\xbd\x9c", b"\xe4\xba\x8b\xe9\xa1\xb9", one.body), one.captured_at)
        for one in other
    ]
    _, found = surveyed(site("<a href='/xx/tz/'>通知公告</a><a href='/zwgk/'>政务公开</a>", [NOTICES], [hub, *moved]))
    assert len(set(names(found))) == len(found.columns) == 2


@pytest.mark.parametrize("text", ["办事服务", "行政处罚", "国务院要闻", "专题专栏"])
def test_what_is_no_column_of_a_district_is_not_even_asked_for(text: str) -> None:
    planner, found = surveyed(site(f"<a href='/xw/yw/'>{text}</a>", [NEWS]))
    assert [answer.ask.why for answer in planner.answers] == ["home"] and not found.columns


def test_links_to_other_sites_are_not_followed_but_those_below_the_own_host_are() -> None:
    below = [
        Snapshot(one.url.replace("www.qingjia", "zwgk.qingjia"), one.body, one.captured_at) for one in column(*POLICY)
    ]
    home = "<a href='https://www.luting.gov.cn/yw/'>要闻</a><a href='https://zwgk.qingjia.gov.cn/zw/wj/'>政策文件</a>"
    planner, found = surveyed(site(home, [], below))
    assert names(found) == ["政策文件"] and found.hosts == ("zwgk.qingjia.gov.cn",)
    assert not any("luting" in ask for ask in planner.asked)


def test_no_more_is_asked_than_was_said() -> None:
    kinds = (
        "要闻",
        "通知公告",
        "部门动态",
        "镇街动态",
        "政策文件",
        "政策解读",
        "人事任免",
        "规划计划",
        "财政预决算",
        "统计信息",
    )
    places = [
        (f"/c{number}/", f"{prefix}{name}")
        for number, (prefix, name) in enumerate((p, n) for n in kinds for p in ("", "县", "全县"))
    ]
    home = "".join(f"<a href='{path}'>{name}</a>" for path, name in places)
    pages = [
        Snapshot(one.url, one.body.replace("青岬县".encode(), f"青岬县第{n}".encode()), one.captured_at)
        for n, (path, name) in enumerate(places)
        for one in column(path, name)
    ]
    planner, found = surveyed([*site(home, []), *pages], most=40)
    assert len(planner.asked) == 40 < MOST and found.columns
    assert len(found.columns) + sum(one.spare for one in found.left) == len(places)


def test_a_home_page_that_forwards_is_followed_on_the_site_only() -> None:
    pages = [page("/", "", status=302, headers=(("Location", "/qjx/"),))]
    pages += [page("/qjx/", wrap("青岬县人民政府", "<a href='/xw/yw/'>青岬要闻</a>")), *column(*NEWS)]
    _, found = surveyed(pages)
    assert names(found) == ["青岬要闻"]
    _, found = surveyed([page("/", "", status=302, headers=(("Location", "https://www.luting.gov.cn/"),))])
    assert found.verdict[0] == "refused" and "https://www.luting.gov.cn/" in found.verdict[1]


def test_a_list_page_that_forwards_below_the_site_is_followed() -> None:
    moved = page("/old/", "", status=302, headers=(("Location", "/xw/yw/"),))
    circle = page("/tz/", "", status=302, headers=(("Location", "/tz/"),))
    _, found = surveyed(site("<a href='/old/'>青岬要闻</a><a href='/tz/'>通知公告</a>", [NEWS], [moved, circle]))
    assert names(found) == ["青岬要闻"] and [(one.name, one.lost) for one in found.left] == [("通知公告", True)]


@pytest.mark.realpages
def test_no_real_page_breaks_the_look(shared: Path) -> None:
    pages = [one for _, _, one in saved_pages(shared / "realpages" / "manifest.tsv", shared / "realpages" / "pages")]
    looks = [look(one) for one in pages]
    assert len(looks) > 90
    assert sum(any(sense(anchor.name) == "column" for anchor in one.anchors) for one in looks) > 35


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (521, "<script>document.cookie=('__jsl_clearance=1')</script>", "jsl"),
        (412, "<script>$_ts=window['$_ts'];</script>", "ruishu"),
        (403, "<html><body>403 Forbidden</body></html>", "refused"),
        (200, "<html><body><div id='app'></div><script src='/app.js'></script></body></html>", "js_shell"),
    ],
)
def test_a_home_page_that_is_none_ends_the_survey_with_its_verdict(status: int, body: str, kind: str) -> None:
    planner, found = surveyed([page("/", body, status=status), *column(*NEWS)])
    assert found.verdict[0] == kind and not found.columns
    assert len(planner.answers) == 1


def test_lists_that_are_refused_end_it_too() -> None:
    wall = "<script>$_ts=window['$_ts'];</script>"
    paths = ["/a/", "/b/", "/c/", "/d/", "/e/"]
    home = "".join(
        f"<a href='{path}'>{name}</a>"
        for path, name in zip(paths, ("要闻", "通知公告", "政策文件", "人事任免", "统计信息"), strict=True)
    )
    planner, found = surveyed([*site(home, []), *(page(path, wall, status=412) for path in paths)])
    assert found.verdict[0] == "ruishu" and len(planner.answers) == 4


def test_what_was_not_proven_is_said_and_costs_confidence() -> None:
    pages = [
        one for one in site("<a href='/xw/yw/'>青岬要闻</a>", [NEWS]) if "/a" not in one.url and "index_" not in one.url
    ]
    _, found = surveyed(pages)
    [one] = found.columns
    assert one.confidence == 0.65
    assert {"no article was read", "the next page was not looked at"} <= {
        text.split(":")[0] for text in one.warnings
    } or one.articles


def test_undated_rows_and_unread_articles_are_not_taken() -> None:
    undated = re.sub(r"<span>[\d-]+</span>", "", listing("青岬要闻", "/xw/yw/a", pages=1))
    empty = [page(f"/xw/yw/a{9000 - n}.html", wrap("出错", "<p>无</p>")) for n in range(20)]
    _, found = surveyed([*site("<a href='/xw/yw/'>青岬要闻</a>", []), page("/xw/yw/", undated), *empty])
    assert not found.columns
    assert [one.name for one in found.unsure] == ["青岬要闻"] and found.unsure[0].warnings


def test_a_page_that_calls_itself_otherwise_is_doubted() -> None:
    _, right = surveyed(site("<a href='/xw/yw/'>青岬要闻</a>", [NEWS]))
    _, wrong = surveyed(site("<a href='/xw/yw/'>人事任免</a>", [("/xw/yw/", "通知公告")]))
    assert right.columns[0].confidence > wrong.columns[0].confidence
    assert "the page calls itself 通知公告" in wrong.columns[0].warnings


def test_a_title_speaks_where_there_is_no_meta() -> None:
    bare = [
        Snapshot(one.url, re.sub(rb"<meta[^>]*>", b"", one.body), one.captured_at) for one in column("/x/", "通知公告")
    ]
    _, right = surveyed(site("<a href='/x/'>通知公告</a>", [], bare))
    _, wrong = surveyed(site("<a href='/x/'>人事任免</a>", [], bare))
    assert right.columns[0].confidence == 1.0
    assert wrong.columns[0].name == "人事任免" and "the page calls itself 通知公告" in wrong.columns[0].warnings


def test_a_block_with_a_wrong_heading_is_called_what_its_page_calls_itself() -> None:
    block = "<div><div class='tit'><h3>人事任免</h3><a href='/xx/tz/'>更多</a></div></div>"
    _, found = surveyed(site(block, [NOTICES]))
    assert [(one.name, one.kind) for one in found.columns] == [("通知公告", "通知公告")]


def test_a_next_page_with_the_same_rows_is_no_paging() -> None:
    pages = [one for one in site("<a href='/xw/yw/'>青岬要闻</a>", [NEWS]) if "index_1" not in one.url]
    pages.append(page("/xw/yw/index_1.html", listing("青岬要闻", "/xw/yw/a")))
    _, found = surveyed(pages)
    [one] = found.columns
    assert one.paging == "loops" and "the next page gives the same rows again" in one.warnings


def test_a_list_beside_the_list_is_told_by_what_differs() -> None:
    """The hot list has better titles and the same rows on every page; the list itself changes."""
    hot = "".join(
        f"<li><a href='/rd/b{n}.html'>青岬县第{n}届渔港文化节筹备工作领导小组召开会议</a><span>2026-10-{n}</span></li>"
        for n in range(10, 28)
    )

    def both(number: int) -> str:
        items = re.sub(r"青岬县(.{2})[^<]*(第\d+)次[^<]*", r"\2次\1公布", rows("/xw/yw/a", 8, (number - 1) * 8))
        onward = '<a href="index_1.html">下一页</a>' if number == 1 else ""
        middle = f"<div id='wall'><ul>{hot}</ul></div><div id='main'><ul class='news'>{items}</ul>{onward}</div>"
        return wrap("青岬要闻", middle, column="青岬要闻")

    pages = site("<a href='/xw/yw/'>青岬要闻</a>", [], [page("/xw/yw/", both(1)), page("/xw/yw/index_1.html", both(2))])
    planner, found = surveyed(pages)
    assert "news" in found.rows or "main" in found.rows
    [trail] = planner.taken()
    assert trail.paging == "proven" and len(trail.rows) == 8 and "/xw/yw/a9000" in trail.rows[0].url


def test_a_checked_district_is_read_as_its_file_says() -> None:
    columns = (Column("要闻", f"{ORIGIN}/xw/yw/"), Column("公告", f"{ORIGIN}/gone/"))
    home = "<a href='/xw/yw/'>青岬要闻</a><a href='/xx/tz/'>通知公告</a>"
    gone = page("/gone/", "<html><body><h1>404</h1></body></html>", status=404)
    planner, found = surveyed(site(home, [NEWS, NOTICES], [gone]), columns=columns, layout=Layout("standard"))
    assert names(found) == ["要闻"] and found.family.value == "standard"
    assert {trail.name: trail.state for trail in planner.trails} == {
        "要闻": "list",
        "公告": "gone",
        "通知公告": "waiting",
    }


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("青岬县人民政府", "青岬县"),
        ("常州市武进区人民政府", "常州市武进区"),
        ("欢迎访问青岬县政府门户网站", "青岬县"),
        ("中国·青岬县人民政府门户网站", "青岬县"),
        ("青岬经济开发区管委会", "青岬经济开发区"),
        ("青岬县商务局", ""),
        ("", ""),
    ],
)
def test_the_area_in_a_sites_name(name: str, area: str) -> None:
    assert area_in(name) == area


def test_identity_counts_pages_and_leaves_firewalls_out() -> None:
    good = [look(page(f"/{n}", wrap("要闻-青岬县人民政府", rows("/a", 8)))) for n in range(3)]
    wall = look(page("/x", '<meta name="SiteIDCode" content="3100000001">' + "<script>$_ts=1</script>", status=412))
    found = identity([*good, wall])
    assert [(vote.value, vote.where, vote.pages) for vote in found.codes] == [
        ("329999", "meta:SiteIDCode", 3),
        ("329999", "footer", 3),
    ]
    assert found.areas[0].value == "青岬县"


def both(name: str, number: int = 1) -> list[tuple[str, str]]:
    """Pages whose address and text say the same."""
    return [(name, name)] * number


def test_the_family_is_a_vote() -> None:
    trs = [f"{ORIGIN}/xw/202611/t20261119_{n}.html" for n in range(20)]
    assert family([*both("standard"), *both("")], trs).value == "trs"
    assert family(both("trs", 2), []).value == "trs"
    mixed = family([*both("trs"), *both("fengxun")], [])
    assert mixed.value == "" and "several families" in mixed.reasons[0]
    assert family(both("standard"), []).value == "standard"
    plain = family(both(""), ["/news/1"])
    assert plain.value == "" and plain.confidence < 0.5


def test_addresses_that_say_one_family_and_pages_that_say_another_leave_it_open() -> None:
    found = family([*both("ucap", 11), *[("ucap", "trs")] * 10], [])
    assert found.value == "" and {"several families"} <= {reason[-16:] for reason in found.reasons}


def test_a_portal_with_its_makers_disclosure_platform_is_of_one_family() -> None:
    assert family([*both("lonsun", 9), ("anhui", "lonsun")], []).value == "anhui"
    assert family(both("lonsun"), []).value == "lonsun"


def test_a_few_strange_pages_do_not_change_the_family() -> None:
    assert family([*both("hanweb", 9), *both("trs")], []).value == "hanweb"


def test_an_article_is_read_as_the_crawl_would() -> None:
    _, found = surveyed(site("<a href='/xw/yw/'>青岬要闻</a>", [NEWS]))
    read = found.columns[0].articles[0]
    assert read.good and read.source == "青岬县水利局" and read.published_on is not None
    assert read.title == read.listed and article(9000)
