"""How long a column may go without a new item: pipelines/data/freshness.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def _groups() -> tuple[tuple[int, tuple[str, ...]], ...]:
    text = (Path(__file__).parent / "data" / "freshness.toml").read_text("utf-8")
    return tuple((int(group["days"]), tuple(group["words"])) for group in tomllib.loads(text)["group"])


@cache
def patience(column: str) -> int | None:
    """Days without a new item after which a column of this name is stale; None: it has no such limit."""
    return next((days for days, words in _groups() if any(word in column for word in words)), None)
