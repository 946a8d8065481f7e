"""The next page of a list: a ladder from the plain 下一页 link to what the pager's script would have written.

Each rung's answer must follow the page it stands on (another page, a higher number), so that no pager leads in a
circle. The exception seen in the field are bureaus of one city whose numbers count down (index_20 is page 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode, SelectolaxError

from scraper.catalogue import Layout
from scraper.items import PageError, Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.hanweb_lists import source
from scraper.pages.links import Link, View, absolute, squeeze
from scraper.pages.pager_scripts import next_by_parameter, next_by_script
from scraper.pages.words import words
from scraper.urls import canonical, same_site

_NUMBERS = re.compile(r"\d+")
_ARROWS = " \t>›»→＞<‹«[]【】()（）|·"
_FIRST_OF = (
    re.compile(r"[_-]\d+(?=\.\w+$)"),  # index_3.html, list-3.shtml
    re.compile(r"(?<=/)\d+/?$"),  # /class/DNKLPPJP/3
    re.compile(r"[?&](?:page|pageindex|pageno|pagenum|currpage|cur_page|pn|p)=\d+", re.I),
)
_TOTAL = re.compile(r"(?:共|/)\s*(\d{1,5})\s*页")
_CURRENT = re.compile(r"(?:^|\s)(?:current|cur|active|on|now|this|selected|thispage|pagecurr|hover|sel)(?:\s|$)", re.I)


def next_page(page: View, layout: Layout, family: Family | None, rows: int) -> str | None:
    """The absolute address of the next page, or None on the last.

    A page without rows has none, but for a shell that names the request which fills it (jpaas).

    Raises PageError when the district's own selector is none.
    """
    if not rows:
        inner = source(page.snapshot)
        return inner if inner and follows(page.snapshot.url, inner) else None
    for candidate in _ladder(page, layout, family, rows):
        if follows(page.snapshot.url, candidate):
            return candidate
    return None


def _ladder(page: View, layout: Layout, family: Family | None, rows: int) -> Iterator[str]:
    snapshot, base = page.snapshot, page.base
    if own := layout.selectors.get("next", ""):
        yield from _selected(page, own)
        return
    if family is not None and family.next_page is not None and (url := family.next_page(snapshot, page.tree)):
        yield url
    yield from _linked(page.tree, base, page.links)
    if url := next_by_script(snapshot):
        yield absolute(base, url)
    yield from _numbered(base, page.links)
    if url := _before_last(snapshot, base, page.links):
        yield url
    if url := next_by_parameter(snapshot, rows):
        yield url


def follows(here: str, there: str) -> bool:
    """Can `there` be the page after `here`? Not itself, not the first page again, no lower number, not elsewhere."""
    if not there or not same_site(here, there):
        return False
    one, other = canonical(here), canonical(there)
    if one == other or other == _first_page(one):
        return False
    if _NUMBERS.sub("0", one) != _NUMBERS.sub("0", other):
        return True
    pairs = zip(_NUMBERS.findall(one), _NUMBERS.findall(other), strict=True)
    now, then = next((int(a), int(b)) for a, b in pairs if a != b)
    return then > now or (then == now - 1 and then > 1)


def _first_page(url: str) -> str:
    """What the first page of a numbered one is called."""
    for pattern in _FIRST_OF:
        if pattern.search(url):
            return canonical(pattern.sub("", url))
    return ""


def _selected(page: View, selector: str) -> Iterator[str]:
    try:
        node = page.tree.css_first(selector)
    except (SelectolaxError, ValueError) as error:
        raise PageError(page.snapshot.url, f"next: {selector!r} is no CSS selector ({error})") from error
    if node is not None and node.tag != "a":
        node = node.css_first("a[href]")
    if node is not None:
        yield absolute(page.base, node.attributes.get("href") or "")


def _linked(tree: Tree, base: str, found: Sequence[Link]) -> Iterator[str]:
    """<link rel=next>, then links called 下一页 (in text, title, image) or of the class next."""
    rel = tree.css_first('link[rel="next"][href], a[rel="next"][href]')
    if rel is not None:
        yield absolute(base, rel.attributes.get("href") or "")
    classed = []
    for link in found:
        if _is_next(link):
            yield absolute(base, link.href)
        elif "next" in (link.node.attributes.get("class") or "").lower().split() and _NUMBERS.search(link.href):
            classed.append(link.href)
    yield from (absolute(base, href) for href in classed)


def _is_next(link: Link) -> bool:
    text = squeeze(link.text)
    if len(text) > 12:
        return False
    if text.strip(_ARROWS).lower() in words().next or link.hint.strip(_ARROWS).lower() in words().next:
        return True
    image = link.node.css_first("img[alt]") if not text else None
    return image is not None and (image.attributes.get("alt") or "").strip() in words().next


def _numbered(base: str, found: Sequence[Link]) -> Iterator[str]:
    """1 [2] 3 4: of a row of numbers, the link after the number that is no link or is marked as current."""
    pagers: dict[int, dict[int, Link]] = {}
    holders: dict[int, LexborNode] = {}
    for link in found:
        text = squeeze(link.text).strip("[]【】()（）")
        if text.isdigit() and len(text) <= 4:
            holder = _pager_of(link.node)
            if holder is not None:
                holders[holder.mem_id] = holder
                pagers.setdefault(holder.mem_id, {})[int(text)] = link
    for identity, numbers in pagers.items():
        current = _current(holders[identity], numbers)
        if current is not None and current + 1 in numbers:
            yield absolute(base, numbers[current + 1].href)


def _pager_of(node: LexborNode) -> LexborNode | None:
    """The element that holds the whole row of numbers: past a wrapper (li, span) of each."""
    parent = node.parent
    if parent is not None and parent.tag in {"li", "span", "td"} and len(squeeze(parent.text())) <= 4:
        return parent.parent
    return parent


def _current(holder: LexborNode, numbers: dict[int, Link]) -> int | None:
    for number, link in numbers.items():
        parent = link.node.parent
        names = f"{link.node.attributes.get('class') or ''} {parent.attributes.get('class') or '' if parent else ''}"
        if _CURRENT.search(names):
            return number
    for node in holder.css("span,strong,b,em,i,li,font,td,a"):
        text = squeeze(node.text()).strip("[]【】()（）")
        if text.isdigit() and len(text) <= 4 and int(text) not in numbers and not node.css_first("a[href]"):
            return int(text)
    return None


def _before_last(snapshot: Snapshot, base: str, found: Sequence[Link]) -> str | None:
    """From the link to the last page (尾页 -> index_55.html, "共56页"): the same address with the next number."""
    link = next((link for link in found if squeeze(link.text).strip(_ARROWS).lower() in words().last), None)
    if link is None:
        return None
    url = absolute(base, link.href)
    numbers = list(_NUMBERS.finditer(urlsplit(url).path)) or list(_NUMBERS.finditer(url))
    if not url or not numbers:
        return None
    start = url.rindex(numbers[-1][0])
    last, stem, tail = int(numbers[-1][0]), url[:start], url[start + len(numbers[-1][0]) :]
    here = re.fullmatch(re.escape(stem) + r"(\d+)" + re.escape(tail), snapshot.url)
    if here is not None:
        return f"{stem}{int(here[1]) + 1}{tail}" if int(here[1]) < last else None
    total = _TOTAL.search(snapshot.text)
    zero_based = total is not None and int(total[1]) == last + 1
    return f"{stem}{1 if zero_based else 2}{tail}" if last >= (1 if zero_based else 2) else None
