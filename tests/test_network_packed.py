"""Bodies are unpacked strictly: half a page is no page."""

from __future__ import annotations

import gzip
import zlib

import pytest
from scrapy.exceptions import ResponseDataLossError

from scraper.network.packed import Refused, unpack

PAGE = "<p>云澜</p>".encode() * 500


@pytest.mark.parametrize(
    ("packed", "coding"),
    [
        (gzip.compress(PAGE, mtime=0), "gzip"),
        (gzip.compress(PAGE, mtime=0), "x-gzip"),
        (zlib.compress(PAGE), "deflate"),
        (zlib.compress(PAGE)[2:-4], "deflate"),
    ],
)
def test_what_servers_call_deflate(packed: bytes, coding: str) -> None:
    assert unpack(packed, coding, 100_000) == PAGE


@pytest.mark.parametrize(
    ("packed", "coding", "said"),
    [
        (gzip.compress(PAGE, mtime=0)[:-30], "gzip", "cut off"),
        (b"no gzip at all", "gzip", "broken"),
        (PAGE, "br", "not asked for"),
        (gzip.compress(PAGE * 100), "gzip", "larger than 100000 bytes"),
    ],
)
def test_what_cannot_be_unpacked_is_refused(packed: bytes, coding: str, said: str) -> None:
    with pytest.raises((Refused, ResponseDataLossError), match=said):
        unpack(packed, coding, 100_000)
