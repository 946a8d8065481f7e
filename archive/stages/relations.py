"""Which archived announcements are copies, variants or parts of each other: the stage after a crawl.

The rule does not look at who came first to the archive. Articles are gone through by id, that is by day of
publication; each is compared with earlier ones that share fingerprints with it, and joins the earliest cluster whose
first article it is a copy of. What an article is follows from the earlier ones alone, so when one comes, changes or
goes, the later ones that it touches are compared again, and any order of arrival ends in the same rows. A batch is one
transaction.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from archive.stages.alone import Progress, alone
from archive.store import Archive
from pipelines.dedupe import Text, Verdict, fingerprints, relate

BATCH: Final = 50
CROWD: Final = 100  # articles that a fingerprint proposes; what more of them share is a set phrase, a template or a
FIRST: Final = 8  # text that went round the country: it proposes the first ones
LEAST: Final = 2  # fingerprints that two articles share before they are compared, where both have as many,
SHARE: Final = 0.3  # and the least share of those of the shorter
COMPARED: Final = 16  # clusters that an article is compared with, those first that share most
CACHED: Final = 4000  # texts kept in memory, cut into clauses


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of clusters."""

    key: str
    id: int
    cluster: str
    digest: bytes
    document_number: str
    fingerprints: bytes


@dataclass(slots=True)
class _Work:
    """The connection, and what was read lately. last: the greatest id that was ever compared."""

    conn: sqlite3.Connection
    texts: OrderedDict[str, tuple[int, Text]] = field(default_factory=OrderedDict)
    last: int = 0
    crowded: dict[int, int] = field(default_factory=dict)  # fingerprint -> id from which on CROWD others hold it


def relate_pending(archive: Archive, progress: Progress | None = None, batch: int = BATCH) -> int:
    """Compares what is new, changed or gone, and what that touches; gives the number of comparisons of an article with
    the archive. progress is told (done, of how many). Raises Busy when another process is at it, ArchiveError; what is
    committed stays."""
    with alone(archive, "relations"):
        conn = archive.write()
        work = _Work(conn)
        work.last = conn.execute("SELECT coalesce(max(id), 0) FROM clusters").fetchone()[0]
        done = 0
        while waiting := conn.execute("SELECT id, article_key FROM to_relate LIMIT ?", (batch,)).fetchall():
            archive.write()
            # One by one, the least id first: comparing one may put others on the list, all of them later.
            for _ in waiting:
                if not _first(work):
                    break
                done += 1
            archive.commit()
            if progress:
                (left,) = conn.execute("SELECT count(*) FROM to_relate").fetchone()
                progress(done, done + left)
    return done


def _first(work: _Work) -> bool:
    """Compares the article with the least id of the list; False when the list is empty."""
    row = work.conn.execute("SELECT id, article_key FROM to_relate ORDER BY id, article_key LIMIT 1").fetchone()
    if row is None:
        return False
    work.conn.execute("DELETE FROM to_relate WHERE id = ? AND article_key = ?", row)
    _compare(work, row[1])
    return True


def _compare(work: _Work, key: str) -> None:
    before = _row(work.conn, "article_key = ?", key)
    found = work.conn.execute(
        "SELECT id, title, body, coalesce(document_number, '') FROM articles WHERE key = ?", (key,)
    ).fetchone()
    if found is None:
        if before is not None:
            _take_back(work, before)
        return
    number, text = found[0], Text(*found[1:])
    same = before is not None and (before.id, before.digest, before.document_number) == (
        *(number, text.digest),
        text.document_number,
    )
    if same and before is not None:
        prints = array("i", before.fingerprints)
    else:
        if before is not None:
            _take_back(work, before)
        before = None
        prints = array("i", fingerprints(text))
        _give(work, number, prints)
    work.texts.pop(key, None)
    # Ids change hands (archive/articles.py): who had this one before is compared again under its new id.
    if (former := _row(work.conn, "id = ?", number)) is not None and former.key != key:
        _again(work.conn, "article_key = ?", former.key)
        _take_back(work, former)
    _join(work, before, _Row(key, number, key, text.digest, text.document_number, prints.tobytes()), text, prints)


def _join(work: _Work, before: _Row | None, row: _Row, text: Text, prints: Sequence[int]) -> None:
    """Finds an article's cluster and relations, and writes them."""
    verdicts = [(head, relate(_text(work, head), text)) for head in _candidates(work, row.id, prints)]
    copies = [(head, verdict) for head, verdict in verdicts if verdict.kind == "copy"]
    head, verdict = min(copies, key=lambda pair: pair[0].id, default=(row, Verdict("copy", 1.0)))
    if before is not None and before.cluster == before.key != head.cluster:
        _touch(work, before)  # it was the first of a cluster: its copies look for another
    work.conn.execute(
        "INSERT OR REPLACE INTO clusters (article_key, id, cluster, common, added, dropped, document_number, digest,"
        " fingerprints) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(row.key, row.id, head.key, round(verdict.common, 3)),
            *(sum(map(len, verdict.added)), sum(map(len, verdict.dropped))),
            *(row.document_number, row.digest, row.fingerprints),
        ),
    )
    work.conn.execute("DELETE FROM relations WHERE article_key = ?", (row.key,))
    work.conn.executemany(
        "INSERT INTO relations (article_key, other_key, kind, common, changed) VALUES (?, ?, ?, ?, ?)",
        [
            (row.key, other.key, one.kind, round(one.common, 3), json.dumps(one.changed, ensure_ascii=False))
            for other, one in verdicts
            if one.kind not in ("", "copy")
        ],
    )


