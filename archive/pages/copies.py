"""Where else an announcement stands: its copies, the earliest first, and what is like it, part of it or holds it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Final

from scraper.urls import host

SHOWN: Final = 40
CHANGES: Final = 12
_ABOUT: Final = (
    "a.key, a.title, a.url, a.district, coalesce(a.published_on, ''), a.first_captured_at, coalesce(a.source, ''),"
    " coalesce(a.issuer, '')"
)
HEAD: Final = "SELECT cluster FROM clusters WHERE article_key = ?"
COUNT: Final = "SELECT count(*) FROM clusters WHERE cluster = ? AND cluster != article_key"
# 2026-11: an announcement that went to 2,800 districts: the order is made of 500 of its copies, and the first.
COPIES: Final = f"""
    SELECT {_ABOUT}, c.added, c.dropped FROM (
        SELECT article_key, id, added, dropped FROM clusters WHERE article_key = ?1 UNION ALL
        SELECT * FROM (SELECT article_key, id, added, dropped FROM clusters WHERE cluster = ?1
            AND cluster != article_key LIMIT 500) ORDER BY 2 LIMIT ?2
    ) c CROSS JOIN articles a ON a.key = c.article_key"""
ALIKE: Final = f"""
    SELECT {_ABOUT}, r.kind, r.common, r.changed, 0 FROM relations r CROSS JOIN articles a ON a.key = r.other_key
    WHERE r.article_key IN (?1, ?2) UNION ALL
    SELECT {_ABOUT}, r.kind, r.common, r.changed, 1 FROM relations r CROSS JOIN articles a ON a.key = r.article_key
    WHERE r.other_key IN (?1, ?2) LIMIT ?3"""


@dataclass(frozen=True, slots=True)
class There:
    """An article elsewhere, as a list shows it."""

    key: str
    title: str
    url: str
    district: str
    published_on: str
    captured_at: str
    source: str
    issuer: str

    @property
    def site(self) -> str:
        return host(self.url)


@dataclass(frozen=True, slots=True)
class Copy:
    """added, dropped: characters that it has more and fewer than the earliest."""

    there: There
    added: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Alike:
    """kind: what the other is to this one: "variant", "excerpt" (a part of this one), "container" (holds all of it).
    changed: clauses that differ, (here, there)."""

    there: There
    kind: str
    common: float
    changed: tuple[tuple[str, str], ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Copies:
    """copies: the earliest first, this one among them, () when there is no other; total: of all of them."""

    total: int = 0
    copies: tuple[Copy, ...] = ()
    alike: tuple[Alike, ...] = ()

    @property
    def others(self) -> int:
        return max(0, self.total - 1)


def copies(conn: sqlite3.Connection, key: str) -> Copies:
    """The copies and relations of an article; those of the earliest copy are its own too."""
    row = conn.execute(HEAD, (key,)).fetchone()
    if row is None:
        return Copies()
    (head,) = row
    total = conn.execute(COUNT, (head,)).fetchone()[0] + 1
    found: tuple[Copy, ...] = ()
    if total > 1:
        found = tuple(Copy(There(*one[:8]), *one[8:]) for one in conn.execute(COPIES, (head, SHOWN)))
    related = [_alike(*one) for one in conn.execute(ALIKE, (key, head, SHOWN))]
    shown = {one.there.key: one for one in related if one.there.key not in (key, head)}
    return Copies(total if len(found) > 1 else 1, found if len(found) > 1 else (), tuple(shown.values()))


def _alike(*row: object) -> Alike:
    there = There(*row[:8])  # type: ignore[arg-type]
    kind, common, written, other_is_later = row[8:]
    changed = [(str(earlier), str(later)) for earlier, later in json.loads(str(written))]
    if other_is_later:
        pairs = changed
    else:  # the relation says what this one is to the other
        kind = {"excerpt": "container", "container": "excerpt"}.get(str(kind), kind)
        pairs = [(later, earlier) for earlier, later in changed]
    assert isinstance(common, float)
    return Alike(there, str(kind), common, tuple(pairs[:CHANGES]), max(0, len(pairs) - CHANGES))
