"""What standing a text gives a person: an office, a credit line (记者, 供稿), or neither.

A view of officials is built from offices alone: residents, winners and patients are named in announcements as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final, Literal

from pipelines.metadata.evidence import Fact
from pipelines.metadata.lexicon import words

Standing = Literal["office", "credit", ""]

_LEADERS: Final = re.compile(r"(?:[省市区县旗镇乡]|街道|党政)领导$")  # 区领导甲、乙, unlike 公司领导
_NO_OFFICE: Final = ("byline", "label", "loose")
# 2026-11: labels that name whoever holds an office too, so they do not make their bearer a contributor.
_OFFICE_LABELS: Final = ("区长", "县长", "书记", "主任", "副主任", "组长", "副组长", "总指挥", "副总指挥", "秘书长")


@cache
def _heads() -> dict[str, bool]:
    """Title head -> is it an office?"""
    none = {word for block in _NO_OFFICE for word in words("titles", block)}
    labels = words("person_labels") - words("titles")
    return {word: word not in none for word in words("titles")} | dict.fromkeys(labels - set(_OFFICE_LABELS), False)


def is_office(title: str) -> bool:
    """Is the title an office? The longest head that it ends in tells: 记者, 居民代表 and 市民 are none."""
    if _LEADERS.search(title):
        return True
    heads = _heads()
    found = next((title[at:] for at in range(len(title)) if title[at:] in heads), "")
    return heads.get(found, False)


def standings(facts: Iterable[Fact]) -> dict[str, Standing]:
    """Name -> standing, for every person of one announcement."""
    every = tuple(facts)
    titles: dict[str, list[str]] = {}
    for fact in every:
        if fact.kind == "title":
            titles.setdefault(fact.about, []).append(fact.value)
    found: dict[str, Standing] = {}
    for fact in every:
        if fact.kind != "person" or fact.value in found:
            continue
        held = titles.get(fact.value, [])
        if any(is_office(title) for title in held):
            found[fact.value] = "office"
        else:
            wrote = any(title in words("titles", "byline") for title in held)
            credit = wrote or fact.rule == "byline-bracket" or (fact.rule == "label" and not held)
            found[fact.value] = "credit" if credit else ""
    return found
