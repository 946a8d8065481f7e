"""Hanweb's lists: the widget jpage and the server's dataproxy.jsp.

The column page holds the first pages of rows as <record>s in a script; the rest is asked for in groups of three pages
by POST: startrecord, endrecord and perpage in the URL, the widget's parameters in the form. Answers name the next
group in <nextgroup>, or only count: <totalrecord>. 2026-11: totals stop at 1000 on many sites, so 1000 is no end; some
sites answer deep groups with 54 bytes, which have no rows. Never more than one group is asked for.
"""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

from scraper.items import PageError, Row, Snapshot
from scraper.pages.answers import asked, parameters, turned
from scraper.pages.family import Tree
from scraper.pages.records import hanweb_records
from scraper.urls import posted

_NEXT_GROUP = re.compile(r"<nextgroup>\s*(?:<!\[CDATA\[)?\s*<a\s+href=\\?[\"']([^\"'\\]+)", re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)|\btotalRecord\s*[:=]\s*['\"]?(\d+)", re.I)
# The widget: $('#466678').jpage({totalRecord:1177,…,perPage:20,ajaxParam:param_466678}); pages of sites with a search
# form call it twice, the call that shows the page's own rows names its dataStore.
_WIDGET = re.compile(r"\.jpage\s*\(\s*\{(.*?)\}\s*\)", re.S)
_PER_PAGE = re.compile(r"\bperPage\s*:\s*['\"]?(\d+)", re.I)
_GROUP_SIZE = re.compile(r"\bgroupSize\s*:\s*['\"]?(\d+)", re.I)
_PROXY = re.compile(r"\bproxyUrl\s*:\s*['\"]([^'\"]+dataproxy\.jsp)[^'\"]*['\"]", re.I)
_NAMED = re.compile(r"\bajaxParam\s*:\s*(\w+)")
_PARAMETERS = re.compile(r"\b(?:param|ajaxParam)\s*:\s*\{([^{}]*)\}")
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|(-?\d+))")
_CAP = 1000
_GROUP = 3  # pages that the widget asks for at a time


def next_records(snapshot: Snapshot) -> str | None:
    """The request for the records after those of this page; "" when the widget says there are none."""
    here = parameters(asked(snapshot))
    if here.get("endrecord", "").isdigit():
        return _after(snapshot, here)
    held = len(hanweb_records(snapshot.text))
    total = _total(snapshot.text)
    if total and held >= total and "page" not in here:
        return ""
    if held and total and (request := _group(snapshot, held + 1)):
        return request
    if match := _NEXT_GROUP.search(snapshot.text):
        return urljoin(snapshot.url, html.unescape(match[1]))
    return None


def find_records(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    """Records are read like any list's rows (records.py): here only an answer that is cut off is told apart."""
    if "/jpage/" in snapshot.url and not snapshot.text.strip():
        raise PageError(snapshot.url, "the interface answers nothing (0 bytes)")
    if "<datastore" in snapshot.text[:500] and "</datastore" not in snapshot.text:
        raise PageError(snapshot.url, f"the interface's answer is cut off after {len(snapshot.body)} bytes")
    return ()


def widget_records(snapshot: Snapshot) -> str | None:
    """The request for the first group of a page whose widget holds no records; None on a page without the widget."""
    return _group(snapshot, 1) if ".jpage" in snapshot.text and "endrecord" not in asked(snapshot) else None


def _after(snapshot: Snapshot, here: dict[str, str]) -> str:
    """The group after an answered one: as many records again, up to the total."""
    end, total = int(here["endrecord"]), _total(snapshot.text)
    held = len(hanweb_records(snapshot.text))
    size = int(here["perpage"]) * _GROUP if here.get("perpage", "").isdigit() else held
    if total is not None and total < _CAP:
        if end >= total:
            return ""
        last = min(end + size, total)
    else:
        if not held:
            return ""
        last = end + size
    return turned(asked(snapshot), {"startrecord": str(end + 1), "endrecord": str(last)})


def _group(snapshot: Snapshot, start: int) -> str | None:
    """The widget's own request for the records from ``start`` on."""
    calls = _WIDGET.findall(snapshot.text)
    call = next((one for one in calls if "dataStore" in one), calls[0] if calls else "")
    proxy, form = _PROXY.search(call), _form(snapshot.text, call)
    if proxy is None or not form:
        return None
    match = _PER_PAGE.search(call)
    size = int(match[1]) if match else 15
    group = _GROUP_SIZE.search(call)
    end = start - 1 + size * (min(int(group[1]), _GROUP) if group and int(group[1]) else _GROUP)
    total = _total(call)
    if total is not None and 0 < total < _CAP:
        end = min(end, total)
    if end < start:
        return None
    url = f"{urljoin(snapshot.url, proxy[1])}?startrecord={start}&endrecord={end}&perpage={size}"
    return posted(url, form)


def _form(text: str, call: str) -> dict[str, str]:
    """The widget's parameters: written into its call, or a variable of their own (var param_466678 = {col:1,…})."""
    body = _PARAMETERS.search(call)
    name = _NAMED.search(call)
    if body is None and name is not None:
        body = re.search(rf"\b{name[1]}\s*=\s*\{{([^{{}}]*)\}}", text)
    return {key: one or two or three for key, one, two, three in _PAIR.findall(body[1])} if body else {}


def _total(text: str) -> int | None:
    """How many records there are; of several counts the last: that of the call which shows the page's own rows."""
    found = [int(one or two) for one, two in _TOTAL.findall(text)]
    return found[-1] if found else None
