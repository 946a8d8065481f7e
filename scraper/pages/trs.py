"""TRS WCM (拓尔思): ministries, provinces and many districts.

Its marks: articles ``/{yyyymm}/t{yyyymmdd}_{id}.html``, editors' classes ``TRS_Editor`` and the like; on lists and home
pages, which hold neither, links of that shape to the site's own pages, and ``createPageHTML(20, 0, "index", "html")``.

Lists are read by structure and paged by pager_scripts.py; articles in several pages (…_1.html) by parts.py.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own

# design/site-families.md A: also without the month folder; phone copies end in _wap, parts in _1, _2.
ADDRESS = re.compile(r"/t(?:19|20)\d{6}_\d+(?:_\w+)?\.s?html?")
MARKS = ".TRS_Editor, .trs_editor_view, .TRS_UEDITOR, .trs_web"
_LINK = re.compile(r"/t20\d{6}_\d+(?:_\w+)?\.s?html?[\"']")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if ADDRESS.search(snapshot.url):
        return True
    text = snapshot.text
    if ("TRS_" in text or "trs_" in text) and tree.css_first(MARKS) is not None:
        return True
    return links_own(snapshot, "/t20", _LINK, fewest=2)


TRS = Family(
    name="trs",
    detect=detect,
    address=ADDRESS,
    body=(".trs_editor_view", ".TRS_UEDITOR", ".TRS_Editor", "#zoom", "#Zoom", ".view"),
)
