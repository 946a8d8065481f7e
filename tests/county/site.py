"""The pages of the made-up district's site, as bytes: lists, articles, disclosure pages, attachments."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from string import Template
from typing import Self
from urllib.parse import unquote

from tests.county.announcements import COLUMNS, SITE, Announcement, announcements
from tests.made_files import WORD97, pdf, png, xlsx

ROWS = 20
PINNED = 2  # 置顶: rows of the first column that stand above newer ones
TWICE = "人民代表大会"  # what 云澜要闻 announces of it is listed in 部门动态 too
ABROAD = ("http://mp.weixin.qq.com/s/yunlan-made-up", "“云澜发布”一周看点")
DISCLOSURE = ("政策文件库", "财政预决算", "人事任免")


@dataclass(frozen=True)
class Page:
    body: bytes
    content_type: str = "text/html"

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass
class Site:
    """What is published now; publish, edit and remove are what happens between two nights.

    filler   bytes of menus and scripts around each page, to give pages the weight of real ones
    origin   where the site is served; absolute links of the list pages start with it
    """

    pages: dict[int, Announcement] = field(default_factory=lambda: {one.id: one for one in announcements()})
    filler: int = 0
    origin: str = ""

    def publish(self, one: Announcement) -> str:
        self.pages[one.id] = one
        return one.path

    def multiply(self, times: int) -> Self:
        """Adds as many older copies of every page: an archive of years for measurements."""
        for turn in range(1, times):
            for one in list(announcements()):
                on = one.on - timedelta(days=300 * turn)
                self.publish(
                    replace(one, id=one.id + 10_000 * turn, on=on, title=f"{one.title}（{on.year}年第{turn}号）")
                )
        return self

    def edit(self, number: int, body: Sequence[str] = (), title: str = "") -> str:
        old = self.pages[number]
        self.pages[number] = replace(old, body=tuple(body) or old.body, title=title or old.title)
        return old.path

    def remove(self, number: int) -> str:
        return self.pages.pop(number).path

    def column(self, name: str) -> list[Announcement]:
        """Newest first, pinned ones above."""
        listed = [one for one in self.pages.values() if one.column == name]
        if name == "部门动态":
            listed += [one for one in self.pages.values() if TWICE in one.title and one.column == "云澜要闻"]
        listed.sort(key=lambda one: (one.on, one.id), reverse=True)
        pinned = [one for one in listed if one.title.startswith("陆明澈")][-PINNED:] if name == "云澜要闻" else []
        return pinned + [one for one in listed if one not in pinned]

    def get(self, path: str) -> Page | None:
        """The page at a path, None for 404."""
        path = unquote(path)
        if path in ("/", "/index.html"):
            return Page(self._wrap("首页", "<p>云澜区人民政府门户网站</p>").encode())
        if path.startswith("/class/"):
            return self._class(path.removeprefix("/class/"))
        if path.startswith("/uploadfile/"):
            return self._file(path.rpartition("/")[2])
        number = path.rpartition("/")[2].removesuffix(".html")
        found = self.pages.get(int(number)) if number.isdigit() else None
        found = found if found and found.path == path else None
        return Page(self.article(found).encode(found.charset)) if found else None

    def _file(self, name: str) -> Page:
        """An attached file, small and whole: its name and a line of a table."""
        lines = (f"附件：{name}", "序号 任务 责任单位 完成时限", "1 制定实施方案 区政府办公室 12月底前")
        kind = name.rpartition(".")[2]
        if kind == "xlsx":
            rows = [line.split(" ") for line in lines[1:]]
            return Page(xlsx({"附件": rows}), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
        if kind == "doc":
            return Page(WORD97, "application/msword")
        if kind in ("jpg", "png"):
            return Page(png(640, 480), "image/png")
        return Page(pdf(lines), "application/pdf")

    def _class(self, rest: str) -> Page | None:
        place, _, template = rest.partition("&")
        code, _, number = place.partition("/")
        name = next((name for name, known in COLUMNS.items() if known == code), "")
        if not name or not (number or "1").isdigit():
            return None
        return Page(self.list_page(name, int(number or 1), bare=bool(template)).encode())

    def list_page(self, name: str, number: int, bare: bool = False) -> str:
        rows = self.column(name)
        last = max(1, -(-len(rows) // ROWS))
        shown = "".join(_row(one, name) for one in rows[(number - 1) * ROWS : number * ROWS])
        if name == "云澜要闻" and number == 1:
            href, text = ABROAD
            shown += f'<tr><td class="dot">·<a href="{href}" target="_blank">{text}</a></td><td>[2026-11-14]</td></tr>'
        table = f'<table class="border2" width="100%">{shown}</table>{_pager(COLUMNS[name], number, last, len(rows))}'
        if bare:
            return f"<html><head><meta charset='utf-8'></head><body>{table}</body></html>"
        crumb = f'<div class="position">您当前的位置：<a href="/">首页</a>&gt; {name}</div>'
        return self._wrap(name, f"{crumb}<table><tr><td class='listtext'>{table}</td></tr></table>", name)

    def shell(self, path: str) -> bytes:
        """A list page as one finds it where a script fetches the rows."""
        code = path.removeprefix("/class/").partition("/")[0].partition("&")[0]
        name = next(name for name, known in COLUMNS.items() if known == code)
        crumb = f'<div class="position">您当前的位置：<a href="/">首页</a>&gt; {name}</div>'
        frame = '<iframe id="xxgk" width="100%" height="900" src="about:blank"></iframe>'
        return self._wrap(name, f"{crumb}{frame}<script>loadList('{code}', 1);</script>", name).encode()

    def article(self, one: Announcement) -> str:
        """A page of either kind; style varies the order of the line below the title, as real districts do."""
        body = _body(one)
        if one.kind == "disclosure":
            middle = _template("disclosure").substitute(_head(one), body=body)
        else:
            line, related = _line(one), _related(self.column(one.column), one)
            middle = _template("news").substitute(_head(one), line=line, related=related, body=body)
        return self._wrap(one.title, middle, one.column, one)

    def _wrap(self, title: str, middle: str, column: str = "", one: Announcement | None = None) -> str:
        shown = one.title if one else title
        values = {
            "title": html.escape(f"{shown}_云澜区人民政府"),
            "charset": "gb2312" if one and one.charset != "utf-8" else "utf-8",
            "meta": _meta(one) if one else "",
            "column": column,
            "middle": middle,
            "menu": _menu(),
            "filler": _filler(self.filler),
        }
        return _template("frame").substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((Path(__file__).parent / "pages" / f"{name}.html").read_text(encoding="utf-8"))


@cache
def _filler(size: int) -> str:
    """Menus and scripts by the kilobyte, all different, as they stand on real pages."""
    lines: list[str] = []
    length, turn = 0, 0
    while length < size:
        turn += 1
        mark = hashlib.sha256(str(turn).encode()).hexdigest()
        line = f'<li class="m{turn % 9}"><a href="/class/nav/{mark[:8]}" title="服务事项{turn}">服务事项{turn}</a></li>'
        if turn % 5 == 0:
            line = f'<script>var p{turn}={{"id":"{mark}","show":function(e){{return e.offsetTop>{turn};}}}};</script>'
        lines.append(line)
        length += len(line.encode())
    return "<div class='hidden'><ul>" + "\n".join(lines) + "</ul></div>" if lines else ""


@cache
def _menu() -> str:
    return "".join(f'<li><a href="/class/{code}">{name}</a></li>' for name, code in COLUMNS.items())


def _row(one: Announcement, column: str) -> str:
    title = html.escape(one.title)
    day = f"[{one.on:%Y-%m-%d}]" if one.dated else ""
    if column in DISCLOSURE:
        over = f"onmouseover=\"showInfo('{one.id}')\""
        return (
            f'<tr><td>·<a href="{one.path}" {over} title="{title}" target="_blank">{title}</a></td>'
            f"<td>{one.number}</td><td>{day}</td></tr>"
        )
    return f'<tr><td>·<a href="{one.path}" title="{title}" target="_blank">{title}</a></td><td>{day}</td></tr>'


def _pager(code: str, number: int, last: int, rows: int) -> str:
    def at(n: int) -> str:
        return f"/class/{code}/{n}" if n > 1 else f"/class/{code}"

    links = "".join(
        f"<strong>{n}</strong>" if n == number else f'<a href="{at(n)}">{n}</a>' for n in range(1, last + 1)
    )
    onward = f'<a href="{at(number + 1)}">下一页</a><a href="{at(last)}">末页</a>' if number < last else ""
    return f'<div class="FX_PageDiv"><div>共<span>{rows}</span>条 <span>{last}</span>页</div>{links}{onward}</div>'


def _meta(one: Announcement) -> str:
    """The tags of 国办发〔2017〕47号; every fourth page has none, as older pages do."""
    if one.style == 3 or not one.dated:
        return ""
    tags = {
        "SiteName": "云澜区人民政府",
        "SiteDomain": "www.yunlan.example",
        "SiteIDCode": "3299010001",
        "ColumnName": one.column,
        "ColumnType": "政策文件" if one.kind == "disclosure" else "工作动态",
        "ArticleTitle": one.title,
        "PubDate": f"{one.on:%Y-%m-%d} {8 + one.id % 9:02d}:{one.id % 60:02d}",
        "ContentSource": one.source or one.issuer,
        "Author": one.author,
    }
    lines = (f'<meta name="{name}" content="{html.escape(value)}">' for name, value in tags.items() if value)
    return "\n".join(lines)


def _head(one: Announcement) -> dict[str, str]:
    return {
        "title": html.escape(one.title),
        "column": one.column,
        "index": one.index,
        "topic": one.topic,
        "number": one.number,
        "issuer": one.issuer,
        "made": f"{one.made_on or one.on:%Y-%m-%d}",
        "on": f"{one.on:%Y-%m-%d}",
        "abstract": html.escape(one.body[0][:80]),
    }


def _line(one: Announcement) -> str:
    """The visible line below the title, in the orders seen on Changzhou's districts."""
    if not one.dated:
        return f"来源：{one.source}　浏览次数：<span id='hits'></span>"
    day, hits = f"{one.on:%Y-%m-%d}", "浏览次数：<span id='hits'></span>"
    size = "字号：〖<a href='javascript:doZoom(16)'>大</a> <a href='javascript:doZoom(14)'>中</a> 小〗"
    return (
        f"发布日期: {day}&nbsp;&nbsp;&nbsp;来源:{one.source}&nbsp;&nbsp;{hits}&nbsp;&nbsp;{size}",
        f"发布日期: {day} {hits}&nbsp;&nbsp;来源:{one.source}&nbsp;&nbsp;{size}",
        f"信息来源：{one.source}　发布时间：{day}　{hits}　【<a href='javascript:print()'>打印</a>】",
        f"发布日期：{one.on.year}年{one.on.month}月{one.on.day}日&nbsp;&nbsp;来源：{one.source}&nbsp;&nbsp;{hits}",
    )[one.style]


