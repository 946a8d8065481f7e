"""People, organisations, places, amounts, dates and documents in an article's text: marked, and led to their pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from markupsafe import Markup, escape

from archive.pages.said import Row
from pipelines.text import Span, spans
from web.body import Block, Piece, cut_blocks, pieces

MOST: Final = 400
KINDS: Final = {
    "person": "person",
    "organisation": "organisation",
    "place": "place",
    "money": "money",
    "date": "date",
    "deadline": "date",
    "effective": "date",
    "document_number": "document",
    "cited_title": "document",
}
_DAY: Final = re.compile(r"\d{4}-\d\d(-\d\d)?")
_ASCII: Final = re.compile(r"[\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of the text. kind: one of KINDS' values, "" for plain text; link: where it leads, "" nowhere; day: the
    date that it names, ISO; pieces: with the reader's words marked."""

    kind: str
    pieces: tuple[Piece, ...]
    link: str = ""
    day: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    start: int
    end: int
    row: Row


def marks(rows: Sequence[Row], most: int = MOST) -> tuple[Mark, ...]:
    """The facts to be marked, by place; of those that overlap the longest."""
    every = [_mark(row) for row in rows if row.kind in KINDS and row.field == "body"]
    found: list[Mark] = []
    for one in sorted(every, key=lambda one: (one.start, -one.end)):
        if one.end <= one.start:
            continue
        if found and one.start < found[-1].end:
            if one.end - one.start > found[-1].end - found[-1].start:
                found[-1] = one
            continue
        found.append(one)
    return tuple(found[:most])


def _mark(row: Row) -> Mark:
    """A fact without the white space around it: in a table that is the border of its cell."""
    before, after = len(row.raw) - len(row.raw.lstrip()), len(row.raw) - len(row.raw.rstrip())
    return Mark(row.start + before, row.end - after, row)


def marked_blocks(
    body: str, terms: Sequence[str], found: Sequence[Mark], link: Callable[[Row], str]
) -> tuple[Block[Marked], ...]:
    """The body's blocks with facts and the reader's words marked."""
    rest = iter(found)
    waiting = next(rest, None)

    def cut(cell: str, start: int) -> tuple[Marked, ...]:
        nonlocal waiting
        held: list[Mark] = []
        while waiting is not None and waiting.start < start + len(cell):
            if waiting.start >= start and waiting.end <= start + len(cell):
                held.append(waiting)
            waiting = next(rest, None)
        return tuple(_stretches(cell, start, spans(cell, terms), held, link))

    return cut_blocks(body, cut)


def _stretches(
    cell: str, start: int, hits: Sequence[Span], held: Sequence[Mark], link: Callable[[Row], str]
) -> Iterator[Marked]:
    end = 0
    for one in held:
        left, right = one.start - start, one.end - start
        if left > end:
            yield Marked("", _within(cell, end, left, hits))
        kind, value = KINDS[one.row.kind], one.row.value
        day = value if kind == "date" and _DAY.fullmatch(value) else ""
        yield Marked(kind, _within(cell, left, right, hits), link(one.row), day)
        end = right
    if end < len(cell):
        yield Marked("", _within(cell, end, len(cell), hits))


def _within(cell: str, left: int, right: int, hits: Sequence[Span]) -> tuple[Piece, ...]:
    inside = [(max(a, left) - left, min(b, right) - left) for a, b in hits if a < right and b > left]
    return pieces(cell[left:right], inside)


def written(cell: Sequence[Marked | Piece]) -> Markup:
    """A cell as HTML. 2026-11: as macros of the template this was a third of the page's time."""
    return Markup("".join(_html(one) if isinstance(one, Marked) else _text((one,)) for one in cell))


def _html(one: Marked) -> str:
    text = _text(one.pieces)
    if one.link:
        return f'<a class="f {one.kind}" href="{escape(one.link)}">{text}</a>'
    if one.day:
        return f'<time class="f date" datetime="{one.day}">{text}</time>'
    return f'<span class="f {one.kind}">{text}</span>' if one.kind else text


def _text(every: Sequence[Piece]) -> str:
    return "".join(f"<mark>{escape(text)}</mark>" if hit else str(escape(text)) for text, hit in every)


def leads(district: str, cited: Mapping[str, str], path: Callable[[str], str] = str) -> Callable[[Row], str]:
    """Where a fact of an article of this district leads, "" for nowhere. cited: what it cites -> the key of that
    article; path: puts the site's folder before an address."""

    def link(row: Row) -> str:
        if row.kind == "person":
            return path(f"/person/{part(district)}/{part(row.value)}")
        if row.kind == "document_number":
            return path(f"/document/{part(row.value)}")
        if row.kind == "cited_title":
            return path(f"/a/{cited[row.value]}" if row.value in cited else searched(row.value.strip("《》")))
        if row.kind in ("organisation", "place"):
            return path(searched(row.value))
        return ""

    return link


def searched(text: str) -> str:
    """The search for a phrase."""
    quoted = text.replace('"', " ")
    return "/?q=" + part(f'"{quoted}"')


def part(text: str) -> str:
    """A part of an address: ASCII that could mean something escaped, Han left to be read (and a third as long)."""
    return _ASCII.sub(lambda char: quote(char.group(), safe="-_.~"), text)
