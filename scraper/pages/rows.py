"""One row of a list: its main link and the date that is its own.

A row's date stands in the row, beside or inside the link; in the table's column under 发布日期; or, where rows are flat
siblings, in the gap after (or before) each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from selectolax.lexbor import LexborNode

from scraper.pages.links import SEPARATOR, Link, dates_inside, is_column_label, is_title, pieces, squeeze, title_of
from scraper.pages.rowdates import Found, is_date, row_day
from scraper.pages.words import words

_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Entry:
    """A row as read: its link's href as written, its title and its date."""

    href: str
    title: str
    found: Found | None


@dataclass(slots=True)
class Group:
    container: LexborNode
    tag: str
    rows: list[tuple[LexborNode, list[Link]]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    @property
    def dated(self) -> int:
        return sum(entry.found is not None for entry in self.entries)


def read(group: Group, seen_on: date | None = None) -> Group:
    """Fills the group's entries: one per row, with the date bound to its own row."""
    repeated = Counter(href for _, below in group.rows for href in {link.href for link in below})
    mains = [main_link(below, repeated) for _, below in group.rows]
    cell = _published_cell(group)
    inside = [
        _entry(main, _in_cell(node, cell) or _beside(node, main), seen_on) if main is not None else None
        for (node, _), main in zip(group.rows, mains, strict=True)
    ]
    if sum(entry is not None and entry.found is not None for entry in inside) * 2 < len(inside):
        _bind_gaps(group, mains, inside, seen_on)
    group.entries = [entry for entry in inside if entry is not None]
    return group


def main_link(below: Sequence[Link], repeated: Counter[str]) -> Link | None:
    """The row's link to its article: the longest title that is not a column label or a link of other rows too."""
    best, most = None, 0
    for link in below:
        title = title_of(link)
        if not is_title(title):
            continue
        worth = min(len(title), 40)
        if len(below) > 1 and (repeated[link.href] > 1 or is_column_label(squeeze(link.text))):
            worth -= 39
        if best is None or worth > most:
            best, most = link, worth
    return best


def _beside(node: LexborNode, main: Link) -> list[str]:
    """The pieces of the row's text outside the title, then the dates inside its link."""
    text = node.text(separator=SEPARATOR)
    start = text.find(main.text) if main.text else -1
    if start >= 0:
        text = text[:start] + SEPARATOR + text[start + len(main.text) :]
    return pieces(text) + dates_inside(main)


def day_of(node: LexborNode, link: Link, seen_on: date | None) -> Found | None:
    """The date beside one link in an element that is taken for its row."""
    alone = Group(node.parent or node, node.tag or "", [(node, [link])])
    return row_day(_in_cell(node, _published_cell(alone)) or _beside(node, link), link.href, seen_on)


def _published_cell(group: Group) -> int | None:
    """The number of the cell under 发布日期 (发布时间, 公开日期) where the head of a table names several dates."""
    if group.tag != "tr":
        return None
    rows = {node.mem_id for node, _ in group.rows}
    heads = [node for node in (group.container.parent or group.container).css("tr") if node.mem_id not in rows]
    for head in heads[:3]:
        names = [squeeze(cell.text()).replace(" ", "") for cell in head.iter()]
        if sum("日期" in name or "时间" in name for name in names) > 1:
            return next((n for word in words().published for n, name in enumerate(names) if word in name), None)
    return None


def _in_cell(row: LexborNode, number: int | None) -> list[str]:
    if number is None:
        return []
    cells = list(row.iter())
    return (
        [piece for piece in pieces(cells[number].text(separator=SEPARATOR)) if is_date(piece)]
        if number < len(cells)
        else []
    )


def _entry(main: Link, beside: Sequence[str], seen_on: date | None) -> Entry:
    return Entry(main.href, title_of(main), row_day(beside, main.href, seen_on))


def _bind_gaps(group: Group, mains: Sequence[Link | None], entries: list[Entry | None], seen_on: date | None) -> None:
    """Dates that stand between the rows: all after their row or all before it, whichever dates more rows."""
    rows = {node.mem_id: index for index, (node, _) in enumerate(group.rows)}
    gaps: list[list[str]] = [[] for _ in range(len(rows) + 1)]
    at = 0
    for child in group.container.iter(include_text=True):
        index = rows.get(child.mem_id)
        if index is not None:
            at = index + 1
        else:
            gaps[at] += pieces(child.text(separator=SEPARATOR))
    # What surrounds the list (更新日期：…, a pager) is no row's: the outer gaps are cut to the size of the inner ones.
    size = max((len(gap) for gap in gaps[1:-1]), default=len(rows) + 3)
    gaps[0], gaps[-1] = gaps[0][-size:] if size else [], gaps[-1][:size]
    hrefs = [main.href if main else "" for main in mains]
    after = [row_day(gap, href, seen_on) for gap, href in zip(gaps[1:], hrefs, strict=True)]
    before = [row_day(gap, href, seen_on) for gap, href in zip(gaps[:-1], hrefs, strict=True)]
    lead = _count(before) - _count(after)
    chosen = before if lead > 0 or (lead == 0 and _starts_with_a_date(gaps)) else after
    if _count(chosen) <= _count(entry.found if entry else None for entry in entries):
        return
    for entry, found in zip(entries, chosen, strict=True):
        if entry is not None:
            entry.found = found


def _starts_with_a_date(gaps: Sequence[list[str]]) -> bool:
    """For a tie: what stands before the first row looks like what stands between rows, what follows the last not."""
    head, inner, tail = ([_DIGITS.sub("9", piece) for piece in gaps[index]] for index in (0, 1, -1))
    return head == inner != tail


def _count(found: Iterable[Found | None]) -> int:
    return sum(one is not None for one in found)
