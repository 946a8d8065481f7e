"""Undoes gzip and deflate, strictly: half a page is no page.

Scrapy's own keeps what it got, and reads the charset off the compressed bytes (1.9x the work of a page).
"""

from __future__ import annotations

import zlib

from scrapy.exceptions import IgnoreRequest, ResponseDataLossError
from scrapy.http import Response

ACCEPTED = "gzip, deflate"


class Refused(IgnoreRequest):
    """An answer that cannot be kept: packed as nobody asked, or too large once unpacked."""


def unpacked(response: Response, largest: int) -> Response:
    """The response with its body unpacked. Raises Refused, or ResponseDataLossError for one that was cut or broken
    on its way (Scrapy asks again)."""
    coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1").strip().lower()
    if not response.body or coding in ("", "identity"):
        return response
    body = unpack(response.body, coding, largest)
    headers = response.headers.copy()
    del headers["Content-Encoding"]
    headers.pop("Content-Length", None)
    headers["X-Archive-Orig-Content-Encoding"] = coding
    # Not response.replace(): it would detect the charset of the compressed bytes.
    return type(response)(
        url=response.url,
        status=response.status,
        headers=headers,
        body=body,
        flags=response.flags,
        request=response.request,
        ip_address=response.ip_address,
        protocol=response.protocol,
    )


def unpack(packed: bytes, coding: str, largest: int) -> bytes:
    """Raises Refused for an unknown coding and what grows beyond ``largest`` bytes, ResponseDataLossError for broken
    or cut data."""
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Refused(f"packed as {coding}, which was not asked for")
    raw = coding == "deflate" and packed[0] & 0x0F != 8  # without zlib's header, as some servers send it
    unpack = zlib.decompressobj(-15 if raw else 47)
    try:
        body = unpack.decompress(packed, largest + 1)
    except zlib.error as error:
        raise ResponseDataLossError(f"broken {coding}: {error}") from error
    if len(body) > largest:
        raise Refused(f"larger than {largest} bytes once unpacked")
    if not unpack.eof:
        raise ResponseDataLossError(f"{coding} cut off after {len(body)} bytes")
    return body
