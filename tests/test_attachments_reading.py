"""Attached files as text, kind by kind: what is in them, and what is said of those that give nothing."""

from __future__ import annotations

import pytest

from pipelines.attachments.extracted import LONGEST, tidy
from pipelines.attachments.kinds import MEDIA_TYPES, kind
from pipelines.attachments.read import extract
from tests import made_files as made

ROWS = [["序号", "灯塔名称", "补助金额"], ["1", "北礁灯塔", "12.5"], ["2", "南湾灯塔", ""]]
TABLE = "序号\t灯塔名称\t补助金额\n1\t北礁灯塔\t12.5\n2\t南湾灯塔"
RTF = rb"{\rtf1\ansi\ansicpg936 \'c7\'e0\'e1\'b5\'cf\'d8\'b5\'c6\'cb\'fe\par second line\par}"
MHTML = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary="b"\r\n\r\n--b\r\nContent-Type: text/html;'
    b" charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n5YyX56SB54Gv5aGU\r\n--b--\r\n"
)
HTML = "<html><body><p>灯塔<b>名册</b></p><table><tr><td>北礁</td><td>8</td></tr></table></body></html>"
SLIDE = (
    '<p:sld xmlns:p="http://p" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
    "<a:p><a:r><a:t>灯塔</a:t></a:r><a:r><a:t>名册</a:t></a:r></a:p></p:sld>"
)
PPTX = made.packed({"ppt/presentation.xml": "", "ppt/slides/slide2.xml": SLIDE, "ppt/slides/slide1.xml": SLIDE})


@pytest.mark.parametrize(
    ("name", "body", "text"),
    [
        ("pdf", made.pdf(["青岬县灯塔名册", "北礁灯塔"]), "青岬县灯塔名册\n北礁灯塔"),
        ("docx", made.docx("灯塔名册", ROWS, "完"), f"灯塔名册\n{TABLE}\n完"),
        ("xlsx", made.xlsx({"名册": [["北礁", 8.0], ["", ""], ["南湾", 12.5]]}), "北礁\t8\n南湾\t12.5"),
        ("xlsx", made.xlsx({"一": [["甲"]], "空": [], "二": [["乙"]]}), "【一】\n甲\n【二】\n乙"),
        (
            "xls",
            made.EXCEL97,
            "序号\t灯塔名称\t补助金额\t完工日期\n1\t北礁灯塔\t12.5\t2026-03-04\n2\t南湾灯塔\t8\t2026-03-05",
        ),
        ("ofd", made.ofd(["青岬县灯塔", "北礁"], ["南湾"]), "青岬县灯塔\n北礁\n南湾"),
        ("pptx", PPTX, "灯塔名册\n灯塔名册"),
        ("rtf", RTF, "青岬县灯塔\nsecond line"),
        ("html", HTML.encode("gb18030"), "灯塔名册\n北礁\t8"),
        ("mhtml", MHTML, "北礁灯塔"),
        ("text", "﻿名称,金额\r\n北礁,8\r\n".encode("gb18030"), "名称,金额\n北礁,8"),
    ],
)
def test_each_kind_gives_its_text(name: str, body: bytes, text: str) -> None:
    found = extract(body, "附件.bin", "application/octet-stream")
    assert (found.state, found.kind, found.text) == ("text", name, text)
    assert found.kind in MEDIA_TYPES and kind(body) == name


def test_word_97_with_tables_fields_and_title() -> None:
    found = extract(made.WORD97, "x.pdf", "application/pdf")
    assert (found.state, found.kind, found.title) == ("text", "doc", "青岬县灯塔修缮补助办法")
    lines = found.text.split("\n")
    assert lines[2] == "登记电话：13800001234，也可上网登记。"  # without the link's instruction
    assert lines[3:6] == ["序号\t灯塔名称\t补助金额", "1\t北礁灯塔", "2\t\t8万元"]
    assert lines[6:] == ["本办法由县航标站印发。"]


def test_a_pdfs_lines_become_paragraphs_again() -> None:
    first = "　　青岬县灯塔修缮补助办法适用于本县海岸线上由航标站管理的全部灯塔和灯"
    second = "桩，每座灯塔每年可以申请一次修缮补助，补助金额由县财政局核定后拨付。"
    found = extract(made.pdf([first, second, "　　二、附则", "- 1 -"], ["序号 名称 金额", "2"], space=2000))
    assert found.text == f"{(first + second).strip()}\n二、附则\n序号\t名称\t金额"
    assert found.pages == 2


def test_a_gap_in_a_pdf_is_read_by_its_width() -> None:
    line = ["第 2 号灯塔 补助"]
    assert extract(made.pdf(line, space=200)).text == "第2号灯塔补助"
    assert extract(made.pdf(line, space=500)).text == "第 2 号灯塔 补助"
    assert extract(made.pdf(line, space=2000)).text == "第\t2\t号灯塔\t补助"
    assert extract(made.pdf(["two words"], space=200)).text == "two words"


