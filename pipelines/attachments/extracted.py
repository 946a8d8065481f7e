"""What a file gives: its text, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["text", "no_text", "encrypted", "broken", "too_large", "unsupported", "stopped"]

LONGEST: Final = 2_000_000  # characters of one file that are kept
_SPACE = re.compile(r"[ \r\f\v\xa0\u2002\u2003\u3000]+")
# Marks of editors, half characters, and controls that libraries hand on.
_NOTHING = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff\ufffe\uffff\xad\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Extracted:
    """One file, read.

    state   "text"; "no_text" (a scan, a picture); "encrypted", "broken", "too_large", "unsupported"; "stopped" (took
            too long or too much memory)
    kind    what the bytes are: "pdf", "doc", "docx", "xls", "xlsx", "ofd", "zip", … ("" unknown)
    text    lines separated by "\\n", the cells of a table's row by "\\t"
    pages   pages, sheets, slides or files inside; 0 where that means nothing
    title   what the file says its title is; mostly nothing, or the name of another document
    flags   "cut": longer than LONGEST characters; "partial": some part of it could not be read
    """

    state: State
    kind: str
    text: str = ""
    reason: str = ""
    pages: int = 0
    title: str = ""
    flags: tuple[str, ...] = ()


class Unreadable(Exception):
    """A file that gives no text, with the state that says so."""

    def __init__(self, state: State, reason: str, pages: int = 0) -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.pages = pages


def tidy(lines: Iterable[str]) -> str:
    """Lines without empty ones, without the spaces at their ends and before and after tabs."""
    kept = []
    for line in lines:
        cells = [_SPACE.sub(" ", _NOTHING.sub("", cell)).strip() for cell in line.split("\t")]
        if text := "\t".join(cells).rstrip("\t"):
            kept.append(text)
    return "\n".join(kept)


def row(cells: Iterable[str]) -> str:
    """A table's row as one line: cells apart by tabs, a cell's own lines and tabs become spaces."""
    return "\t".join(" ".join(cell.split()) for cell in cells)
