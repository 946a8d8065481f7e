"""Snapshot -> Article: the composition of the stages, in one screen. Pure: no network, no clock, no archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta, timezone

from pipelines import credits, furniture
from pipelines import fields as values
from pipelines.archived import archived_by_site
from pipelines.article import Article
from pipelines.clean import clean
from pipelines.parts import joined, named, once
from pipelines.privacy import mask, private_list
from scraper.catalogue import District, Layout
from scraper.items import PageError, RawArticle, Snapshot
from scraper.pages.dates import moment
from scraper.pages.ending import is_cut
from scraper.parse import parse_article
from scraper.urls import address, canonical, key

# China has one time zone and no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
SHORT = 50
_FALLBACKS = ("meta:", "url", "list")


def process(snapshot: Snapshot, district: District | None = None, parts: Sequence[Snapshot] = ()) -> Article:
    """Reads one announcement. Raises Blocked for a firewall or an error page, PageError where there is no article.

    parts: the following pages of an article in several, in any order; those that Article.parts names but that are not
    among them leave the flag "parts_missing". A part that cannot be read counts as missing.
    """
    captured = snapshot.captured_at.astimezone(SHANGHAI).date()
    layout = district.layout_on(captured) if district else Layout()
    raw = parse_article(snapshot, layout)
    title = raw.fields["title"].value
    read = {part.requested_url or part.url: _part(part, title, layout) for part in parts}
    following = named(raw, read) if read else raw.parts
    given = {canonical(url): page for url, page in read.items() if page is not None}
    pages = [raw, *(given[canonical(url)] for url in following if canonical(url) in given)]
    cleaned = [clean(page.body_html, page.base or page.url) for page in pages]
    lines, signed = credits.take(joined([furniture.trim(one.lines, title) for one in cleaned], title))
    validity, fields = values.validity(raw.fields)
    site = values.value(fields.get("site_name")) or (district.name if district else None)
    number, number_rule = _number(raw, lines)
    shown = moment(fields["published_on"].value) if "published_on" in fields else None
    rules = {name: cut.rule for name, cut in fields.items() if values.value(cut)} | {"body": raw.body_rule}
    rules |= {"document_number": number_rule} if number else {}
    rules |= {} if shown else {"published_on": "none"}
    return Article(
        key=key(snapshot.url),
        url=address(snapshot.url),
        district=snapshot.district,
        column=snapshot.column or values.value(fields.get("column")) or "",
        title=mask(title),
        body=mask("\n".join(lines)),
        captured_at=snapshot.captured_at.astimezone(UTC),
        sha256=snapshot.sha256,
        published_on=shown.day if shown else None,
        published_at=shown.clock if shown else None,
        source=values.source(fields.get("source"), site),
        author=values.value(fields.get("author")),
        issuer=values.value(fields.get("issuer")),
        document_number=number,
        index_number=values.value(fields.get("index_number")),
        made_on=values.day(fields.get("made_on")),
        topic_class=values.value(fields.get("topic_class")),
        genre_class=values.value(fields.get("genre_class")),
        combo_class=values.value(fields.get("combo_class")),
        validity=validity,
        effective_on=values.day(fields.get("effective_on")),
        repealed_on=values.day(fields.get("repealed_on")),
        disclosure=values.value(fields.get("disclosure")),
        abstract=mask(values.value(fields.get("abstract")) or "") or None,
        keywords=values.value(fields.get("keywords")),
        site_name=site,
        attachments=once(link for one in cleaned for link in one.attachments),
        images=once(link for one in cleaned for link in one.images),
        family=raw.family,
        rules=rules,
        flags=raw.flags
        + _flags(rules, title, lines, shown.day if shown else None, captured)
        + (("parts_missing",) if len(pages) <= len(following) else ())
        + (("cut_off",) if any(is_cut(one.text) for one in (snapshot, *parts)) else ())
        + ((mark,) if (mark := archived_by_site(snapshot.text)) else ()),
        credits=tuple((role, mask(name)) for role, name in signed),
        parts=following,
    )


def _part(snapshot: Snapshot, title: str, layout: Layout) -> RawArticle | None:
    """A following page as read; None for one that cannot be read."""
    try:
        return parse_article(replace(snapshot, listed_title=snapshot.listed_title or title), layout)
    except PageError:
        return None


def _number(raw: RawArticle, lines: list[str]) -> tuple[str | None, str]:
    if number := values.document_number(values.value(raw.fields.get("document_number"))):
        return number, raw.fields["document_number"].rule
    if number := values.own_number(lines):
        return number, "body:line"
    return None, ""


def _flags(
    rules: dict[str, str], title: str, lines: list[str], published: date | None, captured: date
) -> tuple[str, ...]:
    doubts = {
        "no_date": published is None,
        "date_fallback": published is not None and rules["published_on"].startswith(_FALLBACKS),
        "date_in_future": published is not None and published > captured + timedelta(days=1),
        "no_body": not lines,
        "short_body": 0 < sum(map(len, lines)) < SHORT,
        "body_by_extractor": rules["body"].startswith("trafilatura"),
        "private_list": private_list(title, "\n".join(lines)),
    }
    return tuple(name for name, doubt in doubts.items() if doubt)
