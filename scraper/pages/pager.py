"""The next page of a list: a ladder from the plain 下一页 link to what the pager's script would have written.

Each rung's answer must follow the page it stands on (another page, a higher number), so that no pager leads in a
circle. The exception seen in the field are bureaus of one city whose numbers count down (index_20 is page 2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from selectolax.lexbor import SelectolaxError

from scraper.catalogue import Layout
from scraper.items import PageError
from scraper.pages.answers import asked
from scraper.pages.family import Family, Tree
from scraper.pages.links import Link, View, absolute, squeeze
from scraper.pages.pager_numbers import before_last, by_parameter, counts_down, numbered
from scraper.pages.pager_scripts import next_by_parameter, next_by_script
from scraper.pages.words import words
from scraper.urls import canonical, same_site

_NUMBERS = re.compile(r"\d+")
_ARROWS = " \t>›»→＞<‹«[]【】()（）|·"
_FIRST_OF = (
    re.compile(r"[_-]\d+(?=\.\w+$)"),  # index_3.html, list-3.shtml
    re.compile(r"/\d{1,4}(?=\.html?$)"),  # tzgg/10.htm, the second page of tzgg.htm (VSB)
    re.compile(r"(?<=/)\d+/?$"),  # /class/DNKLPPJP/3
    re.compile(r"[?&](?:page|pageindex|pageno|pagenum|currpage|cur_page|pn|p)=\d+", re.I),
)


def next_page(page: View, layout: Layout, family: Family | None, rows: int) -> str | None:
    """The absolute address of the next page, or None on the last.

    A page without rows has none, but for a shell that names the request which fills it (Family.source).

    Raises PageError when the district's own selector is none.
    """
    if not rows:
        inner = family.source(page.snapshot, page.tree) if family is not None and family.source is not None else None
        return inner if inner and follows(asked(page.snapshot), inner) else None
    for candidate in _ladder(page, layout, family, rows):
        if follows(asked(page.snapshot), candidate):
            return candidate
        if _one_lower(page.snapshot.url, candidate) and counts_down(page.snapshot, page.base, page.links, candidate):
            return candidate
    return None


def _ladder(page: View, layout: Layout, family: Family | None, rows: int) -> Iterator[str]:
    snapshot, base = page.snapshot, page.base
    if own := layout.selectors.get("next", ""):
        yield from _selected(page, own)
        return
    if family is not None and family.next_page is not None:
        own_next = family.next_page(snapshot, page.tree)
        if own_next == "":
            return
        if own_next:
            yield own_next
    yield from _linked(page.tree, base, page.links)
    if url := next_by_script(snapshot, rows):
        yield absolute(base, url)
    yield from numbered(base, page.links)
    if url := before_last(snapshot, base, page.links):
        yield url
    yield from by_parameter(snapshot, base, page.links)
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


def _one_lower(here: str, there: str) -> bool:
    """Is `there` the same address with the number 1 where this one has 2?"""
    if not there or not same_site(here, there):
        return False
    one, other = canonical(here), canonical(there)
    if _NUMBERS.sub("0", one) != _NUMBERS.sub("0", other):
        return False
    pairs = zip(_NUMBERS.findall(one), _NUMBERS.findall(other), strict=True)
    return [(int(a), int(b)) for a, b in pairs if a != b] == [(2, 1)]


def is_deep(url: str) -> bool:
    """Does an address number a page of a list beyond the first?"""
    match = next((match for pattern in _FIRST_OF if (match := pattern.search(url))), None)
    return match is not None and int(_NUMBERS.findall(match[0])[-1]) > 0


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
