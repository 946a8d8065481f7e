"""Cuts what the portal printed around the text: 字号, 打印, 浏览次数, 相关阅读, 上一篇, the visible line repeated."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scraper.pages.labels import is_label_row

_DATA = Path(__file__).parent / "data" / "furniture.toml"
_SPACE = re.compile(r"[\s\u3000]+")
_KEEP = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]+")
_REST = re.compile(r"[\W\d_]*")
_DATE = re.compile(r"(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?")
_PROSE = re.compile("[。；，]|：$")
# How many lines at either end may be the portal's, and how long such a line is at most.
_TOP, _HEAD, _BOTTOM, _SHORT, _BUTTONS = 12, 4, 12, 160, 80
_BUTTON = re.compile(r"[【\[]?\s*(?:关闭|打印)")


@dataclass(frozen=True, slots=True)
class _Words:
    marks: re.Pattern[str]
    words: re.Pattern[str]
    lines: re.Pattern[str]
    links: re.Pattern[str]
    end: re.Pattern[str]
    info: re.Pattern[str]
    wraps: re.Pattern[str]
    tails: re.Pattern[str]
    signed: re.Pattern[str]


def trim(lines: Sequence[tuple[str, bool]], title: str) -> list[str]:
    """The text's own lines, of lines as clean.Clean holds them. Credits stay: pipelines/credits.py takes them."""
    words = _words()
    kept = _below_line(list(lines), title, words)
    kept = _unwrapped(kept, words)
    kept = _above_end(kept, words)
    return [text for text, _ in _without_links(kept, words) if not _is_furniture(text, words)]


def _is_furniture(text: str, words: _Words) -> bool:
    if len(text) > _BUTTONS:
        return False
    line = _SPACE.sub("", text.removeprefix("• "))
    if words.lines.fullmatch(line):
        return True
    return bool(words.marks.search(line)) and _REST.fullmatch(words.words.sub("", line)) is not None


def _below_line(lines: list[tuple[str, bool]], title: str, words: _Words) -> list[tuple[str, bool]]:
    """Without the title, the disclosure table and the line of date and source, where the container held them too."""
    heading = _KEEP.sub("", title)
    original = re.compile(rf"^原标题[:：]\s*{re.escape(title)}\s*")
    lines = [(original.sub("", text, count=1) if at < _HEAD else text, own) for at, (text, own) in enumerate(lines)]
    lines = [line for line in lines if line[0]]
    cut, title_at, rows = 0, -_TOP, 0
    for at, (text, _) in enumerate(lines[:_TOP]):
        key = _KEEP.sub("", text)
        rows += is_label_row(text)
        if key and key == heading:
            title_at = at
        elif _dated(text, words, named=at - title_at <= 2) or (rows > 1 and is_label_row(text)):
            cut = at + 1
        elif not _is_furniture(text, words) and (len(text) > 60 or _PROSE.search(text)):
            break
    return lines[cut:]


def _dated(text: str, words: _Words, *, named: bool) -> bool:
    """The portal's line: it holds a date or a button beside its labels. 来源：… 记者：… alone is signed text."""
    line = _SPACE.sub("", text)
    if len(line) > _SHORT or "。" in line:
        return False
    date = _DATE.search(line)
    if named and date and _REST.fullmatch(_DATE.sub("", line)):
        return True
    labels = len(words.info.findall(line))
    return bool(date or words.marks.search(line)) and (labels > 1 or (labels == 1 and len(line) <= 40))


def _above_end(lines: list[tuple[str, bool]], words: _Words) -> list[tuple[str, bool]]:
    first = max(1, len(lines) - _BOTTOM)
    for at in range(first, len(lines)):
        line = _SPACE.sub("", lines[at][0])
        if words.end.fullmatch(line):
            lines = lines[:at] + [one for one in lines[at:] if len(one[0]) < _BUTTONS and words.signed.match(one[0])]
            break
    while lines and (_is_furniture(lines[-1][0], words) or (len(lines) > 1 and _BUTTON.match(lines[-1][0]))):
        lines = lines[:-1]
    return [*lines[:-3], *((words.tails.sub("", text).rstrip() or text, linked) for text, linked in lines[-3:])]


def _unwrapped(lines: list[tuple[str, bool]], words: _Words) -> list[tuple[str, bool]]:
    """Without what a platform says of itself and of the text, above and below it and behind its last sentence."""
    kept: list[tuple[str, bool]] = []
    for at, (text, linked) in enumerate(lines):
        found = words.wraps.search(text) if at < _HEAD or at >= len(lines) - _BOTTOM else None
        if found is None:
            kept.append((text, linked))
        elif (own := max(text.rfind(mark, 0, found.start() + 1) for mark in "。！？”）")) > 0:
            kept.append((text[: own + 1], linked))
    return kept


def _without_links(lines: list[tuple[str, bool]], words: _Words) -> list[tuple[str, bool]]:
    kept: list[tuple[str, bool]] = []
    skipping = False
    for at, (text, linked) in enumerate(lines):
        line = _SPACE.sub("", text.removeprefix("• ")) if len(text) < _BUTTONS else text
        # In the middle of a text such a line is a heading of its own.
        if (at < 3 or 2 * at >= len(lines)) and words.links.fullmatch(line):
            skipping = True
            continue
        skipping = skipping and linked
        if not skipping:
            kept.append((text, linked))
    return kept


@cache
def _words() -> _Words:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))

    def either(words: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))

    def any_of(patterns: list[str]) -> re.Pattern[str]:
        return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))

    info = "|".join(re.escape(word) for word in sorted(data["info"], key=len, reverse=True))
    return _Words(
        marks=either(data["marks"]),
        words=either([*data["marks"], *data["fillers"]]),
        lines=any_of(data["lines"]),
        links=any_of(data["links"]),
        end=any_of(data["end"]),
        info=re.compile(rf"(?:{info})[:：]"),
        wraps=any_of(data["wraps"]),
        tails=re.compile(rf"\s*(?:{any_of(data['tails']).pattern})\s*$"),
        signed=re.compile(rf"[（(【\[]?(?:{either(data['signed']).pattern})\s*[:：丨｜|]"),
    )
