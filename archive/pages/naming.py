"""Announcements that name somebody or cite a document, newest first, however many there are.

People are walked by their marks (archive/schema/marks.py), which stand in order of ids. 2026-11: of what cites a
document all is looked up and put in order where it is little; where it is much (over FEW), the newest articles are
walked back and soon give a page of 20.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from archive.pages.said import sentence

FEW: Final = 1000

_CITED: Final = "f.kind IN ('document_number', 'cited_title') AND f.value = :value AND f.unit != 'own'"
_SHOWN: Final = "a.id, a.key, a.title, coalesce(a.published_on, ''), a.\"column\", a.district"

KEYS: Final = f"SELECT DISTINCT f.article_key FROM facts f WHERE {_CITED} LIMIT {FEW + 1}"
# The ids first: the index of keys gives them without a look at the articles.
FOUND: Final = (
    f"SELECT {_SHOWN} FROM (SELECT b.id FROM (SELECT DISTINCT f.article_key AS key FROM facts f WHERE {_CITED}) k"
    " CROSS JOIN articles b ON b.key = k.key WHERE b.id < :before ORDER BY b.id DESC LIMIT :limit) i"
    " CROSS JOIN articles a ON a.id = i.id ORDER BY a.id DESC"
)
# +: by the article's own facts.
WALKED: Final = (
    f"SELECT {_SHOWN} FROM articles a WHERE a.id < :before AND EXISTS (SELECT 1 FROM facts f WHERE"
    f" f.article_key = a.key AND +{_CITED}) ORDER BY a.id DESC LIMIT :limit"
)
# Every announcement but those that name somebody in a line of credits only.
PERSON: Final = (
    f"SELECT {_SHOWN} FROM marks m CROSS JOIN marked k ON k.id = m.id CROSS JOIN articles a ON a.id = m.id"
    " WHERE m.mark = 'person:' || :value AND m.id < :before AND k.district = :district ORDER BY m.id DESC LIMIT :limit"
)
PLACES: Final = 'SELECT start, "end" FROM facts WHERE article_key = ? AND +value = ? ORDER BY ordinal LIMIT 1'
BODY: Final = "SELECT body FROM articles WHERE key = ?"
ALL: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Naming:
    """An announcement and the sentence that names what was asked for. day "": it displays none."""

    id: int
    key: str
    title: str
    day: str
    column: str
    district: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Named:
    """A page of them. next: where the following one begins; None on the last."""

    rows: tuple[Naming, ...]
    next: int | None


def naming(
    conn: sqlite3.Connection, kind: str, value: str, district: str = "", *, before: int | None = None, limit: int = 20
) -> Named:
    """Announcements that name a person (kind "person", in a district) or cite a document (kind "cited")."""
    asked = {"value": value, "district": district, "before": before or ALL, "limit": limit + 1}
    many = kind == "cited" and len(conn.execute(KEYS, {"value": value}).fetchall()) > FEW
    rows = conn.execute(PERSON if kind == "person" else WALKED if many else FOUND, asked).fetchall()
    shown = tuple(Naming(*(*row, _sentence(conn, row[1], value))) for row in rows[:limit])
    return Named(shown, shown[-1].id if len(rows) > limit else None)


def _sentence(conn: sqlite3.Connection, key: str, value: str) -> str:
    place = conn.execute(PLACES, (key, value)).fetchone()
    return sentence(conn.execute(BODY, (key,)).fetchone()[0], *place) if place else ""
