"""A site that refuses several runs in a row is left alone for a while, and longer each time."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.snapshots import stamp

REFUSALS = 3  # runs in a row; one night's outage of a firewall is no reason to stay away
RESTS = tuple(timedelta(days=days) for days in (1, 3, 7, 14, 30))
REFUSED = ("blocked", "robots")  # endings of a crawl (scraper.crawl.DistrictEnd.reason) that count
# A run begins at about the same time each night: a day's rest must not end a minute after tomorrow's.
_SLACK = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Cooldown:
    """A district that refused ``refused`` runs in a row; until: left alone so long (ISO 8601, UTC), "" not yet."""

    district: str
    refused: int
    until: str
    reason: str


def cooling(conn: sqlite3.Connection, slug: str, now: datetime | None = None) -> datetime | None:
    """Until when a district is left alone; None: it may be crawled."""
    row = conn.execute("SELECT until FROM cooldowns WHERE district = ? AND until IS NOT NULL", (slug,)).fetchone()
    until = datetime.fromisoformat(row[0]) if row else None
    return until if until and until > (now or _now()) else None


def conclude(conn: sqlite3.Connection, run_id: int, slug: str, kind: str, why: str) -> None:
    """Counts how a crawl ended: kind and why as the spider says, "" when it came to its end; then its columns tell."""
    rows = conn.execute("SELECT outcome, note FROM column_runs WHERE run_id = ?", (run_id,)).fetchall()
    outcomes = {outcome for outcome, _ in rows}
    if kind in REFUSED or (not kind and outcomes == {"blocked"}):
        refused(conn, slug, why or rows[0][1])
    elif outcomes & {"ok", "unchanged", "shell"}:
        welcomed(conn, slug)


def refused(conn: sqlite3.Connection, slug: str, why: str, now: datetime | None = None) -> datetime | None:
    """One more run in a row that the site refused; gives until when it is left alone now. In the open transaction."""
    now = now or _now()
    row = conn.execute("SELECT refused FROM cooldowns WHERE district = ?", (slug,)).fetchone()
    number = (row[0] if row else 0) + 1
    step = number - REFUSALS
    until = now + RESTS[min(step, len(RESTS) - 1)] - _SLACK if step >= 0 else None
    conn.execute(
        "INSERT OR REPLACE INTO cooldowns (district, refused, until, reason, changed_at) VALUES (?, ?, ?, ?, ?)",
        (slug, number, stamp(until) if until else None, why, stamp(now)),
    )
    return until


def note(conn: sqlite3.Connection, slug: str) -> str:
    """What a run's note says of it: "cooling down until 2026-11-25 01:30Z (refused 4 runs in a row)", or ""."""
    row = conn.execute("SELECT until, refused FROM cooldowns WHERE district = ? AND until > ?", (slug, stamp(_now())))
    found = row.fetchone()
    return f"cooling down until {found[0][:16].replace('T', ' ')}Z (refused {found[1]} runs in a row)" if found else ""


def welcomed(conn: sqlite3.Connection, slug: str) -> None:
    """The site answered: whatever was counted against it is forgotten."""
    conn.execute("DELETE FROM cooldowns WHERE district = ?", (slug,))


def cooldowns(conn: sqlite3.Connection) -> tuple[Cooldown, ...]:
    """All districts whose last run was refused, by slug."""
    rows = conn.execute("SELECT district, refused, coalesce(until, ''), reason FROM cooldowns ORDER BY district")
    return tuple(Cooldown(*row) for row in rows)


def _now() -> datetime:
    return datetime.now(UTC)
