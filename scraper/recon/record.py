"""What came of a survey so far: pages in, candidates sorted. Asks nothing (planner.py does)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from scraper.catalogue import Column, Layout
from scraper.items import Row, Snapshot
from scraper.recon.look import Look, look
from scraper.recon.selectors import rows_selector
from scraper.recon.site import Site, trails
from scraper.recon.sorting import failing, origin, own_name, read_missing, sort
from scraper.recon.trail import Trail, read_article, read_rows
from scraper.recon.vocabulary import kind_of, kind_of_type
from scraper.urls import canonical, same_site

Why = Literal["home", "hub", "list", "shell", "next", "article"]

HOPS = 2  # requests behind a shell
PATIENCE = 3  # refusals in a row
FIREWALLS = ("jsl", "ruishu", "challenge", "waf", "refused", "login")
REFUSED = (401, 403, 405, 412, 429, 521)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. url: an address, perhaps one of scraper.urls.posted; referer: the column's page for its paging."""

    url: str
    why: Why
    column: str = ""
    referer: str = ""
    row: Row | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A request and its page; look: None for articles and for what scripts ask for."""

    ask: Ask
    snapshot: Snapshot
    look: Look | None = None


@dataclass(slots=True)
class Record:
    """The state of one survey.

    start    the address given
    columns  those of a TOML, when it is checked: they are read as they are, the home page only for comparison
    layout   how pages are read (a TOML's; empty: detected on each page)
    verdict  (kind, where and why) when the site cannot be read: a verdict of scraper.blocked, "unreachable", "robots"
    waiting  requests that come before all others
    """

    start: str
    columns: Sequence[Column] = ()
    layout: Layout = field(default_factory=Layout)
    hosts: tuple[str, ...] = ()
    site: Site = field(init=False)
    trails: list[Trail] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)
    verdict: tuple[str, str] = ("", "")
    waiting: list[Ask] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    refusals: int = 0

    def __post_init__(self) -> None:
        self.site = Site(origin(self.start), self.hosts)
        for column in self.columns:
            self.trails.append(Trail(column.name, column.url, "TOML", kind_of(column.name), given=True))
            self.known.add(canonical(column.url))
        self.waiting.append(Ask(self.start, "home"))

    def take(self, ask: Ask, snapshot: Snapshot) -> None:
        """An answer has come."""
        seen = look(snapshot) if ask.why in ("home", "hub", "list", "shell") else None
        self.answers.append(Answer(ask, snapshot, seen))
        self.refusals = self.refusals + 1 if snapshot.status in REFUSED or (seen and seen.verdict in FIREWALLS) else 0
        if ask.why == "home" and seen:
            self._home(ask, seen)
        elif ask.why == "article" and ask.row:
            self.trail(ask.column).articles.append(read_article(snapshot, ask.row, self.layout))
        elif ask.why == "next":
            self._turned(self.trail(ask.column), snapshot)
        elif seen:
            self._opened(self.trail(ask.column), ask, seen, snapshot)
        if self.refusals >= PATIENCE and not self.verdict[0]:
            kind = seen.verdict if seen and seen.verdict else "refused"
            self.verdict = (kind, f"{self.refusals} pages in a row were refused, the last: {snapshot.url}")

    def lost(self, ask: Ask, why: str, kind: str = "") -> None:
        """No answer came. kind: "unreachable" or "robots" when nothing of the site can or may be asked for, "unsaved"
        for a page that is not among saved ones."""
        self.missing[canonical(ask.url)] = why
        if kind in ("unreachable", "robots") or (ask.why == "home" and kind != "unsaved"):
            self.verdict = (kind or "unreachable", why)
        elif ask.why == "next":
            self.trail(ask.column).paging = "unsaved" if kind == "unsaved" else "failed"
        elif ask.why == "article" and ask.row:
            self.trail(ask.column).articles.append(read_missing(ask.row, why))
        elif ask.why != "home":
            trail = self.trail(ask.column)
            trail.state, trail.note = ("unsaved" if kind == "unsaved" else "failed"), why

    def seed(self, snapshots: Iterable[Snapshot]) -> None:
        """Saved list pages as candidates although nothing links them."""
        for snapshot in snapshots:
            seen = look(snapshot)
            name = own_name(seen)
            self._add(Trail(name or seen.title[:20] or snapshot.url, snapshot.url, "saved page", kind_of(name)))

    def trail(self, name: str) -> Trail:
        return next(trail for trail in self.trails if trail.name == name)

    def _home(self, ask: Ask, seen: Look) -> None:
        turns = sum(answer.ask.why == "home" for answer in self.answers)
        if seen.forward and turns <= 3 and same_site(seen.forward, ask.url) and seen.forward != ask.url:
            self.waiting.insert(0, replace(ask, url=seen.forward))
            self.site = Site(origin(seen.forward), self.hosts)
            return
        if seen.verdict or seen.status >= 300:
            kind = seen.verdict or "refused"
            to = f", leads to {seen.forward}" if seen.forward else ""
            self.verdict = (kind, f"{seen.url}: HTTP {seen.status}, {kind}{to}")
            return
        self.site = Site(origin(seen.url), self.hosts)
        self._gather(seen, "home page", 0)
        if not self.trails and seen.frames and turns <= 3 and self.site.is_own(seen.frames[0]):
            self.waiting.insert(0, replace(ask, url=seen.frames[0]))

    def _gather(self, seen: Look, found: str, depth: int) -> int:
        return sum(self._add(trail) for trail in trails(self.site, seen, found, depth))

    def _add(self, trail: Trail) -> bool:
        """A candidate whose address is new; another of the same name is called by where it was found."""
        address = canonical(trail.url)
        if address in self.known:
            return False
        self.known.add(address)
        same = next((other for other in self.trails if other.name == trail.name), None)
        if same is not None and same.hub and not trail.hub:
            same.name = f"{same.name}（目录）"
        names = {other.name for other in self.trails}
        if trail.name in names:
            trail.name = f"{trail.name}（{trail.found}）"
        while trail.name in names:
            trail.name += "·"
        self.trails.append(trail)
        return True

    def _opened(self, trail: Trail, ask: Ask, seen: Look, snapshot: Snapshot) -> None:
        """A hub or list page, or the answer to a shell's request."""
        if ask.why != "shell":
            trail.called = own_name(seen)
            trail.typed = seen.tags.get("columntype", "")
            trail.kind = trail.kind or kind_of_type(trail.typed)
            if trail.more and trail.called:
                trail.kind = kind_of(trail.called)  # what the page says of itself outweighs the heading of a block
        elsewhere = seen.forward and canonical(seen.forward) != canonical(ask.url)
        if elsewhere and self.site.is_own(seen.forward) and trail.hops < HOPS:
            trail.hops += 1
            self.waiting.append(replace(ask, url=seen.forward))
            return
        page, why = read_rows(snapshot, self.layout)
        rows = tuple(row for row in page.rows if self.site.is_own(row.url))
        if why or snapshot.status >= 400:
            trail.state, trail.note = failing(snapshot, why)
            return
        children = 0 if ask.why == "shell" or self.columns else self._children(trail, seen)
        kind = sort(trail, seen, page, rows, children)
        if kind == "poor" and trail.hub and any(trails(self.site, seen, trail.name, 1)):
            kind = "hub"  # of columns that were known before
        if kind == "shell" and page.next and trail.hops < HOPS:
            trail.hops += 1
            self.waiting.append(Ask(page.next, "shell", trail.name, trail.url))
            trail.state = "shell"
            return
        trail.state, trail.page, trail.rows = kind, page, rows
        trail.note = f"{snapshot.url} is an empty page" if seen.verdict == "empty" else ""
        trail.elsewhere = tuple(row.url for row in page.rows if row not in rows)
        trail.next = page.next or ""
        trail.first = snapshot
        if kind == "list":
            self._once(trail)

    def _children(self, trail: Trail, seen: Look) -> int:
        return self._gather(seen, trail.name, trail.depth + 1) if trail.depth < 2 else 0

    def _once(self, trail: Trail) -> None:
        """Two addresses of one list: the one whose name says more stays."""
        mine = {canonical(row.url) for row in trail.rows}
        for other in self.trails:
            if other is trail or other.state != "list" or trail.given:
                continue
            theirs = {canonical(row.url) for row in other.rows}
            if len(mine & theirs) * 10 >= 8 * min(len(mine), len(theirs)):
                loser = other if (other.hub and not trail.hub) else trail
                winner = trail if loser is other else other
                loser.state, loser.note = "same", f"lists the same pages as {winner.name}"
                return

    def _turned(self, trail: Trail, snapshot: Snapshot) -> None:
        """The next page of a list: does it give other rows?"""
        page, why = read_rows(snapshot, self.layout)
        first = {canonical(row.url) for row in trail.rows}
        new = [row for row in page.rows if canonical(row.url) not in first]
        trail.second = tuple(new)
        if why or snapshot.status >= 400 or not page.rows:
            trail.paging, trail.note = "failed", f"{trail.next}: {why or f'HTTP {snapshot.status}, no rows'}"
        elif 2 * len(new) >= len(page.rows):
            trail.paging = "proven"
        else:
            trail.paging = "loops"
            self._select(trail, snapshot)

    def _select(self, trail: Trail, second: Snapshot) -> None:
        """The readers took what is the same on both pages: a list beside the list. What differs is the list."""
        if self.layout.selectors or self.columns or trail.first is None:
            return
        css = rows_selector(trail.first, second)
        if not css:
            return
        self.layout = Layout(self.layout.family, {"rows": css})
        for other in self.trails:
            if other.state == "list" and other.first is not None:
                other.page, _ = read_rows(other.first, self.layout)
                other.rows = tuple(row for row in other.page.rows if self.site.is_own(row.url))
                other.articles.clear()
        self._turned(trail, second)
