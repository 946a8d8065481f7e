"""What stands around the text on every page: head with META tags, menus, breadcrumb, footer, disclosure tables."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from tests.counties.notices import Column, Notice, Town

ABROAD = (
    ("市人民政府网", "http://www.yunzhoushi.example.cn/"),
    ("青岬县人民政府", "http://www.qingjia.example.cn/"),
    ("雁泊市政务服务网", "http://zwfw.yanbo.example.cn/"),
)


@dataclass(frozen=True)
class Look:
    """How a CMS dresses its pages.

    marks: further lines of the head; tail: the footer's last line; metas: has it the META tags of 国办发〔2017〕47号?
    menu: what the head's menu is made of; says_charset: is it in the header Content-Type?
    """

    charset: str = "utf-8"
    marks: str = ""
    tail: str = ""
    metas: bool = True
    menu: str = "ul"
    says_charset: bool = False


@dataclass(frozen=True)
class Menu:
    """Links of the head's menu and of the footer: (text, address)."""

    links: Sequence[tuple[str, str]]


def esc(text: str) -> str:
    return html.escape(text, quote=True)


def frame(
    town: Town,
    code: str,
    look: Look,
    menu: Menu,
    *,
    title: str,
    middle: str,
    crumb: Sequence[tuple[str, str]],
    head: str,
) -> str:
    """A whole page. code: 网站标识码; head: its META tags."""
    site = f"{town.place}人民政府"
    declared = "gb2312" if look.charset == "gb18030" else look.charset
    path = " &gt; ".join(f'<a href="{href}">{esc(text)}</a>' if href else esc(text) for text, href in crumb)
    where = f'<div class="dqwz position">您当前的位置：{path}</div>' if crumb else ""
    friends = " ".join(f'<a href="{href}" target="_blank">{text}</a>' for text, href in ABROAD)
    shown = f"{esc(title)}_{site}" if title != site else site
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset={declared}">
<title>{shown}</title>
{head}
{look.marks}
<link rel="stylesheet" href="/style/main.css"></head>
<body>
<div class="top"><a href="/sso/login">登录个人中心</a> <a href="javascript:void(0)">无障碍浏览</a>
<a href="/old/">长者模式</a> <span id="today">今天是：2026年11月20日 星期五</span></div>
<div class="logo"><h2>{site}</h2></div>
{_menu(look, menu)}
{where}
{middle}
<div class="yqlj">友情链接：{friends}</div>
<div class="footer"><p>主办单位：{town.place}人民政府办公室　地址：{town.place}书院路1号　电话：000-80000000</p>
<p>网站标识码：{code}　<a href="http://beian.example.cn/">某ICP备00000000号-1</a>
<a href="/gywm/index.html">关于我们</a> <a href="/wzdt/index.html">网站地图</a></p>{look.tail}</div>
</body></html>
"""


def _menu(look: Look, menu: Menu) -> str:
    if look.menu == "table":
        cells = "".join(f'<td align="center"><a href="{href}">{text}</a></td>' for text, href in menu.links)
        return f'<table class="daohang" width="1000"><tr>{cells}</tr></table>'
    if look.menu == "div":
        return '<div class="nav">' + "".join(f'<a href="{href}">{text}</a> | ' for text, href in menu.links) + "</div>"
    rows = "".join(f'<li><a href="{href}" title="{text}">{text}</a></li>' for text, href in menu.links)
    return f'<div class="nav"><ul>{rows}</ul></div>'


# -- META tags (design/sites.md 1.1)


def tags(values: dict[str, str], style: int = 0) -> str:
    """<meta> lines; attribute order and quoting vary from site to site."""
    lines = []
    for name, value in values.items():
        if style % 2:
            lines.append(f"<meta content='{esc(value)}' name='{name}' />")
        else:
            lines.append(f'<meta name="{name}" content="{esc(value)}">')
    return "\n".join(lines)


def site_tags(town: Town, code: str) -> dict[str, str]:
    return {"SiteName": f"{town.place}人民政府", "SiteDomain": "www.county.example.cn", "SiteIDCode": code}


def column_tags(column: Column) -> dict[str, str]:
    return {
        "ColumnName": column.name,
        "ColumnDescription": f"发布本区{column.name}",
        "ColumnKeywords": column.name,
        "ColumnType": column.type,
    }


def notice_tags(one: Notice) -> dict[str, str]:
    return {
        "ArticleTitle": one.title,
        "PubDate": f"{one.day:%Y-%m-%d} {one.clock}",
        "ContentSource": one.source or one.issuer,
        **({"Author": one.author} if one.author else {}),
    }


# -- the text


def paragraphs(lines: Sequence[str], style: int) -> str:
    """Paragraphs and tables; style 1: Word's spans around every few characters; 2: <br> instead of <p>."""
    out: list[str] = []
    table: list[str] = []
    for line in (*lines, ""):
        if line.startswith("| "):
            cells = "".join(f"<td>{esc(cell.strip())}</td>" for cell in line.strip("| ").split(" | "))
            table.append(f"<tr>{cells}</tr>")
            continue
        if table:
            out.append(f'<table border="1">{"".join(table)}</table>')
            table.clear()
        if line:
            out.append(_paragraph(line, style))
    return "\n".join(out)


