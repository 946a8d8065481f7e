"""Appointments and removals (任免): who, to or from which post."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.metadata import names, titles
from pipelines.metadata.evidence import Fact, bare

_NAME: Final = r"(?P<name>[\u4e00-\u9fff·]{2,12}?|[\u4e00-\u9fff][ ]{1,4}[\u4e00-\u9fff])(?:同志)?"
_POST: Final = r"(?P<post>[^，。；：\n]{2,60}?)"
_NOTE: Final = r"(?:（[^（）\n]{1,20}）)?"
# 2026-11: the clauses of appointment notices: 任命甲为乙局局长; 甲任乙局局长; 免去甲的乙局局长职务; 甲不再担任丙职务.
_FORMS: Final = (
    (
        re.compile(rf"(?:任命|拟任用|拟任命|聘任|推选|选举){_NAME}{_NOTE}(?:为|任|担任){_POST}(?=[，。；、（\n]|$)"),
        "任",
    ),
    # 2026-11: where nothing parts name and post (免去甲乙丙丁局局长职务) either end is a guess, so there is none.
    (
        re.compile(
            rf"(?:免去|撤销|解聘){_NAME}(?:(?<=同志){_NOTE}的?|{_NOTE}的|(?<=）)){_POST}(?:职务|一职)(?=[，。；、（\n]|$)"
        ),
        "免",
    ),
    (
        re.compile(
            rf"(?:^|(?<=[，。；：\n])){_NAME}{_NOTE}不再(?:担任|兼任|保留){_POST}(?:职务|职级)?(?=[，。；、（\n]|$)",
            re.MULTILINE,
        ),
        "免",
    ),
    (
        re.compile(
            rf"(?:^|(?<=[。；：\n]))[ ]*{_NAME}{_NOTE}(?:任|担任|兼任|拟任){_POST}(?=[，。；（\n]|$)", re.MULTILINE
        ),
        "任",
    ),
    (re.compile(rf"(?:^|(?<=[。；：\n]))[ ]*{_NAME}{_NOTE}免去?{_POST}(?:职务)(?=[，。；（\n]|$)", re.MULTILINE), "免"),
)


def appointments(text: str) -> Iterator[Fact]:
    """appointment facts of a folded text: value is the name, `about` the post, `unit` 任 or 免."""
    seen: set[tuple[int, str]] = set()
    for pattern, direction in _FORMS:
        for found in pattern.finditer(text):
            name = bare(found["name"])
            if not (names.shaped(name) or "·" in name):
                continue
            for start, post in _posts(found["post"], found.start("post")):
                if (start, direction) not in seen:
                    seen.add((start, direction))
                    yield Fact(
                        "appointment",
                        name,
                        found.start("name"),
                        start + len(post),
                        "appointment",
                        0.92,
                        unit=direction,
                        about=bare(post),
                    )


def _posts(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """The posts of a chain joined by 、; a chain with a part that is no title counts as one post."""
    parts = [(m.start(), m.group()) for m in re.finditer(r"[^、]+", text)]
    if all(titles.whole_titles(re.sub(r"（[^（）]*）$", "", part)) for _, part in parts):
        yield from ((offset + start, part) for start, part in parts)
    elif any(titles.whole_titles(re.sub(r"（[^（）]*）$", "", part)) for _, part in parts) or re.search(
        r"[长任记员席监事]$", text
    ):
        yield offset, text
