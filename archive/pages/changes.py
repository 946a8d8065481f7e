"""What changed at the sources: edits of announcements, removals, returns and moves, newest first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

KINDS: Final = ("substantive", "removed", "returned", "moved", "minor", "archived")
WEIGHTY: Final = KINDS[:4]


@dataclass(frozen=True, slots=True)
class Happened:
    """A change. kind: one of KINDS; number: the version it led to, or of the state; flags: what an edit touched; at:
    UTC, when it was found; day: the article's; evidence: the response that shows it, 0 where none is kept; moved: the
    key of the article at the new address."""

    key: str
    kind: str
    number: int
    district: str
    at: str
    flags: tuple[str, ...]
    evidence: int
    moved: str
    title: str
    day: str
    column: str


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes. next: where the following one begins, "" on the last."""

    rows: tuple[Happened, ...]
    next: str


_FROM: Final = (
    "SELECT c.article_key, c.kind, c.number, c.district, c.at, c.flags, c.evidence, c.note, a.title,"
    " coalesce(a.published_on, ''), a.\"column\" FROM changes c CROSS JOIN articles a ON a.key = c.article_key"
)
_BEFORE: Final = "(c.at, c.article_key) < (?2, ?3) ORDER BY c.at DESC, c.article_key DESC LIMIT ?4"
OF_KIND: Final = f"{_FROM} WHERE c.kind = ?1 AND {_BEFORE}"
OF_DISTRICT: Final = f"{_FROM} WHERE c.kind = ?1 AND c.district = ?5 AND {_BEFORE}"
LAST: Final = "~"  # behind every time and key


def changes(
    conn: sqlite3.Connection, kinds: Sequence[str] = WEIGHTY, district: str = "", before: str = "", limit: int = 30
) -> Changes:
    """The newest changes of these kinds (of a district). before: ``next`` of the page before; what cannot be read as
    one is the beginning."""
    at, _, key = before.partition(" ") if " " in before else (LAST, "", LAST)
    found: list[Happened] = []
    for kind in kinds:
        values = (kind, at, key, limit + 1)
        rows = conn.execute(OF_DISTRICT, (*values, district)) if district else conn.execute(OF_KIND, values)
        found.extend(map(_happened, rows))
    found.sort(key=lambda one: (one.at, one.key), reverse=True)
    shown = found[:limit]
    more = len(found) > limit
    return Changes(tuple(shown), f"{shown[-1].at} {shown[-1].key}" if more else "")


def _happened(row: tuple[Any, ...]) -> Happened:
    key, kind, number, district, at, flags, evidence, note, *shown = row
    moved = note if kind == "moved" else ""
    return Happened(key, kind, number, district, at, tuple(json.loads(flags)), evidence, moved, *shown)
