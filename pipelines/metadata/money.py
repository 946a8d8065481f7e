"""Money: value in units of its currency, with the currency's ISO 4217 code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.metadata.evidence import Fact, plain
from pipelines.metadata.lexicon import alternation
from pipelines.metadata.numbers import ARABIC, numeral

_WRITTEN: Final = {
    "CNY": "元 圆 块钱 元人民币",
    "USD": "美元 美金",
    "EUR": "欧元",
    "JPY": "日元 日圆",
    "HKD": "港元 港币",
    "GBP": "英镑",
    "AUD": "澳元",
    "CAD": "加元 加币",
    "KRW": "韩元",
    "RUB": "卢布",
    "TWD": "新台币 台币",
    "MOP": "澳门元",
    "SGD": "新加坡元 新元",
    "CHF": "瑞士法郎 瑞郎",
    "THB": "泰铢",
    "INR": "卢比",
    "VND": "越南盾",
}
CURRENCIES: Final = {name: code for code, names in _WRITTEN.items() for name in names.split()}
SYMBOLS: Final = {
    "￥": "CNY",
    "¥": "CNY",
    "$": "USD",
    "＄": "USD",
    "€": "EUR",
    "£": "GBP",
    "人民币": "CNY",
    "RMB": "CNY",
    "US$": "USD",
    "HK$": "HKD",
}
_SCALES: Final = {
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
_SCALE: Final = alternation(_SCALES)
_MORE: Final = r"[多余来]?"
_NUMBER: Final = rf"(?:{ARABIC}|[一二三四五六七八九两十百][零〇一二三四五六七八九十百千万亿]{{0,14}})"
_UNIT: Final = alternation(CURRENCIES)
# 2026-11: 元 that opens another word is no currency: 元旦, 元月, 元素, 元宇宙 ...
_NOT_UNIT: Final = r"(?<!单)(?<!多)(?<!一体)(?![旦月素宵件首宝代朝帅老凶器宇])"
_STATED: Final = re.compile(
    rf"(?<![\d.〔])(?P<symbol>{alternation(SYMBOLS)})?\s?(?P<number>{_NUMBER})\s?{_MORE}(?P<scale>{_SCALE})?{_MORE}\s?(?:个)?(?P<unit>{_UNIT}){_NOT_UNIT}"
    rf"|(?P<symbol2>{alternation(SYMBOLS)})\s?(?P<number2>{ARABIC})\s?{_MORE}(?P<scale2>{_SCALE})?"
)
_RANGE: Final = re.compile(
    rf"(?P<number>{_NUMBER})\s?(?P<scale>{_SCALE})?(?P<unit>{_UNIT})?\s?(?:[-—–~～]{{1,2}}|至|到|、|或)\s?$"
)
_WORTH: Final = (
    "投资|产值|资金|营收|收入|税收|纳税|融资|贷款|授信|补贴|补助|注册资本|注册资金|销售额|交易额|成交额|利润|财政|预算|资产|估值|奖励|捐款|捐赠|善款|生产总值|GDP|"
    "进出口|零售额|增加值|债券|专项债|拨款|经费|到账|签约额|合同额|总额|市值|造价|耗资|斥资|出资|注资|增资|金额|减税|退税|减负|存款|债务|货值|规模"
)
_MEANT: Final = re.compile(
    rf"(?<![\d.])(?P<number>{ARABIC})(?P<more>{_MORE})(?P<scale>万亿|[十百千]亿|[亿万])(?P<more2>{_MORE})(?![\d元万亿])"
)
_WORTH_LEFT: Final = re.compile(
    rf"(?:{_WORTH})(?:总额|额|规模|总量)?(?:约|近|超|超过|突破|达|达到|逾|为|将|已|预计|高达|累计|共|共计|合计|总计|达成|完成|实现|不低于|不少于|不超过|增长|增加|至|到|了|[可约超])*$"
)
_WORTH_RIGHT: Final = re.compile(rf"(?:的|左右的?|以上的?|级)?(?:产业|社会|固定资产|招商|总|项目)?(?:{_WORTH})")
_COUNTED: Final = re.compile(r"\s?[人亩吨平立方户家个件辆台千瓦斤只头株册次度公米余字条张份名位套所羽尾粒棵场枚箱瓶]")


def money(text: str) -> Iterator[Fact]:
    """Every sum of a folded text. 余, 多 and 约 do not change the written figure; both ends of a range count."""
    for found in _STATED.finditer(text):
        number, scale = found["number"] or found["number2"], found["scale"] or found["scale2"] or ""
        unit = CURRENCIES.get(found["unit"] or "", "") or SYMBOLS[found["symbol2"]]
        if found["symbol"] and unit == "CNY":
            unit = SYMBOLS[found["symbol"]]
        if _is_word(text, found):
            continue
        yield from _range_start(text, found, scale, unit)
        yield Fact(
            "money", plain(numeral(number) * _SCALES.get(scale, 1)), found.start(), found.end(), "money", 1.0, unit=unit
        )
    yield from _meant(text)


def _is_word(text: str, found: re.Match[str]) -> bool:
    """A Chinese numeral that is no sum: 一元化, 二元 (structure), 三元 (a place name), 百元 without a digit."""
    number = found["number"] or found["number2"]
    if number[0].isdigit():
        return False
    if set(number) <= set("十百千万亿") and not number.startswith("十"):
        return True
    return len(number) == 1 and not found["scale"] and not found["symbol"] and found["unit"] in ("元", "圆")


def _range_start(text: str, found: re.Match[str], scale: str, unit: str) -> Iterator[Fact]:
    start = max(0, found.start() - 24)
    first = _RANGE.search(text[start : found.start()])
    # 2026-11: a first end that names its own currency is found on its own (100万元至200万元).
    if (
        first is None
        or first["unit"]
        or not first["number"][0].isdigit()
        or text[start + first.end("number") :][:1] == "年"
    ):
        return
    if re.search(r"[、或]\s?$", first.group()) or (
        start + first.start() and text[start + first.start() - 1] in ".第〔年"
    ):
        return
    value = (
        numeral(first["number"]) * _SCALES[first["scale"] or scale or "百"]
        if (first["scale"] or scale)
        else numeral(first["number"])
    )
    end = start + (first.end("scale") if first["scale"] else first.end("number"))
    yield Fact("money", plain(value), start + first.start(), end, "money-range", 0.95, unit=unit)


def _meant(text: str) -> Iterator[Fact]:
    for found in _MEANT.finditer(text):
        end = found.end()
        if text[end : end + 1] in ("美", "欧", "日", "港", "英", "元", "澳", "加", "韩", "圆", "块") or _COUNTED.match(
            text, end
        ):
            continue
        left = text[max(0, found.start() - 14) : found.start()]
        if _WORTH_LEFT.search(left) or _WORTH_RIGHT.match(text, end):
            value = numeral(found["number"]) * _SCALES[found["scale"]]
            yield Fact("money", plain(value), found.start(), end, "money-meant", 0.85, unit="CNY")
