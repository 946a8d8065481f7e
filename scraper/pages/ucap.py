"""UCAP 开普云: 苏州, 黑龙江, 海南, 新疆 and many bureaus.

Its marks: the tags UCAPTITLE and UCAPCONTENT or the id UCAP-CONTENT, articles ``/{yyyymm}/{32 hex}.shtml``, lists
``xxgk_list.shtml`` whose page n is ``xxgk_list_{n-1}.shtml``, and three interfaces in JSON:
``/szinf/info/getInfoCommon/?currpage=1&channelid=…``, a POST to ``/szinf/xxgk/interfacesWebZcwj/loadData`` (苏州), and
``/common/search/{channel}?_isJson=true&page=1`` (黑龙江; elsewhere /search/ or /searchList/).
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urljoin

from scraper.items import Row, Snapshot
from scraper.pages.answers import answered, asked, loaded, more, number, parameters, turned
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own
from scraper.pages.records import json_rows
from scraper.urls import posted

COMMON, LOAD = "/szinf/info/getInfoCommon", "/szinf/xxgk/interfacesWebZcwj/loadData"
ADDRESS = re.compile(
    r"/\d{6}/(?:[0-9a-f]{32}|c\d\d_\d+)\.shtml|/szinf/|_isJson=true"
    r"|/(?:xxgk|nav|common|zfxxgk|zfxxgk_zc|govxxgk)_?list(?:_\d+)?\.shtml"
)
_OWN = re.compile(
    r"/(?:19|20)\d{4}/(?:[0-9a-f]{32}|c\d\d_\d+)\.shtml|/(?:xxgk|nav|common|zfxxgk|zfxxgk_zc|govxxgk)_?list\.shtml"
)
_MARKS = re.compile(r"UCAP-?CONTENT|ucapcontent|UCAPTITLE|ucaptitle")
_LIST = re.compile(r"/(\w*list)(?:_(\d+))?\.shtml$")
_COUNT = re.compile(r"\b(?:pageCount|totalPages?|countPage)\s*[:=]\s*['\"]?(\d+)|共\s*(\d+)\s*页")
_CHANNEL = re.compile(r"channel_?id['\"]?\s*[:=]\s*['\"]?([0-9a-f]{32}|[0-9a-f-]{36}|\d{2,12})\b", re.I)
# A literal address of the interface in a script, perhaps broken off where a variable follows.
_SEARCH = re.compile(r"['\"]((?:https?:)?[\w./:-]*/(?:common/search|searchList|search)/)(?:([0-9a-f]{32}|\d{2,12})\b)?")
_DATES = ("published_time_format", "publishedtimestr", "pubtime", "publishtime", "publishedtime", "pubdate")
_TOTAL_PAGES = ("totalpage", "totalpages", "pagecount", "pages")
_TOTALS = ("allrow", "total", "totalcount", "totalrecord", "count")
_PAGE = ("currpage", "pageIndex", "page", "pageNo")
_SIZE = ("pagesize", "pageSize", "_pageSize")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    text = snapshot.text
    if ADDRESS.search(snapshot.url) is not None or "/szinf/" in text or "_isJson" in text:
        return True
    if ("UCAP" in text or "ucap" in text) and _MARKS.search(text):
        return True
    return links_own(snapshot, (".shtml",), _OWN)


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The request that fills a shell: the interface that its script names, asked for its first page."""
    text = snapshot.text
    channel = _CHANNEL.search(text)
    if _interface(snapshot):
        return None
    if "getInfoCommon" in text and channel:
        query = {"pagesize": "15", "currpage": "1", "channelid": channel[1]}
        return urljoin(snapshot.url, f"{COMMON}/?{urlencode(query)}")
    if "interfacesWebZcwj/loadData" in text:
        form = {"pageIndex": "1"} | ({"channel_id": channel[1]} if channel else {})
        return posted(urljoin(snapshot.url, f"{LOAD}?pageSize=15"), form)
    found = _SEARCH.search(text) if "_isJson" in text or "/common/search/" in text else None
    identity = (found[2] or (channel[1] if channel else "")) if found else ""
    if found is None or not identity:
        return None
    query = {"_isAgg": "true", "_isJson": "true", "_pageSize": "15", "_template": "index", "_rangeTimeGte": ""}
    return urljoin(snapshot.url, f"{found[1]}{identity}?{urlencode(query | {'_channelName': '', 'page': '1'})}")


def find_rows(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    return json_rows(snapshot.url, answered(snapshot), _DATES) if _interface(snapshot) else ()


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """The interface's next page while its totals say so, without totals while pages are full; of a static list
    {name}_{n}.shtml while its pager counts more, from 0."""
    if _interface(snapshot):
        return _next_answer(snapshot)
    here, count = _LIST.search(snapshot.url), _COUNT.search(snapshot.text)
    if here is None or count is None or "createPage" in snapshot.text:
        return None
    following, total = int(here[2] or 0) + 1, int(count[1] or count[2])
    return urljoin(snapshot.url, f"{here[1]}_{following}.shtml") if following < total else ""


def _next_answer(snapshot: Snapshot) -> str | None:
    address, value = asked(snapshot), loaded(snapshot.text)
    given = parameters(address)
    name = next((one for one in _PAGE if given.get(one, "").isdigit()), "")
    if not name or value is None:
        return None
    page, held = int(given[name]), len(json_rows(snapshot.url, value, _DATES))
    size = next((int(given[one]) for one in _SIZE if given.get(one, "").isdigit()), 0)
    pages, total = number(value, *_TOTAL_PAGES), number(value, *_TOTALS)
    if pages is not None:
        going = page < pages
    elif total is not None:
        going = more(page, held, total, size)
    else:
        going = held >= (size or 1)
    return turned(address, {name: str(page + 1)}) if going and held else ""


def _interface(snapshot: Snapshot) -> bool:
    return "_isJson=true" in snapshot.url or COMMON in snapshot.url or LOAD in snapshot.url


UCAP = Family(
    name="ucap",
    detect=detect,
    address=ADDRESS,
    title=("ucaptitle",),
    body=("ucapcontent", "#UCAP-CONTENT", "div.article-content#zoomcon", "#zoomcon"),
    rows=("ul.infolist li",),
    find_rows=find_rows,
    next_page=next_page,
    source=source,
    scripted=True,
)
