"""PDF by pdfium: the text of each page, with the lines of a paragraph made one again.

A PDF knows lines, not paragraphs. A line that reaches the right edge of its page's text goes on in the next one; else
a word that stands across a line's end could not be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pypdfium2 import PdfDocument, PdfiumError, PdfTextPage

from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable, tidy

PAGES = 3_000
LONG = 15  # characters; shorter lines are headings, cells and ends
THIN, CELL = 0.4, 0.75  # of the characters' height: a narrower gap is no space, a wider one parts two cells
_SPACE = re.compile(" +")
_NUMBER = re.compile(r"[\s—–\-－_·第]*\d{1,4}[\s—–\-－_·页]*(?:[/／共]\s*\d{1,4}\s*页?)?")
# What opens a paragraph though the line before it is full.
_OPENING = re.compile(
    r"(?:[一二三四五六七八九十百]+、|[(（][一二三四五六七八九十\d]+[)）]|第[一二三四五六七八九十百\d]+[章节条款])"
)
_SENTENCE = "。！？；"


@dataclass(frozen=True, slots=True)
class _Line:
    """text; left and right edge and height of its characters in points; full: it reaches the right edge."""

    text: str
    left: float = 0.0
    right: float = 0.0
    size: float = 0.0
    full: bool = False


def read(body: bytes) -> Extracted:
    """Raises Unreadable: encrypted, broken, a scan without text."""
    try:
        document = PdfDocument(body)
    except PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise Unreadable("encrypted", "a password is needed to open it") from error
        raise Unreadable("broken", f"no PDF that can be read: {error}") from error
    with document:
        return _read(document)


def _read(document: PdfDocument) -> Extracted:
    pages = len(document)
    lines: list[_Line] = []
    length = broken = 0
    for number in range(min(pages, PAGES)):
        try:
            found = _page(document, number)
        except PdfiumError:
            broken += 1
            continue
        lines += found
        length += sum(len(line.text) for line in found)
        if length > LONGEST:
            break
    text = tidy(_paragraphs(lines))
    if not text:
        if broken:
            raise Unreadable("broken", f"{broken} of its {pages} pages cannot be read, the others hold no text", pages)
        raise Unreadable("no_text", "its pages are pictures, without text", pages)
    title = str(document.get_metadata_value("Title") or "").strip()[:200]
    return Extracted("text", "pdf", text, pages=pages, title=title, flags=("partial",) if broken else ())


def _page(document: PdfDocument, number: int) -> list[_Line]:
    """The lines of a page, without the page's number."""
    page = document[number]
    try:
        text = page.get_textpage()
        try:
            lines = list(_lines(text))
        finally:
            text.close()
    finally:
        page.close()
    while lines and _NUMBER.fullmatch(lines[-1].text):
        lines.pop()
    if lines and _NUMBER.fullmatch(lines[0].text) and not lines[0].text.isdigit():
        lines.pop(0)
    edge = _edge(lines)
    return [replace(line, full=_is_full(line, edge)) for line in lines]


def _lines(text: PdfTextPage) -> Iterator[_Line]:
    start = 0
    for raw in text.get_text_range().split("\n"):
        written = raw.rstrip("\r ")
        if written.strip():
            yield _measured(text, written, start)
        start += len(raw) + 1


def _measured(text: PdfTextPage, raw: str, start: int) -> _Line:
    """A line with its place; start: its first character's place in the page."""
    first = start + len(raw) - len(raw.lstrip())
    try:
        left, low, _, high = text.get_charbox(first, loose=True)
        _, _, right, _ = text.get_charbox(start + len(raw) - 1, loose=True)
        size = max(high - low, 8.0)
        spaced = _SPACE.sub(lambda space: _gap(text, raw, space, start, size), raw.rstrip())
    except (PdfiumError, IndexError):
        return _Line(_plain(raw))
    return _Line(_plain(spaced), left, right, size)


def _plain(text: str) -> str:
    """U+FFFE and 0x02: a hyphen at a line's end, as pdfium gives it."""
    return text.replace("\ufffe", "").replace("\x02", "").strip()


def _gap(text: PdfTextPage, raw: str, space: re.Match[str], start: int, size: float) -> str:
    """What a space stands for. pdfium puts one wherever two characters stand apart a little: between Han and digits
    (nobody wrote it), between words, and between the cells of a table."""
    if not space.start():
        return ""
    before, after = space.start() - 1, space.end()
    gap = text.get_charbox(start + after, loose=True)[0] - text.get_charbox(start + before, loose=True)[2]
    if gap > CELL * size:
        return "\t"
    words = raw[before].isascii() and raw[after].isascii()
    return " " if words or gap > THIN * size else ""


def _edge(lines: list[_Line]) -> float:
    """Where most long lines end: the right edge of the text; 0 where no two do."""
    rights = sorted(line.right for line in lines if len(line.text) >= LONG and line.right)
    return rights[(len(rights) * 3) // 4] if len(rights) >= 2 else 0.0


def _is_full(line: _Line, edge: float) -> bool:
    return bool(edge) and len(line.text) >= LONG and line.right >= edge - 2.2 * line.size


def _paragraphs(lines: list[_Line]) -> Iterator[str]:
    """Lines with those that go on joined. A table's rows rarely reach the edge, and stay."""
    parts: list[str] = []
    for at, line in enumerate(lines):
        parts.append(line.text)
        following = lines[at + 1] if at + 1 < len(lines) else None
        if following is None or not _goes_on(line, following):
            yield _glued(parts)
            parts.clear()


def _goes_on(line: _Line, following: _Line) -> bool:
    if not line.full or "\t" in line.text or line.text[-1] in _SENTENCE or _OPENING.match(following.text):
        return False
    # The next line of a paragraph starts at the left edge, not behind an indent.
    return following.left <= line.left + 0.8 * line.size


def _glued(parts: list[str]) -> str:
    text = parts[0]
    for part in parts[1:]:
        apart = text[-1].isascii() and part[0].isascii() and text[-1].isalnum() and part[0].isalnum()
        text += (" " if apart else "") + part
    return text
