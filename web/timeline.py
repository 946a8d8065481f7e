"""When the hits were published: bars as SVG, each a link that narrows the search to its day, month or year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from markupsafe import Markup, escape

from web.question import Asked

Unit = Literal["day", "month", "year"]
DAYS, MONTHS, YEARS = 62, 60, 40  # the longest timelines of days, months and years
WIDTH, HEIGHT = 640, 64


@dataclass(frozen=True, slots=True)
class Bar:
    """label: "2026-10-31", "2026-10" or "2026"; link: the search narrowed to it."""

    label: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class Timeline:
    unit: Unit
    bars: tuple[Bar, ...]


def timeline(question: Asked, days: Mapping[int, int]) -> Timeline | None:
    """The bars over yyyymmdd -> count, the first first, empty ones in between; None where there is one day only."""
    found = {day: count for number, count in days.items() if (day := _date(number))}
    if len(found) < 2:
        return None
    first, last = min(found), max(found)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    unit: Unit = "day" if (last - first).days < DAYS else "month" if months <= MONTHS else "year"
    counts: Counter[str] = Counter()
    for day, count in found.items():
        counts[_label(day, unit)] += count
    labels = [label for label in _labels(first, last, unit) if unit != "year" or counts[label] or _near(counts, label)]
    link = question.links("since", "until")
    return Timeline(unit, tuple(Bar(label, counts[label], link(label, label)) for label in labels))


def _date(number: int) -> date | None:
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        return None


def _label(day: date, unit: Unit) -> str:
    return str(day)[: {"day": 10, "month": 7, "year": 4}[unit]]


def _labels(first: date, last: date, unit: Unit) -> Sequence[str]:
    found = dict.fromkeys(_label(first + timedelta(days=number), unit) for number in range((last - first).days + 1))
    return tuple(found)


def _near(counts: Mapping[str, int], label: str) -> bool:
    """A wrong date in 1900 or 2202 does not stretch the line: empty years are shown where there are few in all."""
    return int(max(counts)) - int(min(counts)) < YEARS


def drawn(line: Timeline, title: str, unit: str) -> Markup:
    """The bars as SVG. unit: the word behind a count."""
    step = WIDTH / len(line.bars)
    most = max(bar.count for bar in line.bars)
    inner = Markup("".join(_bar(number, bar, step, most, escape(unit)) for number, bar in enumerate(line.bars)))
    ticks = Markup().join(_ticks(line))
    return Markup(
        '<svg class="timeline" role="group" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none">{}'
        '<line class="axis" x1="0" x2="{}" y1="{}" y2="{}"/></svg><p class="ticks" aria-hidden="true">{}</p>'
    ).format(title, WIDTH, HEIGHT + 1, inner, WIDTH, *[HEIGHT + 0.5] * 2, ticks)


def _bar(number: int, bar: Bar, step: float, most: int, unit: str) -> str:
    """2026-11: put together by Markup.format the bars took as long as the search."""
    if not bar.count:
        return ""
    tall = max(2.0, round(bar.count / most * HEIGHT, 1))
    gap = min(3.0, step / 5)
    said = f"{bar.label}: {bar.count:,} {unit}"
    return (
        f'<a href="{escape(bar.link)}" aria-label="{said}"><title>{said}</title>'
        f'<rect class="room" x="{number * step:.1f}" y="0" width="{step:.1f}" height="{HEIGHT}"/>'
        f'<rect class="bar" x="{number * step + gap / 2:.1f}" y="{HEIGHT - tall:.1f}" width="{step - gap:.1f}"'
        f' height="{tall}"/></a>'
    )


def _ticks(line: Timeline) -> list[Markup]:
    """The first and the last label, and one in the middle."""
    shown = [line.bars[0], line.bars[len(line.bars) // 2], line.bars[-1]] if len(line.bars) > 2 else line.bars
    return [Markup("<span>{}</span>").format(bar.label) for bar in shown]
