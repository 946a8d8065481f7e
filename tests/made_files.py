"""Made-up files of the kinds that governments attach, as small as they can be. The binary ones of Office 97 and the
encrypted ones are in tests/files (made with LibreOffice 7.4, msoffcrypto and pypdf from made-up text)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

FILES = Path(__file__).parent / "files"
WORD97 = (FILES / "word97.doc").read_bytes()
EXCEL97 = (FILES / "excel97.xls").read_bytes()
LOCKED_PDF = (FILES / "locked.pdf").read_bytes()
LOCKED_DOCX = (FILES / "locked.docx").read_bytes()

_OOXML = "http://schemas.openxmlformats.org"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def pdf(*pages: Sequence[str], space: int = 300) -> bytes:
    """A PDF of these lines, with a font of which it holds no more than what each glyph means: all as wide as they are
    high, but the space, whose width is given in thousandths."""
    codes = sorted({character for lines in pages for line in lines for character in line})
    number = {character: place + 1 for place, character in enumerate(codes)}
    meaning = "".join(f"<{place:04x}> <{ord(character):04x}>\n" for character, place in number.items())
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /M def /CMapType 2 def"
        " 1 begincodespacerange <0000> <ffff> endcodespacerange"
        f" {len(number)} beginbfchar {meaning} endbfchar endcmap end end"
    )
    font = "<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"
    narrow = f"/W[{number[' ']}[{space}]]" if " " in number else ""
    descendant = (
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        f"/Supplement 0>>/DW 1000{narrow}/FontDescriptor<</Type/FontDescriptor/FontName/Song/Flags 4"
        "/FontBBox[0 -200 1000 900]"
        "/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>"
    )
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", font, descendant, _stream(cmap)]
    kids = []
    for lines in pages:
        shown = []
        for row, line in enumerate(lines):
            glyphs = "".join(f"{number[character]:04x}" for character in line)
            shown.append(f"BT /F 12 Tf 72 {760 - row * 18} Td <{glyphs}> Tj ET")
        objects.append(_stream("\n".join(shown)))
        kids.append(len(objects) + 1)
        objects.append(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {len(objects)} 0 R>>"
        )
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(f'{kid} 0 R' for kid in kids)}]>>"
    return _pdf(objects)


def _stream(text: str) -> str:
    return f"<</Length {len(text)}>>stream\n{text}\nendstream"


def _pdf(objects: Sequence[str]) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for place, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{place} 0 obj{text}endobj\n".encode("latin-1")
    start = len(out)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


def packed(files: Mapping[str, bytes | str], compress: bool = True) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def packed_by_windows(name: str, content: bytes) -> bytes:
    """A ZIP archive as Chinese Windows packs it: the name in GBK, without a word about it."""
    raw = name.encode("gb18030")
    return packed({"x" * len(raw): content}).replace(b"x" * len(raw), raw)


def docx(*blocks: str | Sequence[Sequence[str]], inside: str = "") -> bytes:
    """A Word document: strings are paragraphs, anything else is a table. inside: more of its XML."""
    body = "".join(_paragraph(block) if isinstance(block, str) else _table(block) for block in blocks)
    document = f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{body}{inside}</w:body></w:document>'
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return packed({**_package("word/document.xml", main), "word/document.xml": document})


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def _table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def _package(part: str, media_type: str) -> dict[str, str]:
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{media_type}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_OOXML}/package/2006/relationships"><Relationship Id="r1"'
        f' Type="{_RELATIONS}/officeDocument" Target="{part}"/></Relationships>',
    }


def xlsx(sheets: Mapping[str, Sequence[Sequence[str | float]]]) -> bytes:
    """A workbook."""
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    files: dict[str, bytes | str] = dict(_package("xl/workbook.xml", main))
    named = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
    space = f"{_OOXML}/spreadsheetml/2006/main"
    files["xl/workbook.xml"] = f'<workbook xmlns="{space}" xmlns:r="{_RELATIONS}"><sheets>{named}</sheets></workbook>'
    links = "".join(
        f'<Relationship Id="r{at}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, len(sheets) + 1)
    )
    relations = f'<Relationships xmlns="{_OOXML}/package/2006/relationships">{links}</Relationships>'
    files["xl/_rels/workbook.xml.rels"] = relations
    for at, rows in enumerate(sheets.values(), 1):
        written = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        files[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{space}"><sheetData>{written}</sheetData></worksheet>'
        )
    return packed(files)


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def ofd(*pages: Sequence[str]) -> bytes:
    """An OFD (GB/T 33190) of these lines."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    box = "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
    listed = "".join(f'<ofd:Page ID="{at + 10}" BaseLoc="Pages/{at}/Content.xml"/>' for at in range(len(pages)))
    files: dict[str, bytes | str] = {
        "OFD.xml": f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>1</ofd:DocID>'
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea>{box}</ofd:PageArea>"
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for at, lines in enumerate(pages):
        written = "".join(
            f'<ofd:TextObject ID="{at * 100 + row + 100}" Boundary="20 {20 + row * 10} 170 8" Font="1" Size="5">'
            f'<ofd:TextCode X="0" Y="5" DeltaX="g {len(line)} 5">{escape(line)}</ofd:TextCode></ofd:TextObject>'
            for row, line in enumerate(lines)
        )
        files[f"Doc_0/Pages/{at}/Content.xml"] = (
            f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="{at + 50}">{written}</ofd:Layer></ofd:Content></ofd:Page>'
        )
    return packed(files)


def png(width: int, height: int) -> bytes:
    """The head of a picture; nobody looks at the rest."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"


def bomb(megabytes: int) -> bytes:
    """A ZIP archive of one file of zeros."""
    return packed({"名册.txt": b"0" * (megabytes * 1_000_000)})
