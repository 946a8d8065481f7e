"""Is an announcement still where it was? States from sightings, and when to look again. Pure: the clock is handed in.

Smoothed over days and tries, as the Environmental Data & Governance Initiative does for federal web pages: one miss
says nothing, and what says nothing about the page (a time-out, a firewall, an incomplete list) is no sighting at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

Kind = Literal["present", "gone", "moved", "archived"]
State = Literal["present", "missing", "suspected", "removed", "returned", "moved", "archived"]

REMOVED_TRIES = 3  # misses in a row, no sighting between them,
REMOVED_SPAN = timedelta(days=2)  # from the first to the last of them at least: a night's fault is no removal
APART = timedelta(hours=12)  # misses that lie closer are one
AGES = tuple(timedelta(days=days) for days in (1, 3, 7, 30, 90, 365))
YEAR = timedelta(days=365)
SOON = timedelta(days=1)  # after a miss, until it is decided
AFTER_REMOVAL = tuple(timedelta(days=days) for days in (7, 30, 90, 365))
WINDOW = timedelta(days=4)  # a new site is noticed over a few nights: only some pages are due in each
BACK = 0.2  # a break is over when no more than this share of its pages is still gone
FEWEST = 8  # pages gone, below which no column can have broken (four fifths of ten)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one answer of the site said of the page.

    at        aware, UTC
    kind      "present" (200 and it reads as the article, or 304), "gone" (404, 410, a soft 404, sent to the home page),
              "moved" (sent to another address with the article), "archived" (the site's own mark, 归档)
    evidence  the response's number; 0 for an answer that is not kept (304)
    note      for moved: the key of the article there; for archived: the day the page names
    """

    at: datetime
    kind: Kind
    evidence: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A state and the sighting that opened it."""

    state: State
    since: datetime
    evidence: int = 0
    note: str = ""


def judge(sightings: Iterable[Sighting]) -> tuple[Standing, ...]:
    """The history of states, the first first; () without a sighting. The order of the sightings does not matter.

    present -> missing (a miss) -> suspected (a second, half a day later or more) -> removed (a third, two days after
    the first or more); present again after a removal is returned, and from its next sighting on present. A removal
    stands from its first miss on: ``since`` of "missing" dates it, that of "removed" says when it was certain.
    """
    states: list[Standing] = []
    misses: list[Sighting] = []
    for one in sorted(sightings, key=lambda one: (one.at, one.evidence, one.kind)):
        if one.kind == "gone":
            if not misses or one.at - misses[-1].at >= APART:
                misses.append(one)
            _add(states, Standing(_missed(misses), one.at, one.evidence, one.note))
            continue
        misses.clear()
        before = states[-1].state if states else "present"
        state: State = one.kind
        if one.kind == "present" and before in ("removed", "moved"):
            state = "returned"
        _add(states, Standing(state, one.at, one.evidence, one.note))
    return tuple(states)


def _missed(misses: Sequence[Sighting]) -> State:
    if len(misses) >= REMOVED_TRIES and misses[-1].at - misses[0].at >= REMOVED_SPAN:
        return "removed"
    return "suspected" if len(misses) > 1 else "missing"


def _add(states: list[Standing], standing: Standing) -> None:
    if not states or (states[-1].state, states[-1].note) != (standing.state, standing.note):
        # A removal stays one however often it is confirmed.
        if states and states[-1].state == "removed" and standing.state in ("missing", "suspected"):
            return
        states.append(standing)


def next_visit(
    first: datetime, edits: Sequence[datetime], sightings: Sequence[Sighting], states: Sequence[Standing]
) -> datetime:
    """When to look at a page again.

    first      first capture
    edits      captures of its edits: each begins the ages 1, 3, 7, 30, 90, 365 days anew, for who edits edits again
    sightings  what was seen, states what it was judged to be
    """
    last = max((one.at for one in sightings), default=first)
    state = states[-1].state if states else "present"
    if state in ("missing", "suspected"):
        return last + SOON
    if state in ("removed", "moved"):
        since = states[-1].since
        return next((since + age for age in AFTER_REMOVAL if since + age > last), last + YEAR)
    start = max([first, *edits])
    return next((start + age for age in AGES if start + age > last), last + YEAR)


def is_redesign(revisited: int, gone: int) -> bool:
    """Did a column's addresses break at once? At least ten of its pages were asked for in a night, and four of five are
    gone: a new site, one matter for a person, not so many removals."""
    return revisited >= 10 and gone >= 0.8 * revisited


@dataclass(frozen=True, slots=True)
class Break:
    """A column's addresses that broke at once. at: when that was sure; since: misses from then on say nothing of the
    pages that were known up to ``known``; until: when nearly all of these were back, None while they are not. pages:
    how many of them were asked for since, gone: how many were last found gone."""

    at: datetime
    since: datetime
    known: datetime
    until: datetime | None
    pages: int
    gone: int


def broken(seen: Iterable[tuple[datetime, str, str]], known: Mapping[str, datetime]) -> Break | None:
    """The first break of a column. seen: (time, page, kind of sighting); known: page -> first captured. The pages of
    the new site are there, and some are met before the old ones are missed: of the pages asked for within four days
    only those count that were known up to some day."""
    events = sorted(seen)
    last: dict[str, tuple[datetime, bool]] = {}
    for at, page, kind in events:
        last[page] = (at, kind == "gone")
        if kind == "gone" and sum(gone for _, gone in last.values()) >= FEWEST:
            asked = sorted((known[one], gone) for one, (when, gone) in last.items() if when >= at - WINDOW)
            gone_so_far = 0
            limit: datetime | None = None
            for number, (first, gone) in enumerate(asked, 1):
                gone_so_far += gone
                whole_day = number == len(asked) or asked[number][0].date() > first.date()
                limit = first if whole_day and is_redesign(number, gone_so_far) else limit
            if limit is not None:  # those of the same day that were not asked for yet are meant too
                return _whole(events, known, at, limit.replace(hour=23, minute=59, second=59, microsecond=999_999))
    return None


def _whole(
    events: Sequence[tuple[datetime, str, str]], known: Mapping[str, datetime], at: datetime, limit: datetime
) -> Break:
    last: dict[str, bool] = {}
    for when, page, kind in events:
        if when >= at - WINDOW and known[page] <= limit:
            last[page] = kind == "gone"
            if when > at and kind != "gone" and sum(last.values()) <= BACK * len(last):
                return Break(at, at - WINDOW, limit, when, len(last), sum(last.values()))
    return Break(at, at - WINDOW, limit, None, len(last), sum(last.values()))


def is_alone(seen: Iterable[tuple[datetime, str, str]], known: Mapping[str, datetime]) -> datetime | None:
    """When was the last miss, if no page that was known as long was found present in the four days before it?"""
    events = sorted(seen)
    newest = max((at for at, _, kind in events if kind == "gone"), default=None)
    if newest is None:
        return None
    last = {page: kind for at, page, kind in events if at >= newest - WINDOW}
    limit = max((known[page].date() for page, kind in last.items() if kind == "gone"), default=newest.date())
    there = any(kind != "gone" and known[page].date() <= limit for page, kind in last.items())
    return None if there else newest


def again_after_break(sightings: Sequence[Sighting]) -> datetime:
    """When to look again at a page that broke with its column: a day later, then ever more rarely. Pages that are all
    back end the matter by themselves."""
    last = start = sightings[-1].at
    for one in reversed(sightings):
        if one.kind != "gone":
            break
        start = one.at
    return last + max(SOON, (last - start) / 2)


def spans(states: Sequence[Standing]) -> tuple[tuple[Standing, datetime | None], ...]:
    """Each state with its end; None while it lasts."""
    return (*((one, two.since) for one, two in pairwise(states)), *((one, None) for one in states[-1:]))
