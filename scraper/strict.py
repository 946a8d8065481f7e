"""Strict reading of TOML tables: whatever is not as it should be is an error that names file, key and fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path


class CatalogueError(Exception):
    """A district's TOML cannot be used: names the file, the key and the fix."""


class Table:
    """A TOML table on its way through the checks; knows where it stands, so that an error can say it."""

    def __init__(self, path: Path, table: Mapping[str, object], where: str = "") -> None:
        self.path, self.table, self.where = path, table, where

    def error(self, key: str, fix: str) -> CatalogueError:
        return CatalogueError(f"{self.path}: {self.where}{key}: {fix}")

    def only(self, *known: str) -> None:
        for key in self.table:
            if key not in known:
                raise self.error(key, f"unknown key; {meant(key, known)}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.table.get(key, default)
        if value is None:
            raise self.error(key, f'missing; add {key} = "…"')
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self.error(key, f'must be a text in quotes, not {value!r}; write {key} = "…"')
        return value.strip()

    def number(self, key: str, default: float | None, low: float, high: float) -> float:
        value = self.table.get(key, default)
        if value is None:
            raise self.error(key, f"missing; add {key} = {low:g}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self.error(key, f"must be a number from {low:g} to {high:g}, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false (no quotes), not {value!r}")
        return value

    def sub(self, key: str) -> Table:
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table: write [{key}] and its keys below")
        return Table(self.path, value, f"{self.where}{key}.")

    def subs(self, key: str) -> tuple[Table, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.error(key, f"must be a list of tables: write [[{key}]] above each")
        return tuple(Table(self.path, one, f"{key}[{n}].") for n, one in enumerate(value, 1))


def meant(word: str, known: Sequence[str]) -> str:
    """The end of an error: what a misspelt word was probably meant to be."""
    close = get_close_matches(word, known, 1, 0.6)
    return f'did you mean "{close[0]}"?' if close else f"known: {', '.join(known)}"
