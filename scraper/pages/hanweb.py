"""Hanweb 大汉 JCMS and its newer platform jpaas: 江苏, 山东, 浙江, 江西 and others.

Its marks: articles ``/art/{y}/{m}/{d}/art_{col}_{id}.html``, lists ``/col/col{id}/index.html``, template comments
``<!--<$[...]>begin-->``, rows in ``<record><![CDATA[``.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.hanweb_lists import next_page

ADDRESS = re.compile(
    r"/art/\d{4}/(?:\d{1,2}/\d{1,2}/)?art_\w+|/col/col\d+/|/module/(?:web/)?jpage/|/jpaas-publish-server/"
)
MARKS = ("<!--<$[", "/module/web/jpage/", "jpaas-publish-server", "/jcms_files/")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    return ADDRESS.search(snapshot.url) is not None or any(mark in snapshot.text for mark in MARKS)


HANWEB = Family(
    name="hanweb",
    detect=detect,
    body=("#zoom", "#Zoom", "div.bt-box-main", ".wzzw-article", ".main-txt", ".artile_zw"),
    next_page=next_page,
)
