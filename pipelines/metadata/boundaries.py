"""Where the name of an organisation or place begins, seen from its telling end."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.metadata.gazetteer import by_name, is_place
from pipelines.metadata.lexicon import alternation, words

_WALL: Final = frozenset("，。；：！？\n“”‘’《》【】…—-－/|、\"'<>[]=+~～%")
LONGEST: Final = 30
_DATED: Final = re.compile(r"^.*\d{1,4}[日号月年时分个名家位条项次支](?:上午|下午|晚上?|至今|起|底|初|度)?")
_ORDINAL: Final = re.compile(r"^.*(?:第[一二三四五六七八九十百\d]{1,4}(?:届|次|期|批|季|轮)|[一二三四五六七八九十]是)")


def _places_with(cuts: frozenset[str]) -> frozenset[str]:
    """Names of divisions that hold such a word inside (莲都区 holds 都)."""
    inside = re.compile(alternation(cuts))
    return frozenset(name for name in by_name() if inside.search(name)) - cuts


@cache
def breakers() -> re.Pattern[str]:
    """Words that end what stands before a name; group "keep" holds words that only contain one."""
    breaking, keeping = words("breakers") - words("not_breakers"), words("not_breakers")
    keep = alternation(keeping | _places_with(words("breakers")))
    return re.compile(rf"(?P<keep>{keep})|(?:{alternation(breaking)})")


def wall_before(text: str, at: int, floor: int) -> int:
    """The place after the last mark, space or unclosed bracket before `at`."""
    depth = 0
    for here in range(at - 1, max(floor, at - LONGEST) - 1, -1):
        c = text[here]
        if c == "）":
            depth += 1
        elif c == "（":
            depth -= 1
            if depth < 0:
                return here + 1
        elif c in _WALL or (c.isspace() and not depth):
            return here + 1
    return max(floor, at - LONGEST)


def begin(text: str, at: int, end: int, floor: int = 0) -> int:
    """Where the name begins whose telling part is text[at:end]: after the last mark, date, ordinal or breaker."""
    start = wall_before(text, at, floor)
    for pattern in (_DATED, _ORDINAL):
        cut = pattern.match(text[start:at])
        if cut:
            start += cut.end()
    first = start
    for found in breakers().finditer(text, start, end):
        if found.start() >= at:
            break
        if found["keep"] is None and found.end() <= at:
            first = found.end()
    first = _at_place(text, first, at)
    while first < at and text[first] in "）（ 和与及同等":
        first += 1
    return first


def _at_place(text: str, start: int, at: int) -> int:
    """The first division named in text[start:at], unless what stands before it is part of the name (中共, 国网)."""
    for here in range(start, at - 1):
        length = next(
            (n for n in (11, 10, 9, 8, 7, 6, 5, 4, 3) if here + n <= at and is_place(text[here : here + n])), 0
        )
        if not length and (here == start or not is_place(text[here : here + 2])):
            continue
        before = text[start:here]
        if "（" in before:
            return start
        return (
            start
            if not before or before in words("organisation_openings") or is_place(before) or _body().search(before)
            else here
        )
    return start


@cache
def _body() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(words('organisations', 'ends') | words('organisations', 'whole'))})")


def holds_body(text: str) -> bool:
    """Whether an organisation is named inside the text."""
    return _body().search(text) is not None


def opens_break(text: str, at: int) -> bool:
    """Whether a breaker word, or a joining 和 与 及 等, begins at this place."""
    found = breakers().match(text, at)
    return text[at : at + 1] in ("和", "与", "及", "等", "、") or (found is not None and found["keep"] is None)


def unbroken(text: str, start: int, end: int) -> bool:
    """Whether no breaker word stands in text[start:end]."""
    return all(found["keep"] is not None for found in breakers().finditer(text, start, end))
