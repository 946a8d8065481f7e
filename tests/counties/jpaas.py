"""jpaas, Hanweb's newer platform: the column's page names a unit of the gateway in queryData, whose answer is JSON with
HTML in it (design/sites.md 2.3)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"


@dataclass
class Gateway(Site):
    """Only paramJson={"pageNo":N,"pageSize":15} turns the page; a bare pageNo is not heard."""

    variant: str = "jpaas"
    look: Look = field(
        default_factory=lambda: Look(says_charset=True, marks='<script src="/AuthorizedRead/jquery.min.js"></script>')
    )
    per_page: int = 15
    validators: bool = False

    def list_path(self, column: Column) -> str:
        return f"/zwgk/{column.slug}/index.html"

    def article_path(self, one: Notice) -> str:
        column = self.town.column(one.column)
        if one.day.year % 2:  # old addresses stand beside new ones
            return f"/art/{one.day.year}/{one.day.month}/{one.day.day}/art_{column.code}_{one.id}.html"
        return f"/zwgk/{column.slug}/art/{one.day.year}/art_{one.hex}.html"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/cms_files/filemanager/1664/attach/{one.day:%Y%m}/{one.hex}{turn}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        if ask.path == UNIT:
            return self._unit(ask)
        for column in self.town.columns:
            if ask.path == self.list_path(column):
                return self._shell(column)
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _shell(self, column: Column) -> Page:
        data = {
            "parseType": "bulidstatic",
            "webId": "f7a1c0a1b2d34c2f8de5",
            "tplSetId": "Jh3kQ0wYc2mZ8xT1",
            "pageType": "column",
            "tagId": "信息列表",
            "editType": "null",
            "pageId": f"{column.code}a{column.slug}",
        }
        query = "{" + ",".join(f"'{name}':'{value}'" for name, value in data.items()) + "}"
        middle = (
            f'<div class="page-content"><div id="list"><script id="unit{column.code}" type="text/javascript"'
            f' src="/AuthorizedRead/unitbuild.js" url="{UNIT}" queryData="{query}"></script></div></div>'
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _unit(self, ask: Ask) -> Page | None:
        column = next(
            (one for one in self.town.columns if ask.query.get("pageId", "") == f"{one.code}a{one.slug}"), None
        )
        if column is None or "webId" not in ask.query or "tplSetId" not in ask.query:
            return self.json(json.dumps({"success": False, "code": "500", "message": "参数错误", "data": None}))
        asked = json.loads(ask.query.get("paramJson") or "{}")
        number = int(asked.get("pageNo") or 1)
        rows, _, total = self.slice(column, number)
        items = "".join(
            f'<li class="clearfix"><a href="{self.article_path(one)}" title="{esc(one.title)}" target="_blank">'
            f'{esc(one.title)}</a><span class="bt-right">{one.day:%Y-%m-%d}</span></li>'
            for one in rows
        )
        pager = f'<div class="pagination" rows="{self.per_page}" count="{total}" pageNo="{number}"></div>'
        data = {"success": True, "code": "200", "data": {"html": f'<ul class="list">{items}</ul>{pager}'}}
        return self.json(json.dumps(data, ensure_ascii=False))

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        head = chrome.disclosure(one, "table") if one.kind == "disclosure" else ""
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'<div class="wzzw"><h1 class="wzzw-title">{esc(one.title)}</h1><div class="info">'
            f'{chrome.line(one, one.style)}</div>{head}<div class="wzzw-article" id="zoom">{body}</div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))
