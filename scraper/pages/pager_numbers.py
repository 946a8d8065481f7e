"""Pagers of numbers: 1 [2] 3 4, a link to the last page, page parameters; and the lists that count down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode
from w3lib.url import add_or_replace_parameter

from scraper.items import Snapshot
from scraper.pages.links import Link, absolute, squeeze
from scraper.pages.words import words
from scraper.urls import canonical

_NUMBERS = re.compile(r"\d+")
_ARROWS = " \t>›»→＞<‹«[]【】()（）|·"
_TOTAL = re.compile(r"(?:共|/)\s*(\d{1,5})\s*页")
_OF = re.compile(r"(?<![\d/-])(\d{1,4})\s*/\s*(\d{1,4})(?![\d/-])")
_CURRENT = re.compile(r"(?:^|\s)(?:current|cur|active|on|now|this|selected|thispage|pagecurr|hover|sel)(?:\s|$)", re.I)
# 绵竹 cur_page, VSB PAGENUM, lonsun pageIndex ...; p and pn only where a link of the page holds them too.
PARAMETER = re.compile(
    r"(?<=[?&])(page|pageindex|pageno|pagenum|pagenumber|currpage|curpage|cur_page|currentpage|pn|p)=(\d{1,5})(?=&|#|$)",
    re.IGNORECASE,
)
_PAGES = re.compile(
    r"\b(?:totalpages?|pagecount|countpage|page_?total|total_?page)\b\s*[\"']?\s*[:=]\s*[\"']?(\d{1,5})", re.IGNORECASE
)


def numbered(base: str, found: Sequence[Link]) -> Iterator[str]:
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


def before_last(snapshot: Snapshot, base: str, found: Sequence[Link]) -> str | None:
    """From the link to the last page (尾页 -> index_55.html, "共56页"): the same address with the next number."""
    link = named(found, words().last)
    if link is None:
        return None
    url = absolute(base, link.href)
    number = PARAMETER.search(url)
    place = number.span(2) if number else _last_number(url)
    if not url or place is None:
        return None
    last, stem, tail = int(url[slice(*place)]), url[: place[0]], url[place[1] :]
    here = re.fullmatch(re.escape(stem) + r"(\d+)" + re.escape(tail), snapshot.url)
    if here is not None:
        return f"{stem}{int(here[1]) + 1}{tail}" if int(here[1]) < last else None
    total = _TOTAL.search(snapshot.text)
    zero_based = total is not None and int(total[1]) == last + 1
    return f"{stem}{1 if zero_based else 2}{tail}" if last >= (1 if zero_based else 2) else None


def _last_number(url: str) -> tuple[int, int] | None:
    numbers = list(_NUMBERS.finditer(urlsplit(url).path)) or list(_NUMBERS.finditer(url))
    if not numbers:
        return None
    start = url.rindex(numbers[-1][0])
    return start, start + len(numbers[-1][0])


def by_parameter(snapshot: Snapshot, base: str, found: Sequence[Link]) -> Iterator[str]:
    """This address with the next number in its page parameter: where a link goes that far, or the script's count of
    pages says that there are more (totalPage, pageCount, countPage)."""
    here = PARAMETER.search(snapshot.url)
    own, number = _without(snapshot.url), int(here[2]) if here else 1
    highest, name = 0, ""
    for link in found:
        match = PARAMETER.search(link.href)
        if match and _without(absolute(base, link.href)) == own and int(match[2]) > highest:
            highest, name = int(match[2]), match[1]
    if here and (count := _PAGES.search(snapshot.text)):
        highest, name = max(highest, int(count[1])), name or here[1]
    if number < highest:
        yield add_or_replace_parameter(snapshot.url, name, str(number + 1))


def _without(url: str) -> str:
    """The identity of an address without its page parameter."""
    return canonical(re.sub(r"[?&]+(?=&|$)", "", PARAMETER.sub("", url).replace("?&", "?")))


def counts_down(snapshot: Snapshot, base: str, found: Sequence[Link], there: str) -> bool:
    """Is `there`, numbered one lower than this page, the page after it? In lists that count down (index_20 or
    name/20.htm is the second page) it is, down to number 1; elsewhere it is the page before.

    Said by the link to the last page, by that to the page before, by a number linked under another one, or by 19/20.
    """
    last, before = named(found, words().last), named(found, words().previous)
    if last is not None and canonical(absolute(base, last.href)) == canonical(there):
        first = named(found, words().first)
        return first is None or canonical(absolute(base, first.href)) != canonical(there)
    own = _last_number(snapshot.url)
    if own is None:
        return False
    number = int(snapshot.url[slice(*own)])
    above = f"{snapshot.url[: own[0]]}{number + 1}{snapshot.url[own[1] :]}"
    if before is not None and canonical(absolute(base, before.href)) == canonical(above):
        return True
    for link in found:
        text = squeeze(link.text).strip("[]【】()（）")
        if text.isdigit() and int(text) > 1 and canonical(absolute(base, link.href)) == canonical(there):
            return True
    return any(int(a) + number == int(b) + 1 and int(a) > number for a, b in _OF.findall(snapshot.text))


def named(found: Sequence[Link], names: frozenset[str]) -> Link | None:
    """The first link of a pager with one of these texts."""
    return next((link for link in found if squeeze(link.text).strip(_ARROWS).lower() in names), None)
