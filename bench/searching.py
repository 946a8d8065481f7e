"""The search of archive.db against LIKE: newest 20 of a common word, and whether it finds all that LIKE finds."""

from __future__ import annotations

import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from archive.search.ask import search
from archive.store import open_archive
from bench import corpus
from bench.ratio import Ratio
from pipelines.text import zh_match

CHUNK = 2000
COMMON, RARE = 12, 40
COMPARED = 3000  # newest matches of a word that both sides must agree on; rare words have fewer


def measure(quick: bool = False) -> list[Ratio]:
    documents = 2_000 if quick else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        seconds = fill(path, documents)
        with open_archive(path, create=False) as archive:
            return compare(archive.db.conn, documents, seconds, rare=10 if quick else RARE)


def fill(path: Path, documents: int) -> float:
    """Writes so many made-up articles; CPU seconds."""
    start = time.process_time()
    with open_archive(path) as archive:
        for first in range(0, documents, CHUNK):
            conn = archive.write()
            conn.executemany(
                'INSERT INTO articles (id, key, url, district, "column", title, body, source, published_on, family,'
                " sha256, snapshot_id, first_captured_at, captured_at)"
                " VALUES (?, ?, ?, ?, '通知公告', ?, ?, ?, ?, 'trs', '', 0,"
                " '2026-11-01T00:00:00.000000+00:00', '2026-11-01T00:00:00.000000+00:00')",
                (row(number) for number in range(first + 1, min(first + CHUNK, documents) + 1)),
            )
            archive.commit()
    return time.process_time() - start


def row(number: int) -> tuple[object, ...]:
    title, body, day = corpus.document(number)
    identifier = int(f"{day:%Y%m%d}") * 1_000_000 + number
    district = f"district{number % 8}"
    return identifier, f"{number:016x}", f"http://{corpus.HOST}/{number}", district, title, body, "区政府办", str(day)


def compare(conn: sqlite3.Connection, documents: int, seconds: float, rare: int) -> list[Ratio]:
    common = [word for word in corpus.vocabulary()[0] if len(word) == 2][:COMMON]
    queries = [*common[:3], *corpus.vocabulary()[0][:4], *sample(conn, rare)]
    found = expected = extra = 0
    for query in queries:
        truth = like(conn, query, COMPARED)
        hits = {hit.id for hit in search(conn, query, limit=COMPARED).hits}
        expected, found, extra = expected + len(truth), found + len(truth & hits), extra + len(hits - truth)
    scans = [scanned(conn, word) for word in common[:3]]
    newest = statistics.median(timed(partial(newest_titles, conn, word)) for word in common)
    shown = statistics.median(timed(partial(search, conn, word)) for word in common)
    scan = statistics.median(scans) * 1000
    note = f"{documents:,} made-up articles"
    return [
        Ratio(
            "search: newest 20 of a common word / LIKE scan",
            newest * 1000,
            scan,
            "ms",
            at_most=1 / 500 if documents >= 200_000 else None,
            note=f"{note}; index built with {seconds / documents * 1e6:,.0f} µs CPU an article, its text included",
        ),
        Ratio("search: the same with count and snippets / LIKE scan", shown * 1000, scan, "ms"),
        Ratio("search: recall against LIKE", found, expected, "hits", at_least=1, note=f"{len(queries)} words"),
        Ratio("search: precision against LIKE", expected, expected + extra, "hits", at_least=1),
    ]


def sample(conn: sqlite3.Connection, count: int) -> list[str]:
    """Pieces of 1 to 6 characters of random articles, of Han characters only."""
    rng = random.Random(5)
    queries: list[str] = []
    rows = conn.execute("SELECT body FROM articles ORDER BY key LIMIT ?", (count * 4,)).fetchall()
    for (body,) in rows:
        start, length = rng.randrange(len(body)), rng.choice((1, 2, 2, 3, 4, 6))
        piece = body[start : start + length]
        if len(piece) == length and all("\u4e00" <= character <= "\u9fff" for character in piece):
            queries.append(piece)
    return queries[:count]


LIKE = "SELECT id FROM articles WHERE title LIKE :pattern OR body LIKE :pattern"


def like(conn: sqlite3.Connection, word: str, limit: int) -> set[int]:
    """The newest articles that hold the word."""
    rows = conn.execute(f"{LIKE} ORDER BY id DESC LIMIT :limit", {"pattern": f"%{word}%", "limit": limit})
    return {identifier for (identifier,) in rows}


def scanned(conn: sqlite3.Connection, word: str) -> float:
    """Seconds of a LIKE scan of all articles."""
    start = time.perf_counter()
    conn.execute(f"SELECT count(*) FROM ({LIKE})", {"pattern": f"%{word}%"}).fetchone()
    return time.perf_counter() - start


def newest_titles(conn: sqlite3.Connection, word: str) -> None:
    """The answer that the scan is held against: id and title of the newest 20, from the index."""
    sql = (
        "SELECT id, title FROM articles WHERE id IN"
        " (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid DESC LIMIT 20) ORDER BY id DESC"
    )
    assert len(conn.execute(sql, (zh_match(word).expression,)).fetchall()) == 20


def timed(ask: Callable[[], object]) -> float:
    """Seconds of one call; the median of 15."""
    times = []
    for _ in range(15):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return statistics.median(times)
