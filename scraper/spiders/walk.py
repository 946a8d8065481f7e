"""How far back a column is read: which rows of a list page count, and whether the next page is needed.

Nothing here knows Scrapy or the network. Lists are newest first, apart from pinned rows (置顶) at the top.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from scraper.catalogue import Column
from scraper.items import ListPage, Row

PAGES = 500  # list pages of one column in one run; a pager that never ends stops here
PINNED = 3  # undated known rows at the top that may be pinned ones


@dataclass(slots=True)
class Walk:
    """One column's way back through its list pages, in one run.

    since    rows from this day on are wanted; None: the newest ``limit`` on the first visit, later only what is new
    visited  did an earlier run read the column to its end?
    foreign  rows that lead to other sites
    """

    column: Column
    since: date | None = None
    limit: int = 20
    visited: bool = False
    page: int = 0
    rows: int = 0
    foreign: int = 0
    fallback: bool = False
    pages: set[str] = field(default_factory=set)
    urls: set[str] = field(default_factory=set)

    def read(self, page: ListPage, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], str | None]:
        """The rows of a page that count, and the address of the next list page if it is needed.

        rows: those of the page that lie on the site; known: addresses that this column listed before.
        """
        fresh = [row for row in rows if row.url not in self.urls]
        self.urls.update(row.url for row in fresh)
        self.page += 1
        kept, more = self._choose(fresh, known)
        self.rows += len(kept)
        # A page that brings nothing the pages before it did not bring is a loop, or the end of a careless pager.
        if not more or not fresh or not page.next or page.next in self.pages or self.page >= PAGES:
            return kept, None
        return kept, page.next

    def _choose(self, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], bool]:
        if self.since:
            since = self.since
            recent = [row for row in rows if row.listed_on is None or row.listed_on >= since]
            return recent, bool(recent)
        if not self.visited:
            newest = rows[: self.limit - self.rows]
            return newest, self.rows + len(newest) < self.limit
        return self._news(rows, known)

    def _news(self, rows: Sequence[Row], known: Collection[str]) -> tuple[Sequence[Row], bool]:
        """All rows down to the last known one, and those below it that are newer than every known one."""
        places = [place for place, row in enumerate(rows) if row.url in known]
        if not places:
            return rows, True
        cut = places[-1] + 1
        newest = max((day for place in places if (day := rows[place].listed_on)), default=None)
        below = list(rows[cut:])
        if newest:
            below = [row for row in below if row.listed_on is None or row.listed_on > newest]
        elif len(places) > PINNED:
            below = []
        return [*rows[:cut], *below], bool(below) and below[-1] == rows[-1]
