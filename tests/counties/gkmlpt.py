"""gkmlpt, Guangdong's disclosure platform: /gkmlpt/index holds window._CONFIG with SID and TREE, the lists are JSON
(design/sites.md 2.7, site-families.md B)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, time

from scraper.manners import SHANGHAI
from tests.counties import chrome
from tests.counties.chrome import Look, esc
from tests.counties.notices import Column, File, Notice
from tests.counties.site import Ask, Page, Site

SID = "7553299"


@dataclass
class Platform(Site):
    """A person finds /gkmlpt/index#4101; the API is /gkmlpt/api/all/4101?page=1&sid=…, 100 a page."""

    variant: str = "gkmlpt"
    look: Look = field(default_factory=lambda: Look(menu="ul"))
    per_page: int = 100
    validators: bool = False

    def list_path(self, column: Column) -> str:
        return f"/gkmlpt/index#{column.code}"

    def feed_path(self, column: Column) -> str:
        return f"/gkmlpt/api/all/{column.code}?page=1&sid={SID}"

    def hub_path(self) -> str:
        return "/gkmlpt/index"

    def article_path(self, one: Notice) -> str:
        return f"/gkmlpt/content/{one.id // 1000}/{one.id}/post_{one.id}.html"

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        return f"/attachment/0/{one.id // 100}/{one.id}{turn}/{one.id}.{file.kind}"

    def route(self, ask: Ask) -> Page | None:
        if match := re.fullmatch(r"/gkmlpt/api/all/(\d+)", ask.path):
            return self._api(int(match[1]), ask)
        one = self.at(ask.path)
        return self.page(self._article(one), "article", one.id) if one else None

    def hub(self) -> str:
        tree = [
            {
                "id": 4100,
                "name": "政府信息公开目录",
                "jump_url": "",
                "children": [
                    {"id": one.code, "name": one.name, "jump_url": "", "children": []} for one in self.town.columns
                ]
                + [{"id": 4199, "name": "规范性文件库", "jump_url": "http://gz.example.cn/", "children": []}],
            }
        ]
        config = (
            "<script>window._CONFIG = { SITE_ID: '3299', "
            f"SID: '{SID}', NAME: '{self.town.place}人民政府', TREE: {json.dumps(tree, ensure_ascii=False)}, "
            "DETAIL: null };</script>"
        )
        middle = f'<div id="app"></div>{config}<script src="/gkmlpt/static/js/app.js"></script>'
        return self.wrap("政府信息公开平台", middle, {"ColumnName": "政府信息公开", "ColumnType": "信息公开目录"})

    def _api(self, code: int, ask: Ask) -> Page | None:
        column = next((one for one in self.town.columns if one.code == code), None)
        if column is None or ask.query.get("sid") != SID:
            return self.json('{"message":"not found"}')
        rows, _, total = self.slice(column, int(ask.query.get("page") or 1))
        found = [self._entry(one) for one in rows]
        data = {"total": total, "classify": {"id": code, "post_count": total}, "articles": found}
        return self.json(json.dumps(data))

    def _entry(self, one: Notice) -> dict[str, object]:
        moment = datetime.combine(one.day, time(9, 30), SHANGHAI)
        return {
            "id": one.id,
            "title": one.title,
            "publisher": one.issuer,
            "document_number": one.number,
            "identifier": one.index,
            "url": self.origin + self.article_path(one),
            "post_url": "",
            "create_time": int(moment.timestamp()),
            "first_publish_time": int(moment.timestamp()),
            "display_publish_time": int(moment.timestamp()),
            "created_at": f"{one.day:%Y-%m-%d} 09:30:00",
            "is_expired": 0,
            "is_abolished": 0,
        }

    def _article(self, one: Notice) -> str:
        pairs = (
            ("索引号", one.index),
            ("分类", self.town.column(one.column).name),
            ("发布机构", one.issuer),
            ("成文日期", f"{one.made_on:%Y-%m-%d}"),
            ("名称", one.title),
            ("文号", one.number),
            ("发布日期", f"{one.day:%Y-%m-%d}"),
            ("主题词", ""),
        )
        rows = "".join(f"<tr><td>{name}：</td><td>{esc(value)}</td></tr>" for name, value in pairs)
        body = chrome.paragraphs(one.body, one.style) + self.files(one)
        middle = (
            f'<div class="content"><table class="classify">{rows}</table><h1 class="title">{esc(one.title)}</h1>'
            f'<div class="date-row">发布日期：{one.day:%Y-%m-%d}　来源：{one.source or one.issuer}'
            "　【<a>打印</a>】</div>"
            f'<div class="article-content">{body}</div></div>'
        )
        return self.wrap(one.title, middle, self.tags_of(one))
