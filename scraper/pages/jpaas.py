"""jpaas, Hanweb's newer platform (泰州, 杭州, 浙江's bureaus, 工信部): list pages that a gateway fills.

Its marks: ``/api-gateway/jpaas-publish-server/``, articles ``/art/{y}/art_{32 hex}.html``. A list page holds widgets
with ``queryData="{'webId':'…','pageId':'…'}"``; the gateway answers a GET with {"data": {"html": "<li>…"}}.
"""

from __future__ import annotations

import html
import json
import re
from urllib.parse import urlencode, urljoin

from scraper.items import Row, Snapshot
from scraper.pages.answers import answered, asked, loaded, more, number, parameters, turned
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own
from scraper.pages.records import longest_markup

UNIT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
MARK = "jpaas-publish-server"
ADDRESS = re.compile(r"/jpaas-publish-server/|/art/\d{4}/art_[0-9a-f]{32}\.html")
_ARTICLE = re.compile(r"/art/\d{4}/art_[0-9a-f]{32}\.html")
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))")
_QUERY_DATA = re.compile(r"queryData\s*[=:]\s*(?:\"(\{[^\"]*\})\"|'(\{[^']*\})'|(\{[^{}]*\}))", re.I)
# <div class=pagination rows=15 count=298 pageNo=1>, or the same in a widget's queryData.
_SIZE = re.compile(r"\b(?:rows|pageSize)['\"]?\s*[=:]\s*['\"]?(\d+)", re.I)
_COUNT = re.compile(r"\b(?:count|total)['\"]?\s*[=:]\s*['\"]?(\d+)", re.I)
_NUMBER = re.compile(r"\bpageNo['\"]?\s*[=:]\s*['\"]?(\d+)", re.I)
_PAGER = re.compile(r"<[^<>]*pagination[^<>]*>", re.I)
_OF_LIST = re.compile(r"列表|分页|list|ajax|page|内容|信息", re.I)
_PER_PAGE = 15


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if MARK in snapshot.text or ADDRESS.search(snapshot.url):
        return True
    return links_own(snapshot, ("/art_",), _ARTICLE)


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The request that fills a shell: the first page of the widget whose tag is called a list, else of the first."""
    if UNIT in snapshot.url:
        return None
    found = _widgets(snapshot.text)
    if not found:
        return None
    data = next((one for one in found if _OF_LIST.search(one.get("tagId", ""))), found[0])
    return _unit(snapshot, data, 1)


def find_rows(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    """Rows of an answer stand in its HTML, which is read like any list: here only what is no answer is told apart."""
    if UNIT in snapshot.url and "</li>" not in snapshot.text:
        answered(snapshot)
    return ()


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """The gateway's next page, while its pager counts more; on a column page with rows, the gateway's second page."""
    if UNIT in snapshot.url:
        return _next_unit(snapshot)
    pager = _PAGER.search(snapshot.text) if MARK in snapshot.text else None
    first = source(snapshot, tree) if pager else None
    if pager is None or first is None:
        return None
    size, count = _of(_SIZE, pager[0]), _of(_COUNT, pager[0])
    if size is None or count is None:
        return None
    return turned(first, {"paramJson": _param(2, size)}) if more(1, size, count) else ""


def _next_unit(snapshot: Snapshot) -> str | None:
    """2026-11: asked from abroad some gateways answer every page with the first, whose pager says so: the end."""
    address = asked(snapshot)
    given = parameters(address)
    try:
        param = json.loads(given.get("paramJson") or "{}")
    except ValueError:
        param = {}
    page = _whole(param.get("pageNo") if isinstance(param, dict) else None) or _whole(given.get("pageNo")) or 1
    value = loaded(snapshot.text)
    markup = longest_markup(value) or snapshot.text
    pager = "".join(_PAGER.findall(markup)) or markup
    answered = _of(_NUMBER, pager)
    if answered is not None and answered != page:
        return ""
    size = _of(_SIZE, pager) or _whole(param.get("pageSize")) or _whole(given.get("rows")) or _PER_PAGE
    count = _of(_COUNT, pager) or number(value, "count", "total", "totalcount", "totalrecord")
    if not (more(page, size, count, size) if count is not None else markup.count("<a ") >= size):
        return ""
    changes = {"paramJson": _param(page + 1, size)}
    if "pageNo" in given:
        changes = {"pageNo": str(page + 1)} if "paramJson" not in given else changes | {"pageNo": str(page + 1)}
    return turned(address, changes)


def _widgets(text: str) -> list[dict[str, str]]:
    """The parameters of each widget that names a page of the gateway."""
    if UNIT not in text:
        return []
    found = []
    for match in _QUERY_DATA.finditer(text):
        pairs = _PAIR.findall(html.unescape(match[1] or match[2] or match[3]))
        data = {name: one or two or three for name, one, two, three in pairs}
        if "pageId" in data:
            found.append(data)
    return found


def _unit(snapshot: Snapshot, data: dict[str, str], page: int) -> str:
    data = dict(data)
    data.setdefault("paramJson", _param(page, int(data["rows"]) if data.get("rows", "").isdigit() else _PER_PAGE))
    return urljoin(snapshot.url, f"{UNIT}?{urlencode(data)}")


def _param(page: int, size: int) -> str:
    return json.dumps({"pageNo": page, "pageSize": size}, separators=(",", ":"))


def _of(pattern: re.Pattern[str], text: str) -> int | None:
    match = pattern.search(text)
    return int(match[1]) if match else None


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else None


JPAAS = Family(
    name="jpaas",
    detect=detect,
    address=ADDRESS,
    body=(".wzzw-article", "#zoom", "#Zoom", "div.bt-box-main", ".main-txt", ".artile_zw"),
    rows=("li.clearfix", ".page-content li"),
    find_rows=find_rows,
    next_page=next_page,
    source=source,
)
