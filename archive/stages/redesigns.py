"""Columns whose addresses broke at once: one issue for a person, and no evidence against their pages.

An issue follows from the sightings of its column's pages; only a person closes it, or the pages by coming back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from archive.snapshots import stamp
from archive.store import Archive, plain_errors
from pipelines.presence import WINDOW, Break, Sighting, broken, is_alone

PROBES: Final = 12  # others of a column that are asked for next when all that were asked for were gone
VERDICTS: Final = ("moved", "removed")
_SELECT: Final = (
    "SELECT id, district, \"column\", kind, opened_at, since, known, pages, gone, note, coalesce(closed_at, ''),"
    " coalesce(closed_as, '') FROM issues"
)


@dataclass(frozen=True, slots=True)
class Issue:
    """What a person must look at. column "": the whole district. pages, gone: those first captured up to ``known`` that
    were asked for since, and those of them that were last found gone. closed_at "" while it is open. Times: ISO 8601,
    UTC."""

    id: int
    district: str
    column: str
    kind: str
    opened_at: str
    since: str
    known: str
    pages: int
    gone: int
    note: str
    closed_at: str
    closed_as: str


def issues(conn: sqlite3.Connection, *, closed: bool = False) -> tuple[Issue, ...]:
    """The open issues, the newest first; closed: those that were closed as well."""
    rows = conn.execute(f"{_SELECT} WHERE closed_at IS NULL OR ? ORDER BY id DESC", (closed,))
    return tuple(Issue(*row) for row in rows)


def of_column(conn: sqlite3.Connection, district: str, column: str) -> tuple[Issue, ...]:
    """All issues, open or closed, that a page of this column may be a part of."""
    return tuple(one for one in _of_district(conn, district) if one.column in ("", column))


def _of_district(conn: sqlite3.Connection, district: str) -> tuple[Issue, ...]:
    return tuple(Issue(*row) for row in conn.execute(f"{_SELECT} WHERE district = ? ORDER BY id", (district,)))


def close_issue(archive: Archive, number: int, verdict: str) -> int:
    """Ends an issue: "removed" makes its misses evidence again, "moved" leaves them out for ever. Gives the number of
    pages that are judged anew. Raises LookupError where there is no such open issue."""
    with plain_errors(archive.path):
        conn = archive.write()
        row = conn.execute(
            'SELECT district, "column", since FROM issues WHERE id = ? AND closed_at IS NULL', (number,)
        ).fetchone()
        if row is None:
            archive.rollback()
            raise LookupError(f"there is no open issue {number}; `dibao issues` shows them")
        moment = stamp(datetime.now(UTC))
        conn.execute("UPDATE issues SET closed_at = ?, closed_as = ? WHERE id = ?", (moment, verdict, number))
        found = _again(conn, *row)
    archive.commit()
    return found


def told(found: Iterable[Sighting], first: datetime, about: Sequence[Issue]) -> tuple[Sighting, ...]:
    """The sightings that say something of a page: without its misses since its column broke, until it is seen again.
    Where a person has said that the column moved, they say that."""
    there: list[Sighting] = []
    said: list[Sighting] = []
    for one in found:
        verdicts = {issue.closed_as for issue in about if one.kind == "gone" and _covers(issue, one.at, first, there)}
        if one.kind != "gone":
            there.append(one)
        if not verdicts - {"removed"}:
            said.append(one)
        elif "moved" in verdicts:
            said.append(replace(one, kind="moved"))
    return tuple(said)


def _covers(issue: Issue, at: datetime, first: datetime, before: Sequence[Sighting]) -> bool:
    """Is a miss at this time one of an issue's?"""
    since = datetime.fromisoformat(issue.since)
    if issue.closed_as == "returned" and at > datetime.fromisoformat(issue.closed_at):
        return False
    back = any(one.kind != "gone" and one.at >= since for one in before)
    return at >= since and first <= datetime.fromisoformat(issue.known) and not back


def find_breaks(conn: sqlite3.Connection) -> None:
    """Opens the issues of columns that have new misses, and brings those that are open up to date."""
    conn.execute(
        'INSERT INTO presence (article_key, district, "column", state, since, first_at, due_at) SELECT a.key,'
        " a.district, a.\"column\", 'present', a.first_captured_at, a.first_captured_at, a.first_captured_at FROM"
        " to_judge j JOIN articles a ON a.key = j.article_key WHERE true ON CONFLICT DO UPDATE SET"
        ' district = excluded.district, "column" = excluded."column", first_at = excluded.first_at'
    )
    rows = conn.execute(
        'SELECT v.district, v."column", min(j.since) FROM to_judge j JOIN presence v ON v.article_key = j.article_key'
        " WHERE j.since != '~' AND (EXISTS (SELECT 1 FROM sightings s WHERE s.article_key = j.article_key"
        " AND s.kind = 'gone' AND s.at >= j.since) OR EXISTS (SELECT 1 FROM issues i WHERE i.district = v.district"
        ' AND i."column" IN (\'\', v."column") AND i.closed_at IS NULL)) GROUP BY 1, 2 ORDER BY 1, 2'
    ).fetchall()
    districts: dict[str, str] = {}
    for district, column, since in rows:
        if _column(conn, district, column, since):
            districts[district] = min(since, districts.get(district, since))
    for district, since in districts.items():
        _column(conn, district, "", since)


