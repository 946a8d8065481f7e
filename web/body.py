"""A stored text as the blocks of a page: paragraphs, lists, tables; with the reader's words marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Literal, TypeVar

from pipelines.text import Span, spans

Kind = Literal["paragraph", "heading", "list", "table"]
Piece = tuple[str, bool]
P = TypeVar("P")

_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,4}[章节])[^。；]{1,28}$")
BULLET = "• "


@dataclass(frozen=True, slots=True)
class Block(Generic[P]):
    """kind, and lines of cells of pieces, (text, is it marked?) if nothing else is said: a paragraph is one line of one
    cell."""

    kind: Kind
    lines: tuple[tuple[tuple[P, ...], ...], ...]
    head: bool = False


def blocks(body: str, terms: Sequence[str] = ()) -> tuple[Block[Piece], ...]:
    """The blocks of an article's body (its notation: pipelines/article.py), with the reader's words marked."""
    return cut_blocks(body, lambda cell, start: pieces(cell, spans(cell, terms)))


def cut_blocks(body: str, cut: Callable[[str, int], tuple[P, ...]]) -> tuple[Block[P], ...]:
    """The same, each cell cut into pieces by ``cut``, which is told where in the body the cell begins."""
    found: list[Block[P]] = []
    for kind, group in groupby(_lines(body), lambda line: _kind(line[0])):
        lines = [_cells(kind, *line) for line in group]
        width = max(map(len, lines))
        made = tuple(tuple(cut(*cell) for cell in cells) for cells in lines)
        if kind in ("list", "table"):
            # Empty cells at a row's end are not stored.
            filled = tuple((*cells, *[()] * (width - len(cells))) for cells in made)
            found.append(Block(kind, filled, kind == "table" and _has_head(lines)))
        else:
            found.extend(Block(kind, (line,)) for line in made)
    return tuple(found)


def _lines(body: str) -> Iterator[tuple[str, int]]:
    """The lines that are not empty, and where they begin."""
    start = 0
    for line in body.split("\n"):
        if line.strip():
            yield line, start
        start += len(line) + 1


def _kind(line: str) -> Kind:
    if "\t" in line:
        return "table"
    if line.startswith(BULLET):
        return "list"
    return "heading" if _HEADING.match(line.strip()) else "paragraph"


def _cells(kind: Kind, line: str, start: int) -> list[tuple[str, int]]:
    if kind == "table":
        cells = line.split("\t")
        return [(cell, start + sum(map(len, cells[:place])) + place) for place, cell in enumerate(cells)]
    plain = line.removeprefix(BULLET).strip()
    return [(plain, start + line.index(plain))]


def _has_head(lines: Sequence[Sequence[tuple[str, int]]]) -> bool:
    """Is the first row names of columns: all filled, no digit, as many as the second row's?"""
    first = [cell for cell, _ in lines[0]]
    return (
        len(lines) > 1
        and len(first) == len(lines[1])
        and all(cell.strip() and not re.search(r"\d", cell) for cell in first)
    )


def pieces(text: str, marks: Sequence[Span]) -> tuple[Piece, ...]:
    """The text cut at the marks."""
    cut: list[Piece] = []
    end = 0
    for start, stop in marks:
        cut += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    return tuple(piece for piece in [*cut, (text[end:], False)] if piece[0])
