"""List pages: the rows of the article list and the next page.

The order: the district's own selectors, then rows that a family keeps outside the tree (script, XML, JSON) or in a
known container, then structure (groups.py). No rows is an answer, not an error: the page may be a shell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from selectolax.lexbor import LexborNode, SelectolaxError

from scraper.catalogue import Layout
from scraper.items import EPOCH, ListPage, PageError, Row, Snapshot
from scraper.pages import groups as structure
from scraper.pages.family import Family, Tree
from scraper.pages.links import Link, View, absolute, links, view
from scraper.pages.pager import next_page
from scraper.pages.records import RECORDS, embedded
from scraper.pages.rows import Entry, Group, read

_CHINA = timedelta(hours=8)
# An undated list must look better than this to be believed when one link of the page has a date beside it.
_WORTH_OF_ONE_DATE = 8.0


def read_list(snapshot: Snapshot, layout: Layout, family: Family | None, tree: Tree | None = None) -> ListPage:
    """Rows and next page of a list page; rows=() when there are none. Raises PageError for a selector that is none."""
    page = view(snapshot, tree or Tree(snapshot.text))
    rows, rule = _rows(page, layout, family)
    if rule == "structure" and _is_shell(page, family, rows):
        rows, rule = (), ""
    return ListPage(rows, next_page(page, layout, family, len(rows)), family.name if family else "", rule)


def _is_shell(page: View, family: Family | None, rows: Sequence[Row]) -> bool:
    """Are these rows a menu or a box beside a list that a script fills? A page that names the request says so."""
    if family is None or family.source is None:
        return False
    boxes = family.scripted or not any(row.listed_on for row in rows)
    return boxes and bool(family.source(page.snapshot, page.tree))


def _rows(page: View, layout: Layout, family: Family | None) -> tuple[tuple[Row, ...], str]:
    """(rows, the rule that found them)."""
    snapshot, tree = page.snapshot, page.tree
    seen_on = captured_on(snapshot)
    own = layout.selectors.get("rows", "")
    if own and (rows := resolved(page.base, selected(page, own, seen_on))):
        return rows, f"layout:{own}"
    if family is not None and family.find_rows is not None and (rows := family.find_rows(snapshot, tree)):
        return rows, f"{family.name}:find_rows"
    for fragment, rule in embedded(snapshot):
        rows = fragment if isinstance(fragment, tuple) else resolved(page.base, _of_fragment(fragment, seen_on))
        if rows:
            return rows, rule
    known = _known_container(page, family, seen_on)
    if known is not None and known[0] * 2 >= len(known[1]):
        return known[1], known[2]
    if rows := resolved(page.base, best(page.links, seen_on, structure.own_column(page.snapshot.url))):
        return rows, "structure"
    return (known[1], known[2]) if known is not None else ((), "")


def _known_container(
    page: View, family: Family | None, seen_on: date | None
) -> tuple[int, tuple[Row, ...], str] | None:
    """(dated rows, rows, selector) of the first of the family's containers that holds rows."""
    for selector in family.rows if family is not None else ():
        if rows := resolved(page.base, selected(page, selector, seen_on)):
            return sum(row.listed_on is not None for row in rows), rows, selector
    return None


def _of_fragment(tree: Tree, seen_on: date | None) -> Sequence[Entry]:
    """Entries of a fragment of HTML: one a record where it was put together from records, else by structure."""
    records = tree.css(RECORDS)
    return read(_as_group(records, links(tree)), seen_on).entries if records else best(links(tree), seen_on)


def captured_on(snapshot: Snapshot) -> date | None:
    """The day of capture in China; None for a snapshot without a time."""
    return (snapshot.captured_at + _CHINA).date() if snapshot.captured_at > EPOCH else None


def best(found: Sequence[Link], seen_on: date | None, own: str = "") -> Sequence[Entry]:
    """The entries of the group that looks most like the article list; () when none does."""
    everything = structure.groups(found)
    candidates = [read(group, seen_on) for group in everything if structure.worth_reading(group)]
    candidates += _merged(everything, seen_on)
    scored = [(structure.score(group, own), group) for group in candidates]
    value, chosen = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if chosen is not None and (structure.is_dated(chosen) or value > _WORTH_OF_ONE_DATE):
        return chosen.entries if value else ()
    only = structure.single(found, seen_on)
    rivals = chosen.entries if chosen is not None and value else ()
    return rivals if any(one.href == other.href for one in only for other in rivals) else only or rivals


def _merged(everything: Iterable[Group], seen_on: date | None) -> list[Group]:
    """Lists that are written in blocks (five rows, a blank line, five rows): cousins of one shape as one group."""
    families: dict[tuple[int, str, str, str], list[Group]] = defaultdict(list)
    for group in everything:
        parent = group.container.parent
        if parent is not None and (group.entries or len(group.rows) == 1):
            name = (group.container.attributes.get("class") or "").strip()
            families[parent.mem_id, group.container.tag or "", name, group.tag].append(group)
    merged = []
    for members in families.values():
        if len(members) < 2 or not any(group.entries for group in members):
            continue
        filled = [group if group.entries else read(group, seen_on) for group in members]
        dated = [group for group in filled if group.dated and group.dated >= 0.8 * len(group.entries)]
        chosen = dated or [group for group in filled if not group.dated]
        if len(chosen) > 1:
            whole = Group(chosen[0].container, chosen[0].tag)
            whole.entries = [entry for group in chosen for entry in group.entries]
            merged.append(whole)
    return merged


def selected(page: View, selector: str, seen_on: date | None) -> Sequence[Entry]:
    """Entries of the rows that a selector names; of nested matches the innermost that hold a link."""
    try:
        nodes = page.tree.css(selector)
    except (SelectolaxError, ValueError) as error:
        raise PageError(page.snapshot.url, f"rows: {selector!r} is no CSS selector ({error})") from error
    return read(_as_group(nodes, page.links), seen_on).entries if nodes else ()


def _as_group(nodes: Sequence[LexborNode], found: Sequence[Link]) -> Group:
    wanted = {node.mem_id: node for node in nodes}
    rows: dict[int, list[Link]] = {}
    for link in found:
        node: LexborNode | None = link.node
        while node is not None and node.mem_id not in wanted:
            node = node.parent
        if node is not None:
            rows.setdefault(node.mem_id, []).append(link)
    group = Group(nodes[0].parent or nodes[0], nodes[0].tag or "")
    group.rows = [(wanted[identity], below) for identity, below in rows.items()]
    return group


def resolved(base: str, entries: Sequence[Entry]) -> tuple[Row, ...]:
    """Entries as rows: absolute addresses, each page once (the first time with a date)."""
    rows: dict[str, Row] = {}
    for entry in entries:
        url = absolute(base, entry.href)
        if not url:
            continue
        found = entry.found
        known = rows.get(url)
        if known is None or (known.listed_on is None and found is not None):
            rows[url] = Row(url, entry.title, found.day if found else None, bool(found and found.inferred))
    return tuple(rows.values())
