"""Articles in archive.db: in, out, ids in publication order.

Nothing here depends on the order in which captures arrive: the latest capture gives the content, the earliest the
id and first_captured_at, and changed_at is when the content last became another. So a crawl, a crawl that was killed
and gone on with, an import of older captures and a rebuild all end in the same rows.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any, Literal

from archive.snapshots import stamp, whole
from archive.store import Archive
from pipelines.article import Article, Link
from scraper.urls import canonical, host, key

Outcome = Literal["archived", "updated", "unchanged", "duplicate", "removed", "blocked", "unreadable", "failed"]

SHANGHAI = timezone(timedelta(hours=8))
SLOTS = 1_000_000

# What an article says. Not how it was read (rules, flags, family), nor where it was found, nor when.
_NOT_CONTENT = {"key", "url", "district", "column", "captured_at", "sha256", "family", "rules", "flags", "site_name"}
# Addresses of following pages are no column: they wait in the queue of enclosures.
_FIELDS = tuple(field.name for field in fields(Article) if field.name != "parts")
_CONTENT = tuple(name for name in _FIELDS if name not in _NOT_CONTENT)
_DATES = ("published_on", "made_on", "effective_on", "repealed_on")
_LINKS = ("attachments", "images")
_QUOTED = tuple(f'"{name}"' for name in _FIELDS)
_EXTRA = ("id", "snapshot_id", "first_captured_at", "changed_at")
_SELECT = f"SELECT {', '.join((*_QUOTED, *_EXTRA))} FROM articles"
_INSERT = (
    f"INSERT INTO articles ({', '.join((*_QUOTED, *_EXTRA))}) VALUES ({', '.join('?' * (len(_FIELDS) + len(_EXTRA)))})"
)

# The column that stands first in its district; of several districts that list a page, its own site's.
_HOME = """
    SELECT l.district, l."column" FROM listings l
    LEFT JOIN columns c ON c.district = l.district AND c.name = l."column"
    LEFT JOIN districts d ON d.slug = l.district
    WHERE l.url IN (SELECT ?1 UNION ALL SELECT url FROM pages WHERE final_url = ?1 AND final_url != '')
    ORDER BY coalesce(d.site LIKE '%://' || ?2 || '%', 0) DESC, l.district, coalesce(c.position, 1e9), l."column"
    LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Stored:
    """An article as archived. changed_at is None while its content is that of the first capture."""

    id: int
    article: Article
    snapshot_id: int
    first_captured_at: datetime
    changed_at: datetime | None


def put(archive: Archive, article: Article, snapshot_id: int) -> Outcome:
    """Archives what a snapshot says: "archived" (new), "updated" (it says something else than the capture before)
    or "unchanged". An older capture than the archived one never overwrites it. The caller commits."""
    conn = archive.write()
    article = _at_home(conn, article)
    stored = get(archive, article.key)
    if stored is None:
        _insert(conn, article, snapshot_id)
        return "archived"
    outcome, first, changed_at = _history(conn, article, snapshot_id, stored)
    if outcome == "archived" and stored.id // SLOTS != _day(article):
        _move(conn, stored.id, _place(conn, _day(article), article.key))
    extra = {"first_captured_at": first, "changed_at": changed_at}
    if (article.captured_at, snapshot_id) < (stored.article.captured_at, stored.snapshot_id):
        _set(conn, article.key, extra)
    else:
        _set(conn, article.key, {**_changes(stored.article, article), **extra, "snapshot_id": snapshot_id})
    if outcome == "archived" and not _captured(conn, snapshot_id):
        return "unchanged"  # older than all that is here: no new article
    return outcome


def _captured(conn: sqlite3.Connection, snapshot_id: int) -> bool:
    """Is this snapshot read again?"""
    return conn.execute("SELECT 1 FROM captures WHERE snapshot_id = ?", (snapshot_id,)).fetchone() is not None


def get(archive: Archive, wanted: str | int) -> Stored | None:
    """The article with this id (a number), permalink key (16 hex digits) or URL in any of its forms."""
    if isinstance(wanted, int):
        row = archive.db.conn.execute(f"{_SELECT} WHERE id = ?", (wanted,)).fetchone()
    else:
        row = archive.db.conn.execute(
            f"{_SELECT} WHERE key = ?", (key(wanted) if ":" in wanted else wanted,)
        ).fetchone()
    return None if row is None else _stored(row)


def content(article: Article) -> str:
    """A hash of what an article says: title, fields, body, attachments and images; 16 hex digits."""
    said = [_plain(name, getattr(article, name)) for name in _CONTENT]
    return hashlib.blake2b(json.dumps(said, ensure_ascii=False).encode(), digest_size=8).hexdigest()


def assign_columns(archive: Archive, url: str) -> None:
    """After a page was listed in another column: its article moves to the column that stands first."""
    conn = archive.write()
    row = conn.execute('SELECT url, district, "column" FROM articles WHERE key = ?', (key(url),)).fetchone()
    if row is None:
        return
    home = conn.execute(_HOME, (canonical(row[0]), host(row[0]))).fetchone()
    if home is not None and home != row[1:]:
        conn.execute('UPDATE articles SET district = ?, "column" = ? WHERE key = ?', (*home, key(url)))


def delete(archive: Archive, article_key: str) -> None:
    """Takes an article out, but not what it leads to: that is archive.intake.enclosures.take_out."""
    archive.write().execute("DELETE FROM articles WHERE key = ?", (article_key,))


