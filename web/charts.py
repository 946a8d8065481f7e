"""Bar charts as SVG, made here: they take their colours from the style sheet, so that they are right in light, dark and
print, hold no style and no script (the pages' policy forbids both), and weigh 60 bytes a bar.

2026-11: pygal brings a style sheet and scripts in every picture, leather fixed colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

HEIGHT: Final = 96  # of the tallest bar
TOP: Final = 14  # room for the highest number
FOOT: Final = 18  # room for the ticks
WIDTH: Final = 352  # fits a phone of 390 pixels as it is
BROADEST: Final = 40


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. label: said when it is pointed at; tick: what stands below it, "" for nothing."""

    label: str
    value: int
    tick: str = ""


def bars(rows: Sequence[Bar], title: str, width: int = WIDTH) -> Markup:
    """The bars side by side under a title that is read aloud; "" without a bar. The page adds the numbers as a
    table."""
    if not rows:
        return Markup()
    step = min(BROADEST, width / len(rows))
    highest = max(1, *(row.value for row in rows))
    wide = round(step * len(rows))
    top = next((n for n, row in enumerate(rows) if row.value == highest), -1)
    inner = Markup().join(_bar(n * step, step, row, highest, n == top) for n, row in enumerate(rows))
    return Markup(
        '<svg class="bars" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}">'
        '<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/>{}</svg>'
    ).format(title, wide, TOP + HEIGHT + FOOT, wide, TOP + HEIGHT + FOOT, wide, *[TOP + HEIGHT + 0.5] * 2, inner)


def _bar(x: float, step: float, row: Bar, highest: int, told: bool) -> Markup:
    tall = round(row.value / highest * HEIGHT, 1)
    gap = 1 if step < 16 else 4
    found = Markup('<g><title>{}: {:,}</title><rect class="room" x="{:.1f}" y="0" width="{:.1f}" height="{}"/>').format(
        row.label, row.value, x, step, TOP + HEIGHT
    )
    if row.value:
        found += Markup('<rect class="bar" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
            x + gap / 2, round(TOP + HEIGHT - tall, 1), step - gap, tall
        )
    if told:
        side, at = ("end", x + step) if x > WIDTH / 2 else ("start", x)
        found += Markup('<text class="most" x="{:.1f}" y="{}" text-anchor="{}">{:,}</text>').format(
            at, TOP - 3, side, row.value
        )
    if row.tick:
        side, at = ("middle", x + step / 2) if step >= 16 else ("start", x)
        found += Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(
            at, TOP + HEIGHT + FOOT - 4, side, row.tick
        )
    return found + Markup("</g>")


def months(counts: Mapping[str, int], until: str, last: int = 36) -> tuple[Bar, ...]:
    """The last so many months ("2026-10" -> number) up to the newest, those with nothing as well. What is dated after
    the month ``until`` is left out: a page's date can be wrong."""
    counts = {month: number for month, number in counts.items() if month <= until}
    if not counts:
        return ()
    newest = max(counts)
    first = max(min(counts), _moved(newest, -last + 1))
    return tuple(Bar(one, counts.get(one, 0), _year(one, first)) for one in _span(first, newest))


def years(counts: Mapping[str, int], until: str = "9999") -> tuple[Bar, ...]:
    """Every year from the first to the last of "2026-10" or "2026" -> number, none after ``until``; at most the last
    30."""
    found: dict[int, int] = {}
    for one, number in counts.items():
        if one[:4].isdigit() and one[:4] <= until[:4]:
            found[int(one[:4])] = found.get(int(one[:4]), 0) + number
    if not found:
        return ()
    span = range(max(min(found), max(found) - 29), max(found) + 1)
    short = len(span) > 8
    return tuple(Bar(str(year), found.get(year, 0), f"{year}" if not short or year % 5 == 0 else "") for year in span)


def _year(month: str, first: str) -> str:
    return month[:4] if month.endswith("-01") or (month == first and month[5:] < "10") else ""


def _span(first: str, last: str) -> Iterator[str]:
    while first <= last:
        yield first
        first = _moved(first, 1)


def _moved(month: str, by: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:7]) - 1 + by
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
