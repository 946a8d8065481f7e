"""Where our own rules see an organisation: by its ending (局, 公司, 大学 ...), by list, or in a list of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from pipelines.metadata import boundaries
from pipelines.metadata.gazetteer import is_place
from pipelines.metadata.lexicon import alternation, words

Span = tuple[int, int]
# 2026-11: an ending that the next character turns into another word: 部门, 局长, 委员, 办法, 院校, 会议, 中心城区.
_TURNED: Final = {
    "部": "[际门分署队级长下件位落]",
    "局": "[面部限势长域]",
    "委": "[员托派任]",
    "办": "[法理公学事好]",
    "院": "[校士落长内]",
    "会": "[议员长计堂场客谈]",
    "[作科侨文记残]协": "[议调定同助作会商]",
    "[文侨妇残]联": "[系合网通动]",
    "中心": "(?:[城思组任村镇]|工作|环节|线)",
    "学": "[生者习员位]",
    "社区": "[居工矫]",
    "站": "[点台位长]",
    "[队团社所厅行馆台]": "[员长里]",
}
_NOT_AFTER: Final = "".join(rf"(?!(?<={end}){after})" for end, after in _TURNED.items())
_DONE: Final = "(?:管理|监督|监督管理|服务|保障|建设|事务|执法|工作)*"
_OFFICE: Final = "(?:总局|局|厅|部|委员会|委|办公室|办|署|中心|分局|支队|大队)"
_JOINT: Final = re.compile(r"[和与及]")
# 2026-11: ends that tell an organisation alone, without anything before them.
_ALONE: Final = re.compile(
    r"(?:[市区县省旗州盟镇乡]|自治区)(?:政府|委|纪委|监委|人大|政协)|[\u4e00-\u9fff]{2,}[局厅]"
    r"|(?:组织|宣传|统战)部|政法委|(?:团市|团区|团县|团省)委"
)
_LISTED: Final = re.compile(
    r"(?:^|(?<=[，。；：（\n]))(?P<list>[^，。；：！？（）\n《》“”]{4,400})等(?:[\u4e00-\u9fff\d]{0,8}?)"
    r"(?:企业|公司|单位|机构|高校|院校|银行|部门|媒体|商家|学校|医院|协会|平台|品牌)"
)


@cache
def _ends() -> re.Pattern[str]:
    stem = alternation(words("organisations", "stems"))
    department = rf"{stem}(?:[和与]{stem}|、{stem}(?=[和与]{stem}))*{_DONE}{_OFFICE}"
    whole = alternation(words("organisations", "whole"))
    ends = alternation(words("organisations", "ends") | words("organisations", "weak"))
    told = rf"(?P<whole>{whole})(?![\u4e00-\u9fff]?[路街])|(?P<department>{department})|(?P<end>{ends})"
    return re.compile(rf"(?:{told}){_NOT_AFTER}")


def alone(name: str) -> bool:
    """Whether an ending names a body with nothing before it: 区政府, 教育局, 宣传部."""
    return _ALONE.fullmatch(name) is not None


def told(text: str, closed: Sequence[Span]) -> Iterator[tuple[Span, str]]:
    """Spans with the rule (list, ending); the longest where several end in one name. `closed` spans are not read."""
    found: list[tuple[int, int, str]] = []
    for end in _ends().finditer(text):
        if any(a < end.end() and end.start() < b for a, b in closed):
            continue
        floor = max((b for _, b in closed if b <= end.start()), default=0)
        start = boundaries.begin(text, end.start(), end.end(), floor)
        start = _after_joint(text, start, end.start(), found)
        before = text[start : end.start()]
        if end["whole"] and not _opens(before) and not boundaries.holds_body(before):
            start = end.start()
        while found and start <= found[-1][0] and found[-1][1] <= end.end():
            found.pop()
        if found and start < found[-1][1] <= end.start():
            start = found[-1][1]
        if start == end.start() and not end["whole"] and not alone(end.group()):
            continue
        found.append((start, end.end(), "list" if end["whole"] else "ending"))
    yield from (((start, stop), rule) for start, stop, rule in found)


def _opens(text: str) -> bool:
    """Whether a division, or the word for one (省, 市, 区), stands before a listed name: 省卫生健康委."""
    return is_place(text) or text in ("省", "市", "区", "县", "州", "自治区")


def _after_joint(text: str, start: int, at: int, found: Sequence[tuple[int, int, str]]) -> int:
    """甲局和乙局 are two: the place after 和 where a name ends right before it or one begins right after it."""
    ends = {b for _, b, _ in found}
    for joint in _JOINT.finditer(text, start, at):
        left, right = text[start : joint.start()], text[joint.end() : joint.end() + 4]
        opens = right[:1] in ("省", "市", "区", "县", "镇") or right[:2] in ("国家", "中国", "全国", "中央", "自治")
        opens = (opens or any(is_place(right[:n]) for n in (2, 3, 4))) and len(left) > 1
        if joint.start() in ends or opens or left.endswith(("镇", "乡", "街道", "村", "市", "区", "县", "省")):
            start = joint.end()
    return start


def listed(text: str, ends: frozenset[int]) -> Iterator[Span]:
    """Further names of a list 甲、乙、丙等企业, of which two or more, and a quarter, are told already."""
    for run in _LISTED.finditer(text):
        parts = list(re.finditer(r"[^、]+", run["list"]))
        seen = sum(run.start() + p.end() in ends for p in parts)
        if seen < 2 or seen * 4 < len(parts):
            continue
        for part in parts[1:]:
            span = (run.start() + part.start(), run.start() + part.end())
            if span[1] not in ends and re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9·]{3,12}", part.group()):
                yield span
