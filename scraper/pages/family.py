"""Family: what one CMS looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from scraper.items import Row, Snapshot

Tree = LexborHTMLParser


@dataclass(frozen=True, slots=True)
class Family:
    """CSS selectors in the order they are tried; the first that matches wins.

    detect     is this page made by this CMS? Given the snapshot and its parsed tree.
    address    addresses that no other CMS makes: a page that has one is asked nothing more
    rows       containers of list rows, e.g. "td.listtext > table tr"
    find_rows  for rows that are not in the tree (script, JSON, CDATA); None means: by structure
    next_page  for pagers that are not a plain link: the address of the next page (scraper.urls.posted for a POST),
               None where the general rules may look, "" where this page is known to be the last
    source     the request that fills a list page without rows, None where the page names none
    scripted   a page that names a source holds no rows of its own: dated links on it are those of a box beside
    embed      the body's HTML where it stands in a script, "" where it does not
    columns    columns that a page names in a script rather than by links: (name, absolute address of the list)
    """

    name: str
    detect: Callable[[Snapshot, Tree], bool]
    title: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    find_rows: Callable[[Snapshot, Tree], tuple[Row, ...]] | None = None
    next_page: Callable[[Snapshot, Tree], str | None] | None = None
    source: Callable[[Snapshot, Tree], str | None] | None = None
    scripted: bool = False
    embed: Callable[[Snapshot, Tree], str] | None = None
    columns: Callable[[Snapshot, Tree], tuple[tuple[str, str], ...]] | None = None
    address: re.Pattern[str] | None = None
