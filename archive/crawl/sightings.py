"""What the answers of a site say of its announcements (table ``sightings``), and which are to be looked at again.

Sightings are written with the captures they come from, in the same transaction.
"""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from typing import Final

from archive.snapshots import stamp
from pipelines.article import Article
from pipelines.dedupe import Text, relate
from pipelines.presence import SOON, Kind, Sighting
from scraper.items import Snapshot
from scraper.spiders.memory import Wanted
from scraper.urls import canonical, key

REVISITS: Final = 200  # pages looked at again in a run, at most; news comes first
SHARE: Final = 4  # and no more than a quarter of what the host is asked for in a day
NEWEST: Final = 0.75  # of them those that came due last; the rest those that have waited longest
ENOUGH, PINNED, MOST = 10, 5, 50  # rows of a list, pinned ones, and absent ones, that tell something
GONE: Final = ("HTTP 404", "HTTP 410", "not_found")
YEAR: Final = timedelta(days=365)
TRUST: Final = timedelta(days=14)  # as archive/crawl/ledger.py: some servers answer 304 for pages that have changed


def sight(
    conn: sqlite3.Connection, snapshot: Snapshot, number: int, said: tuple[str, str], article: Article | None
) -> None:
    """Notes what a settled response says of the article at its address. said: (outcome, reason). Called with every
    capture, in its transaction; a response that is read again takes the place of its first reading."""
    # != 0: 2026-12: without it SQLite does not use the index, which leaves them out, and reads the whole table.
    conn.execute("DELETE FROM sightings WHERE evidence = ? AND evidence != 0", (number,))
    asked = key(snapshot.requested_url or snapshot.url)
    at = snapshot.captured_at
    if article is not None:
        mark = next((flag for flag in article.flags if flag.startswith("archived_by_site")), "")
        kind: Kind = "archived" if mark else "present"
        _note(conn, article.key, Sighting(at, kind, number, mark.partition(":")[2]))
        if asked != article.key and _is_same(conn, asked, article):
            _note(conn, asked, Sighting(at, "moved", number, article.key))
        elif asked != article.key:
            _note(conn, asked, Sighting(at, "gone", number))
    elif said[0] == "removed" or said[1].startswith(GONE):
        for page in dict.fromkeys((asked, key(snapshot.url))):
            _note(conn, page, Sighting(at, "gone", number))


def confirmed(conn: sqlite3.Connection, url: str, moment: datetime) -> None:
    """The server answered 304 to the validators of the copy that is held."""
    row = conn.execute("SELECT final_url FROM pages WHERE url = ? AND final_url != ''", (canonical(url),)).fetchone()
    for page in dict.fromkeys((key(url), *(key(final) for final in row or ()))):
        if conn.execute("SELECT 1 FROM articles WHERE key = ?", (page,)).fetchone():
            _note(conn, page, Sighting(moment, "present"))


def postpone(conn: sqlite3.Connection, url: str, moment: datetime, *, final: bool = False) -> None:
    """A visit gave no answer that says anything of the page: it is due again a day later, or (final) in a year."""
    conn.execute(
        "UPDATE presence SET due_at = ?1 WHERE article_key = ?2 AND due_at < ?1",
        (stamp(moment + (YEAR if final else SOON)), key(url)),
    )


def _note(conn: sqlite3.Connection, article_key: str, one: Sighting) -> None:
    conn.execute(
        "INSERT OR REPLACE INTO sightings (article_key, at, kind, evidence, note) VALUES (?, ?, ?, ?, ?)",
        (article_key, stamp(one.at), one.kind, one.evidence, one.note),
    )


def _is_same(conn: sqlite3.Connection, asked: str, there: Article) -> bool:
    """Does a redirect lead to the article that is held under the address that was asked for?"""
    row = conn.execute(
        "SELECT title, body, coalesce(document_number, ''), published_on FROM articles WHERE key = ?", (asked,)
    ).fetchone()
    if row is None or row[0] == there.title:
        return True
    kind = relate(Text(*row[:3]), Text(there.title, there.body, there.document_number or "")).kind
    return kind not in ("", "variant") or (kind == "variant" and row[3] == str(there.published_on))


def due(conn: sqlite3.Connection, district: str, now: datetime, limit: int = REVISITS) -> list[Wanted]:
    """Archived pages of a district whose time has come and that were not seen since they were judged, with the
    validators of their copies."""
    asked = (
        'SELECT a.url, a."column", a.title, a.published_on FROM (SELECT article_key FROM presence WHERE district = ?'
        " AND due_at <= ? AND NOT EXISTS (SELECT 1 FROM to_judge j WHERE j.article_key = presence.article_key"
        " AND j.since != '~') ORDER BY due_at {} LIMIT ?) v JOIN articles a ON a.key = v.article_key"
    )
    newest = conn.execute(asked.format("DESC"), (district, stamp(now), limit)).fetchall()
    oldest = conn.execute(asked.format("ASC"), (district, stamp(now), limit)).fetchall()
    fresh = newest[: max(1, round(NEWEST * limit))] if limit else []
    rows = list(dict.fromkeys([*fresh, *oldest]))[:limit]
    return [_wanted(conn, row, stamp(now - TRUST)) for row in rows]


def _wanted(conn: sqlite3.Connection, row: tuple[str, str, str, str | None], since: str) -> Wanted:
    url, column, title, day = row
    found = conn.execute(
        "SELECT requested_url, etag, last_modified, fetched_at FROM pages WHERE url = ?1 UNION ALL SELECT ?2, etag,"
        " last_modified, fetched_at FROM pages WHERE final_url = ?1 AND final_url != '' LIMIT 1",
        (canonical(url), url),
    ).fetchone()
    where, etag, modified, fetched_at = found or (url, "", "", "")
    if (fetched_at or "") < since:
        etag = modified = ""
    return Wanted(where, column, title, date.fromisoformat(day) if day else None, etag, modified)


def absent(conn: sqlite3.Connection, district: str, column: str, started_at: str, now: datetime) -> int:
    """After a column was read: articles that its list showed before and now skips, between the newest and the oldest
    row that it shows (but for rows that may be pinned), are looked at next, once; gives their number. Being left out is
    no evidence, only a reason to look."""
    days = [
        day
        for (day,) in conn.execute(
            'SELECT listed_on FROM listings WHERE district = ? AND "column" = ? AND last_seen_at >= ?'
            " AND listed_on IS NOT NULL ORDER BY listed_on",
            (district, column, started_at),
        )
    ]
    if len(days) < ENOUGH:
        return 0
    rows = conn.execute(
        'SELECT url, last_seen_at FROM listings WHERE district = ? AND "column" = ? AND listed_on > ? AND listed_on < ?'
        " AND last_seen_at < ? LIMIT ?",
        (district, column, days[PINNED], days[-1], started_at, MOST + 1),
    ).fetchall()
    if len(rows) > MOST:  # another list than before
        return 0
    return sum(
        conn.execute(
            "UPDATE presence SET due_at = min(due_at, ?1), absent_at = ?1 WHERE article_key = ?2"
            " AND coalesce(absent_at, '') < ?3 AND state IN ('present', 'returned')",
            (stamp(now), key(url), seen),
        ).rowcount
        for url, seen in rows
    )
