"""Who is named in a district's announcements, and one person's page. One name in two districts is two persons."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from archive.pages.naming import Named, naming

HIGHEST: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in a list: the titles given last, on ``titles_on``; how often and when named."""

    district: str
    name: str
    announcements: int
    first_seen: str
    last_seen: str
    titles: str
    titles_on: str


@dataclass(frozen=True, slots=True)
class Found:
    """A page of people. next: the values of ``after`` that lead on, None on the last."""

    people: tuple[Somebody, ...]
    next: tuple[int, str, str] | None


@dataclass(frozen=True, slots=True)
class Held:
    """A title that announcements gave, from the first to the last day that they did: no term of office."""

    title: str
    first_on: str
    last_on: str
    announcements: int


@dataclass(frozen=True, slots=True)
class Company:
    """Somebody who is named in the same announcements."""

    name: str
    announcements: int
    first_on: str
    last_on: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """direction: 任, 免 …; post: the office."""

    key: str
    day: str
    direction: str
    post: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person's page. years: "2026" -> announcements; namesakes: the same name in other districts."""

    who: Somebody
    titles: tuple[Held, ...]
    years: Mapping[str, int]
    company: tuple[Company, ...]
    appointments: tuple[Appointment, ...]
    named: Named
    namesakes: tuple[Somebody, ...]


_COLUMNS: Final = "district, name, announcements, first_seen, last_seen, titles, titles_on"
_MOST: Final = "(announcements, district, name) < (?1, ?2, ?3) ORDER BY announcements DESC, district DESC, name DESC"
MOST: Final = f"SELECT {_COLUMNS} FROM people WHERE {_MOST} LIMIT ?4"
MOST_HERE: Final = (
    f"SELECT {_COLUMNS} FROM people WHERE district = ?5 AND (announcements, name) < (?1, ?3)"
    " ORDER BY announcements DESC, name DESC LIMIT ?4"
)
# By the beginning of the name: a surname, or all of it.
LIKE: Final = (
    f"SELECT {_COLUMNS} FROM people WHERE name >= ?5 AND name < ?6 AND ?7 IN ('', district) AND {_MOST} LIMIT ?4"
)
ONE: Final = f"SELECT {_COLUMNS} FROM people WHERE district = ? AND name = ?"
NAMESAKES: Final = f"SELECT {_COLUMNS} FROM people WHERE name = ? AND district != ? ORDER BY district LIMIT 50"
TITLES: Final = (
    "SELECT title, first_on, last_on, announcements FROM people_titles WHERE district = ? AND name = ?"
    " ORDER BY last_on DESC, first_on DESC, announcements DESC LIMIT 100"
)
YEARS: Final = "SELECT year, announcements FROM people_years WHERE district = ? AND name = ? ORDER BY year"
COMPANY: Final = (
    "SELECT other, announcements, first_on, last_on FROM people_together WHERE district = ? AND name = ?"
    " ORDER BY announcements DESC, last_on DESC LIMIT 30"
)
APPOINTMENTS: Final = (
    "SELECT a.key, coalesce(a.published_on, ''), f.unit, f.about FROM facts f CROSS JOIN articles a"
    " ON a.key = f.article_key WHERE f.kind = 'appointment' AND f.value = ? AND a.district = ?"
    " ORDER BY a.id DESC, f.ordinal LIMIT 30"
)


def people(
    conn: sqlite3.Connection,
    name: str = "",
    district: str = "",
    after: tuple[int, str, str] | None = None,
    limit: int = 50,
) -> Found:
    """Those named most (of a district, whose name begins so); after: ``next`` of the page before."""
    place = after or (1 << 62, HIGHEST, HIGHEST)
    if name:
        rows = conn.execute(LIKE, (*place, limit + 1, name, name + HIGHEST, district)).fetchall()
    elif district:
        rows = conn.execute(MOST_HERE, (*place, limit + 1, district)).fetchall()
    else:
        rows = conn.execute(MOST, (*place, limit + 1)).fetchall()
    found = tuple(Somebody(*row) for row in rows[:limit])
    last = found[-1] if len(rows) > limit else None
    return Found(found, (last.announcements, last.district, last.name) if last else None)


def person(conn: sqlite3.Connection, district: str, name: str, before: int | None = None) -> Person | None:
    """One person's page, its announcements from ``before`` (``named.next``) on; None when nobody of this name was
    given an office there."""
    row = conn.execute(ONE, (district, name)).fetchone()
    if row is None:
        return None
    who = (district, name)
    return Person(
        who=Somebody(*row),
        titles=tuple(Held(*one) for one in conn.execute(TITLES, who)),
        years=dict(tuple(one) for one in conn.execute(YEARS, who)),
        company=tuple(Company(*one) for one in conn.execute(COMPANY, who)),
        appointments=tuple(Appointment(*one) for one in conn.execute(APPOINTMENTS, (name, district))),
        named=naming(conn, "person", name, district, before=before),
        namesakes=tuple(Somebody(*one) for one in conn.execute(NAMESAKES, (name, district))),
    )
