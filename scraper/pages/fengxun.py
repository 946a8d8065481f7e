"""Fengxun 风讯 (FX), the CMS of Changzhou's portals, districts and bureaus.

Its marks: ids that start with ``czfx``, articles ``/html/{site}/{year}/{column}_{mmdd}/{id}.html``, lists
``/class/{column}``; on the city's own portal ``/ns_news/``, ``/gi_news/`` and ``/ns_class/``.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.fengxun_lists import find_rows, next_page, source
from scraper.pages.ownlinks import links_own

# design/sites.md 2.1: all 36 pages seen match; column codes use only the letters A-Q.
ADDRESS = re.compile(
    r"/html/[a-z_]+/\d{4}/[A-Q]{8}_\d{4}/\d+\.html|/class/[A-Q]{8}(?:[/&?]|$)|/(?:ns|gi)_(?:news|class)/|/gova/"
)
_OWN = re.compile(
    r"/html/[a-z_]+/\d{4}/[A-Q]{8}_\d{4}/\d+\.html|/class/[A-Q]{8}\b|/(?:ns|gi)_(?:class/[a-z]\w+|news/\d{9,})"
)
MARKS = "#czfxfontzoom, #czfxcontent, .FX_PageDiv, #FX_PageDiv"


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if ADDRESS.search(snapshot.url):
        return True
    # Whole words: the longer the string, the faster it is looked for.
    text = snapshot.text
    if any(mark in text for mark in ("czfxfontzoom", "czfxcontent", "FX_PageDiv")) and tree.css_first(MARKS):
        return True
    return "/xxgk_class_min.html" in text or links_own(
        snapshot, ("/html/", "/class/", "s_class/", "i_class/", "_news/"), _OWN
    )


FENGXUN = Family(
    name="fengxun",
    detect=detect,
    address=ADDRESS,
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
    find_rows=find_rows,
    next_page=next_page,
    source=source,
    scripted=True,
)
