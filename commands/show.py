"""How the command shows things: tables and data on standard output, progress and messages on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from archive.upkeep.status import LastRun, Queued
from scraper.catalogue import District

if TYPE_CHECKING:  # what a verb does not need is not loaded: Scrapy costs half a second
    from scraper.spiders.report import Progress as Where

TOLD_EVERY = 10.0  # seconds between two lines of progress where there is no terminal
MANY = 30  # districts that are told one by one; of more only those with trouble, and sums
SHOWN = ("archived", "updated", "unchanged", "duplicate", "removed", "blocked", "unreadable", "failed", "waiting")

WIDE = 240  # characters of a line where there is no terminal

Watch = Callable[["Where"], None]

# A file or a pipe has no width: rows are not folded there.
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False)


def say(text: str, style: str | None = None) -> None:
    """A message on standard error."""
    err.print(text, style=style, markup=False, soft_wrap=True)


def lines(texts: Iterable[str]) -> None:
    """Plain lines on standard output, never wrapped, nothing in them read as markup."""
    for text in texts:
        out.print(text, markup=False, soft_wrap=True)


def listed(counts: Mapping[str, int]) -> str:
    """Counts in words: "12 archived, 3 blocked"."""
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or "nothing"


def runs(found: Sequence[LastRun], words: Mapping[str, str], told: Collection[str] | None = None) -> None:
    """One line a district: how its crawl ended (words: slug -> ending) and how many pages ended how. told: slugs of
    those that get a line; a last line holds the sums of all then."""
    if not found:
        return
    used = [name for name in SHOWN if any(run.counts.get(name) for run in found)] or ["archived"]
    table = Table("district", "crawl", "seen", *used, "MB", box=None, header_style="bold", pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for run in (one for one in found if told is None or one.district in told):
        ending = words.get(run.district) or (f"ended {run.ended_at[:16]}Z" if run.ended_at else "under way")
        counts = [f"{run.counts[name]:,}" for name in used]
        table.add_row(f"{run.name} {run.district}", ending, f"{run.seen:,}", *counts, f"{run.bytes / 1e6:,.1f}")
    if told is not None:
        sums = [f"{sum(run.counts[name] for run in found):,}" for name in used]
        seen, size = sum(run.seen for run in found), sum(run.bytes for run in found)
        table.add_row(f"all {len(found):,}", "", f"{seen:,}", *sums, f"{size / 1e6:,.1f}", style="bold")
    out.print(table)


def some(names: Sequence[str], most: int = 10) -> str:
    """The first of many names: "a, b, c and 1,200 more"."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def columns(found: Sequence[LastRun], every: bool) -> None:
    """What the runs found column by column; only what went wrong unless every is asked for. Columns of a district
    that ended alike, as when its site is down, share a line."""
    for run in found:
        alike: dict[tuple[str, str], list[str]] = {}
        for column in run.columns:
            good = column.outcome in {"ok", "unchanged"}
            if every or not good:
                rows = [f"{column.rows:,} rows"] if column.rows or column.outcome in {"ok", "shell"} else []
                note = "; ".join([*rows, *([column.note] if column.note else [])])
                alike.setdefault((column.outcome, note), []).append(column.column)
        for (outcome, note), names in alike.items():
            style = None if outcome in {"ok", "unchanged"} else "yellow"
            text = f"{run.name} {'、'.join(names)}: {outcome}{': ' if note else ''}{note}"
            out.print(text, markup=False, soft_wrap=True, style=style)


def queue(pages: Sequence[Queued], number: int) -> None:
    """Pages without a usable capture, and when they are tried again."""
    for page in pages:
        when = f"next {page.next_try_at[:16]}Z" if page.next_try_at else "not tried again by itself"
        when = "with the next run" if page.state == "waiting" else when
        why = page.reason or ("listed, not yet asked for" if page.state == "waiting" else "no reason was told")
        lines([f"{page.state}: {page.url}: {why} (tries: {page.tries}; {when})"])
    if number > len(pages):
        lines([f"… {number:,} such pages in all: table pages in the archive"])


@contextmanager
def watching(districts: Sequence[District], quiet: bool = False) -> Iterator[Watch | None]:
    """A bar for each district on a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield None
        return
    if not err.is_terminal:
        yield _teller()
        return
    with _bars() as bars:
        tasks = {one.slug: bars.add_task(f"{one.name} · {len(one.columns)} columns", total=None) for one in districts}
        yield lambda where: _advance(bars, tasks[where.slug], where)


def _bars() -> Progress:
    shape = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"))
    return Progress(*shape, TimeElapsedColumn(), console=err)


def _advance(bars: Progress, task: TaskID, where: Where) -> None:
    bars.update(task, completed=where.done, total=where.wanted or None)


def _teller() -> Watch:
    seen: dict[str, Where] = {}
    told = time.monotonic()

    def watch(where: Where) -> None:
        nonlocal told
        seen[where.slug] = where
        if time.monotonic() - told > TOLD_EVERY:
            told = time.monotonic()
            say(", ".join(f"{slug} {one.done}/{one.wanted}" for slug, one in sorted(seen.items())) + " pages")

    return watch


@contextmanager
def counting(noun: str) -> Iterator[Callable[[int, int | str], None]]:
    """Progress of work on so many things: (done, of how many) or (done, where); shown on a terminal only."""
    shape = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*shape, console=err, disable=not err.is_terminal) as bar:
        task = bar.add_task(noun, total=None)

        def told(done: int, rest: int | str) -> None:
            where = f"of {rest:,} {noun}" if isinstance(rest, int) else f"{noun}  {rest}"
            total = rest if isinstance(rest, int) else None
            bar.update(task, description=f"{done:,} {where}", completed=done, total=total)

        yield told
