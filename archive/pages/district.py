"""What a district's page shows: its columns, how it publishes, how the crawl of it stands, what is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from archive.crawl.cooling import Cooldown
from archive.schema.crawl import OPEN
from archive.upkeep.status import ColumnRun
from pipelines.freshness import patience


@dataclass(frozen=True, slots=True)
class Place:
    """A district. slug: its TOML's name; code: GB/T 2260."""

    slug: str
    name: str
    code: str
    site: str
    family: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A district in the list of all. newest: displayed day of its newest article; run_at: start of its last crawl
    (UTC), code: how that ended. "" and None where there is none."""

    place: Place
    articles: int
    newest: str
    run_at: str
    code: int | None
    cooling: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column. newest: the last day it displayed; stale: it is silent for longer than ``patience`` days allow.
    outcome, note: of its last run; floor: the day down to which it has been read."""

    name: str
    url: str
    articles: int
    newest: str
    patience: int | None
    stale: bool
    outcome: str
    note: str
    run_at: str
    floor: str


@dataclass(frozen=True, slots=True)
class Run:
    """The last crawl. Times: ISO 8601, UTC; ended_at "" while it runs."""

    id: int
    started_at: str
    ended_at: str
    code: int | None
    note: str
    archived: int
    updated: int
    requests: int
    columns: tuple[ColumnRun, ...]


@dataclass(frozen=True, slots=True)
class Title:
    """An article as lists show it. day: "" when it displays none."""

    id: int
    key: str
    title: str
    day: str
    column: str
    district: str


@dataclass(frozen=True, slots=True)
class Named:
    """A person of the district, with the titles given last."""

    name: str
    announcements: int
    titles: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An open issue: addresses of a column ("": of the whole district) that broke at once, since when (UTC), how many
    pages were asked for and how many of them are gone."""

    column: str
    since: str
    pages: int
    gone: int


@dataclass(frozen=True, slots=True)
class District:
    """Everything of a district's page. months: "2026-10" -> articles; weekdays: 0 Sunday … 6 -> articles; undated:
    those that display no day; queue: state -> pages not stored ("given_up": not tried again)."""

    place: Place
    articles: int
    columns: tuple[Column, ...]
    months: Mapping[str, int]
    weekdays: Mapping[int, int]
    undated: int
    run: Run | None
    cooldown: Cooldown | None
    issues: tuple[Broken, ...]
    queue: Mapping[str, int]
    newest: tuple[Title, ...]
    people: tuple[Named, ...]


PLACE: Final = "SELECT slug, name, code, site, family FROM districts WHERE slug = ?"
TOTAL: Final = "SELECT coalesce(sum(articles), 0) FROM totals WHERE district = ?"
NEWEST: Final = (
    "SELECT id, key, title, coalesce(published_on, ''), \"column\", district FROM articles WHERE district = ?"
    " ORDER BY id DESC LIMIT ?"
)
TALLY: Final = "SELECT month, weekday, articles FROM tallies WHERE district = ? AND articles > 0 ORDER BY month"
LAST_RUN: Final = (
    "SELECT id, started_at, coalesce(ended_at, ''), exit_code, note, archived, updated, requests FROM runs"
    " WHERE district = ? AND kind = 'crawl' ORDER BY id DESC LIMIT 1"
)
OUTCOMES: Final = (
    'SELECT cr."column", cr.outcome, cr.rows, cr.note FROM column_runs cr LEFT JOIN columns c'
    ' ON c.district = cr.district AND c.name = cr."column" WHERE cr.run_id = ? ORDER BY c.position, cr."column"'
)
ISSUES: Final = (
    'SELECT "column", since, pages, gone FROM issues WHERE district = ? AND closed_at IS NULL ORDER BY id DESC LIMIT 20'
)
QUEUE: Final = (
    "SELECT iif(state != 'waiting' AND next_try_at IS NULL, 'given_up', state), count(*) FROM pages"
    f" WHERE district = ? AND {OPEN} GROUP BY 1 ORDER BY 1"
)
PEOPLE: Final = "SELECT name, announcements, titles FROM people WHERE district = ? ORDER BY announcements DESC LIMIT ?"
COOLING: Final = "SELECT district, refused, coalesce(until, ''), reason FROM cooldowns WHERE district = ?"
# The day of the newest: as displayed, else that of the id.
COLUMNS: Final = """
    SELECT c.name, c.url, coalesce(t.articles, 0), max(
        coalesce((SELECT max(l.listed_on) FROM listings l WHERE l.district = c.district AND l."column" = c.name), ''),
        coalesce((SELECT coalesce(a.published_on,
            substr(a.id, 1, 4) || '-' || substr(a.id, 5, 2) || '-' || substr(a.id, 7, 2)) FROM articles a
            WHERE a.district = c.district AND a."column" = c.name ORDER BY a.id DESC LIMIT 1), ''))
    FROM columns c LEFT JOIN totals t ON t.district = c.district AND t."column" = c.name
    WHERE c.district = ? ORDER BY c.position"""
FLOOR: Final = (
    "SELECT run_id, floor FROM column_runs WHERE district = ? AND \"column\" = ? AND outcome = 'ok'"
    " ORDER BY run_id DESC LIMIT 1"
)
ALL: Final = "SELECT slug, name, code, site, family FROM districts WHERE slug > ? ORDER BY slug LIMIT ?"


def listed(conn: sqlite3.Connection, after: str = "", limit: int = 100) -> tuple[Listed, ...]:
    """The districts behind ``after``, by slug."""
    return tuple(_listed(conn, Place(*row)) for row in conn.execute(ALL, (after, limit)).fetchall())


def _listed(conn: sqlite3.Connection, place: Place) -> Listed:
    (total,) = conn.execute(TOTAL, (place.slug,)).fetchone()
    newest = conn.execute(NEWEST, (place.slug, 1)).fetchone()
    run = conn.execute(LAST_RUN, (place.slug,)).fetchone()
    cooling = conn.execute(COOLING, (place.slug,)).fetchone()
    day, at, code = newest[3] if newest else "", run[1] if run else "", run[3] if run else None
    return Listed(place, total, day, at, code, bool(cooling and cooling[2]))


def place(conn: sqlite3.Connection, slug: str) -> Place | None:
    """A district of the archive, by its slug."""
    row = conn.execute(PLACE, (slug,)).fetchone()
    return Place(*row) if row else None


def district(conn: sqlite3.Connection, slug: str, today: date, newest: int = 10, people: int = 12) -> District | None:
    """A district's page; None when there is none of this slug. today: Asia/Shanghai, for what is stale."""
    found = place(conn, slug)
    if found is None:
        return None
    run = _run(conn, slug)
    months, weekdays, undated = _rhythm(conn, slug)
    cooldown = conn.execute(COOLING, (slug,)).fetchone()
    return District(
        place=found,
        articles=int(conn.execute(TOTAL, (slug,)).fetchone()[0]),
        columns=_columns(conn, slug, run, today),
        months=months,
        weekdays=weekdays,
        undated=undated,
        run=run,
        cooldown=Cooldown(*cooldown) if cooldown else None,
        issues=tuple(Broken(*row) for row in conn.execute(ISSUES, (slug,))),
        queue=dict(tuple(row) for row in conn.execute(QUEUE, (slug,))),
        newest=tuple(Title(*row) for row in conn.execute(NEWEST, (slug, newest))),
        people=tuple(Named(*row) for row in conn.execute(PEOPLE, (slug, people))),
    )


