"""What is taken down (archive/upkeep/takedown.py), as the way in and the web site ask: is it kept out, and why?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from scraper.urls import canonical, key

REASON = "taken down"


@dataclass(frozen=True, slots=True)
class Takedown:
    """One takedown. taken_at, restored_at: ISO 8601, UTC; restored_at is None while it holds."""

    key: str
    url: str
    reason: str
    by: str
    taken_at: str
    restored_at: str | None


def log(conn: sqlite3.Connection, article_key: str = "") -> list[Takedown]:
    """Every takedown (of one article), newest first."""
    rows = conn.execute(
        "SELECT key, url, reason, \"by\", taken_at, restored_at FROM takedowns WHERE ? IN ('', key) ORDER BY id DESC",
        (article_key,),
    )
    return [Takedown(*row) for row in rows]


def in_force(conn: sqlite3.Connection, article_key: str) -> Takedown | None:
    """Why an article is not shown; None when it is not taken down."""
    return next((one for one in log(conn, article_key) if one.restored_at is None), None)


def is_down(conn: sqlite3.Connection, article_key: str) -> bool:
    """Is the article with this key taken down?"""
    row = conn.execute("SELECT 1 FROM takedowns WHERE key = ? AND restored_at IS NULL", (article_key,)).fetchone()
    return row is not None


def leads_down(conn: sqlite3.Connection, url: str) -> bool:
    """Is a page (canonical URL) taken down, or one that it was redirected to?"""
    if conn.execute("SELECT 1 FROM takedowns WHERE restored_at IS NULL LIMIT 1").fetchone() is None:
        return False
    row = conn.execute("SELECT final_url FROM pages WHERE url = ? AND final_url != ''", (url,)).fetchone()
    return is_down(conn, key(url)) or (row is not None and is_down(conn, key(row[0])))


def untitle(conn: sqlite3.Connection, url: str) -> None:
    """Removes what lists said of a page and of those that lead to it: a title can say what the text says."""
    url = canonical(url)
    pages = "SELECT ?1 UNION ALL SELECT url FROM pages WHERE final_url = ?1 AND final_url != ''"
    conn.execute(f"UPDATE listings SET listed_title = '' WHERE url IN ({pages}) AND listed_title != ''", (url,))
    conn.execute(f"UPDATE pages SET listed_title = '' WHERE url IN ({pages}) AND listed_title != ''", (url,))
