"""开普云 UCAP: news columns from getInfoCommon as JSON, disclosure as static xxgk_list pages; the library of policy
documents, which is POSTed for; and sites all of whose lists are static (design/sites.md 2.5, site-families.md A, B)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

COMMON = "/szinf/info/getInfoCommon/"
LOAD = "/szinf/xxgk/interfacesWebZcwj/loadData"


@dataclass
class Common(Site):
    """news: nav_list.shtml is a shell, a script GETs getInfoCommon; disclosure: xxgk_list.shtml, xxgk_list_1.shtml …"""

    variant: str = "ucap"
    look: Look = field(default_factory=lambda: Look(marks='<meta name="generator" content="UCAP">'))
    per_page: int = 15
    validators: bool = False

    def folder(self, column: Column) -> str:
        return f"/scqzf/{column.slug}/"

    def list_path(self, column: Column) -> str:
        return self.folder(column) + ("nav_list.shtml" if column.kind == "news" else "xxgk_list.shtml")

    def channel(self, column: Column) -> str:
        return f"{column.code:04d}0f1e2d3c4b5a69788796a5b4{column.code:04x}"

    def article_path(self, one: Notice) -> str:
        return f"{self.folder(self.town.column(one.column))}{one.day:%Y%m}/{one.hex}.shtml"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"{self.article_path(one).removesuffix('.shtml')}/files/{one.hex[:30]}{turn:02d}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        if ask.path == COMMON:
            return self._common(ask)
        for column in self.town.columns:
            if column.kind == "news" and ask.path == self.list_path(column):
                return self._shell(column)
            match = re.fullmatch(re.escape(self.folder(column)) + r"xxgk_list(?:_(\d+))?\.shtml", ask.path)
            if match and column.kind == "disclosure":
                return self._static(column, int(match[1] or 0) + 1)
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _shell(self, column: Column) -> Page:
        address = f"{COMMON}?pagesize='+pagesize+'&currpage='+p+'&channelid={self.channel(column)}"
        script = (
            f"<script>var pagesize={self.per_page};var currpage=1;function loadInfo(p){{$.ajax({{type:'get',"
            f"url:'{address}',dataType:'json',success:function(d){{show(d.infolist);}}}});}}loadInfo(1);</script>"
        )
        middle = f'<div class="rightlist"><ul class="infolist" id="infolist"></ul><div id="page"></div></div>{script}'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _common(self, ask: Ask) -> Page | None:
        column = next((one for one in self.town.columns if self.channel(one) == ask.query.get("channelid")), None)
        if column is None:
            return self.json('{"infolist":[],"pageCount":0,"total":0}')
        rows, pages, total = self.slice(column, int(ask.query.get("currpage") or 1))
        found = [
            {"title": one.title, "link": self.article_path(one), "pubtime": f"{one.day:%Y-%m-%d} {one.clock}:00"}
            for one in rows
        ]
        return self.json(json.dumps({"infolist": found, "pageCount": pages, "total": total}, ensure_ascii=False))

    def _static(self, column: Column, number: int) -> Page | None:
        rows, pages, _ = self.slice(column, number)
        if number > pages:
            return None
        items = "".join(
            f'<li><a href="{self.article_path(one)}" title="{esc(one.title)}" target="_blank">{esc(one.title[:28])}</a>'
            f'<span class="time">{one.day:%Y-%m-%d}</span></li>'
            for one in rows
        )
        pager = f'<script>createPageHTML({pages}, {number - 1}, "xxgk_list", "shtml");</script>'
        middle = f'<ul class="infolist">{items}</ul><div class="pagebar">{pager}</div>'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        head = chrome.disclosure(one, "dl") if one.kind == "disclosure" else ""
        inner = f"<ucapcontent>{body}</ucapcontent>" if one.style % 2 else f'<div id="UCAP-CONTENT">{body}</div>'
        middle = (
            f'{head}<div class="article"><h1><ucaptitle>{esc(one.title)}</ucaptitle></h1><div class="info">'
            f"<publishtime>{one.day:%Y-%m-%d} {one.clock}</publishtime> {chrome.line(one, one.style)}</div>"
            f'<div class="article-content" id="zoomcon">{inner}</div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Library(Common):
    """Suzhou: the disclosure columns POST loadData?pageSize=15 with pageIndex and channel_id; a Referer is needed."""

    variant: str = "ucap_post"

    def list_path(self, column: Column) -> str:
        return self.folder(column) + ("nav_list.shtml" if column.kind == "news" else "zcwj.shtml")

    def route(self, ask: Ask) -> Page | None:
        if ask.path == LOAD:
            return self._load(ask)
        for column in self.town.columns:
            if column.kind == "disclosure" and ask.path == self.list_path(column):
                return self._library(column)
        return super().route(ask)

    def _library(self, column: Column) -> Page:
        script = (
            f"<script>var channel_id='{self.channel(column)}';function loadData(pageIndex){{$.ajax({{type:'post',"
            f"url:'{LOAD}?pageSize={self.per_page}',data:{{pageIndex:pageIndex,channel_id:channel_id}},dataType:'json',"
            "success:function(res){fill(res.data);}});}loadData(1);</script>"
        )
        middle = f'<div class="zcwj"><table id="tbody"></table><div id="pagination"></div></div>{script}'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _load(self, ask: Ask) -> Page | None:
        column = next((one for one in self.town.columns if self.channel(one) == ask.form.get("channel_id")), None)
        if ask.method != "POST" or column is None or "referer" not in ask.headers:
            return Page(b"", "list", "text/html", status=403)
        rows, pages, total = self.slice(column, int(ask.form.get("pageIndex") or 1))
        found = [
            {
                "TITLE": one.title,
                "URL": self.origin + self.article_path(one),
                "C_WJBH": one.number,
                "PUBLISHED_TIME_FORMAT": f"{one.day:%Y-%m-%d}",
                "C_FWRQ_FORMAT": f"{one.made_on:%Y-%m-%d}",
                "C_SYH": one.index,
                "MANUSCRIPT_ID": one.hex,
            }
            for one in rows
        ]
        return self.json(json.dumps({"data": {"allRow": total, "totalPage": pages, "list": found}}, ensure_ascii=False))


@dataclass
class Static(Common):
    """common_list.shtml, common_list_2.shtml …: createPageHTML('page_div', 22, 1, 'common_list', 'shtml', 325)."""

    variant: str = "ucap_static"
    validators: bool = True

    def list_path(self, column: Column) -> str:
        return f"{self.folder(column)}common_list.shtml"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            stem = re.escape(self.folder(column))
            if match := re.fullmatch(stem + r"common_list(?:_(\d+))?\.shtml", ask.path):
                return self._listed(column, int(match[1] or 1))
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _listed(self, column: Column, number: int) -> Page | None:
        rows, pages, total = self.slice(column, number)
        if number > pages:
            return None
        items = "".join(
            f'<tr><td class="info"><a class="list" href="{self.article_path(one)}" title="{esc(one.title)}">'
            f'{esc(one.title[:28])}</a></td><td><span class="time">{one.day:%Y-%m-%d}</span></td></tr>'
            for one in rows
        )
        pager = f"createPageHTML('page_div',{pages}, {number},'common_list','shtml',{total});"
        middle = (
            f"<table class='list'><tbody>{items}</tbody></table>"
            f'<div id="page_div" class="pagebar"></div><script>{pager}</script>'
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")
