"""The meeting, forum or press conference a text reports on: its name and its number in the series."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.metadata.evidence import Fact, bare

_KIND: Final = (
    r"(?:常务会议|全体会议|工作会议|专题会议|视频会议|电视电话会议|(?:扩大)?会议|座谈会|推进会|部署会|动员会|调度会|例会|论坛|年会|代表大会|大会|全会|培训班|新闻发布会|发布会|研讨会|报告会|宣讲会|交流会|"
    r"推介会|联席会|理事会|听证会|评审会|论证会|现场会|民主生活会|常委会|党组会|主席会议|主任会议|主题论坛)(?!议)"
)
_NAME: Final = r"(?:[^，。；：！？\n“”《》]|“[^”\n]{1,30}”|（扩大）){0,40}?"
_HELD: Final = re.compile(
    rf"(?:召开|举行|举办|主持召开|出席|参加|主持)(?:了|的)?(?P<after>{_NAME}{_KIND})(?=[，。；、并]|$|上|，)",
    re.MULTILINE,
)
_HOLDS: Final = re.compile(
    rf"(?:^|(?<=[，。；：\n]))(?P<before>{_NAME}{_KIND})(?:[^，。；\n]{{0,16}}?)(?:召开|举行|举办|开幕|隆重举行)",
    re.MULTILINE,
)
_LEAD: Final = re.compile(
    r"^(?:近日|日前|当天|[上下]午|昨天|今天|以?“[^”]*”为主题的|为主题的|由[^，]{2,20}(?:主办|承办)的|\d{1,2}月\d{1,2}日(?:[上下]午|晚)?|在[^，]{2,12}(?=第)|了|的|本次|此次|这次|我[区县市])+"
)
_VAGUE: Final = re.compile(
    r"^(?:会议|大会|论坛|座谈会|本次会议|此次会议|全会|视频会议|工作会议|这次会议|专题会议|发布会|培训班|交流会|推介会)$"
)
_NUMBER: Final = re.compile(
    r"第([一二三四五六七八九十百\d]{1,4})[次届](?:[\u4e00-\u9fff（）]{0,6}第([一二三四五六七八九十百\d]{1,4})次)?"
)


def meetings(text: str) -> Iterator[Fact]:
    """meeting facts of a folded text, first the one it reports on; `unit` is the number in its series as written."""
    seen: set[str] = set()
    found = [
        *((m.start("after"), m["after"]) for m in _HELD.finditer(text)),
        *((m.start("before"), m["before"]) for m in _HOLDS.finditer(text)),
    ]
    for start, raw in sorted(found):
        lead = _LEAD.match(raw)
        at = start + (lead.end() if lead else 0)
        name = text[at : start + len(raw)]
        key = bare(name)
        if len(key) < 3 or _VAGUE.match(key) or key in seen:
            continue
        seen.add(key)
        number = _NUMBER.search(name)
        yield Fact("meeting", key, at, at + len(name), "meeting-held", 0.8, unit=number.group() if number else "")
