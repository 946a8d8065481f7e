"""Deadlines and days of effect: dates of the text that end or start something, by the words that stand beside them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipelines.metadata.evidence import Fact

_AROUND: Final = 30  # characters of the clause that are looked at on either side
_STEP: Final = (
    r"报名|申报|申请|申领|征集|征求意见|公示|公告|受理|投标|递交|缴费|缴款|报送|提交|反馈|登记|有效|办理|评选|投票"
)
_TIME: Final = r"\s?(?:（[^（）]{1,6}）)?(?:上午|下午|晚上|中午)?\s?(?:(?:\d{1,2}|零)[时点：](?:\d{1,2}分?|整)?|下班)?"
# 2026-11: 截至10月底 alone says "as of" in statistics; it is a deadline only with 止 or a step (报名…) beside it.
_END_BEFORE: Final = re.compile(
    rf"截止(?:时间|日期|到|至|于)?[为至到：]*\s?$|(?:{_STEP})(?:[^，。；\n]{{0,20}})?(?:至|到|截至|—|-|~|～)\s?$"
)
_END_AFTER: Final = re.compile(
    rf"^{_TIME}(?:截止|止(?![损血])|(?:之前|以前|前(?![后往夕来期段三两\d]))(?P<task>[^。；\n]*))"
)
_TASK: Final = re.compile(
    rf"{_STEP}|完成|报(?!道|告会)|送|交(?!通|流)|上传|填写|到位|整改|退还|领取|搬离|腾空|申诉|参加|预约"
)
_ORDER: Final = re.compile(r"(?:须|应|请|务必|确保|力争|限|于|在)[^，。；\n]{0,12}$")
_START_BEFORE: Final = re.compile(r"(?:自|从|于)\s?$")
_START_AFTER: Final = re.compile(rf"^{_TIME}起?[，]?(?:正式)?(?:施行|实施|执行|生效|启用|有效)")


def terms(text: str, dates: Iterable[Fact]) -> Iterator[Fact]:
    """Facts of kind "deadline" (报名截止…, …前报送) and "effective" (自…起施行), at the place of their date.

    text is folded; dates are its date facts. Only whole days count: "2026年底前完成" names none.
    """
    for fact in dates:
        if len(fact.value) != len("2026-01-31"):
            continue
        before, after = text[max(0, fact.start - _AROUND) : fact.start], text[fact.end : fact.end + _AROUND]
        before = re.split(r"[。；\n]", before)[-1]
        if rule := _rule(before, after):
            kind, _, _ = rule.partition(":")
            yield Fact(kind, fact.value, fact.start, fact.end, rule, 0.9, about=fact.about)


def _rule(before: str, after: str) -> str:
    """What the words around a date make of it; "" for a plain date."""
    if _START_BEFORE.search(before) and _START_AFTER.search(after):
        return "effective:from"
    if _END_BEFORE.search(before):
        return "deadline:until"
    found = _END_AFTER.search(after)
    if found is None:
        return ""
    task = found["task"]
    if task is None:
        return "deadline:closes"
    return "deadline:before" if _TASK.search(task) or _ORDER.search(before) else ""
