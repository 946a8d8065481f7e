"""风讯: a district (columns as server-made rows; disclosure as a shell with the frame xxgk_class_min), and the city's
own portal, whose disclosure columns are filled by act=ajax (design/sites.md 2.1)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

SITE = "czsc"
_LETTERS = "ABCDEFGHIJKLMNOPQ"
TAIL = "<p>技术支持：某市风网络科技有限公司　网站支持IPV6　推荐使用1024*768分辨率浏览</p>"


def code(number: int) -> str:
    """Eight letters of A-Q."""
    return "".join(_LETTERS[number * prime // 3 % 17] for prime in (3, 5, 7, 11, 13, 17, 19, 23))


@dataclass
class District(Site):
    """/class/{CODE}, /class/{CODE}/2; a shell for 政策文件 and 人事任免, whose frame holds the rows."""

    variant: str = "fengxun"
    look: Look = field(default_factory=lambda: Look(tail=TAIL, menu="table"))

    def list_path(self, column: Column) -> str:
        return f"/class/{code(column.code)}"

    def article_path(self, one: Notice) -> str:
        column = self.town.column(one.column)
        return f"/html/{SITE}/{one.day.year}/{code(column.code)}_{one.day:%m%d}/{one.id}.html"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            stem = self.list_path(column)
            if match := re.fullmatch(re.escape(stem) + r"(?:/(\d+))?(&template=[\w/.]+)?", ask.path):
                return self._list(column, int(match[1] or 1), bare=bool(match[2]))
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _list(self, column: Column, number: int, bare: bool) -> Page:
        if column.kind == "disclosure" and not bare:
            frame = f"{self.list_path(column)}/1&template=templates/{SITE}/xxgk_class_min.html"
            middle = (
                f'<div class="xxgk_right"><iframe id="xxgklist" name="xxgklist" src="{frame}" width="100%" height="900"'
                ' frameborder="0" scrolling="no" onload="SetHeight(this)"></iframe></div>'
            )
            return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")
        rows, pages, total = self.slice(column, number)
        table = "".join(self._row(one, column) for one in rows)
        suffix = f"&template=templates/{SITE}/xxgk_class_min.html" if bare else ""
        middle = (
            f'<table class="border2" width="98%">{table}</table>{self._pager(column, number, pages, total, suffix)}'
        )
        if bare:
            text = f"<html><head><meta charset='utf-8'><title>{column.name}</title></head><body>{middle}</body></html>"
            return self.page(text, "list")
        middle = f'<table width="1000"><tr><td class="listtext">{middle}</td></tr></table>'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _row(self, one: Notice, column: Column) -> str:
        over = f" onmouseover=\"showTip('{one.id}')\"" if column.kind == "disclosure" else ""
        path = self.row_path(one, column)
        return (
            f'<tr><td height="28">·<a href="{path}" title="{esc(one.title)}" target="_blank"{over}>'
            f'{esc(one.title[:24])}</a></td><td width="90">[{one.day:%Y-%m-%d}]</td></tr>'
        )

    def _pager(self, column: Column, number: int, pages: int, total: int, suffix: str) -> str:
        stem = self.list_path(column)
        near = range(max(1, number - 3), min(pages, number + 3) + 1)
        links = "".join(
            f"<strong>{n}</strong>" if n == number else f'<a href="{stem}/{n}{suffix}">{n}</a>' for n in near
        )
        return f'<div class="FX_PageDiv"><div>共<span>{total}</span>条 <span>{pages}</span>页</div>{links}</div>'

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        if one.kind == "disclosure":
            middle = (
                f'{chrome.disclosure(one, "table")}<h1 class="iip">{esc(one.title)}</h1>'
                f'<table><tr><td class="GovInfoContent" id="czfxcontent">{body}</td></tr></table>'
            )
        else:
            related = "".join(
                f'<li><a href="{self.article_path(other)}">{esc(other.title)}</a></li>'
                for other in self.town.listed(column.name)[:3]
                if other.id != one.id
            )
            middle = (
                f'<table width="900"><tr><td class="NewsTitle">{esc(one.title)}'
                '<div class="fx">分享到：微信 微博</div></td>'
                f"</tr><tr><td>{chrome.line(one, one.style)}</td></tr><tr><td>相关阅读：<ul>{related}</ul></td></tr>"
                f'<tr><td id="czfxfontzoom" class="NewsContent">{body}</td></tr></table>'
            )
        tags = self.tags_of(one) if one.style != 3 else {}
        return self.wrap(one.title, middle, tags, self.crumb(column, "内容"))


@dataclass
class City(District):
    """/ns_class/{slug}, /gi_class/{slug}?classtype=1; the disclosure lists come from ?act=ajax as JSON."""

    variant: str = "fengxun_city"

    def list_path(self, column: Column) -> str:
        if column.kind == "disclosure":
            return f"/gi_class/{column.slug}_{column.code % 100:02d}?classtype=1"
        return f"/ns_class/{column.slug}"

    def article_path(self, one: Notice) -> str:
        kind = "gi_news" if one.kind == "disclosure" else "ns_news"
        return f"/{kind}/{one.day:%y%m%d}{one.id:09d}"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/uploadfile/{SITE}/{one.day.year}/{one.day:%m%d}/{one.hex[:14]}{turn}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            stem = self.list_path(column).partition("?")[0]
            if ask.query.get("act") == "ajax" and ask.path == stem:
                return self._ajax(column, int(ask.query.get("page") or 1))
            if match := re.fullmatch(re.escape(stem) + r"(?:/(\d+))?", ask.path):
                return self._shown(column, int(match[1] or 1))
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def _shown(self, column: Column, number: int) -> Page:
        if column.kind == "news":
            return self._list(column, number, bare=False)
        stem = self.list_path(column).partition("?")[0]
        script = (
            f"<script>var gi='{column.code}';function getlist(page){{$.get('{stem}?act=ajax&gi='+gi+"
            f"'&ns=&dept=1&notime=&page='+page+'&key=&t=1',function(d){{$('#gilist').html(d.html);}},'json');}}"
            "getlist(1);</script>"
        )
        middle = f'<table id="gilist" class="border2"></table><div id="FX_PageDiv"></div>{script}'
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def _ajax(self, column: Column, number: int) -> Page:
        rows, pages, _ = self.slice(column, number)
        table = "".join(
            f'<tr><td><a title="{esc(one.title)}" href="{self.article_path(one)}">{esc(one.title)}</a></td>'
            f"<td>{one.number}</td><td>{one.day:%Y-%m-%d}</td></tr>"
            for one in rows
        )
        pager = f"<div id='FX_PageDiv'><strong>{number}</strong><a href='javascript:getlist({pages})'>{pages}</a></div>"
        return self.json(json.dumps({"status": 10, "html": table + (pager if rows else "")}, ensure_ascii=False))
