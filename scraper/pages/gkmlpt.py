"""gkmlpt 政府信息公开平台: the disclosure platform of Guangdong's counties, cities and bureaus.

Its marks: ``/gkmlpt/`` in the address, ``window._CONFIG`` in the page. The index names the site (SID) and the tree of
columns (TREE); lists are JSON, ``/gkmlpt/api/all/{column}?page=N&sid=SID``, 100 rows a page; an article's body stands
in ``div.article-content`` and once more in ``_CONFIG.DETAIL``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from scraper.items import PageError, Row, Snapshot
from scraper.pages.answers import answered, asked, more, number, parameters, turned
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own
from scraper.pages.records import json_rows

ADDRESS = re.compile(r"/gkmlpt/(?:api|content|m?index|policy|annualreport|guide|search)\b")
_ARTICLE = re.compile(r"/gkmlpt/content/\d+/\d+/post_\d+\.html")
_API = re.compile(r"/gkmlpt/api/\w+/")
_ROOT = re.compile(r"^(https?://[^/]+(?:/[\w-]+)*?/gkmlpt)/")
_SID = re.compile(r"\bSID['\"]?\s*:\s*['\"]?(\d+)")
_TREE = re.compile(r"\bTREE['\"]?\s*:\s*(?=[\[{])")
_CONTENT = re.compile(r"\bDETAIL['\"]?\s*[:=]\s*(?=\{)")
_FULL = 100
# 2026-11: "date" is the day of signing (成文日期), not of publication.
_DATES = ("display_publish_time", "first_publish_time", "publish_time", "create_time", "created_at", "date")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    """Other sites of the province link to /gkmlpt/ in their menus: a page must also hold the platform's settings, or
    link its articles and none of the portals' (/content/post_1.html)."""
    if ADDRESS.search(snapshot.url):
        return True
    text = snapshot.text
    if "gkmlpt" not in text:
        return False
    if "_CONFIG" in text and _SID.search(text):
        return True
    return "/content/post_" not in text and links_own(snapshot, ("/gkmlpt/content/",), _ARTICLE)


def find_rows(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    return json_rows(snapshot.url, _articles(snapshot)[1], _DATES) if _API.search(snapshot.url) else ()


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """Pages of 100 rows; page 0 is page 1. The count is of all articles, though some sites show only one page."""
    if not _API.search(snapshot.url):
        return None
    address, (value, articles) = asked(snapshot), _articles(snapshot)
    total = number(value, "total", "post_count", "theme_count")
    page = parameters(address).get("page", "1")
    now = max(1, int(page)) if page.isdigit() else 1
    held = len(articles)
    going = more(now, held, total, _FULL) if total is not None else held >= _FULL
    return turned(address, {"page": str(now + 1)}) if going else ""


def _articles(snapshot: Snapshot) -> tuple[Any, list[Any]]:
    """(the answer, its rows). PageError for an answer without rows: {"message": "not found"}."""
    value = answered(snapshot)
    articles = value.get("articles") if isinstance(value, dict) else None
    if not isinstance(articles, list):
        raise PageError(snapshot.url, f"the interface answers without articles: {snapshot.text[:80]}")
    return value, articles


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The list behind the index: of the column in the address (index#721), of the only column, else of all (0)."""
    sid = _SID.search(snapshot.text)
    if sid is None or "/content/" in snapshot.url or _API.search(snapshot.url):
        return None
    chosen = re.search(r"(?:#|[?&](?:id|cid|catid|column)=)(\d+)$", snapshot.url)
    leaves = columns(snapshot, tree) if chosen is None else ()
    if len(leaves) == 1:
        return leaves[0][1]
    return _list(snapshot, chosen[1] if chosen else "0", sid[1])


def columns(snapshot: Snapshot, tree: Tree) -> tuple[tuple[str, str], ...]:
    """The leaves of TREE: (name, address of the list), without those that lead elsewhere (jump_url)."""
    sid = _SID.search(snapshot.text)
    found = _value_after(_TREE, snapshot.text)
    if sid is None or found is None:
        return ()
    named = {str(leaf["id"]): str(leaf["name"]) for leaf in _leaves(found)}
    return tuple((name, _list(snapshot, identity, sid[1])) for identity, name in named.items())


def embed(snapshot: Snapshot, tree: Tree) -> str:
    """The body out of _CONFIG.DETAIL, for pages whose article-content is empty."""
    if "DETAIL" not in snapshot.text or "_CONFIG" not in snapshot.text:
        return ""
    node = tree.css_first("div.article-content")
    if node is not None and (node.text().strip() or node.css_first("img,a") is not None):
        return ""
    detail = _value_after(_CONTENT, snapshot.text)
    content = detail.get("content") if isinstance(detail, dict) else None
    if not isinstance(content, str):
        return ""
    return html.unescape(content) if content.lstrip().startswith("&lt;") else content


def _list(snapshot: Snapshot, column: str, sid: str) -> str:
    root = _ROOT.match(snapshot.url)
    stem = root[1] if root else urljoin(snapshot.url, "/gkmlpt")
    return f"{stem}/api/all/{column}?page=1&sid={sid}"


def _value_after(pattern: re.Pattern[str], text: str) -> Any:
    """The JSON value that follows a name in the page's settings; None where there is none."""
    match = pattern.search(text)
    if match is None:
        return None
    try:
        return json.JSONDecoder().raw_decode(text, match.end())[0]
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any) -> Iterator[dict[str, Any]]:
    """Columns without columns below them; a flat tree says by parent who is above whom."""
    everything = list(_columns(value))
    above = {str(one.get("parent", one.get("parent_id"))) for one in everything}
    for one in everything:
        below = one.get("children") or one.get("child")
        if not below and str(one["id"]) not in above and not one.get("jump_url"):
            yield one


def _columns(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("name") and str(value.get("id", "")).isdigit():
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        if isinstance(inner, dict | list):
            yield from _columns(inner)


GKMLPT = Family(
    name="gkmlpt",
    detect=detect,
    address=ADDRESS,
    title=("h1.title", ".article-title", "h1.content-title"),
    body=("div.article-content", "div.tyxxy_main", "div.news_cont_d_wrap"),
    find_rows=find_rows,
    next_page=next_page,
    source=source,
    embed=embed,
    columns=columns,
    scripted=True,
)
