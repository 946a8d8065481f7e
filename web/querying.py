"""The page of a ready-made question (web/queries.yml): its words in the reader's language, its chart, its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from archive.pages.reading import Connection
from archive.pages.reading import names as names_of
from web.charts import Bar, bars, months
from web.serve import query_fields
from web.words import BEIJING, beijing

DRAWN: Final = 36  # months
# What columns of the ready-made questions hold: slugs of districts, titles beside the key 公告, times in UTC.
PLACES: Final = ("区县", "另一区县", "最早刊于")
TITLES: Final = ("标题", "首篇", "最大的一篇")
TIMES: Final = ("时间", "改动时间", "最早未见", "确定移除", "最近在原处", "最近采集")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a question. choices: slug -> name for a list to choose from; the value is kept if it is none."""

    name: str
    label: str
    type: str
    value: str
    choices: Mapping[str, str]


def titled(about: Mapping[str, Any], language: str) -> tuple[str, str]:
    """(title, description) of a question in a language; Chinese where it has no other."""
    ending = "_en" if language == "en" and about.get("title_en") else ""
    return str(about.get(f"title{ending}") or ""), str(about.get(f"description{ending}") or "")


def asking(conn: Connection, values: Mapping[str, str], language: str) -> list[Field]:
    """What a question asks for, in its order."""
    places: Mapping[str, str] = names_of(conn) if "district" in values else {}
    known = query_fields()
    found = []
    for name, value in values.items():
        about = known.get(name, {"type": "text"})
        chosen = about["type"] if about["type"] != "district" or len(places) < 1000 else "text"
        label = about.get(language) or about.get("zh") or name
        found.append(Field(name, label, chosen, value or "", places if chosen == "district" else {}))
    return found


def drawn(about: Mapping[str, Any], columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> Any:
    """The chart that a question asks for, of its rows; "" where there is none or too little to draw. Months later than
    this one come of mistaken dates and are left out, as in the other charts."""
    chart = about.get("chart")
    if not chart or len(rows) < 2:
        return ""
    label, value = columns.index(chart["label"]), columns.index(chart["value"])
    counts = {str(row[label]): int(row[value] or 0) for row in rows}
    shown: tuple[Bar, ...] = months(counts, f"{datetime.now(BEIJING):%Y-%m}", DRAWN)
    return bars(shown, title) if len(shown) > 1 else ""


def cell(row: Any, column: str, value: str) -> Markup | None:
    """A title as a link to its article, a time as it is told elsewhere on the site (Beijing)."""
    if column in TITLES and "公告" in row.keys() and row["公告"]:  # noqa: SIM118  (sqlite3.Row)
        return Markup('<a href="/a/{}">{}</a>').format(row["公告"], value)
    if column in TIMES:
        return Markup('<time datetime="{}">{}</time>').format(value, beijing(value))
    return None
