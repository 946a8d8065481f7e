"""The messages of alerts: what is to be told, the intent to send, the channel's answer. All of it in alerts.db.

An event becomes an item of an alert once, an item belongs to one message, and a message has one uid, which every try
carries. The intent is on the disk before the channel is spoken to, its answer after. Who is killed between the two
has the message sent again, with the same uid: at least once, and a receiver can drop the repeat. Nothing is lost.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from archive.alerts import events
from archive.alerts.events import Event
from archive.alerts.saved import Alert, Alerts, due, get, identity
from archive.snapshots import stamp

BATCH: Final = 500  # events looked at in one go
ITEMS: Final = 200  # of one message; the next takes the rest
# Minutes from a try that failed, or of which no answer is known, to the next; then the message is given up.
BACK_OFF: Final = (1, 5, 30, 120, 360, 1440, 2880)
Matching = Callable[[Sequence[Event]], Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message. uid: the same for each try; state: waiting, sending, done, given_up, cancelled, empty; items: how many
    events it tells of; answer: of the last try, if any; times ISO 8601, UTC."""

    id: int
    alert_id: int
    uid: str
    state: str
    items: int
    tries: int
    next_try_at: str
    created_at: str
    ended_at: str | None
    answer: str = ""


_FIELDS: Final = "d.id, d.alert_id, d.uid, d.state, d.items, d.tries, d.next_try_at, d.created_at, d.ended_at"


def collect(alerts: Alerts, conn: sqlite3.Connection, alert: Alert, matching: Matching) -> int:
    """Notes the events since the last time that an alert is about; gives their number. conn: the archive's."""
    start, floor = alert.seen, ""
    if start and identity(events.at(conn, start)) != alert.seen_as:
        # The archive was made anew, or is another: all of it is looked at, but only what is newer than the alert is
        # told, and what was told stays told.
        start, floor = 0, alert.created_at
    found: list[Event] = []
    last: Event | None = None
    while batch := events.described(conn, events.after(conn, last.number if last else start, BATCH)):
        wanted = [one for one in batch if one.kind in alert.kinds and one.at >= floor]
        found += matching(wanted) if wanted else []
        last = batch[-1]
    if last is None and not floor:
        return 0
    with alerts.writing() as writing:
        told = writing.executemany(
            "INSERT OR IGNORE INTO items (alert_id, article_key, mark, kind, number, at) SELECT ?, ?, ?, ?, ?, ?"
            " WHERE EXISTS (SELECT 1 FROM alerts WHERE id = ?1 AND state = 'active')",
            [(alert.id, one.article_key, one.mark, one.kind, one.number, one.at) for one in found],
        ).rowcount
        writing.execute(
            "UPDATE alerts SET seen = ?, seen_as = ? WHERE id = ?",
            (last.number if last else 0, identity(last), alert.id),
        )
    return max(told, 0)


def form(alerts: Alerts, alert: Alert, now: datetime) -> bool:
    """Makes a message of what an alert has to tell, if its time has come and no earlier one is under way; was one
    made?"""
    if alert.rhythm != "immediate" and stamp(now) < alert.due_at:
        return False
    with alerts.writing() as conn:
        under_way = "SELECT 1 FROM deliveries WHERE alert_id = ? AND ended_at IS NULL"
        if conn.execute(under_way, (alert.id,)).fetchone():
            return False
        keys = conn.execute(
            "SELECT article_key, mark FROM items WHERE alert_id = ? AND delivery_id IS NULL ORDER BY number LIMIT ?",
            (alert.id, ITEMS),
        ).fetchall()
        if len(keys) < ITEMS:  # a digest that needs two messages sends the second when the first has arrived
            conn.execute("UPDATE alerts SET due_at = ? WHERE id = ?", (stamp(due(alert, now)), alert.id))
        if not keys:
            return False
        row = conn.execute(
            "INSERT INTO deliveries (alert_id, uid, state, items, next_try_at, created_at)"
            " VALUES (?, ?, 'waiting', ?, ?, ?)",
            (alert.id, str(uuid.uuid4()), len(keys), stamp(now), stamp(now)),
        )
        conn.executemany(
            "UPDATE items SET delivery_id = ? WHERE alert_id = ? AND article_key = ? AND mark = ?",
            [(row.lastrowid, alert.id, *key) for key in keys],
        )
    return True


