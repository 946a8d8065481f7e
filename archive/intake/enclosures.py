"""What articles lead to: following parts and attached files. Which there are, what was stored of them, what is due.

An address is one row of ``enclosures``, however many articles lead to it (``enclosed``). Nothing here depends on
whether the article or its file came first: every stored part and file is noted (``enclosure_captures``), and an
article that leads to it later finds it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from archive import articles
from archive.crawl import halves, queue
from archive.crawl.runs import Run
from archive.snapshots import stamp
from archive.store import Archive
from pipelines.article import Article
from pipelines.attachments.kinds import kind
from scraper.blocked import blocked
from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.urls import canonical, host, same_site

COVER_NOTE: Final = 200  # characters; pictures of a longer body illustrate it, they do not hold its text
PICTURES: Final = 30
SMALL: Final = 200_000  # bytes; nothing larger of unknown kind is a firewall's page
GONE_BY: Final = ("text/html", "application/xhtml+xml")
_CODED = re.compile(r"(?i)filename\*\s*=\s*[\w-]*'[\w-]*'([^;\s]+)")
_PLAIN = re.compile(r'(?i)filename\s*=\s*(?:"([^"]+)"|([^;]+))')
# Kinds that an imported response of unknown role must have to count as a file.
_PAGES: Final = frozenset(("", "html", "text", "mhtml", "png", "jpeg", "gif", "bmp", "tiff", "webp", "gzip"))


@dataclass(frozen=True, slots=True)
class _Link:
    role: str
    position: int
    address: str
    name: str

    @property
    def url(self) -> str:
        return canonical(self.address)


def link(
    archive: Archive, article: Article, snapshot_id: int, district: District | None, *, run: Run | None, changed: bool
) -> None:
    """Notes what an article leads to, if this snapshot is the one that it shows. What is new waits to be fetched;
    changed: a crawl found that the article says something else, so its files are asked for again."""
    conn = archive.write()
    shown = conn.execute("SELECT snapshot_id FROM articles WHERE key = ?", (article.key,)).fetchone()
    if shown is None or shown[0] != snapshot_id:
        return
    wanted = {(one.role, one.url): one for one in reversed(list(_links(article)))}
    held = {
        (role, url): (position, name)
        for role, url, position, name in conn.execute(
            "SELECT role, url, position, name FROM enclosed WHERE article_key = ?", (article.key,)
        )
    }
    same = {key: (one.position, one.name) for key, one in wanted.items()} == held
    for key, one in wanted.items():
        if held.get(key) != (one.position, one.name):
            _note(conn, article, one, district)
    for role, url in held.keys() - wanted.keys():
        conn.execute("DELETE FROM enclosed WHERE article_key = ? AND role = ? AND url = ?", (article.key, role, url))
        _forget(conn, url)
    if changed and run is not None and run.kind == "crawl":
        conn.execute(
            "UPDATE enclosures SET state = 'waiting', reason = '', tries = 0, next_try_at = NULL"
            " WHERE url IN (SELECT url FROM enclosed WHERE article_key = ?)"
            " AND state IN ('stored', 'unchanged', 'given_up', 'too_large', 'forbidden')",
            (article.key,),
        )
    if not same:
        index(conn, article.key)


def settle(archive: Archive, snapshot_id: int, snapshot: Snapshot, *, run: Run | None) -> bool:
    """Notes a stored response that is a part or a file (or should have been). True for one that can be used."""
    conn = archive.write()
    url = queue.page_url(snapshot)
    if urlsplit(url).path == "/robots.txt":  # kept under the role of attachments; it is nobody's
        return False
    wrong = _wrong(snapshot)
    if wrong is None and halves.is_half(archive, snapshot):
        wrong = ("failed", halves.REASON)
    if wrong is not None:
        if snapshot.role != "other":
            queue.enclosure_failed(conn, run, url, *wrong)
        return False
    role = "attachment" if snapshot.role == "other" else snapshot.role
    conn.execute(
        "INSERT OR REPLACE INTO enclosure_captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(snapshot_id, url, role, stamp(snapshot.captured_at), snapshot.sha256, len(snapshot.body)),
            *(file_name(snapshot), snapshot.header("etag"), snapshot.header("last-modified")),
        ),
    )
    _adopt(conn, url)
    for key in leading_to(conn, url, "attachment"):
        index(conn, key)
    return True


def leading_to(conn: sqlite3.Connection, url: str, role: str) -> list[str]:
    """Keys of the articles that lead to an address (canonical)."""
    sql = "SELECT article_key FROM enclosed WHERE url = ? AND role = ? ORDER BY article_key"
    return [key for (key,) in conn.execute(sql, (url, role))]


def index(conn: sqlite3.Connection, article_key: str) -> None:
    """Brings the text under which an article is found by its files up to date."""
    rows = conn.execute(
        "SELECT name, text FROM attachments WHERE article_key = ? AND text != '' ORDER BY position, url",
        (article_key,),
    )
    # NUL would end the text for SQL's own functions.
    text = "\n\n".join(f"{name}\n{text}" for name, text in rows).replace("\0", "")[:ATTACHED]
    if not text:
        conn.execute("DELETE FROM attached_text WHERE article_key = ?", (article_key,))
        return
    conn.execute(
        "INSERT INTO attached_text VALUES (?1, ?2) ON CONFLICT DO UPDATE SET text = excluded.text"
        " WHERE text != excluded.text",
        (article_key, text),
    )


ATTACHED: Final = 4_000_000
"""Characters of all files of one article that are indexed."""


def take_out(archive: Archive, article_key: str) -> None:
    """Takes an article out (better rules find none, or it is taken down), with what it alone led to."""
    articles.delete(archive, article_key)
    drop(archive.write(), article_key)


def drop(conn: sqlite3.Connection, article_key: str) -> None:
    """An article is out: so is what it alone led to, with text and names. The stored responses stay."""
    urls = [url for (url,) in conn.execute("SELECT url FROM enclosed WHERE article_key = ?", (article_key,))]
    conn.execute("DELETE FROM attached_text WHERE article_key = ?", (article_key,))
    conn.execute("DELETE FROM enclosed WHERE article_key = ?", (article_key,))
    for url in urls:
        _forget(conn, url)
        conn.execute(
            "UPDATE enclosure_captures SET file_name = '' WHERE url = ?1"
            " AND NOT EXISTS (SELECT 1 FROM enclosures WHERE url = ?1)",
            (url,),
        )


def parts(archive: Archive, urls: Sequence[str], captured_at: datetime) -> list[Snapshot]:
    """The stored following pages that belong to a capture of an article's first page."""
    numbers = (chosen(archive, canonical(url), captured_at) for url in urls)
    return [archive.snapshots.get(number) for number in numbers if number is not None]


