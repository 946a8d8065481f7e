"""Family: what one CMS looks like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from scraper.items import Row, Snapshot

Tree = LexborHTMLParser


@dataclass(frozen=True, slots=True)
class Family:
    """CSS selectors in the order they are tried; the first that matches wins.

    detect     is this page made by this CMS? Given the snapshot and its parsed tree.
    rows       containers of list rows, e.g. "td.listtext > table tr"
    find_rows  for rows that are not in the tree (script, JSON, CDATA); None means: by structure
    next_page  for pagers that are not a plain link; gives the absolute URL or None
    """

    name: str
    detect: Callable[[Snapshot, Tree], bool]
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    find_rows: Callable[[Snapshot, Tree], tuple[Row, ...]] | None = None
    next_page: Callable[[Snapshot, Tree], str | None] | None = None
