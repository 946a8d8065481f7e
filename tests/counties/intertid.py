"""intertid, Wuxi's districts: POST /info_open/search, its parameters literals in the page (design/sites.md 2.6)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

SEARCH = "/info_open/search"
SITE_ID = "184"


@dataclass
class Searched(Site):
    """Every column is a shell with getSearchList(1,20,"184","4104",1,"writeTime")."""

    variant: str = "intertid"
    look: Look = field(default_factory=lambda: Look(menu="div", says_charset=True))
    validators: bool = False

    def folder(self, column: Column) -> str:
        return f"/zfxxgk/{column.slug}/" if column.kind == "disclosure" else f"/zxzx/{column.slug}/"

    def list_path(self, column: Column) -> str:
        return f"{self.folder(column)}index.shtml"

    def article_path(self, one: Notice) -> str:
        return f"/doc/{one.day:%Y/%m/%d}/{4_700_000 + one.id}.shtml"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/uploadfiles/{one.day:%Y%m}/{one.day:%d}/{one.day:%Y%m%d}{one.id:07d}{turn}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        if ask.path == SEARCH:
            return self._search(ask)
        for column in self.town.columns:
            if ask.path in (self.list_path(column), self.folder(column)):
                return self._shell(column)
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _shell(self, column: Column) -> Page:
        middle = (
            '<div class="list_con"><ul id="list"></ul><div id="pageList"></div>'
            '</div>\n<script type="text/javascript">\n'
            f'var chanId = "{column.code}";\n/* getSearchList(1,20,"1","1",1,"openTime"); */\n'
            f'getSearchList(1,{self.per_page},"{SITE_ID}","{column.code}",1,"writeTime","","");\n</script>'
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _search(self, ask: Ask) -> Page | None:
        form = ask.form
        column = next((one for one in self.town.columns if str(one.code) == form.get("channelIds")), None)
        if ask.method != "POST" or column is None or form.get("siteId") != SITE_ID:
            return self.json('{"status":1,"data":null}')
        number = int(form.get("pageIndex") or 1)
        rows, pages, total = self.slice(column, number)
        found = [
            {
                "title": one.title,
                "writeTime": f"{one.day:%Y-%m-%d}",
                "openTime": f"{one.day:%Y-%m-%d}",
                "indexId": one.index,
                "url": self.origin + self.article_path(one),
                "effectStatus": "有效",
                "organization": one.issuer,
            }
            for one in rows
        ]
        data = {"totalElements": total, "totalPages": pages, "page": number, "data": found}
        return self.json(json.dumps({"status": 0, "data": data}, ensure_ascii=False))

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        pairs = "".join(f"<tr><td>{name}</td><td>{esc(value)}</td></tr>" for name, value in chrome.labels(one))
        head = f'<table class="xxgk_table_wza">{pairs}</table>' if one.kind == "disclosure" else ""
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'<div class="content doc_content_wza"><h3 class="font36">{esc(one.title)}</h3><p class="date">'
            f'{chrome.line(one, one.style)}</p>{head}<div id="Zoom" class="Zoom">{body}</div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Mixed(Searched):
    """Jiangyin: page 1 comes from the API, pages 2 and on are static, index_2.shtml …; index_1.shtml is no page."""

    variant: str = "intertid_mixed"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            match = re.fullmatch(re.escape(self.folder(column)) + r"index_(\d+)\.shtml", ask.path)
            if match and int(match[1]) > 1:
                return self._static(column, int(match[1]))
        return super().route(ask)

    def _search(self, ask: Ask) -> Page | None:
        if ask.form.get("pageIndex", "1") != "1":
            return self.json('{"status":0,"data":{"totalElements":0,"totalPages":0,"page":1,"data":[]}}')
        return super()._search(ask)

    def _shell(self, column: Column) -> Page:
        pages = self.slice(column, 1)[1]
        page = super()._shell(column)
        links = "".join(f'<a href="index_{n}.shtml">{n}</a>' for n in range(2, min(pages, 20) + 1))
        onward = f'<div class="page">{links}<a href="index_2.shtml">下一页</a></div>' if pages > 1 else ""
        text = page.body.decode().replace('<div id="pageList"></div>', onward)
        return self.page(text, "list")

    def _static(self, column: Column, number: int) -> Page | None:
        rows, pages, _ = self.slice(column, number)
        if number > pages:
            return None
        items = "".join(
            f'<li><a href="{self.article_path(one)}" title="{esc(one.title)}">{esc(one.title)}</a>'
            f"<span>{one.day:%Y-%m-%d}</span></li>"
            for one in rows
        )
        onward = f'<a href="index_{number + 1}.shtml">下一页</a>' if number < pages else ""
        middle = f'<div class="list_con"><ul id="list">{items}</ul><div class="page">{onward}</div></div>'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")
