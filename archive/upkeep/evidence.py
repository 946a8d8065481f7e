"""A pack that proves what a site said and when: responses as WARC, their hashes and times, a statement, references.

The pack is a ZIP that needs no Dibao to be checked: every file's SHA-256 stands in manifest.json, the WARC opens in any
reader of web archives, and the statement says in plain words what is shown and how to check it.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive import articles, chain
from archive.articles import Stored
from archive.exchange.warc import warc_bytes
from archive.hidden import is_down
from archive.snapshots import stamp
from archive.store import Archive, ArchiveError
from pipelines.citation import FORMATS, cite, reference
from scraper.items import Snapshot

_WHEN = (1980, 1, 1, 0, 0, 0)  # the ZIP's own times say nothing: equal captures give equal packs


@dataclass(frozen=True, slots=True)
class Shown:
    """A response of the pack, as manifest.json lists it."""

    number: int
    url: str
    captured_at: str
    status: int
    sha256: str
    size: int
    outcome: str
    chain_position: int | None
    chain_digest: str | None


def pack(archive: Archive, wanted: str, path: Path, permalink: str = "") -> tuple[Shown, ...]:
    """Writes the pack of an article (key or URL) to a ZIP file. Raises ArchiveError where there is no such article or
    it was taken down. The file appears under its name when it is complete."""
    stored = articles.get(archive, wanted)
    if stored is None:
        down = is_down(archive.db.conn, wanted)
        raise ArchiveError(f"{wanted}: {'was taken down, see dibao takedown --list' if down else 'no such article'}")
    found = list(_responses(archive, stored))
    files = {
        "responses.warc.gz": warc_bytes([snapshot for _, snapshot in found]),
        "statement.txt": _statement(stored, [one for one, _ in found]).encode(),
        "article.txt": f"{stored.article.title}\n\n{stored.article.body}\n".encode(),
    }
    files |= {f"reference.{form}": cite(reference(stored.article, permalink), form).encode() for form in FORMATS}
    manifest = {
        "key": stored.article.key,
        "url": stored.article.url,
        "responses": [asdict(one) for one, _ in found],
        "sha256": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }
    files["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    _write(path, files)
    return tuple(one for one, _ in found)


def _responses(archive: Archive, stored: Stored) -> Iterator[tuple[Shown, Snapshot]]:
    """All responses from the article's addresses, the oldest first: also those that say it is gone."""
    conn = archive.db.conn
    rows = conn.execute(
        "SELECT snapshot_id, outcome, run_id FROM captures WHERE article_key = ?", (stored.article.key,)
    ).fetchall()
    known = {row[0] for row in rows}
    urls = {archive.snapshots.get(number).url for number in known} | {stored.article.url}
    others = {number for url in urls for number in archive.snapshots.of_url(url)} - known
    asked = "SELECT snapshot_id, outcome, run_id FROM captures WHERE snapshot_id = ? AND role = 'article'"
    rows += [row for number in sorted(others) if (row := conn.execute(asked, (number,)).fetchone())]
    read = [(archive.snapshots.get(number, verify=True), number, outcome, run) for number, outcome, run in rows]
    read.sort(key=lambda one: (one[0].captured_at, one[1]))
    for snapshot, number, outcome, run_id in read:
        link = conn.execute("SELECT position, digest FROM chain WHERE run_id = ?", (run_id,)).fetchone()
        position, digest = link or (None, None)
        moment, size = stamp(snapshot.captured_at), len(snapshot.body)
        shown = (number, snapshot.url, moment, snapshot.status, snapshot.sha256, size, outcome)
        yield Shown(*shown, position, digest), snapshot


def _statement(stored: Stored, found: list[Shown]) -> str:
    article = stored.article
    lines = [
        "证据说明 / Statement",
        "",
        f"公告 Announcement: {article.title}",
        f"网址 Address: {article.url}",
        f"发布日期 Published: {article.published_on or '-'}",
        f"永久标识 Key: {article.key}",
        f"内容变动 Changed: {stamp(stored.changed_at) if stored.changed_at else '-'}",
        "",
        "本包所含响应（时间为 UTC）/ Responses in this pack (times are UTC):",
        *(f"  {one.captured_at}  HTTP {one.status}  {one.outcome}  SHA-256 {one.sha256}  {one.url}" for one in found),
        "",
        "核对 / To check:",
        "  1. manifest.json 列有各文件的 SHA-256。/ manifest.json lists the SHA-256 of every file.",
        "  2. responses.warc.gz 为所收响应的原样（WARC 1.1）；每条正文的 SHA-256 即上列数值。",
        "     responses.warc.gz holds the responses as received (WARC 1.1); the SHA-256 of each body is the one above.",
        "  3. chain_position 与 chain_digest 指向档案哈希链中的一环：该环之后公布的任何摘要都能证明其未被改动。",
        "     chain_position and chain_digest name a link of the archive's hash chain (docs/operations.md, verify).",
        "",
    ]
    return "\n".join(lines)


def _write(path: Path, files: dict[str, bytes]) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data.getvalue())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ArchiveError(f"{path}: cannot be written ({error.strerror})") from error


def anchor(archive: Archive) -> bytes:
    """The digest of the chain's head, which a time stamp is asked for. Raises ArchiveError before the first run."""
    link = chain.head(archive.db.conn)
    if link is None:
        raise ArchiveError(f"{archive.path}: no run has ended yet; there is nothing to stamp")
    return bytes.fromhex(link.digest)


def stamped(archive: Archive, authority: str, token: bytes) -> None:
    """Keeps an RFC 3161 token for the chain's head."""
    link = chain.head(archive.db.conn)
    assert link is not None
    archive.write().execute(
        "INSERT OR REPLACE INTO timestamps (position, authority, stamped_at, token) VALUES (?, ?, ?, ?)",
        (link.position, authority, stamp(datetime.now(UTC)), token),
    )
    archive.commit()
