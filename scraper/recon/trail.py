"""One column on trial: where it was found, what its list pages and its articles gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from urllib.parse import urlsplit

from scraper.catalogue import Layout
from scraper.items import Blocked, ListPage, PageError, Row, Snapshot
from scraper.pages.dates import moment
from scraper.pages.family import Tree
from scraper.parse import parse_article, parse_list
from scraper.recon.vocabulary import Kind
from scraper.urls import canonical

# waiting: not asked yet · list · hub: links columns · shell: no rows, a script fetches them · same: the list of another
# column · poor: no list · gone, blocked, failed: no page · unsaved: not among the saved pages
State = Literal["waiting", "list", "hub", "shell", "same", "poor", "gone", "blocked", "failed", "unsaved"]
# untested · none: the list has one page · proven: the next page gives other rows · loops: it gives the same · failed ·
# unsaved: the next page is not among the saved ones
Paging = Literal["untested", "none", "proven", "loops", "failed", "unsaved"]

FILES = (
    ".pdf",
    ".doc",
    ".docx",
    ".xls",
    ".xlsx",
    ".zip",
    ".rar",
    ".wps",
    ".ofd",
    ".jpg",
    ".png",
    ".mp4",
    ".ppt",
    ".pptx",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article that was fetched: what the list calls it and what was read. error: why nothing was."""

    url: str
    listed: str
    title: str = ""
    published_on: date | None = None
    dated_by: str = ""
    source: str = ""
    fields: tuple[str, ...] = ()
    characters: int = 0
    error: str = ""

    @property
    def good(self) -> bool:
        """Title, body and a date that the page itself shows."""
        return bool(not self.error and self.title and self.characters >= 20 and self.published_on)


@dataclass(slots=True)
class Trail:
    """A candidate. found: where its link stands; kind: what its name means; given: is it a column of a TOML?"""

    name: str
    url: str
    found: str
    kind: Kind | None = None
    depth: int = 0
    hub: bool = False
    given: bool = False
    more: bool = False
    state: State = "waiting"
    note: str = ""
    hops: int = 0
    called: str = ""
    typed: str = ""
    page: ListPage | None = None
    first: Snapshot | None = None
    rows: tuple[Row, ...] = ()
    elsewhere: tuple[str, ...] = ()
    paging: Paging = "untested"
    next: str = ""
    second: tuple[Row, ...] = ()
    articles: list[Reading] = field(default_factory=list)

    @property
    def dated(self) -> int:
        return sum(row.listed_on is not None for row in self.rows)

    @property
    def newest(self) -> Row | None:
        """The newest row that has a date, else the first."""
        days = [row for row in self.rows if row.listed_on]
        return max(days, key=lambda row: row.listed_on or date.min) if days else next(iter(self.rows), None)

    def samples(self) -> list[Row]:
        """Two rows whose articles are read: the first and one of the middle; no files."""
        pages = [row for row in self.rows if not urlsplit(row.url).path.lower().endswith(FILES)]
        chosen = [pages[0], pages[len(pages) // 2]] if pages else []
        return list({canonical(row.url): row for row in chosen}.values())


def read_rows(snapshot: Snapshot, layout: Layout) -> tuple[ListPage, str]:
    """(what the list page holds, "") or (an empty one, why). A shell of scripts has no rows but is no error."""
    try:
        return parse_list(snapshot, layout), ""
    except Blocked as error:
        return ListPage(()), "" if error.kind in ("js_shell", "empty") else error.kind
    except PageError as error:
        return ListPage(()), error.what


def read_article(snapshot: Snapshot, row: Row, layout: Layout) -> Reading:
    """What an article page says, as the crawl would read it."""
    try:
        raw = parse_article(snapshot, layout)
    except PageError as error:
        return Reading(row.url, row.title, error=error.what)
    day = raw.fields.get("published_on")
    found = moment(day.value) if day else None
    text = Tree(raw.body_html).text() if raw.body_html else ""
    return Reading(
        url=row.url,
        listed=row.title,
        title=raw.fields["title"].value if "title" in raw.fields else "",
        published_on=found.day if found else None,
        dated_by=day.rule if day else "",
        source=raw.fields["source"].value if "source" in raw.fields else "",
        fields=tuple(sorted({*raw.fields, *(("body",) if raw.body_html else ())})),
        characters=len("".join(text.split())),
    )
