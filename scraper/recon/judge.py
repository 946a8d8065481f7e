"""How sure is it that this is a column, and that it is read rightly? Confidence 0-1 with its reasons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from scraper.pages.title import squeezed
from scraper.recon.trail import Paging, Reading, State, Trail
from scraper.recon.vocabulary import LONGEST, bare, kind_of, kind_of_type

_FULL = (10, 12, 15, 18, 20, 24, 25, 30, 40, 45, 50, 60, 100)  # rows of a page as sites set them
UNKNOWN = 99  # place of a column whose name means nothing to us: last


@dataclass(frozen=True, slots=True)
class Found:
    """A column as understood. link: the text that led to it; place: its place in a district's file.

    confidence  0-1; reasons: what speaks for it; warnings: what was not proven, or speaks against it
    """

    name: str
    url: str
    link: str
    kind: str
    place: int
    found: str
    state: State
    confidence: float
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    rows: int
    dated: int
    newest: date | None
    sample: str
    paging: Paging
    rule: str
    articles: tuple[Reading, ...]


def judge(trail: Trail) -> Found:
    """The sum of what is known: its name 0.3, rows with dates 0.3, paging 0.2, two articles 0.2."""
    parts = [*_name(trail), *_rows(trail), *_paging(trail), *_articles(trail)]
    newest = trail.newest
    return Found(
        name=called(trail),
        url=trail.url,
        link=trail.name,
        kind=trail.kind.name if trail.kind else "",
        place=trail.kind.place if trail.kind else UNKNOWN,
        found=trail.found,
        state=trail.state,
        confidence=round(max(0.0, min(1.0, sum(value for value, _, _ in parts))), 2),
        reasons=tuple(text for _, good, text in parts if good),
        warnings=tuple(text for _, good, text in parts if not good),
        rows=len(trail.rows),
        dated=trail.dated,
        newest=newest.listed_on if newest else None,
        sample=newest.title if newest else "",
        paging=trail.paging,
        rule=trail.page.rule if trail.page else "",
        articles=tuple(trail.articles),
    )


def called(trail: Trail) -> str:
    """A column's name: what the page calls itself where that means the same as the link, else the link's text."""
    own = bare(trail.called)
    if trail.given or not 2 <= len(own) <= LONGEST:
        return trail.name
    same = kind_of(own) == trail.kind and trail.kind is not None
    return own if same or own in trail.name or trail.name in own else trail.name


Part = tuple[float, bool, str]


def _name(trail: Trail) -> Iterator[Part]:
    if trail.given:
        yield 0.3, True, "named in its TOML"
        return
    if trail.kind is None:
        yield 0.1, False, f"the name {trail.name} says nothing of what it holds"
        return
    yield 0.2, True, f"{trail.found}: a link {trail.name}"
    own = bare(trail.called)
    if own and (own in trail.name or trail.name in own or kind_of(own) == trail.kind):
        yield 0.1, True, f"the page calls itself {own}"
    elif kind_of_type(trail.typed) == trail.kind:
        yield 0.1, True, f"META ColumnType {trail.typed}"
    elif own and kind_of(own):
        yield -0.1, False, f"the page calls itself {own}"
    else:
        yield 0.05, True, "the page does not say its name"


def _rows(trail: Trail) -> Iterator[Part]:
    rows, dated = len(trail.rows), trail.dated
    share = dated / rows if rows else 0.0
    if share >= 0.8 and rows >= 5:
        yield 0.3, True, f"{rows} rows, {dated} with dates"
    elif share >= 0.8 and rows >= 2:
        yield 0.2, True, f"{rows} rows, all but {rows - dated} with dates"
    elif rows:
        yield 0.1, False, f"{rows} rows, only {dated} with dates"
    else:
        yield 0.0, False, "no rows"
    if len(trail.elsewhere) > rows:
        yield -0.1, False, f"{len(trail.elsewhere)} rows lead to other sites, which are not fetched"


def _paging(trail: Trail) -> Iterator[Part]:
    match trail.paging:
        case "proven":
            yield 0.2, True, f"the next page gives {len(trail.second)} other rows"
        case "none" if len(trail.rows) not in _FULL:
            yield 0.15, True, "one page only: no next page is named"
        case "none":
            yield 0.1, False, f"just {len(trail.rows)} rows and no next page was found: older ones may be missed"
        case "loops":
            yield 0.0, False, "the next page gives the same rows again"
        case "failed":
            yield 0.0, False, f"the next page could not be read: {trail.note}"
        case _:
            yield 0.05, False, "the next page was not looked at"


def _articles(trail: Trail) -> Iterator[Part]:
    read = trail.articles
    good = sum(one.good for one in read)
    if good:
        yield 0.1 * min(2, good), True, f"{good} of {len(read)} articles read: title, date, text"
    if not read:
        yield 0.0, False, "no article was read"
    for one in read:
        if one.error:
            yield 0.0, False, f"{one.url}: {one.error}"
        elif not one.good:
            lacks = [
                name
                for name, there in (("title", one.title), ("date", one.published_on), ("text", one.characters))
                if not there
            ]
            yield -0.05, False, f"{one.url}: no {', no '.join(lacks) or 'text worth the name'} found"
        elif not _agree(one):
            yield -0.05, False, f"{one.url}: the list calls it {one.listed}, the page {one.title}"
        elif one.dated_by in ("url", "list"):
            yield 0.0, False, f"{one.url}: its date stands in the {one.dated_by} only"
    if good and not any(one.source for one in read):
        yield 0.0, False, "no article names a source"


def _agree(one: Reading) -> bool:
    """Do list and page mean the same article? Lists cut titles, pages add subtitles."""
    listed, shown = squeezed(one.listed), squeezed(one.title)
    return not listed or listed[:8] in shown or shown[:8] in listed
