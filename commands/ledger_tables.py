"""How `dibao status` shows the ledger: coverage by day, manners by host, what was never stored, who cools down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from archive.crawl.cooling import Cooldown
from archive.crawl.coverage import PARTS, Covered
from archive.crawl.manners import HostManners
from archive.upkeep.status import Backfilled
from commands import show
from scraper.manners import Manners

_SHADES = " ▁▂▃▄▅▆▇█"


def coverage(found: Sequence[Covered]) -> None:
    """A line for each day and column (or district): what was listed and where it stands."""
    if not found:
        show.say("nothing was listed in these days")
        return
    used = [name for name in PARTS if any(getattr(one, name) for one in found)]
    table = _table("day", "column" if found[0].column else "district", "listed", *used)
    day = ""
    for one in found:
        if day and one.day != day:
            table.add_section()
        counts = [f"{getattr(one, name):,}" if getattr(one, name) else "·" for name in used]
        table.add_row(one.day if one.day != day else "", one.column or one.district, f"{one.listed:,}", *counts)
        day = one.day
    show.out.print(table)


def manners(found: Sequence[HostManners], budgets: Mapping[str, Manners]) -> None:
    """A line for each host: what it was asked for, at what pace and hours; budgets: district -> its [manners]."""
    if not found:
        show.say("nothing was asked for in this time")
        return
    names = ("requests", "MB", "shortest gap", "usual gap", "at once", "304", "no answer", "robots.txt", "budget used")
    table = _table("host", *names, "hours 0-23")
    for one in found:
        table.add_row(
            one.host,
            *(f"{one.requests:,}", f"{one.bytes / 1e6:,.1f}", _seconds(one.gap), _seconds(one.usual_gap)),
            *(str(one.together), f"{one.not_modified:.0%}", f"{one.failures:,}", one.robots or "–"),
            *(budget(one, budgets), hours(one.hours)),
        )
    table.columns[-1].justify = "left"
    show.out.print(table)


def budget(one: HostManners, budgets: Mapping[str, Manners]) -> str:
    """The share of a day's requests or bytes, whichever is more, that the busiest day took: "12 %"."""
    share = used(one, budgets)
    return "–" if share is None else f"{share:.0%}"


def used(one: HostManners, budgets: Mapping[str, Manners]) -> float | None:
    """The largest share of a daily budget that the host's busiest day took; None where no district file says one."""
    allowed = [budgets[slug] for slug in one.districts if slug in budgets]
    shares = [max(one.most_requests / each.daily_requests, one.most_bytes / each.daily_bytes) for each in allowed]
    return max(shares, default=None)


def hours(counts: Sequence[int]) -> str:
    """24 bars, one for each hour of the day."""
    most = max(counts, default=0) or 1
    return "".join(_SHADES[-(-count * (len(_SHADES) - 1) // most)] for count in counts)


def never_stored(counts: Mapping[str, int]) -> None:
    """The line that has to say 0."""
    total = sum(counts.values())
    show.lines([f"listed but never stored: {total:,}{f' ({show.listed(counts)})' if total else ''}"])


def cooldowns(found: Sequence[Cooldown]) -> None:
    """Districts whose site refused their last runs."""
    for one in found[: show.MANY]:
        until = f"; left alone until {one.until[:16].replace('T', ' ')}Z" if one.until else ""
        runs = "run" if one.refused == 1 else "runs"
        show.out.print(
            f"{one.district}: refused {one.refused} {runs} in a row{until}: {one.reason}",
            markup=False,
            soft_wrap=True,
            style="yellow",
        )
    _rest(len(found), "districts that refuse")


def backfills(found: Sequence[Backfilled]) -> None:
    """Columns that are being read back."""
    for one in found[: show.MANY]:
        span = f"{one.since} to {one.until or 'today'}"
        amounts = f"{one.pages:,} list pages, {one.rows:,} rows so far"
        show.lines(
            [f"{one.district} {one.column}: {span} is not yet read to its end ({amounts}); the next run goes on"]
        )
    _rest(len(found), "columns that are read back")


def _rest(number: int, what: str) -> None:
    if number > show.MANY:
        show.lines([f"… {number:,} {what} in all: --json names them"])


def _table(*names: str) -> Table:
    table = Table(*names, box=None, header_style="bold", pad_edge=False)
    for column in table.columns[1 if names[0] == "host" else 2 :]:
        column.justify = "right"
    return table


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.1f} s"