def waiting(alerts: Alerts, now: datetime) -> list[Delivery]:
    """The messages whose (next) try is due, the oldest first; of active alerts."""
    rows = alerts.conn.execute(
        f"SELECT {_FIELDS} FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.ended_at IS NULL"
        " AND d.next_try_at <= ? AND a.state = 'active' ORDER BY d.id",
        (stamp(now),),
    )
    return [Delivery(*row) for row in rows]


def intend(alerts: Alerts, delivery: Delivery, now: datetime) -> tuple[Alert, tuple[Event, ...]] | None:
    """Writes down that a message is about to be sent, and when it is tried again if nothing else is heard. None when
    its alert was paused or removed meanwhile."""
    with alerts.writing() as conn:
        active = conn.execute(
            "UPDATE deliveries SET state = 'sending', tries = tries + 1, next_try_at = ? WHERE id = ? AND ended_at IS"
            " NULL AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id AND a.state = 'active')",
            (stamp(now + _pause(delivery.tries)), delivery.id),
        ).rowcount
        if not active:
            return None
        conn.execute(
            "INSERT INTO tries (delivery_id, number, begun_at) VALUES (?, ?, ?)",
            (delivery.id, delivery.tries + 1, stamp(now)),
        )
    rows = alerts.conn.execute(
        "SELECT number, article_key, kind, mark, at FROM items WHERE delivery_id = ? ORDER BY number", (delivery.id,)
    )
    return get(alerts, delivery.alert_id), tuple(Event(*row) for row in rows)


def _pause(tries: int) -> timedelta:
    return timedelta(minutes=BACK_OFF[min(tries, len(BACK_OFF) - 1)])


def mark(alerts: Alerts, delivery: Delivery, answer: str, now: datetime, *, ok: bool) -> str:
    """Writes down what the channel answered to the try that was intended; gives the message's state."""
    ended = ok or delivery.tries + 1 > len(BACK_OFF)
    state = "done" if ok else "given_up" if ended else "waiting"
    return _end(alerts, delivery, state, answer, now, ok=ok, ended=ended)


def leave_out(alerts: Alerts, delivery: Delivery, now: datetime) -> str:
    """There is nothing left to tell: all of it is out of view by now."""
    return _end(alerts, delivery, "empty", "", now, ok=True, ended=True)


def _end(alerts: Alerts, delivery: Delivery, state: str, answer: str, now: datetime, *, ok: bool, ended: bool) -> str:
    with alerts.writing() as conn:
        conn.execute(
            "UPDATE tries SET ended_at = ?, ok = ?, answer = ? WHERE delivery_id = ? AND number = ?",
            (stamp(now), ok, answer, delivery.id, delivery.tries + 1),
        )
        # One that was removed while it was being sent stays cancelled.
        conn.execute(
            "UPDATE deliveries SET state = ?, ended_at = ? WHERE id = ? AND ended_at IS NULL",
            (state, stamp(now) if ended else None, delivery.id),
        )
    return state


def log(alerts: Alerts, number: int | None = None, limit: int = 50) -> list[Delivery]:
    """The last messages (of one alert), the newest first, with the last try's answer."""
    rows = alerts.conn.execute(
        f"SELECT {_FIELDS}, coalesce(t.answer, '') FROM deliveries d LEFT JOIN tries t ON t.delivery_id = d.id"
        " AND t.number = d.tries WHERE ?1 IS NULL OR d.alert_id = ?1 ORDER BY d.id DESC LIMIT ?2",
        (number, limit),
    )
    return [Delivery(*row) for row in rows]
