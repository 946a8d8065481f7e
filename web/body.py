"""A stored text as the blocks of a page: paragraphs, lists, tables; with the reader's words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from pipelines.text import Span, spans

Kind = Literal["paragraph", "heading", "list", "table"]
Piece = tuple[str, bool]

_HEADING = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,4}[章节])[^。；]{1,28}$")
BULLET = "• "


@dataclass(frozen=True, slots=True)
class Block:
    """kind, and lines of cells of pieces (text, is it marked?): a paragraph is one line of one cell."""

    kind: Kind
    lines: tuple[tuple[tuple[Piece, ...], ...], ...]
    head: bool = False


def blocks(body: str, terms: Sequence[str] = ()) -> tuple[Block, ...]:
    """The blocks of an article's body (its notation: pipelines/article.py)."""
    found: list[Block] = []
    for kind, group in groupby((line for line in body.split("\n") if line.strip()), _kind):
        lines = [_cells(kind, line) for line in group]
        marked = tuple(tuple(pieces(cell, spans(cell, terms)) for cell in cells) for cells in lines)
        if kind in ("list", "table"):
            found.append(Block(kind, marked, kind == "table" and _has_head(lines)))
        else:
            found.extend(Block(kind, (line,)) for line in marked)
    return tuple(found)


def _kind(line: str) -> Kind:
    if "\t" in line:
        return "table"
    if line.startswith(BULLET):
        return "list"
    return "heading" if _HEADING.match(line.strip()) else "paragraph"


def _cells(kind: Kind, line: str) -> list[str]:
    if kind == "table":
        return line.split("\t")
    return [line.removeprefix(BULLET).strip()]


def _has_head(lines: Sequence[Sequence[str]]) -> bool:
    """Is the first row names of columns: all filled, no digit, as many as the second row's?"""
    first = lines[0]
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