def _related(listed: Iterable[Announcement], one: Announcement) -> str:
    """相关阅读 stands before the body on these sites, with dates of its own."""
    others = [other for other in listed if other.id != one.id and other.dated][:3]
    rows = "".join(f'<li><a href="{other.path}">{html.escape(other.title)}</a></li>' for other in others)
    return f"<div class='xgyd'>相关阅读：<ul>{rows}</ul></div>"


def _body(one: Announcement) -> str:
    parts: list[str] = []
    table: list[str] = []
    for line in (*one.body, ""):
        if line.startswith("| "):
            cells = [html.escape(cell.strip()) for cell in line.strip("| ").split(" | ")]
            table.append("<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in cells) + "</tr>")
            continue
        if table:
            parts.append(f"<table border='1' cellspacing='0'>{''.join(table)}</table>")
            table.clear()
        parts.append(_paragraph(one, line))
    return "\n".join(part for part in parts if part)


def _paragraph(one: Announcement, line: str) -> str:
    folder = f"/uploadfile/{one.on.year}/{one.on:%m%d}/{one.id}"
    if line.startswith("附件："):
        name, _, text = line.removeprefix("附件：").partition(" ")
        shown = f"{html.escape(text)}.{name.split('.')[1]}"
        return f'<p style="text-indent:2em">附件：<a href="{folder}_{name}">{shown}</a></p>'
    if line.startswith("图："):
        name, _, text = line.removeprefix("图：").partition(" ")
        return f'<p align="center"><img src="{folder}_{name}" alt="{text}"></p><p align="center">{text}</p>'
    if not line:
        return ""
    # Word leaves a span around every few characters; a reader must keep them together.
    text = html.escape(line)
    if one.style == 1:
        text = f'<span style="font-family:仿宋">{text[:7]}</span><span lang="EN-US">{text[7:]}</span>'
    return f'<p style="text-indent:2em">{text}</p>'


def article_paths(site: Site | None = None) -> list[str]:
    """Every article's path."""
    return [one.path for one in (site or Site()).pages.values()]


__all__ = ["COLUMNS", "SITE", "Page", "Site", "article_paths"]
