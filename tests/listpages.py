"""Made-up list pages: every shape of list seen in design/site-families.md, dressed as a county's site.

Places, people and sentences are invented. Used by tests/test_lists.py and tests/test_pager.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from scraper.items import Snapshot

SITE = "https://www.yunlan.gov.cn"
CAPTURED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

TITLES = (
    "云澜区召开秋季防汛工作总结会议",
    "关于公开征求《云澜区停车管理办法（征求意见稿）》意见的公告",
    "青岬县2026年度高标准农田建设项目招标公告",
    "区政府办公室关于印发云澜区老旧小区改造三年行动方案的通知",
    "区长接待日活动安排表（2026年11月）",
    "云澜区市场监管局开展节前食品安全检查",
    "雁泊镇举办第七届稻香文化节",
    "关于2026年第三批稳岗返还企业名单的公示",
    "云澜区教育局2026年公开招聘教师拟聘用人员公示",
    "任前公示",
    "青岬港三期工程通过竣工验收，明年一季度投入运行",
    "区卫健委：流感疫苗接种点及电话一览",
)


@dataclass(frozen=True)
class Item:
    title: str
    href: str
    day: date


def items(count: int = 12, href: str = "/html/ylq/2026/DNKLPPJP_{md}/{n}.html") -> list[Item]:
    """Rows, newest first; the dates are no two alike, so that a date bound to a neighbour shows."""
    made = []
    for n in range(count):
        day = date(2026, 11, 19 - n) if n < 12 else date(2026, 9, 28 - n)
        fill = {"md": f"{day:%m%d}", "n": 78900 - n, "ymd": f"{day:%Y%m%d}", "ym": f"{day:%Y%m}", "hex": f"{n:032x}"}
        fill |= {"y": day.year, "m": day.month, "d": day.day, "mm": f"{day:%m}", "dd": f"{day:%d}"}
        made.append(Item(TITLES[n % len(TITLES)] if n < 12 else f"{TITLES[n % 12]}（{n}）", href.format(**fill), day))
    return made


def _menu(folder: str, names: str) -> str:
    rows = (name.split("=") for name in names.split())
    return "".join(f'<li><a href="{folder}{slug}">{name}</a></li>' for slug, name in rows)


NAV = _menu("/", "index=首页 zjyl=走进云澜 zwgk=政务公开 zwfw=政务服务 hdjl=互动交流 sjfb=数据发布 ztzl=专题专栏")
SIDE = _menu(
    "/zwgk/",
    "zn/=政府信息公开指南 zd/=政府信息公开制度 nb/=政府信息公开年度报告 "
    "ysq/=依申请公开平台入口 jc/=基层政务公开标准化规范化",
)
HOT = _menu(
    "/html/ylq/2026/AAAALLLL_0901/",
    "1.html=云澜区获评全国义务教育优质均衡区 2.html=一图读懂云澜区“十五五”规划建议 "
    "3.html=致全区人民的一封信 4.html=青岬大桥今日合龙",
)
FRIENDS = (
    '<a href="http://www.yunlanshi.gov.cn/">云澜市人民政府网</a> <a href="http://www.qingjia.gov.cn/">青岬县人民政府</a>'
    '<a href="http://www.yanbo.gov.cn/">雁泊市人民政府门户网站</a>'
)
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>政务要闻 - 云澜区人民政府</title>
<meta name="SiteName" content="云澜区人民政府"><meta name="ColumnName" content="政务要闻"></head><body>
<div class="header"><span>今天是2026年11月20日 星期五</span><a href="/wap/">手机版</a> <a href="/en/">English</a></div>
<div class="nav"><ul>{nav}</ul></div>
<div class="position">您当前的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt;
<a href="/class/DNKLPPJP">要闻</a></div>
<div class="left"><h3>栏目导航</h3><ul class="menu">{side}</ul><h3>热点关注</h3><ul class="hot">{hot}</ul></div>
<div class="right main"><h2>政务要闻</h2>{main}<div class="page">{pager}</div></div>
<div class="links">友情链接：{friends}</div>
<div class="footer"><p>主办单位：云澜区人民政府办公室　<a href="http://beian.miit.gov.cn/">苏ICP备00000000号-1</a>
<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=00000000000000">苏公网安备00000000000000号</a>
 网站标识码：3200000000　更新日期：2026-11-20</p></div></body></html>"""


