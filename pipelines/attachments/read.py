"""Bytes of a file in, Extracted out: by what the bytes are."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipelines.attachments import markup, ofd, office, packed, pdf, pictures, sheets, word97
from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable
from pipelines.attachments.kinds import IMAGES, kind

UNSUPPORTED: Final = {
    "rar": "RAR archives are not opened",
    "7z": "7z archives are not opened",
    "gzip": "gzip archives are not opened",
    "ppt": "presentations of PowerPoint 97 to 2003 are not read",
    "odt": "OpenDocument texts are not read",
    "ceb": "Founder CEB is not read",
}


def extract(body: bytes, name: str = "", media_type: str = "", depth: int = 0) -> Extracted:
    """Reads one file. name and media_type (as the server gave it, with its charset) are only hints.

    Raises nothing that says something about the file; a library may still fail on odd bytes, or never end: it is
    for the caller to run this apart (pipelines/attachments/worker.py).
    """
    found = kind(body)
    try:
        read = _read(body, found, name, media_type, depth)
    except Unreadable as error:
        return Extracted(error.state, found, reason=error.reason, pages=error.pages)
    if len(read.text) > LONGEST:
        return replace(read, text=read.text[:LONGEST], flags=(*read.flags, "cut"))
    return read


def _read(body: bytes, found: str, name: str, media_type: str, depth: int) -> Extracted:
    if found in UNSUPPORTED:
        raise Unreadable("unsupported", UNSUPPORTED[found])
    if found in IMAGES:
        return pictures.read(body, found)
    if found in ("xls", "xlsx", "ods"):
        return sheets.read(body, found)
    if found == "zip":
        return packed.read(body, depth, lambda content, inner, deep: extract(content, inner, "", deep))
    if found == "html":
        return markup.read_html(body, media_type)
    if found == "text":
        return markup.read_text(body, media_type)
    simple = {
        "pdf": pdf.read,
        "doc": word97.read,
        "docx": office.read_docx,
        "pptx": office.read_pptx,
        "ofd": ofd.read,
        "rtf": markup.read_rtf,
        "mhtml": markup.read_mhtml,
    }
    if found in simple:
        return simple[found](body)
    if found == "encrypted_office":
        raise Unreadable("encrypted", "a password is needed to open it")
    raise Unreadable("unsupported", "an empty file" if not body.strip() else f"bytes that nothing here reads ({name})")
