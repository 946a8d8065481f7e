"""What travels from the web to the archive: Snapshot -> RawArticle, and the lists that lead to them.

Nothing here knows Scrapy, SQL or the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from w3lib.encoding import html_to_unicode

Role = Literal["article", "list", "attachment", "other"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An HTTP response as received, before anyone has read it.

    body         content bytes: transfer and content coding (gzip, br) removed, charset untouched
    captured_at  aware, UTC
    district     slug of the district it was collected for; "" when imported without one
    column       the district's column that led to it; "" when unknown
    listed_*     what the list page said of it, the last resort for a page that shows no title or date
    """

    url: str
    body: bytes
    captured_at: datetime
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    role: Role = "article"
    district: str = ""
    column: str = ""
    requested_url: str = ""
    listed_title: str = ""
    listed_on: date | None = None
    _text: str | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, name: str) -> str:
        """First value of a header, name in any case; "" when absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def text(self) -> str:
        """The body decoded, once, as browsers do it (header, BOM, META; gb2312 read as gb18030)."""
        if self._text is None:
            object.__setattr__(self, "_text", decode(self.body, self.header("content-type")))
        assert self._text is not None
        return self._text


def decode(body: bytes, content_type: str = "") -> str:
    """Bytes to text. Placeholder rule: w3lib; pages that lie about their charset are the reader's concern."""
    return html_to_unicode(content_type or None, body, default_encoding="utf-8")[1]


@dataclass(frozen=True, slots=True)
class Cut:
    """A raw string cut from a page, and the rule that cut it, e.g. ``meta:PubDate``, ``label:发布日期``,
    ``line:来源``, ``fengxun:td.NewsTitle``, ``url``, ``list``."""

    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """The fields as found (keys are the names of Article's fields) and the body's fragment of HTML."""

    url: str
    family: str
    fields: Mapping[str, Cut]
    body_html: str
    body_rule: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list page. url is absolute, as written there; listed_on comes from its own row."""

    url: str
    title: str
    listed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page holds. next is the absolute URL of the next page, or None on the last."""

    rows: tuple[Row, ...]
    next: str | None = None
    family: str = ""
    rule: str = ""


class PageError(Exception):
    """A page is not what its layout promises. Says where (URL) and what was looked for (selector or rule)."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url}: {what}")
        self.url = url
        self.what = what


class Blocked(PageError):
    """Not the page but a firewall, a challenge, a login wall or a soft 404; kind is a folder name of
    tests/pages/blocked."""

    def __init__(self, url: str, kind: str) -> None:
        super().__init__(url, f"blocked: {kind}")
        self.kind = kind
