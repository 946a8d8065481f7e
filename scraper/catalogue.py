"""The districts: loads and checks districts/*.toml. A district is data, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

DISTRICTS = Path(__file__).parent / "districts"


class CatalogueError(Exception):
    """A district's TOML cannot be used: names the file, the key and the fix."""


@dataclass(frozen=True, slots=True)
class Column:
    """A 栏目: its name and the absolute address of its first list page."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a site's pages looked at one time. family "" means: detect it on each page.

    selectors: field name (or "rows", "body", "next") -> CSS selector, trusted before the family's own.
    """

    family: str = ""
    selectors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """What a healthy run looks like: [min, max] new articles a week, least share of filled fields."""

    per_week: tuple[int, int] | None = None
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class District:
    """One site. slug is the TOML's file name; was: (until, layout), oldest first."""

    slug: str
    name: str
    code: str
    site: str
    columns: tuple[Column, ...]
    layout: Layout = Layout()
    was: tuple[tuple[date, Layout], ...] = ()
    expect: Expect = Expect()
    enabled: bool = True
    schedule: str = ""
    delay: float = 0.0
    allowed_hosts: tuple[str, ...] = ()

    def layout_on(self, day: date) -> Layout:
        """The layout that was in use on a day."""
        return next((layout for until, layout in self.was if day <= until), self.layout)
