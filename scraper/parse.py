"""Reads a page: Snapshot in, RawArticle or ListPage out. No network, no clock, no archive."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from scraper.blocked import blocked
from scraper.catalogue import Layout
from scraper.items import Blocked, ListPage, PageError, RawArticle, Snapshot
from scraper.pages import standard
from scraper.pages.anhui import ANHUI
from scraper.pages.answers import is_answer
from scraper.pages.boda import BODA
from scraper.pages.family import Family, Tree
from scraper.pages.fengxun import FENGXUN
from scraper.pages.gkmlpt import GKMLPT
from scraper.pages.hanweb import HANWEB
from scraper.pages.intertid import INTERTID
from scraper.pages.jpaas import JPAAS
from scraper.pages.lists import read_list
from scraper.pages.lonsun import LONSUN
from scraper.pages.meta import metas
from scraper.pages.pager import is_deep
from scraper.pages.parts import is_following
from scraper.pages.standard import STANDARD
from scraper.pages.trs import TRS
from scraper.pages.ucap import UCAP

# In the order they are asked: a family before the standard that all of them follow.
_ORDER = (FENGXUN, GKMLPT, INTERTID, UCAP, JPAAS, HANWEB, TRS, BODA, LONSUN, ANHUI, STANDARD)
FAMILIES: dict[str, Family] = {family.name: family for family in _ORDER}

# Shapes of design/site-families.md A; a number or hash of five digits and more names one article, and so does any file
# below a folder of a day.
_ARTICLE = re.compile(
    r"/t\d{8}_\d+|/art_[\w-]+\.|/(?:content|post|c|info|show|detail|news|view|pnidpv)[_/-]?\d{4,}"
    r"|/\d{5,}(?:\.(?:s?html?|jhtml|aspx|jsp)|/index\.s?html?)$|/[0-9a-f-]{24,36}(?:\.s?html?|/content\.html)?$"
    r"|/(?:ns|gi)_news/\d+|/info/\d+/\d+\.htm|/content\.s?html?$|/c\.html$|/ARTI\d+|/portal/article/\d+/\w+$"
    r"|/(?:19|20)\d\d[-/]?(?:0?[1-9]|1[0-2])[-/]?(?:0?[1-9]|[12]\d|3[01])/(?!index|list|default)\w+\.s?html?$"
    r"|/OpennessContent/show/\d+"
)
_LIST = re.compile(
    r"/$|/index(?:_\d+)?\.\w+$|list(?:_\d+)?\.\w+$|/col/col\d+|/class/[A-Q]{8}|/(?:ns|gi)_class/|/column/|/channel"
    r"|/list/",
    re.IGNORECASE,
)

SHELLS = ("js_shell", "empty")  # verdicts that mean: no rows to be seen, rather than: no entry
# What a page beyond the last of a list is taken for, and how many bytes it has at most.
_STUBS = frozenset({"empty", "not_found", "js_shell", "redirect"})
_STUB = 1000
DEFAULT = Layout()
UNKNOWN = Family(name="", detect=lambda snapshot, tree: True)


def parse_article(snapshot: Snapshot, layout: Layout = DEFAULT) -> RawArticle:
    """An article's fields as found and its body's fragment. Raises Blocked, or PageError without title or body."""
    if kind := blocked(snapshot):
        raise Blocked(snapshot.url, kind)
    if snapshot.status >= 400:
        raise PageError(snapshot.url, f"HTTP {snapshot.status}: an error page is no article")
    tree = Tree(snapshot.text)
    return standard.read(snapshot, tree, _family(snapshot, tree, layout), layout)


def parse_list(snapshot: Snapshot, layout: Layout = DEFAULT) -> ListPage:
    """The rows of a list page and its next page; rows=() for a shell, and for the stub with which some servers answer
    beyond the last page (design/site-families.md A: 300-400 bytes, HTTP 200): the end, not an error. A page that
    shows nothing is no block where its script holds the rows or names the request for them. Raises Blocked; PageError
    for a bad selector."""
    kind = blocked(snapshot)
    if kind in SHELLS and (page := _unseen(snapshot, layout)):
        return page
    if kind:
        if kind in _STUBS and len(snapshot.body) <= _STUB and snapshot.status < 300 and is_deep(snapshot.url):
            return ListPage((), rule="stub")
        raise Blocked(snapshot.url, kind)
    tree = Tree(snapshot.text)
    return read_list(snapshot, layout, _family(snapshot, tree, layout), tree)


def _unseen(snapshot: Snapshot, layout: Layout) -> ListPage | None:
    """The list of a page without visible text, where there is one."""
    tree = Tree(snapshot.text)
    page = read_list(snapshot, layout, _family(snapshot, tree, layout), tree)
    return page if page.rows or page.next else None


def page_kind(snapshot: Snapshot) -> Literal["article", "part", "list", "other"]:
    """What an imported page is. A page that names its article (META ArticleTitle), or whose address has an article's
    shape, is one; a blocked page counts as the article it stands for, so that its verdict is counted. A following page
    of an article in several (…_2.html) is a part: it becomes no article of its own."""
    source = snapshot.text
    if "<record" in source[:5000] or "<datastore" in source[:5000]:
        return "list"
    if is_answer(source):
        return "list" if _lists_rows(snapshot) else "other"
    if "<" not in source[:2000]:
        return "other"
    path = urlsplit(snapshot.url).path
    if blocked(snapshot):
        return "list" if _LIST.search(path) else "article"
    tree = Tree(source)
    tags = metas(tree)
    heading = tags.get("articletitle", "")
    if (heading and heading != tags.get("columnname")) or (_ARTICLE.search(path) and "/list/" not in path):
        return "part" if is_following(snapshot) else "article"
    if path.strip("/") in ("", "index.html", "index.htm", "index.shtml"):
        return "other"
    rows = read_list(snapshot, DEFAULT, _family(snapshot, tree, DEFAULT), tree).rows
    dated = sum(row.listed_on is not None for row in rows)
    if dated >= 5 or (len(rows) >= 3 and _LIST.search(path)):
        return "list"
    return "article" if _reads_as_article(snapshot) else "other"


def _lists_rows(snapshot: Snapshot) -> bool:
    try:
        return bool(parse_list(snapshot).rows)
    except PageError:  # also Blocked
        return False


def _reads_as_article(snapshot: Snapshot) -> bool:
    """A title, a body and a date that the page itself shows."""
    try:
        raw = parse_article(snapshot)
    except PageError:
        return False
    date = raw.fields.get("published_on")
    return bool(raw.body_html) and date is not None and not date.rule.startswith(("url", "list"))


def detect(snapshot: Snapshot) -> str:
    """The name of the family that made the page, "" where none did."""
    return _family(snapshot, Tree(snapshot.text), DEFAULT).name


def _family(snapshot: Snapshot, tree: Tree, layout: Layout) -> Family:
    if layout.family:
        return FAMILIES[layout.family]
    families = FAMILIES.values()
    by_address = (family for family in families if family.address and family.address.search(snapshot.url))
    return next(by_address, None) or next((one for one in families if one.detect(snapshot, tree)), UNKNOWN)
