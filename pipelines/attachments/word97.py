"""Word 97 to 2003 and WPS (.doc, .wps): the text by the piece table of [MS-DOC], from a container that olefile reads.

No library that is kept reads these with their tables (2026-11: legacy-doc finds the text, without rows; antiword's
wrappers run a program of 2005). Cells end with 0x07; whether such a mark ends a row stands among the properties of its
paragraph.
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator

import olefile

from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable, row, tidy

# [MS-DOC] 2.5: places in the file information block.
_FLAGS, _CCP_TEXT = 0x0A, 0x4C
_PAPX, _CLX = 0x102, 0x1A2
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_ROW_END = 0x2417  # sprmPFTtp
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)  # bytes, by the operation's three highest bits; 0: told by the first
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
# Marks of notes, comments, pictures and drawn objects.
_MARKS = re.compile("[\x01\x02\x05\x08]")
_SPECIAL = str.maketrans({"\x0b": "\n", "\x0c": "\r", "\x0e": "\r", "\x1e": "-", "\x1f": "", "\xa0": " "})


def read(body: bytes) -> Extracted:
    """Raises Unreadable: encrypted, broken, no text."""
    try:
        with olefile.OleFileIO(body) as compound:
            document = compound.openstream("WordDocument").read()
            flags = _number(document, _FLAGS, 2)
            if flags & _ENCRYPTED:
                raise Unreadable("encrypted", "a password is needed to open it")
            table = compound.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
            title = _title(compound)
        text = tidy(_lines(document, table))
    except (OSError, IndexError, struct.error, OverflowError) as error:
        raise Unreadable("broken", f"no Word document that can be read: {error}") from error
    if not text:
        raise Unreadable("no_text", "it holds no text")
    return Extracted("text", "doc", text, title=title)


def _title(compound: olefile.OleFileIO) -> str:
    """The title of its properties, in the code page they name."""
    try:
        properties = compound.get_metadata()
    except (OSError, ValueError, IndexError, struct.error):
        return ""
    raw, page = properties.title or b"", properties.codepage or 936
    try:
        return raw.decode("utf-8" if page == 65001 else f"cp{page % 65536}").strip("\0 ")[:200]
    except (UnicodeDecodeError, LookupError):
        return ""


def _lines(document: bytes, table: bytes) -> Iterator[str]:
    """Paragraphs and rows. A paragraph ends with 0x0D; one in a table's last cell with 0x07."""
    ends = _row_ends(document, table)
    cells: list[str] = []
    paragraphs: list[str] = []
    for text, place in _paragraphs(document, table):
        if text.endswith("\x07"):
            if place in ends or (not ends and text == "\x07" and not paragraphs):
                yield row(cells)
                cells = []
            else:
                cells.append(" ".join([*paragraphs, text[:-1]]))
            paragraphs = []
        elif cells or paragraphs:
            paragraphs.append(text)
            if len(paragraphs) > 200:  # no cell: a mark was lost
                yield from paragraphs
                paragraphs = []
        else:
            yield from text.split("\n")
    yield from (row(cells), *paragraphs)


def _paragraphs(document: bytes, table: bytes) -> Iterator[tuple[str, int]]:
    """Each paragraph with its end's place in the file. 0x07 stays at its end, 0x0D goes."""
    length = min(_number(document, _CCP_TEXT, 4), LONGEST * 2)
    text: list[str] = []
    places: list[tuple[int, int, int]] = []  # first character, place in the file, bytes a character
    done = 0
    for piece, place, width in _pieces(document, table):
        part = piece[: length - done]
        places.append((done, place, width))
        text.append(part)
        done += len(part)
        if done >= length:
            break
    whole = "".join(text)
    starts = [first for first, _, _ in places]
    for found in re.finditer("[^\r\x07]*[\r\x07]|[^\r\x07]+$", whole):
        first, place, width = places[bisect_left(starts, found.end()) - 1]
        yield _plain(found[0]), place + (found.end() - 1 - first) * width


def _plain(text: str) -> str:
    """Without instructions of fields and marks of notes and pictures."""
    text = text.removesuffix("\r")
    if "\x13" in text:
        before = ""
        while before != text:  # fields stand in one another
            before, text = text, _FIELD.sub(lambda found: found[1] or "", text)
    text = re.sub("[\x13\x14\x15]", "", _MARKS.sub("", text))
    return text.translate(_SPECIAL).replace("\r", "\n")


def _pieces(document: bytes, table: bytes) -> Iterator[tuple[str, int, int]]:
    """The text's pieces in order, each with its place in the file and the bytes of a character."""
    start, size = _number(document, _CLX, 4), _number(document, _CLX + 4, 4)
    clx = table[start : start + size]
    at = 0
    while at < len(clx) and clx[at] == 1:  # properties of pieces
        at += 3 + _number(clx, at + 1, 2)
    if at >= len(clx) or clx[at] != 2:
        raise struct.error("it has no piece table")
    pieces = clx[at + 5 : at + 5 + _number(clx, at + 1, 4)]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    for number in range(count):
        place = _number(pieces, 4 * (count + 1) + 8 * number + 2, 4)
        length = ends[number + 1] - ends[number]
        if place & 0x40000000:
            place = (place & 0x3FFFFFFF) // 2
            yield document[place : place + length].decode("cp1252", "replace"), place, 1
        else:
            # One unit, one character: those beyond the first plane are put together at the end.
            yield document[place : place + 2 * length].decode("utf-16-le", "surrogatepass"), place, 2


def _row_ends(document: bytes, table: bytes) -> set[int]:
    """Places in the file of the marks that end a table's row."""
    start, size = _number(document, _PAPX, 4), _number(document, _PAPX + 4, 4)
    plc = table[start : start + size]
    count = max(0, (len(plc) - 4) // 8)
    found: set[int] = set()
    for number in range(count):
        page = (_number(plc, 4 * (count + 1) + 4 * number, 4) & 0x3FFFFF) * 512
        if len(block := document[page : page + 512]) == 512:
            found.update(_row_ends_of(block))
    return found


def _row_ends_of(block: bytes) -> Iterator[int]:
    """Of one page of paragraphs' properties: places where a paragraph that ends a row itself ends."""
    count = min(block[511], 29)
    for number in range(count):
        offset = block[4 * (count + 1) + 13 * number] * 2
        if not offset or offset > 508:
            continue
        length, first = (block[offset] * 2 - 1, offset + 1) if block[offset] else (block[offset + 1] * 2, offset + 2)
        if _ends_row(block[first + 2 : first + length]):
            # The mark is the run's last character; its width is not told here.
            end = _number(block, 4 * (number + 1), 4)
            yield from (end - 1, end - 2)


def _ends_row(properties: bytes) -> bool:
    at = 0
    while at + 2 < len(properties):
        operation = _number(properties, at, 2)
        if operation == _ROW_END:
            return properties[at + 2] == 1
        size = _OPERANDS[operation >> 13]
        if not size:
            wide = operation in (0xD606, 0xD608) and at + 3 < len(properties)
            size = _number(properties, at + 2, 2) + 1 if wide else properties[at + 2] + 1
        at += 2 + size
    return False


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise struct.error("it ends too early")
    return int.from_bytes(data[at : at + size], "little")
