"""The names and titles found so far in one text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.metadata.evidence import Fact
from pipelines.metadata.titles import Title


@dataclass(slots=True)
class Found:
    """Names and titles found so far in one text; a place belongs to one person only."""

    text: str
    people: dict[int, Fact] = field(default_factory=dict)
    titles: list[Fact] = field(default_factory=list)

    @property
    def known(self) -> frozenset[str]:
        return frozenset(f.value for f in self.people.values())

    def name(self, name: str, start: int, end: int, rule: str, confidence: float) -> None:
        self.people.setdefault(start, Fact("person", name, start, end, rule, confidence))

    def title(self, name: str, title: Title, rule: str) -> None:
        self.titles.append(Fact("title", title.text, title.start, title.end, rule, 0.95, about=name))

    def taken(self, start: int, end: int) -> bool:
        return any(f.start < end and start < f.end for f in self.people.values())


def parts(text: str, offset: int, separators: str = "、") -> Iterator[tuple[int, int]]:
    """The spans of the parts of a chain joined by any of the separators, without outer spaces, moved by `offset`."""
    for part in re.finditer(rf"[^{separators}]+", text):
        stripped = part.group().strip(" ")
        if stripped:
            start = offset + part.start() + len(part.group()) - len(part.group().lstrip(" "))
            yield start, start + len(stripped)
