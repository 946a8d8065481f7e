"""The text of attached files: the stage after a crawl, beside describing facts.

Intake notes which contents are new (table files, state "waiting"); the stage reads one after the other in a process
apart, each written in one transaction with the index of the articles that link it. It may be killed at any moment and
goes on where it was; a second run does nothing.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from typing import Final
from urllib.parse import unquote, urlsplit

from archive.intake import enclosures
from archive.snapshots import Damaged, whole
from archive.stages.alone import Progress, alone
from archive.stages.extractor import Extractor
from archive.store import Archive
from pipelines.attachments import RULES_VERSION
from pipelines.attachments.extracted import Extracted
from pipelines.attachments.kinds import MEDIA_TYPES
from pipelines.privacy import mask

log = logging.getLogger(__name__)

_PENDING: Final = "state = 'waiting' OR (?1 AND rules_version != ?2 AND state != 'waiting')"


def read_pending(
    archive: Archive, progress: Progress | None = None, *, outdated: bool = True, extractor: Extractor | None = None
) -> int:
    """Reads the files that are new, and (outdated) those that other rules read; gives their number. progress is told
    (done, of how many). Raises Busy when another process is at it, ArchiveError; what is committed stays."""
    with alone(archive, "attachments"), extractor or Extractor() as reader:
        total = _count(archive.db.conn, outdated)
        done = 0
        while found := _next(archive.db.conn, outdated):
            _read(archive, *found, reader)
            done += 1
            if progress:
                progress(done, max(total, done))
    return done


def pending(archive: Archive) -> int:
    """How many new files are to be read."""
    return _count(archive.db.conn, outdated=False)


def _count(conn: sqlite3.Connection, outdated: bool) -> int:
    return int(conn.execute(f"SELECT count(*) FROM files WHERE {_PENDING}", (outdated, RULES_VERSION)).fetchone()[0])


def _next(conn: sqlite3.Connection, outdated: bool) -> tuple[str, int] | None:
    """(SHA-256, number of a snapshot that holds it) of a file to read."""
    sql = f"SELECT sha256, snapshot_id FROM files WHERE {_PENDING} LIMIT 1"
    found: tuple[str, int] | None = conn.execute(sql, (outdated, RULES_VERSION)).fetchone()
    return found


def _read(archive: Archive, sha256: str, snapshot_id: int, reader: Extractor) -> None:
    try:
        snapshot = archive.snapshots.get(snapshot_id)
    except Damaged as error:
        log.error("%s", error)
        found = Extracted("broken", "", reason="its stored bytes are damaged")
    else:
        name = unquote(urlsplit(snapshot.requested_url or snapshot.url).path.rsplit("/", 1)[-1])
        found = reader.read(snapshot.body, name, snapshot.header("content-type"))
    text = public(found.text)
    conn = archive.write()
    conn.execute(
        "UPDATE files SET state = ?, reason = ?, kind = ?, media_type = ?, pages = ?, title = ?, flags = ?, text = ?,"
        " rules_version = ? WHERE sha256 = ?",
        (
            *(found.state, whole(found.reason), found.kind, MEDIA_TYPES.get(found.kind, ""), found.pages),
            *(mask(whole(found.title)), json.dumps(found.flags), text, RULES_VERSION, sha256),
        ),
    )
    keys = conn.execute(
        "SELECT DISTINCT d.article_key FROM enclosures e JOIN enclosed d ON d.url = e.url"
        " WHERE e.sha256 = ? AND d.role = 'attachment'",
        (sha256,),
    ).fetchall()
    for (key,) in keys:
        enclosures.index(conn, key)
    archive.commit()


def public(text: str) -> str:
    """A file's text as it may be shown: private numbers masked, no characters that end a text for SQL."""
    return re.sub("[\0\x1e]", "", mask(whole(text)))