def dressed(main: str, pager: str = "", hot: str = HOT) -> str:
    """The list in the middle of a county's page: menus, breadcrumb, hot list, friendly links, footer, today's date."""
    return PAGE.format(nav=NAV, side=SIDE, hot=hot, friends=FRIENDS, main=main, pager=pager)


def snapshot(
    html: str, url: str = f"{SITE}/class/DNKLPPJP", content_type: str = "text/html; charset=utf-8"
) -> Snapshot:
    return Snapshot(url, html.encode(), CAPTURED, headers=(("content-type", content_type),), role="list")


def written(shape: str, rows: Sequence[Item]) -> str:
    """The rows in one of SHAPES."""
    before, row, after = SHAPES[shape]
    made = [row.format(r=item, n=n, short=item.title[:7]) for n, item in enumerate(rows, 1)]
    if shape == "blocks of five":
        made = [f"<ul class='list'>{''.join(made[n : n + 5])}</ul>" for n in range(0, len(made), 5)]
    if shape == "two a line":
        made = [f"<tr>{''.join(made[n : n + 2])}</tr>" for n in range(0, len(made), 2)]
    return before + "".join(made) + after


LINK = '<a href="{r.href}">{r.title}</a>'
# Before the rows, one row, after the rows.
SHAPES: dict[str, tuple[str, str, str]] = {
    "li, date after": ("<ul>", f"<li>{LINK}<span>{{r.day}}</span></li>", "</ul>"),
    "li, date before": ("<ul>", f"<li><span>[{{r.day}}]</span>{LINK}</li>", "</ul>"),
    "li, date in the link": ("<ul>", '<li><a href="{r.href}"><i>{r.day}</i><span>{r.title}</span></a></li>', "</ul>"),
    "bare text in the link": ("<ul>", '<li><a href="{r.href}">· {r.title} ({r.day})</a></li>', "</ul>"),
    "title cut, whole in @title": (
        "<table>",
        '<tr><td>·<a href="{r.href}" title="{r.title}">{short}...</a></td><td>[{r.day}]</td></tr>',
        "</table>",
    ),
    "table with head": (
        "<table><tr><th>序号</th><th>信息名称</th><th>文号</th><th>发布日期</th></tr>",
        f"<tr><td>{{n}}</td><td>{LINK}</td><td>云政办发〔2026〕{{n}}号</td><td>{{r.day}}</td></tr>",
        "</table>",
    ),
    "made, then published": (
        "<table><tr><th>名称</th><th>成文日期</th><th>发布日期</th></tr>",
        f"<tr><td>{LINK}</td><td>2025-01-01</td><td>{{r.day}}</td></tr>",
        "</table>",
    ),
    "published, then made": (
        "<table><thead><tr><th>名称</th><th>发布日期</th><th>成文日期</th></tr></thead>",
        f"<tr><td>{LINK}</td><td>{{r.day}}</td><td>2025-01-01</td></tr>",
        "</table>",
    ),
    "labelled dates": (
        "<ul>",
        f"<li>{LINK}<p>成文日期：2025-01-01</p><p><em>发布日期：</em><b>{{r.day}}</b></p><p>截止日期：2027-01-01</p></li>",
        "</ul>",
    ),
    "a table per row": (
        "<table><tr><td class='listtext'>",
        f"<table><tr><td>·{LINK}</td><td>{{r.day:%Y/%m/%d}}</td></tr></table>",
        "</td></tr></table>",
    ),
    "a dl per row": ("", f"<dl><dt>{{r.day}}</dt><dd>{LINK}</dd></dl>", ""),
    "dt title, dd date": ("<dl>", f"<dt>{LINK}</dt><dd>{{r.day:%Y年%m月%d日}}</dd>", "</dl>"),
    "dt date, dd title": ("<dl>", f"<dt>{{r.day}}</dt><dd>{LINK}</dd>", "</dl>"),
    "a, span": ("<div>", f"{LINK}<span>{{r.day}}</span>", "</div>"),
    "span, a": ("<div>", f"<span>{{r.day}}</span>{LINK}", "</div>"),
    "a, text, br": ("<div>", f"{LINK} [{{r.day}}]<br>", "</div>"),
    "date in the next p": ("<div>", f'<p class="t">{LINK}</p><p class="d">发布时间：{{r.day}}</p>', "</div>"),
    "two rows of a table each": ("<table>", f"<tr><td>{LINK}</td></tr><tr><td>{{r.day}}</td></tr>", "</table>"),
    "card, day over month": (
        "",
        '<div class="item"><div class="date"><b>{r.day:%d}</b><i>{r.day:%Y-%m}</i></div><h4>'
        f"{LINK}</h4><p>现将有关事项公告如下，2020年1月2日起施行的办法作了调整。</p></div>",
        "",
    ),
    "card, all in the link": (
        "",
        '<div class="item"><a href="{r.href}"><div class="time"><p>{r.day:%m-%d}</p><span>{r.day:%Y}</span></div>'
        '<div class="txt"><h3>{r.title}</h3><p>各镇人民政府、街道办事处：现将方案印发给你们。</p></div></a></div>',
        "",
    ),
    "card with picture": (
        "",
        f'<div class="card"><a href="{{r.href}}"><img src="/i/1.jpg" alt=""></a><div>{LINK}'
        "<p>来源：云澜日报　时间：{r.day} 09:30</p></div></div>",
        "",
    ),
    "blocks of five": ("", f"<li>{LINK}<span>{{r.day}}</span></li>", ""),
    "two a line": ("<table>", f"<td>{LINK} [{{r.day}}]</td>", "</table>"),
    "column label first": (
        "<ul>",
        f'<li><a href="/class/CKMNPPJN">[部门动态信息栏目]</a> {LINK}<em>{{r.day}}</em></li>',
        "</ul>",
    ),
    "plain column first": (
        "<ul>",
        f'<li><a href="/class/CKMNPPJN">部门动态</a>| {LINK}<em>{{r.day}}</em></li>',
        "</ul>",
    ),
    "label in the link": (
        "<ul>",
        '<li><a href="{r.href}"><em>【公告】</em>{r.title}</a><em>{r.day}</em></li>',
        "</ul>",
    ),
    "reading beside it": (
        "<table>",
        f'<tr><td>{LINK}</td><td>{{r.day}}</td><td><a href="/jd/{{r.day:%m%d}}.html">政策解读</a></td></tr>',
        "</table>",
    ),
    "several lines and a clock": (
        "<ul>",
        '<li>\n  <a\n href="{r.href}"\n>\n {r.title}\n</a>\n <span>\n{r.day} 10:25:00\n</span></li>',
        "</ul>",
    ),
    "month and day": ("<ul>", f"<li>{LINK}<span>{{r.day:%m-%d}}</span></li>", "</ul>"),
    "line between": ("<ul>", f"<li>{LINK}<span>{{r.day}}</span></li><li class='line'></li>", "</ul>"),
    "onclick": (
        "<ul>",
        '<li><a href="javascript:void(0)" onclick="window.open(\'{r.href}\')">{r.title}</a><span>{r.day}</span></li>',
        "</ul>",
    ),
    "bullet and new": (
        "<ul>",
        '<li>▪ <a href="{r.href}">▪{r.title}</a><img src="/new.gif" alt="new"><font>[{r.day:%Y.%m.%d}]</font></li>',
        "</ul>",
    ),
    "the date is a link too": ("<ul>", f'<li>{LINK} <a href="{{r.href}}">{{r.day}}</a></li>', "</ul>"),
    "numbered classes": ("<ul>", f"<li class='li{{n}}'>{LINK}<i>{{r.day}}</i></li>", "</ul>"),
    "hidden box of fields": (
        "<ul>",
        f"<li>{LINK}<b>{{r.day}}</b><div style='display:none'><p>索引号：014133058/2026-00009</p>"
        "<p>成文日期：2025-01-01</p><p>标题：{r.title}</p></div></li>",
        "</ul>",
    ),
    "li in the link": ("<ul>", '<a href="{r.href}"><li><p>{r.title}</p><span>{r.day}</span></li></a>', "</ul>"),
    "deep": (
        "<div><div><ul>",
        f"<li><div><div><div><p><em></em>{LINK}</p></div></div><div><span><i>{{r.day}}</i></span></div></div></li>",
        "</ul></div></div>",
    ),
    "unclosed li": ("<ul>", f"<li>{LINK}<span>{{r.day}}</span>", "</ul>"),
    "single quotes": ("<ul>", "<li><a href='{r.href}' title='{r.title}'>{r.title}</a><b>{r.day}</b></li>", "</ul>"),
    "fullwidth": ("<ul>", f"<li>{LINK}<span>（{{r.day:%Y年%m月%d日}}）</span></li>", "</ul>"),
}
