"""The pages of a survey as fixtures: bytes as received, beside them what was read, in the form of tests/pages.

A folder of these is a test of the district's readers, and with its manifest.tsv input of `dibao parse --manifest` and
of `dibao add --pages`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from scraper.catalogue import Layout
from scraper.items import PageError, Snapshot
from scraper.parse import detect, parse_article, parse_list
from scraper.recon.record import Answer

KINDS = {"home": "other", "hub": "other", "list": "list", "shell": "list", "next": "list", "article": "article"}
COLUMNS = ("id", "kind", "url", "site", "status", "content_type", "captured_at", "column")
_FIELDS = ("title", "source", "document_number", "index_number", "issuer")


def files(answers: Sequence[Answer], layout: Layout) -> Iterator[tuple[str, bytes]]:
    """(file name, bytes): <n>-<why>.html with the page, .json or .list.json with what was read, manifest.tsv."""
    lines = ["\t".join(COLUMNS)]
    for number, answer in enumerate(answers, 1):
        page, why = answer.snapshot, answer.ask.why
        stem = f"{number:02d}-{why}"
        yield f"{stem}.html", page.body
        if why in ("list", "shell", "next"):
            yield f"{stem}.list.json", _json(_list(page, layout))
        elif why == "article":
            yield f"{stem}.json", _json(_article(page, layout))
        lines.append("\t".join(_plain(cell) for cell in _line(stem, answer)))
    yield "manifest.tsv", ("\n".join(lines) + "\n").encode()


def _line(stem: str, answer: Answer) -> Iterator[str]:
    page = answer.snapshot
    yield from (stem, KINDS[answer.ask.why], page.requested_url or page.url, urlsplit(page.url).netloc)
    yield from (str(page.status), page.header("content-type"), page.captured_at.isoformat(), answer.ask.column)


def _plain(cell: str) -> str:
    return " ".join(cell.split())


def _json(said: dict[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _list(page: Snapshot, layout: Layout) -> dict[str, Any]:
    try:
        read = parse_list(page, layout)
    except PageError as error:
        return {"url": page.url, "error": error.what}
    rows = [{"url": row.url, "title": row.title, "date": f"{row.listed_on or ''}"} for row in read.rows]
    return {"url": page.url, "family": read.family, "next": read.next, "rows": rows}


def _article(page: Snapshot, layout: Layout) -> dict[str, Any]:
    said: dict[str, Any] = {"url": page.url, "family": detect(page)}
    try:
        raw = parse_article(page, layout)
    except PageError as error:
        return said | {"error": error.what}
    fields = {name: raw.fields[name].value for name in (*_FIELDS, "published_on") if name in raw.fields}
    return said | fields | {"rules": {name: raw.fields[name].rule for name in fields} | {"body": raw.body_rule}}
