"""博达 VSB: /info/{column}/{id}.htm; the list tzgg.htm goes on in tzgg/4.htm, tzgg/3.htm …: the numbers count down to
the oldest page, tzgg/1.htm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site


@dataclass
class Vsb(Site):
    variant: str = "boda"
    look: Look = field(
        default_factory=lambda: Look(
            says_charset=True,
            marks="<!--Announced by Visual SiteBuilder 9-->"
            '<script src="/system/resource/js/vsbscreen.min.js"></script>',
        )
    )
    per_page: int = 15

    def folder(self, column: Column) -> str:
        return "xwzx" if column.kind == "news" else "zfxxgk"

    def list_path(self, column: Column) -> str:
        return f"/{self.folder(column)}/{column.slug}.htm"

    def article_path(self, one: Notice) -> str:
        return f"/info/{self.town.column(one.column).code - 3000}/{one.id}.htm"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1329900117&wbfileid={one.id}{turn}"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if ask.path == self.list_path(column):
                return self._list(column, 1)
            if match := re.fullmatch(rf"/{self.folder(column)}/{column.slug}/(\d+)\.htm", ask.path):
                pages = self.slice(column, 1)[1]
                number = pages + 1 - int(match[1])
                return self._list(column, number) if 1 < number <= pages else None
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, total = self.slice(column, number)
        up = "../" if number == 1 else "../../"
        items = "".join(
            f'<li id="line_u9_{n}"><a href="{up}{self.article_path(one)[1:]}" title="{esc(one.title)}">'
            f"{esc(one.title[:26])}</a><span>{one.day:%Y-%m-%d}</span></li>"
            for n, one in enumerate(rows)
        )
        middle = f'<div class="list"><ul>{items}</ul></div>{self._pager(column, number, pages, total)}'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _pager(self, column: Column, number: int, pages: int, total: int) -> str:
        def at(n: int) -> str:
            if number == 1:
                return f"{column.slug}.htm" if n == 1 else f"{column.slug}/{pages + 1 - n}.htm"
            return f"../{column.slug}.htm" if n == 1 else f"{pages + 1 - n}.htm"

        if pages == 1:
            return ""
        near = range(max(1, number - 2), min(pages, number + 2) + 1)
        links = "".join(
            f'<span class="p_no_d">{n}</span>'
            if n == number
            else f'<span class="p_no"><a href="{at(n)}">{n}</a></span>'
            for n in near
        )
        onward = (
            f'<span class="p_next p_fun"><a href="{at(number + 1)}">下页</a></span>'
            f'<span class="p_last p_fun"><a href="{at(pages)}">尾页</a></span>'
            if number < pages
            else '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>'
        )
        return f'<div class="pb_sys_common pb_sys_style1"><span class="p_t">共{total}条</span>{links}{onward}</div>'

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        head = chrome.disclosure(one, "li") if one.kind == "disclosure" else ""
        number = self.town.column(one.column).code - 3000
        files = "".join(
            f'<li>附件【<a href="{esc(self.file_path(one, turn, file))}" target="_blank">{file.name}.{file.kind}</a>】'
            f"已下载<span id='nattach{one.id}{turn}'></span>次</li>"
            for turn, file in enumerate(one.files)
        )
        middle = (
            f'<form name="_newscontent_fromname">{head}<div class="show-title"><h2>{esc(one.title)}</h2><div>'
            f'{chrome.line(one, one.style)}　点击：<script>_showDynClicks("wbnews", 1329900117,'
            f" {one.id})</script></div>"
            "</div>"
            f'<div id="vsb_content"><div class="v_news_content">{chrome.paragraphs(one.body, one.style)}</div></div>'
            f'<ul style="list-style-type:none;">{files}</ul><p>上一条：<a href="/info/{number}'
            f'/{one.id - 3}.htm">上一条</a>'
            "</p>"
            "</form>"
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))
