"""What a stored response says: an article, a list, or why it is neither. Reads the archive, writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from archive import articles
from archive.articles import Outcome
from archive.crawl import halves
from archive.crawl.queue import page_url
from archive.hidden import leads_down
from archive.intake import enclosures
from archive.snapshots import whole
from archive.store import Archive
from pipelines.article import Article
from pipelines.process import process
from scraper import parse
from scraper.blocked import WALLS, blocked
from scraper.catalogue import District
from scraper.items import Blocked, PageError, Snapshot
from scraper.urls import host

Taken = Outcome | Literal["list", "other"]

GONE = (404, 410)
SOFT_404 = "not_found"
# What a bug in a reader raises on one odd page. The page is kept and counted as unreadable, the run goes on.
_BUGS = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one snapshot."""

    outcome: Taken
    reason: str = ""
    article: Article | None = None


def read(archive: Archive, snapshot: Snapshot, catalogue: Sequence[District]) -> Reading:
    """What a snapshot says. Most of a page's work: done before a transaction is open, other processes write then."""
    district = district_of(snapshot, catalogue)
    try:
        role = parse.page_kind(snapshot) if snapshot.role == "other" else snapshot.role
        if role != "article":
            return Reading("list" if role == "list" else "other")
        if snapshot.status >= 300:
            return _error_page(archive, snapshot)
        article = _whole(archive, snapshot, district)  # first of all: a block page may have no end either
        if halves.is_half(archive, snapshot):
            return Reading("unreadable", halves.REASON)
        return Reading("archived", "", article)
    except Blocked as error:
        if error.kind == SOFT_404:
            return _gone(archive, snapshot, "blocked", error.kind)
        return Reading("blocked", error.kind)
    except PageError as error:
        return Reading("unreadable", whole(error.what))
    except _BUGS as error:
        log.error("%s: a reader failed, please report it: %s: %s", snapshot.url, type(error).__name__, error)
        log.debug("where it failed", exc_info=error)
        return Reading("unreadable", whole(f"a reader failed: {type(error).__name__}: {error}"))


def _whole(archive: Archive, snapshot: Snapshot, district: District | None) -> Article:
    """An article with those of its following pages that are stored. A page may name the next one only."""
    article = process(snapshot, district)
    read: tuple[str, ...] = ()
    while article.parts != read:
        read = article.parts
        article = process(snapshot, district, enclosures.parts(archive, read, snapshot.captured_at))
    return article


def _error_page(archive: Archive, snapshot: Snapshot) -> Reading:
    kind = blocked(snapshot)
    if kind in WALLS:
        return Reading("blocked", kind)
    if snapshot.status < 400:  # to the home page, as sites do with what they have deleted
        return _gone(archive, snapshot, "failed", f"redirects to {snapshot.header('location')}, which is not followed")
    if snapshot.status in GONE:
        return _gone(archive, snapshot, "failed", f"HTTP {snapshot.status}")
    return Reading("blocked", kind) if kind else Reading("failed", f"HTTP {snapshot.status}")


def _gone(archive: Archive, snapshot: Snapshot, otherwise: Taken, reason: str) -> Reading:
    """The site says that the page is not there: "removed" where the archive holds it, else it may come back."""
    held = articles.get(archive, snapshot.requested_url or snapshot.url)
    down = leads_down(archive.db.conn, page_url(snapshot))
    return Reading("removed" if held or down else otherwise, reason)


def district_of(snapshot: Snapshot, catalogue: Sequence[District]) -> District | None:
    """The district it was collected for; for imported pages the one whose site it is on."""
    if snapshot.district:
        return next((one for one in catalogue if one.slug == snapshot.district), None)
    name = host(snapshot.url)
    return next((one for one in catalogue if name and host(one.site) == name), None)
