"""Announcements put together from words.toml: always the same for a seed."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.dedupe import Text


@cache
def words() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))


def slots(chance: random.Random) -> dict[str, object]:
    """One value for each {slot} of the words."""
    said = words()
    one = chance.choice
    return {
        **{name: one(said[f"{name}s"]) for name in ("district", "town", "topic", "verb", "aim", "trade")},
        **{"town2": one(said["towns"]), "company": one(said["companies"])},
        "name": one(said["surnames"]) + one(said["givens"]),
        **{"money": chance.randint(100, 9800), "many": chance.randint(30, 990), "month": chance.randint(1, 12)},
        **{"day": chance.randint(1, 28), "n": chance.randint(11, 98), "m": chance.randint(3, 10)},
        **{
            "k": chance.randint(2, 30),
            "p": chance.randint(3, 95),
            "q": chance.randint(1, 9),
            "r": chance.randint(1, 9),
        },
    }


def sentence(chance: random.Random) -> str:
    return str(chance.choice(words()["sentences"])).format(**slots(chance)) + "。"


def paragraphs(chance: random.Random, number: int) -> list[str]:
    """Paragraphs of two to four sentences, no pattern twice in a row."""
    return ["".join(sentence(chance) for _ in range(chance.randint(2, 4))) for _ in range(number)]


def original(seed: int) -> Text:
    """A made-up announcement of 200 to 1,600 characters."""
    chance = random.Random(seed)
    said = slots(chance)
    title = str(chance.choice(words()["titles"])).format(**said)
    opening = f"{said['month']}月{said['day']}日，{said['district']}人民政府就{said['topic']}有关事项公布如下。"
    body = [opening, *paragraphs(chance, chance.randint(2, 7))]
    return Text(title, "\n".join(body))


def joined(lines: Sequence[str]) -> str:
    return "\n".join(lines)
