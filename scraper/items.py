"""What travels from the web to the archive: Snapshot -> RawArticle, and the lists that lead to them.

Nothing here knows Scrapy, SQL or the clock.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding

# part: a following page of an article in several (…_1.html), joined to the page that lists it.
Role = Literal["article", "part", "list", "attachment", "other"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BEYOND = re.compile("[^\x00-\x7f\xa0\xb7\u2000-\u206f\u3000-\u303f\uff00-\uffef]")
_STRANGE = 0.3
_LEVEL_1 = frozenset(bytes([lead]) for lead in range(0xB0, 0xD8))


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
    """Bytes to text. What decodes without an error decides, not what the page says: BOM, UTF-16 by its zero bytes,
    UTF-8, then the declared charset and those of the Chinese web, and only last with U+FFFD for what is broken."""
    if (text := _marked(body)) is not None:
        return text
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(body, content_type)


def _marked(body: bytes) -> str | None:
    """By BOM, or UTF-16 without one: markup is ASCII, so every other byte of its beginning is zero."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    start = body[:200]
    high, low = start[::2].count(0), start[1::2].count(0)
    if 10 * max(high, low) > len(start) > 1 and 10 * min(high, low) <= max(high, low):
        return body.decode("utf-16-be" if high > low else "utf-16-le", "replace")
    return None


def _legacy(body: bytes, content_type: str) -> str:
    """Not clean UTF-8. 2026-11: pages under a utf-8 header hold gb18030; pages that declare gb2312 hold GBK-only
    characters, hence gb18030 for every name of that family; a UTF-8 page may be cut within a character."""
    said = (http_content_type_encoding(content_type), html_body_declared_encoding(body))
    texts = []
    for charset in dict.fromkeys([*(name for name in said if name), "utf-8", "gb18030", "big5hkscs"]):
        text = _tried(body, charset)
        if "\ufffd" not in text and _strangeness(text) < _STRANGE:
            return text
        texts.append(text)
    return min(texts, key=lambda text: text.count("\ufffd") / max(1, len(text)) + _strangeness(text))


def _tried(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _strangeness(text: str) -> float:
    """Share of the characters beyond ASCII and CJK punctuation that are not among the 3,755 Han characters of
    everyday use (level 1 of GB 2312): a few per cent in Chinese text, most of it in text read with a wrong charset."""
    beyond = _BEYOND.findall(text[:20_000])
    if not beyond:
        return 0.0
    return sum(character.encode("gb2312", "ignore")[:1] not in _LEVEL_1 for character in beyond) / len(beyond)


@dataclass(frozen=True, slots=True)
class Cut:
    """A raw string cut from a page, and the rule that cut it, e.g. ``meta:PubDate``, ``label:发布日期``,
    ``line:来源``, ``fengxun:td.NewsTitle``, ``url``, ``list``."""

    value: str
    rule: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """The fields as found (keys are the names of Article's fields), the body's fragment of HTML and doubts about it.

    base: what the fragment's links are relative to (<base>), "" for the page itself.
    parts: absolute addresses of the pages that go on with this article, in order; () for an article of one page.
    """

    url: str
    family: str
    fields: Mapping[str, Cut]
    body_html: str
    body_rule: str
    flags: tuple[str, ...] = ()
    base: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a list page. url is absolute, as written there; listed_on comes from its own row.

    year_inferred: the row shows month and day only, and neither row nor address a year; it was taken from the day of
    capture, as the latest that is not in the future.
    """

    url: str
    title: str
    listed_on: date | None = None
    year_inferred: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """What a list page holds. next is the address of the next page, or None on the last: an absolute URL, or what
    scraper.urls.posted makes of a form that is to be POSTed. rows=() with a next: a shell that names the request
    which fills it."""

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