def chosen(archive: Archive, url: str, captured_at: datetime) -> int | None:
    """The snapshot of a part that belongs to a first page captured then: the first that came after it, else the last
    that came before."""
    row = archive.db.conn.execute(
        "SELECT snapshot_id FROM enclosure_captures WHERE url = ?1 AND role = 'part'"
        " ORDER BY captured_at >= ?2 DESC, CASE WHEN captured_at >= ?2 THEN captured_at END, captured_at DESC LIMIT 1",
        (url, stamp(captured_at)),
    ).fetchone()
    return None if row is None else int(row[0])


def _links(article: Article) -> Iterator[_Link]:
    for position, url in enumerate(article.parts):
        yield _Link("part", position, url, "")
    files = [(one.url, one.text) for one in article.attachments]
    if len(article.body) < COVER_NOTE:
        files += [(one.url, one.text) for one in article.images[:PICTURES]]
    for position, (url, name) in enumerate(files):
        if url.startswith(("http://", "https://")) and canonical(url) != canonical(article.url):
            yield _Link("attachment", position, url, " ".join(name.split())[:300])


def _note(conn: sqlite3.Connection, article: Article, one: _Link, district: District | None) -> None:
    conn.execute(
        "INSERT INTO enclosed VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET position = excluded.position, name = excluded.name",
        (article.key, one.role, one.url, one.position, one.name),
    )
    near = same_site(article.url, one.address) or (
        district is not None and (same_site(district.site, one.address) or host(one.address) in district.allowed_hosts)
    )
    conn.execute(
        'INSERT OR IGNORE INTO enclosures (url, requested_url, article_key, role, position, district, "column", name,'
        " state, reason, first_seen_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(one.url, one.address, article.key, one.role, one.position, article.district, article.column, one.name),
            *(("waiting", "") if near else ("elsewhere", "it lies on another site, which is not asked")),
            stamp(datetime.now(UTC)),
        ),
    )
    _adopt(conn, one.url)


