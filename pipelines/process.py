"""Snapshot -> Article: the composition of the stages, in one screen. Pure: no network, no clock, no archive."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone

from pipelines import credits, furniture
from pipelines import fields as values
from pipelines.article import Article
from pipelines.clean import clean
from pipelines.privacy import mask, private_list
from scraper.catalogue import District, Layout
from scraper.items import RawArticle, Snapshot
from scraper.pages.dates import moment
from scraper.parse import parse_article
from scraper.urls import address, key

# China has one time zone and no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
SHORT = 50
_FALLBACKS = ("meta:", "url", "list")


def process(snapshot: Snapshot, district: District | None = None) -> Article:
    """Reads one announcement. Raises Blocked for a firewall or an error page, PageError where there is no article."""
    captured = snapshot.captured_at.astimezone(SHANGHAI).date()
    raw = parse_article(snapshot, district.layout_on(captured) if district else Layout())
    cleaned = clean(raw.body_html, raw.base or snapshot.url)
    title = raw.fields["title"].value
    lines, signed = credits.take(furniture.trim(cleaned.lines, title))
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
        attachments=cleaned.attachments,
        images=cleaned.images,
        family=raw.family,
        rules=rules,
        flags=raw.flags + _flags(rules, title, lines, shown.day if shown else None, captured),
        credits=tuple((role, mask(name)) for role, name in signed),
    )


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
