"""拓尔思 TRS: directories of t-dated articles. Three pagers (design/sites.md 2.4): createPageHTML counting from zero,
one that counts down, and page_div, which counts from one; `_wap` copies and articles in several parts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site


@dataclass
class Zero(Site):
    """/zwgk/{slug}/, then index_1.html: createPageHTML(5, 0, "index", "html"). 通知公告 links phone copies of what
    other columns list plainly."""

    variant: str = "trs"
    look: Look = field(default_factory=Look)
    extension: str = "html"

    def folder(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/" if column.kind == "news" else f"/zfxxgk/fdzdgknr/{column.slug}/"

    def list_path(self, column: Column) -> str:
        return self.folder(column)

    def article_path(self, one: Notice) -> str:
        return f"{self.folder(self.town.column(one.column))}{one.day:%Y%m}/t{one.day:%Y%m%d}_{one.id}.{self.extension}"

    def row_path(self, one: Notice, column: Column) -> str:
        path = self.article_path(one)
        return path.replace(f".{self.extension}", f"_wap.{self.extension}") if column.name != one.column else path

    def part_paths(self, one: Notice) -> tuple[str, ...]:
        path = self.article_path(one)
        return tuple(path.replace(f".{self.extension}", f"_{n}.{self.extension}") for n in range(1, len(one.parts) + 1))

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"./P020{one.day:%Y%m%d}{one.id:06d}{turn}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if ask.path.startswith(self.folder(column)):
                number = self.number(column, ask.path.removeprefix(self.folder(column)))
                if number:
                    return self._list(column, number)
        plain = ask.path.replace("_wap.", ".")
        if one := self.at(plain):
            return self.page(self._article(one, 0), "article", one.id)
        if found := self.part_at(ask.path):
            return self.page(self._article(found[0], found[1] + 1), "part", found[0].id)
        return None

    def number(self, column: Column, name: str) -> int:
        """Which list page a file name of the column's folder is, counted from 1; 0: none."""
        if name in ("", f"index.{self.extension}"):
            return 1
        match = re.fullmatch(rf"index_(\d+)\.{self.extension}", name)
        number = int(match[1]) + 1 if match else 0
        return number if number <= self.slice(column, 1)[1] else 0

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, total = self.slice(column, number)
        folder = self.folder(column)
        items = "".join(
            f'<li><a href="{self.row_path(one, column).replace(folder, "./", 1)}" target="_blank" title="'
            f'{esc(one.title)}">{esc(one.title[:30])}</a><span class="time">{one.day:%Y-%m-%d}</span></li>\n'
            for one in rows
        )
        middle = (
            f'<div class="articleList"><ul>{items}</ul></div><div class="page">{self.pager(number, pages, total)}</div>'
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def pager(self, number: int, pages: int, total: int) -> str:
        return (
            "<script>function createPageHTML(_nPageCount,_nCurrIndex,_sPageName,_sPageExt){if(_nPageCount<=1)return;"
            "var nCurrIndex=_nCurrIndex||0;/* … */}\n"
            f'createPageHTML({pages}, {number - 1}, "index", "{self.extension}");</script>'
        )

    def _article(self, one: Notice, part: int) -> str:
        column = self.town.column(one.column)
        text = (one.body, *one.parts)[part]
        body = chrome.paragraphs(text, one.style) + (self.files(one) if part == len(one.parts) else "")
        name = self.article_path(one).rpartition("/")[2].removesuffix(f".{self.extension}")
        count = len(one.parts) + 1
        pager = (
            f'<div class="fenye"><script>createPageHTML({count}, {part}, "{name}", "{self.extension}");</script></div>'
        )
        head = chrome.disclosure(one, "head") if one.kind == "disclosure" else ""
        middle = (
            f'{head}<div class="xl"><h1>{esc(one.title)}</h1><div class="xx">{chrome.line(one, one.style)}</div>'
            f'<div class="view TRS_UEDITOR trs_paper_default"><div class="Custom_UnionStyle">{body}</div></div>'
            f"{pager if one.parts else ''}</div>"
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Down(Zero):
    """Bureau pages of Nanjing: page p of P is index_{P+1-p}.html, so that old pages keep their address; the numbers
    are plain links. gb18030 behind a gb2312 META."""

    variant: str = "trs_down"
    look: Look = field(default_factory=lambda: Look(charset="gb18030", menu="div"))

    def number(self, column: Column, name: str) -> int:
        if name in ("", "index.html"):
            return 1
        pages = self.slice(column, 1)[1]
        match = re.fullmatch(r"index_(\d+)\.html", name)
        number = pages + 1 - int(match[1]) if match else 0
        return number if 1 < number <= pages else 0

    def pager(self, number: int, pages: int, total: int) -> str:
        def at(n: int) -> str:
            return "index.html" if n == 1 else f"index_{pages + 1 - n}.html"

        near = range(max(1, number - 2), min(pages, number + 2) + 1)
        links = "".join(f"<span>{n}</span>" if n == number else f'<a href="{at(n)}">{n}</a>' for n in near)
        onward = f'<a href="{at(number + 1)}">下一页</a><a href="{at(pages)}">尾页</a>' if number < pages else ""
        return f"共{pages}页 {links} {onward}"


@dataclass
class Div(Zero):
    """list.shtml, then list_2.shtml: createPageHTML('page_div', 50, 1, 'list', 'shtml', 1000): from one."""

    variant: str = "trs_div"
    look: Look = field(default_factory=lambda: Look(menu="div"))
    extension: str = "shtml"

    def list_path(self, column: Column) -> str:
        return f"{self.folder(column)}list.shtml"

    def row_path(self, one: Notice, column: Column) -> str:
        return self.article_path(one)

    def number(self, column: Column, name: str) -> int:
        match = re.fullmatch(r"list(?:_(\d+))?\.shtml", name)
        number = int(match[1] or 1) if match else 0
        return number if number <= self.slice(column, 1)[1] else 0

    def pager(self, number: int, pages: int, total: int) -> str:
        return (
            '<div id="page_div"></div><script src="/js/createPage.js"></script>'
            f"<script>createPageHTML('page_div',{pages}, {number},'list','shtml',{total});</script>"
        )
