"""Numbers: Arabic and Chinese numerals read, percentages and counts found with what they measure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.metadata.evidence import Fact, bare, plain

DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "Ｏ": 0,
    "两": 2,
    "壹": 1,
    "贰": 2,
    "叁": 3,
}
_UNITS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
ARABIC: Final = r"(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,16})(?:\.\d{1,8})?"
HAN: Final = r"[零〇一二三四五六七八九两十百千]{1,12}"
_PERCENT: Final = re.compile(
    rf"(?P<first>{ARABIC})%?\s?[-—–~～至到]\s?(?P<last>{ARABIC})\s?%|(?P<minus>(?<![\d%）年月日])[-－—](?!—))?(?P<one>{ARABIC})\s?%"
    rf"|百分之(?P<han>{HAN}(?:点[零〇一二三四五六七八九]{{1,6}})?|{ARABIC})"
)
_ABOUT: Final = re.compile(
    r"([\u4e00-\u9fff]{2,12}?)(?:分别)?(?:同比|环比|较上年|比上年|比去年)?(?:达到?|为|增长|增加|提高|下降|减少|上升|降低|超过|超|占|约)*了?(?:至|到)?(?:约|近)?$"
)
_COUNT: Final = re.compile(
    rf"(?<![\d.第])(?P<number>{ARABIC})(?P<more>余|多)?(?P<large>[万亿])?(?P<more2>余|多)?"
    r"(?P<unit>平方公里|平方米|立方米|千瓦时|公顷|公里|公斤|千克|千米|千瓦|兆瓦|[个家户人名位项件条处所座栋幢套辆台艘架头只株亩吨斤米次场批张份册篇起宗例间种笔])(?P<about>[\u4e00-\u9fff]{0,8})"
)


def numeral(text: str) -> float:
    """The value of an Arabic (1,234.5) or Chinese numeral (三千五百, 二〇〇五, 十二点五), also mixed (3.5万).

    ValueError: not a numeral.
    """
    text = bare(text).replace(",", "")
    scale = 1.0
    while text and text[-1] in _LARGE and not any(c in _LARGE for c in text[:-1] if c not in "0123456789."):
        scale *= _LARGE[text[-1]]
        text = text[:-1]
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text) * scale
    whole, _, part = text.partition("点")
    value = float(_han(whole))
    if part:
        value += float("0." + "".join(str(DIGITS[c]) for c in part))
    return value * scale


def _han(text: str) -> int:
    if not text:
        raise ValueError("an empty numeral")
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in _UNITS:
            section += (digit or 1) * _UNITS[c]
            digit = 0
        elif c in _LARGE:
            larger = total // _LARGE[c] * _LARGE[c] if total >= _LARGE[c] * 10_000 else 0
            total = larger + (total - larger + section + digit) * _LARGE[c]
            section = digit = 0
        else:
            raise ValueError(f"not a Chinese numeral: {text!r}")
    return total + section + digit


def percentages(text: str) -> Iterator[Fact]:
    """Every percentage of a folded text; a range gives both its ends. Percentage points (个百分点) are none."""
    for found in _PERCENT.finditer(text):
        about = _measured(text, found.start())
        if found["han"]:
            value = numeral(found["han"])
            yield Fact("percentage", plain(value), found.start(), found.end(), "percent-han", 0.98, about=about)
            continue
        if found["first"]:
            for group in ("first", "last"):
                end = found.end() if group == "last" else found.end(group)
                yield Fact(
                    "percentage",
                    plain(numeral(found[group])),
                    found.start(group),
                    end,
                    "percent-range",
                    0.97,
                    about=about,
                )
            continue
        value = numeral(found["one"]) * (-1 if found["minus"] else 1)
        yield Fact("percentage", plain(value), found.start(), found.end(), "percent", 1.0, about=about)


def _measured(text: str, start: int) -> str:
    left = re.split(r"[，。；：、！？\n（）“”《》\s]", text[max(0, start - 24) : start])[-1]
    found = _ABOUT.search(left)
    return found.group(1) if found else ""


def counts(text: str) -> Iterator[Fact]:
    """Counted things of a folded text: 13个项目, 5000余家企业. `unit` is the measure word, `about` the noun."""
    for found in _COUNT.finditer(text):
        value = numeral(found["number"]) * _LARGE.get(found["large"] or "", 1)
        about = re.split(r"[，。的和与、在将已]", found["about"])[0]
        yield Fact(
            "count", plain(value), found.start(), found.end("unit"), "count", 0.9, unit=found["unit"], about=about
        )
