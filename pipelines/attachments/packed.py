"""ZIP archives: the files inside, each read as if it had come alone, within bounds of depth, number, size and ratio."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable

DEPTH: Final = 2  # an archive in an archive is read, one within that is not
FILES: Final = 500
LARGEST: Final = 60_000_000  # bytes of one file, unpacked
TOTAL: Final = 200_000_000  # bytes of all files, unpacked
RATIO: Final = 200  # times its packed size; text packs 20 times, a bomb 1,000
_SKIPPED: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")

Reader = Callable[[bytes, str, int], Extracted]


@dataclass(slots=True)
class _Inside:
    """What was read of an archive: texts under their names, and why others gave none."""

    texts: list[str] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)
    length: int = 0
    unpacked: int = 0


def read(body: bytes, depth: int, reader: Reader) -> Extracted:
    """reader: (bytes, name, depth) -> Extracted. Raises Unreadable: broken, too_large (a bomb), encrypted, no_text."""
    if depth >= DEPTH:
        raise Unreadable("unsupported", "an archive within an archive within an archive is not opened")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            entries = [entry for entry in packed.infolist() if not entry.is_dir() and not _is_litter(entry)]
            _bounded(entries, len(body))
            inside = _Inside()
            for entry in entries[:FILES]:
                _take(packed, entry, inside, depth, reader)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        raise Unreadable("broken", f"no ZIP archive that can be read: {error}") from error
    return _told(inside, len(entries))


def name_of(entry: zipfile.ZipInfo) -> str:
    """Without the flag for UTF-8 names are in the code page of who packed them: here mostly GBK. zipfile has read
    them as CP437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for charset in ("utf-8", "gb18030"):
        try:
            return raw.decode(charset)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _is_litter(entry: zipfile.ZipInfo) -> bool:
    return any(mark in entry.filename for mark in _SKIPPED)


def _bounded(entries: list[zipfile.ZipInfo], size: int) -> None:
    """By what the archive says of itself; _take does not trust it."""
    total = sum(entry.file_size for entry in entries)
    if total > TOTAL or (total > 10_000_000 and total > RATIO * size):
        raise Unreadable("too_large", f"{total:,} bytes once unpacked, of {size:,}", len(entries))


def _take(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, inside: _Inside, depth: int, reader: Reader) -> None:
    name = name_of(entry)
    if entry.flag_bits & 1:
        _note(inside, "encrypted")
        return
    if inside.length > LONGEST:
        _note(inside, "too_large")
        return
    try:
        with packed.open(entry) as file:
            content = file.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        _note(inside, "broken")
        return
    inside.unpacked += len(content)
    if len(content) > LARGEST or inside.unpacked > TOTAL:
        raise Unreadable("too_large", f"more than {inside.unpacked:,} bytes once unpacked")
    found = reader(content, name, depth + 1)
    if found.state == "text":
        inside.texts.append(f"【{name}】\n{found.text}")
        inside.length += len(found.text)
    else:
        inside.texts.append(f"【{name}】")
        _note(inside, found.state)


def _note(inside: _Inside, state: str) -> None:
    inside.wrong[state] = inside.wrong.get(state, 0) + 1


def _told(inside: _Inside, files: int) -> Extracted:
    if not files:
        raise Unreadable("no_text", "an empty archive")
    counted = ", ".join(f"{number} {state}" for state, number in sorted(inside.wrong.items()))
    if all("\n" not in text for text in inside.texts):
        state = next((name for name in ("encrypted", "broken", "unsupported") if name in inside.wrong), "no_text")
        text = "\n".join(inside.texts)
        return Extracted(
            state if state in ("encrypted", "broken", "unsupported") else "no_text",  # type: ignore[arg-type]
            "zip",
            text,
            f"none of its {files} files gives text: {counted}",
            files,
        )
    flags = ("partial",) if inside.wrong or files > FILES else ()
    return Extracted("text", "zip", "\n".join(inside.texts), f"no text: {counted}" if counted else "", files, "", flags)
