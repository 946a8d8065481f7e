"""Coverage: what each column listed on each day, and where every one of these pages stands.

A listed page counts once on the day (Asia/Shanghai) its column showed it, under exactly one part:

stored      archived or updated               unchanged  known, or the same as before
duplicate   another address of a known page    removed    gone from the site, kept here
blocked, unreadable, failed                    not stored yet, tried again
given_up    not tried again by itself          waiting    not fetched yet
carried     was not stored when a later day listed it again; counts there

SQLite holds the sum: a row whose parts do not add up to ``listed`` is refused.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, fields

PARTS = (
    *("stored", "unchanged", "duplicate", "removed"),
    *("blocked", "unreadable", "failed", "given_up", "waiting", "carried"),
)
_OPEN = ("blocked", "unreadable", "failed", "given_up", "waiting")
_PART = {"archived": "stored", "updated": "stored"}


@dataclass(frozen=True, slots=True)
class Covered:
    """A column's day. listed is the sum of all that follow it."""

    district: str
    column: str
    day: str
    listed: int
    stored: int
    unchanged: int
    duplicate: int
    removed: int
    blocked: int
    unreadable: int
    failed: int
    given_up: int
    waiting: int
    carried: int


def part(state: str, *, tried_again: bool = True) -> str:
    """The part that a page's state (pages.state) counts under."""
    if state in ("blocked", "unreadable", "failed") and not tried_again:
        return "given_up"
    return _PART.get(state, state)


def cover(conn: sqlite3.Connection, place: tuple[str, str, str], before: tuple[str, str], now: tuple[str, str]) -> None:
    """A column shows a page. place: url, district, column; before, now: (day, part); before is ("", "") the first
    time. On a day that has shown it before, only its part may change."""
    if before == now:
        return
    (old_day, old), (day, new) = before, now
    url, district, column = place
    if old_day == day:
        _move(conn, (district, column, day), old, new)
    else:
        if old in _OPEN:
            _move(conn, (district, column, old_day), old, "carried")
        conn.execute(
            f'INSERT INTO coverage (district, "column", day, listed, {new}) VALUES (?, ?, ?, 1, 1)'
            f" ON CONFLICT DO UPDATE SET listed = listed + 1, {new} = {new} + 1",
            (district, column, day),
        )
    conn.execute(
        'UPDATE listings SET covered_on = ?, covered_as = ? WHERE url = ? AND district = ? AND "column" = ?',
        (day, new, url, district, column),
    )


def settle(conn: sqlite3.Connection, url: str, new: str, day: str) -> None:
    """A page has become something else: moves it wherever it counts as not stored, and wherever it was shown today."""
    rows = conn.execute(
        "SELECT district, \"column\", covered_on, covered_as FROM listings WHERE url = ? AND covered_on != ''", (url,)
    ).fetchall()
    for district, column, old_day, old in rows:
        if old != new and (old in _OPEN or old_day == day):
            cover(conn, (url, district, column), (old_day, old), (old_day, new))


def _move(conn: sqlite3.Connection, place: tuple[str, str, str], old: str, new: str) -> None:
    if old == new:
        return
    assert old in PARTS and new in PARTS
    conn.execute(
        f'UPDATE coverage SET {old} = {old} - 1, {new} = {new} + 1 WHERE district = ? AND "column" = ? AND day = ?',
        place,
    )


def coverage(conn: sqlite3.Connection, since: str, district: str = "") -> tuple[Covered, ...]:
    """The days from ``since`` on, newest first; of one district, or for each district all its columns together
    (column "")."""
    names = ", ".join(field.name for field in fields(Covered)[4:])
    sums = ", ".join(f"sum({name})" for name in ("listed", *names.split(", ")))
    if district:
        asked = (
            f'SELECT c.district, c."column", c.day, c.listed, {names} FROM coverage c LEFT JOIN columns o'
            ' ON o.district = c.district AND o.name = c."column" WHERE c.district = ?1 AND c.day >= ?2'
            ' ORDER BY c.day DESC, o.position, c."column"'
        )
        rows = conn.execute(asked, (district, since))
    else:
        asked = (
            f"SELECT district, '', day, {sums} FROM coverage WHERE day >= ?"
            " GROUP BY day, district ORDER BY day DESC, district"
        )
        rows = conn.execute(asked, (since,))
    return tuple(Covered(*row) for row in rows)
