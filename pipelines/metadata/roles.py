"""What people do in a report: 主持, 出席, 讲话, 调研, 陪同, 通报 ... read from the clause a name stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from pipelines.metadata.evidence import Fact
from pipelines.metadata.lexicon import alternation, blocks

_END: Final = re.compile(r"[。；！？\n]")


@cache
def _verbs() -> tuple[re.Pattern[str], dict[str, str]]:
    """The verbs, and the role each stands for (data/roles.txt: [role] verb verb ...)."""
    meaning = {verb: role for role, verbs in blocks("roles").items() if role for verb in verbs}
    return re.compile(alternation(meaning)), meaning


def roles(text: str, people: Sequence[Fact]) -> Iterator[Fact]:
    """role facts: value is the role, `about` the person, the span that of the verb.

    A verb belongs to the names before it in its clause, back to the clause's opening; names joined by 、 share it.
    """
    pattern, meaning = _verbs()
    for at, person in enumerate(people):
        stop = _END.search(text, person.end)
        clause_end = stop.start() if stop else len(text)
        nearest = people[at + 1].start if at + 1 < len(people) else clause_end
        clause_end = min(clause_end, person.end + 60)
        if nearest < clause_end and not _same_list(text[person.end : nearest]):
            clause_end = nearest
        elif nearest < clause_end:
            clause_end = min(clause_end, _list_end(text, people, at))
        for verb in pattern.finditer(text, person.end, clause_end):
            if re.search(r"[，]", text[person.end : verb.start()]) and not re.search(
                r"[，]$", text[person.end : verb.start()]
            ):
                break
            yield Fact(
                "role", meaning[verb.group()], verb.start(), verb.end(), "verb-after-name", 0.85, about=person.value
            )


def _same_list(between: str) -> bool:
    """Whether two names stand in one list: only titles, 、 and 和 between them."""
    return len(between) <= 40 and between[:1] in ("、", "和", "与", "及") and "，" not in between


def _list_end(text: str, people: Sequence[Fact], at: int) -> int:
    """Where the clause that a list of names shares ends."""
    last = at
    while last + 1 < len(people) and _same_list(text[people[last].end : people[last + 1].start]):
        last += 1
    stop = re.compile(r"[，。；！？\n]").search(text, people[last].end)
    return stop.start() if stop else len(text)
