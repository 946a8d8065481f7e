"""What a search cannot have found: districts and days that were not crawled, or not to the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from archive.pages.coverage import Day, calendar

Kind = Literal["never", "cooling", "failed", "partly", "late", "began"]
KINDS: Final = ("never", "cooling", "failed", "partly", "late", "began")
LATE: Final = 3  # days without a crawl
SPAN: Final = 31  # days of one district that are looked at, the last of the range

# The last and the first crawl of every district: two steps along runs_district each.
STANDING: Final = """
    SELECT d.slug, date(r.started_at, '+8 hours'), r.ended_at IS NULL,
        (SELECT count(*) FROM column_runs c WHERE c.run_id = r.id),
        (SELECT count(*) FROM column_runs c WHERE c.run_id = r.id AND c.outcome NOT IN ('ok', 'unchanged')),
        (SELECT date(until, '+8 hours') FROM cooldowns o WHERE o.district = d.slug AND o.until > ?),
        (SELECT date(f.started_at, '+8 hours') FROM runs f WHERE f.district = d.slug AND f.kind = 'crawl'
            ORDER BY f.id LIMIT 1)
    FROM districts d LEFT JOIN runs r ON r.id = (
        SELECT l.id FROM runs l WHERE l.district = d.slug AND l.kind = 'crawl' ORDER BY l.id DESC LIMIT 1)
    ORDER BY d.slug"""


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a district may hold more than was found. day: of its last crawl ("late", "failed", "partly"), until when it
    is left alone ("cooling"), of its first crawl ("began": what is older was found only as far as its lists reach)."""

    district: str
    kind: Kind
    day: str = ""


@dataclass(frozen=True, slots=True)
class Spell:
    """Days in a row that ended alike ("none", "blocked", "failed", "waiting")."""

    first: str
    last: str
    status: str


@dataclass(frozen=True, slots=True)
class Gaps:
    """districts: how many were looked at; gaps: one for each that has any. Of one district alone: its spells from
    ``since`` to ``until``, and pages of these days that are listed but not stored."""

    districts: int
    gaps: tuple[Gap, ...] = ()
    since: str = ""
    until: str = ""
    spells: tuple[Spell, ...] = ()
    missing: int = 0


def gaps(conn: sqlite3.Connection, district: str, since: date | None, until: date | None, now: str) -> Gaps:
    """What is missing of a range of publication days, in a district or (district "") all. now: ISO 8601, UTC."""
    today = date.fromisoformat(now[:10])
    rows = [row for row in conn.execute(STANDING, (now,)) if district in ("", row[0])]
    found = tuple(gap for row in rows for gap in _gap(row, since, today))
    if not district or not rows:
        return Gaps(len(rows), found)
    last = min(until or today, today)
    first = max(since or date.min, last - timedelta(days=SPAN - 1))
    if first > last:
        return Gaps(len(rows), found)
    days = calendar(conn, district, first, last)
    missing = sum(day.blocked + day.failed + day.given_up + day.waiting for day in days)
    return Gaps(len(rows), found, str(first), str(last), tuple(_spells(days)), missing)


def _gap(row: Sequence[object], since: date | None, today: date) -> Iterator[Gap]:
    slug, day, running, columns, bad, cooling, first = row
    slug, day, columns, bad = str(slug), str(day or ""), int(str(columns)), int(str(bad))
    if not day:
        yield Gap(slug, "never")
    elif cooling:
        yield Gap(slug, "cooling", str(cooling))
    elif columns and bad == columns:
        yield Gap(slug, "failed", day)
    elif bad:
        yield Gap(slug, "partly", day)
    elif not running and date.fromisoformat(day) < today - timedelta(days=LATE):
        yield Gap(slug, "late", day)
    elif since and str(first) > str(since):
        yield Gap(slug, "began", str(first))


def _spells(days: Sequence[Day]) -> Iterator[Spell]:
    spell: Spell | None = None
    for one in days:
        if spell and (one.status != spell.status):
            yield spell
            spell = None
        if one.status not in ("complete", "before"):
            spell = Spell(spell.first if spell else one.day, one.day, one.status)
    if spell:
        yield spell
