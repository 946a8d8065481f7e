"""The pagers of Hanweb's lists, where they are a plain GET.

JCMS (jpage): the first 2-3 pages are in the column page, the rest comes from /module/web/jpage/dataproxy.jsp; the
address of the next group stands in <nextgroup>, or is made of the widget's parameters. jpaas: the column page is
filled from /api-gateway/jpaas-publish-server/front/page/build/unit.
"""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from w3lib.url import add_or_replace_parameters

from scraper.items import Snapshot
from scraper.pages.family import Tree

_NEXT_GROUP = re.compile(r"<nextgroup>\s*(?:<!\[CDATA\[)?\s*<a\s+href=[\"']([^\"']+)", re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d+)|\btotalRecord\s*:\s*['\"]?(\d+)", re.I)
_PER_PAGE = re.compile(r"\bperPage\s*:\s*['\"]?(\d+)", re.I)
_PROXY = re.compile(r"\bproxyUrl\s*:\s*['\"]([^'\"]+dataproxy\.jsp)['\"]", re.I)
_PARAMETERS = re.compile(r"\bparam\s*:\s*\{([^{}]*)\}")
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))")
_QUERY_DATA = re.compile(r"queryData\s*=\s*(?:\"(\{[^\"]*\})\"|'(\{[^']*\})')", re.I)
_UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_ROWS = re.compile(r"\brows\\?=\\?[\"'](\d+)", re.I)
_COUNT = re.compile(r"\bcount\\?=\\?[\"'](\d+)", re.I)
_GROUP = 3  # pages that the widget asks for at a time


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """The GET that brings the rows after those of this page; None when the widget says there are none."""
    text = snapshot.text
    if _UNIT in snapshot.url:
        return _next_unit(snapshot)
    here = dict(parse_qsl(urlsplit(snapshot.url).query))
    total, held = _total(text), text.count("<record>")
    if here.get("endrecord", "").isdigit():
        return _next_records(snapshot.url, int(here["endrecord"]), here, total)
    if total is not None and "page" not in here and 0 < total <= held:
        return None
    if match := _NEXT_GROUP.search(text):
        return urljoin(snapshot.url, html.unescape(match[1]))
    if held and total is not None and (proxy := _PROXY.search(text)) and (values := _PARAMETERS.search(text)):
        parameters = {name: one or two or three for name, one, two, three in _PAIR.findall(values[1])}
        match_size = _PER_PAGE.search(text)
        parameters["perpage"] = match_size[1] if match_size else "15"
        return _next_records(f"{urljoin(snapshot.url, proxy[1])}?{urlencode(parameters)}", held, parameters, total)
    return None


def source(snapshot: Snapshot) -> str | None:
    """Where a jpaas shell gets its rows from: the first page of its widget."""
    match = _QUERY_DATA.search(snapshot.text)
    if match is None or _UNIT not in snapshot.text:
        return None
    data = html.unescape(match[1] or match[2])
    parameters = {name: one or two or three for name, one, two, three in _PAIR.findall(data)}
    if "pageId" not in parameters:
        return None
    parameters["paramJson"] = json.dumps({"pageNo": 1, "pageSize": 15}, separators=(",", ":"))
    return urljoin(snapshot.url, f"{_UNIT}?{urlencode(parameters)}")


def _total(text: str) -> int | None:
    match = _TOTAL.search(text)
    return int(match[1] or match[2]) if match else None


def _next_records(url: str, end: int, parameters: dict[str, str], total: int | None) -> str | None:
    if total is not None and end >= total:
        return None
    size = int(parameters.get("perpage", "15") or 15) * _GROUP
    last = end + size if total is None else min(end + size, total)
    return add_or_replace_parameters(url, {"startrecord": str(end + 1), "endrecord": str(last)})


def _next_unit(snapshot: Snapshot) -> str | None:
    """jpaas: paramJson={"pageNo":2,"pageSize":15}, and in the answer <div class=pagination rows=15 count=298>."""
    here = dict(parse_qsl(urlsplit(snapshot.url).query))
    try:
        asked = json.loads(here.get("paramJson", "{}"))
    except ValueError:
        return None
    number = asked.get("pageNo", 1) if isinstance(asked, dict) else 1
    size, count = _ROWS.search(snapshot.text), _COUNT.search(snapshot.text)
    if not isinstance(number, int) or size is None or count is None or number * int(size[1]) >= int(count[1]):
        return None
    following = json.dumps({"pageNo": number + 1, "pageSize": int(size[1])}, separators=(",", ":"))
    return add_or_replace_parameters(snapshot.url, {"paramJson": following})
