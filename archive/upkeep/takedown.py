"""Takedown: an article leaves the archive's view with a reason, is kept out, and comes back when that is lifted.

Only archive.db changes. The responses stay in snapshots.db, which is not published, so that a takedown can be lifted:
``restore`` reads them again. Each takedown is a row of the table takedowns, which stays as the log.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from archive import articles
from archive.hidden import Takedown, is_down, log, untitle
from archive.intake import enclosures
from archive.intake.take import settle
from archive.snapshots import stamp
from archive.stages import people
from archive.stages.relations import members
from archive.store import Archive, ArchiveError, plain_errors
from scraper.catalogue import District
from scraper.urls import canonical, key

_KEY = re.compile(r"(?:.*/a/)?([0-9a-f]{16})/?(?:\?.*)?")


def take_down(archive: Archive, wanted: str, reason: str, by: str = "") -> Takedown:
    """Takes an article (key, /a/<key>, URL) out of view: text, index, facts and listed titles go in one transaction.
    Raises ArchiveError when there is no such article or no reason."""
    reason, by = reason.strip(), by.strip()
    if not reason:
        raise ArchiveError("a takedown needs a reason; it is shown in place of the article")
    with plain_errors(archive.path):
        conn = archive.write()
        # What SQLite frees is overwritten with zeros, so that no copy of the file holds it.
        conn.execute("PRAGMA secure_delete = ON")
        wanted = article_key(conn, wanted)
        stored = articles.get(archive, wanted)
        if stored is None:
            archive.rollback()
            down = "; it is taken down already" if is_down(conn, wanted) else ""
            raise ArchiveError(f"{archive.path}: there is no article {wanted}{down}")
        url = canonical(stored.article.url)
        conn.execute(
            'INSERT INTO takedowns (key, url, reason, "by", taken_at) VALUES (?, ?, ?, ?, ?)',
            (wanted, url, reason, by, stamp(datetime.now(UTC))),
        )
        enclosures.take_out(archive, wanted)
        untitle(conn, url)
    archive.commit()
    with plain_errors(archive.path):
        people.refresh(archive)
    return log(conn, wanted)[0]


def also_held(archive: Archive, wanted: str) -> tuple[str, ...]:
    """Keys of other articles with the same text: copies elsewhere, and the page's own former or new addresses. To be
    asked before ``take_down``, which knows one article only."""
    conn = archive.db.conn
    found = article_key(conn, wanted)
    copies = [one for one, _, _ in members(conn, found)]
    moved = conn.execute(
        "SELECT note FROM states WHERE article_key = ?1 AND state = 'moved' UNION"
        " SELECT article_key FROM states WHERE note = ?1 AND state = 'moved'",
        (found,),
    ).fetchall()
    keys = dict.fromkeys([*copies, *(one for (one,) in moved)])
    return tuple(one for one in keys if one != found and articles.get(archive, one) is not None)


def restore(archive: Archive, wanted: str, catalogue: Sequence[District]) -> bool:
    """Lifts a takedown and makes the article anew from its stored responses: same id, key and first_captured_at.
    False when no response gives it any more. Raises ArchiveError when it is not taken down."""
    with plain_errors(archive.path):
        conn = archive.write()
        wanted = article_key(conn, wanted)
        if not is_down(conn, wanted):
            archive.rollback()
            raise ArchiveError(f"{archive.path}: {wanted} is not taken down; `dibao takedown --list` shows what is")
        conn.execute(
            "UPDATE takedowns SET restored_at = ? WHERE key = ? AND restored_at IS NULL",
            (stamp(datetime.now(UTC)), wanted),
        )
        captures = conn.execute(
            "SELECT snapshot_id FROM captures WHERE article_key = ? ORDER BY captured_at, snapshot_id", (wanted,)
        ).fetchall()
        for (number,) in captures:
            snapshot = archive.snapshots.get(number, verify=True)
            settle(archive, number, snapshot, run=None, catalogue=catalogue)
            _retitle(conn, canonical(snapshot.requested_url or snapshot.url), snapshot.listed_title)
    archive.commit()
    return articles.get(archive, wanted) is not None


def article_key(conn: sqlite3.Connection, wanted: str) -> str:
    """The key that a key, a permalink or a URL names. A URL that was redirected names what it leads to, unless an
    article was archived under it before."""
    wanted = wanted.strip()
    if found := _KEY.fullmatch(wanted):
        return found[1]
    if conn.execute("SELECT 1 FROM articles WHERE key = ?", (key(wanted),)).fetchone():
        return key(wanted)
    row = conn.execute("SELECT final_url FROM pages WHERE url = ? AND final_url != ''", (canonical(wanted),)).fetchone()
    return key(row[0] if row else wanted)


def _retitle(conn: sqlite3.Connection, url: str, title: str) -> None:
    """Gives lists back what they said; without it the next crawl would fetch the page once more."""
    for table in ("pages", "listings"):
        conn.execute(f"UPDATE {table} SET listed_title = ? WHERE url = ? AND listed_title = ''", (title, url))
