"""Whether announcements are still where they were: sightings in, states out, and what is to be looked at again.

Sightings are written with the captures they come from, in the same transaction; states follow from them alone, so a
kill, another order of arrival or a second run change nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from archive.redesigns import find_breaks, of_column, told
from archive.runs import Lock
from archive.snapshots import stamp
from archive.store import Archive, plain_errors
from pipelines.article import Article
from pipelines.dedupe import Text, relate
from pipelines.presence import SOON, Kind, Sighting, Standing, again_after_break, judge, next_visit
from scraper.items import Snapshot
from scraper.spiders.memory import Wanted
from scraper.urls import canonical, host, key

BATCH: Final = 200
REVISITS: Final = 200  # pages looked at again in a run, at most; news comes first
SHARE: Final = 4  # and no more than a quarter of what the host is asked for in a day
NEWEST: Final = 0.75  # of them those that came due last; the rest those that have waited longest
ENOUGH, PINNED, MOST = 10, 5, 50  # rows of a list, pinned ones, and absent ones, that tell something
GONE: Final = ("HTTP 404", "HTTP 410", "not_found")
YEAR: Final = timedelta(days=365)
TRUST: Final = timedelta(days=14)  # as archive/ledger.py: some servers answer 304 for pages that have changed
Progress = Callable[[int, int], None]


def sight(
    conn: sqlite3.Connection, snapshot: Snapshot, number: int, said: tuple[str, str], article: Article | None
) -> None:
    """Notes what a settled response says of the article at its address. said: (outcome, reason). Called with every
    capture, in its transaction; a response that is read again takes the place of its first reading."""
    # != 0: 2026-12: without it SQLite does not use the index, which leaves them out, and reads the whole table.
    conn.execute("DELETE FROM sightings WHERE evidence = ? AND evidence != 0", (number,))
    asked = key(snapshot.requested_url or snapshot.url)
    at = snapshot.captured_at
    if article is not None:
        mark = next((flag for flag in article.flags if flag.startswith("archived_by_site")), "")
        kind: Kind = "archived" if mark else "present"
        _note(conn, article.key, Sighting(at, kind, number, mark.partition(":")[2]))
        if asked != article.key and _is_same(conn, asked, article):
            _note(conn, asked, Sighting(at, "moved", number, article.key))
        elif asked != article.key:
            _note(conn, asked, Sighting(at, "gone", number))
    elif said[0] == "removed" or said[1].startswith(GONE):
        for page in dict.fromkeys((asked, key(snapshot.url))):
            _note(conn, page, Sighting(at, "gone", number))


def confirmed(conn: sqlite3.Connection, url: str, moment: datetime) -> None:
    """The server answered 304 to the validators of the copy that is held."""
    row = conn.execute("SELECT final_url FROM pages WHERE url = ? AND final_url != ''", (canonical(url),)).fetchone()
    for page in dict.fromkeys((key(url), *(key(final) for final in row or ()))):
        if conn.execute("SELECT 1 FROM articles WHERE key = ?", (page,)).fetchone():
            _note(conn, page, Sighting(moment, "present"))


def postpone(conn: sqlite3.Connection, url: str, moment: datetime, *, final: bool = False) -> None:
    """A visit gave no answer that says anything of the page: it is due again a day later, or (final) in a year."""
    conn.execute(
        "UPDATE presence SET due_at = ?1 WHERE article_key = ?2 AND due_at < ?1",
        (stamp(moment + (YEAR if final else SOON)), key(url)),
    )


def _note(conn: sqlite3.Connection, article_key: str, one: Sighting) -> None:
    conn.execute(
        "INSERT OR REPLACE INTO sightings (article_key, at, kind, evidence, note) VALUES (?, ?, ?, ?, ?)",
        (article_key, stamp(one.at), one.kind, one.evidence, one.note),
    )


def _is_same(conn: sqlite3.Connection, asked: str, there: Article) -> bool:
    """Does a redirect lead to the article that is held under the address that was asked for?"""
    row = conn.execute(
        "SELECT title, body, coalesce(document_number, ''), published_on FROM articles WHERE key = ?", (asked,)
    ).fetchone()
    if row is None or row[0] == there.title:
        return True
    kind = relate(Text(*row[:3]), Text(there.title, there.body, there.document_number or "")).kind
    return kind not in ("", "variant") or (kind == "variant" and row[3] == str(there.published_on))


def due(conn: sqlite3.Connection, district: str, now: datetime, limit: int = REVISITS) -> list[Wanted]:
    """Archived pages of a district whose time has come and that were not seen since they were judged, with the
    validators of their copies."""
    asked = (
        'SELECT a.url, a."column", a.title, a.published_on FROM (SELECT article_key FROM presence WHERE district = ?'
        " AND due_at <= ? AND NOT EXISTS (SELECT 1 FROM to_judge j WHERE j.article_key = presence.article_key"
        " AND j.since != '~') ORDER BY due_at {} LIMIT ?) v JOIN articles a ON a.key = v.article_key"
    )
    newest = conn.execute(asked.format("DESC"), (district, stamp(now), limit)).fetchall()
    oldest = conn.execute(asked.format("ASC"), (district, stamp(now), limit)).fetchall()
    fresh = newest[: max(1, round(NEWEST * limit))] if limit else []
    rows = list(dict.fromkeys([*fresh, *oldest]))[:limit]
    return [_wanted(conn, row, stamp(now - TRUST)) for row in rows]


def _wanted(conn: sqlite3.Connection, row: tuple[str, str, str, str | None], since: str) -> Wanted:
    url, column, title, day = row
    found = conn.execute(
        "SELECT requested_url, etag, last_modified, fetched_at FROM pages WHERE url = ?1 UNION ALL SELECT ?2, etag,"
        " last_modified, fetched_at FROM pages WHERE final_url = ?1 AND final_url != '' LIMIT 1",
        (canonical(url), url),
    ).fetchone()
    where, etag, modified, fetched_at = found or (url, "", "", "")
    if (fetched_at or "") < since:
        etag = modified = ""
    return Wanted(where, column, title, date.fromisoformat(day) if day else None, etag, modified)


def absent(conn: sqlite3.Connection, district: str, column: str, started_at: str, now: datetime) -> int:
    """After a column was read: articles that its list showed before and now skips, between the newest and the oldest
    row that it shows (but for rows that may be pinned), are looked at next, once; gives their number. Being left out is
    no evidence, only a reason to look."""
    days = [
        day
        for (day,) in conn.execute(
            'SELECT listed_on FROM listings WHERE district = ? AND "column" = ? AND last_seen_at >= ?'
            " AND listed_on IS NOT NULL ORDER BY listed_on",
            (district, column, started_at),
        )
    ]
    if len(days) < ENOUGH:
        return 0
    rows = conn.execute(
        'SELECT url, last_seen_at FROM listings WHERE district = ? AND "column" = ? AND listed_on > ? AND listed_on < ?'
        " AND last_seen_at < ? LIMIT ?",
        (district, column, days[PINNED], days[-1], started_at, MOST + 1),
    ).fetchall()
    if len(rows) > MOST:  # another list than before
        return 0
    return sum(
        conn.execute(
            "UPDATE presence SET due_at = min(due_at, ?1), absent_at = ?1 WHERE article_key = ?2"
            " AND coalesce(absent_at, '') < ?3 AND state IN ('present', 'returned')",
            (stamp(now), key(url), seen),
        ).rowcount
        for url, seen in rows
    )


def judge_pending(archive: Archive, progress: Progress | None = None) -> int:
    """Judges the articles with new sightings; gives their number. progress is told (done, of how many). Raises Busy
    when another process is at it, ArchiveError; what is committed stays."""
    lock = Lock(archive.path, "presence")
    lock.take()
    try:
        with plain_errors(archive.path):
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
    except BaseException:
        archive.rollback()
        raise
    finally:
        lock.release()


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
