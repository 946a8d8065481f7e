"""Saved searches in alerts.db: made, listed, paused, removed; and the tokens of their web page.

archive.db may be published, so nothing of this is in it. The file is made with the rights 0600.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final, Literal

from sqlite_utils import Database

from archive.alerts.events import KINDS, Event
from archive.alerts.schema import alerts as steps
from archive.alerts.schema import alerts_path
from archive.snapshots import stamp
from archive.store import ArchiveError, plain_errors

SHANGHAI: Final = timezone(timedelta(hours=8))
Rhythm = Literal["immediate", "daily", "weekly"]
RHYTHMS: Final = ("immediate", "daily", "weekly")
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BUSY_SECONDS: Final = 20.0
_FIELDS: Final = (
    "id, name, search, kinds, rhythm, hour, weekday, language, channel, state, seen, seen_as, due_at, created_at"
)


@dataclass(frozen=True, slots=True)
class Alert:
    """A saved search. search: the arguments of a search page (``q=…&district=…``); hour and weekday (0 Monday) in
    Asia/Shanghai; channel: where it goes, with its password; state: active, paused, removed; seen: number of the last
    event looked at, seen_as what that was; due_at: when the next digest is made, UTC."""

    name: str
    search: str
    channel: str
    kinds: tuple[str, ...] = ("new", "substantive", "removed", "returned")
    rhythm: Rhythm = "daily"
    hour: int = 8
    weekday: int = 0
    language: str = "zh"
    id: int = 0
    state: str = "active"
    seen: int = 0
    seen_as: str = ""
    due_at: str = ""
    created_at: str = ""


class Alerts:
    """alerts.db, opened by one thread."""

    def __init__(self, conn: sqlite3.Connection, path: Path) -> None:
        self.conn = conn
        self.path = path

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when it ends. Raises ArchiveError."""
        with plain_errors(self.path):
            self.conn.execute("BEGIN IMMEDIATE")
            try:
                yield self.conn
            except BaseException:
                self.conn.rollback()
                raise
            self.conn.commit()


@contextmanager
def open_alerts(archive: Path, *, create: bool = True) -> Iterator[Alerts]:
    """Opens (and makes, and migrates) the alerts beside an archive. Raises ArchiveError."""
    path = alerts_path(archive.expanduser().absolute())
    if not create and not path.exists():
        raise ArchiveError(f"{path}: there are no alerts yet; `dibao alerts add` makes one")
    with plain_errors(path):
        # The rights are there before the first byte; SQLite gives its -wal and -shm files the same.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        conn = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            conn.execute("PRAGMA synchronous = FULL")
            conn.execute("PRAGMA secure_delete = ON")
            db = Database(conn)
            if steps.pending(db):
                steps.apply(db)
            yield Alerts(conn, path)
        finally:
            conn.close()


def add(alerts: Alerts, alert: Alert, last: Event | None, now: datetime) -> Alert:
    """Saves a search; what happens from now on is told. last: the archive's newest event. ValueError for what is no
    kind, rhythm, hour or weekday. One that is there already is given back: nobody is told twice."""
    checked(alert)
    new = replace(
        alert,
        kinds=tuple(kind for kind in KINDS if kind in alert.kinds),
        seen=last.number if last else 0,
        seen_as=identity(last),
        due_at=stamp(due(alert, now)),
        created_at=stamp(now),
    )
    with alerts.writing() as conn:
        same = next((one for one in listed(alerts) if _is_same(one, new)), None)
        if same is not None:
            return same
        values = (new.name, new.search, json.dumps(new.kinds), new.rhythm, new.hour, new.weekday, new.language)
        cursor = conn.execute(
            "INSERT INTO alerts (name, search, kinds, rhythm, hour, weekday, language, channel, state, seen, seen_as,"
            " due_at, created_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?, ?)",
            (*values, new.channel, new.seen, new.seen_as, new.due_at, new.created_at, new.created_at),
        )
    return replace(new, id=cursor.lastrowid or 0)


def _is_same(one: Alert, other: Alert) -> bool:
    what = ("search", "channel", "kinds", "rhythm", "hour", "weekday", "language")
    return one.state == "active" and all(getattr(one, name) == getattr(other, name) for name in what)


def checked(alert: Alert) -> None:
    """Raises ValueError for what is no kind, rhythm, hour or weekday."""
    if not alert.kinds or set(alert.kinds) - set(KINDS):
        raise ValueError(f"kinds are some of {', '.join(KINDS)}; not {', '.join(alert.kinds) or 'none'}")
    if alert.rhythm not in RHYTHMS:
        raise ValueError(f"a rhythm is one of {', '.join(RHYTHMS)}; not {alert.rhythm}")
    if not 0 <= alert.hour <= 23 or not 0 <= alert.weekday <= 6:
        raise ValueError("an hour is 0 to 23 (Asia/Shanghai), a weekday 0 (Monday) to 6")


def due(alert: Alert, now: datetime) -> datetime:
    """When the next digest is made: the first such hour in Asia/Shanghai after ``now``; ``now`` for immediate."""
    if alert.rhythm == "immediate":
        return now
    local = now.astimezone(SHANGHAI)
    day = local.replace(hour=alert.hour, minute=0, second=0, microsecond=0)
    if alert.rhythm == "weekly":
        day += timedelta(days=(alert.weekday - day.weekday()) % 7)
    step = timedelta(days=7 if alert.rhythm == "weekly" else 1)
    return (day if day > local else day + step).astimezone(UTC)


