"""What 云澜区 has announced up to 20 November 2026: announcements.toml, written out and dated. Always the same."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

TODAY = date(2026, 11, 20)
SITE = "yunlan"
COLUMNS = {
    "云澜要闻": "FAOHQLMN",
    "通知公告": "GBPINKCA",
    "部门动态": "HCQJOLDB",
    "镇街动态": "IDAKPMEC",
    "政策文件库": "DNKLAQPB",
    "财政预决算": "EOLMBAQC",
    "人事任免": "FPMNCBAD",
    "统计信息": "JEBLQNFD",
}


@dataclass(frozen=True)
class Announcement:
    """One page of the site. kind: "news" or "disclosure"; number is its 发文字号, on the index number's serial."""

    id: int
    column: str
    title: str
    on: date
    body: tuple[str, ...]
    source: str = ""
    author: str = ""
    kind: str = "news"
    issuer: str = ""
    number: str = ""
    topic: str = ""
    made_on: date | None = None
    charset: str = "utf-8"
    dated: bool = True
    style: int = 0

    @property
    def path(self) -> str:
        if not self.dated:
            return f"/html/{SITE}/zhuanti/{self.id}.html"
        return f"/html/{SITE}/{self.on.year}/{COLUMNS[self.column]}_{self.on:%m%d}/{self.id}.html"

    @property
    def index(self) -> str:
        return f"014990117/{self.on.year}-{self.id % 100000:05d}"


@cache
def announcements() -> tuple[Announcement, ...]:
    """All of them, oldest first; ids follow the order of publication."""
    table = tomllib.loads((Path(__file__).parent / "announcements.toml").read_text(encoding="utf-8"))
    drafts = [draft for number, entry in enumerate(table["entry"]) for draft in _drafts(entry, number)]
    drafts.sort(key=lambda draft: (draft["on"], draft["column"], draft["title"]))
    written = [Announcement(id=10001 + 7 * place, style=place % 4, **draft) for place, draft in enumerate(drafts)]
    # Two oddities that real sites have: a page in GBK, and a page that shows no date anywhere.
    written[60] = _with(written[60], charset="gb18030")
    written.append(Announcement(10001 + 7 * len(written), "部门动态", *_UNDATED, dated=False))
    return tuple(written)


_UNDATED = (
    "云澜区城市展览馆参观须知",
    TODAY,
    (
        "云澜区城市展览馆位于书院路66号，免费向公众开放。",
        "团队参观请提前三日预约，每批不超过四十人；学龄前儿童须由家长陪同。",
        "馆内请勿吸烟、饮食，请勿触摸展品；展厅内可以拍照，请关闭闪光灯。",
    ),
    "城市展览馆",
)


def _with(one: Announcement, charset: str) -> Announcement:
    return Announcement(**{**vars(one), "charset": charset})


def _drafts(entry: dict[str, Any], number: int) -> list[dict[str, Any]]:
    slots: dict[str, list[str]] = entry.get("slots", {})
    times = max((len(values) for values in slots.values()), default=1)
    return [_draft(entry, {name: values[turn] for name, values in slots.items()}) for turn in range(times)]


def _draft(entry: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    texts: dict[str, Any] = {
        name: entry[name].format(**values)
        for name in ("title", "source", "author", "issuer", "number", "topic")
        if name in entry
    }
    made = _day(values.get("signed", ""))
    on = entry.get("on") or values.get("on")
    told = _day(values.get("day", "")) or made
    assert on or told, entry["title"]
    body = tuple(line for line in entry["body"].format(**values).strip().splitlines() if line.strip())
    published = date.fromisoformat(on) if on else told + timedelta(days=1 if not made else 4) if told else TODAY
    kind = entry.get("kind", "news")
    return {**texts, "column": entry["column"], "kind": kind, "on": published, "made_on": made, "body": body}


def _day(text: str) -> date | None:
    found = re.search(r"(\d{1,2})月(\d{1,2})日", text)
    return date(2026, int(found[1]), int(found[2])) if found else None