def _column(conn: sqlite3.Connection, district: str, column: str, since: str) -> bool:
    """Looks at one column, or ("") at a whole district. Is all that was lately asked for of it gone?"""
    about = _of_district(conn, district)
    standing = next((one for one in about if one.column == column and not one.closed_at), None)
    start = stamp(datetime.fromisoformat(since) - WINDOW)
    start = min(start, standing.since) if standing else start
    told_of = [one for one in about if one.closed_at or (one.column and not column)]
    seen, known = _seen(conn, (district, column), start, told_of)
    found = broken(seen, known)
    if found is not None:
        _write(conn, (district, column), found, standing)
        return True
    if standing is not None:
        conn.execute("DELETE FROM issues WHERE id = ?", (standing.id,))
        _again(conn, district, column, standing.since)
    newest = is_alone(seen, known)
    if newest is not None:
        _probe(conn, (district, column), newest)
    return newest is not None


def _seen(
    conn: sqlite3.Connection, place: tuple[str, str], start: str, told_of: Sequence[Issue]
) -> tuple[list[tuple[datetime, str, str]], dict[str, datetime]]:
    """(sightings of a column's pages since then, page -> first captured), without the misses that other issues account
    for."""
    rows = conn.execute(
        'SELECT v.article_key, v."column", v.first_at, s.at, s.kind, s.evidence FROM presence v JOIN sightings s'
        " ON s.article_key = v.article_key WHERE v.district = ? AND ? IN ('', v.\"column\") AND s.at >= ?"
        " ORDER BY 1, 4",
        (*place, start),
    ).fetchall()
    known: dict[str, datetime] = {}
    pages: dict[str, list[Sighting]] = {}
    for page, column, first, at, kind, evidence in rows:
        known[page] = datetime.fromisoformat(first)
        one = Sighting(datetime.fromisoformat(at), kind, evidence)
        mine = pages.setdefault(page, [])
        if kind != "gone" or not any(
            issue.column in ("", column) and _covers(issue, one.at, known[page], mine) for issue in told_of
        ):
            mine.append(one)
    return [(one.at, page, one.kind) for page, mine in pages.items() for one in mine], known


def _write(conn: sqlite3.Connection, place: tuple[str, str], found: Break, standing: Issue | None) -> None:
    note = (
        f"{found.gone} of {found.pages} pages are gone since {found.since:%Y-%m-%d}: probably a new site. Look at it"
        " and at the district's TOML, then close this issue as moved, or as removed if they are really gone"
    )
    if standing is None:
        asked = 'INSERT INTO issues (district, "column", kind, opened_at, since, known, pages, gone, note)'
        row = conn.execute(f"{asked} VALUES (?, ?, 'redesign', '', '', '', 0, 0, '') RETURNING id", place).fetchone()
    else:
        row = (standing.id,)
    until = stamp(found.until) if found.until else None
    conn.execute(
        "UPDATE issues SET opened_at = ?, since = ?, known = ?, pages = ?, gone = ?, note = ?, closed_at = ?,"
        " closed_as = ? WHERE id = ?",
        (
            *(stamp(found.at), stamp(found.since), stamp(found.known), found.pages, found.gone, note),
            *(until, "returned" if until else None, *row),
        ),
    )
    now = (stamp(found.at), stamp(found.since), stamp(found.known))
    if until or standing is None or now != (standing.opened_at, standing.since, standing.known):
        _again(conn, *place, min(now[1], standing.since if standing else now[1]))


def _probe(conn: sqlite3.Connection, place: tuple[str, str], newest: datetime) -> None:
    """Has others that are as old asked for next: is it these pages, or all?"""
    conn.execute(
        "UPDATE presence SET due_at = ?1 WHERE article_key IN (SELECT article_key FROM presence WHERE district = ?2"
        " AND ?3 IN ('', \"column\") AND state IN ('present', 'returned') AND due_at > ?1 ORDER BY first_at LIMIT ?4)",
        (stamp(newest), *place, PROBES),
    )


def _again(conn: sqlite3.Connection, district: str, column: str, since: str) -> int:
    """Has the pages of a column that were missed since judged anew; their number."""
    return conn.execute(
        "INSERT INTO to_judge SELECT v.article_key, '~' FROM presence v WHERE v.district = ? AND (? IN ('',"
        " v.\"column\")) AND EXISTS (SELECT 1 FROM sightings s WHERE s.article_key = v.article_key AND s.kind = 'gone'"
        " AND s.at >= ?) ON CONFLICT DO UPDATE SET since = since",
        (district, column, since),
    ).rowcount
