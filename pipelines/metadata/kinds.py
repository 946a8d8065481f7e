"""The announcement's kind: 会议 调研 通知 公告公示 政策文件 政策解读 人事任免 统计数据 活动 其他.

A headline that names its genre decides; a document by its formulas (现批复如下, 通告如下); a report is weighed by the
words of its opening.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.metadata.lexicon import alternation, blocks

KINDS: Final = ("会议", "调研", "通知", "公告公示", "政策文件", "政策解读", "人事任免", "统计数据", "活动", "其他")
_REPORTS: Final = ("会议", "调研", "活动", "统计数据", "政策解读")
_ISSUED: Final = re.compile(
    r"印发.{0,60}(?:办法|规定|细则|条例|方案|规划|纲要|意见|措施|规则|章程|预案|标准|制度|计划|政策|指引|目录|清单|要点)[》》）\)（试行暂修订]*的?通知$"
)
_FORMULAS: Final = (
    (
        re.compile(
            r"(?:现|特此|函|兹)?(?:批复|函复|答复|回复)如下|现就.{0,30}提出(?:以下|如下)意见|提出如下(?:实施)?意见|(?:作出|做出)如下决定|特制定本(?:办法|规定|细则|方案|条例)"
        ),
        "政策文件",
    ),
    (
        re.compile(
            r"(?:公告|公示|通告|公布)如下|现予(?:以)?(?:公告|公示|公布|通告)|特此(?:公告|公示|通告)|公示期|采购人|招标人|中标人|竞买人|报名时间|递交投标"
        ),
        "公告公示",
    ),
    (
        re.compile(
            r"(?:任命|免去).{2,20}(?:职务|为|任)|任免(?:下列|名单)|(?:组成人员|成员)(?:名单)?(?:通知|调整|作如下调整)|决定(?:任命|免去)|拟提名为|拟任(?:用|命|职)?[^，。务]{2,20}[长任记员]"
        ),
        "人事任免",
    ),
    (
        re.compile(
            r"(?:通知|通报)如下|特此(?:通知|通报)|现(?:转发|印发|下达)给你们|请(?:认真|遵照|结合实际).{0,10}(?:贯彻|执行|落实)|请各(?:单位|地|部门)"
        ),
        "通知",
    ),
)
_TITLE_FIELD: Final = re.compile(r"标\s*题\s*[：|]+[\s|]*([^|\n]{6,120})")
_SITE_NAME: Final = re.compile(r"\s*(?:[_|]|[-—－]+(?=[^-_—－]*(?:网|门户|政府)[^-_—－]*$)).*$")
_SALUTATION: Final = re.compile(r"^[^。\n]{2,120}[：:]\s*$", re.MULTILINE)
_HELD: Final = re.compile(
    r"(?:召开|举行|主持召开)(?:了)?[^，。；]{0,40}(?:会议|座谈会|推进会|部署会|动员会|调度会|例会|论坛|大会|全会|培训班|发布会|研讨会|报告会|常委会|理事会)|(?:会议|座谈会|推进会|论坛|理事会|全会|大会|培训班|研讨会|报告会|工作会)[^，。]{0,20}(?:召开|举行|举办|开幕)"
)
_VISIT: Final = re.compile(
    r"(?:到|赴|在|深入|来到)[^，。]{2,30}(?:调研|考察|视察|督导|督查|检查|走访|慰问|看望)|(?:调研|视察|督导|督查|检查|走访慰问|看望慰问)[^，。]{2,24}(?:工作|情况|项目|企业|建设|防控|安全|生产|群众|老人)|专题调研|实地调研"
)
_EVENT: Final = re.compile(
    r"(?:开幕|闭幕|开赛|举办|举行|启动|亮相)[^，。]{0,24}(?:活动|比赛|大赛|展|节|仪式|运动会|推介会|博览会|交流会|晚会|演出|竞赛)|(?:展|节|大赛|比赛|运动会|仪式|推介会|博览会|交流会|晚会|活动)[^，。会]{0,20}(?:开幕|举行|举办|启动|落幕|闭幕)|会见了|参访团|(?:荣获|获得)[^，。]{0,12}(?:奖|冠军|名)"
)


@cache
def _headline() -> tuple[re.Pattern[str], dict[str, str]]:
    kind_of = {
        word: block.split(":")[0]
        for block, held in blocks("kinds").items()
        if block.endswith(":title")
        for word in held
    }
    return re.compile(alternation(kind_of)), kind_of


def kind(text: str, title: str = "") -> tuple[str, str]:
    """The kind, and the rule that gave it (headline, formula, opening, letter, default)."""
    labelled = _TITLE_FIELD.search(text[:1500])
    opening = labelled.group(1) if labelled else headline(text)
    for line, rule in ((_SITE_NAME.sub("", title), "headline"), (opening, "headline-in-body")):
        told = _by_headline(line, text)
        if told:
            return told, rule
    told = _by_formula(text)
    if told:
        return told, "formula"
    told = _by_opening(text)
    if told:
        return told, "opening"
    return ("通知", "letter") if _SALUTATION.search(text[:200]) else ("其他", "default")


def headline(text: str) -> str:
    """The headline that opens the text, up to a sentence, a salutation or a document number; "" if there is none."""
    lines: list[str] = []
    for line in map(str.strip, text.split("\n")[:6]):
        if not line:
            continue
        if (
            re.search(r"[。；！？]|[：:]$|[〔\[（(]\s*(?:19|20)\d\d\s*[〕\]）)]|^(?:来源|记者|作者|时间|发布)", line)
            or len(line) > 60
        ):
            break
        lines.append(line)
    joined = "".join("".join(lines).split())
    return joined if len(joined) <= 120 else ""


def _by_headline(line: str, text: str) -> str:
    line = "".join(line.split()).rstrip("。（）()试行暂修订稿附图一二三四五1234567890")
    if not line:
        return ""
    if _ISSUED.search(line):
        return "政策文件"
    pattern, kind_of = _headline()
    held = list(pattern.finditer(line))
    if not held:
        return ""
    for word in held:
        if kind_of[word.group()] == "人事任免" or (kind_of[word.group()] == "政策解读" and len(word.group()) > 2):
            return kind_of[word.group()]
    last = held[-1]
    told = kind_of[last.group()]
    if last.end() == len(line) or (told in ("公告公示", "通知", "政策解读", "统计数据") and len(last.group()) > 1):
        return _news(told, text) if told in ("会议", "活动", "调研") else told
    return _news(told, text) if told in _REPORTS and len(last.group()) > 1 else ""


def _news(told: str, text: str) -> str:
    """A report's headline may name one thing and its text another: the text's opening decides where it is clear."""
    weighed = _weights(text)
    best = max(weighed, key=lambda k: weighed[k])
    return best if weighed[best] >= weighed.get(told, 0) + 5 else told


def _by_formula(text: str) -> str:
    head = text[:900]
    letter = _SALUTATION.search(text[:200]) is not None
    for pattern, told in _FORMULAS:
        found = pattern.search(head) or pattern.search(text[-200:])
        if found and (letter or "如下" in found.group() or "特此" in found.group() or told in ("公告公示", "人事任免")):
            return told
    return ""


@cache
def _spoken(told: str) -> re.Pattern[str]:
    """The words of a text that speak for a kind of report."""
    return re.compile(alternation(blocks("kinds")[f"{told}:body"]))


def _weights(text: str) -> dict[str, float]:
    """What the words of the first 500 characters speak for."""
    head = text[:500]
    weights = dict.fromkeys(_REPORTS, 0.0)
    for told in _REPORTS:
        for at in _spoken(told).finditer(head):
            weights[told] += 1.0 if at.start() < 200 else 0.5
    for pattern, told, weight in ((_HELD, "会议", 4.0), (_VISIT, "调研", 4.0), (_EVENT, "活动", 4.0)):
        found = pattern.search(head)
        if found:
            weights[told] += weight + (2.0 if found.start() < 120 else 0.0)
    weights["统计数据"] += 0.6 * len(re.findall(r"\d%", text[:1200])) - 3
    return weights


def _by_opening(text: str) -> str:
    if _SALUTATION.search(text[:200]) and not _HELD.search(text[:200]):
        return ""
    weights = _weights(text)
    best = max(weights, key=lambda k: weights[k])
    clear = weights[best] - max(w for k, w in weights.items() if k != best)
    return best if weights[best] >= 4 or (weights[best] >= 2 and clear >= 1) else ""
