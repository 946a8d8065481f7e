"""Status and the start of a night stay quick however many pages there are: no statement walks through a large table."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

from archive.crawl import cooling, runs
from archive.crawl.coverage import coverage
from archive.crawl.ledger import Ledger
from archive.crawl.manners import manners
from archive.intake.pipeline import close
from archive.intake.take import recover, take
from archive.store import open_archive
from archive.upkeep.status import conclude, status
from scraper.spiders.memory import Wanted
from tests import kept

# One row a district, column or takedown; or an index that holds only what is not stored; or one look at a key's end.
SMALL = {"issues", "takedowns", "cooldowns", "backfills", "districts", "d", "columns", "s", "o"}
INDEXES = {"pages_open", "articles_district"}
OWN = re.compile(r"\b(pages|listings|lists|fetches|spent|coverage|column_runs|runs|captures|articles|enclosures)\b")


def test_no_statement_of_status_or_of_a_night_scans_a_large_table(tmp_path: Path) -> None:
    said: list[str] = []
    with open_archive(tmp_path / "archive.db") as archive:
        conn = archive.db.conn
        conn.set_trace_callback(said.append)
        run = runs.begin(archive, "crawl", kept.district())
        recover(archive, (), run=run)
        ledger = Ledger(archive, run)
        assert ledger.waiting() == [] and ledger.enclosures() == [] and not ledger.visited(kept.NOTICES)
        ledger.before(kept.NOTICES)
        ledger.list_validators(kept.NOTICES.url)
        ledger.backfill(kept.NOTICES, date(2020, 1, 1), None)
        ledger.known(kept.NOTICES, [kept.url(1)])
        ledger.spent("www.yunlan.example.cn")
        cooling.cooling(conn, "yunlan")
        kept.listed(ledger, kept.NOTICES, 1, 2, 3)
        take(archive, kept.page(1), run=run, catalogue=())
        ledger.failed(Wanted(kept.url(2), "公示公告"), "time-out")
        ledger.unchanged(Wanted(kept.url(3), "公示公告"))
        ledger.column_read(kept.NOTICES, "ok", 3)
        close(archive, run, "", "")
        runs.finish(archive, run)
        conclude(archive, run.id, 0, "")
        status(archive)
        coverage(conn, "2026-11-01")
        coverage(conn, "2026-11-01", "yunlan")
        manners(conn, datetime.now(UTC))
        conn.set_trace_callback(None)
        asked = [text for text in dict.fromkeys(said) if OWN.search(text) and not text.startswith(("--", "BEGIN"))]
        assert len(asked) > 30
        walks = {
            step for text in asked for (_, _, _, step) in conn.execute(f"EXPLAIN QUERY PLAN {text}") if "SCAN" in step
        }
    bad = {
        step
        for step in walks
        if step.split()[1] not in SMALL and not INDEXES & set(step.split()) and "VIRTUAL" not in step
    }
    # The first or the last by the key; v: the 200 pages that are due to be looked at again, cut off before.
    assert bad <= {"SCAN fetches", "SCAN chain", "SCAN CONSTANT ROW", "SCAN v"}
    assert any("pages_open" in step for step in walks)
