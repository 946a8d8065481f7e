"""A hash chain over the runs: what a run brought cannot be altered, left out or added later without its being seen.

Each link is SHA-256 over the link before and one line for each response of the run, in the order of their numbers:
number, address, time of capture, HTTP status, SHA-256 of the body, role. What a reader makes of a response is no part
of it: a better reader may change that. Whoever keeps a digest elsewhere, in print or in a time stamp, can prove all
before it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.snapshots import stamp

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Link:
    """One run's link. digest, previous: 64 hex digits; sealed_at: ISO 8601, UTC."""

    position: int
    run_id: int
    captures: int
    previous: str
    digest: str
    sealed_at: str


def seal(conn: sqlite3.Connection, run_id: int) -> Link:
    """Adds an ended run's link, in the open transaction; a run that has one keeps it."""
    known = conn.execute(f"{_LINK} WHERE run_id = ?", (run_id,)).fetchone()
    if known is not None:
        return Link(*known)
    last = head(conn)
    previous = last.digest if last else START
    digest, captures = _digest(conn, run_id, previous)
    link = Link((last.position if last else 0) + 1, run_id, captures, previous, digest, stamp(datetime.now(UTC)))
    conn.execute(
        "INSERT INTO chain (position, run_id, captures, previous, digest, sealed_at) VALUES (?, ?, ?, ?, ?, ?)",
        (link.position, link.run_id, link.captures, link.previous, link.digest, link.sealed_at),
    )
    return link


def head(conn: sqlite3.Connection) -> Link | None:
    """The newest link; None before the first run has ended."""
    row = conn.execute(f"{_LINK} ORDER BY position DESC LIMIT 1").fetchone()
    return Link(*row) if row else None


def broken(conn: sqlite3.Connection) -> Iterator[str]:
    """What does not hold, in plain words: a link that does not follow, a run that is not what it was, a run without a
    link, a response that no run brought."""
    previous = START
    for place, row in enumerate(conn.execute(f"{_LINK} ORDER BY position").fetchall(), 1):
        link = Link(*row)
        if link.position != place:
            yield f"link {place} of the chain is missing"
            return
        if link.previous != previous:
            yield f"link {place} (run {link.run_id}) does not follow the link before it"
        digest, captures = _digest(conn, link.run_id, link.previous)
        if captures != link.captures:
            yield f"run {link.run_id} brought {link.captures} responses; {captures} are here"
        elif digest != link.digest:
            yield f"run {link.run_id}: its responses are not those it brought"
        previous = link.digest
    for (run_id,) in conn.execute(
        "SELECT id FROM runs WHERE ended_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM chain WHERE run_id = runs.id)"
    ).fetchall():
        yield f"run {run_id} has ended and has no link"
    for (number,) in conn.execute(
        "SELECT snapshot_id FROM captures WHERE run_id IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = captures.run_id) LIMIT 20"
    ).fetchall():
        yield f"response {number} belongs to no run"


_LINK = "SELECT position, run_id, captures, previous, digest, sealed_at FROM chain"


def _digest(conn: sqlite3.Connection, run_id: int, previous: str) -> tuple[str, int]:
    digest, number = hashlib.sha256(previous.encode()), 0
    rows = conn.execute(
        "SELECT snapshot_id, url, captured_at, status, sha256, role FROM captures WHERE run_id = ?"
        " ORDER BY snapshot_id",
        (run_id,),
    )
    for row in rows:
        digest.update(("\n" + "\t".join(map(str, row))).encode("utf-8", "surrogatepass"))
        number += 1
    return digest.hexdigest(), number
