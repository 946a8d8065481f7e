"""What the web pages show of attached files: state, size and text."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any, Final

from scraper.urls import canonical

SHOWN: Final = 20_000
"""Characters of a file's text that a page shows; all of it is one link away."""


@dataclass(frozen=True, slots=True)
class File:
    """One file that an announcement links. state: docs/research.md, table attachments; text: its first SHOWN
    characters, of ``characters``; bytes, pages: 0 where not known."""

    position: int
    name: str
    url: str
    state: str
    reason: str
    kind: str
    bytes: int
    pages: int
    sha256: str
    captured_at: str
    flags: tuple[str, ...]
    characters: int
    text: str

    def is_at(self, url: str) -> bool:
        """Is it what this address names?"""
        return canonical(self.url) == canonical(url)


def files(conn: sqlite3.Connection, article_key: str) -> tuple[File, ...]:
    """The files of an article in its order."""
    rows = conn.execute(
        "SELECT position, name, requested_url, state, reason, coalesce(kind, ''), coalesce(bytes, 0),"
        " coalesce(pages, 0), coalesce(sha256, ''), coalesce(captured_at, ''), coalesce(flags, '[]'),"
        " coalesce(characters, 0), coalesce(substr(text, 1, ?), '') FROM attachments WHERE article_key = ?"
        " ORDER BY position, url",
        (SHOWN, article_key),
    )
    return tuple(_file(*row) for row in rows)


def _file(position: int, *rest: Any) -> File:
    name, url, state, reason, kind, size, pages, sha256, captured_at, flags, characters, shown = rest
    about = (position, name, url, state, reason, kind, size, pages, sha256, captured_at)
    return File(*about, tuple(json.loads(flags)), characters, shown)


def text(conn: sqlite3.Connection, article_key: str, position: int) -> str | None:
    """All of a file's text; None where there is no such file, or none that was read."""
    row = conn.execute(
        "SELECT text FROM attachments WHERE article_key = ? AND position = ? AND text != ''", (article_key, position)
    ).fetchone()
    return None if row is None else str(row[0])
