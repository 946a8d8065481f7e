"""Small attachments, made byte by byte: always the same for the same file."""

from __future__ import annotations

import html
import io
import zipfile

from tests.counties.notices import File

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"


def made(file: File) -> bytes:
    if file.kind == "pdf":
        return _pdf(file.text)
    if file.kind == "docx":
        return _docx(f"{file.name}：本表由云澜区档案室整理，{file.text}。")
    return _zip({"readme.txt": file.text.encode(), "list.pdf": _pdf(file.text)})


def _pdf(text: str) -> bytes:
    """One page with a line of Latin text."""
    stream = f"BT /F1 14 Tf 72 720 Td ({text} of the county office) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (size, table, trailer)


def _docx(text: str) -> bytes:
    document = f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>{html.escape(text)}</w:t></w:r></w:p></w:body>'
    kind = TYPES["docx"] + ".main+xml"
    return _zip(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
                '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
                f'"/word/document.xml" ContentType="{kind}"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}"'
                ' Target="word/document.xml"/></Relationships>'
            ).encode(),
            "word/document.xml": (document + "</w:document>").encode(),
        }
    )


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 0, 0, 0)), content)
    return out.getvalue()
