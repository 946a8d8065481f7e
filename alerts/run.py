"""One run: what has happened is noted, messages are made of it, and what is due is sent. One process at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from alerts.addresses import public_url
from alerts.channels import Answer, ChannelError, is_chat, send
from alerts.message import Links, Message, compose, trial
from archive.alerts import deliveries
from archive.alerts.deliveries import Delivery
from archive.alerts.events import Event, matching, named
from archive.alerts.saved import Alert, Alerts, listed, open_alerts, unsubscribe_token
from archive.crawl.runs import Lock
from archive.pages.reading import Connection, names
from archive.search.ask import Filters
from archive.store import open_archive

Read = Callable[[str], tuple[str, Filters]]


@dataclass(frozen=True, slots=True)
class Report:
    """noted: events that some alert is about; sent, failed, given_up: tries of messages."""

    noted: int = 0
    sent: int = 0
    failed: int = 0
    given_up: int = 0


def run(archive: Path, read: Read, environ: Mapping[str, str], now: datetime | None = None) -> Report:
    """Does all that is due. read: what the arguments of a search page ask for. Raises Busy when another process is at
    it, ArchiveError; what was written stays."""
    lock = Lock(archive.expanduser().absolute(), "alerts")
    lock.take()
    try:
        with open_alerts(archive, create=False) as alerts, open_archive(archive, create=False) as opened:
            conn = opened.db.conn
            noted = sum(_note(alerts, conn, one, read) for one in listed(alerts) if one.state == "active")
            states = _send_all(alerts, conn, environ, now)
    finally:
        lock.release()
    counts = [states.count(state) for state in ("done", "waiting", "given_up")]
    return Report(noted, *counts)


def _note(alerts: Alerts, conn: Connection, alert: Alert, read: Read) -> int:
    query, filters = read(alert.search)
    return deliveries.collect(alerts, conn, alert, lambda events: matching(conn, query, filters, events))


def _send_all(alerts: Alerts, conn: Connection, environ: Mapping[str, str], now: datetime | None) -> list[str]:
    """Sends until nothing is due; the state of each message that was tried. After a failure the alert's later messages
    wait, so that they arrive in their order."""
    states: list[str] = []
    while True:
        for one in listed(alerts):
            if one.state == "active":
                deliveries.form(alerts, one, now or datetime.now(UTC))
        tried = deliveries.waiting(alerts, now or datetime.now(UTC))
        if not tried:
            return states
        for delivery in tried:
            if state := _send(alerts, conn, delivery, environ, now):
                states.append(state)


def _send(
    alerts: Alerts, conn: Connection, delivery: Delivery, environ: Mapping[str, str], now: datetime | None
) -> str:
    meant = deliveries.intend(alerts, delivery, now or datetime.now(UTC))
    if meant is None:
        return ""
    alert, events = meant
    message = _composed(alerts, conn, alert, events, environ)
    if message is None:
        return deliveries.leave_out(alerts, delivery, now or datetime.now(UTC))
    answer = send(alert.channel, message, delivery.uid, environ)
    return deliveries.mark(alerts, delivery, answer.text, now or datetime.now(UTC), ok=answer.ok)


def _composed(
    alerts: Alerts, conn: Connection, alert: Alert, events: Sequence[Event], environ: Mapping[str, str]
) -> Message | None:
    entries = named(conn, events)
    if not entries:
        return None
    try:
        chat = is_chat(alert.channel, environ)
    except ChannelError:  # told by send
        chat = False
    return compose(alert.name, entries, links(alerts, alert, environ), names(conn), alert.language, chat=chat)


def links(alerts: Alerts, alert: Alert, environ: Mapping[str, str]) -> Links:
    """The addresses that a message of an alert names."""
    site = public_url(environ)
    search = f"{site}/?{alert.search}" if alert.search else f"{site}/"
    return Links(site, search, f"{site}/unsubscribe/{unsubscribe_token(alerts, alert.id)}")


def try_out(alerts: Alerts, alert: Alert, uid: str, environ: Mapping[str, str]) -> Answer:
    """Sends a message that only shows that messages arrive; it is not logged."""
    return send(alert.channel, trial(alert.name, links(alerts, alert, environ), alert.language), uid, environ)
