"""Files that are markup: RTF, and pages and "single file" pages that Word and others save under the name .doc."""

from __future__ import annotations

import email
import email.policy
from html.parser import HTMLParser

from striprtf.striprtf import rtf_to_text

from pipelines.attachments.extracted import Extracted, Unreadable, tidy
from scraper.items import decode

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "section",
        "article",
        "br",
        "hr",
        "title",
        "body",
    ]
)
_SILENT = frozenset(("script", "style", "head", "xml", "noscript"))


class _Text(HTMLParser):
    """The text of a page: a line for each paragraph and row, cells apart by tabs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.parts: list[str] = []
        self.cells = 0
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in ("td", "th"):
            self.parts += ["\t"] if self.cells else []
            self.cells += 1
        elif tag == "tr" or (tag in _BLOCKS and not self.cells):
            self.end_line()
        elif tag in _BLOCKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag == "tr" or (tag in _BLOCKS and not self.cells) or tag == "table":
            self.end_line()

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(" ".join(data.split()) if self.cells or data.isspace() else data.replace("\n", ""))

    def end_line(self) -> None:
        self.lines.append("".join(self.parts))
        self.parts.clear()
        self.cells = 0


def read_html(body: bytes, media_type: str = "", kind: str = "html") -> Extracted:
    """Raises Unreadable when nothing is written there."""
    page = _Text()
    page.feed(decode(body, media_type))
    page.close()
    page.end_line()
    text = tidy(page.lines)
    if not text:
        raise Unreadable("no_text", "it holds no text")
    return Extracted("text", kind, text)


def read_mhtml(body: bytes) -> Extracted:
    """The first page of a "single file web page". Raises Unreadable."""
    message = email.message_from_bytes(body, policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return read_html(content, str(part.get("content-type") or ""), "mhtml")
    raise Unreadable("broken", "a page saved as one file, without the page")


def read_rtf(body: bytes) -> Extracted:
    """Raises Unreadable when nothing is written there."""
    text: str = rtf_to_text(body.decode("latin-1"), encoding="cp936", errors="replace")  # type: ignore[no-untyped-call]
    lines = (line.rstrip("|").replace("|", "\t") if line.endswith("|") else line for line in text.split("\n"))
    text = tidy(lines)
    if not text:
        raise Unreadable("no_text", "it holds no text")
    return Extracted("text", "rtf", text)


def read_text(body: bytes, media_type: str) -> Extracted:
    """Plain text and CSV. Raises Unreadable when nothing is written there."""
    text = tidy(decode(body, media_type).splitlines())
    if not text:
        raise Unreadable("no_text", "it is empty")
    return Extracted("text", "text", text)
