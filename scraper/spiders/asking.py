"""Requests as the spider makes them: what is asked for, how, and on whose behalf (for the ledger)."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from twisted.python.failure import Failure

from scraper.catalogue import Column
from scraper.spiders.memory import Wanted
from scraper.urls import as_request

FORM = "application/x-www-form-urlencoded; charset=UTF-8"


def list_request(
    address: str,
    column: Column,
    callback: Callable[..., Any],
    errback: Callable[[Failure], Any],
    *,
    validators: tuple[str, str] = ("", ""),
    arguments: Mapping[str, object],
) -> Request:
    """Asks for a list page: a URL, or what scraper.urls.posted makes of a form. What a page's script would ask for is
    asked as the script does."""
    url, form = as_request(address)
    headers = conditional(*validators)
    if form is not None:
        headers["Content-Type"] = FORM
    if address != column.url and (form is not None or _folder(url) != _folder(column.url)):
        headers |= {"Referer": as_request(column.url)[0], "X-Requested-With": "XMLHttpRequest"}
    return Request(
        url,
        callback,
        method="GET" if form is None else "POST",
        body=form,
        errback=errback,
        cb_kwargs=dict(arguments),
        headers=headers,
        priority=10,
        meta=_meta("list", column.name, address, render=column.render),
    )


def page_request(
    wanted: Wanted,
    callback: Callable[..., Any],
    errback: Callable[[Failure], Any],
    *,
    render: bool = False,
    largest: int = 0,
    seconds: float = 0,
) -> Request:
    """Asks for an article, or for what one leads to. largest: bytes of a file; seconds: time for it; 0 for the limit
    of the settings."""
    meta = _meta(wanted.role, wanted.column, wanted.url, render=render and wanted.role == "article")
    if largest:
        meta["download_maxsize"] = largest
    if seconds:
        meta["download_timeout"] = seconds
    return Request(
        as_request(wanted.url)[0],
        callback,
        errback=errback,
        cb_kwargs={"wanted": wanted},
        headers=conditional(wanted.etag, wanted.last_modified),
        meta=meta,
    )


def conditional(etag: str, last_modified: str) -> dict[str, str]:
    """Headers that ask for a page only if it has changed."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value}


def cause(failure: Failure) -> tuple[Request, BaseException]:
    """The request that failed, and why. Scrapy puts the request on the failure."""
    request = getattr(failure, "request", None)
    assert isinstance(request, Request) and failure.value is not None
    return request, failure.value


def _meta(role: str, column: str, address: str, *, render: bool) -> dict[str, object]:
    """What middlewares and the ledger know a request by. address: of a form that is POSTed, which a URL alone does
    not tell; render: only a browser shows this page."""
    meta: dict[str, object] = {"role": role, "column": column}
    if as_request(address)[1] is not None:
        meta["address"] = address
    return {**meta, "render": True} if render else meta


def _folder(url: str) -> str:
    return posixpath.dirname(urlsplit(url).path)