def _run(conn: sqlite3.Connection, slug: str) -> Run | None:
    row = conn.execute(LAST_RUN, (slug,)).fetchone()
    if row is None:
        return None
    columns = tuple(ColumnRun(*found) for found in conn.execute(OUTCOMES, (row[0],)))
    return Run(*(*row, columns))


def _rhythm(conn: sqlite3.Connection, slug: str) -> tuple[dict[str, int], dict[int, int], int]:
    months: dict[str, int] = {}
    weekdays = dict.fromkeys(range(7), 0)
    undated = 0
    for month, weekday, number in conn.execute(TALLY, (slug,)):
        if not month:
            undated += number
            continue
        months[month] = months.get(month, 0) + number
        if weekday in weekdays:
            weekdays[weekday] += number
    return months, weekdays, undated


def _columns(conn: sqlite3.Connection, slug: str, run: Run | None, today: date) -> tuple[Column, ...]:
    told = {one.column: one for one in run.columns} if run else {}
    found = []
    for name, url, articles, newest in conn.execute(COLUMNS, (slug,)).fetchall():
        floor = conn.execute(FLOOR, (slug, name)).fetchone()
        last = told.get(name)
        days = patience(name)
        found.append(
            Column(
                name=name,
                url=url,
                articles=articles,
                newest=newest,
                patience=days,
                stale=days is not None and _silent(newest, today) > days,
                outcome=last.outcome if last else "",
                note=last.note if last else "",
                run_at=run.started_at if run and last else "",
                floor=str(floor[1] or "") if floor else "",
            )
        )
    return tuple(found)


def _silent(newest: str, today: date) -> int:
    """Days since a column's newest item; 0 for one that never had any: it may not have been read yet."""
    return (today - date.fromisoformat(newest)).days if newest else 0
