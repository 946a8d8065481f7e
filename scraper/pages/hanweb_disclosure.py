"""Hanweb's disclosure columns (信息公开目录): /col/col42/index.html?vc_xxgkarea=…, filled by /module/xxgk/search.jsp.

The column page names infotypeId, jdid and divid; the server answers a POST with HTML: rows, and 共12页 in its pager.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from scraper.items import Snapshot
from scraper.pages.answers import asked, parameters, turned
from scraper.urls import posted

SEARCH = "/module/xxgk/search.jsp"
_OPENS = "/module/xxgk/"
# In the address of the tree's frame, in a call or as an input: infotypeId=A02, jdid:'3', name="divid" value="div42".
_IS = r"['\"]?\s*(?:[=:]|\bvalue\s*=)\s*['\"]?"
_NAMES = ("infotypeId", "jdid", "divid", "area", "standardXxgk", "isAllList", "texttype", "fbtime")
_NAMED = {name: re.compile(rf"\b{name}{_IS}([\w-]*)", re.I) for name in _NAMES}
_NAMED["sortfield"] = re.compile(rf"\bsortfield{_IS}((?:,?[a-z]+:\d)*)", re.I)  # ,compaltedate:0,orderid:0
_PAGES = re.compile(r"共\s*(?:<[^>]*>\s*)*(\d{1,5})\s*(?:<[^>]*>\s*)*页")


def search(snapshot: Snapshot) -> str | None:
    """The request for the first page of a disclosure column whose page holds no rows."""
    text = snapshot.text
    if _OPENS not in text or SEARCH in snapshot.url:
        return None
    found = {name: match[1] for name, pattern in _NAMED.items() if (match := pattern.search(text))}
    if not found.get("divid") or "jdid" not in found:
        return None
    form = {"infotypeId": "", "jdid": "", "area": "", "divid": "", "vc_title": "", "vc_number": ""}
    form |= {"sortfield": "", "currpage": "1", "vc_filenumber": "", "vc_all": "", "texttype": "", "fbtime": ""}
    return posted(urljoin(snapshot.url, SEARCH), form | found)


def next_found(snapshot: Snapshot) -> str | None:
    """The next page of an answer, while its pager counts more."""
    address = asked(snapshot)
    page, total = parameters(address).get("currpage", "1") or "1", _PAGES.search(snapshot.text)
    if not page.isdigit() or total is None:
        return None
    return turned(address, {"currpage": str(int(page) + 1)}) if int(page) < int(total[1]) else ""