def test_what_stands_in_controls_boxes_and_insertions_is_said_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>印章</w:t></w:r></w:p></w:txbxContent>"
    inside = (
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>控件</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        '<w:p><w:r><mc:AlternateContent xmlns:mc="http://mc"><mc:Choice>'
        f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
        "<w:p><w:ins><w:r><w:t>新</w:t></w:r></w:ins><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:hyperlink><w:r><w:t>文</w:t></w:r></w:hyperlink></w:p>"
    )
    assert extract(made.docx("题", inside=inside)).text == "题\n控件\n印章\n新文"


@pytest.mark.parametrize(
    ("body", "state", "word"),
    [
        (made.pdf([], []), "no_text", "pictures"),
        (made.png(1240, 1754), "no_text", "1240 x 1754"),
        (b"\xff\xd8\xff\xe0\0\x04\0\0\xff\xc0\0\x11\x08\x04\xb0\x03\x20\x03", "no_text", "800 x 1200"),
        (made.xlsx({"空": [["", ""]]}), "no_text", "no cell"),
        (made.docx(), "no_text", "no text"),
        (made.LOCKED_PDF, "encrypted", "password"),
        (made.LOCKED_DOCX, "encrypted", "password"),
        (b"%PDF-1.4 and then nothing of the kind", "broken", "PDF"),
        (made.docx("灯塔").replace(b"word/document.xml", b"word/documentx.xm"), "broken", "without its text"),
        (made.EXCEL97[:2000], "broken", ""),
        (made.WORD97[:3000], "broken", ""),
        (b"PK\x03\x04 and no archive", "broken", "ZIP"),
        (b"Rar!\x1a\x07\x01\0....", "unsupported", "RAR"),
        (b"7z\xbc\xaf\x27\x1c....", "unsupported", "7z"),
        (b"\0\1\2\3\4\5\6\7" * 50, "unsupported", "nothing here reads"),
        (b"", "unsupported", "empty"),
    ],
)
def test_what_gives_no_text_says_why(body: bytes, state: str, word: str) -> None:
    found = extract(body, "附件.doc", "application/msword")
    assert (found.state, found.text) == (state, "")
    assert word in found.reason and found.reason


def test_an_encrypted_word_97_is_told_by_its_flag() -> None:
    start = made.WORD97.index(b"\xec\xa5")
    flags = int.from_bytes(made.WORD97[start + 10 : start + 12], "little") | 0x0100
    locked = made.WORD97[: start + 10] + flags.to_bytes(2, "little") + made.WORD97[start + 12 :]
    assert extract(locked).state == "encrypted"


def test_files_in_an_archive_are_read_under_their_names() -> None:
    inner = made.packed({"里层.docx": made.docx("南湾灯塔")})
    found = extract(made.packed({"名册.pdf": made.pdf(["北礁灯塔"]), "内.zip": inner, "图.png": made.png(9, 9)}))
    assert found.text == "【名册.pdf】\n北礁灯塔\n【内.zip】\n【里层.docx】\n南湾灯塔\n【图.png】"
    assert (found.pages, found.flags, found.reason) == (3, ("partial",), "no text: 1 no_text")


def test_names_in_gbk_are_read() -> None:
    assert extract(made.packed_by_windows("灯塔名册.txt", "北礁".encode())).text == "【灯塔名册.txt】\n北礁"


def test_archives_are_opened_within_bounds() -> None:
    third = made.packed({"b.zip": made.packed({"c.zip": made.packed({"d.txt": "x"})})})
    assert extract(third).state == "unsupported"
    assert extract(made.bomb(60)).state == "too_large"
    lying = bytearray(made.bomb(61))
    for mark in (b"PK\x01\x02", b"PK\x03\x04"):  # says that it unpacks to a few bytes
        at = lying.index(mark) + (24 if mark == b"PK\x01\x02" else 22)
        lying[at : at + 4] = (100).to_bytes(4, "little")
    assert extract(bytes(lying)).state in ("too_large", "broken")


def test_a_locked_file_in_an_archive_is_counted() -> None:
    body = bytearray(made.packed({"锁.txt": "秘密"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + place] |= 1
    found = extract(bytes(body))
    assert (found.state, found.reason) == ("encrypted", "none of its 1 files gives text: 1 encrypted")


def test_a_long_text_is_cut_and_says_so() -> None:
    found = extract(("灯塔名册\n" * (LONGEST // 4)).encode())
    assert (len(found.text), found.flags) == (LONGEST, ("cut",))


def test_tidy() -> None:
    assert tidy(["  一\u3000二 \x0c", "", "\t", "甲 \t \t乙\t", "零\u200b宽\x00"]) == "一 二\n甲\t\t乙\n零宽"
