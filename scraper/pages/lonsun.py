"""Lonsun 龙讯 (安徽龙讯信息科技): Anhui's cities, districts and departments, and counties of Sichuan, Qinghai, Hubei.

Its marks: scripts of the name space ``Ls.``, template comments ``<!--StartLabelHtml_…-->``, ``.j-fontContent`` around
the body, hosts of lonsun.cn. Articles stand below their column, ``/ywdt/tzgg/149161661.html``, or in
``/content/article/{id}``; disclosure (``/public/…``) is anhui.py's.

Lists: page 1 is ``/ywdt/tzgg/index.html``; its pager's script, ``Ls.pagination("#page", function (pageIndex) {…},
{currPage: (0+1), pageCount: 106})``, leads to ``/content/column/{id}?pageIndex=2``, or asks ``/site/label/8888`` for a
fragment of HTML (``labelName=articleNewsPageList``, ``publicInfoList``).
"""

from __future__ import annotations

import html
import re
from urllib.parse import urlencode, urljoin, urlsplit

from w3lib.url import add_or_replace_parameter, url_query_parameter

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.ownlinks import links_own
from scraper.pages.pager_scripts import next_by_script

ADDRESS = re.compile(r"/content/(?:column|article)/\d{4,}(?:[/?]|$)|/site/label/\d+\?")
# What discloses (anhui.py), whoever made the rest of the page.
DISCLOSED = re.compile(
    r"/public/(?:column|content)/\d+|/public/\d{4,}/\d+\.html|/(?:openness|mobileOpenness)/detail/content/[0-9a-f]{24}"
    r"|/openness(?:Target|Content)/(?:\?[\w=&;]*)?|/(?:Branch)?OpennessContent/show(?:List)?/\d+[\w/]*"
)
MARKS = ("Ls.pagination(", "<!--StartLabelHtml_", "j-fontContent", "lonsun")
LABEL = "/site/label/8888"

_COUNT = re.compile(r"\bpageCount\s*:\s*['\"]?(\d+)")
_CURRENT = re.compile(r"\bcurrPage\s*:\s*\(?\s*(\d+)\s*(?:\+\s*(\d+))?")
_ASKED = re.compile(r"labelName['\"]?\s*[:=]\s*['\"]?(\w*(?:[Ii]nfo|[Nn]ews|[Pp]age)\w*List\w*)")
_DATA = re.compile(r"\{[^{}]*labelName[^{}]*\}")
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+(?:\.\d+)?|true|false)\b|(\w+))")
_QUERY = re.compile(r"['\"]([^'\"\s]*/site/label/\d+\?[^'\"\s]*labelName=[^'\"\s]+)['\"]")
_PATH = re.compile(r"['\"]([^'\"\s?]*/site/label/\d+)['\"?]")


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    if DISCLOSED.search(snapshot.url):
        return False
    if ADDRESS.search(snapshot.url) or MARKS[0] in snapshot.text:
        return True
    return any(mark in snapshot.text for mark in MARKS[1:]) and not discloses(snapshot)


def discloses(snapshot: Snapshot) -> bool:
    """Does the page link its own disclosure columns? Where it holds no list, such a site is anhui.py's, which reads all
    that is read here too."""
    return any(links_own(snapshot, hint, DISCLOSED, fewest=2) for hint in ("/public/c", "penness"))


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """The pager's own address for the next page; where its script fills the page by itself, this page's with the next
    pageIndex, which lists and disclosure columns obey. "" on the last page that it counts."""
    if "pageCount" not in snapshot.text:
        return None
    count, now = _COUNT.search(snapshot.text), _CURRENT.search(snapshot.text)
    if count is None:
        return None
    asked = url_query_parameter(snapshot.url, "pageIndex") or ""
    page = int(asked) if asked.isdigit() else int(now[1]) + int(now[2] or 0) if now else 1
    if page >= int(count[1]):
        return ""
    if LABEL not in snapshot.url and (url := next_by_script(snapshot)):
        return urljoin(snapshot.url, url)
    return add_or_replace_parameter(snapshot.url, "pageIndex", str(max(1, page) + 1))


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The fragment that fills a shell: the label request of its script, as a GET for the first page."""
    text = snapshot.text
    if not _ASKED.search(text) or LABEL in snapshot.url:
        return None
    if match := _QUERY.search(text):
        asked = urljoin(snapshot.url, html.unescape(match[1]))
        return asked if url_query_parameter(asked, "pageIndex") else add_or_replace_parameter(asked, "pageIndex", "1")
    for data in _DATA.findall(text):
        form = {name: one or two or three for name, one, two, three, _ in _PAIR.findall(data)}
        if _ASKED.search(f"labelName={form.get('labelName', '')}"):
            path = _PATH.search(text)
            form = {**_from_address(snapshot.url), **{name: value for name, value in form.items() if value}}
            form["pageIndex"] = form.get("pageIndex", "") if form.get("pageIndex", "").isdigit() else "1"
            return urljoin(snapshot.url, f"{path[1] if path else LABEL}?{urlencode(form)}")
    return None


def _from_address(url: str) -> dict[str, str]:
    """What a script takes from the column's own address: /public/column/6596221?type=4&catId=7065111&action=list."""
    number = re.search(r"/public/column/(\d+)", urlsplit(url).path)
    named = {name: url_query_parameter(url, name) or "" for name in ("type", "catId", "action")}
    return {**({"organId": number[1]} if number else {}), **{name: value for name, value in named.items() if value}}


LONSUN = Family(
    name="lonsun",
    detect=detect,
    address=ADDRESS,
    title=("h1.newstitle", "h1.wztit", ".newstitle", ".wztit"),
    body=(".j-fontContent", "#zoom", ".newscontnet", ".wzcon"),
    rows=("ul.doc_list > li", "ul.xxgk_nav_list > li", "div.xxgk_navli", "div.gk_list > ul > li"),
    next_page=next_page,
    source=source,
)
