"""Is this page a list, a page that links lists, or the shell of one? And which candidate is worth a request."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from scraper.items import ListPage, Row, Snapshot
from scraper.recon.look import Look
from scraper.recon.trail import Reading, State, Trail
from scraper.recon.vocabulary import sense

GONE = (404, 410)
_FEW = 3


def sort(trail: Trail, seen: Look, page: ListPage, rows: Sequence[Row], children: int) -> State:
    """What a page is. rows: those on the site; children: links to columns that no page before had."""
    if seen.offered and not trail.given:
        return "hub"
    if not rows:
        return _without_rows(trail, page, children)
    if trail.given:
        return "list"
    mores = len(seen.mores - {trail.url})
    dated = sum(row.listed_on is not None for row in rows)
    if mores >= _FEW or (trail.hub and children >= 2):
        return "hub"
    if dated >= _FEW and 2 * dated >= len(rows) and (page.next or mores < 2):
        return "list"
    if children >= 2 or mores >= 2:
        return "hub"
    if dated or len(rows) >= 5 or (page.next and len(rows) >= _FEW):
        return "list"
    return "poor"


def _without_rows(trail: Trail, page: ListPage, children: int) -> State:
    if page.next:
        return "shell"
    if children and not trail.given:
        return "hub"
    return "poor" if trail.hub else "shell"


def worth(trail: Trail) -> float:
    """How much a candidate is wanted: by what its name means, less for what stands deeper."""
    weight = trail.kind.weight if trail.kind else 0.3
    return weight - 0.1 * trail.depth - (0.1 if trail.hub else 0.0)


def failing(snapshot: Snapshot, why: str) -> tuple[State, str]:
    """The state of a candidate whose page is none, and why."""
    if snapshot.status in GONE or why == "not_found":
        return "gone", f"{snapshot.url}: HTTP {snapshot.status}" + (f", {why}" if why else "")
    return (
        "blocked" if why and " " not in why else "failed"
    ), f"{snapshot.url}: HTTP {snapshot.status}, {why or 'an error'}"


def read_missing(row: Row, why: str) -> Reading:
    return Reading(row.url, row.title, error=why)


def origin(url: str) -> str:
    """scheme://host[:port] of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def own_name(seen: Look) -> str:
    """What a page calls its column: META ColumnName, the end of its path (当前位置), or a part of its title; "" where
    none of them means a column."""
    title = seen.title.replace("_", "-").replace("|", "-").replace("—", "-").split("-")
    said = (seen.tags.get("columnname", ""), seen.crumb, *title)
    return next((name.strip() for name in said if sense(name) == "column"), "")
