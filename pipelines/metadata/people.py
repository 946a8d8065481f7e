"""People: names with the titles the text gives them, and what they do (主持, 出席, 讲话, 调研, 陪同, 通报).

Precision before recall: a name stands on a title beside it, a label, a by-line or a phrase that only people take. A
title is given only where the text puts it: directly before the name (with the chain joined by 、 before it), before a
list where it is an office that several can hold, or after the name in apposition.
"""

from __future__ import annotations

import re
from typing import Final

from pipelines.metadata import bylines, introductions, names, roles, titles
from pipelines.metadata.evidence import Fact
from pipelines.metadata.lexicon import words
from pipelines.metadata.mentions import Found
from pipelines.metadata.titles import Title

_JOIN: Final = re.compile(r"[ ]{0,2}(?:、|和|与|及|以及)[ ]{0,2}")
# 2026-11: what stands before a word for people that names none of them: 每位艺术家都…, 广大教师….
_ANYONE: Final = re.compile(
    r"[每各]|全体|广大|所有|许多|众多|一批|不少|部分|多名|多位|[\d一二三四五六七八九十百千两几]+[名位个]"
)
_SPACE: Final = re.compile(r"[ 、，/]{1,4}")
_LEADING: Final = re.compile(r"[ ]*(?:和|与|及|以及|等|同|携|、|）)+[ ]*")


def people(text: str) -> tuple[Fact, ...]:
    """person, title and role facts of a folded text, in the order of the text."""
    found = Found(text)
    _titled(found, frozenset())
    bylines.member_lines(found)
    bylines.labelled(found)
    bylines.bracketed(found)
    introductions.salutations(found)
    introductions.titles_behind(found)
    introductions.introduced(found)
    introductions.name_lists(found)
    introductions.titles_after(found)
    introductions.again(found)
    kept = {f.value for f in found.people.values()}
    acted = roles.roles(text, sorted(found.people.values(), key=lambda f: f.start))
    distinct = dict.fromkeys(t for t in found.titles if t.about in kept)
    return tuple(sorted((*found.people.values(), *distinct, *acted), key=lambda f: (f.start, f.end)))


def _titled(found: Found, known: frozenset[str]) -> None:
    """区委书记、区长甲, 副区长乙、丙: a title (chain) directly before a name."""
    text, floor, chain = found.text, 0, list[Title]()
    for head in titles.head_pattern().finditer(text):
        if head.start() < floor or head["none"] is not None:
            continue
        leading = _LEADING.match(text, floor) if floor else None
        left = leading.end() if leading and leading.end() <= head.start() else floor
        at = titles.after_head(text, head.end())
        hit = names.name_at(text, at, known)
        title = titles.title_ending(text, left, head.start(), head.end())
        if title is None or not _in_chain(text, chain, title):
            chain = []
        if hit is None or (title is not None and (_ANYONE.match(title.text) or not _sure(text, head.group(), hit))):
            if title is not None and _may_chain(text, title, head.group(), at, bool(chain)):
                chain.append(title)
            continue
        name, end = hit
        found.name(name, at, end, "title-before", 0.97)
        for each in (*chain, *((title,) if title and not title.label else ())):
            found.title(name, each, "title-before")
        floor = _following(found, title, end)
        chain = []


def _in_chain(text: str, chain: list[Title], title: Title) -> bool:
    if title.label and chain:
        return "。" not in text[chain[-1].end : title.start] and len(text[chain[-1].end : title.start]) < 12
    return (
        not chain
        or text[chain[-1].end : title.start].strip(" 兼（）") in ("、", "，")
        or _bracket_between(text, chain[-1].end, title.start)
    )


def _may_chain(text: str, title: Title, head: str, at: int, chained: bool) -> bool:
    """Whether a title may belong to the name after the next mark: 书记、… always, 书记，… where it fills its clause."""
    mark = text[at : at + 1]
    if mark == "，":
        opened = title.start == 0 or text[title.start - 1] in "，。；：\n" or chained
        return opened and head not in words("titles", "loose")
    return mark in ("、", "兼")


def _bracket_between(text: str, start: int, end: int) -> bool:
    return re.fullmatch(r"（[^（）\n]{1,12}）[、，]", text[start:end]) is not None


def _sure(text: str, head: str, hit: tuple[str, int]) -> bool:
    name, end = hit
    if head in words("titles", "loose") or any(head.endswith(w) for w in ("员", "生")):
        return names.follows(text, end) >= (2 if len(name) > 2 else 3) or text[end : end + 1] == "等"
    return (
        len(name) > 2
        or names.follows(text, end) >= 2
        or text[end : end + 1] in "在到等和与率说为就向对作从带以将还也及同一被受获因任"
    )


def _following(found: Found, title: Title | None, end: int) -> int:
    """The rest of a list of names; gives its end."""
    text = found.text
    byline = title is not None and title.byline
    while True:
        joint = (_SPACE if byline else _JOIN).match(text, end)
        if joint is None or joint.group().strip() == "，":
            return end
        hit = names.name_at(text, joint.end())
        if hit is None or titles.opens_head(text, joint.end()) or _title_follows(text, joint.end(), hit[1]):
            return end
        if joint.group().strip() in ("和", "与", "及", "以及") and names.follows(text, hit[1]) < 2 and len(hit[0]) < 3:
            return end
        found.name(hit[0], joint.end(), hit[1], "name-list", 0.93)
        if title is not None and title.shared:
            found.title(hit[0], title, "title-before-list")
        end = hit[1]


def _title_follows(text: str, start: int, end: int) -> bool:
    """Whether the string read as a name opens a title: 、常务副区长, 、高新区主任."""
    return (
        bool(
            re.match(r"[\u4e00-\u9fff]{0,6}(?:书记|主任|局长|区长|市长|县长)[\u4e00-\u9fff]{2,3}", text[end : end + 12])
        )
        and text[end : end + 1] not in "、，。"
    )
