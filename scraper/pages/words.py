"""The words of list pages (data/lists.toml)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "lists.toml"


@dataclass(frozen=True, slots=True)
class Words:
    not_titles: frozenset[str]
    navigation: frozenset[str]
    beside: frozenset[str]
    next: frozenset[str]
    last: frozenset[str]
    first: frozenset[str]
    previous: frozenset[str]
    published: tuple[str, ...]
    not_published: tuple[str, ...]
    json_title: tuple[str, ...]
    json_url: tuple[str, ...]
    json_date: tuple[str, ...]


@cache
def words() -> Words:
    data: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    sets = {
        name: frozenset(data[name])
        for name in ("not_titles", "navigation", "beside", "next", "last", "first", "previous")
    }
    return Words(
        **sets,
        published=tuple(data["published"]),
        not_published=tuple(data["not_published"]),
        json_title=tuple(data["json"]["title"]),
        json_url=tuple(data["json"]["url"]),
        json_date=tuple(data["json"]["date"]),
    )
