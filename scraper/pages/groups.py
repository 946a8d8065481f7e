"""Lists by structure: sibling elements of one kind, each with one main link and, mostly, a date of its own.

A group is a container and those of its children (of one tag) that hold links. Every page is full of groups: menus,
breadcrumbs, friendly links, hot lists. The article list is the one whose entries carry dates and titles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from scraper.pages.links import Link, is_title, squeeze, title_of
from scraper.pages.rows import Entry, Group, day_of
from scraper.pages.words import words

_DEPTH = 9  # no row seen holds its link deeper than this
_MANY_LINKS = 6  # rows of more links than this (attachments, readings, tags) are blocks, not rows
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_COLUMN = re.compile(r"/class/([A-Q]{8})\b|/col/col(\d+)/")
_DIGITS = re.compile(r"\d+|[0-9a-f]{16,}")


def groups(found: Sequence[Link]) -> list[Group]:
    """All groups of the page, by container and tag, rows in order of appearance."""
    parents: dict[int, tuple[LexborNode, int]] = {}
    below: dict[int, list[Link]] = {}
    made: dict[tuple[int, str], Group] = {}
    nodes: dict[int, LexborNode] = {}
    for link in found:
        child, child_id = link.node, link.node.mem_id
        nodes[child_id] = child
        below[child_id] = [link]
        for _ in range(_DEPTH):
            known = parents.get(child_id)
            if known is None:
                parent = child.parent
                if parent is None or parent.tag in {"html", "-undef", "-document"}:
                    break
                parent_id = parent.mem_id
                parents[child_id] = (nodes.setdefault(parent_id, parent), parent_id)
                tag = child.tag or ""
                group = made.get((parent_id, tag))
                if group is None:
                    group = made[parent_id, tag] = Group(parent, tag)
                group.rows.append((child, below[child_id]))
            else:
                parent, parent_id = known
            below.setdefault(parent_id, []).append(link)
            child, child_id = parent, parent_id
    return list(made.values())


def worth_reading(group: Group, least: int = 2) -> bool:
    """Could these be article rows? Cheap: before any date is looked for."""
    size = len(group.rows)
    if size < least:
        return False
    counts = sorted(len({link.href for link in below}) for _, below in group.rows)
    if counts[size // 2] > _MANY_LINKS:
        return False
    if len({_DIGITS.sub("", row.attributes.get("class") or "") for row, _ in group.rows}) == size > 2:
        return False  # header, nav, left, main, footer: blocks of the page
    weights = sorted(max(link.weight for link in below) for _, below in group.rows)
    return weights[size // 2] >= 5


def is_dated(group: Group) -> bool:
    return group.dated >= 2 and group.dated * 2 >= len(group.entries)


def score(group: Group, own: str = "") -> float:
    """How much this looks like the page's article list; 0 when it does not at all. own: see own_column."""
    dated = is_dated(group)
    if not group.entries or not (dated or _articles_without_dates(group)):
        return 0.0
    value = sum(min(len(entry.title), 30) / 10 * (1.0 if entry.found else 0.25) for entry in group.entries)
    names = _names(group.container)
    if names & words().beside:
        value *= 0.6 if dated else 0.0
    if names & words().navigation and not dated:
        value *= 0.3
    if own and _is_own(group, own):
        value *= 3.0
    return value


def own_column(url: str) -> str:
    """What the addresses of a column's own articles contain, read off the list's address; "" when unknown.

    Fengxun /class/DNKLPPJP -> DNKLPPJP_, Hanweb /col/col77/ -> art_77_, else the list's folder (TRS, Guangdong). On a
    last page with two rows this tells the list from the hot list beside it.
    """
    if match := _COLUMN.search(url):
        return f"{match[1]}_" if match[1] else f"art_{match[2]}_"
    folder = urlsplit(url).path.rpartition("/")[0] + "/"
    return folder if folder.count("/") > 2 else ""


def _is_own(group: Group, own: str) -> bool:
    """Most rows lead into the list's own column; TRS writes such links relative, ./202611/t20261119_1.html."""
    some = group.entries[:5]
    return sum(own in entry.href or entry.href.startswith("./") for entry in some) * 2 > len(some)


def _articles_without_dates(group: Group) -> bool:
    """Undated rows are articles when their titles are long and their addresses alike, with a number in them."""
    size = len(group.entries)
    shapes = Counter(shape(entry.href) for entry in group.entries)
    common, count = shapes.most_common(1)[0]
    lengths = sorted(len(entry.title) for entry in group.entries)
    return size >= 3 and lengths[size // 2] >= 9 and "9" in common and count / size >= 0.6


def shape(href: str) -> str:
    """An address with its numbers and hashes blotted out: equal for articles of one column."""
    return _DIGITS.sub("9", href.partition("?")[0] or href)


def _names(node: LexborNode | None) -> set[str]:
    """Words of the class and id names of an element and two ancestors, and their tags."""
    found: set[str] = set()
    for _ in range(3):
        if node is None:
            break
        attributes = node.attributes
        text = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        found.update(name.lower() for name in _NAME.findall(text))
        found.add(node.tag or "")
        node = node.parent
    return found


def single(found: Sequence[Link], seen_on: date | None) -> list[Entry]:
    """The one row of a list that has only one: a link with a long title and a date close beside it, outside menus."""
    for link in found:
        title = title_of(link)
        if len(title) < 8 or not is_title(title) or shape(link.href) == link.href:
            continue
        node: LexborNode | None = link.node
        for _ in range(_DEPTH):
            if node is None or len(squeeze(node.text())) > len(title) * 2 + 100:
                break
            day = day_of(node, link, seen_on)
            if day is not None and not _names(node) & words().navigation:
                return [Entry(link.href, title, day)]
            node = node.parent
    return []
