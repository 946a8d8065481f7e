"""How far back a column is read: which rows of a list page count, and whether the next page is needed.

Nothing here knows Scrapy or the network. Lists are newest first, apart from pinned rows (置顶) at the top, rows put in
late with an old date, and lists that are sorted anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.spiders.memory import Before

PAGES = 500  # list pages of one column in one run; a pager that never ends stops here
PINNED = 3  # 2026-11: the most pinned rows seen at the top of a column's list
# Known rows in a row that end a visit. More than PINNED, and more than an editor moves at a time; few enough that a
# page of 15 rows with ten new ones needs no second page.
KNOWN = 5
# Rows in a row that lie before the span asked for. More than a block of late rows with old dates at the top.
OLD = 15
DEPTH = 3  # list pages that are looked at again on the next visit, at most


@dataclass(slots=True)
class Walk:
    """One column's way back through its list pages, in one run.

    since    rows from this day on are wanted; None: the newest ``limit`` on the first visit, later only what is new
    until    rows after this day are passed by; only with since
    visited  did an earlier run read the column to its end?
    resume   the list page to go on with once a row is met that an earlier run of this backfill recorded
    before   how the last run left the column
    needed   list pages that were needed (0: not yet known)
    foreign  rows that lead to other sites
    hops     shells followed
    here     the list page that was asked for last; validators: with validators
    missing  how a page behind the last answered
    at       where a later run of this backfill goes on; None: the span was read to its end
    """

    column: Column
    since: date | None = None
    until: date | None = None
    limit: int = 20
    visited: bool = False
    resume: str = ""
    before: Before = field(default_factory=Before)
    page: int = 0
    rows: int = 0
    needed: int = 0
    foreign: int = 0
    hops: int = 0
    here: str = ""
    validators: bool = False
    missing: str = ""
    at: str | None = ""
    fallback: bool = False
    pages: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)
    in_a_row: int = 0
    newest: date | None = None
    lowest: date | None = None
    met: int = 0

    @property
    def asks(self) -> bool:
        """Does it matter which rows are known?"""
        return bool(self.resume) or (self.visited and not self.since)

    def read(self, page: ListPage, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], str | None]:
        """The rows of a page that count, and the address of the next list page if it is needed.

        rows: those of the page that lie on the site; known: addresses that this column listed before.
        """
        fresh = [row for row in rows if row.url not in self.urls]
        self.urls.update(row.url for row in fresh)
        self.page += 1
        kept, more = self._choose(fresh, known)
        self.rows += len(kept)
        if self.resume and self.here == self.resume:  # from the top to here without a gap
            self.resume, self.in_a_row = "", 0
        if self.resume and (not more or self._ended(fresh, known)):
            if going_on := self._jump():
                return kept, going_on
            more = True
        following = self._following(page, bool(fresh), more)
        if not self.resume or following is None:
            self.resume = ""
            self.at = self.here if following or self.capped else None
        return kept, following

    @property
    def _depth(self) -> int:
        return min(self.before.pages, DEPTH) if self.visited else 0

    @property
    def left(self) -> Before:
        """How this run leaves the column, once it has come to its end."""
        floor = self.before.floor
        if self.since and not self.until and not self.capped:
            floor = min(self.since, floor or self.since)
        elif not self.visited and not self.since:
            floor = self.lowest
        return Before(self.needed or self.page, floor)

    def over(self, why: str) -> bool:
        """The page asked for last was not there in two runs: the end of the list, if pages before it were (2026-11:
        gkmlpt counts more pages than it shows). Not so the page at which an earlier run had stopped."""
        if not self.page or self.here == self.at:
            return False
        self.missing, self.resume, self.at = why, "", None
        return True

    @property
    def notes(self) -> str:
        """What is to be known of how the column was read."""
        notes = [f"not fetched, as they lead to other sites: {self.foreign}"] if self.foreign else []
        notes += [f"stopped after {self.page} list pages; --since goes on from there"] if self.capped else []
        notes += [f"{self.missing}, which is taken for the end of the list"] if self.missing else []
        return "; ".join(notes)

    @property
    def capped(self) -> bool:
        """Were so many pages read that the rest is left to a later run?"""
        return self.page >= PAGES

    def _jump(self) -> str | None:
        """To the page that an earlier run had come to; None when this one has passed it already."""
        self.at, self.resume, self.in_a_row = self.resume, "", 0
        return None if self.at in self.pages else self.at

    def _following(self, page: ListPage, fresh: bool, more: bool) -> str | None:
        if not more and not self.needed:
            self.needed = self.page
        # A page that brings nothing the pages before it did not bring is a loop, or the end of a careless pager.
        if not fresh or not page.next or page.next in self.pages or self.capped:
            return None
        return page.next if more or self.page < self._depth else None

    def _choose(self, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], bool]:
        if self.since:
            return self._span(rows, self.since)
        if not self.visited:
            newest = rows[: self.limit - self.rows]
            self.lowest = next((row.listed_on for row in reversed(newest) if row.listed_on), self.lowest)
            return newest, self.rows + len(newest) < self.limit
        return self._news(rows, known)

    def _span(self, rows: Sequence[Row], since: date) -> tuple[Sequence[Row], bool]:
        """Rows within the span of days; undated ones count. Its end is where many rows in a row are older."""
        kept: list[Row] = []
        for row in rows:
            old = row.listed_on is not None and row.listed_on < since
            if not self.resume:
                self.in_a_row = self.in_a_row + 1 if old else 0
            if not old and not (self.until and row.listed_on and row.listed_on > self.until):
                kept.append(row)
        return kept, bool(rows) and self.in_a_row < OLD

    def _news(self, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], bool]:
        """All rows but those at the end that were there before the first visit. Known rows in a row end the visit;
        pinned ones at the top do not count as such."""
        days = [row.listed_on for row in rows if row.url in known and row.listed_on]
        self.newest = max([*days, *([self.newest] if self.newest else [])], default=None)
        self.met += sum(row.url in known for row in rows)
        end = len(rows)
        while end and rows[end - 1].url not in known and self._is_past(rows[end - 1]):
            end -= 1
        lead = self._pinned(rows, known) if self.page == 1 else 0
        return rows[:end], bool(rows) and end == len(rows) and not self._ended(rows[lead:], known)

    def _ended(self, rows: Sequence[Row], known: Collection[str]) -> bool:
        """Have so many known rows come in a row that below them lies nothing new?"""
        for row in rows:
            self.in_a_row = self.in_a_row + 1 if row.url in known else 0
            if self.in_a_row >= KNOWN:
                return True
        return False

    def _is_past(self, row: Row) -> bool:
        """Does a row lie below what has been read of the column? Where no run has said how deep that is, it is older
        than what is known; if few are known, which may be pinned, a row of the same day is not."""
        if row.listed_on and self.before.floor:
            return row.listed_on <= self.before.floor
        if row.listed_on and self.newest:
            return row.listed_on < self.newest or (row.listed_on == self.newest and self.met > PINNED)
        return self.met > PINNED

    @staticmethod
    def _pinned(rows: Sequence[Row], known: Collection[str]) -> int:
        """Known rows at the top that something new follows, so that they may be pinned."""
        lead = next((place for place, row in enumerate(rows) if row.url not in known), 0)
        return lead if lead <= PINNED else 0
