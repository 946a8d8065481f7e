"""Sites of no known family: one that follows the META standard to the letter, and odd ones without any of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site


@dataclass
class Standard(Site):
    """META tags on every page; lists ?page=2 with 下一页; articles in parts, /show/4103/10027_2.html."""

    variant: str = "standard"

    def list_path(self, column: Column) -> str:
        return f"/list/{column.code}.html"

    def article_path(self, one: Notice) -> str:
        return f"/show/{self.town.column(one.column).code}/{one.id}.html"

    def part_paths(self, one: Notice) -> tuple[str, ...]:
        stem = self.article_path(one).removesuffix(".html")
        return tuple(f"{stem}_{n}.html" for n in range(2, len(one.parts) + 2))

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/upload/{one.day:%Y-%m}/{one.id}-{turn}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if ask.path == self.list_path(column):
                return self._list(column, int(ask.query.get("page") or 1))
        if one := self.at(ask.path):
            return self.page(self._article(one, 0), "article", one.id)
        if found := self.part_at(ask.path):
            return self.page(self._article(found[0], found[1] + 1), "part", found[0].id)
        return None

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, total = self.slice(column, number)
        items = "".join(
            f'<li><span class="date">{one.day:%Y-%m-%d}</span>'
            f'<a href="{self.article_path(one)}">{esc(one.title)}</a></li>'
            for one in rows
        )
        stem = self.list_path(column)
        onward = f'<a href="{stem}?page={number + 1}">下一页</a> <a href="{stem}?page={pages}">末页</a>'
        pager = f'<div class="page">共{total}条 第{number}/{pages}页 {onward if number < pages else ""}</div>'
        middle = f'<div class="list-right"><h3>{column.name}</h3><ul class="list">{items}</ul>{pager}</div>'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _article(self, one: Notice, part: int) -> str:
        column = self.town.column(one.column)
        paths = (self.article_path(one), *self.part_paths(one))
        text = (one.body, *one.parts)[part]
        body = chrome.paragraphs(text, one.style) + (self.files(one) if part == len(one.parts) else "")
        links = "".join(
            f"<b>{n + 1}</b> " if n == part else f'<a href="{path}">{n + 1}</a> ' for n, path in enumerate(paths)
        )
        onward = f'<a href="{paths[part + 1]}">下一页</a>' if part + 1 < len(paths) else ""
        head = chrome.disclosure(one, "head") if one.kind == "disclosure" else ""
        middle = (
            f'<div class="article"><h1>{esc(one.title)}</h1><div class="info">{chrome.line(one, one.style)}</div>{head}'
            f'<div class="article-body">{body}</div>'
            f"{f'<div class=page>{links}{onward}</div>' if one.parts else ''}</div>"
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Generic(Site):
    """A self-made site: tables in tables, dates before titles, a form's pager, gb18030 behind gb2312, no META tags."""

    variant: str = "generic"
    look: Look = field(default_factory=lambda: Look(charset="gb18030", metas=False, menu="table"))
    per_page: int = 25
    validators: bool = False

    def list_path(self, column: Column) -> str:
        return f"/news_more.asp?lm={column.code}"

    def article_path(self, one: Notice) -> str:
        return f"/news_view.asp?id={one.id}"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/upfile/{one.day:%Y%m%d}{one.id}{turn}.{file.kind}"

    def at(self, path: str) -> Notice | None:
        return None

    def route(self, ask: Ask) -> Page | None:
        if ask.path == "/news_more.asp":
            column = next((one for one in self.town.columns if str(one.code) == ask.query.get("lm")), None)
            return self._list(column, int(ask.query.get("page") or 1)) if column else None
        if ask.path == "/news_view.asp" and (number := ask.query.get("id", "")).isdigit():
            one = self.town.notices.get(int(number))
            return self.page(self._article(one), "article", one.id) if one else None
        return None

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, total = self.slice(column, number)
        items = "".join(
            '<tr><td width="20"><img src="/images/dot.gif"></td><td class="t12">'
            f'<a href="{self.article_path(one)[1:]}" '
            f'target=_blank>{esc(one.title)}</a></td><td width=90 class="t9">{one.day.year}'
            f"/{one.day.month}/{one.day.day}"
            "</td></tr><tr><td colspan=3 height=1 background='/images/line.gif'></td></tr>\n"
            for one in rows
        )
        stem = f"news_more.asp?lm={column.code}"
        onward = f'<a href="{stem}&page={number + 1}">下一页</a> <a href="{stem}&page={pages}">尾页</a>'
        pager = (
            f"<tr><td colspan=3 align=center>{total}条 {number}/{pages} {onward if number < pages else ''}</td></tr>"
        )
        middle = (
            "<table width=960 align=center><tr><td valign=top><table width=200><tr>"
            "<td>栏目导航</td></tr></table></td><td>"
            f"<table width=740 border=0>{items}{pager}</table></td></tr></table>"
        )
        return self.page(self.wrap(column.name, middle, {}, self.crumb(column)), "list")

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'<table width=960 align=center><tr><td align=center class="bt18"><b>{esc(one.title)}</b></td></tr><tr><td'
            f" align=center>{chrome.line(one, one.style)}</td></tr><tr>"
            f'<td class="nr14" style="line-height:28px">{body}</td>'
            "</tr><tr><td align=right>【<a href='javascript:window.close()'>关闭</a>】</td></tr></table>"
        )
        return self.wrap(one.title, middle, {}, self.crumb(column))


@dataclass
class Cards(Generic):
    """A newer site of its own make: cards with day over month, /article/{hex}.html, pages /c/4103/p/2."""

    variant: str = "generic_cards"
    look: Look = field(default_factory=lambda: Look(metas=False, menu="ul"))
    per_page: int = 12

    def list_path(self, column: Column) -> str:
        return f"/c/{column.code}"

    def article_path(self, one: Notice) -> str:
        return f"/article/{one.hex}.html"

    def at(self, path: str) -> Notice | None:
        return Site.at(self, path)

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if match := re.fullmatch(rf"{self.list_path(column)}(?:/p/(\d+))?", ask.path):
                return self._list(column, int(match[1] or 1))
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, _ = self.slice(column, number)
        items = "".join(
            f'<div class="item"><div class="date"><b>{one.day:%d}</b><i>{one.day:%Y-%m}</i></div><div class="txt"><h4>'
            f'<a href="{self.article_path(one)}">{esc(one.title)}</a></h4><p>{esc(one.body[1][:60])}…</p></div></div>\n'
            for one in rows
        )
        stem = self.list_path(column)
        near = range(max(1, number - 2), min(pages, number + 2) + 1)
        links = "".join(f"<em>{n}</em>" if n == number else f'<a href="{stem}/p/{n}">{n}</a>' for n in near)
        onward = f'<a class="next" href="{stem}/p/{number + 1}">&gt;</a>' if number < pages else ""
        middle = f'<section class="cards">{items}</section><nav class="pages">{links}{onward}</nav>'
        return self.page(self.wrap(column.name, middle, {}, self.crumb(column)), "list")

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        body = chrome.paragraphs(one.body, 0) + self.files(one)
        middle = (
            f'<main><h1 class="tt">{esc(one.title)}</h1><p class="inf"><time>{one.day:%Y-%m-%d} {one.clock}</time>'
            f" 来源：{one.source or one.issuer}</p><section class='rich'>{body}</section></main>"
        )
        return self.wrap(one.title, middle, {}, self.crumb(column))
