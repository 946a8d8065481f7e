"""A page costs the archive the same whatever it holds already.

SQLite counts the instructions of its virtual machine: no clock, so no noise. 2026-12: one DELETE that could not use its
index (a partial one, asked without its condition) read a whole table for each page; at 60,000 pages it had made a crawl
a third slower, and no test of query plans had seen it, as those show a statement with its values.
"""

from __future__ import annotations

from pathlib import Path

from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.intake.take import take
from archive.store import Archive, open_archive
from scraper.spiders.memory import Wanted
from tests import kept

PAGES = 40
BEFORE = 1_500


def steps(archive: Archive, first: int) -> float:
    """Instructions, in hundreds a page, of a run that lists, archives, misses and looks again."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    archive.db.conn.set_progress_handler(count, 100)
    archive.snapshots.conn.set_progress_handler(count, 100)
    crawl(archive, first, PAGES)
    archive.db.conn.set_progress_handler(None, 0)
    archive.snapshots.conn.set_progress_handler(None, 0)
    return counted / PAGES


def crawl(archive: Archive, first: int, pages: int) -> None:
    run = runs.begin(archive, "crawl", kept.district())
    ledger = Ledger(archive, run)
    ledger.waiting()
    numbers = range(first, first + pages)
    kept.listed(ledger, kept.NOTICES, *numbers)
    for number in numbers:
        take(archive, kept.page(number), run=run, catalogue=(kept.district(),))
    for number in numbers[:5]:
        take(archive, kept.page(number, later=1e6), run=run, catalogue=(kept.district(),))
        ledger.unchanged(Wanted(kept.url(number), kept.NOTICES.name))
        ledger.failed(Wanted(kept.url(number), kept.NOTICES.name), "time-out")
    ledger.column_read(kept.NOTICES, "ok", pages)
    runs.finish(archive, run)


def test_a_page_costs_the_same_in_a_large_archive(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        crawl(archive, 0, 5)  # what is made once is made
        few = steps(archive, 100)
        crawl(archive, 1_000, BEFORE)
        many = steps(archive, 5_000)
    assert few > 5, "the handler counted nothing"
    assert many <= 1.3 * few, f"{many:.0f} instead of {few:.0f} hundred instructions a page"
