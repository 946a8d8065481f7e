"""What the web pages show of the archive besides search hits: an article with its evidence, names, the state."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pipelines.article import Link

Connection = sqlite3.Connection
T = TypeVar("T")

FIELDS = (
    "published_on",
    "source",
    "author",
    "issuer",
    "document_number",
    "index_number",
    "made_on",
    "topic_class",
    "genre_class",
    "combo_class",
    "validity",
    "effective_on",
    "repealed_on",
    "disclosure",
    "abstract",
    "keywords",
    "site_name",
)
_PLACE = ("key", "url", "district", "column", "title", "body", "published_at", "family", "sha256", "captured_at")

CAPTURES = """
    SELECT c.captured_at, c.outcome, c.sha256, c.status, c.snapshot_id, coalesce(l.position, 0), coalesce(l.digest, '')
    FROM captures c LEFT JOIN chain l ON l.run_id = c.run_id WHERE c.article_key = ? ORDER BY c.captured_at DESC
    LIMIT 50"""
_BESIDE = 'SELECT key, title FROM articles WHERE district = ? AND "column" = ? AND id'
NEIGHBOURS = {
    "older": f"{_BESIDE} < ? ORDER BY id DESC LIMIT 1",
    "newer": f"{_BESIDE} > ? ORDER BY id LIMIT 1",
}


@dataclass(frozen=True, slots=True)
class Capture:
    """One time the page was fetched, and what came of it. captured_at: ISO 8601, UTC; position, digest: its run's link
    of the hash chain, 0 and "" while the run goes on."""

    captured_at: str
    outcome: str
    sha256: str
    status: int
    number: int
    position: int
    digest: str


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The article before or after in the same column."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as the reader sees it. fields: those that the page states, in order; place: the rest by name."""

    id: int
    place: Mapping[str, str]
    fields: Mapping[str, str]
    rules: Mapping[str, str]
    flags: tuple[str, ...]
    attachments: tuple[Link, ...]
    images: tuple[Link, ...]
    captures: tuple[Capture, ...]
    older: Neighbour | None
    newer: Neighbour | None
    credits: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """How far the archive is: is there any article, which districts are being crawled, the last end of a run."""

    empty: bool
    crawling: tuple[str, ...]
    last_end: str
    last_note: str


class TooSlow(Exception):
    """A question was stopped after its time."""


def within(seconds: float, conn: Connection, question: Callable[[Connection], T]) -> T:
    """Puts a question to the archive and stops it when its time is up. Raises TooSlow then."""
    end = time.monotonic() + seconds
    conn.set_progress_handler(lambda: time.monotonic() > end, 2_000)
    try:
        return question(conn)
    except sqlite3.OperationalError as error:
        if str(error) != "interrupted":
            raise
        raise TooSlow from error
    finally:
        conn.set_progress_handler(None, 0)


def reading(conn: sqlite3.Connection, key: str) -> Reading | None:
    """The article with a permalink key; None when the archive has none."""
    columns = ", ".join(f'"{name}"' for name in (*_PLACE, *FIELDS))
    row = conn.execute(
        f"SELECT id, attachments, images, rules, flags, credits, {columns} FROM articles WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return None
    id, attachments, images, rules, flags, credits, *values = row
    texts = dict(zip((*_PLACE, *FIELDS), (str(value or "") for value in values), strict=True))
    return Reading(
        id=id,
        place={name: texts[name] for name in _PLACE},
        fields={name: texts[name] for name in FIELDS if texts[name]},
        rules=json.loads(rules),
        flags=tuple(json.loads(flags)),
        attachments=_links(attachments),
        images=_links(images),
        captures=_captures(conn, key),
        older=_neighbour(conn, (texts["district"], texts["column"]), id, "older"),
        newer=_neighbour(conn, (texts["district"], texts["column"]), id, "newer"),
        credits=tuple((str(role), str(name)) for role, name in json.loads(credits)),
    )


def _links(text: str) -> tuple[Link, ...]:
    return tuple(Link(str(link["url"]), str(link["text"])) for link in json.loads(text))


def _captures(conn: sqlite3.Connection, key: str) -> tuple[Capture, ...]:
    return tuple(Capture(*row) for row in conn.execute(CAPTURES, (key,)))


def _neighbour(conn: sqlite3.Connection, place: tuple[str, str], id: int, side: str) -> Neighbour | None:
    row = conn.execute(NEIGHBOURS[side], (*place, id)).fetchone()
    return Neighbour(*row) if row else None


def names(conn: sqlite3.Connection) -> dict[str, str]:
    """Slug -> name of the districts, by slug."""
    return dict(tuple(row) for row in conn.execute("SELECT slug, name FROM districts ORDER BY slug"))


def columns(conn: sqlite3.Connection, district: str = "") -> tuple[str, ...]:
    """The names of the columns of a district, or of all, in the catalogue's order."""
    sql = "SELECT name FROM columns WHERE ? IN ('', district) GROUP BY name ORDER BY min(district), min(position)"
    return tuple(row[0] for row in conn.execute(sql, (district,)))


def state(conn: sqlite3.Connection) -> State:
    """For the page that has nothing to show yet."""
    empty = conn.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None
    running = conn.execute("SELECT district, pid FROM runs WHERE ended_at IS NULL AND district != '' ORDER BY district")
    crawling = dict.fromkeys(district for district, pid in running if _alive(pid))
    last = conn.execute(
        "SELECT ended_at, note FROM runs WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1"
    ).fetchone() or ("", "")
    return State(empty, tuple(crawling), str(last[0] or ""), str(last[1] or ""))


def _alive(pid: int) -> bool:
    """Is a run's process there? One that was killed leaves its run open until the next one closes it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
