"""Boda 博达 VSB (网站群): counties of the north and west, and nearly every university.

Its marks: articles ``/info/{column}/{id}.htm``, bodies ``#vsb_content…`` and ``.v_news_content``, files below
``/__local/``, scripts below ``/system/resource/``, pagers ``pb_sys_common``; pages that are not static:
``…jsp?urltype=tree.TreeTempUrl&wbtreeid=1039``.

Lists: page 1 is ``/zwgk/tzgg.htm``, then ``/zwgk/tzgg/{n}.htm`` counting down: of eleven pages the second is 10, the
last is 1. Dynamic lists: ``?totalpage=18&PAGENUM=2&urltype=tree.TreeTempUrl&wbtreeid=2001``.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own

ADDRESS = re.compile(r"/info/\d+/\d+\.htm$|[?&]wbtreeid=\d+|[?&]urltype=(?:tree|news)\.")
# None that comes along when a text is pasted into another CMS (img_vsb_content, v_news_content do).
MARKS = ("/system/resource/", "pb_sys_common", "_sitegray")
_BODY = re.compile(r"id=[\"']?vsb_content")
_LINK = re.compile(r"info/\d+/\d+\.htm[\"']")
_COUNTED = re.compile(r"(?<![\d/-])(\d{1,4})\s*/\s*(\d{1,4})(?![\d/-])")
_STATIC = re.compile(r"^(?P<stem>.+?)(?:/(?P<number>\d{1,4}))?\.html?$")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    text = snapshot.text
    if ADDRESS.search(snapshot.url) or any(mark in text for mark in MARKS):
        return True
    if "vsb_content" in text and _BODY.search(text):
        return True
    return links_own(snapshot, "info/", _LINK, fewest=2)


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """下页 of the system's pager; without a link (scripts make it), from its count 1/11 and the way it counts down.
    "" on the page that the pager shows as the last."""
    link = tree.css_first(".p_next a[href], a.Next[href]")
    href = (link.attributes.get("href") or "").strip() if link is not None else ""
    if href and not href.lower().startswith(("javascript:", "#")):
        return urljoin(snapshot.url, href)
    if tree.css_first(".p_next_d") is not None:
        return ""
    return _from_count(snapshot, tree)


def _from_count(snapshot: Snapshot, tree: Tree) -> str | None:
    pager = tree.css_first(".pb_sys_common")
    count = _COUNTED.search(" ".join(node.text() for node in pager.css(".p_t"))) if pager is not None else None
    parts = urlsplit(snapshot.url)
    static = _STATIC.match(parts.path)
    if count is None or static is None or parts.query:
        return None
    page, total = int(count[1]), int(count[2])
    return urljoin(snapshot.url, f"{static['stem']}/{total - page}.htm") if page < total else ""


BODA = Family(
    name="boda",
    detect=detect,
    address=ADDRESS,
    title=("form[name=_newscontent_fromname] h1", "form[name=_newscontent_fromname] h2", ".arti_title"),
    body=("[id^=vsb_content] .v_news_content", ".v_news_content", "[id^=vsb_content]"),
    next_page=next_page,
)
