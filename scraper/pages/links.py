"""The links of a page and the titles they carry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from selectolax.lexbor import LexborNode

from scraper.items import Snapshot
from scraper.pages.family import Tree
from scraper.pages.rowdates import is_date
from scraper.pages.words import words

SEPARATOR = "\x1f"
_HINT_LABEL = re.compile(r"^\s*(?:标题|信息名称|名称)[:：]\s*")
_LINES = re.compile(r"[\r\n]|<br */?>|&#1[03];")
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
_NOT_A_PAGE = ("javascript:", "#", "mailto:", "tel:", "data:", "about:", "void(")
# onclick="window.open('/x/1.html')", href="javascript:view('/x/1.html')"
_QUOTED_PATH = re.compile(
    r"""(?:open|href|location|replace|assign)\s*[(=]\s*['"]((?:https?:/)?/[^'"]+)['"]"""
    r"""|['"]((?:https?://|\.{0,2}/)?[\w./%~-]+\.(?:s?html?|jhtml|jspx?|aspx?|php)(?:\?[^'"]*)?)['"]"""
)
_BULLET = re.compile(r"^[\s·•●○▪■□◆◇★☆▶►>»›‣∙・※*\-—|]+(?=\S)")
_MARK_AT_END = re.compile(
    r"(?:[\[(（【]\s*(?:new|hot|新|热|顶|置顶)\s*[!！]*[\])）】]|(?<![A-Za-z])(?:new|hot)[!！]*)\s*$", re.I
)
_MARK_AT_START = re.compile(r"^[\[(（【](?:new|hot|新|热|顶|置顶)[\])）】]\s*", re.I)
# [栏目] before a title; 【…】 is part of many titles and stays.
_COLUMN = re.compile(r"^(?:\[[^\[\]\d]{2,10}\]|［[^［］\d]{2,10}］)\s*(?=\S{4})")
_BRACKETED = re.compile(r"^[\[【(（〔［][^\[\]【】]{1,14}[\]】)）〕］]$|^\S{1,12}[:：|]$")
_FOOTER = re.compile(r"ICP备|公网安备|网站标识码|版权所有", re.I)
_DATE_AT_END = re.compile(r"[\s\[(（【]*((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})[\])）】\s]*$")
_DATE_AT_START = re.compile(r"^[\[(（【\s]*((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})[\])）】\s]+(?=\S)")
_END = 40
_LONGEST = 300  # an anchor around more text than this is a block, not a title
_DATE_ENDS = frozenset("0123456789日])）】 ")
_MARK_ENDS = frozenset("wWtT!！])）】")
_ODD = re.compile(r"\s|/\.|^https?:/{0,2}$")
_CUT = re.compile(r"(?:\.{2,}|…+|。。。)$")
_NUMBER = re.compile(r"^[\d.、()（）\s]{1,6}$")
_INDEX = re.compile(r"^\d{1,3}[.、．]?$")
_AFTER_A_NUMBER = frozenset("年月日号届次个项周岁家条万亿元件类级天小.．%%-—/")
_PART_OF_DATE = re.compile(r"^[\d年月日./\-\s]{1,10}$")
_LABELLED = re.compile(r"(?:时间|日期)\s*[:：]\s*\d")
_HEADINGS = ("h1,h2,h3,h4,h5,h6", "[class*=tit i]", "p,div,dt,dd,li")
_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "ul", "dt", "dd", "li"}
_KIND_CLASS = re.compile(r"type|label|tag|cate|lanmu|column|icon|num|time|date", re.I)


@dataclass(slots=True)
class Link:
    """An anchor that leads to a page. text joins its text nodes by SEPARATOR; hint is its title attribute.

    weight is a cheap upper bound of how much title it holds, in characters; title is read once (title_of).
    """

    node: LexborNode
    href: str
    text: str
    hint: str
    weight: int = 0
    title: str | None = None

    def __post_init__(self) -> None:
        self.weight = max(sum(map(len, self.text.split())), min(len(self.hint), 60))


@dataclass(frozen=True, slots=True)
class View:
    """A list page under reading: what its relative links are relative to, and all its links in order."""

    snapshot: Snapshot
    tree: Tree
    base: str
    links: tuple[Link, ...]


def view(snapshot: Snapshot, tree: Tree) -> View:
    return View(snapshot, tree, base_of(tree, snapshot.url), tuple(links(tree)))


def squeeze(text: str) -> str:
    """White space and separators become single spaces (SEPARATOR is white space to Python)."""
    return " ".join(text.split())


def pieces(text: str) -> list[str]:
    """The non-empty text nodes of a joined text."""
    return [piece for part in text.split(SEPARATOR) if (piece := " ".join(part.split()))]


def links(tree: Tree) -> list[Link]:
    """All links to pages, in order of appearance."""
    found = []
    for node in tree.css("a"):
        attributes = node.attributes
        href = _href(attributes)
        if href:
            found.append(Link(node, href, node.text(separator=SEPARATOR), (attributes.get("title") or "").strip()))
    return found


def _href(attributes: dict[str, str | None]) -> str:
    href = (attributes.get("href") or "").strip()
    if href and not href.lower().startswith(_NOT_A_PAGE):
        return href
    for script in (href, attributes.get("onclick") or ""):
        if match := _QUOTED_PATH.search(script):
            return match[1] or match[2]
    return ""


def base_of(tree: Tree, url: str) -> str:
    """What relative links of the page are relative to: <base href>, else its own address."""
    node = tree.css_first("base[href]")
    try:
        return urljoin(url, (node.attributes.get("href") or "").strip()) if node is not None else url
    except ValueError:
        return url


def absolute(base: str, href: str) -> str:
    """The link's absolute address; "" when it is no http address."""
    if href.startswith(("http://", "https://")) and not _ODD.search(href):
        return href
    try:
        url = urljoin(base, "".join(href.split()) if "\n" in href or "\t" in href else href)
    except ValueError:
        return ""
    return url if url.startswith(("http://", "https://")) else ""


def title_of(link: Link) -> str:
    """The title a link shows, in full: the title attribute where the text is cut, no bullets, marks or dates."""
    if link.title is None:
        shown = _shown(link)
        hint = _hint(link.hint) if link.hint else ""
        link.title = _trimmed(_fuller(shown, hint) if hint else shown)
    return link.title


def is_title(title: str) -> bool:
    """Could this be an article's title, rather than 更多, a number, a date, a [栏目] or a line of the footer?"""
    size = len(title)
    if not 2 <= size <= _LONGEST or not any(map(str.isalnum, title)):
        return False
    if title.lower().strip(" >»[]【】()（）") in words().not_titles:
        return False
    if size <= 6 and _NUMBER.match(title):
        return False
    if size <= 30 and title[-1] in _DATE_ENDS and is_date(title):
        return False
    return not (size <= 16 and _BRACKETED.match(title)) and not (size < 40 and _FOOTER.search(title))


def is_column_label(text: str) -> bool:
    """[政务要闻], 【通知】, 通知公告：, 部门动态|"""
    return bool(_BRACKETED.match(text))


def dates_inside(link: Link) -> list[str]:
    """Pieces of the link's own text that are dates of the row, not words of the title."""
    parts = pieces(link.text)
    if len(parts) > 1:
        return [part for part in parts if is_date(part) or _PART_OF_DATE.match(part) or _LABELLED.search(part)]
    line = parts[0] if parts else ""
    match = _DATE_AT_END.search(line, max(0, len(line) - _END)) or _DATE_AT_START.match(line)
    return [match[1]] if match and len(line) - len(match[0]) >= 4 else []


def _shown(link: Link) -> str:
    parts = pieces(link.text)
    if len(parts) <= 1:
        return parts[0] if parts else ""
    for selector in _HEADINGS:
        for node in link.node.css(selector):
            text = squeeze(node.text())
            if len(text) >= 4 and is_title(text) and not any(child.tag in _BLOCKS for child in node.iter()):
                return text
    first = link.node.css_first("span,em,i,b")
    kind = _KIND_CLASS.search(first.attributes.get("class") or "") if first is not None else None
    if first is not None and kind and len(parts[0]) <= 10 and parts[0] == squeeze(first.text()):
        parts = parts[1:]
    if len(parts) > 1 and _INDEX.match(parts[0]) and parts[1][0] not in _AFTER_A_NUMBER:
        parts = parts[1:]
    kept = [part for part in parts if not is_date(part)]
    if len(kept) > 1 and is_column_label(kept[0]) and len("".join(kept[1:])) >= 4:
        kept = kept[1:]
    return "".join(kept)


def _hint(hint: str) -> str:
    """The title attribute; some hold several lines (标题：… 发布时间：…)."""
    first = next((line for line in _LINES.split(hint) if line.strip()), "")
    return squeeze(_HINT_LABEL.sub("", first))


def _fuller(shown: str, hint: str) -> str:
    flat, full = shown.replace(" ", ""), hint.replace(" ", "")
    if not flat or not is_title(shown):
        return hint
    stem = _CUT.sub("", flat)
    if stem != flat and (full.startswith(stem[:6]) or stem[-6:] in full):
        return hint
    if len(full) >= 4 and (full in flat or flat in full):
        return hint
    return shown


def _trimmed(title: str) -> str:
    title = title.translate(_INVISIBLE).strip()
    if title and not title[0].isalpha():  # Han characters are letters
        for pattern in (_BULLET, _MARK_AT_START, _DATE_AT_START, _COLUMN):
            title = pattern.sub("", title)
    if title and title[-1] in _DATE_ENDS:
        title = _without_end(title, _DATE_AT_END)
    if title and title[-1] in _MARK_ENDS:
        title = _without_end(title, _MARK_AT_END)
    return title.strip()


def _without_end(title: str, pattern: re.Pattern[str]) -> str:
    """The title without what the pattern finds in its last characters, unless nothing is left of it."""
    match = pattern.search(title, max(0, len(title) - _END))
    return title[: match.start()].rstrip() if match and match.start() >= 4 else title
