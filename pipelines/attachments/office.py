"""Word documents (.docx) and presentations (.pptx) of today, from their XML (ECMA-376).

2026-11: python-docx refuses files with a dead relation ("word/NULL"), docx2python those that name one namespace less
than Word does, and both pass over what stands in content controls or say text boxes twice. The text itself is in one
part, so that part is read and nothing else can be wrong with the file.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable, row, tidy

PART: Final = 80_000_000  # bytes of one part, unpacked
_MAIN = re.compile(r"word/document\d*\.xml", re.I)
_NOTES = re.compile(r"word/(?:footnotes|endnotes)\.xml", re.I)
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml", re.I)
# Deleted text, instructions of fields, properties, and the second telling of a drawing for older programs.
_SILENT: Final = frozenset(("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "tblPr", "sectPr", "Fallback"))
_BROKEN: Final = (
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
    *(KeyError, OSError, RuntimeError, NotImplementedError, EOFError, ValueError),
)


def read_docx(body: bytes) -> Extracted:
    """Raises Unreadable: broken, too_large, no text."""
    lines: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            names = packed.namelist()
            if not any(map(_MAIN.fullmatch, names)):
                raise Unreadable("broken", "a Word document without its text")
            for wanted in (_MAIN, _NOTES):
                for name in filter(wanted.fullmatch, names):
                    lines += _blocks(_part(packed, name))
            title = _title(packed, names)
    except _BROKEN as error:
        raise Unreadable("broken", f"no Word document that can be read: {error}") from error
    text = tidy(lines)
    if not text:
        raise Unreadable("no_text", "it holds no text")
    return Extracted("text", "docx", text, title=title)


def read_pptx(body: bytes) -> Extracted:
    """Raises Unreadable: broken, too_large, no text."""
    lines: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            slides = [(int(match[1]), name) for name in packed.namelist() if (match := _SLIDE.fullmatch(name))]
            for _, name in sorted(slides):
                if sum(map(len, lines)) < LONGEST:
                    lines += _blocks(_part(packed, name))
            title = _title(packed, packed.namelist())
    except _BROKEN as error:
        raise Unreadable("broken", f"no presentation that can be read: {error}") from error
    text = tidy(lines)
    if not text:
        raise Unreadable("no_text", "its slides are pictures, without text", len(slides))
    return Extracted("text", "pptx", text, pages=len(slides), title=title)


def _part(packed: zipfile.ZipFile, name: str) -> Element:
    if packed.getinfo(name).file_size > PART:
        raise Unreadable("too_large", f"{name} is larger than {PART:,} bytes once unpacked")
    return ElementTree.fromstring(packed.read(name))


def _title(packed: zipfile.ZipFile, names: list[str]) -> str:
    if "docProps/core.xml" not in names:
        return ""
    found = (one.text for one in _part(packed, "docProps/core.xml") if _name(one) == "title")
    return (next(found, "") or "").strip()[:200]


def _name(element: Element) -> str:
    """Without the namespace: the strict form of the standard has others."""
    return element.tag.rpartition("}")[2]


def _blocks(parent: Element) -> Iterator[str]:
    """A line for each paragraph and each row of a table, wherever they stand."""
    for child in parent:
        name = _name(child)
        if name == "p":
            yield from _paragraph(child).split("\n")
            yield from _boxes(child)
        elif name == "tr":
            yield row(_cells(child))
        elif name not in _SILENT:
            yield from _blocks(child)


def _cells(parent: Element) -> Iterator[str]:
    for child in parent:
        if _name(child) == "tc":
            yield " ".join(_blocks(child)).replace("\t", " ")
        elif _name(child) not in _SILENT:  # a content control around cells
            yield from _cells(child)


def _paragraph(parent: Element) -> str:
    """The text of a paragraph, without that of the boxes drawn in it."""
    parts: list[str] = []
    for child in parent:
        name = _name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name in ("tab", "ptab"):
            parts.append(" ")
        elif name in ("br", "cr"):
            parts.append("\n")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name not in _SILENT and name != "txbxContent":
            parts.append(_paragraph(child))
    return "".join(parts)


def _boxes(parent: Element) -> Iterator[str]:
    for child in parent:
        if _name(child) == "txbxContent":
            yield from _blocks(child)
        elif _name(child) not in _SILENT:
            yield from _boxes(child)
