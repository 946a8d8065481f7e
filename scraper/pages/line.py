"""The visible line under a title: ``发布日期: 2023-01-04  来源: 某某日报  浏览次数:  字号:〖大 中 小〗``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from scraper.items import Cut
from scraper.pages.dates import Moment, moments
from scraper.pages.meta import text_of

_DATA = Path(__file__).parent / "data" / "line.toml"
_HAN = "\u4e00-\u9fff"
_GAP = r"[ \xa0\u3000]"
# What stands directly before a date: a label with or without a colon, or nothing.
_BEFORE = re.compile(
    rf"([{_HAN}](?:{_GAP}?[{_HAN}]){{0,9}}){_GAP}{{0,20}}[】\]）)]?{_GAP}{{0,20}}([:：]?)[\s\xa0\u3000]*$"
)
# 静海 prints 今天是:2019年10月31日 星期四 above articles of 2021: the clock of the page, not its date.
_TODAY = re.compile(r"今天|今日|现在|当前|北京时间|农历|您好")
_WEEKDAY = re.compile(r"[\s\xa0]*[,，]?[\s\xa0]*(?:星期|周[一二三四五六日])")
_APART = re.compile(rf"(?:[\n\r\t]|{_GAP}{{2,}})$|[】\])）]{_GAP}{{0,20}}$")
_SENTENCE = re.compile("[。，；]|(?:截至|截止|自|从|到|至|于|在)\\s*$")
_LONGEST = 60


def displayed(text: str, *, bare: bool = True) -> tuple[Moment, str] | None:
    """The date the text shows as the publication date, and the rule that found it.

    A date with a publication label comes first, then one without a label (if bare), then 更新时间. Dates with any
    other label (成文日期, 归档时间, 报名时间) and dates within sentences never count.
    """
    best: tuple[int, Moment, str] | None = None
    for moment in moments(text, compact=True):
        rank, label = _rank(text, moment)
        if label == "date" and not bare:
            continue
        if rank < 3 and (best is None or rank < best[0]):
            best = rank, moment, label
    return (best[1], f"line:{best[2]}") if best else None


def named(text: str) -> Mapping[str, Cut]:
    """source, publisher, author and editor, where the line names them."""
    found: dict[str, Cut] = {}
    for kind, label, value in _values(text):
        if value and kind not in found:
            found[kind] = Cut(value, f"line:{label}")
    return found


def _rank(text: str, moment: Moment) -> tuple[int, str]:
    """0 labelled as the publication, 1 alone, 2 as the update or among other words of a short line, 9 no such date;
    and the label, "date" without one."""
    before = text[max(0, moment.start - 40) : moment.start]
    if _TODAY.search(before[-10:]):
        return 9, ""
    match = _BEFORE.search(before)
    label = re.sub(r"[ \xa0\u3000]", "", match[1]) if match else ""
    weekday = _WEEKDAY.match(text, moment.end) is not None
    for rank, kind in ((0, "published"), (2, "updated")) if label else ():
        for word in _words()[kind]:
            if label == word or (label.endswith(word) and len(word) > 2):
                # 时间 and 日期 may also name an event's: they count as a date that stands alone.
                plain = len(word) == 2 and word != "发布"
                # 日期：2026年11月22日 星期日 is the page's clock.
                return (9, "") if plain and weekday else (max(rank, int(plain)), word)
    if weekday or (match and match[2]) or text[moment.start : moment.end].isdigit():
        return 9, ""
    line = re.split(r"[\n\r\t]", before)[-1]
    # 来源：宣教中心     2022-11-14 14:59:48 stands after another's value.
    if match and (_APART.search(before) or _patterns()[0].search(line)):
        return 1, "date"
    if match is None and not before.rstrip(" \xa0\u3000")[-1:].isalnum():
        return 1, "date"
    # 某某日报 2023-05-04 08:00; but 截至2023年1月1日 has no space before it.
    return (2, "date") if line[-1:] in (" ", "\xa0", "\u3000") and not _SENTENCE.search(line) else (9, "")


def _values(text: str) -> Iterator[tuple[str, str, str]]:
    pattern, ends, kinds = _patterns()
    for match in pattern.finditer(text):
        label = re.sub(r"\s", "", match[1])
        rest = text[match.end() : match.end() + 200]
        own, *following = re.split(r"[\n\r\t]", rest, maxsplit=6)
        value = _upto(own, ends)
        if not own.strip(" \xa0\u3000"):
            below = next((line for line in following[:6] if line.strip(" \xa0\u3000")), "")
            value = _upto(below, ends) if len(below.strip()) <= _LONGEST and "。" not in below else ""
        yield kinds[label], label, value


def _upto(line: str, ends: re.Pattern[str]) -> str:
    line = line.strip(" \xa0\u3000")
    cut = ends.search(line)
    value = text_of(line[: cut.start()] if cut else line).strip(" |,，;；:：、")
    return value if len(value) <= _LONGEST else ""


@cache
def _words() -> Mapping[str, list[str]]:
    words: Mapping[str, list[str]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return words


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], Mapping[str, str]]:
    words = _words()
    kinds = {word: kind for kind in ("source", "publisher", "author", "editor") for word in words[kind]}
    # No Han character before a label, said behind its first one (as in labels.py: three times as fast).
    ordered = sorted(kinds, key=len, reverse=True)
    labels = "|".join(f"{_GAP}{{0,20}}".join([f"{word[0]}(?<![{_HAN}]{word[0]})", *word[1:]]) for word in ordered)
    pattern = re.compile(rf"({labels}){_GAP}{{0,20}}[】\]]?{_GAP}{{0,20}}[:：]")
    every = sorted({word for group in words.values() for word in group} - {"发布"}, key=len, reverse=True)
    ends = "|".join(f"{_GAP}{{0,20}}".join(word) for word in every)
    # A value also ends at two spaces, at a bracket that opens a control (【打印】, 〖大 中 小〗) and at a date.
    stops = re.compile(
        rf"{_GAP}{{2,}}|[\[【〖〔|｜】\]]|(?:{ends}){_GAP}{{0,20}}[:：]"
        rf"|(?:^|{_GAP})(?:{'|'.join(words['stop'])})|(?:19|20)\d\d[-年/.]\d"
    )
    return pattern, stops, kinds
