"""What a site is spared: hours, daily budgets, speed. The [manners] and [attachments] tables of a district's TOML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from scraper.strict import Table

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
HOURS = "20:00-07:30"  # 2026-11: nightly, when the sites are at rest; only runs of the timetable keep to it
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Manners:
    """hours                 first and last moment of a timetable's run, Asia/Shanghai; may cross midnight
    daily_requests, daily_bytes  what a host is asked for in a day at most, by all runs together
    bytes_per_second         after an answer of n bytes a host rests at least n / bytes_per_second
    tls_unverified_until     last day on which a broken certificate chain is put up with; None: never
    """

    hours: tuple[time, time] = (time(20, 0), time(7, 30))
    daily_requests: int = 3000
    daily_bytes: int = 500_000_000
    bytes_per_second: int = 500_000
    tls_unverified_until: date | None = None

    def is_hour(self, moment: datetime) -> bool:
        """Does an aware moment lie within the hours?"""
        start, end = self.hours
        now = moment.astimezone(SHANGHAI).time()
        return start <= now < end if start < end else now >= start or now < end

    def verifies(self, day: date) -> bool:
        """Must the site's certificate be good on this day?"""
        return self.tls_unverified_until is None or day > self.tls_unverified_until


@dataclass(frozen=True, slots=True)
class Attachments:
    """fetch: are they brought at all? largest: bytes of one file."""

    fetch: bool = True
    largest: int = 20_000_000


def manners(table: Table) -> Manners:
    """Reads [manners]. Raises CatalogueError."""
    table.only("hours", "daily_requests", "daily_megabytes", "kilobytes_per_second", "tls_unverified_until")
    until = table.table.get("tls_unverified_until")
    if until is not None and (not isinstance(until, date) or isinstance(until, datetime)):
        raise table.error("tls_unverified_until", "must be a date without quotes: tls_unverified_until = 2027-06-30")
    return Manners(
        hours=_hours(table),
        daily_requests=int(table.number("daily_requests", 3000, 1, 100_000)),
        daily_bytes=int(table.number("daily_megabytes", 500, 1, 100_000) * 1_000_000),
        bytes_per_second=int(table.number("kilobytes_per_second", 500, 10, 100_000) * 1000),
        tls_unverified_until=until,
    )


def attachments(table: Table) -> Attachments:
    """Reads [attachments]. Raises CatalogueError."""
    table.only("fetch", "megabytes")
    return Attachments(table.flag("fetch", True), int(table.number("megabytes", 20, 0.1, 200) * 1_000_000))


def _hours(table: Table) -> tuple[time, time]:
    text = table.text("hours", HOURS)
    match = _HOURS.fullmatch(text)
    if match is None or match[1] + match[2] == match[3] + match[4]:
        raise table.error("hours", f'{text!r} is not a span of hours in Asia/Shanghai; such as "{HOURS}"')
    return time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
