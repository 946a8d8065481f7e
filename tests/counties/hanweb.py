"""大汉 Hanweb JCMS: records in a script of the column's page, further ones from dataproxy.jsp (design/sites.md 2.2).

Two makes: <nextgroup> with a GET whose page the server obeys, and a widget that POSTs startrecord and endrecord and
gives a limited number of rows at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

GROUP = 3  # pages that the column's page holds


@dataclass
class Grouped(Site):
    """GET: /module/web/jpage/dataproxy.jsp?page=2&…, as <nextgroup> says; single-quoted hrefs."""

    variant: str = "hanweb"
    look: Look = field(default_factory=lambda: Look(marks='<meta name="Maketime" content="2026-11-20 08:00:00">'))
    per_page: int = 15
    cap: int = 1000

    def __post_init__(self) -> None:
        self.per_page = self.rows // 2 or self.per_page  # a group of three pages is what a request brings

    def list_path(self, column: Column) -> str:
        return f"/col/col{column.code}/index.html"

    def article_path(self, one: Notice) -> str:
        column = self.town.column(one.column)
        return f"/art/{one.day.year}/{one.day.month}/{one.day.day}/art_{column.code}_{one.id}.html"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        name = f"{one.day:%y%m%d}{one.id}{turn}.{file.kind}"
        return f"/module/download/downfile.jsp?classid=0&filename={name}"

    def route(self, ask: Ask) -> Page | None:
        for column in self.town.columns:
            if ask.path == self.list_path(column):
                return self._column(column)
        if ask.path == "/module/web/jpage/dataproxy.jsp":
            return self._records(ask)
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def rows_of(self, column: Column) -> list[Notice]:
        return self.town.listed(column.name)[: self.cap]

    def parameters(self, column: Column) -> dict[str, str]:
        return {
            "appid": "1",
            "webid": "36",
            "path": "/",
            "columnid": str(column.code),
            "unitid": str(column.code * 2 + 1),
            "webname": f"{self.town.place}人民政府",
            "permissiontype": "0",
        }

    def _query(self, column: Column) -> str:
        return "&".join(f"{name}={quote(value)}" for name, value in self.parameters(column).items())

    def record(self, one: Notice) -> str:
        return (
            f"<record><![CDATA[\n<li><a href='{self.article_path(one)}' title='{esc(one.title)}' target=\"_blank\">"
            f'{esc(one.title)}</a><span class="bt_time">{one.day:%Y-%m-%d}</span></li>]]></record>\n'
        )

    def _column(self, column: Column) -> Page:
        rows = self.rows_of(column)
        held = rows[: GROUP * self.per_page]
        middle = (
            f'<div class="default_pgContainer" id="{column.code * 2 + 1}"></div>\n'
            f'<script type="text/xml"><datastore>\n{self.following(column, 2)}<recordset>\n'
            f"{''.join(map(self.record, held))}</recordset></datastore></script>\n{self.widget(column, len(rows))}"
        )
        return self.page(self.wrap(column.name, middle, chrome.column_tags(column), self.crumb(column)), "list")

    def following(self, column: Column, group: int) -> str:
        """<nextgroup>: the address of the next group, while there is one."""
        if (group - 1) * GROUP * self.per_page >= len(self.rows_of(column)):
            return ""
        address = f"/module/web/jpage/dataproxy.jsp?page={group}&{self._query(column)}"
        return f'<nextgroup><![CDATA[<a href="{address}"></a>]]></nextgroup>\n'

    def widget(self, column: Column, total: int) -> str:
        return (
            f"<script>$('#{column.code * 2 + 1}').jpage({{theme:'default',perPage:{self.per_page},totalRecord:{total},"
            "dataStore:$('script[type=\"text/xml\"]').html(),groupSize:3,barPosition:'bottom'});</script>"
        )

    def _records(self, ask: Ask) -> Page | None:
        values = {**ask.query, **ask.form}
        column = next((one for one in self.town.columns if str(one.code) == values.get("columnid")), None)
        if column is None:
            return None
        rows, start, end, after = self.span(column, values)
        text = (
            f'<?xml version="1.0" encoding="utf-8"?><datastore>\n{after}<totalrecord>{len(rows)}</totalrecord>'
            f"<totalpage>{-(-len(rows) // self.per_page)}</totalpage><recordset>\n"
            f"{''.join(map(self.record, rows[start:end]))}</recordset></datastore>"
        )
        return self.page(text, "list", content_type="text/xml;charset=UTF-8")

    def span(self, column: Column, values: dict[str, str]) -> tuple[list[Notice], int, int, str]:
        """All rows, first and last that are sent, and what names the next group."""
        rows, size, group = self.rows_of(column), GROUP * self.per_page, int(values.get("page") or 1)
        return rows, (group - 1) * size, group * size, self.following(column, group + 1)

    def _article(self, one: Notice) -> str:
        column = self.town.column(one.column)
        head = chrome.disclosure(one, "table") if one.kind == "disclosure" else ""
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'{head}<div class="main-txt"><div class="title"><!--<$[标题名称(html)]>begin-->{esc(one.title)}'
            f"<!--<$[标题名称(html)]>end--></div><p class='sj'>{chrome.line(one, one.style)}</p>"
            f'<div id="zoom"><meta name="ContentStart"/><!--<$[信息内容]>begin-->{body}<!--<$[信息内容]>end-->'
            '<meta name="ContentEnd"/></div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one), self.crumb(column))


@dataclass
class Posted(Grouped):
    """POST: the widget asks startrecord=46&endrecord=90&perpage=15, and gets no more than a group at a time."""

    variant: str = "hanweb_post"
    look: Look = field(default_factory=lambda: Look(menu="table"))

    def following(self, column: Column, group: int) -> str:
        return ""

    def widget(self, column: Column, total: int) -> str:
        names = {"col": "1", **self.parameters(column), "sourceContentType": "1"}
        pairs = ",".join(f"{name}:'{value}'" for name, value in names.items())
        return (
            f"<script>$(function(){{$('#{column.code * 2 + 1}').jpage({{theme:'default',perPage:{self.per_page},"
            f"totalRecord:{total},dataStore:dataStore,proxyUrl:'/module/web/jpage/dataproxy.jsp',param:{{{pairs}}},"
            "dataBefore:function(){}});});</script>"
        )

    def span(self, column: Column, values: dict[str, str]) -> tuple[list[Notice], int, int, str]:
        rows = self.rows_of(column)
        start, end = int(values.get("startrecord") or 1), int(values.get("endrecord") or 1)
        return rows, start - 1, min(end, start - 1 + GROUP * self.per_page), ""

    def route(self, ask: Ask) -> Page | None:
        if ask.path == "/module/web/jpage/dataproxy.jsp" and ask.method != "POST":
            return None
        return super().route(ask)
