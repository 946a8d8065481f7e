"""The disclosure table (信息公开目录): 索引号, 发布机构, 文号 ... in whatever markup.

Labels and values stand in cells, in dt/dd, in li, or on one line in a row: ``文件编号: 发布机构: 政府办`` is an empty
document number, so a value ends where the next known label begins (武进 and 钟楼 2021).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from scraper.items import Cut
from scraper.pages.meta import text_of
from scraper.pages.outline import BREAK, CELL, ROW

_DATA = Path(__file__).parent / "data" / "labels.toml"
# Bounded: two open repetitions side by side take minutes on a page with a hundred thousand spaces.
_GAP = r"[ \xa0\u3000\u2003\u2002]{0,20}"
_INNER = re.compile(r"[ \xa0\u3000\u2003\u2002]+")
# A value that starts a line further down than this belongs to something else: the label's own value is empty.
_REACH = 4
_LONGEST = {"abstract": 2000, "title": 300, "keywords": 300}
_LONG = 120


def labelled(text: str) -> Mapping[str, Cut]:
    """Field -> value of the first label of that field that has one. Values of empty labels are left out."""
    names, pattern = _labels()
    hits = list(pattern.finditer(text))
    found: dict[str, Cut] = {}
    ends = [*(hit.start() for hit in hits[1:]), len(text)]
    for here, end in zip(hits, ends, strict=False):
        label = _INNER.sub("", here[1])
        field = names[label]
        if field == "other" or field in found:
            continue
        value = text_of(_value(text[here.end() : end], colon=bool(here[2])))
        if value and len(value) <= _LONGEST.get(field, _LONG):
            found[field] = Cut(value, f"label:{label}")
    return found


def is_label_row(line: str) -> bool:
    """Does a line (cells apart by tabs) begin with a label of a field and a value, or nothing, after it?"""
    names, pattern = _labels()
    match = pattern.match(line)
    return match is not None and names[_INNER.sub("", match[1])] != "other"


def _value(segment: str, *, colon: bool) -> str:
    row = segment.split(ROW, 1)[0]
    own, *cells = row.split(CELL)
    if own.strip():
        return _first_line(own) if colon else ""
    if cells:
        return cells[0]
    # Not a table, or the label alone in the last cell of its row.
    return _first_line(segment.lstrip(ROW)) if colon and CELL not in segment else ""


def _first_line(text: str) -> str:
    rows = text.replace(ROW, BREAK).split(BREAK, _REACH)
    return next((row for row in rows[:_REACH] if row.strip(" \xa0\u3000")), "")


@cache
def _labels() -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Label -> field, and the pattern that finds a label: followed by a colon or bracket, or alone in its cell."""
    fields: Mapping[str, list[str]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    names = {label: field for field, labels in fields.items() for label in labels}
    # No Han character before a label: said behind its first character, so that the pattern begins with characters,
    # which are looked for in a third of the time.
    ordered = sorted(names, key=len, reverse=True)
    spaced = (_GAP.join([f"{label[0]}(?<![\u4e00-\u9fff]{label[0]})", *label[1:]]) for label in ordered)
    # [ 索引号 ] 014133058/2026-00009: a bracket ends a label as a colon does.
    end = rf"{_GAP}(?:([\]】]{_GAP}[:：]?|[ \xa0\u3000\n]{{0,40}}[:：])|[ \n]{{0,40}}(?=\t))"
    return names, re.compile(rf"({'|'.join(spaced)}){end}")
