"""The body's fragment of HTML -> lines of text and links. BeautifulSoup's only home: no whole page, no bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

from pipelines.article import Link
from scraper.pages.body import HANDED_OUT

# A line of text, and whether all of it is the text of links.
Line = tuple[str, bool]

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "p div section article h1 h2 h3 h4 h5 h6 ul ol dl dt dd table tbody thead tfoot blockquote center pre form"
        " header footer main aside nav figure figcaption fieldset caption address ucapcontent html body",
    )
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|7z|txt|csv|rtf|ceb)$", re.IGNORECASE)
# Icons beside links to files, spacers and tracking dots are no pictures of the article.
_ICON = re.compile(r"icon|filetypeimages|/ico_|spacer|blank\.gif|/(?:pdf|doc|xls|zip|rar|file)\.(?:gif|png|jpg)$", re.I)
_LAZY = ("src", "data-src", "data-original", "oldsrc", "_src")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u2002\u2003\u3000]+")
# Zero width: marks of editors, no space between two characters.
_NOTHING = re.compile("[\u200b-\u200d\u2060\ufeff\xad]")
# What has to be mended in a line at all: few lines hold any of it.
_ODD = re.compile("[\t\r\n\f\xa0\u2002\u2003\u3000\u200b-\u200d\u2060\ufeff\xad]|  ")
# A line break of the source between two Han characters is no space of the text.
_WRAP = re.compile(r"(?<=[\u4e00-\u9fff，。、；：])[ \t]*[\r\n][ \t\r\n]*(?=[\u4e00-\u9fff])")
_BULLET = "• "
_BREAK = "\u2028"
# A cell longer than this, in several paragraphs, lays the page out; it is no cell of a table.
_LAYOUT = 300


@dataclass(frozen=True, slots=True)
class Clean:
    """lines: paragraphs; a table's row is one line with its cells apart by "\\t"; list items start with "• "."""

    lines: tuple[Line, ...]
    attachments: tuple[Link, ...]
    images: tuple[Link, ...]


@dataclass(slots=True)
class _Page:
    """What the walk over the fragment gathers."""

    base: str
    lines: list[Line] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    linked: int = 0
    bullet: bool = False
    files: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)

    def end_line(self) -> None:
        if not self.parts:
            return
        text = "".join(self.parts).strip()
        if _ODD.search(text):
            raw = _NOTHING.sub("", text)
            text = _SPACE.sub(" ", _WRAP.sub("", raw) if "\n" in raw else raw).strip()
        if text:
            whole = self.linked > 0 and self.linked >= len(text.replace(" ", ""))
            self.lines.append(((_BULLET + text) if self.bullet else text, whole))
            self.bullet = False
        self.parts.clear()
        self.linked = 0


def clean(markup: str, base: str) -> Clean:
    """Text and links of a fragment; base is the page's URL, against which links become absolute. The text of
    ``data-beside`` (files listed beside the body) is not part of the body."""
    page = _Page(base)
    if "<" not in markup:  # 2026-11: more than half of all bodies, and a soup costs as much as detecting the family
        _text(unescape(markup), page, linked=False)
        page.end_line()
        return Clean(tuple(page.lines), (), ())
    soup = BeautifulSoup(markup, "lxml", multi_valued_attributes=None)
    if "data-beside" in markup:
        for beside in soup.find_all("div", attrs={"data-beside": True}):
            _walk(beside.extract(), _Page(base, files=page.files), linked=False)
    try:
        _walk(soup, page, linked=False)
    except RecursionError:
        # A thousand unclosed elements within each other: the text without its structure is better than none.
        page.lines = [(text, False) for line in soup.stripped_strings if (text := _SPACE.sub(" ", line))]
        page.parts.clear()
    page.end_line()
    return Clean(tuple(page.lines), _links(page.files), _links(page.pictures))


def _walk(parent: Tag, page: _Page, *, linked: bool) -> None:
    for node in parent.contents:
        if isinstance(node, Tag):
            _element(node, page, linked=linked)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            _text(node, page, linked=linked)


def _text(node: str, page: _Page, *, linked: bool) -> None:
    """U+2028 stands for a line break, and for the ends of a plain paragraph (scraper/pages/body.py writes them so)."""
    for number, part in enumerate(node.split(_BREAK)):
        if number:
            page.end_line()
        page.parts.append(part)
        if linked:
            page.linked += len(_SPACE.sub("", part))


def _element(node: Tag, page: _Page, *, linked: bool) -> None:
    name = node.name
    if name in ("br", "hr"):
        page.end_line()
    elif name == "title":
        # A whole document pasted into the body brings its <title>.
        return
    elif name == "img":
        _image(node, page)
    elif name == "a":
        _link(node, page)
        _walk(node, page, linked=True)
    elif name == "tr":
        page.end_line()
        _row(node, page, linked=linked)
    elif name == "li":
        page.end_line()
        page.bullet = True
        _walk(node, page, linked=linked)
        page.end_line()
        page.bullet = False
    elif name in _BLOCKS:
        page.end_line()
        _walk(node, page, linked=linked)
        page.end_line()
    else:
        _walk(node, page, linked=linked)


def _row(row: Tag, page: _Page, *, linked: bool) -> None:
    cells = [_cell(cell, page, linked=linked) for cell in row.contents if isinstance(cell, Tag)]
    if len(cells) == 1 or any(map(_lays_out, cells)):
        page.lines.extend(line for lines in cells for line in lines)
        return
    texts = [" ".join(text for text, _ in lines).replace("\t", " ") for lines in cells]
    if any(texts):
        page.lines.append(("\t".join(texts).rstrip("\t"), all(whole for lines in cells for _, whole in lines)))


def _cell(cell: Tag, page: _Page, *, linked: bool) -> list[Line]:
    sub = _Page(page.base, files=page.files, pictures=page.pictures)
    _walk(cell, sub, linked=linked)
    sub.end_line()
    return sub.lines


def _lays_out(lines: list[Line]) -> bool:
    """Rows of an inner table, or a text of several paragraphs: the cell lays the page out."""
    return any("\t" in text for text, _ in lines) or (len(lines) > 3 and sum(len(text) for text, _ in lines) > _LAYOUT)


def _link(node: Tag, page: _Page) -> None:
    url = _absolute(page.base, str(node.get("href") or ""))
    if url and (_FILE.search(urlsplit(url).path) or _FILE.search(url)):
        page.files.setdefault(url, _SPACE.sub(" ", node.get_text()).strip() or str(node.get("title") or ""))
    elif "?" in url and HANDED_OUT.search(url) and _FILE.search(text := _SPACE.sub(" ", node.get_text()).strip()):
        page.files.setdefault(url, text)


def _image(node: Tag, page: _Page) -> None:
    source = next((str(node[name]) for name in _LAZY if node.get(name)), "")
    url = _absolute(page.base, source)
    if url and not _ICON.search(url):
        page.pictures.setdefault(url, str(node.get("alt") or node.get("title") or "").strip())


def _absolute(base: str, reference: str) -> str:
    """Absolute http(s) URL, or "" for javascript:, data: and what is no address (``http://[``)."""
    reference = reference.strip()
    try:
        url = urljoin(base, reference) if reference else ""
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return url if scheme in ("http", "https") or (url and not scheme) else ""


def _links(found: dict[str, str]) -> tuple[Link, ...]:
    return tuple(Link(url, text) for url, text in found.items())
