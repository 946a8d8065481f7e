"""Saved pages as flat records: what `dibao parse` prints. The archive is not touched."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from archive.exchange.folders import read_page
from pipelines.process import process
from scraper.items import Blocked, PageError, Snapshot
from scraper.parse import page_kind, parse_list

Record = dict[str, Any]

READ = ("archived", "listed")
HIDDEN = {"body", "items", "rules", "published", "doc_number"}  # shown elsewhere, or under another name already
KINDS = {"article": "article", "disclosure": "article", "list": "list", "xml": "list"}


def saved_page(file: Path, url: str = "", site: str = "") -> Snapshot:
    """A saved page. Its address: as given, or what the page itself tells, or a made-up one on the site."""
    found = read_page(file, url)
    if not isinstance(found, Snapshot):
        raise click.ClickException(f"{file}: {found.why}")
    return replace(found, url=f"http://{site}/{file.name}") if site and found.url.startswith("file:") else found


def saved_pages(manifest: Path, folder: Path) -> Iterator[tuple[str, str, Snapshot]]:
    """(id, kind, snapshot) of each line of a TSV with the columns id, kind, url and, for a missing url, site."""
    with manifest.open(encoding="utf-8-sig", newline="") as lines:
        try:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if "id" not in row:
                    raise click.ClickException(f"{manifest}: needs a first line with the columns id, kind, url, site")
                file = folder / f"{row['id']}.html"
                if not file.exists():
                    raise click.ClickException(f"{manifest} names {row['id']}, but there is no {file}")
                yield row["id"], row.get("kind") or "", saved_page(file, row.get("url") or "", row.get("site") or "")
        except UnicodeDecodeError as error:
            raise click.ClickException(f"{manifest}: is not a tab-separated table in UTF-8 ({error})") from error


def record(snapshot: Snapshot, kind: str = "") -> Record:
    """What a page says. kind: article, disclosure, list or xml; a page of any other kind is looked at first.

    outcome "archived" (an article), "listed" (rows), "other" (neither), "blocked" or "unreadable" (with a reason).
    """
    seen = "other"
    try:
        seen = KINDS.get(kind) or page_kind(snapshot)
        found = _READERS[seen](snapshot)
    except Blocked as error:
        found = {"kind": seen, "outcome": "blocked", "reason": error.kind}
    except PageError as error:
        found = {"kind": seen, "outcome": "unreadable", "reason": error.what}
    return {"url": snapshot.url, "items": [], **found}


def _article(snapshot: Snapshot) -> Record:
    fields = {name: _plain(value) for name, value in asdict(process(snapshot)).items()}
    # score.py of the shared pages reads these two names.
    aliases = {"published": fields["published_on"], "doc_number": fields["document_number"]}
    return {**fields, **aliases, "kind": "article", "outcome": "archived"}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def _list(snapshot: Snapshot) -> Record:
    page = parse_list(snapshot)
    items = [{"url": row.url, "title": row.title, "date": _plain(row.listed_on)} for row in page.rows]
    head = {"kind": "list", "outcome": "listed", "family": page.family, "rules": {"rows": page.rule}}
    return {**head, "next": page.next, "items": items}


def _other(snapshot: Snapshot) -> Record:
    return {"kind": "other", "outcome": "other", "reason": "neither an article nor a list"}


_READERS = {"article": _article, "list": _list, "other": _other}


def as_text(found: Record) -> str:
    """A record for people: one field a line, rows or body last."""
    lines = [f"{name}: {value}" for name, value in found.items() if value and name not in HIDDEN]
    lines += [f"{item['date'] or '----------'}  {item['title']}  {item['url']}" for item in found["items"]]
    return "\n".join([*lines, "", str(found.get("body") or "")]).rstrip()
