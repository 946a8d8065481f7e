"""How a request ended: aiohttp's failures as Scrapy's, and the line that the archive keeps of it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from scraper.network.addresses import NotPublic
from scraper.network.packed import Refused
from scraper.spiders.memory import Fetch
from scraper.spiders.trouble import GONE, REFUSING, plain

_FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (ResponseDataLossError, "cut"),
    (DownloadCancelledError, "too_large"),
    (Refused, "too_large"),
    (CannotResolveHostError, "unreachable"),
    (DownloadConnectionRefusedError, "unreachable"),
    (UnsupportedURLSchemeError, "error"),
)


def scrapys(error: Exception, url: str, timeout: float) -> Exception:
    """Scrapy's own exception for one of aiohttp's, so that its retry knows it; NotPublic comes out as it is."""
    for cause in (error, error.__cause__, error.__context__):
        if isinstance(cause, NotPublic) or (isinstance(cause, OSError) and "not a public address" in str(cause)):
            return cause if isinstance(cause, NotPublic) else NotPublic(str(cause))
    if isinstance(error, TimeoutError):
        return DownloadTimeoutError(f"{url} took longer than {timeout:g} seconds")
    if isinstance(error, aiohttp.InvalidUrlClientError | aiohttp.NonHttpUrlClientError):
        return UnsupportedURLSchemeError(str(error))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return CannotResolveHostError(str(error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return DownloadConnectionRefusedError(str(error))
    return DownloadFailedError(str(error) or "the server closed the connection")


@dataclass(slots=True)
class Received:
    """What came over the wire of an answer, whether it was whole or not. came: when it was asked for; took: seconds;
    bytes: as transferred; retry_after: seconds that it asks for."""

    came: datetime
    took: float = 0.0
    status: int = 0
    bytes: int = 0
    retry_after: float = 0.0


def fetch(request: Request, received: Received, failure: Exception | None) -> Fetch:
    """What the archive keeps of a request."""
    meta = request.meta
    sent = [name for name, header in _VALIDATORS if header in request.headers]
    return Fetch(
        url=meta.get("address") or request.url,
        came=received.came,
        ms=round(received.took * 1000),
        status=received.status,
        bytes=received.bytes,
        role="robots" if meta.get("robots") else str(meta.get("role", "other")),
        column=str(meta.get("column", "")),
        outcome=_failed(failure) if failure else _answered(received.status),
        validator="both" if len(sent) == 2 else "".join(sent),
        note=plain(failure) if failure else "",
    )


_VALIDATORS = (("etag", b"If-None-Match"), ("last_modified", b"If-Modified-Since"))


def _answered(status: int) -> str:
    if status == 304:
        return "not_modified"
    if 300 <= status < 400:
        return "redirect"
    if status in GONE:
        return "gone"
    if status in REFUSING:
        return "refused"
    return "ok" if status < 400 else "error"


def _failed(failure: BaseException) -> str:
    if isinstance(failure.__cause__, aiohttp.ClientSSLError | ssl.SSLError):
        return "tls"
    return next((word for kind, word in _FAILURES if isinstance(failure, kind)), "reset")
