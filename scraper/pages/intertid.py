"""intertid: the CMS of Wuxi's districts (梁溪, 锡山, 惠山, 滨湖, 新吴, 江阴, 宜兴).

Its marks: lists that ``getSearchList(1,20,"184","37764",1,"writeTime",…)`` fills by POST from /info_open/search,
articles ``/doc/{y}/{mm}/{dd}/{id}.shtml`` with ``div#Zoom`` and ``table.xxgk_table_wza``.

2026-11: of some columns only the first page comes from the interface, the others are files (index_2.shtml, …; there is
no index_1). The answer does not say so: the request carries the second page's address in its fragment.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from scraper.items import PageError, Row, Snapshot
from scraper.pages.answers import answered, asked, loaded, number, parameters, turned
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own
from scraper.pages.records import json_rows
from scraper.urls import form_of, posted

SEARCH = "/info_open/search"
ADDRESS = re.compile(r"/doc/(?:19|20)\d\d/[01]\d/[0-3]\d/\d+\.shtml|/info_open/search")
_ARTICLE = re.compile(r"/doc/(?:19|20)\d\d/[01]\d/[0-3]\d/\d+\.shtml")
_MARKS = (SEARCH, "xxgk_table_wza", "doc_content_wza")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.S)
_MOST_COMMENTS = 1000  # unclosed ones make the expression slow
_CALL = re.compile(r"getSearchList\s*\(([^()]*)\)")
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([^,]*))\s*(?:,|$)")
_STATIC = re.compile(r"/index_(\d+)\.shtml$")
_SECOND = re.compile(r"(?:href\s*=\s*|location\s*=\s*)['\"]([^'\"]*\bindex_2\.shtml)['\"]")
_COUNT = re.compile(
    r"createPageHTML?\s*\(\s*(\d+)\s*,|\b(?:pageCount|totalPages?|countPage)\s*[:=]\s*['\"]?(\d+)|共\s*(\d+)\s*页"
)
_DATES = ("writetimestring", "writetime", "opentimestring", "opentime", "publishtime")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    text = snapshot.text
    if ADDRESS.search(snapshot.url) or any(mark in text for mark in _MARKS):
        return True
    if "getSearchList(" in text and _first_call(text) is not None:
        return True
    return links_own(snapshot, ("/doc/",), _ARTICLE)


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The POST for the first page that a list page's own script would send."""
    if SEARCH in snapshot.url or _STATIC.search(snapshot.url) or "getSearchList" not in snapshot.text:
        return None
    form = _first_call(snapshot.text)
    if form is None:
        return None
    second = _second(snapshot)
    return posted(urljoin(snapshot.url, SEARCH), form) + (f"#{second}" if second else "")


def find_rows(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    """PageError for an answer that is no list: {"status":1,"data":null}."""
    if SEARCH not in snapshot.url:
        return ()
    value = answered(snapshot)
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise PageError(snapshot.url, f"the interface answers without data: {snapshot.text[:80]}")
    return json_rows(snapshot.url, value, _DATES)


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """The interface's next page, or the first static one; of a static page the next number, while its pager counts."""
    if SEARCH in snapshot.url:
        return _next_answer(snapshot)
    here = _STATIC.search(snapshot.url)
    count = _COUNT.search(snapshot.text) if here else None
    if here is None or count is None:
        return None
    following = int(here[1]) + 1
    total = int(count[1] or count[2] or count[3])
    return urljoin(snapshot.url, f"index_{following}.shtml") if following <= total else ""


def _next_answer(snapshot: Snapshot) -> str | None:
    address, value = snapshot.requested_url or snapshot.url, loaded(snapshot.text)
    if second := urlsplit(address).fragment:
        return urljoin(snapshot.url, second)
    address = asked(snapshot)
    given, total = parameters(address), number(value, "totalpages", "totalpage")
    page = given.get("pageIndex", "") or str(number(value, "page", "pageindex") or "")
    if total is None or not page.isdigit() or not form_of(address):
        return None
    return turned(address, {"pageIndex": str(int(page) + 1)}) if int(page) < total else ""


def _first_call(text: str) -> dict[str, str] | None:
    """The form that the page's call stands for: getSearchList(page, size, site, columns, type, order, …)."""
    code = _COMMENT.sub("", text) if text.count("/*") < _MOST_COMMENTS else text
    for match in _CALL.finditer(code):
        given = [one or two or three.strip() for one, two, three in _ARGUMENT.findall(match[1])]
        if len(given) < 5:
            continue
        channels = _channels(code, given[3])
        if channels and given[2].isdigit():
            size = given[1] if given[1].isdigit() else "20"
            form = {"pageIndex": "1", "pageSize": size, "siteId": given[2], "channelIds": channels}
            kind = given[4] if given[4].isdigit() else "1"
            order = given[5] if len(given) > 5 and given[5] else "writeTime"
            return form | {"searchType": kind, "order": order}
    return None


def _channels(code: str, given: str) -> str:
    """The columns' numbers, or of a variable: var chanIdStr = "38939"; chanIdStr = chanIdStr + "," + 38940."""
    if re.fullmatch(r"\d+(?:,\d+)*", given):
        return given
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", given):
        return ""
    name = re.escape(given)
    first = re.search(rf"\b{name}\s*=\s*['\"]?(\d[\d,]*)['\"]?", code)
    further = re.findall(rf"\b{name}\s*(?:\+=|=\s*{name}\s*\+)\s*['\"],['\"]?\s*\+?\s*['\"]?(\d+)", code)
    return ",".join([first[1].strip(","), *further]) if first else ""


def _second(snapshot: Snapshot) -> str:
    """The path of the static second page, where the page links it or its pager counts more than one."""
    if match := _SECOND.search(snapshot.text):
        return urlsplit(urljoin(snapshot.url, str(match[1]))).path
    call = re.search(r"createPageHTML?\s*\(\s*(\d+)\s*,[^()]*['\"]index['\"]\s*,\s*['\"]shtml['\"]", snapshot.text)
    return urlsplit(urljoin(snapshot.url, "index_2.shtml")).path if call and int(call[1]) > 1 else ""


INTERTID = Family(
    name="intertid",
    detect=detect,
    address=ADDRESS,
    title=(".doc_content_wza h3", ".doc_content_wza h1"),
    body=("div#Zoom", "#Zoom"),
    find_rows=find_rows,
    next_page=next_page,
    source=source,
    scripted=True,
)
