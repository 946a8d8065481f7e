"""Attached files on an announcement's page: their text folded, as plain text of ours; never the files themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.pages.attached import SHOWN, File
from pipelines.text import spans
from web.body import Block, Piece, blocks

LEAST, MOST = 800, 15  # characters shown of a file at least; files whose text is shown


@dataclass(frozen=True, slots=True)
class Shown:
    """A file with its text as blocks, () where it is one link away. found: the reader's words stand in it; cut: the
    page does not show all."""

    file: File
    blocks: tuple[Block[Piece], ...]
    found: bool
    cut: bool


def shown(files: Sequence[File], terms: Sequence[str], most: int = SHOWN) -> tuple[Shown, ...]:
    """The files of an announcement, with the reader's words marked. most: characters of all of them that a page may
    show; they are shared out, so that many files do not make a page too heavy for a phone."""
    share = max(LEAST, most // max(1, sum(file.characters > 0 for file in files)))
    return tuple(_shown(file, terms, share if place < MOST else 0) for place, file in enumerate(files))


def _shown(file: File, terms: Sequence[str], share: int) -> Shown:
    """The beginning of a file's text, or where it has them, the place with the reader's words."""
    held = min((start for start, _ in spans(file.text, terms)), default=0) if terms else 0
    start = max(0, held - share // 4) if held > share else 0
    text = blocks(file.text[start : start + share], terms) if file.state == "text" and share else ()
    found = any(marked for block in text for line in block.lines for cell in line for _, marked in cell)
    return Shown(file, text, found, file.characters > share)


def size(count: int) -> str:
    """Bytes for people: ``12 KB``, ``3.4 MB``; "" for none."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{max(1, round(count / 1000))} KB" if count else ""
