"""Pictures: no text without character recognition, but how large they are."""

from __future__ import annotations

import struct

from pipelines.attachments.extracted import Extracted

_SOF = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))


def read(body: bytes, kind: str) -> Extracted:
    """Always "no_text"; the reason tells width and height in pixels where the kind's head does."""
    try:
        width, height = size(body, kind)
    except (struct.error, IndexError):
        width = height = 0
    told = f"a picture of {width} x {height} pixels" if width and height else "a picture"
    return Extracted("no_text", kind, reason=told)


def size(body: bytes, kind: str) -> tuple[int, int]:
    """Width and height; (0, 0) where the head does not tell. Raises struct.error, IndexError for a cut head."""
    if kind == "png":
        return struct.unpack_from(">II", body, 16)
    if kind == "gif":
        return struct.unpack_from("<HH", body, 6)
    if kind == "bmp":
        width, height = struct.unpack_from("<ii", body, 18)
        return width, abs(height)
    if kind == "jpeg":
        return _jpeg(body)
    return 0, 0


def _jpeg(body: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(body):
        if body[at] != 0xFF:
            at += 1
        elif body[at + 1] in _SOF:
            height, width = struct.unpack_from(">HH", body, at + 5)
            return width, height
        elif body[at + 1] in (0x01, 0xFF) or 0xD0 <= body[at + 1] <= 0xD8:
            at += 1 if body[at + 1] == 0xFF else 2
        else:
            at += 2 + struct.unpack_from(">H", body, at + 2)[0]
    return 0, 0
