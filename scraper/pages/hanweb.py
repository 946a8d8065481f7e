"""Hanweb 大汉 JCMS: 江苏, 山东, 浙江, 江西 and others.

Its marks: articles ``/art/{y}/{m}/{d}/art_{col}_{id}.html``, lists ``/col/col{id}/index.html``, template comments
``<!--<$[...]>begin-->``, rows in ``<record><![CDATA[``. Sites that moved to its newer platform: scraper/pages/jpaas.py.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages import jpaas
from scraper.pages.family import Family, Tree
from scraper.pages.hanweb_disclosure import SEARCH, next_found, search
from scraper.pages.hanweb_lists import find_records, next_records, widget_records
from scraper.pages.ownlinks import links_own

ADDRESS = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_\w+|/col/col\d+/|/module/(?:\w+/)*(?:jpage|xxgk)/")
_INTERFACE = re.compile(r"/module/(?:\w+/)*(?:jpage|xxgk)/")  # columns and articles may be jpaas's as well
_OWN = re.compile(r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\w+\.html|/col/col\d+/")
_ANY_ARTICLE = re.compile(r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_\w+\.html")
MARKS = ("<!--<$[", "/jpage/dataproxy.jsp", "/jcms_files/")
MODULES = ("/module/web/jpage/", "/module/jpage/", "/module/xxgk/")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    text = snapshot.text
    if ADDRESS.search(snapshot.url) is not None or any(mark in text for mark in MARKS):
        return True
    if "/module/" in text and any(mark in text for mark in MODULES):
        return True
    return links_own(snapshot, ("/art_", "/col/col"), _OWN)


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    if jpaas.MARK in snapshot.text or jpaas.MARK in snapshot.url:
        return jpaas.next_page(snapshot, tree)  # a district's TOML may call the whole site "hanweb"
    if SEARCH in snapshot.url:
        return next_found(snapshot)
    return next_records(snapshot)


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    if jpaas.MARK in snapshot.text:  # its widgets also fill boxes beside a list
        return None if links_own(snapshot, ("/art_",), _ANY_ARTICLE) else jpaas.source(snapshot, tree)
    return widget_records(snapshot) or search(snapshot)


HANWEB = Family(
    name="hanweb",
    detect=detect,
    address=_INTERFACE,
    body=("#zoom", "#Zoom", "div.bt-box-main", ".wzzw-article", ".main-txt", ".artile_zw"),
    find_rows=find_records,
    next_page=next_page,
    source=source,
    scripted=True,
)
