"""The date of a list row, read from the pieces of text that stand beside its title.

A piece is the text of one text node. A date counts when a piece is nothing but a date (perhaps with brackets, a label
or a clock), else when it opens or closes a short piece; a date inside a running sentence is none of the row's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scraper.pages.dates import CLOCK, COMPACT, DAY, day_in
from scraper.pages.words import words

_OPEN, _CLOSE = r"[\s\[\(（【〔「<>|·•:：-]*", r"[\s\]\)）】〕」<>|。，,;；-]*"
_LABEL = r"(?:[\u4e00-\u9fff 　\xa0]{2,8}[:：]\s*)?"
_WHOLE_END = re.compile(rf"(?:{CLOCK.pattern})?{_CLOSE}(?:星期[一二三四五六日天])?{_CLOSE}$")
_WHOLE_START = re.compile(rf"^{_OPEN}(?P<label>{_LABEL}){_OPEN}$")
# 2017: [17-03-15] on a Changzhou bureau's lists.
_SHORT_YEAR = re.compile(rf"^{_OPEN}{_LABEL}(\d\d)[-./](\d\d)[-./](\d\d){_CLOSE}$")
_MONTH_DAY = re.compile(
    rf"^{_OPEN}{_LABEL}(0?[1-9]|1[0-2])(?:[-/.]|月)(0?[1-9]|[12]\d|3[01])日?(?:{CLOCK.pattern})?{_CLOSE}$"
)
_COMPACT = re.compile(rf"^{_OPEN}{_LABEL}{COMPACT.pattern}{_CLOSE}$")
# A date block of a card: 15 | 2024-03, 03-15 | 2024, 2024-03 | 15, 2024 | 03-15; | is the border of two elements.
_Y, _M, _D = r"(?P<y>(?:19|20)\d\d)", r"(?P<m>0?[1-9]|1[0-2])", r"(?P<d>0?[1-9]|[12]\d|3[01])"
_YM = rf"{_Y}\s*(?:[-/.]|年)\s*{_M}\s*月?"
_MD = rf"{_M}\s*(?:[-/.]|月)\s*{_D}\s*日?"
_SPLIT = tuple(
    re.compile(rf"(?:^|\|){form}(?=\||$)")
    for form in (
        rf"{_D}日?\|{_YM}",
        rf"{_YM}[-/.]?\|{_D}日?",
        rf"{_MD}\|{_Y}年?",
        rf"{_Y}年?\|{_MD}",
        rf"{_D}日?\|{_M}月\|{_Y}年?",
        rf"{_Y}[年/.-]?\|{_M}[月/.-]?\|{_D}日?",
    )
)
_DIGIT = re.compile(r"[0-9]")
_SHORT_PIECE = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A row's date; inferred when its year is not on the page or in the address, None when it cannot be known."""

    day: date | None
    inferred: bool = False


def row_day(pieces: Sequence[str], url: str = "", seen_on: date | None = None) -> Found | None:
    """The date among the pieces of a row without its title; seen_on is the day of capture, for rows without a year."""
    pieces = [piece.strip() for piece in pieces if _DIGIT.search(piece) or piece.endswith((":", "："))]
    if not pieces:
        return None
    dated = [(piece, match) for piece in pieces if len(piece) >= 8 for match in DAY.finditer(piece)]
    whole = [found for piece, match in dated if (found := _whole(piece, match)) is not None]
    if whole:
        return Found(_preferred(whole, pieces))
    for piece in pieces:
        if (compact := _without_separators(piece)) is not None:
            return Found(compact)
    return _split(pieces) or _at_an_end(dated) or _month_day(pieces, url, seen_on)


def _at_an_end(dated: Sequence[tuple[str, re.Match[str]]]) -> Found | None:
    """A date that opens or closes a short piece, or follows a label: 来源：云澜日报　时间：2026-11-19 09:30."""
    for piece, match in dated:
        day = _day(*_parts(match))
        before = piece[: match.start()].rstrip()
        opens = len(before) <= 2 and not piece[match.end() : match.end() + 1].strip(" \u3000\xa0|[(（T")
        ends = len(piece) <= _SHORT_PIECE and (opens or _WHOLE_END.match(piece, match.end()))
        if day is not None and (ends or before.endswith((":", "："))):
            return Found(day)
    return None


def is_date(piece: str) -> bool:
    """Is this piece nothing but a date?"""
    return any(_whole(piece, match) is not None for match in DAY.finditer(piece)) or bool(
        _SHORT_YEAR.match(piece) or _MONTH_DAY.match(piece) or _COMPACT.match(piece)
    )


def _whole(piece: str, match: re.Match[str]) -> tuple[date, str] | None:
    """(day, label) when the piece is just this date."""
    start = _WHOLE_START.match(piece[: match.start()])
    if start is None or not _WHOLE_END.match(piece, match.end()):
        return None
    day = _day(*_parts(match))
    return (day, start["label"]) if day else None


def _preferred(whole: list[tuple[date, str]], pieces: Sequence[str]) -> date:
    """Of several dates the one labelled as published, else the last that is not labelled as something else."""
    if len(whole) == 1:
        return whole[0][0]
    labels = [label or _label_before(pieces, index) for index, (_, label) in enumerate(whole)]
    for word in words().published:
        for (day, _), label in zip(whole, labels, strict=True):
            if label and word in label and not any(other in label for other in words().not_published):
                return day
    plain = [
        day
        for (day, _), label in zip(whole, labels, strict=True)
        if not any(other in label for other in words().not_published)
    ]
    return (plain or [whole[-1][0]])[-1]


def _label_before(pieces: Sequence[str], index: int) -> str:
    """The piece before the index-th date piece, when it reads like a label."""
    seen = -1
    for position, piece in enumerate(pieces):
        seen += any(_whole(piece, match) for match in DAY.finditer(piece))
        if seen == index:
            before = pieces[position - 1].strip() if position else ""
            return before if before.endswith((":", "：")) else ""
    return ""


def _without_separators(piece: str) -> date | None:
    if match := _COMPACT.match(piece):
        return _day(*match.groups()[:3])
    if match := _SHORT_YEAR.match(piece):
        return _day("20" + match[1], match[2], match[3])
    return None


def _split(pieces: Sequence[str]) -> Found | None:
    line = "|".join(piece for piece in pieces if len(piece) <= 10)
    for form in _SPLIT:
        if match := form.search(line):
            day = _day(match["y"], match["m"], match["d"])
            if day is not None:
                return Found(day)
    return None


def _month_day(pieces: Sequence[str], url: str, seen_on: date | None) -> Found | None:
    match = next((match for piece in pieces if (match := _MONTH_DAY.match(piece))), None)
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    address = day_in(url)
    if address is not None and (address.month, address.day) == (month, day):
        return Found(address)
    if seen_on is None:
        return Found(None)
    for year in (seen_on.year, seen_on.year - 1):
        found = _day(str(year), str(month), str(day))
        # A day of grace: the server's clock is eight hours ahead of UTC.
        if found is not None and found <= seen_on + timedelta(days=1):
            return Found(found, inferred=True)
    return None


def _parts(match: re.Match[str]) -> tuple[str, ...]:
    return tuple(part for part in match.groups() if part)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
