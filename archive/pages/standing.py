"""What became of an announcement since it was archived: was it edited, is it still there?"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

STATES: Final = """
    SELECT s.state, s.since, s.evidence, s.note, coalesce(c.status, 0), coalesce(a.title, '')
    FROM states s LEFT JOIN captures c ON c.snapshot_id = s.evidence LEFT JOIN articles a ON a.key = s.note
    WHERE s.article_key = ? ORDER BY s.number"""
EDITS: Final = """
    SELECT v.number, v.captured_at, v.kind, v.flags, v.snapshot_id FROM histories h
    JOIN versions v ON v.article_key = h.article_key AND v.generation = h.generation
    WHERE h.article_key = ? ORDER BY v.number"""
SEEN: Final = "SELECT coalesce(seen_at, '') FROM presence WHERE article_key = ?"


@dataclass(frozen=True, slots=True)
class Turn:
    """A state from a time on (ISO 8601, UTC), and the response that opened it: its number and HTTP status, 0 where none
    is kept. note: for "moved" the key of the article there (title: what it is called, "" where it is not archived), for
    "archived" the day that the page names."""

    state: str
    since: str
    evidence: int
    note: str
    status: int
    title: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A version without its text. kind: "first", "minor" or "substantive"."""

    number: int
    captured_at: str
    kind: str
    flags: tuple[str, ...]
    snapshot_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """turns: the history of states, the first first; versions: () for what was never edited; seen_at: when the page was
    last found in its place."""

    turns: tuple[Turn, ...] = ()
    versions: tuple[Edit, ...] = ()
    seen_at: str = ""

    @property
    def state(self) -> str:
        return self.turns[-1].state if self.turns else "present"

    @property
    def gone_since(self) -> str:
        """When the misses began that led to the state of now; "" when it is there."""
        since = ""
        for turn in reversed(self.turns):
            if turn.state not in ("missing", "suspected", "removed"):
                break
            since = turn.since
        return since

    @property
    def substantive(self) -> int:
        return sum(one.kind == "substantive" for one in self.versions)


def standing(conn: sqlite3.Connection, key: str) -> Standing:
    """The states and versions of an article."""
    seen = conn.execute(SEEN, (key,)).fetchone()
    return Standing(
        tuple(Turn(*row) for row in conn.execute(STATES, (key,))),
        tuple(
            Edit(number, at, kind, tuple(json.loads(flags)), snapshot)
            for number, at, kind, flags, snapshot in conn.execute(EDITS, (key,))
        ),
        str(seen[0]) if seen else "",
    )
