"""Organisations that a text names: by our own rules (`bodies`) and, where the optional extra is installed, its model.

Not given: bodies that stand only in a person's title or a 《title》, and those that name nobody (各有关部门, 本公司).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

from pipelines.metadata import bodies, boundaries
from pipelines.metadata.evidence import Fact, bare
from pipelines.metadata.gazetteer import is_place
from pipelines.metadata.lexicon import alternation, words

Span = tuple[int, int]
Word = tuple[str, int, int]
_TRUST: Final = {"list": 0.95, "ending+model": 0.93, "ending": 0.85, "model": 0.7}
_COUNTED: Final = re.compile(r"^[一二三四五六七八九十百千万两几多\d]+[个家所名级]")
_ZONE: Final = re.compile(
    r"(?:社区|开发区|高新区|经开区|产业园|科技园|工业园|园区|保税区|自贸区|广场|酒店|宾馆|农场|渔场|林场|牧场)$"
)
# 2026-11: what a name that only the model gives must end with, or hold.
_BODY_LIKE: Final = re.compile(
    r"[局厅部委办院所会社网站台报校厂店司团队组行馆军区协联盟署庭室]$|集团|控股|公司|政府|银行|科技|传媒|国际|电网|石化|石油"
    r"|电信|移动|联通|财经|证券|资本|生物|医药|电力|重工|股份|投资|基金|工商联"
)
_NOT_BODY: Final = re.compile(r"(?:族|党|产业|汽车|会议|论坛|杯|奖|教育|证书|食品|能力|文化|旅游|经济)$")
# 2026-11: classes of words that no name opens with, as the model tells them.
_OPENS_NONE: Final = frozenset(("p", "c", "d", "u", "r", "w", "xc", "v", "TIME", "m", "q", "t", "PER"))


def organisations(text: str, closed: Sequence[Span], heard: Iterable[Word] = ()) -> Iterator[Fact]:
    """organisation facts of a folded text.

    closed  spans not to be read: titles of persons, 《titles》, document numbers
    heard   words of the optional extra (`lac.tagged`)
    """
    own = dict(bodies.told(text, closed))
    words_ = [w for w in heard if not any(a < w[2] and w[1] < b for a, b in closed)]
    spans = _with_model(text, own, words_) if words_ else own
    spans |= dict.fromkeys(bodies.listed(text, frozenset(b for _, b in spans)), "list")
    last = -1
    for (start, end), rule in sorted(spans.items(), key=lambda s: (s[0][0], -s[0][1])):
        if start < last or nobody(text[start:end]) or (rule == "ending" and _weak(text, start, end)):
            continue
        last = end
        yield Fact("organisation", bare(text[start:end]), start, end, f"organisation-{rule}", _TRUST[rule])


@cache
def _nobody() -> re.Pattern[str]:
    inside, opens = alternation(words("nobody", "inside")), alternation(words("nobody", "opens"))
    whole, closes = alternation(words("nobody", "whole")), alternation(words("nobody", "closes"))
    return re.compile(rf"{inside}|^{opens}|^{whole}$|{closes}$")


def nobody(name: str) -> bool:
    """Whether a string names no particular body: 各有关部门, 本公司, 县级医院."""
    if name in words("organisations", "whole"):
        return False
    short = len(name) < 3 and not bodies.alone(name)
    return short or _nobody().search(name) is not None or _COUNTED.match(name) is not None or is_place(name)


def zone(name: str) -> bool:
    """Whether what is named is as much a place as a body: 高新区, 产业园, 社区."""
    return _ZONE.search(name) is not None


def _weak(text: str, start: int, end: int) -> bool:
    """Whether the ending alone tells too little (煤矿, 中心): the name needs a division before it, or to stand free."""
    name = text[start:end]
    tail = max((len(w) for w in words("organisations", "weak") if name.endswith(w)), default=0)
    if not tail or name[0] in "省市区县镇乡" or any(is_place(name[:n]) for n in range(2, min(9, len(name)))):
        return False
    if re.match(r"[\u4e00-\u9fff]{1,5}[省市县区旗州镇乡]", name[:-tail]):
        return False
    before = text[start - 1] if start else "。"
    return "\u4e00" <= before <= "\u9fff" or len(name) - tail < 2


def _with_model(text: str, own: dict[Span, str], heard: Sequence[Word]) -> dict[Span, str]:
    """Own spans corrected by the model's, and the model's that no ending tells."""
    joined = _joined(heard)
    spans: dict[Span, str] = {}
    used: set[Span] = set()
    for (start, end), rule in own.items():
        over = [s for s in joined if s[0] < end and start < s[1]]
        used.update(over)
        if rule == "list":
            spans[start, _end(text, end, [s for s in over if s[0] == start])] = rule
        else:
            spans[_start(text, start, over, heard), _end(text, end, over)] = "ending+model" if over else rule
    spans |= {span: "model" for span in joined if span not in used and _worth(text, span)}
    return spans


def _end(text: str, end: int, over: Sequence[Span]) -> int:
    """The end, moved right where the model's name goes on a little without a breaker word."""
    further = (b for _, b in over if end < b <= end + 12 and boundaries.unbroken(text, end, b))
    return max((b for b in further if text[b : b + 2] != "部门"), default=end)


def _start(text: str, start: int, over: Sequence[Span], heard: Sequence[Word]) -> int:
    """The start: moved left to the model's where nothing breaks off between, else right past what opens no name."""
    if not over:
        return start
    first = min(a for a, _ in over)
    if first < start:
        free = boundaries.unbroken(text, first, start) and re.search(r"\d", text[first:start]) is None
        return first if free else start
    for label, a, b in heard:
        if start <= a and b <= first and label in _OPENS_NONE and (label != "v" or b - a > 1):
            start = b
    return start


def _joined(heard: Sequence[Word]) -> list[Span]:
    """ORG words, each with a LOC or ORG word directly before it."""
    spans: list[Span] = []
    before: Word = ("", -1, -1)
    for word in heard:
        label, start, end = word
        if label == "ORG":
            if before[0] in ("LOC", "ORG") and before[2] == start:
                start = spans.pop()[0] if before[0] == "ORG" and spans else before[1]
            spans.append((start, end))
        before = word
    return spans


def _worth(text: str, span: Span) -> bool:
    """Whether a name that only the model gives is taken: it stands free, outside quotes, and looks like a body."""
    start, end = span
    name, after = text[start:end], text[end : end + 1] or "。"
    if text[max(0, start - 1) : start] in ("“", "‘") or after in ("”", "’") or len(name) < 2:
        return False
    if name in words("not_organisations") or name in words("organisations", "stems") or _NOT_BODY.search(name):
        return False
    if _BODY_LIKE.search(name) is None and not any(is_place(name[:n]) for n in (2, 3, 4)) and name[:2] != "中国":
        return False
    free = not "\u4e00" <= after <= "\u9fff" or boundaries.opens_break(text, end)
    return free and re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9（）·&]+", name) is not None
