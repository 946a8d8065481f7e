"""Dates as government pages write them.

Own expressions rather than dateparser or htmldate (both are installed with trafilatura): for this closed set of forms
they were right 45 times of 46 and 15 to 140 times faster, and dateparser misreads 1月14日 (design/text.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

# 国办发〔2017〕47号 asks for YYYY-MM-DD HH:MM; its own annex prints 2017——04——12. Seen besides: / . 年月日, full width
# digits, "10时25分", and U+2236 for the colon.
_GAP = r"[ \t\xa0\u3000]*"
_DASH = r"(?:[-‐‑–—−－/／.．]{1,2})"
DAY = re.compile(
    rf"(?<!\d)((?:19|20)\d\d){_GAP}(?:{_DASH}{_GAP}(\d{{1,2}}){_GAP}{_DASH}{_GAP}(\d{{1,2}})"
    rf"|年{_GAP}(\d{{1,2}}){_GAP}月{_GAP}(\d{{1,2}}){_GAP}日?)(?!\d)"
)
CLOCK = re.compile(r"[T\s\xa0]*(?<!\d)([01]?\d|2[0-3])[:：∶时]([0-5]?\d)(?:[:：∶分]([0-5]\d)秒?)?")
COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{6})?(?!\d)")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")

_NUMERALS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
    "Ｏ": 0,
    "O": 0,
}
HAN_DAY = re.compile(
    r"([一二][〇零○ＯO一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2}|十[一二])月([一二三四五六七八九十]{1,3})日"
)

# In an address: TRS t20230611_1, Hanweb /art/2023/10/23/, Fengxun /2016/CPJCILBI_0720/, /2022/08-11/, /202210/13/, a
# moment as a folder, /20230611093015123/index.shtml (辽宁, 通州) ...
URL_DAY = re.compile(
    r"/t((?:19|20)\d\d)(\d\d)(\d\d)_"
    r"|/((?:19|20)\d\d)[-/]?(\d{1,2})[-/](\d{1,2})/"
    r"|/((?:19|20)\d\d)/[A-Q]{8}_(\d\d)(\d\d)/"
    r"|/((?:19|20)\d\d)(\d\d)(\d\d)/"
    r"|/((?:19|20)\d\d)/(\d\d)(\d\d)/"
    r"|/((?:19|20)\d\d)(\d\d)(\d\d)\d{4,}/index\."
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and, where the page shows it, "HH:MM" or "HH:MM:SS" beside it."""

    day: date
    clock: str | None
    start: int
    end: int


def moments(text: str, *, compact: bool = False) -> list[Moment]:
    """Every full date in the text, in order, with the time that follows it directly; compact: 20230411 too."""
    found = []
    for match in DAY.finditer(text.translate(_FULL_WIDTH)):
        day = _day(*(part for part in match.groups() if part))
        if day is not None:
            time = CLOCK.match(text, match.end())
            found.append(Moment(day, _clock(time), match.start(), time.end() if time else match.end()))
    if compact:
        days = ((match, _day(*match.groups())) for match in COMPACT.finditer(text))
        found += [Moment(day, None, match.start(), match.end()) for match, day in days if day]
    return sorted(found, key=lambda moment: moment.start)


def moment(text: str) -> Moment | None:
    """The first date of the text; also 20170412, 20170412093000 and 二〇一七年四月十二日."""
    found = moments(text)
    if found:
        return found[0]
    if found := moments(text, compact=True):
        return found[0]
    if match := HAN_DAY.search(text):
        day = _day("".join(str(_NUMERALS[c]) for c in match[1]), str(_han(match[2])), str(_han(match[3])))
        return Moment(day, None, match.start(), match.end()) if day else None
    return None


def day_in(url: str) -> date | None:
    """The date an article's address carries; never a made-up day where only year and month are there."""
    for match in URL_DAY.finditer(url):
        day = _day(*(part for part in match.groups() if part))
        if day is not None:
            return day
    return None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _clock(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    return ":".join(part.zfill(2) for part in match.groups() if part)


def _han(numeral: str) -> int:
    """一 .. 三十一."""
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _NUMERALS[ones] if len(ones) == 1 else 0
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)