def identity(event: Event | None) -> str:
    """What an event is, whatever its number."""
    return f"{event.article_key} {event.mark}" if event else ""


def listed(alerts: Alerts, *, removed: bool = False) -> list[Alert]:
    """The saved searches by number."""
    rows = alerts.conn.execute(f"SELECT {_FIELDS} FROM alerts WHERE ? OR state != 'removed' ORDER BY id", (removed,))
    return [_alert(row) for row in rows]


def get(alerts: Alerts, number: int) -> Alert:
    """A saved search that is not removed. Raises ArchiveError."""
    row = alerts.conn.execute(f"SELECT {_FIELDS} FROM alerts WHERE id = ? AND state != 'removed'", (number,)).fetchone()
    if row is None:
        raise ArchiveError(f"{alerts.path}: there is no alert {number}; `dibao alerts list` shows them")
    return _alert(row)


def _alert(row: Sequence[object]) -> Alert:
    names = [name.strip() for name in _FIELDS.split(",")]
    values = dict(zip(names, row, strict=True))
    values["kinds"] = tuple(json.loads(str(values["kinds"])))
    return Alert(**values)  # type: ignore[arg-type]


def pause(alerts: Alerts, number: int, now: datetime) -> Alert:
    """Nothing is told from now on; a message that waits is kept. Raises ArchiveError."""
    get(alerts, number)
    with alerts.writing() as conn:
        _state(conn, number, "paused", now)
    return get(alerts, number)


def resume(alerts: Alerts, number: int, last: Event | None, now: datetime) -> Alert:
    """Tells again, from now on: what happened while it was paused is left out. Raises ArchiveError."""
    alert = get(alerts, number)
    if alert.state == "paused":
        with alerts.writing() as conn:
            _state(conn, number, "active", now)
            conn.execute(
                "UPDATE alerts SET seen = ?, seen_as = ?, due_at = ? WHERE id = ?",
                (last.number if last else 0, identity(last), stamp(due(alert, now)), number),
            )
    return get(alerts, number)


def remove(alerts: Alerts, number: int, now: datetime) -> None:
    """Ends it at once: what waits is cancelled; search, name and address are forgotten, the log's times stay. Raises
    ArchiveError."""
    get(alerts, number)
    with alerts.writing() as conn:
        _state(conn, number, "removed", now)
        conn.execute("UPDATE alerts SET name = '', search = '', channel = '' WHERE id = ?", (number,))
        conn.execute("DELETE FROM items WHERE alert_id = ?", (number,))
        conn.execute(
            "UPDATE deliveries SET state = 'cancelled', ended_at = ? WHERE alert_id = ? AND ended_at IS NULL",
            (stamp(now), number),
        )


def _state(conn: sqlite3.Connection, number: int, state: str, now: datetime) -> None:
    conn.execute("UPDATE alerts SET state = ?, changed_at = ? WHERE id = ?", (state, stamp(now), number))


# -- tokens


def new_token(alerts: Alerts, note: str, now: datetime) -> str:
    """A token that opens the web page of alerts. It is told this once; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with alerts.writing() as conn:
        conn.execute("INSERT INTO tokens (hash, note, created_at) VALUES (?, ?, ?)", (_hash(token), note, stamp(now)))
    return token


def revoke_tokens(alerts: Alerts, now: datetime) -> int:
    """No token made so far opens the page any more; gives their number."""
    with alerts.writing() as conn:
        return conn.execute("UPDATE tokens SET revoked_at = ? WHERE revoked_at IS NULL", (stamp(now),)).rowcount


def opens(alerts: Alerts, token: str) -> bool:
    """Does a token open the page? Takes as long for any wrong one."""
    given = _hash(token)
    hashes = alerts.conn.execute("SELECT hash FROM tokens WHERE revoked_at IS NULL").fetchall()
    return sum(hmac.compare_digest(given, kept) for (kept,) in hashes) > 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def unsubscribe_token(alerts: Alerts, number: int) -> str:
    """What the unsubscribe link of an alert ends in: its number, and a signature with this file's secret."""
    with alerts.writing() as conn:
        conn.execute("INSERT OR IGNORE INTO secrets (name, value) VALUES ('links', ?)", (secrets.token_hex(32),))
    return f"{number}-{_signed(alerts, number)}"


def unsubscribes(alerts: Alerts, token: str) -> Alert | None:
    """The alert that an unsubscribe link ends; None for a wrong link, and for one that was removed already."""
    written, _, signature = token.partition("-")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        return None
    number = int(written)
    if not hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), _signed(alerts, number).encode()):
        return None
    return next((one for one in listed(alerts) if one.id == number), None)


def _signed(alerts: Alerts, number: int) -> str:
    row = alerts.conn.execute("SELECT value FROM secrets WHERE name = 'links'").fetchone()
    secret = row[0] if row else secrets.token_hex(32)
    return hmac.new(secret.encode(), f"unsubscribe {number}".encode(), "sha256").hexdigest()[:40]
