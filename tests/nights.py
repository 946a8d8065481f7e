"""Crawls of the made-up county into an archive in a folder of the test's own, one night after another."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from archive.articles import dump
from archive.store import open_archive
from scraper.catalogue import Column, District, load_one
from scraper.crawl import DistrictEnd, crawl
from tests.county.demo import DISTRICT, HOME
from tests.county.server import County


def yunlan(county: County, *columns: str, **changes: object) -> District:
    """The county's district at its address, with all columns or those named, without a rest between requests."""
    district = load_one(DISTRICT)
    kept = [column for column in district.columns if not columns or column.name in columns]
    there = tuple(Column(column.name, column.url.replace(HOME, county.url)) for column in kept)
    moved = replace(district, site=district.site.replace(HOME, county.url), columns=there, delay=0.0)
    return replace(moved, **changes)  # type: ignore[arg-type]


def night(folder: Path, district: District, **settings: object) -> DistrictEnd:
    """One crawl; a setting's name may be in small letters."""
    merged: dict[str, object] = {"DIBAO_ARCHIVE": str(folder / "archive.db"), "DOWNLOAD_TIMEOUT": 5}
    merged |= {name.upper(): value for name, value in settings.items()}
    (end,) = crawl([district], merged).ends
    return end


def rows(folder: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    conn = sqlite3.connect(folder / "archive.db")
    try:
        return conn.execute(query, values).fetchall()
    finally:
        conn.close()


def held(folder: Path) -> list[dict[str, object]]:
    """The archive's articles, without the times of capture."""
    with open_archive(folder / "archive.db") as archive:
        return dump(archive)


def counts(folder: Path) -> dict[str, int]:
    """The last run's outcomes that are not 0, and how many pages were seen."""
    names = ["seen", "archived", "updated", "unchanged", "duplicate", "removed", "blocked", "unreadable", "failed"]
    names += ["waiting"]
    (row,) = rows(folder, f"SELECT {', '.join(names)} FROM runs ORDER BY id DESC LIMIT 1")
    found = {name: int(str(value)) for name, value in zip(names, row, strict=True) if value}
    assert found.get("seen", 0) == sum(found.values()) - found.get("seen", 0), found
    return found


def states(folder: Path, state: str) -> dict[str, str]:
    """Path of a page -> the reason it is in a state."""
    found = rows(folder, "SELECT requested_url, reason FROM pages WHERE state = ?", state)
    return {"/" + str(url).split("/", 3)[3]: str(reason) for url, reason in found}
