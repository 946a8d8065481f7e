from __future__ import annotations

import gzip
import os
import zlib

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from archive.exchange import coding
from archive.exchange.coding import TooLarge, decoded

TEXT = "云澜区人民政府关于印发年度工作要点的通知".encode() * 50


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("gzip, zstd", zstandard.compress(gzip.compress(TEXT))),
        ("identity", TEXT),
        ("rot13", TEXT),
        ("", TEXT),
    ],
)
def test_codings_are_taken_off(name: str, data: bytes) -> None:
    assert decoded(data, name) == TEXT


@pytest.mark.parametrize("name", ["gzip", "br", "zstd"])
def test_what_is_not_coded_stays(name: str) -> None:
    assert decoded(TEXT, name) == TEXT
    assert decoded(b"", name) == b""


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_of_a_cut_body_the_readable_part_comes(name: str) -> None:
    noise = os.urandom(300_000).hex().encode()
    packed = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}[name](noise)
    found = decoded(packed[: len(packed) // 2], name)
    assert noise.startswith(found)
    assert len(found) > len(noise) / 3


def test_of_a_damaged_body_what_stands_before_the_damage_comes() -> None:
    noise = os.urandom(300_000).hex().encode()
    packed = bytearray(gzip.compress(noise))
    packed[250_000:250_100] = bytes(100)
    assert noise[:200_000] == decoded(bytes(packed), "gzip")[:200_000]


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "LARGEST", 1_000_000)
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}[name]
    assert len(decoded(pack(bytes(1_000_000)), name)) == 1_000_000
    with pytest.raises(TooLarge):
        decoded(pack(bytes(1_000_001)), name)
