"""An article in several pages: which pages it has, and how their texts and files become those of one article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from pipelines.article import Link
from scraper.items import RawArticle
from scraper.pages.title import squeezed
from scraper.urls import canonical

_NUMBER = re.compile(r"[\s（(]*(?:第?[\d一二三四五六七八九十]{1,3}页?|续)[）)\s]*$")


def named(first: RawArticle, read: Mapping[str, RawArticle | None]) -> tuple[str, ...]:
    """Addresses of all following pages, in order: those that the first page names, the given ones, and what these
    name in turn (some pagers link the next page only). read: address -> the page as read, None where it cannot be."""
    found = {canonical(first.url): first.url}
    for url in first.parts:
        found.setdefault(canonical(url), url)
    for url, page in read.items():
        for one in (url, *(page.parts if page is not None else ())):
            found.setdefault(canonical(one), one)
    return tuple(found.values())[1:]


def joined(texts: Sequence[list[str]], title: str) -> list[str]:
    """The lines of all pages, without the title that a following page repeats, perhaps numbered: 标题（2）."""
    lines = list(texts[0])
    for more in texts[1:]:
        repeats = bool(more) and squeezed(_NUMBER.sub("", more[0])) == squeezed(title)
        lines += more[1:] if repeats else more
    return lines


def once(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each address once, with the first text that it was linked with."""
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link.url, link)
    return tuple(found.values())
