"""Content codings taken off: gzip, deflate, br, zstd. Archives often hold bodies whose header still names a coding
that the crawler took off already, and bodies that are cut: what can be read is read."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]
import zstandard

LARGEST = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_STEP = 65536


class TooLarge(Exception):
    """The body, or what it unpacks to, is larger than LARGEST bytes."""


def decoded(data: bytes, codings: str) -> bytes:
    """The body behind a Content-Encoding header, its last coding taken off first. A coding that the bytes do not
    show is taken as already removed. Raises TooLarge."""
    for coding in reversed(codings.lower().split(",")):
        take_off = _CODINGS.get(coding.strip())
        if take_off is not None:
            data = take_off(data)
    return data


def _gzip(data: bytes) -> bytes:
    return _inflate(data, 31) if data.startswith(_GZIP) else data


def _deflate(data: bytes) -> bytes:
    # With zlib's header as the RFC says, without it as some servers send it.
    return _inflate(data, 15) or _inflate(data, -15) or data


def _inflate(data: bytes, bits: int) -> bytes:
    """All members one after the other; of a cut or damaged one what comes before the damage."""
    out = bytearray()
    while True:
        unpacker = zlib.decompressobj(bits)
        for start in range(0, len(data), _STEP):
            try:
                out += unpacker.decompress(data[start : start + _STEP], LARGEST + 1 - len(out))
            except zlib.error:
                return bytes(out)
            if len(out) > LARGEST:
                raise TooLarge
            if unpacker.eof:
                data = unpacker.unused_data + data[start + _STEP :]
                break
        else:
            return bytes(out)
        if not data.startswith(_GZIP):
            return bytes(out)


def _brotli(data: bytes) -> bytes:
    unpacker = brotli.Decompressor()
    out = bytearray()
    try:
        part = unpacker.process(data, output_buffer_limit=_STEP)
        while part:
            out += part
            if len(out) > LARGEST:
                raise TooLarge
            part = unpacker.process(b"", output_buffer_limit=_STEP)
    except brotli.error:
        pass
    return bytes(out) or data


def _zstd(data: bytes) -> bytes:
    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        return data
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    try:
        part = unpacker.decompress(data)
    except zstandard.ZstdError:
        return data
    if len(part) > LARGEST:
        raise TooLarge
    return part


_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
