"""Two texts of an announcement beside each other, paragraph by paragraph: what a reader is shown of a change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipelines.versions import Hunk, Piece, Said, steps

CONTEXT = 1  # paragraphs without a change that are shown beside one with a change


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph of both texts. flags: "number", "date", "name" of its changes; changed: is there any?"""

    pieces: tuple[Piece, ...]
    flags: tuple[str, ...] = ()
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row; folded: nothing changed in them, nor beside them."""

    rows: tuple[Row, ...]
    folded: bool


def rows(before: Said, after: Said, names: Collection[str] = ()) -> tuple[Row, ...]:
    """The paragraphs of the later text, with what went where it stood. names: people that only one of them names."""
    return tuple(_row(hunks) for hunks in _paragraphs(before.lines, steps(before.lines, after.lines, names)))


def _paragraphs(old: Sequence[str], found: Iterator[Hunk]) -> Iterator[list[Hunk]]:
    """Sentences by paragraph. A sentence that went, between two paragraphs, is put with the one whose paragraph it
    stood in: its own when all of that went, else the earlier."""
    held: list[Hunk] = []
    line, gone = -1, -1  # of the paragraph that is being put together: in the later text, in the earlier
    for one in found:
        if one.kind == "dropped":
            opens = one.line != gone and old[one.line].strip().startswith(one.before.strip())
            if held and opens and (gone >= 0 or line >= 0):
                yield held
                held, line = [], -1
            gone = one.line
        elif one.line != line:
            if held and (line >= 0 or not _joins(old, held, one)):
                yield held
                held = []
            line, gone = one.line, -1
        held.append(one)
    if held:
        yield held


def _joins(old: Sequence[str], held: Sequence[Hunk], one: Hunk) -> bool:
    """Do sentences that went open the paragraph in which this sentence stands?"""
    return bool(one.before) and one.before in old[held[-1].line]


def _row(hunks: Sequence[Hunk]) -> Row:
    pieces: list[Piece] = []
    for one in hunks:
        for what, text in one.pieces:
            if pieces and pieces[-1][0] == what:
                pieces[-1] = (what, pieces[-1][1] + text)
            else:
                pieces.append((what, text))
    flags = tuple(sorted({flag for one in hunks for flag in one.flags}))
    return Row(tuple(pieces), flags, any(what != "same" for what, _ in pieces))


def stretches(found: Sequence[Row]) -> tuple[Stretch, ...]:
    """The paragraphs cut into what is shown and what is folded away."""
    near = [
        any(one.changed for one in found[max(0, place - CONTEXT) : place + CONTEXT + 1]) for place in range(len(found))
    ]
    cut = groupby(zip(found, near, strict=True), key=lambda pair: pair[1])
    return tuple(Stretch(tuple(row for row, _ in group), not shown) for shown, group in cut)