def _candidates(work: _Work, number: int, prints: Sequence[int]) -> list[_Row]:
    """The first articles of the earlier clusters that share fingerprints, those with most first."""
    best: dict[str, int] = {}
    for _, cluster, count in _sharing(work, number, prints, "<"):
        best[cluster] = max(best.get(cluster, 0), count)
    heads = [head for cluster in best if (head := _row(work.conn, "article_key = ?", cluster)) is not None]
    heads = [head for head in heads if head.cluster == head.key and head.id < number]
    return sorted(heads, key=lambda head: (-best[head.key], head.id))[:COMPARED]


def _sharing(work: _Work, number: int, prints: Sequence[int], side: str) -> list[tuple[int, str, int]]:
    """(id, cluster, fingerprints in common) of the earlier ("<") or later (">") articles that share enough to be
    related: a third of what the shorter text has."""
    asked = f"SELECT id FROM fingerprints WHERE hash = ? AND id {side} ? ORDER BY id LIMIT ?"
    shared: Counter[int] = Counter()
    for one in prints:
        crowded = side == "<" and work.crowded.get(one, number) < number
        rows = work.conn.execute(asked, (one, number, FIRST if crowded else CROWD + 1)).fetchall()
        if len(rows) > CROWD:
            if side == "<":
                work.crowded[one] = rows[-1][0]
            rows = rows[:FIRST]
        shared.update(other for (other,) in rows)
    likely = [other for other, count in shared.items() if count >= min(LEAST, len(prints))]
    found = work.conn.execute(
        "SELECT c.id, c.cluster, length(c.fingerprints) / 4 FROM json_each(?) j JOIN clusters c ON c.id = j.value",
        (json.dumps(likely),),
    )
    return [
        (other, cluster, shared[other])
        for other, cluster, size in found
        if shared[other] >= min(LEAST, size, len(prints)) and shared[other] >= SHARE * min(size, len(prints))
    ]


def _give(work: _Work, number: int, prints: Sequence[int]) -> None:
    """Adds an article's fingerprints; later articles that share some are compared again."""
    work.conn.executemany("INSERT OR IGNORE INTO fingerprints VALUES (?, ?)", ((one, number) for one in prints))
    if number < work.last:
        later = [other for other, _, _ in _sharing(work, number, prints, ">")]
        _again(work.conn, "id IN (SELECT value FROM json_each(?))", json.dumps(later))
    work.last = max(work.last, number)


def _take_back(work: _Work, row: _Row) -> None:
    """Forgets an article; those that depended on it are compared again."""
    work.conn.executemany(
        "DELETE FROM fingerprints WHERE hash = ? AND id = ?",
        ((one, row.id) for one in array("i", row.fingerprints)),
    )
    work.crowded.clear()
    work.conn.execute("DELETE FROM clusters WHERE article_key = ?", (row.key,))
    work.conn.execute("DELETE FROM relations WHERE article_key = ?", (row.key,))
    work.texts.pop(row.key, None)
    _touch(work, row)


def _touch(work: _Work, row: _Row) -> None:
    """Puts the copies of an article, and what is related to it, on the list."""
    _again(work.conn, "cluster = ? AND cluster != article_key", row.key)
    _again(work.conn, "article_key IN (SELECT article_key FROM relations WHERE other_key = ?)", row.key)


def _again(conn: sqlite3.Connection, which: str, value: str) -> None:
    conn.execute(f"INSERT OR IGNORE INTO to_relate SELECT id, article_key FROM clusters WHERE {which}", (value,))


def _row(conn: sqlite3.Connection, which: str, value: str | int) -> _Row | None:
    found = conn.execute(
        f"SELECT article_key, id, cluster, digest, document_number, fingerprints FROM clusters WHERE {which}", (value,)
    ).fetchone()
    return None if found is None else _Row(*found)


def _text(work: _Work, row: _Row) -> Text:
    """An archived text, cut into clauses; kept a while, as the first of a cluster is asked for again and again."""
    kept = work.texts.get(row.key)
    if kept is None or kept[0] != row.id:
        found = work.conn.execute(
            "SELECT title, body, coalesce(document_number, '') FROM articles WHERE key = ?", (row.key,)
        ).fetchone()
        kept = (row.id, Text(*found) if found else Text("", ""))
        work.texts[row.key] = kept
        if len(work.texts) > CACHED:
            work.texts.popitem(last=False)
    work.texts.move_to_end(row.key)
    return kept[1]


def members(conn: sqlite3.Connection, article_key: str) -> Iterator[tuple[str, int, int]]:
    """(key, characters added, characters dropped) of all articles of an article's cluster, the earliest first; nothing
    for an article without copies."""
    row = _row(conn, "article_key = ?", article_key)
    if row is None:
        return
    found = conn.execute(
        "SELECT article_key, added, dropped FROM clusters WHERE article_key = ?1 OR (cluster = ?1 AND cluster !="
        " article_key) ORDER BY id",
        (row.cluster,),
    ).fetchall()
    if len(found) > 1:
        yield from found
