"""Titles: where one ends (its head), where it begins, and the chain 甲长、乙长 it stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipelines.metadata.gazetteer import is_place
from pipelines.metadata.lexicon import alternation, blocks, words
from pipelines.metadata.names import shaped

_WALL: Final = "，。；：！？\n“”‘’《》【】…—-－/|、\"'<>[]=+"
_LONGEST: Final = 36
_ASIDE: Final = re.compile(r"（(?:以下|下称|简称|又称|原)[^（）]{0,24}$")
_AFTER_HEAD: Final = re.compile(r"(?:（(?!原名|本名|又名)[^（）\n、]{1,12}）)?[ ]{0,3}(?:同志)?[ ]{0,2}")
_DATE_LEFT: Final = re.compile(r"^.*?\d{1,4}[日号月年时分](?:上午|下午|晚上?|至今|起|底|初)?")


@dataclass(frozen=True, slots=True)
class Title:
    """A title in the text: its place, and whether a list of names may share it."""

    text: str
    start: int
    end: int
    shared: bool
    byline: bool = False
    label: bool = False


@cache
def head_pattern() -> re.Pattern[str]:
    """Any title head, the longest at its place.

    Group "none" holds a word that only contains one, "school" what a graduate's name may follow.
    """
    none, heads = alternation(words("not_heads")), alternation(words("titles"))
    school = r"毕业于[^，。、；：\n]{2,20}?(?:大学|学院|小学|中学|学校|专业)"
    return re.compile(rf"(?P<none>{none})|(?P<school>{school})|{heads}")


def opens_head(text: str, at: int) -> bool:
    """Whether a title head stands at this place."""
    found = head_pattern().match(text, at)
    return found is not None and found["none"] is None


@cache
def _ends_in_head() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(words('titles') - words('titles', 'label'))})$")


@cache
def _sentence_word() -> re.Pattern[str]:
    long = alternation(w for w in words("lead_ins") if len(w) > 1)
    return re.compile(rf"(?P<keep>{alternation(words('not_lead_ins'))})|{long}|[由在被的是]")


@cache
def _lead_in() -> re.Pattern[str]:
    return re.compile(rf"(?P<keep>{alternation(words('not_lead_ins'))})|{alternation(words('lead_ins'))}")


def after_head(text: str, at: int) -> int:
    """Where a name may begin after a title: past （正处级）, 同志 and spaces."""
    found = _AFTER_HEAD.match(text, at)
    return found.end() if found else at


def title_ending(text: str, floor: int, head_start: int, end: int) -> Title | None:
    """The title with the head text[head_start:end]; it begins after the last mark or lead-in, not before `floor`."""
    wall = floor
    depth = 0
    for at in range(head_start - 1, max(floor, head_start - _LONGEST) - 1, -1):
        c = text[at]
        if c == "）":
            if _ASIDE.search(text, max(0, at - 30), at):
                wall = at + 1
                break
            depth += 1
        elif c == "（":
            depth -= 1
            if depth < 0:
                wall, depth = at + 1, 0
                break
        elif c in _WALL or (c.isspace() and not depth):
            wall = at + 1
            break
    else:
        if head_start - floor > _LONGEST:
            return None
    start = _after_name(text, after_lead_in(text, wall, head_start), head_start)
    title = "".join(text[start:end].split())
    if depth or not title:
        return None
    head = text[head_start:end]
    kinds = blocks("titles")
    byline, label = head in kinds["byline"], head in kinds["label"] or head.startswith("毕业于")
    return Title(title, head_start if label else start, end, byline or head in kinds["shared"], byline, label)


def _after_name(text: str, start: int, end: int) -> int:
    """Past 甲与 or 甲和 at the opening of a title."""
    for length in (3, 2):
        joint = start + length
        if (
            joint + 1 < end
            and text[joint] in "与和同"
            and shaped(text[start:joint])
            and not is_place(text[start:joint])
        ):
            return joint + 1
    return start


def after_lead_in(text: str, start: int, end: int) -> int:
    """The place in text[start:end] after its last lead-in word or date; words of not_lead_ins do not count."""
    dated = _DATE_LEFT.match(text[start:end])
    if dated:
        start += dated.end()
    begin = start
    for found in _lead_in().finditer(text, start, end):
        if found["keep"] is None and found.end() <= end:
            begin = found.end()
    return begin


def whole_titles(part: str) -> bool:
    """Whether the string is nothing but a title: it ends in a head and holds no lead-in word."""
    part = part.strip()
    # 2026-11: 甲同志任区图书馆馆长 is a clause, not a title behind a name.
    if not 2 <= len(part) <= _LONGEST or _ends_in_head().search(part) is None or part.startswith("同志"):
        return False
    return not any(found["keep"] is None for found in _sentence_word().finditer(part))
