"""What a link's text says of the page behind it (data/columns.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

_FILE = Path(__file__).parent / "data" / "columns.toml"
_MARKS = re.compile(r"[\s·•●○▪■□◆◇★☆▶►>»›‣∙・※*\-—|\[\]【】()（）<＞《》:：+＋]+")
LONGEST = 12  # characters: beyond it a link's text is an article's title

Sense = Literal["column", "hub", "more", "skip", "private", ""]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of column. place: where a district's file lists it; weight: 0-1, how much it is wanted; types: values of
    META ColumnType that mean it."""

    name: str
    place: int
    weight: float
    words: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    kinds: tuple[Kind, ...]
    skip: tuple[str, ...]
    skip_ends: tuple[str, ...]
    skip_starts: tuple[str, ...]
    private: tuple[str, ...]
    hubs: frozenset[str]
    more: frozenset[str]
    around: tuple[str, ...]


@cache
def vocabulary() -> Vocabulary:
    data: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    kinds = (
        Kind(one["name"], place, float(one["weight"]), tuple(one["words"]), tuple(one["types"]))
        for place, one in enumerate(data["kinds"])
    )
    more = frozenset(bare(text).lower() for text in data["more"])
    lists = {name: tuple(data[name]) for name in ("skip", "skip_ends", "skip_starts", "private", "around")}
    return Vocabulary(tuple(kinds), hubs=frozenset(data["hubs"]), more=more, **lists)


def bare(text: str) -> str:
    """A link's text without spaces, bullets, arrows and brackets."""
    return _MARKS.sub("", text)


def sense(text: str) -> Sense:
    """What a link of this text leads to: "column", "hub" (a page that links columns), "more" (the whole list of the
    block it stands in), "skip" (services, letters, topics, other levels), "private" (lists of persons), "" unknown."""
    words, known = bare(text), vocabulary()
    if words.lower() in known.more:
        return "more"
    if not 2 <= len(words) <= LONGEST or words.startswith("关于"):
        return ""
    if any(word in words for word in known.private):
        return "private"
    if words in known.hubs or any(words.endswith(hub) and len(hub) >= 4 for hub in known.hubs):
        return "hub"
    if (
        any(word in words for word in known.skip)
        or words.endswith(known.skip_ends)
        or words.startswith(known.skip_starts)
    ):
        return "skip"
    return "column" if kind_of(words) else ""


def kind_of(text: str) -> Kind | None:
    """The kind of column that a name means: of the words that it holds the longest, else of equal ones the first."""
    words = bare(text)
    found = [(len(word), -kind.place, kind) for kind in vocabulary().kinds for word in kind.words if word in words]
    return max(found, key=lambda one: one[:2])[2] if found else None


def kind_of_type(column_type: str) -> Kind | None:
    """The kind that META ColumnType names."""
    words = bare(column_type)
    return next((kind for kind in vocabulary().kinds if words in kind.types), None)


def cleaned(name: str) -> str:
    """A column's name as people write it: without what stands around it in links."""
    words = bare(name)
    for word in vocabulary().around:
        words = words.removeprefix(word).removesuffix(word)
    return words
