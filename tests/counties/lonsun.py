"""龙讯 lonsun: /x/index.html, then /content/column/ID?pageIndex=2, counted by Ls.pagination; and Anhui's disclosure
pages /public/column/, whose rows /site/label/8888 brings (site-families.md A; seen on lists of Anhui's bureaus)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

TAIL = "<!--技术支持：龙讯科技-->"
MARKS = '<link href="/_res/css/lonsun-new.css" rel="stylesheet"><script src="/assets/js/common.min.js"></script>'
LABEL = "/site/label/8888"
ORGAN = 6_596_211


@dataclass
class Portal(Site):
    """/tzgg/index.html and /content/column/4103?pageIndex=2; articles /tzgg/{9 digits}.html."""

    variant: str = "lonsun"
    look: Look = field(default_factory=lambda: Look(marks=MARKS, tail=TAIL))

    def list_path(self, column: Column) -> str:
        return f"/{column.slug}/index.html"

    def article_path(self, one: Notice) -> str:
        return f"/{self.town.column(one.column).slug}/{110_400_000 + one.id}.html"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/group6/M00/0{turn}/{one.hex[:2].upper()}/wKg{one.hex[2:26]}.{file.kind}"

    def ident(self, column: Column) -> int:
        return 4_290_000 + column.code

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if ask.path == self.list_path(column):
                return self._list(column, 1)
            if ask.path == f"/content/column/{self.ident(column)}":
                return self._list(column, int(ask.query.get("pageIndex") or 1))
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _list(self, column: Column, number: int) -> Page:
        rows, pages, total = self.slice(column, number)
        items = "".join(
            f'<li class="odd"><a href="{self.origin}{self.article_path(one)}" target="_blank" title="{esc(one.title)}"'
            f' class="left"><span>{esc(one.title)}</span></a><span class="right date">{one.day:%Y-%m-%d}</span></li>'
            for one in rows
        )
        ident = self.ident(column)
        pager = (
            f'<div class="pagination" id="page_{ident}"></div>'
            f'<script>\nLs.pagination("#page_{ident}", function(pageIndex)'
            f" {{\n location.href = '{self.origin}/content/column/{ident}?pageIndex=' + pageIndex;\n}}, {{"
            "\n isTotal: true,"
            f"\n total: {total},\n currPage: ({number - 1}+ 1),\n pageCount:{pages},"
            f'\n param: "pageSize={self.per_page}"\n'
            "});\n</script>"
        )
        middle = f'<div class="navjz"><ul class="clearfix doc_list list-{ident}">{items}</ul>{pager}</div>'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        head = chrome.disclosure(one, "head") if one.kind == "disclosure" else ""
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'<div class="wzcon j-fontContent clearfix"><h1 class="newstitle">{esc(one.title)}'
            '</h1><div class="newsinfo">'
            f"{chrome.line(one, one.style)}</div>{head}"
            f'<div class="j-fontContent newscontnet minh500">{body}</div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Public(Portal):
    """Anhui: disclosure columns are /public/column/ORGAN?type=4&catId=ID&action=list; 政策文件 has its first rows in
    the page, 人事任免 is an empty box that a script fills. Articles /public/ORGAN/{id}.html."""

    variant: str = "anhui"

    def list_path(self, column: Column) -> str:
        if column.kind == "news":
            return super().list_path(column)
        return f"/public/column/{ORGAN}?type=4&catId={self.ident(column)}&action=list"

    def article_path(self, one: Notice) -> str:
        return f"/public/{ORGAN}/{110_400_000 + one.id}.html" if one.kind == "disclosure" else super().article_path(one)

    def route(self, ask: Ask) -> Page | None:
        if ask.path == LABEL:
            return self._label(ask)
        if ask.path == f"/public/column/{ORGAN}":
            column = self._by(ask.query.get("catId", ""))
            return self._column(column, int(ask.query.get("pageIndex") or 1)) if column else None
        return super().route(ask)

    def _by(self, ident: str) -> Column | None:
        return next((one for one in self.town.columns if str(self.ident(one)) == ident), None)

    def _options(self, column: Column) -> dict[str, str]:
        return {
            "labelName": "publicInfoList",
            "siteId": "6791171",
            "pageSize": str(self.per_page),
            "pageIndex": "1",
            "action": "list",
            "isDate": "true",
            "dateFormat": "yyyy-MM-dd",
            "length": "50",
            "organId": str(ORGAN),
            "type": "4",
            "catId": str(self.ident(column)),
            "cId": "",
            "result": "暂无相关信息",
            "file": "/scq/publicInfoList_newest",
        }

    def _column(self, column: Column, number: int) -> Page:
        options = json.dumps(self._options(column), ensure_ascii=False)
        box = self._fragment(column, number) if column.slug == "zcwj" else ""
        middle = (
            '<div class="gkwrap"><div class="gkml_tree" id="tree"></div><div id="xxgk_list">'
            f"{box}</div></div><script>\n"
            f"var options = {options};"
            f"\nfunction load(pageIndex){{options.pageIndex=pageIndex;Ls.ajax({{url:'{LABEL}?IsAjax="
            "1&dataType=html&_='+Math.random(),data:options,dataType:'html',success:function(h){$('#xxgk_list').html(h);}"
            f"}});}}\n{'' if box else 'load(1);'}\n</script>"
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _fragment(self, column: Column, number: int) -> str:
        rows, pages, total = self.slice(column, number)
        items = "".join(
            f'<li class="clearfix"><a class="title" href="{self.origin}'
            f'{self.article_path(one)}" target="_blank" title="'
            f'{esc(one.title)}">{esc(one.title)}</a><span class="date">{one.day:%Y-%m-%d}</span></li>'
            for one in rows
        )
        stem = f"{self.origin}{self.list_path(column)}"
        return (
            f'<ul class="clearfix xxgk_nav_list">{items}</ul>'
            '<div class="pagination" id="page_public_list"></div><script>\n'
            "Ls.pagination('#page_public_list',"
            f" function(pageIndex){{ location.href = '{stem}&pageIndex=' + pageIndex; }},"
            f" {{ isTotal: true, total: {total}, currPage: {number}, pageCount: {pages} }});\n</script>"
        )

    def _label(self, ask: Ask) -> Page | None:
        values = {**ask.query, **ask.form}
        column = self._by(values.get("catId", ""))
        if column is None or values.get("labelName") != "publicInfoList":
            return self.page("<p>暂无相关信息</p>", "list")
        text = self._fragment(column, int(values.get("pageIndex") or 1))
        # In a fragment the pager calls the page's own function.
        stem = f"location.href = '{self.origin}{self.list_path(column)}&pageIndex=' + pageIndex;"
        return self.page(text.replace(stem, "load(pageIndex);"), "list")
