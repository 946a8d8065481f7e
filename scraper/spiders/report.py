"""What a crawl tells while it runs and when it ends, and a response as a snapshot."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from scraper.catalogue import District
from scraper.items import Role, Snapshot
from scraper.spiders.memory import Wanted
from scraper.spiders.trouble import is_fatal, plain
from scraper.urls import same_site

HOME = ("", "/", "/index.html", "/index.htm", "/index.shtml")


@dataclass(frozen=True, slots=True)
class ColumnEnd:
    """How a column ended: "ok", "unchanged", "shell", "blocked" or "failed"; note: why, and what to do about it."""

    column: str
    outcome: str
    rows: int
    note: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the crawl of a district stands: pages done of those wanted so far, columns read, bytes received."""

    slug: str
    done: int
    wanted: int
    columns: int
    bytes: int


def own_hosts(district: District) -> tuple[str, ...]:
    """The host names that pages of a district may come from."""
    return (urlsplit(district.site).hostname or "", *district.allowed_hosts)


def is_own(district: District, url: str) -> bool:
    """Does this address lie on the district's site, on a port that it uses? Squatters copy paths, not hosts."""
    try:
        parts, site = urlsplit(url), urlsplit(district.site)
        good_port = parts.port in (None, 80, 443, site.port)
    except ValueError:
        return False
    return good_port and parts.scheme in ("http", "https") and parts.hostname in own_hosts(district)


def may_follow(district: District, role: str, target: str) -> bool:
    """May an address be asked for? Pages lie on the district's own hosts; parts and attachments also on another host
    of the same registrable domain, as files often do."""
    if role not in ("part", "attachment") or is_own(district, target):
        return is_own(district, target)
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and port in (None, 80, 443) and same_site(district.site, target)


def leads_home(response: Response, wanted: Wanted) -> bool:
    """Is an article's address sent to the site's home page? 2026-11: that is how much that was deleted answers."""
    target = urljoin(response.url, (response.headers.get("Location") or b"").decode("utf-8", "replace").strip())
    try:
        there = urlsplit(target)
    except ValueError:
        return False
    home = there.path in HOME and not there.query and same_site(response.url, target)
    return home and wanted.role == "article" and urlsplit(response.url).path not in HOME


def capture(response: Response, role: Role, district: str, column: str = "", wanted: Wanted | None = None) -> Snapshot:
    """A response as it came, with what led to it."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return Snapshot(
        url=response.url,
        body=response.body,
        captured_at=datetime.now(UTC),
        status=response.status,
        headers=headers,
        role=role,
        district=district,
        column=column,
        requested_url=wanted.url if wanted else response.url,
        listed_title=wanted.title if wanted else "",
        listed_on=wanted.listed_on if wanted else None,
    )


class LogLines(LogFormatter):
    """Scrapy's log without a line (and a page's whole body) for each page; the archive logs what it cannot keep."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]  # Scrapy skips None, its annotation does not say so

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return None  # type: ignore[return-value]

    def spider_error(
        self, failure: Failure, request: Request, response: Response | Failure, spider: Spider
    ) -> LogFormatterResult:
        """What ends the crawl is told once, in words (DistrictSpider.stop)."""
        error = failure.value
        level = logging.DEBUG if error is None or is_fatal(error) else logging.ERROR
        args = {"request": request, "why": plain(error) if error else str(failure)}
        return {"level": level, "msg": "%(request)s: a reader failed: %(why)s", "args": args}

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        level = logging.DEBUG if is_fatal(exception) else logging.ERROR
        args = {"url": getattr(item, "url", ""), "why": plain(exception)}
        return {"level": level, "msg": "%(url)s: could not be kept: %(why)s", "args": args}
