"""Finding copies, against cutting the same texts for the search index: CPU an article, as the archive grows."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from archive.stages.relations import relate_pending
from archive.store import Archive, open_archive
from bench.ratio import Ratio
from pipelines.text import zh_tokens
from tests.reposts.corpus import announced

CHUNK = 5_000
INDEX = ("fingerprints", "clusters", "clusters_id", "clusters_cluster", "relations", "relations_other")


def measure(quick: bool = False) -> list[Ratio]:
    small, large = (500, 2_000) if quick else (20_000, 200_000)
    with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder) / "archive.db") as archive:
        tokens = fill(archive, large)
        return ratios(relate(archive), tokens, small)


def fill(archive: Archive, number: int) -> float:
    """Writes the texts without their index; CPU seconds a text costs to cut."""
    conn = archive.write()
    for name in ("articles_indexed", "articles_to_describe"):  # neither is measured here
        conn.execute(f"DROP TRIGGER IF EXISTS {name}")
    cut = 0.0
    rows = []
    for place, (text, day) in enumerate(announced(number)):
        start = time.process_time()
        zh_tokens(text.title)
        zh_tokens(text.body)
        cut += time.process_time() - start
        rows.append((int(f"{day:%Y%m%d}") * 1_000_000 + place, f"{place:016x}", text.title, text.body, str(day)))
        if len(rows) == CHUNK or place == number - 1:
            archive.write().executemany(
                'INSERT INTO articles (id, key, url, district, "column", title, body, published_on, family, sha256,'
                " snapshot_id, first_captured_at, captured_at) VALUES (?1, ?2, 'https://www.example.cn/' || ?2, 'made',"
                " '要闻', ?3, ?4, ?5, '', '', 0, '', '')",
                rows,
            )
            archive.commit()
            rows.clear()
    return cut / number


def relate(archive: Archive) -> list[tuple[int, float, float]]:
    """(articles compared, CPU seconds so far, bytes of the tables of copies) after each chunk, in order of ids."""
    marks: list[tuple[int, float, float]] = []
    start = time.process_time()

    def progress(done: int, total: int) -> None:
        if done % CHUNK == 0 or done == total:
            marks.append((done, time.process_time() - start, 0.0))

    relate_pending(archive, progress, batch=500)
    return [*marks[:-1], (*marks[-1][:2], size(archive))]


def size(archive: Archive) -> float:
    """Bytes of the tables of copies and their indexes."""
    marks = ", ".join("?" * len(INDEX))
    row = archive.db.conn.execute(f"SELECT sum(pgsize) FROM dbstat WHERE name IN ({marks})", INDEX).fetchone()
    return float(row[0])


def ratios(spent: list[tuple[int, float, float]], tokens: float, small: int) -> list[Ratio]:
    at = {done: seconds for done, seconds, _ in spent}
    done, seconds, held = spent[-1]
    first = min(at, key=lambda count: abs(count - small))
    before = max(count for count in at if count < done) if len(at) > 1 else 0
    late = (seconds - at.get(before, 0.0)) / max(1, done - before)
    early = at[first] / first
    note = f"{done:,} made-up articles, {done - first:,} of them after the first {first:,}"
    bars = done >= 200_000
    return [
        Ratio("copies: CPU an article / cutting it for search", seconds / done * 1e3, tokens * 1e3, "ms", 8, note=note),
        Ratio(
            f"copies: CPU an article at {done:,} / at {first:,}",
            late * 1e3,
            early * 1e3,
            "ms",
            at_most=1.3 if bars else None,
        ),
        Ratio("copies: gigabytes a million articles / 1", held / done * 1e6 / 1e9, 1.0, "GB", at_most=1.2),
    ]
