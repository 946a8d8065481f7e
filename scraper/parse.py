"""Reads a page: Snapshot in, RawArticle or ListPage out. No network, no clock, no archive."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from scraper.blocked import blocked
from scraper.catalogue import Layout
from scraper.items import Blocked, ListPage, PageError, RawArticle, Snapshot
from scraper.pages import standard
from scraper.pages.family import Family, Tree
from scraper.pages.fengxun import FENGXUN
from scraper.pages.hanweb import HANWEB
from scraper.pages.lists import read_list
from scraper.pages.meta import metas
from scraper.pages.standard import STANDARD
from scraper.pages.trs import TRS

# In the order they are asked: a family before the standard that all of them follow.
FAMILIES: dict[str, Family] = {family.name: family for family in (FENGXUN, HANWEB, TRS, STANDARD)}

# Shapes of design/site-families.md A; a number or hash of five digits and more names one article.
_ARTICLE = re.compile(
    r"/t\d{8}_\d+|/art_\w+\.|/(?:content|post|c|info|show|detail|news|view)[_/-]\d{4,}|/\d{5,}\.(?:s?html?|jhtml|aspx|jsp)$"
    r"|/[0-9a-f]{24,36}(?:\.s?html|/content\.html)?$|/(?:ns|gi)_news/\d+|/info/\d+/\d+\.htm|/content\.s?html?$|/c\.html$"
    r"|/ARTI\d+|/\d{12,}/index\.s?html$"
)
_LIST = re.compile(
    r"/$|/index(?:_\d+)?\.\w+$|list(?:_\d+)?\.\w+$|/col/col\d+|/class/[A-Q]{8}|/(?:ns|gi)_class/|/column/|/channel"
    r"|/list/",
    re.IGNORECASE,
)

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
    """The rows of a list page and its next page; rows=() for a shell. Raises Blocked; PageError for a bad selector."""
    if kind := blocked(snapshot):
        raise Blocked(snapshot.url, kind)
    tree = Tree(snapshot.text)
    return read_list(snapshot, layout, _family(snapshot, tree, layout), tree)


def page_kind(snapshot: Snapshot) -> Literal["article", "list", "other"]:
    """What an imported page is. A page that names its article (META ArticleTitle), or whose address has an article's
    shape, is one; a blocked page counts as the article it stands for, so that its verdict is counted."""
    source = snapshot.text
    if "<record" in source[:5000] or "<datastore" in source[:5000]:
        return "list"
    if "<" not in source[:2000]:
        return "other"
    path = urlsplit(snapshot.url).path
    if blocked(snapshot):
        return "list" if _LIST.search(path) else "article"
    tree = Tree(source)
    tags = metas(tree)
    heading = tags.get("articletitle", "")
    if (heading and heading != tags.get("columnname")) or (_ARTICLE.search(path) and "/list/" not in path):
        return "article"
    if path.strip("/") in ("", "index.html", "index.htm", "index.shtml"):
        return "other"
    rows = read_list(snapshot, DEFAULT, _family(snapshot, tree, DEFAULT), tree).rows
    dated = sum(row.listed_on is not None for row in rows)
    if dated >= 5 or (len(rows) >= 3 and _LIST.search(path)):
        return "list"
    return "article" if _reads_as_article(snapshot) else "other"


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
    return next((family for family in FAMILIES.values() if family.detect(snapshot, tree)), UNKNOWN)