def _paragraph(line: str, style: int) -> str:
    if style == 1:
        return (
            f'<p style="text-indent:2em"><span style="font-family:仿宋">{esc(line[:9])}</span>'
            f'<span lang="EN-US">{esc(line[9:])}</span></p>'
        )
    if style == 2:
        return f"　　{esc(line)}<br>"
    return f'<p style="text-indent: 2em;">{esc(line)}</p>'


def links(one: Notice, addresses: Sequence[str]) -> str:
    """附件, at the end of the text."""
    rows = [
        f'<p>附件{turn}：<a href="{esc(address)}" target="_blank">{esc(file.name)}.{file.kind}</a></p>'
        for turn, (file, address) in enumerate(zip(one.files, addresses, strict=True), 1)
    ]
    return "\n".join(rows)


def line(one: Notice, style: int) -> str:
    """The visible line below the title, in orders and words seen."""
    hits = "浏览次数：<span id='hits'></span>"
    source = one.source or one.issuer
    return (
        f"发布日期：{one.day:%Y-%m-%d} {one.clock}　来源：{source}　{hits}　字号：〖<a href='#'>大</a> 中 小〗",
        f"信息来源：{source}　发布时间：{one.day:%Y-%m-%d}　{hits}　【<a href='#'>打印</a>】",
        f"时间：{one.day.year}年{one.day.month}月{one.day.day}日 来源：{source} {hits}",
        f"<span>发布时间：{one.day:%Y/%m/%d} {one.clock}</span><span>来源：{source}</span>"
        f"<span>作者：{one.author}</span>",
    )[style % 4]


def labels(one: Notice) -> list[tuple[str, str]]:
    return [
        ("索引号", one.index),
        ("主题分类", one.topic),
        ("发布机构", one.issuer),
        ("成文日期", f"{one.made_on:%Y-%m-%d}" if one.made_on else ""),
        ("标题", one.title),
        ("文号", one.number),
        ("发布日期", f"{one.day:%Y-%m-%d}"),
        ("有效性", "有效"),
    ]


def disclosure(one: Notice, shape: str) -> str:
    """The label table of disclosure pages; shape: table, head, dl, li."""
    pairs = labels(one)
    if shape == "dl":
        rows = "".join(f"<dl><dt>{name}：</dt><dd>{esc(value)}</dd></dl>" for name, value in pairs)
        return f'<div class="xxgkml-content">{rows}</div>'
    if shape == "li":
        rows = "".join(f"<li>{name}：{esc(value)}</li>" for name, value in pairs)
        return f'<div class="sub"><ul>{rows}</ul></div>'
    if shape == "head":
        rows = "".join(f"<tr><th>{name}</th><td>{esc(value)}</td></tr>" for name, value in pairs)
        return f'<table class="xxgk_table">{rows}</table>'
    halves = [pairs[turn : turn + 2] for turn in range(0, len(pairs), 2)]
    rows = "".join(
        "<tr>" + "".join(f"<td><b>{_spaced(name)}：</b></td><td>{esc(value)}</td>" for name, value in half) + "</tr>"
        for half in halves
    )
    return f'<table class="gkhead" width="100%" border="1">{rows}</table>'


def _spaced(name: str) -> str:
    """索 引 号: labels are stretched with spaces."""
    return " ".join(name) if len(name) == 3 else name
