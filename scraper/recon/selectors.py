"""A selector for the rows where the readers take a list beside the list: what differs between two pages of a column is
its list, what stays is furniture."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scraper.catalogue import Layout
from scraper.items import PageError, Row, Snapshot
from scraper.pages.family import Tree
from scraper.pages.links import Link, links, title_of
from scraper.parse import parse_list

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_NAME = re.compile(r"[A-Za-z][\w-]*")
_LEAST = 3  # links that only one of the pages has
_SHORTEST = 6  # characters of a title


def rows_selector(first: Snapshot, second: Snapshot, family: str = "") -> str:
    """CSS of the rows, e.g. "ul.news-list li"; "" where none can be proven: read with it, both pages give rows of
    their own, and no other reading gives more."""
    for css in _candidates(first, second):
        one, other = _rows(first, css, family), _rows(second, css, family)
        if len(one) >= _LEAST and other and not {row.url for row in one} & {row.url for row in other}:
            return css
    return ""


def _candidates(first: Snapshot, second: Snapshot) -> Iterator[str]:
    """From the container that holds most of the links which the other page lacks, outwards."""
    there = {link.href for link in links(Tree(second.text))}
    tree = Tree(first.text)
    own = [link for link in links(tree) if link.href not in there and len(title_of(link)) >= _SHORTEST]
    if len(own) < _LEAST:
        return
    counted: Counter[str] = Counter()
    for link in own:
        counted.update(set(_paths(link)))
    for css, number in counted.most_common():
        if number * 10 >= 8 * len(own):
            yield css


def _paths(link: Link) -> Iterator[str]:
    """container tag: each ancestor that has an id or class, with the tag of its child on the way down."""
    child: LexborNode | None = link.node
    for _ in range(7):
        if child is None or child.parent is None:
            return
        parent = child.parent
        for name in _names(parent):
            yield f"{name} > {child.tag}"
            if parent.tag in ("tbody", "ul", "ol", "dl"):
                yield f"{name} {child.tag}"
        if parent.parent is not None and parent.tag in ("tbody", "ul", "ol", "dl", "table"):
            yield from (f"{name} {child.tag}" for name in _names(parent.parent))
        child = parent


def _names(node: LexborNode) -> Iterator[str]:
    attributes = node.attributes
    if (identity := attributes.get("id")) and _NAME.fullmatch(identity):
        yield f"#{identity}"
    for name in (attributes.get("class") or "").split():
        if _NAME.fullmatch(name):
            yield f"{node.tag}.{name}"


def _rows(page: Snapshot, css: str, family: str) -> tuple[Row, ...]:
    try:
        return parse_list(page, Layout(family, {"rows": css})).rows
    except PageError:
        return ()
