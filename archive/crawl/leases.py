"""Leases: several processes share one crawl. Who has a district crawls it; what a dead one had, the others get.

An order says what is to be crawled. Each worker leases some districts of it at a time, and "done" is written in the
transaction that holds a district's last pages. A worker is alive while it holds its lock file (the system frees it,
however the process ends) and renews its leases. That a district is crawled by one process at a time does not rest on
this: archive.crawl.runs.Lock sees to it.
"""

from __future__ import annotations

import math
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from archive.crawl.runs import Lock
from archive.snapshots import stamp
from archive.store import Archive, plain_errors
from scraper.catalogue import District
from scraper.urls import host

EXPIRES = timedelta(minutes=10)  # a worker that hangs so long has lost its leases
RENEWED = timedelta(minutes=2)
FEW = 4  # districts that a worker may have more than another, besides a quarter


@dataclass(frozen=True, slots=True)
class Lease:
    """A district of an order and where it stands. word, why: how it ended; taken: how often it was leased."""

    district: str
    worker: str
    taken: int
    done: bool
    word: str
    why: str


def place(archive: Archive, districts: Sequence[District]) -> tuple[int, Lock]:
    """Places an order for these districts; gives its number and the lock that its owner holds. Districts of another
    order that is under way stay there (``standing`` leaves them out)."""
    with plain_errors(archive.path):
        conn = archive.write()
        number = conn.execute(
            "INSERT INTO orders (pid, placed_at) VALUES (?, ?)", (os.getpid(), stamp(datetime.now(UTC)))
        ).lastrowid
        assert number is not None
        lock = Lock(archive.path, _owner(number))
        lock.take()
        alive = [one for one in _orders(conn) if one == number or Lock(archive.path, _owner(one)).held()]
        marks = ", ".join("?" * len(alive))
        conn.executemany(
            "INSERT INTO leases (district, number, host, position) VALUES (?1, ?2, ?3, ?4)"
            " ON CONFLICT DO UPDATE SET number = ?2, host = ?3, position = ?4, worker = '', expires_at = NULL,"
            f" taken = 0, done_at = NULL, word = '', why = '' WHERE done_at IS NOT NULL OR number NOT IN ({marks})",
            [(one.slug, number, host(one.site), place, *alive) for place, one in enumerate(districts)],
        )
    archive.commit()
    return number, lock


def take(archive: Archive, number: int, worker: Lock, room: int, workers: int = 1) -> Sequence[str] | None:
    """Leases up to so many districts to one of so many workers; () when there are none now, None when the order is
    done. Districts on one host go to one worker.

    Several workers are to end at the same time: none takes more than its share of half of what is left (guided
    self-scheduling, Polychronopoulos and Kuck 1987), nor many more than another has under way. 2026-12: in steps of 50
    one had 110 of 160 districts, and the last 7 of 20 seconds to itself.
    """
    with plain_errors(archive.path):
        if not _due(archive.db.conn, number):
            return None
        conn = archive.write()
        _free_dead(archive, conn, number, worker.name)
        if workers > 1:
            room = min(room, _share(conn, number, worker.name, workers))
        found = conn.execute(
            "UPDATE leases SET worker = ?1, expires_at = ?2, taken = taken + 1 WHERE district IN"
            " (SELECT district FROM leases WHERE number = ?3 AND done_at IS NULL AND worker = '' AND host NOT IN"
            " (SELECT host FROM leases WHERE done_at IS NULL AND worker NOT IN ('', ?1)) ORDER BY position LIMIT ?4)"
            " RETURNING district",
            (worker.name, _expiry(), number, room),
        ).fetchall()
    archive.commit()
    return [slug for (slug,) in found]


def renew(archive: Archive, worker: Lock) -> None:
    """Says that a worker is alive."""
    with plain_errors(archive.path):
        archive.write().execute(
            "UPDATE leases SET expires_at = ? WHERE worker = ? AND done_at IS NULL", (_expiry(), worker.name)
        )
    archive.commit()


def done(conn: sqlite3.Connection, number: int, district: str) -> None:
    """Marks a district as done, in the open transaction: the one that holds its last pages."""
    conn.execute(
        "UPDATE leases SET done_at = ? WHERE number = ? AND district = ? AND done_at IS NULL",
        (stamp(datetime.now(UTC)), number, district),
    )


def tell(archive: Archive, number: int, district: str, word: str, why: str) -> None:
    """Notes how the crawl of a district ended, for the summary. What never began (busy) is done with that."""

    def note() -> None:
        with plain_errors(archive.path):
            conn = archive.write()
            conn.execute(
                "UPDATE leases SET word = ?, why = ? WHERE number = ? AND district = ?", (word, why, number, district)
            )
            if word != "stopped":
                done(conn, number, district)

    archive.soon(note)


def standing(archive: Archive, number: int) -> tuple[Lease, ...]:
    """All districts of an order, in its order."""
    rows = archive.db.conn.execute(
        "SELECT district, worker, taken, done_at IS NOT NULL, word, why FROM leases WHERE number = ? ORDER BY position",
        (number,),
    )
    return tuple(Lease(slug, worker, taken, bool(done), word, why) for slug, worker, taken, done, word, why in rows)


def _due(conn: sqlite3.Connection, number: int) -> bool:
    """Is anything of the order not done?"""
    return conn.execute("SELECT 1 FROM leases WHERE number = ? AND done_at IS NULL", (number,)).fetchone() is not None


def _share(conn: sqlite3.Connection, number: int, own: str, workers: int) -> int:
    """How many of the order's districts one of so many workers may take now."""
    asked = "SELECT worker, count(*) FROM leases WHERE number = ? AND done_at IS NULL GROUP BY worker"
    under_way: dict[str, int] = dict(conn.execute(asked, (number,)).fetchall())
    free, mine = under_way.pop("", 0), under_way.pop(own, 0)
    share = math.ceil(free / (2 * workers))
    if under_way:
        share = min(share, math.ceil(1.25 * min(under_way.values())) + FEW - mine)
    return max(share, 0)


def _free_dead(archive: Archive, conn: sqlite3.Connection, number: int, own: str) -> None:
    """What workers have who are not there any more, or hang, falls back to all."""
    rows = conn.execute(
        "SELECT worker, min(expires_at) FROM leases WHERE number = ? AND done_at IS NULL AND worker NOT IN ('', ?)"
        " GROUP BY worker",
        (number, own),
    ).fetchall()
    now = stamp(datetime.now(UTC))
    dead = [name for name, expires in rows if expires < now or not Lock(archive.path, name).held()]
    conn.executemany(
        "UPDATE leases SET worker = '', expires_at = NULL WHERE number = ? AND worker = ? AND done_at IS NULL",
        [(number, name) for name in dead],
    )


def _orders(conn: sqlite3.Connection) -> list[int]:
    return [number for (number,) in conn.execute("SELECT DISTINCT number FROM leases WHERE done_at IS NULL")]


def _owner(number: int) -> str:
    return f"order-{number}"


def _expiry() -> str:
    return stamp(datetime.now(UTC) + EXPIRES)
