"""Is this a personal name? Surname, given name, what follows, and the words that only look like one."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.metadata.gazetteer import is_place
from pipelines.metadata.lexicon import alternation, blocks, words

_NEVER_GIVEN: Final = frozenset(
    "的了是在与及等就也都不我你他她它这那们被把各某该每个项届次省市区县镇乡村局厅委组会室处科办队厂店社、"
)
PUNCTUATION: Final = frozenset("，。；：、！？（）“”‘’《》〈〉【】…—-－/|·\"'<>[]")
_OTHER_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,7}(?:·[\u4e00-\u9fff]{1,8}){1,3}")


@cache
def surnames() -> dict[str, bool]:
    """Every surname of one character; False: a weak one (an everyday word)."""
    held = blocks("surnames")
    return dict.fromkeys("".join(held["weak"]), False) | dict.fromkeys("".join(held["common"]), True)


@cache
def _spaced() -> re.Pattern[str]:
    return re.compile(rf"[{''.join(surnames())}][ ]{{1,4}}[\u4e00-\u9fff]")


@cache
def _follower() -> re.Pattern[str]:
    return re.compile(alternation(words("followers")))


def shaped(name: str) -> bool:
    """Whether a string (without spaces) has the shape of a Chinese personal name and is no listed word."""
    two = name[:2] in words("compound_surnames")
    length = len(name)
    if (length == 4 and not two) or not 2 <= length <= 4 or (not two and name[0] not in surnames()):
        return False
    given = name[2:] if two and length > 2 else name[1:]
    if any(c in _NEVER_GIVEN or not "\u4e00" <= c <= "\u9fff" for c in given):
        return False
    return not is_word(name)


def is_word(name: str) -> bool:
    """Whether the string is, or begins with, a listed word that is no name."""
    stop = words("not_names")
    return name in stop or name[:2] in stop or (len(name) > 2 and name[-2:] in words("not_given"))


def strong(name: str) -> bool:
    """Three characters or more and not a place: enough to stand without a title."""
    return (
        len(name) >= 3
        and shaped(name)
        and surnames().get(name[0], True)
        and not is_place(name)
        and not is_place(name[:2])
    )


def follows(text: str, at: int) -> int:
    """How well a name can end here: 0 not at all, 1 a function character, 2 a word, 3 punctuation or the end."""
    if at >= len(text) or text[at] in PUNCTUATION or text[at].isspace():
        return 3
    found = _follower().match(text, at)
    if found is None:
        return 0
    return 1 if found.end() - at == 1 else 2


def _other_name(text: str, at: int) -> tuple[str, int] | None:
    """A name with a middle dot (甲·乙): its last part ends before the first sure follower."""
    found = _OTHER_NAME.match(text, at)
    if found is None:
        return None
    last = text.rindex("·", at, found.end()) + 1
    for end in range(last + 1, found.end() + 1):
        if follows(text, end) >= 2:
            return text[at:end], end
    return None


def name_at(text: str, at: int, known: frozenset[str] = frozenset()) -> tuple[str, int] | None:
    """The name that begins here, and its end; None where none can be told.

    Of several lengths the one whose follower is the surer wins, then a name the text gives elsewhere, then the longer.
    """
    if at >= len(text) or not "\u4e00" <= text[at] <= "\u9fff":
        return None
    if "·" in text[at : at + 8]:
        other = _other_name(text, at)
        if other:
            return other
    if text[at] not in surnames() and text[at : at + 2] not in words("compound_surnames"):
        return None
    spaced = _spaced().match(text, at)
    if spaced and shaped("".join(spaced.group().split())) and follows(text, spaced.end()) >= 2:
        return "".join(spaced.group().split()), spaced.end()
    best: tuple[tuple[int, int, int], int] | None = None
    for length in (4, 3, 2):
        name = text[at : at + length]
        if len(name) < length or not shaped(name):
            continue
        sure = follows(text, at + length)
        if not sure or (not surnames().get(name[0], True) and (length < 3 or sure < 2) and name not in known):
            continue
        rank = (int(name in known), sure if sure > 1 else 0, length)
        if best is None or rank > best[0]:
            best = (rank, length)
    return None if best is None else (text[at : at + best[1]], at + best[1])
