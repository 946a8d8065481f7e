"""Who holds office in a district, as its announcements say: names with dated titles, and who appears with whom.

Built from facts alone, district by district: two people of one name in two districts are two rows. Only whom a text of
the district gives an office is listed; further announcements that name them count, credit lines (记者, 供稿) do not.
"""

from __future__ import annotations

import sqlite3
from typing import Final

from archive.store import Archive

TOGETHER: Final = 40
"""An announcement that names more officials (lists of deputies, of elected members) does not make them acquainted."""
CHUNK: Final = 100

# 2026-11, 20,000 articles: left to itself SQLite reads all titles for each person (CROSS JOIN and + keep it from that):
# 250 s of CPU instead of 5.
# The announcements of a district that name somebody, with their day: the displayed date, else that of the id.
_SEEN: Final = """
    WITH seen AS MATERIALIZED (
        SELECT f.article_key AS key, max(f.about = 'office') AS office, coalesce(
            a.published_on, substr(a.id, 1, 4) || '-' || substr(a.id, 5, 2) || '-' || substr(a.id, 7, 2)) AS day
        FROM facts f JOIN articles a ON a.key = f.article_key
        WHERE f.kind = 'person' AND f.value = :name AND f.about != 'credit' AND a.district = :district
        GROUP BY f.article_key
    )"""
_NAMED: Final = _SEEN + " SELECT count(*), min(day), max(day), max(office) FROM seen"
_TITLES: Final = (
    _SEEN
    + """
    INSERT INTO people_titles (district, name, title, first_on, last_on, announcements)
    SELECT :district, :name, t.value, min(day), max(day), count(DISTINCT key)
    FROM seen CROSS JOIN facts t ON t.article_key = key AND +t.kind = 'title' AND t.about = :name GROUP BY t.value"""
)
_LATEST: Final = (
    _SEEN
    + """
    SELECT day, t.value FROM seen CROSS JOIN facts t ON t.article_key = key AND +t.kind = 'title' AND t.about = :name
    WHERE key = (SELECT key FROM seen WHERE office ORDER BY day DESC, key DESC LIMIT 1) ORDER BY t.ordinal"""
)
_YEARS: Final = (
    _SEEN
    + """
    INSERT INTO people_years (district, name, year, announcements)
    SELECT :district, :name, substr(day, 1, 4), count(*) FROM seen GROUP BY 3"""
)
_TOGETHER: Final = (
    _SEEN
    + """
    INSERT INTO people_together (district, name, other, announcements, first_on, last_on)
    SELECT :district, :name, o.value, count(DISTINCT key), min(day), max(day)
    FROM seen CROSS JOIN descriptions d ON d.article_key = key AND d.people <= :together
    CROSS JOIN facts o ON o.article_key = key AND +o.kind = 'person' AND o.about = 'office' AND o.value != :name
    WHERE office GROUP BY o.value"""
)


def refresh(archive: Archive) -> int:
    """Makes the rows of everybody anew whom a changed announcement names or named; gives their number."""
    asked = f"SELECT district, name FROM people_stale LIMIT {CHUNK}"
    number = 0
    while rows := archive.db.conn.execute(asked).fetchall():
        conn = archive.write()
        for district, name in rows:
            _renew(conn, district, name)
            conn.execute("DELETE FROM people_stale WHERE district = ? AND name = ?", (district, name))
        archive.commit()
        number += len(rows)
    return number


def _renew(conn: sqlite3.Connection, district: str, name: str) -> None:
    who = {"district": district, "name": name}
    for table in ("people", "people_titles", "people_together", "people_years"):
        conn.execute(f"DELETE FROM {table} WHERE district = :district AND name = :name", who)
    announcements, first, last, office = conn.execute(_NAMED, who).fetchone()
    if not office:
        return
    latest = conn.execute(_LATEST, who).fetchall()
    titles = "、".join(dict.fromkeys(title for _, title in latest))
    conn.execute(
        "INSERT INTO people (district, name, announcements, first_seen, last_seen, titles, titles_on)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (district, name, announcements, first, last, titles, latest[0][0]),
    )
    conn.execute(_TITLES, who)
    conn.execute(_YEARS, who)
    conn.execute(_TOGETHER, {**who, "together": TOGETHER})
