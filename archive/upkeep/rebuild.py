"""Reprocess: every article again from its stored responses, so that a better reader repairs the past.

The result is that of a fresh archive which met the same responses: same ids, same columns, same dates of change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pipelines
import scraper
from archive import articles
from archive.crawl import runs
from archive.crawl.runs import Run
from archive.intake import enclosures
from archive.intake.take import settle
from archive.snapshots import Damaged
from archive.store import Archive, plain_errors
from scraper.catalogue import District

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did. resumed_after: the snapshot an interrupted rebuild had come to, 0 for a fresh start."""

    read: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)
    taken_out: int = 0
    resumed_after: int = 0


def reprocess(
    archive: Archive,
    catalogue: Sequence[District],
    districts: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Rebuilt:
    """Reads all stored responses (of some districts) again. An interrupted rebuild goes on where it stopped, unless
    a reader or the scope changed. progress is told (snapshots done, snapshots in all)."""
    run = runs.begin(archive, "reprocess")
    result = Rebuilt()
    marks = _Marks(reader(), districts)
    try:
        result.resumed_after = after = marks.resume(archive, run)
        total = archive.snapshots.count()
        for number in archive.snapshots.numbers(after, districts):
            with plain_errors(archive.path):
                _again(archive, run, number, catalogue, result)
                marks.set(archive, run, number)
            archive.wrote()
            result.read += 1
            if progress and result.read % 100 == 0:
                progress(result.read, total)
        if districts is None:
            result.taken_out += _take_out(archive)
    except BaseException:
        archive.rollback()
        runs.finish(archive, run, runs.INTERRUPTED_EXIT)
        raise
    runs.finish(archive, run)
    if progress:
        progress(result.read, total)
    return result


def _again(archive: Archive, run: Run, number: int, catalogue: Sequence[District], result: Rebuilt) -> None:
    row = archive.db.conn.execute("SELECT article_key FROM captures WHERE snapshot_id = ?", (number,)).fetchone()
    if row is None and _in_hand(archive, number):
        return
    try:
        snapshot = archive.snapshots.get(number, verify=True)
    except Damaged as error:
        result.damaged.append(str(error))
        return
    outcome = settle(archive, number, snapshot, run=run, catalogue=catalogue)
    result.outcomes[outcome] = result.outcomes.get(outcome, 0) + 1
    gave = None if row is None else row[0]
    gives = archive.db.conn.execute("SELECT article_key FROM captures WHERE snapshot_id = ?", (number,)).fetchone()[0]
    if gave is not None and gave != gives:
        _restore(archive, run, gave, catalogue, result)


def _in_hand(archive: Archive, number: int) -> bool:
    """Is a crawl that runs at this moment about to read this response itself?"""
    row = archive.db.conn.execute(
        "SELECT 1 FROM runs WHERE id = ? AND ended_at IS NULL", (archive.snapshots.run_of(number),)
    ).fetchone()
    return row is not None


def _restore(archive: Archive, run: Run, article_key: str, catalogue: Sequence[District], result: Rebuilt) -> None:
    """One of an article's captures no longer gives it: makes it anew from the others, or takes it out."""
    enclosures.take_out(archive, article_key)
    rows = archive.db.conn.execute(
        "SELECT snapshot_id FROM captures WHERE article_key = ? ORDER BY captured_at, snapshot_id", (article_key,)
    ).fetchall()
    for (number,) in rows:
        settle(archive, number, archive.snapshots.get(number), run=run, catalogue=catalogue)
    result.taken_out += articles.get(archive, article_key) is None


def _take_out(archive: Archive) -> int:
    """Articles that no capture gives."""
    rows = archive.db.conn.execute(
        "SELECT key FROM articles a WHERE NOT EXISTS (SELECT 1 FROM captures c WHERE c.article_key = a.key)"
    ).fetchall()
    for (article_key,) in rows:
        enclosures.take_out(archive, article_key)
        archive.wrote()
    return len(rows)


class _Marks:
    """How far a rebuild has come, kept in its run's note in the same transaction as its articles."""

    def __init__(self, reader: str, districts: Collection[str] | None) -> None:
        self._task = f"reader {reader} districts {'all' if districts is None else ','.join(sorted(districts))}"

    def set(self, archive: Archive, run: Run, number: int) -> None:
        note = f"{self._task} done {number}"
        archive.write().execute("UPDATE runs SET note = ? WHERE id = ?", (note, run.id))

    def resume(self, archive: Archive, run: Run) -> int:
        row = archive.db.conn.execute(
            "SELECT note, exit_code FROM runs WHERE kind = 'reprocess' AND id < ? ORDER BY id DESC LIMIT 1", (run.id,)
        ).fetchone()
        if row is None or row[1] == 0 or not row[0].startswith(f"{self._task} done "):
            return 0
        return int(row[0].removeprefix(f"{self._task} done ").split()[0])


@cache
def reader() -> str:
    """A fingerprint of everything that decides how a page is read: code and data of scraper/ and pipelines/."""
    digest = hashlib.blake2b(digest_size=6)
    for package in (scraper, pipelines):
        assert package.__file__
        for path in sorted(Path(package.__file__).parent.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()
