"""Bytes to text: what decodes cleanly decides, not what the page says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.items import decode

SENTENCES = (
    "云澜区人民政府办公室关于印发二〇二三年工作要点的通知",
    "朱镕玥、丁喆曈等参加调研，要求加快推进农村公路建设。",
    "发布日期：2023-01-04　来源：青岬县融媒体中心",
    "各镇人民政府、街道办事处，区各有关部门：",
)
HTML = '<html><head><meta charset="{said}"><title>t</title></head><body>{text}</body></html>'
LABELS = st.sampled_from(["utf-8", "gb2312", "gbk", "gb18030", "iso-8859-1", "big5", "utf-16", "x-unknown"])
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map("".join)


@given(
    TEXTS, st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]), LABELS, LABELS
)
def test_pages_that_lie_are_read(text: str, charset: str, said: str, header: str) -> None:
    page = HTML.format(said=said, text=text)
    assert decode(page.encode(charset), f"text/html; charset={header}") == page


@given(TEXTS, LABELS)
def test_pages_that_say_nothing_are_read(text: str, header: str) -> None:
    for charset in ("utf-8", "gb18030"):
        assert decode(f"<p>{text}</p>".encode(charset)) == f"<p>{text}</p>"
        assert decode(f"<p>{text}</p>".encode(charset), f"text/html; charset={header}") == f"<p>{text}</p>"


def test_gb2312_with_characters_of_gbk_only() -> None:
    page = HTML.format(said="gb2312", text="局长朱镕玥与喆曈到场")
    assert decode(page.encode("gbk")) == page


def test_traditional_characters_in_big5() -> None:
    page = HTML.format(said="big5", text="縣政府召開會議，研究農村道路建設與環境整治工作")
    assert decode(page.encode("big5")) == page


@given(TEXTS, st.integers(1, 2))
def test_a_page_cut_within_a_character_loses_only_that(text: str, lost: int) -> None:
    read = decode(("<p>" + text).encode()[:-lost])
    assert read.rstrip("\ufffd") == "<p>" + text[:-1]


def test_one_broken_byte_does_not_turn_the_page_into_another_charset() -> None:
    body = ("<p>" + "".join(SENTENCES) + "</p>").encode()
    broken = body[:39] + b"\xff" + body[39:]
    assert SENTENCES[1] in decode(broken)
    assert decode(broken).count("\ufffd") == 1


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"\x00", b"a", b"\xef\xbb\xbf"])
def test_scraps(body: bytes) -> None:
    assert isinstance(decode(body), str)


@given(st.binary(max_size=300), LABELS)
def test_any_bytes_decode(body: bytes, header: str) -> None:
    decode(body, f"text/html; charset={header}")