def dump(archive: Archive) -> list[dict[str, object]]:
    """Every article by id, without the times of capture and the snapshots' numbers: two archives that hold the same
    articles have equal dumps."""
    leave = {"captured_at", "snapshot_id", "first_captured_at", "changed_at"}
    cursor = archive.db.conn.execute(f"{_SELECT} ORDER BY id")
    names = [one[0] for one in cursor.description]
    return [{name: value for name, value in zip(names, row, strict=True) if name not in leave} for row in cursor]


def _at_home(conn: sqlite3.Connection, article: Article) -> Article:
    if article.published_on is None and "no_date" not in article.flags:
        article = replace(article, flags=(*article.flags, "no_date"))
    home = conn.execute(_HOME, (canonical(article.url), host(article.url))).fetchone()
    if home is None or home == (article.district, article.column):
        return article
    return replace(article, district=home[0], column=home[1])


def _day(article: Article) -> int:
    """yyyymmdd of publication; without a date the day of capture in Asia/Shanghai."""
    day = article.published_on or article.captured_at.astimezone(SHANGHAI).date()
    return day.year * 10_000 + day.month * 100 + day.day


def _insert(conn: sqlite3.Connection, article: Article, snapshot_id: int) -> None:
    number = _place(conn, _day(article), article.key)
    values = [_plain(name, getattr(article, name)) for name in _FIELDS]
    conn.execute(_INSERT, (*values, number, snapshot_id, stamp(article.captured_at), None))


def _place(conn: sqlite3.Connection, day: int, article_key: str, start: int | None = None) -> int:
    """A free id on a day. Where two keys want one id the smaller key gets it and the other moves on (ordered hashing,
    Amble and Knuth 1974), so that ids do not depend on who came first."""
    slot = int(article_key, 16) % SLOTS if start is None else start
    for step in range(SLOTS):
        number = day * SLOTS + (slot + step) % SLOTS
        row = conn.execute("SELECT key FROM articles WHERE id = ?", (number,)).fetchone()
        if row is None:
            return number
        if row[0] > article_key:
            _move(conn, number, _place(conn, day, row[0], (slot + step + 1) % SLOTS))
            return number
    raise AssertionError(f"a million articles on {day}")


def _move(conn: sqlite3.Connection, old: int, new: int) -> None:
    # Out and in again, not UPDATE: the full-text index follows inserts and deletes of ids only.
    row = conn.execute(f"{_SELECT} WHERE id = ?", (old,)).fetchone()
    conn.execute("DELETE FROM articles WHERE id = ?", (old,))
    conn.execute(_INSERT, (*row[: len(_FIELDS)], new, *row[len(_FIELDS) + 1 :]))


def _history(
    conn: sqlite3.Connection, article: Article, snapshot_id: int, stored: Stored
) -> tuple[Outcome, str, str | None]:
    """(what this capture brought, first captured, last changed) over all captures that gave this article."""
    versions = conn.execute(
        "SELECT captured_at, snapshot_id, content FROM captures"
        " WHERE article_key = ? AND snapshot_id != ? AND content IS NOT NULL",
        (article.key, snapshot_id),
    ).fetchall()
    if not versions and stored.snapshot_id != snapshot_id:
        versions = [(stamp(stored.article.captured_at), stored.snapshot_id, content(stored.article))]
    this = (stamp(article.captured_at), snapshot_id, content(article))
    versions.append(this)
    versions.sort()
    place = versions.index(this)
    changes = [after[0] for before, after in pairwise(versions) if before[2] != after[2]]
    outcome: Outcome = "archived"
    if place:
        outcome = "unchanged" if versions[place - 1][2] == this[2] else "updated"
    return outcome, versions[0][0], changes[-1] if changes else None


def _changes(before: Article, after: Article) -> dict[str, object]:
    """The columns that differ: an UPDATE that names title or body would index the whole text again."""
    return {
        name: _plain(name, getattr(after, name))
        for name in _FIELDS
        if name != "key" and getattr(before, name) != getattr(after, name)
    }


def _set(conn: sqlite3.Connection, article_key: str, values: Mapping[str, object]) -> None:
    names = ", ".join(f'"{name}" = ?' for name in values)
    conn.execute(f"UPDATE articles SET {names} WHERE key = ?", (*values.values(), article_key))


def _plain(name: str, value: object) -> object:
    """A field as SQLite keeps it: dates and times as ISO 8601, links, rules and flags as JSON."""
    if name in _LINKS:
        assert isinstance(value, tuple)
        value = json.dumps([{"url": link.url, "text": link.text} for link in value], ensure_ascii=False)
    elif name == "rules":
        value = json.dumps(dict(value), ensure_ascii=False, sort_keys=True)  # type: ignore[call-overload]
    elif name in ("flags", "credits"):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def _stored(row: tuple[Any, ...]) -> Stored:
    values: dict[str, Any] = dict(zip((*_FIELDS, *_EXTRA), row, strict=True))
    number, snapshot_id, first, changed = (values.pop(name) for name in _EXTRA)
    for name in _DATES:
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in _LINKS:
        values[name] = tuple(Link(one["url"], one["text"]) for one in json.loads(values[name]))
    values["rules"], values["flags"] = json.loads(values["rules"]), tuple(json.loads(values["flags"]))
    values["credits"] = tuple((role, name) for role, name in json.loads(values["credits"]))
    values["captured_at"] = datetime.fromisoformat(values["captured_at"])
    changed_at = datetime.fromisoformat(changed) if changed else None
    return Stored(number, Article(**values), snapshot_id, datetime.fromisoformat(first), changed_at)
