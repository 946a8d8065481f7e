"""A run held against what its district's TOML expects of it: silence and half-read pages are found, not believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from archive.articles import SHANGHAI
from archive.store import Archive
from scraper.catalogue import District

ENOUGH = 10  # articles of a run before a share of filled fields says anything
_BAD_COLUMNS = ("shell", "blocked", "failed")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as expected. red: the run did not do its job; warning: look at it. key: what of
    [expect] it is about ("per_week", "filled.source") or "column"."""

    level: Literal["red", "warning"]
    key: str
    what: str


def check(archive: Archive, district: District, run_id: int | None = None) -> tuple[Finding, ...]:
    """What is wrong with a run of a district (its last crawl when None). No run yet: nothing to say."""
    row = archive.db.conn.execute(
        "SELECT id, started_at FROM runs WHERE district = ? AND kind = 'crawl' AND id = coalesce(?, id)"
        " ORDER BY id DESC LIMIT 1",
        (district.slug, run_id),
    ).fetchone()
    if row is None:
        return ()
    day = datetime.fromisoformat(row[1]).astimezone(SHANGHAI).date()
    return (*_columns(archive, row[0]), *_week(archive, district, day), *_filled(archive, district, row[0]))


def _columns(archive: Archive, run_id: int) -> list[Finding]:
    rows = archive.db.conn.execute(
        f'SELECT "column", outcome, note FROM column_runs WHERE run_id = ? AND outcome IN {_BAD_COLUMNS}'
        ' ORDER BY "column"',
        (run_id,),
    )
    return [
        Finding("red", "column", f"{column}: {outcome}{': ' + note if note else ''}") for column, outcome, note in rows
    ]


def _week(archive: Archive, district: District, day: date) -> list[Finding]:
    if district.expect.per_week is None:
        return []
    low, high = district.expect.per_week
    (found,) = archive.db.conn.execute(
        "SELECT count(*) FROM articles WHERE district = ? AND published_on BETWEEN ? AND ?",
        (district.slug, (day - timedelta(days=6)).isoformat(), day.isoformat()),
    ).fetchone()
    if found < low:
        return [Finding("red", "per_week", f"{found} articles in the week to {day}, at least {low} are expected")]
    if found > high:
        return [Finding("warning", "per_week", f"{found} articles in the week to {day}, at most {high} are expected")]
    return []


def _filled(archive: Archive, district: District, run_id: int) -> list[Finding]:
    """Of the articles that the run brought or brought anew, how many have the field."""
    findings: list[Finding] = []
    for name, least in district.expect.filled.items():
        articles, filled = archive.db.conn.execute(
            f"SELECT count(*), count(nullif(a.\"{name}\", '')) FROM articles a WHERE a.key IN (SELECT article_key FROM"
            " captures WHERE run_id = ? AND outcome IN ('archived', 'updated'))",
            (run_id,),
        ).fetchone()
        if articles >= ENOUGH and filled < least * articles:
            what = f"{name} is there on {filled} of {articles} new articles, {least:.0%} are expected"
            findings.append(Finding("red", f"filled.{name}", what))
    return findings
