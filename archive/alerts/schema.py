"""alerts.db: saved searches, what they were told, tokens. It holds addresses and passwords, so it is never published:
a file of its own beside the archive, readable for its owner alone. Append-only steps, as in archive/migrations.py."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

alerts = Migrations("alerts")


def alerts_path(archive: Path) -> Path:
    """The file of alerts beside an archive: alerts.db for archive.db, else <stem>-alerts.db."""
    return archive.with_name("alerts.db" if archive.name == "archive.db" else f"{archive.stem}-alerts.db")


# search: the arguments of a search page; kinds: JSON, of archive.alerts.events.KINDS; rhythm: immediate, daily,
# weekly, with hour and weekday (0 Monday) in Asia/Shanghai; due_at: when the next digest is made. seen: the last
# event looked at, and what it was: another archive, or one made anew, has another there.
_ALERTS: Final = """
    CREATE TABLE alerts (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, search TEXT NOT NULL, kinds TEXT NOT NULL,
        rhythm TEXT NOT NULL, hour INTEGER NOT NULL, weekday INTEGER NOT NULL, language TEXT NOT NULL,
        channel TEXT NOT NULL, state TEXT NOT NULL, seen INTEGER NOT NULL, seen_as TEXT NOT NULL, due_at TEXT NOT NULL,
        created_at TEXT NOT NULL, changed_at TEXT NOT NULL
    )"""

# What an alert has to tell or has told: each event once. delivery_id: NULL until a message is made of it.
_ITEMS: Final = """
    CREATE TABLE items (
        alert_id INTEGER NOT NULL REFERENCES alerts(id), article_key TEXT NOT NULL, mark TEXT NOT NULL,
        kind TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, delivery_id INTEGER REFERENCES deliveries(id),
        PRIMARY KEY (alert_id, article_key, mark)
    ) WITHOUT ROWID"""

# state: waiting, sending (the intent is written, the channel's answer is not), done, given_up, cancelled, empty.
_DELIVERIES: Final = """
    CREATE TABLE deliveries (
        id INTEGER PRIMARY KEY AUTOINCREMENT, alert_id INTEGER NOT NULL REFERENCES alerts(id), uid TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL, items INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, next_try_at TEXT NOT NULL,
        created_at TEXT NOT NULL, ended_at TEXT
    )"""

_TRIES: Final = """
    CREATE TABLE tries (
        delivery_id INTEGER NOT NULL REFERENCES deliveries(id), number INTEGER NOT NULL, begun_at TEXT NOT NULL,
        ended_at TEXT, ok INTEGER, answer TEXT NOT NULL DEFAULT '', PRIMARY KEY (delivery_id, number)
    ) WITHOUT ROWID"""

# hash: SHA-256 of a token of 256 random bits.
_TOKENS: Final = """
    CREATE TABLE tokens (
        id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL UNIQUE, note TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL, revoked_at TEXT
    )"""


@alerts(name="001_alerts")
def first(db: Database) -> None:
    for statement in (
        *(_ALERTS, _DELIVERIES, _ITEMS, _TRIES, _TOKENS),
        "CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "CREATE INDEX items_open ON items(alert_id, number) WHERE delivery_id IS NULL",
        "CREATE INDEX items_delivery ON items(delivery_id)",
        "CREATE INDEX deliveries_open ON deliveries(alert_id, id) WHERE ended_at IS NULL",
        "CREATE INDEX deliveries_alert ON deliveries(alert_id, id)",
    ):
        db.execute(statement)
