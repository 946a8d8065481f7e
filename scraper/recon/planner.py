"""What to ask a site next: pages in, addresses out; decides nothing about the network.

The order: the home page, hubs (政府信息公开 …), list pages by weight, their shells' requests, then of each list that
holds rows its next page and two articles.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scraper.items import Row
from scraper.recon.record import Ask, Record
from scraper.recon.sorting import read_missing, worth
from scraper.recon.trail import Trail
from scraper.urls import canonical

MOST = 58  # requests, beside robots.txt
HUBS, LISTS, COLUMNS = 5, 18, 12
ALIKE = 3  # columns of one kind


@dataclass(slots=True)
class Planner(Record):
    """A survey that asks. most: requests at most; asked: canonical addresses of those made."""

    most: int = MOST
    asked: set[str] = field(default_factory=set)
    hubs: int = 0
    lists: int = 0

    def next(self) -> Ask | None:
        """The next request; None when all is known, or nothing more may be asked."""
        if self.verdict[0] or len(self.asked) >= self.most:
            return None
        ask = (
            self.waiting.pop(0) if self.waiting else self._hub() or self._list() or self._following() or self._article()
        )
        if ask is None:
            return None
        address = canonical(ask.url)
        if address in self.asked and ask.why != "home":
            self.lost(ask, "asked before")
            return self.next()
        self.asked.add(address)
        return ask

    def left(self) -> int:
        """About how many requests are still to come."""
        lists = min(LISTS - self.lists, sum(trail.state == "waiting" for trail in self.trails))
        read = [trail for trail in self.trails if trail.state == "list"][:COLUMNS]
        open_ = sum((trail.paging == "untested") + max(0, 2 - len(trail.articles)) for trail in read)
        return max(0, min(self.most - len(self.asked), len(self.waiting) + max(0, lists) * 3 + open_))

    def _hub(self) -> Ask | None:
        found = next(
            (trail for trail in self.trails if trail.hub and trail.state == "waiting" and not trail.given), None
        )
        if found is None or self.hubs >= HUBS or self.columns:
            return None
        self.hubs += 1
        return Ask(found.url, "hub", found.name)

    def _list(self) -> Ask | None:
        open_ = [trail for trail in self.trails if trail.state == "waiting" and not trail.hub]
        if self.columns:
            open_ = [trail for trail in open_ if trail.given]
        elif self.lists >= LISTS:
            return None
        alike = Counter(trail.kind for trail in self.trails if trail.state == "list")
        open_ = [trail for trail in open_ if trail.given or alike[trail.kind] < ALIKE]
        if not open_:
            return None
        best = max(open_, key=lambda trail: worth(trail) - 0.2 * alike[trail.kind])
        self.lists += 1
        return Ask(best.url, "list", best.name)

    def _following(self) -> Ask | None:
        for trail in self.taken():
            if trail.paging == "untested":
                if not trail.next or canonical(trail.next) in self.asked:
                    trail.paging = "none"
                    continue
                return Ask(trail.next, "next", trail.name, trail.url)
        return None

    def _article(self) -> Ask | None:
        for place in (0, 1):
            for trail in self.taken():
                rows = trail.samples()
                if place < len(rows) and len(trail.articles) <= place:
                    row = rows[place]
                    if canonical(row.url) in self.asked:
                        self._shared(trail, row)
                        continue
                    return Ask(row.url, "article", trail.name, row=row)
        return None

    def _shared(self, trail: Trail, row: Row) -> None:
        """Another column's article already brought this page."""
        read = (one for other in self.trails for one in other.articles if canonical(one.url) == canonical(row.url))
        found = next(read, None)
        if found is not None:
            trail.articles.append(found)
        else:
            trail.articles.append(read_missing(row, self.missing.get(canonical(row.url), "not read")))

    def taken(self) -> list[Trail]:
        """The lists that may become columns, most wanted first; of a TOML all."""
        found = [trail for trail in self.trails if trail.state == "list"]
        if self.columns:
            return [trail for trail in found if trail.given]
        return sorted(found, key=lambda trail: -worth(trail))[:COLUMNS]
