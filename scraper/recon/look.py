"""A page as a visitor sees it who looks for the columns of a site: its links, its name, what blocks it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scraper.blocked import blocked
from scraper.items import Snapshot
from scraper.pages.family import Tree
from scraper.pages.links import SEPARATOR, Link, absolute, base_of, links, squeeze
from scraper.pages.meta import metas
from scraper.parse import FAMILIES, detect
from scraper.recon.vocabulary import LONGEST, bare, cleaned, sense

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_PLACE = re.compile(r"位置\s*[:：]")
_STEP = re.compile(r"[>＞»›→/]+|[^>＞»›→/\n]+")
_ARROWS = (">", ">>", "＞", "＞＞", "»", "›", "→", "/", "//", "")
_LONGEST_STEP = 16
_HEADINGS = "h1,h2,h3,h4,h5,h6,[class*=tit i],[class*=head i],[class*=name i],dt,strong,b"
_SIBLINGS = 4
_SHORT = 80  # characters, white space and all: a heading with its markup
_BLOCK = 6000  # characters: a block of a page with a heading and a list holds no more
_REFRESH = re.compile(
    r"""(?i)http-equiv\s*=\s*["']?refresh["']?[^>]*?url\s*=\s*["']?([^"'>\s]+)"""
    r"""|location(?:\.href|\.replace)?\s*[=(]\s*["']([^"']+)["']"""
)
_SITE_CODE = re.compile(r"(?:网站|政府网站)?标识码\s*[:：]?\s*(\d{10})")
_FRAME = "iframe[src], frame[src]"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link that may lead to a column. name: its text, or for 更多 the heading of its block; more: was it 更多?
    part: does it lead to a place within a page (index#721), rather than to a page?"""

    name: str
    url: str
    more: bool = False
    part: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What one page shows.

    verdict   of scraper.blocked, "" for a page as it is meant
    forward   where a page sends its visitor at once (META refresh, script, Location); ""
    crumb     the last name after 当前位置：首页 >; ""
    tags      META names in lower case -> content
    codes     网站标识码 in the footer, ten digits
    mores     addresses behind 更多
    frames    addresses of the pages it is put together from
    offered   columns that it names in a script (gkmlpt's tree); among the anchors too
    """

    url: str
    status: int
    verdict: str
    family: str
    title: str
    crumb: str
    tags: dict[str, str]
    anchors: tuple[Anchor, ...]
    mores: frozenset[str]
    codes: tuple[str, ...]
    forward: str = ""
    frames: tuple[str, ...] = ()
    offered: tuple[Anchor, ...] = ()


def look(snapshot: Snapshot) -> Look:
    """Never raises; an answer that is no page has no links."""
    tree = Tree(snapshot.text)
    title = tree.css_first("title")
    base = base_of(tree, snapshot.url)
    family = detect(snapshot)
    offered = _offered(snapshot, tree, family)
    anchors = (*_anchors(tree, base), *offered)
    frames = (absolute(base, (node.attributes.get("src") or "").strip()) for node in tree.css(_FRAME))
    verdict = blocked(snapshot)
    return Look(
        url=snapshot.url,
        status=snapshot.status,
        verdict=verdict,
        family=family,
        title=squeeze(title.text()) if title is not None else "",
        crumb=_crumb(tree),
        tags=dict(metas(tree)),
        anchors=anchors,
        mores=frozenset(anchor.url for anchor in anchors if anchor.more),
        codes=tuple(dict.fromkeys(_SITE_CODE.findall(squeeze(tree.text(separator=" "))))),
        forward=_forward(snapshot, verdict),
        frames=tuple(url for url in frames if url),
        offered=offered,
    )


def _crumb(tree: Tree) -> str:
    """2026-11: separators and names stand in one text node or in one each; the path ends where two names meet."""
    text = tree.body.text(separator=SEPARATOR) if tree.body is not None else ""
    match = _PLACE.search(text)
    if match is None:
        return ""
    found, between = "", True
    for piece in _STEP.findall(text[match.end() : match.end() + 600].replace(SEPARATOR, "\n")):
        name = piece.strip()
        if name in _ARROWS:
            between = between or bool(name)
        elif not between or len(name) > _LONGEST_STEP or name.isdigit():
            break
        else:
            found, between = name, False
    return "" if found in ("首页", "网站首页", "正文", "列表", "内容") else found


def _offered(snapshot: Snapshot, tree: Tree, family: str) -> tuple[Anchor, ...]:
    columns = FAMILIES[family].columns if family in FAMILIES else None
    found = columns(snapshot, tree) if columns is not None else ()
    return tuple(Anchor(bare(name), url) for name, url in found)


def _forward(snapshot: Snapshot, verdict: str) -> str:
    if 300 <= snapshot.status < 400 and (to := snapshot.header("location")):
        return urljoin(snapshot.url, to)
    match = _REFRESH.search(snapshot.text[:20_000]) if verdict == "redirect" else None
    return urljoin(snapshot.url, match[1] or match[2]) if match else ""


def _anchors(tree: Tree, base: str) -> Iterator[Anchor]:
    """Links with short texts; 更多 with the heading that it belongs to."""
    for link in links(tree):
        url, _, part = absolute(base, link.href).partition("#")
        if not url:
            continue
        text = squeeze(link.text)
        meaning = sense(text) or (
            "more" if not bare(text) and "more" in (link.node.attributes.get("class") or "") else ""
        )
        if meaning == "more":
            yield Anchor(_heading(link), url, True, bool(part))
        elif 2 <= len(bare(text)) <= LONGEST:
            yield Anchor(bare(text), url, part=bool(part))
        elif link.hint and not bare(text) and len(bare(link.hint)) <= LONGEST:
            yield Anchor(bare(link.hint), url)  # a picture with a title


def _heading(link: Link) -> str:
    """What the block of a 更多 is called: its own title attribute, else the one heading before it or around it. ""
    where there are several, as above tabs: a wrong name is worse than none."""
    if sense(link.hint) in ("column", "hub"):
        return cleaned(link.hint)
    node: LexborNode | None = link.node
    for _ in range(5):
        if node is None or node.tag in ("body", "html"):
            break
        name, end = _before(node)
        parent = node.parent
        if name or end or parent is None:
            return name
        if parent.tag != "body" and len(parent.text()) <= _BLOCK and sum(map(_is_more, parent.css("a"))) == 1:
            name = _only(_names(one) for one in parent.css(_HEADINGS)) or _only([_names(parent)])
            if name:
                return name
        node = parent
    return ""


def _before(node: LexborNode) -> tuple[str, bool]:
    """(the name in the nearest short sibling before a node, is it of no use to look further?)"""
    sibling = node.prev
    for _ in range(_SIBLINGS):
        if sibling is None:
            break
        if sibling.tag and not sibling.tag.startswith("-"):
            if any(map(_is_more, sibling.css("a"))) or len(set(_names(sibling))) > 1:
                return "", True  # another block, or tabs
            if name := _only([_names(sibling)]):
                return name, True
        sibling = sibling.prev
    return "", False


def _names(node: LexborNode) -> list[str]:
    """The names of columns in an element: its whole text where that is short, its headings and links."""
    texts = [node.text(), *(one.text() for one in node.css(f"{_HEADINGS},a,span"))]
    names = [cleaned(text) for text in texts if len(text) < _SHORT]
    return [name for name in names if sense(name) in ("column", "hub", "skip", "private")]


def _only(found: Iterable[list[str]]) -> str:
    names = {name for names in found for name in names}
    return names.pop() if len(names) == 1 else ""


def _is_more(node: LexborNode) -> bool:
    return sense(squeeze(node.text())) == "more"
