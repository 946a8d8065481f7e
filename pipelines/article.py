"""Article: what an announcement says, as columns. One name from TOML key to SQL column to page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An attachment or image of the body: absolute URL and the text it was linked with."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One announcement, read from one snapshot.

    key           16 hex digits of the canonical URL's SHA-256: the public permalink
    url           canonical URL, on the scheme it was fetched with
    published_on  the displayed date (发布日期); META and URL dates are marked fallbacks (see rules)
    published_at  "HH:MM" or "HH:MM:SS" beside the date, where the page shows it, Asia/Shanghai
    body          paragraphs separated by "\\n"; the cells of a table row by "\\t"; list items start with "• "
    rules         field name -> the rule that gave it; "body" and "published_on" are always there
    credits       (role, name) as the end of the text prints them: ("记者", "…"), ("出品", "…"); not part of the body
    flags         doubts about the reading, e.g. "no_date", "short_body", "date_inferred", "parts_missing", "cut_off"
    parts         addresses of the following pages of an article in several, in order; body, attachments and images are
                  those of all pages that were given. No column: the archive keeps them as what is still to be fetched
    """

    key: str
    url: str
    district: str
    column: str
    title: str
    body: str
    captured_at: datetime
    sha256: str
    published_on: date | None = None
    published_at: str | None = None
    source: str | None = None
    author: str | None = None
    issuer: str | None = None
    document_number: str | None = None
    index_number: str | None = None
    made_on: date | None = None
    topic_class: str | None = None
    genre_class: str | None = None
    combo_class: str | None = None
    validity: str | None = None
    effective_on: date | None = None
    repealed_on: date | None = None
    disclosure: str | None = None
    abstract: str | None = None
    keywords: str | None = None
    site_name: str | None = None
    attachments: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()
    family: str = ""
    rules: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    credits: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
