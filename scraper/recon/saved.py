"""A survey of saved pages: no network, the planner's questions are answered from what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scraper.catalogue import Layout
from scraper.items import Snapshot
from scraper.parse import page_kind
from scraper.recon.planner import Planner
from scraper.recon.trail import read_rows
from scraper.urls import canonical


def survey(planner: Planner, pages: Iterable[Snapshot]) -> Planner:
    """Asks until the saved pages have no more to say. Without a home page among them, every list is a candidate."""
    held: dict[str, Snapshot] = {}
    for one in pages:
        held.setdefault(canonical(one.requested_url or one.url), one)
    while ask := planner.next():
        page = held.get(canonical(ask.url))
        if page is not None:
            planner.take(ask, page)
            continue
        planner.lost(ask, "not among the saved pages", "unsaved")
        if ask.why == "home":
            planner.seed(_lists(held.values(), planner.layout))
    return planner


def _lists(pages: Iterable[Snapshot], layout: Layout) -> Iterator[Snapshot]:
    """The list pages, without those that are the next page of another."""
    found = [(page, read_rows(page, layout)[0].next) for page in pages if page_kind(page) == "list"]
    following = {canonical(address) for _, address in found if address}
    return (page for page, _ in found if canonical(page.requested_url or page.url) not in following)
