"""TRS WCM (拓尔思): ministries, provinces and many districts.

Its marks: articles ``/{yyyymm}/t{yyyymmdd}_{id}.html``, editors' classes ``TRS_Editor`` and the like.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree

# design/site-families.md A: also without the month folder; phone copies end in _wap, parts in _1, _2.
ADDRESS = re.compile(r"/t(?:19|20)\d{6}_\d+(?:_\w+)?\.s?html?")
MARKS = ".TRS_Editor, .trs_editor_view, .TRS_UEDITOR, .trs_web"


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if ADDRESS.search(snapshot.url):
        return True
    marked = any(mark in snapshot.text for mark in ("TRS_Editor", "TRS_UEDITOR", "trs_editor_view", "trs_web"))
    return marked and tree.css_first(MARKS) is not None


TRS = Family(
    name="trs",
    detect=detect,
    body=(".trs_editor_view", ".TRS_UEDITOR", ".TRS_Editor", "#zoom", "#Zoom", ".view"),
)
