"""Fengxun 风讯 (FX), the CMS of Changzhou's portals, districts and bureaus.

Its marks: ids that start with ``czfx``, articles ``/html/{site}/{year}/{column}_{mmdd}/{id}.html``, lists
``/class/{column}``; on the city's own portal ``/ns_news/``, ``/gi_news/`` and ``/ns_class/``.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree

# design/sites.md 2.1: all 36 pages seen match; column codes use only the letters A-Q.
ADDRESS = re.compile(
    r"/html/[a-z_]+/\d{4}/[A-Q]{8}_\d{4}/\d+\.html|/class/[A-Q]{8}(?:[/&?]|$)|/(?:ns|gi)_(?:news|class)/|/gova/"
)
MARKS = "#czfxfontzoom, #czfxcontent, .FX_PageDiv, #FX_PageDiv"


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if ADDRESS.search(snapshot.url):
        return True
    # Whole words: the longer the string, the faster it is looked for.
    marked = any(mark in snapshot.text for mark in ("czfxfontzoom", "czfxcontent", "FX_PageDiv"))
    return marked and tree.css_first(MARKS) is not None


# /class/DNKLPPJP, /class/DNKLPPJP/2, /class/DNKLPPJP/2&template=…, /ns_class/bmdt/2, /gi_class/wjk?classtype=1
LIST = re.compile(r"^(https?://[^/]+/(?:ns_|gi_)?class/\w+)(?:/(\d+))?([?&].*)?$")
_OF = re.compile(r"(?:共|/)\s*(\d{1,5})\s*页?")
_ROW_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d\s*[\]］)]?\s*</(?:td|span|li)>")
_FULL_PAGE = 20


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """/class/CODE/n+1 while the pager counts more pages or, without a pager, while the page is full (20 rows)."""
    match = LIST.match(snapshot.url)
    if match is None:
        return None
    stem, number, rest = match[1], int(match[2] or 1), match[3] or ""
    total = _pages(tree)
    if total is None and tree.css_first(".FX_PageDiv, #FX_PageDiv") is not None:
        return None  # a pager of another make: its links say more
    more = number < total if total is not None else len(_ROW_DATE.findall(snapshot.text)) >= _FULL_PAGE
    return f"{stem}/{number + 1}{rest}" if more else None


def _pages(tree: Tree) -> int | None:
    """How many pages the pager counts: div.FX_PageDiv > div > span[2], or 共12页, or 1/12."""
    pager = tree.css_first(".FX_PageDiv, #FX_PageDiv")
    if pager is None:
        return None
    spans = [text for span in pager.css("div > span") if (text := span.text().strip()).isdigit()]
    if len(spans) == 2:
        return int(spans[1])
    match = _OF.search(pager.text())
    return int(match[1]) if match else None


FENGXUN = Family(
    name="fengxun",
    detect=detect,
    title=("td.NewsTitle", ".NewsTitle", "h1.iip"),
    body=(
        "#czfxfontzoom",
        "#czfxcontent",
        "td.NewsContent",
        "td.NewsText",
        "td.GovInfoContent",
        "div#zoom",
        "div.pages_content",
    ),
    rows=("table.border2 tr", "table.Border2 tr", "td.listtext > table tr", "table.titi3 tr"),
    next_page=next_page,
)
