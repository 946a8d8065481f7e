"""Every version of every announcement that was edited: the stage after a crawl.

Versions follow from the captures, so their order of arrival, a kill or a second run change nothing. The table is
append-only: what new captures add is appended, and a history that has to be told anew gets a new generation.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive.hidden import is_down
from archive.intake.verdicts import read
from archive.snapshots import stamp
from archive.stages.alone import Progress, alone
from archive.store import Archive
from pipelines.article import Article
from pipelines.metadata.facts import describe
from pipelines.versions import Change, Said, compare, from_json, said, to_json
from scraper.catalogue import District
from scraper.urls import canonical

BATCH: Final = 20


@dataclass(frozen=True, slots=True)
class Version:
    """A version as kept. number: from 1; kind: "first", "minor" or "substantive"; captured_at: when it was first
    seen so."""

    number: int
    snapshot_id: int
    captured_at: datetime
    hash: str
    kind: str
    flags: tuple[str, ...]
    said: Said


def compare_pending(archive: Archive, catalogue: Sequence[District], progress: Progress | None = None) -> int:
    """Compares the captures of the articles that have new ones; gives the number of articles looked at. progress is
    told (done, of how many). Raises Busy when another process is at it, ArchiveError; what is committed stays."""
    with alone(archive, "versions"):
        (total,) = archive.db.conn.execute("SELECT count(*) FROM to_compare").fetchone()
        done = 0
        while keys := archive.db.conn.execute("SELECT article_key FROM to_compare LIMIT ?", (BATCH,)).fetchall():
            for (key,) in keys:
                _article(archive, key, catalogue)
                done += 1
            archive.commit()
            if progress:
                progress(done, max(done, total))
    return done


def _article(archive: Archive, key: str, catalogue: Sequence[District]) -> None:
    """Brings one article's history up to date, in the open transaction."""
    conn = archive.write()
    conn.execute("DELETE FROM to_compare WHERE article_key = ?", (key,))
    if is_down(conn, key):
        return
    found = list(_tell(archive, key, catalogue))
    row = conn.execute("SELECT generation, versions FROM histories WHERE article_key = ?", (key,)).fetchone()
    if row is None and len(found) < 2:
        return
    generation, number = row or (1, 0)
    stored = conn.execute(
        "SELECT snapshot_id, hash FROM versions WHERE article_key = ? AND generation = ? ORDER BY number",
        (key, generation),
    ).fetchall()
    if stored != [(one.snapshot_id, one.hash) for one in found[: len(stored)]]:
        generation, number = _newest(conn, key) + 1, 0
    conn.executemany(
        "INSERT INTO versions (article_key, generation, number, snapshot_id, captured_at, hash, kind, flags, said)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                *(key, generation, one.number, one.snapshot_id, stamp(one.captured_at), one.hash),
                *(one.kind, json.dumps(one.flags), to_json(one.said)),
            )
            for one in found[number:]
        ),
    )
    weighty = [one for one in found if one.kind == "substantive"]
    conn.execute(
        "INSERT OR REPLACE INTO histories (article_key, generation, versions, substantive, edited_at, substantive_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(key, generation, len(found), len(weighty)),
            *(_moment(found[1:]), _moment(weighty)),
        ),
    )


def _moment(found: Sequence[Version]) -> str | None:
    return stamp(found[-1].captured_at) if found else None


def _newest(conn: sqlite3.Connection, key: str) -> int:
    asked = "SELECT coalesce(max(generation), 0) FROM versions WHERE article_key = ?"
    return int(conn.execute(asked, (key,)).fetchone()[0])


def _tell(archive: Archive, key: str, catalogue: Sequence[District]) -> Iterator[Version]:
    """The versions as the captures tell them: one for each capture, of the page or of one of its files, that says
    something else than the one before."""
    before: tuple[Article, Said] | None = None
    content, number = None, 0
    for moment, snapshot_id, says in _captures(archive.db.conn, key):
        if says == content or (says is None and before is None):
            continue
        content = says or content
        # What today's rules read otherwise is told anew after `dibao reprocess`.
        article = read(archive, archive.snapshots.get(snapshot_id), catalogue).article if says else before and before[0]
        if article is None:
            continue
        now = said(article, _hashes(archive.db.conn, article, moment))
        change = Change("substantive") if before is None else _change(before, (article, now))
        if not change.kind:
            continue
        number += 1
        kind = "first" if before is None else change.kind
        yield Version(number, snapshot_id, datetime.fromisoformat(moment), now.hash, kind, change.flags, now)
        before = (article, now)


