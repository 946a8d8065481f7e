"""Calendar dates with the rule that resolved them. Dates of a known year are read first; the rest lean on them.

A date without a year takes the latest year that is not later than the reference day + 45 days (design/text.md); a
deadline (…前, 将于…) takes the nearest one ahead. The reference day is the day of publication, or the document's own
signature date where that is clearly earlier (documents are put on the web years after they were signed).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from pipelines.metadata.evidence import Fact
from pipelines.metadata.numbers import numeral

YMD = tuple[int, int | None, int | None]
AHEAD: Final = timedelta(days=45)
DEADLINE_BACK: Final = timedelta(days=60)
_H: Final = "一二三四五六七八九十"
_Y4: Final = r"(?:19|20)\d{2}|[一二][〇○零Oo一二三四五六七八九]{3}"
_MON: Final = rf"1[0-2]|0?[1-9]|元|十[一二]?|[{_H[:9]}]"
_DAY: Final = rf"3[01]|[12]\d|0?[1-9]|三十一?|二?十[{_H[:9]}]?|廿[{_H[:9]}]?|[{_H[:9]}]"
_SPAN: Final = r"\s?(?:[-—–~～]{1,2}|至|到|、|和|及|或)\s?"
_PATTERN: Final = re.compile(
    rf"(?P<iso>(?<![\d.])(?P<y1>(?:19|20)\d\d)(?P<sep>[-/.—]{{1,2}})(?P<m1>1[0-2]|0?[1-9])(?P=sep)(?P<d1>3[01]|[12]\d|0?[1-9])(?![\d.%]))"
    rf"|(?P<years>(?<!\d)(?P<ya>(?:19|20)\d\d)(?P<yu>年)?\s?[-—–~～至到]{{1,2}}\s?(?P<yb>(?:19|20)\d\d)\s?(?:年|学年))"
    rf"|(?P<full>(?<![\d第])(?P<y2>{_Y4})\s?年\s?(?:(?:度|的)?(?:农历|正月|腊月)|(?:(?P<m2>{_MON})\s?月(?!\d?票)(?:\s?(?P<d2>{_DAY})\s?(?:[日号]|(?=[，。）])))?)?))"
    rf"|(?P<rel>(?P<word>前年|去年|上年|今年|本年|明年|后年|当年|同年|次年|翌年)\s?(?P<m3>{_MON})\s?月(?:\s?(?P<d3>{_DAY})\s?[日号])?)"
    rf"|(?P<month>(?P<mword>本月|上月|下月|上个月|下个月|次月|当月|同月)\s?(?P<d5>{_DAY})\s?[日号])"
    rf"|(?P<md>(?<![\d年第]|[{_H}])(?<!\d\.)(?P<m4>{_MON})\s?月(?!\d?票|饼|嫂|亮|球|供)(?:\s?(?P<d4>{_DAY})\s?[日号](?!线|楼|院|门|机|矿|桥|文|令))?)"
    rf"|(?P<day>(?<![\d.第每满起足逾周近期]|[{_H}])(?P<d6>3[01]|[12]\d|0?[1-9])\s?日(?![报均常元游龄内以之后用程间]|工作|左右|为限|期限|、夜))"
    rf"|(?P<short>(?<!\d)(?P<y3>[09]\d)年(?!级|来|间|代|后|以|的|龄)(?:(?P<m6>{_MON})月(?:(?P<d7>{_DAY})日)?)?)"
    rf"|(?P<months>(?<!\d)(?P<ma>1[0-2]|0?[1-9])\s?[-—–~～至到]{{1,2}}\s?(?=(?:1[0-2]|0?[1-9])\s?月))"
    r"|(?P<word2>(?P<near>今天|今日|昨天|昨日|明天|明日|前天|后天)(?=[（(]?(?:上午|下午|早上|晚上|清晨|凌晨|中午|傍晚|\d{1,2}[时点日:：])))"
)
_SIGNATURE: Final = re.compile(
    rf"^[ ]{{0,40}}(?P<y>{_Y4})\s?年\s?(?P<m>{_MON})\s?月\s?(?P<d>{_DAY})\s?日[ ]{{0,4}}(?:印发|发布)?[ ]{{0,8}}$",
    re.MULTILINE,
)
_LUNAR: Final = re.compile(r"(?:农历|阴历|旧历)[^，。\n]{0,6}$")
_DEADLINE: Final = re.compile(r"[（(]?[^，。；\n]{0,8}?(?:之前|以前|前(?!后|往|夕|来|三|两|\d)|截止)")
_PLANNED: Final = re.compile(
    r"(?:将于|拟于|定于|将在|拟在|订于|截止到?|截止时间[为：]?|截止日期[为：]?|有效期至|公示期至|延长至|延期至|推迟至)\s?$"
)
_MONTHS_NEXT: Final = re.compile(r"\s?(?:1[0-2]|0?[1-9])\s?[-—–~～至到]{1,2}\s?(?:1[0-2]|0?[1-9])\s?月")
_RELATIVE: Final = {"前年": -2, "去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_NEAR: Final = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "明天": 1, "明日": 1, "前天": -2, "后天": 2}


@dataclass(slots=True)
class _Reading:
    """What has been read so far: the reference day and the last date with its place."""

    text: str
    reference: date | None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    at: int = -10_000

    def near(self, start: int) -> bool:
        """Whether the last date stands in the same sentence."""
        return self.at >= 0 and not re.search(r"[。；！？\n]", self.text[self.at : start])


def dates(text: str, published: date | None) -> Iterator[Fact]:
    """Every calendar date of a folded text: value YYYY, YYYY-MM or YYYY-MM-DD, `about` = how it was resolved."""
    reading = _Reading(text, reference_day(text, published))
    for found in _PATTERN.finditer(text):
        if _LUNAR.search(text[max(0, found.start() - 10) : found.start()]):
            continue
        yield from _READERS[_kind(found)](found, reading)


def _kind(found: re.Match[str]) -> str:
    return next(name for name in _READERS if found[name])


def reference_day(text: str, published: date | None) -> date | None:
    """The day that dates without a year are counted from (see the module's text)."""
    signed = [d for m in _SIGNATURE.finditer(text) if (d := _date(_int(m["y"]), _int(m["m"]), _int(m["d"])))]
    if published is None:
        return signed[0] if signed else None
    earlier = [d for d in signed if d <= published]
    return earlier[0] if earlier and published - earlier[0] > AHEAD else published


def _int(text: str) -> int:
    if text == "元":
        return 1
    text = text.replace("○", "〇").replace("O", "〇").replace("o", "〇").replace("廿", "二十")
    return int(text) if text.isdigit() else int(numeral(text))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _emit(
    reading: _Reading, span: tuple[int, int], ymd: YMD, rule: str, how: str, *, trust: float = 1.0
) -> Iterator[Fact]:
    year, month, day = ymd
    if month is not None and day is not None and _date(year, month, day) is None:
        day = None
    reading.year, reading.month, reading.day, reading.at = year, month or reading.month, day, span[1]
    value = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")
    yield Fact("date", value, span[0], span[1], rule, trust, about=how)


def _iso(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    ymd = (int(found["y1"]), int(found["m1"]), int(found["d1"]))
    if _date(*ymd):
        yield from _emit(reading, found.span(), ymd, "date-iso", "stated")


def _years(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    first_end = found.end("yu") if found["yu"] else found.end("ya")
    yield from _emit(
        reading, (found.start(), first_end), (int(found["ya"]), None, None), "date-years", "stated", trust=0.97
    )
    yield from _emit(
        reading, (found.start("yb"), found.end()), (int(found["yb"]), None, None), "date-years", "stated", trust=0.97
    )


def _full(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    year = _int(found["y2"])
    if not 1800 <= year <= 2100:
        return
    month = _int(found["m2"]) if found["m2"] else None
    day = _int(found["d2"]) if found["d2"] else None
    if month is None and _MONTHS_NEXT.match(reading.text, found.end()):
        return  # 2022年1-6月: the months are read on their own
    yield from _emit(reading, found.span(), (year, month, day), "date-year", "stated")


def _rel(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    word = found["word"]
    if word in _RELATIVE:
        if reading.reference is None:
            return
        year, how = reading.reference.year + _RELATIVE[word], f"{word}: counted from the reference day"
    elif reading.year is not None:
        year, how = reading.year + (word in ("次年", "翌年")), f"{word}: counted from the date before"
    else:
        return
    day = _int(found["d3"]) if found["d3"] else None
    yield from _emit(reading, found.span(), (year, _int(found["m3"]), day), "date-relative-year", how, trust=0.95)


def _month(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    word, base = found["mword"], None
    if word in ("当月", "同月") and reading.year and reading.month:
        base = (reading.year, reading.month)
    elif reading.reference and word not in ("当月", "同月"):
        base = (reading.reference.year, reading.reference.month)
    if base is None:
        return
    shift = -1 if word.startswith("上") else 1 if word.startswith(("下", "次")) else 0
    year, month = divmod(base[0] * 12 + base[1] - 1 + shift, 12)
    yield from _emit(
        reading, found.span(), (year, month + 1, _int(found["d5"])), "date-relative-month", word, trust=0.9
    )


def _md(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    month, day = _int(found["m4"]), _int(found["d4"]) if found["d4"] else None
    text = reading.text
    if (
        day is None
        and not found["m4"].isdigit()
        and not re.match(r"份|底|初|中旬|上旬|下旬|末|以来|起|，", text[found.end() : found.end() + 2])
    ):
        return  # 三月 alone may be a festival or a name
    if day is None and text[found.end() : found.end() + 1] in ("子", "老", "租", "薪", "考", "结", "度", "均", "报"):
        return
    year, how = _year_of(month, day, found, reading)
    if year is not None:
        yield from _emit(
            reading, found.span(), (year, month, day), "date-month-day" if day else "date-month", how, trust=0.95
        )


def _year_of(month: int, day: int | None, found: re.Match[str], reading: _Reading) -> tuple[int | None, str]:
    """The year of a month and day: that of the sentence's last date, else by the reference day."""
    if reading.near(found.start()) and reading.year is not None and reading.at >= 0:
        between = reading.text[reading.at : found.start()]
        if re.fullmatch(r"[^，。]{0,6}(?:[-—–~～]{1,2}|至|到|、|和|及|或)\s?", between) or reading.month is None:
            wraps = reading.month is not None and month < reading.month and bool(re.search(r"[-—–~～至到]", between))
            if reading.month is not None or len(between) <= 12:
                return reading.year + wraps, "the year of the date before"
    if reading.reference is None:
        return (reading.year, "the year of the date before") if reading.year else (None, "")
    text, reference = reading.text, reading.reference
    left = text[max(0, found.start() - 10) : found.start()]
    ahead = _PLANNED.search(left) or _DEADLINE.match(text[found.end() : found.end() + 12])
    for year in (
        range(reference.year - 1, reference.year + 2) if ahead else range(reference.year + 1, reference.year - 6, -1)
    ):
        here = _date(year, month, day or 1)
        if here and (here >= reference - DEADLINE_BACK if ahead else here <= reference + AHEAD):
            return (
                year,
                "nearest ahead of the reference day" if ahead else "latest not after the reference day + 45 days",
            )
    return None, ""


def _day(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    """A day alone: after a month and day, when it follows on that day."""
    day = int(found["d6"])
    if reading.month is None or reading.day is None or reading.year is None or found.start() - reading.at > 600:
        return
    between = reading.text[reading.at : found.start()]
    joined = re.fullmatch(rf"[^，。；\n]{{0,10}}?{_SPAN}(?:当日)?", between) is not None
    after = reading.text[found.end() : found.end() + 2]
    opens = re.search(r"(?:^|[。；\n])\s*$", reading.text[max(0, found.start() - 3) : found.start()]) and (
        after[:1] == "，" or after in ("上午", "下午", "晚上", "当天")
    )
    if opens and _date(reading.year, reading.month, day):
        yield from _emit(
            reading,
            found.span(),
            (reading.year, reading.month, day),
            "date-day",
            "the month of the date before",
            trust=0.75,
        )
        return
    if not joined and (
        day < reading.day or re.search(r"起|满|自|之日|每", reading.text[max(0, found.start() - 4) : found.start()])
    ):
        return
    if day <= reading.day and not joined:
        return
    trust = 0.95 if joined else 0.8
    yield from _emit(
        reading,
        found.span(),
        (reading.year, reading.month, day),
        "date-day",
        "the month of the date before",
        trust=trust,
    )


def _short(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    number = int(found["y3"])
    month = _int(found["m6"]) if found["m6"] else None
    day = _int(found["d7"]) if found["d7"] else None
    if number >= 90 and month is None:
        return  # 95年 may be a number of years
    yield from _emit(
        reading,
        found.span(),
        ((1900 if number >= 90 else 2000) + number, month, day),
        "date-short-year",
        "two digits",
        trust=0.8,
    )


def _months(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    """The first month of 1-6月 (the second is read on its own)."""
    month = int(found["ma"])
    before = re.search(r"(?<!\d)((?:19|20)\d\d)年\s?$", reading.text[max(0, found.start() - 7) : found.start()])
    year, how = (int(before[1]), "stated") if before else _year_of(month, None, found, reading)
    if year is not None:
        yield from _emit(
            reading, (found.start("ma"), found.end("ma")), (year, month, None), "date-months", how, trust=0.9
        )


def _word2(found: re.Match[str], reading: _Reading) -> Iterator[Fact]:
    """今天上午 and its like: resolved, but kept apart from the calendar dates."""
    if reading.reference is not None:
        here = reading.reference + timedelta(days=_NEAR[found["near"]])
        yield Fact(
            "relative_date", here.isoformat(), *found.span(), "date-word", 0.6, about="counted from the reference day"
        )


_READERS: Final = {
    "iso": _iso, "years": _years, "full": _full, "rel": _rel, "month": _month, "md": _md, "day": _day, "short": _short,
    "months": _months, "word2": _word2,
}  # fmt: skip