def _adopt(conn: sqlite3.Connection, url: str) -> None:
    """Gives an address the newest that is stored of it; its text is to be read, if it is not known yet."""
    row = conn.execute(
        "SELECT e.role, c.snapshot_id, c.sha256, c.bytes, c.captured_at, c.etag, c.last_modified, c.file_name"
        " FROM enclosures e JOIN enclosure_captures c ON c.url = e.url AND c.role = e.role"
        " WHERE e.url = ? ORDER BY c.captured_at DESC, c.snapshot_id DESC LIMIT 1",
        (url,),
    ).fetchone()
    if row is None:
        return
    role, number, sha256, size, captured_at, etag, modified, called = row
    before = conn.execute("SELECT sha256, fetched_at, state FROM enclosures WHERE url = ?", (url,)).fetchone()
    if before[:2] == (sha256, captured_at) and before[2] not in ("elsewhere", "failed", "blocked", "given_up"):
        return  # settled again; it may wait to be asked for anew
    conn.execute(
        "UPDATE enclosures SET state = 'stored', reason = '', tries = 0, next_try_at = NULL, sha256 = ?,"
        " fetched_at = ?, etag = ?, last_modified = ?, name = CASE name WHEN '' THEN ? ELSE name END WHERE url = ?",
        (sha256, captured_at, etag, modified, called, url),
    )
    if role == "attachment":
        conn.execute(
            "INSERT OR IGNORE INTO files (sha256, snapshot_id, bytes) VALUES (?, ?, ?)", (sha256, number, size)
        )
        _sweep(conn, before[0])


def _forget(conn: sqlite3.Connection, url: str) -> None:
    """Takes an address out that no article leads to any more."""
    other = conn.execute("SELECT article_key FROM enclosed WHERE url = ? LIMIT 1", (url,)).fetchone()
    if other is not None:
        conn.execute("UPDATE enclosures SET article_key = ? WHERE url = ?", (other[0], url))
        return
    row = conn.execute("SELECT sha256 FROM enclosures WHERE url = ?", (url,)).fetchone()
    conn.execute("DELETE FROM enclosures WHERE url = ?", (url,))
    _sweep(conn, row[0] if row else "")


def _sweep(conn: sqlite3.Connection, sha256: str) -> None:
    """Takes a text out that no address shows any more."""
    conn.execute(
        "DELETE FROM files WHERE sha256 = ?1 AND NOT EXISTS (SELECT 1 FROM enclosures WHERE sha256 = ?1)", (sha256,)
    )


def file_name(snapshot: Snapshot) -> str:
    """What the server calls a file (Content-Disposition, RFC 6266, and what is sent in its place), else what its
    address does. Names without a charset are UTF-8 or GBK, percent-encoded or not."""
    said = snapshot.header("content-disposition")
    coded, plain = _CODED.search(said), _PLAIN.search(said)
    if coded:
        raw = unquote_to_bytes(coded[1])
    elif plain:
        raw = unquote_to_bytes((plain[1] or plain[2]).encode("latin-1", "replace"))
    else:
        raw = unquote_to_bytes(urlsplit(snapshot.requested_url or snapshot.url).path.rpartition("/")[2])
    for charset in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return " ".join(raw.decode(charset).replace("\0", "").split())[:200]
    return ""


def _wrong(snapshot: Snapshot) -> tuple[str, str] | None:
    """(state, reason) of an answer that is no part and no file; None for one that can be used."""
    if snapshot.role == "other":
        return ("failed", "") if snapshot.status != 200 or kind(snapshot.body) in _PAGES else None
    found = kind(snapshot.body)
    if (
        snapshot.role == "part"
        or snapshot.status >= 400
        or found == "html"
        or (not found and len(snapshot.body) < SMALL)
    ):
        if verdict := blocked(snapshot):
            return "blocked", verdict
        if snapshot.status >= 400:
            return "failed", f"HTTP {snapshot.status}"
    if snapshot.role == "attachment" and found == "html":
        said = snapshot.header("content-type").partition(";")[0].strip().lower()
        if said in GONE_BY or not said:
            return "failed", "a web page in place of the file"
    return None if snapshot.body else ("failed", "an empty answer")