def _captures(conn: sqlite3.Connection, key: str) -> list[tuple[str, int, str | None]]:
    """(time, snapshot, hash of what the page says; None where a file was captured that is another than before)."""
    pages: list[tuple[str, int, str | None]] = conn.execute(
        "SELECT captured_at, snapshot_id, content FROM captures WHERE article_key = ? AND content IS NOT NULL", (key,)
    ).fetchall()
    files: list[tuple[str, int, str | None]] = conn.execute(
        "SELECT captured_at, snapshot_id, NULL FROM (SELECT c.captured_at, c.snapshot_id, c.sha256, lag(c.sha256)"
        " OVER (PARTITION BY c.url ORDER BY c.captured_at, c.snapshot_id) AS previous FROM enclosed e"
        " JOIN enclosure_captures c ON c.url = e.url AND c.role = e.role"
        " WHERE e.article_key = ? AND e.role = 'attachment') WHERE previous != sha256",
        (key,),
    ).fetchall()
    return sorted(pages + files, key=lambda one: one[:2])


def _hashes(conn: sqlite3.Connection, article: Article, moment: str) -> tuple[str, ...]:
    """SHA-256 of each of the article's files at a time; of one that was captured only later, what it was first."""
    found = []
    for link in article.attachments:
        row = conn.execute(
            "SELECT sha256 FROM enclosure_captures WHERE url = ?1 AND role = 'attachment'"
            " ORDER BY captured_at > ?2, CASE WHEN captured_at > ?2 THEN captured_at END, captured_at DESC LIMIT 1",
            (canonical(link.url), moment),
        ).fetchone()
        found.append(row[0] if row else "")
    return tuple(one for one in found if one)


def _change(before: tuple[Article, Said], after: tuple[Article, Said]) -> Change:
    change = compare(before[1], after[1])
    if not change.hunks:
        return change
    return compare(before[1], after[1], (_people(before[0]), _people(after[0])))


def _people(article: Article) -> frozenset[str]:
    found = describe(article.body, article.published_on, article.title, "")
    return frozenset(fact.value for fact in found.facts if fact.kind == "person")


def versions(conn: sqlite3.Connection, key: str) -> tuple[Version, ...]:
    """An article's versions, the first first; () for one that was never edited."""
    rows = conn.execute(
        "SELECT v.number, v.snapshot_id, v.captured_at, v.hash, v.kind, v.flags, v.said FROM histories h"
        " JOIN versions v ON v.article_key = h.article_key AND v.generation = h.generation"
        " WHERE h.article_key = ? ORDER BY v.number",
        (key,),
    )
    return tuple(
        Version(
            number, snapshot_id, datetime.fromisoformat(at), digest, kind, tuple(json.loads(flags)), from_json(text)
        )
        for number, snapshot_id, at, digest, kind, flags, text in rows
    )


def difference(
    conn: sqlite3.Connection, key: str, first: int = -2, second: int = -1
) -> tuple[Version, Version, Change]:
    """(earlier version, later version, what changed between them); the last two if not named. Raises LookupError with
    what there is."""
    found = versions(conn, key)
    if len(found) < 2:
        raise LookupError(f"{key}: there is one version of it; nothing was edited since it was first captured")
    try:
        one, two = (found[at - 1 if at > 0 else at] for at in (first, second))
    except IndexError as error:
        raise LookupError(f"{key}: its versions are 1 to {len(found)}") from error
    return one, two, between(one.said, two.said)[0]


def between(before: Said, after: Said) -> tuple[Change, frozenset[str]]:
    """What changed between two texts, and the people whom only one of them names."""
    names = (_names(before), _names(after))
    return compare(before, after, names), names[0] ^ names[1]


def _names(one: Said) -> frozenset[str]:
    facts = describe(one.body, None, one.title, "").facts
    return frozenset(fact.value for fact in facts if fact.kind == "person")
