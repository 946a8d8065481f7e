"""Whether announcements are still where they were: states, which follow from the sightings (archive/crawl/sightings.py)
alone, so that a kill, another order of arrival or a second run change nothing; the stage after a crawl."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from archive.snapshots import stamp
from archive.stages.alone import Progress, alone
from archive.stages.redesigns import find_breaks, of_column, told
from archive.store import Archive
from pipelines.presence import Sighting, Standing, again_after_break, judge, next_visit
from scraper.urls import host

BATCH: Final = 200


def judge_pending(archive: Archive, progress: Progress | None = None) -> int:
    """Judges the articles with new sightings; gives their number. progress is told (done, of how many). Raises Busy
    when another process is at it, ArchiveError; what is committed stays."""
    with alone(archive, "presence"):
        find_breaks(archive.write())
        archive.commit()
        (total,) = archive.db.conn.execute("SELECT count(*) FROM to_judge").fetchone()
        done = 0
        while keys := archive.db.conn.execute("SELECT article_key FROM to_judge LIMIT ?", (BATCH,)).fetchall():
            conn = archive.write()
            for (article_key,) in keys:
                conn.execute("DELETE FROM to_judge WHERE article_key = ?", (article_key,))
                _judge(conn, article_key)
                done += 1
            archive.commit()
            if progress:
                progress(done, max(done, total))
    return done


def _judge(conn: sqlite3.Connection, article_key: str) -> None:
    row = conn.execute(
        'SELECT district, "column", first_captured_at, url FROM articles WHERE key = ?', (article_key,)
    ).fetchone()
    if row is None:  # taken down, or taken out by better rules
        conn.execute("DELETE FROM states WHERE article_key = ?", (article_key,))
        conn.execute("DELETE FROM presence WHERE article_key = ?", (article_key,))
        return
    district, column, first_at, url = row
    first = datetime.fromisoformat(first_at)
    seen = sightings(conn, article_key)
    found = told(seen, first, of_column(conn, district, column))
    history = [*judge(found)]
    if history and history[-1].state == "removed" and (there := _elsewhere(conn, article_key, url, found)):
        moved = replace(there, since=max(there.since, history[-1].since))
        history[len(history) - (moved.since == history[-1].since) :] = [moved]
    _write_states(conn, article_key, history)
    edits = conn.execute(
        "SELECT v.captured_at FROM histories h JOIN versions v ON v.article_key = h.article_key"
        " AND v.generation = h.generation WHERE h.article_key = ? AND v.number > 1",
        (article_key,),
    ).fetchall()
    visit = next_visit(first, [datetime.fromisoformat(at) for (at,) in edits], seen, history)
    if seen and seen[-1].kind == "gone" and seen[-1] not in found:
        visit = min(visit, again_after_break(seen))
    last = history[-1] if history else Standing("present", first)
    there_at = max((one.at for one in found if one.kind in ("present", "archived")), default=None)
    conn.execute(
        'INSERT INTO presence (article_key, district, "column", state, since, first_at, seen_at, due_at) VALUES'
        ' (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE SET district = ?2, "column" = ?3, state = ?4,'
        " since = ?5, first_at = ?6, seen_at = ?7, due_at = ?8",
        (
            *(article_key, district, column, last.state, stamp(last.since), first_at),
            *(stamp(there_at) if there_at else None, stamp(visit)),
        ),
    )
    _tell_copies(conn, article_key, last.state, visit)


def _write_states(conn: sqlite3.Connection, article_key: str, history: Sequence[Standing]) -> None:
    now = [(n, one.state, stamp(one.since), one.evidence, one.note) for n, one in enumerate(history, 1)]
    before = conn.execute(
        "SELECT number, state, since, evidence, note FROM states WHERE article_key = ? ORDER BY number", (article_key,)
    ).fetchall()
    if before == now:
        return
    conn.execute("DELETE FROM states WHERE article_key = ?", (article_key,))
    conn.executemany(
        "INSERT INTO states (article_key, number, state, since, evidence, note) VALUES (?, ?, ?, ?, ?, ?)",
        [(article_key, *one) for one in now],
    )


def sightings(conn: sqlite3.Connection, article_key: str) -> tuple[Sighting, ...]:
    """What was seen of an article, the first first."""
    rows = conn.execute(
        "SELECT at, kind, evidence, note FROM sightings WHERE article_key = ? ORDER BY at, evidence", (article_key,)
    )
    return tuple(Sighting(datetime.fromisoformat(at), kind, number, note) for at, kind, number, note in rows)


# -- the same text under another address

_COPIES: Final = (
    "SELECT o.article_key FROM clusters c JOIN clusters o ON o.article_key = c.cluster WHERE c.article_key = ?1"
    " AND o.article_key != ?1 UNION SELECT o.article_key FROM clusters c JOIN clusters o ON o.cluster = c.cluster"
    " AND o.cluster != o.article_key WHERE c.article_key = ?1 AND o.article_key != ?1"
)
# One that was edited on its way keeps its day, and came later.
_ALIKE: Final = (
    "SELECT o.key AS article_key FROM articles a JOIN (SELECT other_key AS key FROM relations WHERE article_key = ?1"
    " UNION SELECT article_key FROM relations WHERE other_key = ?1) r JOIN articles o ON o.key = r.key WHERE a.key = ?1"
    " AND o.published_on = a.published_on"
)


def _elsewhere(conn: sqlite3.Connection, article_key: str, url: str, found: Sequence[Sighting]) -> Standing | None:
    """The same text on the same site, seen there after this page was last seen: it has another address."""
    last = max((one.at for one in found if one.kind == "present"), default=None)
    rows = conn.execute(
        f"SELECT s.at, a.id, a.key, a.url, s.evidence FROM ({_COPIES} UNION SELECT l.article_key FROM ({_ALIKE}) l"
        " JOIN articles n ON n.key = l.article_key AND n.first_captured_at > ?2) c JOIN articles a ON a.key ="
        " c.article_key JOIN sightings s ON s.article_key = a.key AND s.kind IN ('present', 'archived') AND s.at > ?2",
        (article_key, stamp(last) if last else ""),
    ).fetchall()
    here = sorted(row for row in rows if host(row[3]) == host(url))
    if not here:
        return None
    at, _, there, _, evidence = here[0]
    return Standing("moved", datetime.fromisoformat(at), evidence, there)


def _tell_copies(conn: sqlite3.Connection, article_key: str, state: str, visit: datetime) -> None:
    """A page that is there may be where a removed copy went; one that is missing asks whether its copies are there."""
    if state in ("present", "returned", "archived"):
        conn.execute(
            f"INSERT INTO to_judge SELECT v.article_key, '~' FROM ({_COPIES} UNION {_ALIKE}) c"
            " JOIN presence v ON v.article_key = c.article_key WHERE v.state = 'removed' ON CONFLICT DO NOTHING",
            (article_key,),
        )
    elif state in ("missing", "suspected"):
        conn.execute(
            f"UPDATE presence SET due_at = min(due_at, ?2) WHERE article_key IN ({_COPIES})",
            (article_key, stamp(visit)),
        )
