"""Folders of saved pages as snapshots: what a browser, HTTrack or another project's crawl left on a disk.

A page's address comes, in this order, from a manifest.tsv (columns id or file, and url) in its folder or above,
from the comment its saver left, from its canonical link, from its META Url, from its <base>; failing all, it is the
file's own address.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from archive.exchange.coding import LARGEST
from archive.exchange.warc import Skipped
from archive.store import ArchiveError
from scraper.items import Snapshot

PAGES = {".html", ".htm", ".shtml", ".shtm", ".xhtml"}
_HEAD = 100_000

_SAVED = (
    re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.I),  # browsers
    re.compile(rb"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)", re.I),
    re.compile(rb"<!--\s*Mirrored from (\S+) by HTTrack", re.I),
)
_CANONICAL = re.compile(rb"<link\b(?=[^>]*\brel\s*=\s*[\"']?canonical\b)[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_META_URL = re.compile(
    rb"<meta\b(?=[^>]*\b(?:name|property)\s*=\s*[\"']?(?:url|og:url)[\"'\s])[^>]*\bcontent\s*=\s*[\"']?([^\"'\s>]+)",
    re.I,
)
_BASE = re.compile(rb"<base\b[^>]*\bhref\s*=\s*[\"']?([^\"'\s>]+)", re.I)


def read_folder(folder: Path) -> Iterator[Snapshot | Skipped]:
    """Every saved page below a folder, in the order of names; other files are passed over and counted by suffix."""
    urls = _manifest(folder) or _manifest(folder.parent)
    for path in sorted(folder.rglob("*")):
        if path.is_dir() or path.name == "manifest.tsv":
            continue
        if any(part.endswith("_files") for part in path.relative_to(folder).parts[:-1]):
            yield Skipped("part of a saved page")  # a browser's folder beside the page: frames, scripts, pictures
        elif path.suffix.lower() in PAGES:
            yield read_page(path, urls.get(path.stem, "") or urls.get(path.name, ""))
        else:
            yield Skipped(f"not a page: {path.suffix.lower() or 'no suffix'}")


def read_page(path: Path, url: str = "") -> Snapshot | Skipped:
    """One saved page; its capture time is the file's."""
    try:
        if path.stat().st_size > LARGEST:
            return Skipped("too large", str(path))
        body = path.read_bytes()
        captured_at = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    except OSError as error:
        return Skipped("cannot be read", f"{path}: {error.strerror}")
    url = url or own_url(body, path.name) or path.absolute().as_uri()
    return Snapshot(url=url, body=body, captured_at=captured_at, role="other", requested_url=url)


def own_url(body: bytes, name: str = "") -> str:
    """The address that a saved page itself tells; "" when it tells none."""
    head = body[:_HEAD]
    base = _match(_BASE, head)
    for pattern in (*_SAVED, _CANONICAL, _META_URL):
        found = _match(pattern, head)
        url = urljoin(base, found) if base else found
        if found and "://" not in url and pattern in _SAVED:
            url = f"http://{url}"  # HTTrack leaves the scheme out
        if found and _is_page(url):
            return url
    return base if _is_page(base) and not base.endswith("/") else urljoin(base, name) if _is_site(base) else ""


def _match(pattern: re.Pattern[bytes], head: bytes) -> str:
    found = pattern.search(head)
    return html.unescape(found[1].decode("latin-1")).strip() if found else ""


def _is_site(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def _is_page(url: str) -> bool:
    """META Url often holds the site's front page only; that is not the page's address."""
    return (_is_site(url) and urlsplit(url).path.strip("/") != "") or (_is_site(url) and urlsplit(url).query != "")


def _manifest(folder: Path) -> dict[str, str]:
    """File stem or name -> URL, from a manifest.tsv; empty when there is none."""
    path = folder / "manifest.tsv"
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ArchiveError(f"{path}: is not a tab-separated table in UTF-8 ({error})") from error
    named = [name for name in ("id", "file") if rows and name in rows[0]]
    if rows and (not named or "url" not in rows[0]):
        raise ArchiveError(f"{path}: needs a first line with the columns id (or file) and url, separated by tabs")
    return {row[named[0]]: row["url"] or "" for row in rows}
