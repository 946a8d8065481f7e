"""What a survey comes to: the family, the columns with confidence and reasons, what was left out and why."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from scraper.catalogue import Layout
from scraper.items import EPOCH, ListPage, PageError, Snapshot
from scraper.parse import parse_list
from scraper.recon.family import Judgement, family, opinions
from scraper.recon.identity import Identity, identity
from scraper.recon.judge import Found, judge
from scraper.recon.planner import Planner
from scraper.recon.trail import Trail
from scraper.urls import host

SURE = 0.6  # a column below this is shown, never written
_SITE_CODE = re.compile(r"/html/([a-z0-9_]+)/\d{4}/[A-Q]{8}_\d{4}/")
_YEAR = timedelta(days=365)
_STALE = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Left:
    """A candidate that is no column: state (scraper.recon.trail.State) and why."""

    name: str
    url: str
    state: str
    note: str

    @property
    def lost(self) -> bool:
        """Was a column there that could not be read?"""
        return self.state in ("shell", "gone", "blocked", "failed")

    @property
    def spare(self) -> bool:
        """Is it a column as far as its link says, left out because there are enough?"""
        return self.state in ("list", "waiting")


@dataclass(frozen=True, slots=True)
class Findings:
    """verdict   (kind, where and why) when the site cannot be read
    columns      sure ones, in the order of a district's file; unsure: found, but not to be trusted
    hosts        other hosts that columns or their articles lie on
    rows         a selector for the lists' rows, "" where none is needed
    per_week     cautious [min, max] of new articles; None when the dates do not tell
    filled       field -> least share, cautious
    seen_on      day of the newest page (China); None for pages without a time
    """

    site: str
    verdict: tuple[str, str]
    identity: Identity
    family: Judgement
    columns: tuple[Found, ...]
    unsure: tuple[Found, ...]
    left: tuple[Left, ...]
    hosts: tuple[str, ...]
    site_code: str
    rows: str
    per_week: tuple[int, int] | None
    filled: dict[str, float]
    seen_on: date | None
    pages: int


def findings(planner: Planner) -> Findings:
    """Reads off a planner that has no more questions. Pure."""
    looks = [answer.look for answer in planner.answers if answer.look is not None]
    lists = planner.taken()
    chosen = planner.layout.family
    judged = Judgement(chosen, 1.0, ("as its TOML says",)) if chosen else _proved(planner, lists, voted(planner))
    found = [judge(trail) for trail in lists]
    names = Counter(one.name for one in found)
    found = [one if names[one.name] == 1 else replace(one, name=one.link) for one in found]
    sure = tuple(one for one in found if one.confidence >= SURE or planner.columns)
    good = [trail for trail, one in zip(lists, found, strict=True) if one in sure]
    seen_on = max((answer.snapshot.captured_at for answer in planner.answers), default=EPOCH)
    day = (seen_on + timedelta(hours=8)).date() if seen_on > EPOCH else None
    return Findings(
        site=planner.site.origin,
        verdict=planner.verdict,
        identity=identity(looks),
        family=judged,
        columns=tuple(sorted(sure, key=lambda one: one.place)) if not planner.columns else sure,
        unsure=tuple(one for one in found if one not in sure),
        left=tuple(_left(trail) for trail in planner.trails if trail not in lists),
        hosts=_hosts(planner, good),
        site_code=_code(good) if judged.value == "fengxun" else "",
        rows="" if planner.columns else planner.layout.selectors.get("rows", ""),
        per_week=_per_week(good, day),
        filled=_filled(good),
        seen_on=day,
        pages=len(planner.answers),
    )


def _left(trail: Trail) -> Left:
    notes = {
        "waiting": "not asked for: enough was found",
        "hub": "links columns",
        "shell": "its rows are made by scripts: not in the page, and no request for them could be read off it",
        "poor": "no list of articles could be read on it",
        "list": "one list more than is taken",
    }
    return Left(trail.name, trail.url, trail.state, trail.note or notes.get(trail.state, ""))


def voted(planner: Planner) -> Judgement:
    """The family that the pages and the addresses in the lists speak for, whatever a TOML says."""
    pages = [opinions(one.snapshot) for one in planner.answers]
    return family(pages, [row.url for trail in planner.taken() for row in (*trail.rows, *trail.second)])


def _proved(planner: Planner, lists: list[Trail], judged: Judgement) -> Judgement:
    """With the family's name given, every list must read as it did when it was detected; else it is left to that."""
    if not judged.value:
        return judged
    names = {trail.name for trail in lists}
    for answer in planner.answers:
        if answer.ask.why in ("list", "hub", "shell", "next") and answer.ask.column in names:
            css = planner.layout.selectors
            free, fixed = _read(answer.snapshot, Layout("", css)), _read(answer.snapshot, Layout(judged.value, css))
            if (free.rows, free.next) != (fixed.rows, fixed.next):
                why = f"{answer.snapshot.url} reads otherwise when its family is given as {judged.value}"
                return Judgement("", round(judged.confidence / 2, 2), (*judged.reasons, why))
    return judged


def _read(snapshot: Snapshot, layout: Layout) -> ListPage:
    try:
        return parse_list(snapshot, layout)
    except PageError:
        return ListPage(())


def _hosts(planner: Planner, lists: list[Trail]) -> tuple[str, ...]:
    """Hosts below the site's own that a column, or two of its articles, lie on."""
    own = host(planner.site.origin)
    seen = Counter(host(row.url) for trail in lists for row in trail.rows)
    listed = {host(trail.url) for trail in lists} | {host(trail.next) for trail in lists if trail.next}
    return tuple(sorted(({name for name, number in seen.items() if number >= 2} | listed) - {own, ""}))


def _code(lists: list[Trail]) -> str:
    codes = Counter(match[1] for trail in lists for row in trail.rows if (match := _SITE_CODE.search(row.url)))
    return codes.most_common(1)[0][0] if codes else ""


def _per_week(lists: list[Trail], today: date | None) -> tuple[int, int] | None:
    """A fifth of the rate that the dates show, and five times as much: holidays, and days of many notices."""
    total, counted = 0.0, 0
    for trail in lists:
        days = sorted({row.url: row.listed_on for row in (*trail.rows, *trail.second) if row.listed_on}.values())
        days = [day for day in days if day and days[-1] and day > days[-1] - _YEAR]
        if len(days) < 3 or days[0] is None or days[-1] is None or (today and days[-1] < today - _STALE):
            continue
        counted += len(days)
        total += len(days) / max(1.0, (days[-1] - days[0]).days / 7)
    return (int(total / 5), ceil(total * 5) + 20) if counted >= 10 else None


def _filled(lists: list[Trail]) -> dict[str, float]:
    """What four articles or more agree on."""
    read = [one for trail in lists for one in trail.articles if not one.error]
    if len(read) < 4:
        return {}
    shares = {name: sum(name in one.fields for one in read) / len(read) for name in ("published_on", "source")}
    return {name: int(share * 8) / 10 for name, share in shares.items() if share >= 0.5}
