"""What one archived announcement says, for its page: facts put together by person, body, place and document, each
with the sentence that states it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

LONGEST: Final = 160
CITING: Final = 20
# CROSS JOIN: from the forms of this article, not through all titles that are cited anywhere.
CITED_BY: Final = """
    SELECT a.title, a.key FROM citable c
    CROSS JOIN facts f ON f.value = c.form AND f.kind IN ('document_number', 'cited_title') AND f.unit != 'own'
    CROSS JOIN articles a ON a.key = f.article_key
    WHERE c.article_key = ?1 AND f.article_key != ?1 GROUP BY a.id ORDER BY a.id DESC LIMIT ?2"""
CITED: Final = (
    "SELECT cited, cited_key FROM citations WHERE citing_key = ? AND cited_key IS NOT NULL ORDER BY cited_key"
)
FACTS: Final = (
    'SELECT kind, value, unit, about, raw, start, "end", field, rule, confidence FROM facts WHERE article_key = ?'
    " ORDER BY ordinal"
)
_ENDS: Final = re.compile(r"[。！？；\n\t]")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: what is shown, a remark beside it (code, value, roles), its sentence, and the article it leads to."""

    text: str
    sentence: str = ""
    remark: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """elsewhere: the title that other announcements of the district give, where this one gives none."""

    name: str
    titles: tuple[str, ...]
    roles: tuple[str, ...]
    sentence: str
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A fact as kept (docs/research.md, table facts): body[start:end] is raw."""

    kind: str
    value: str
    unit: str
    about: str
    raw: str
    start: int
    end: int
    field: str = "body"
    rule: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """kind is "" while the article is not described. groups: name -> items, the empty ones left out; rows: every fact
    by place; leads: what is cited -> the key of the article that it is."""

    kind: str = ""
    kind_rule: str = ""
    meeting: str = ""
    people: tuple[Person, ...] = ()
    groups: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)


def said(conn: sqlite3.Connection, key: str, body: str, district: str, day: str) -> Said:
    """The facts of an article (key, its stored body, district and displayed day), grouped."""
    described = conn.execute(
        "SELECT kind, kind_rule, coalesce(meeting, '') FROM descriptions WHERE article_key = ?", (key,)
    ).fetchone()
    if described is None:
        return Said()
    rows = [Row(*row) for row in conn.execute(FACTS, (key,))]
    leads = dict(conn.execute(CITED, (key,)).fetchall())
    groups = {
        "appointments": _items(rows, body, "appointment"),
        "organisations": _items(rows, body, "organisation"),
        "places": _items(rows, body, "place"),
        "amounts": _items(rows, body, "money"),
        "deadlines": _items(rows, body, "deadline"),
        "effective": _items(rows, body, "effective"),
        "cited": _cited(rows, body, leads),
        "cited_by": _citing(conn, key),
    }
    kind, rule, meeting = described
    told = {name: items for name, items in groups.items() if items}
    return Said(kind, rule, meeting, _people(conn, rows, body, district, day), told, tuple(rows), leads)


def sentence(body: str, start: int, end: int) -> str:
    """The sentence around a place in the text, cut to LONGEST characters around it."""
    left = max((found.end() for found in _ENDS.finditer(body, max(0, start - LONGEST), start)), default=None)
    if left is None:
        left = max(0, start - LONGEST)
    stop = _ENDS.search(body, end)
    right = min(len(body), stop.end() if stop else len(body))
    if right - left > LONGEST:
        half = (LONGEST - min(end - start, LONGEST)) // 2
        near = max(left, start - half), min(right, end + half)
        before, after = "…" if near[0] > left else "", "…" if near[1] < right else ""
        return f"{before}{body[slice(*near)].strip()}{after}"
    return body[left:right].strip()


def _firsts(rows: Iterable[Row], *kinds: str) -> dict[tuple[str, str], Row]:
    """The first row of every value (and unit) of a kind."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.kind in kinds:
            found.setdefault((row.value, row.unit), row)
    return found


def _items(rows: Iterable[Row], body: str, kind: str) -> tuple[Item, ...]:
    return tuple(_item(row, body) for row in _firsts(rows, kind).values())


def _item(row: Row, body: str) -> Item:
    text, remark = row.value, ""
    if row.kind == "money":
        text, remark = row.raw.strip(), f"{float(row.value):,.2f}".removesuffix(".00") + f" {row.unit}"
    elif row.kind == "appointment":
        remark = f"{row.unit} {row.about}"
    elif row.kind == "place":
        remark = row.unit
    return Item(text, sentence(body, row.start, row.end), remark)


def _cited(rows: Iterable[Row], body: str, leads: Mapping[str, str]) -> tuple[Item, ...]:
    every = [row for row in _firsts(rows, "document_number", "cited_title").values() if row.unit != "own"]
    return tuple(Item(row.value, sentence(body, row.start, row.end), "", leads.get(row.value, "")) for row in every)


def _citing(conn: sqlite3.Connection, key: str) -> tuple[Item, ...]:
    """Articles that cite this one, the newest first."""
    rows = conn.execute(CITED_BY, (key, CITING))
    return tuple(Item(title, "", "", citing) for title, citing in rows)


def _people(conn: sqlite3.Connection, rows: list[Row], body: str, district: str, day: str) -> tuple[Person, ...]:
    found: list[Person] = []
    for (name, _), first in _firsts(rows, "person").items():
        held = [row for row in rows if row.kind == "title" and row.about == name]
        roles = [row.value for row in rows if row.kind == "role" and row.about == name]
        place = held[0] if held else first
        elsewhere = "" if held or first.about == "credit" else _elsewhere(conn, district, name, day)
        titles = tuple(dict.fromkeys(row.value for row in held))
        # The name with its title: both ends of the sentence that holds them.
        start, end = min(place.start, first.start), max(place.end, first.end)
        near = (start, end) if end - start < LONGEST // 2 else (place.start, place.end)
        found.append(Person(name, titles, tuple(dict.fromkeys(roles)), sentence(body, *near), elsewhere))
    return tuple(found)


def _elsewhere(conn: sqlite3.Connection, district: str, name: str, day: str) -> str:
    """The roster's suggestion: the title last given in the district before or on this day."""
    row = conn.execute(
        "SELECT title FROM people_titles WHERE district = ?1 AND name = ?2 AND ('' = ?3 OR first_on <= ?3)"
        " ORDER BY last_on DESC, announcements DESC LIMIT 1",
        (district, name, day),
    ).fetchone()
    return str(row[0]) if row else ""
