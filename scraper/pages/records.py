"""Rows that are not in the page's tree: Hanweb's records, answers in XML or JSON, arrays in scripts."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scraper.items import Row, Snapshot
from scraper.pages.answers import loaded
from scraper.pages.family import Tree
from scraper.pages.links import absolute, squeeze
from scraper.pages.rowdates import row_day
from scraper.pages.words import words

# Hanweb page 1: <record><![CDATA[<li>…</li>]]></record> in a script; some sites escape the brackets once more.
_RECORD = re.compile(r"<record>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</record>", re.S | re.I)
# Old servers (…/jslib/jquery/jpage/dataproxy.jsp) answer a script: totalRecord=99;dataStore=['<li>…</li>','…']
_STORE = re.compile(r"\bdataStore\s*=\s*\[(.*)\]", re.S)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.S)
_ARRAY = re.compile(r"\[\s*\{\s*[\"']?\w+[\"']?\s*:")
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script", re.S | re.I)
_CHINA = timedelta(hours=8)
_MOST_ARRAYS = 40
RECORDS = "main#records > article"  # as_tree puts each record in one of these


def embedded(snapshot: Snapshot) -> Iterator[tuple[Tree | tuple[Row, ...], str]]:
    """What a page keeps outside its tree: fragments of HTML to read by structure, or rows. With the rule."""
    text = snapshot.text
    records = hanweb_records(text)
    if records:
        yield as_tree(records), "record"
    if (value := loaded(text)) is not None:
        yield from _answer(snapshot, value)
    elif "<a" not in text[:200_000].lower():
        yield from arrays(snapshot)


def hanweb_records(text: str) -> list[str]:
    """The HTML of each <record>, in order."""
    if "<record>" not in text and "&lt;record&gt;" in text:
        text = html.unescape(text)
    if "<record>" not in text or "</record>" not in text:
        return _stored(text) if "dataStore" in text else []
    return [part.replace("\\/", "/").replace('\\"', '"') for part in _RECORD.findall(text)]


def _stored(text: str) -> list[str]:
    store = _STORE.search(text)
    found = [one or two for one, two in _QUOTED.findall(store[1])] if store else []
    return [part.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'") for part in found if "<a " in part]


def as_tree(fragments: list[str]) -> Tree:
    """Fragments as siblings of one page; cells and rows get the table without which a parser drops them."""
    parts = []
    for fragment in fragments:
        start = fragment.lstrip()[:4].lower()
        inner = f"<table>{fragment}</table>" if start.startswith(("<tr", "<td")) else fragment
        parts.append(f"<article>{inner}</article>")
    return Tree(f"<body><main id=records>{''.join(parts)}</main></body>")


def _answer(snapshot: Snapshot, value: Any) -> Iterator[tuple[Tree | tuple[Row, ...], str]]:
    """A JSON answer: {"html": "<tr>…"} of Fengxun and jpaas, or objects with title and address."""
    markup = longest_markup(value)
    # 2026-11: answers in objects hold the articles' bodies too (UCAP), whose links are no rows.
    if rows := json_rows(snapshot.url, value):
        yield rows, "json"
    elif markup:
        inner = f"<table>{markup}</table>" if markup.lstrip()[:3].lower() == "<tr" else markup
        yield Tree(f"<body>{inner}</body>"), "json:html"


def longest_markup(value: Any) -> str:
    """The longest string of a JSON value that holds links; "" when none does."""
    return max((part for part in _strings(value) if "<a " in part), key=len, default="")


def json_rows(base: str, value: Any, dates: Sequence[str] = ()) -> tuple[Row, ...]:
    """The rows of a JSON value: its largest list of objects with a title and an address.

    dates: keys in lower case whose dates are taken, best first; () for those of every list.
    """
    return _largest(base, [value], dates or words().json_date)


def arrays(snapshot: Snapshot) -> Iterator[tuple[tuple[Row, ...], str]]:
    """Arrays of objects in the scripts of a page that holds no links."""
    values = []
    for script in _SCRIPT.findall(snapshot.text):
        for match in list(_ARRAY.finditer(script))[:_MOST_ARRAYS]:
            try:
                values.append(json.JSONDecoder().raw_decode(script, match.start())[0])
            except (ValueError, RecursionError):
                continue
    rows = _largest(snapshot.url, values, words().json_date)
    if rows:
        yield rows, "script"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _lists(value: Any) -> Iterator[list[dict[str, Any]]]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _lists(inner)
    elif isinstance(value, list):
        objects = [inner for inner in value if isinstance(inner, dict)]
        if objects:
            yield objects
        for inner in value:
            yield from _lists(inner)


def _largest(base: str, values: list[Any], dates: Sequence[str]) -> tuple[Row, ...]:
    found = [tuple(_rows(base, objects, dates)) for value in values for objects in _lists(value)]
    return max(found, key=len, default=())


def _rows(base: str, objects: list[dict[str, Any]], dates: Sequence[str]) -> Iterator[Row]:
    for item in objects:
        lower = {str(name).lower(): value for name, value in item.items()}
        title = next((lower[name] for name in words().json_title if isinstance(lower.get(name), str)), "")
        href = next((lower[name] for name in words().json_url if isinstance(lower.get(name), str) and lower[name]), "")
        url = absolute(base, href) if href else ""
        if title and url:
            yield Row(url, squeeze(re.sub(r"<[^>]+>", "", html.unescape(title))), _json_day(lower, dates))


def _json_day(item: dict[str, Any], dates: Sequence[str]) -> date | None:
    """Dates as text, or as seconds or milliseconds since 1970."""
    for name in dates:
        value = item.get(name)
        if isinstance(value, str) and value.isdigit() and len(value) in (10, 13):
            value = int(value)
        if isinstance(value, str) and (found := row_day([value])):
            return found.day
        if isinstance(value, int) and 10**8 < value < 10**14:
            seconds = value // 1000 if value > 10**11 else value
            return (datetime.fromtimestamp(seconds, UTC) + _CHINA).date()
    return None
