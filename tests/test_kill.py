"""kill -9 at any moment costs nothing but time: after a re-run the archive equals that of an undisturbed run."""

from __future__ import annotations

import random
import sqlite3
import time
from pathlib import Path

from tests.county.server import County
from tests.nights import counts, held, rows
from tests.test_crawl import started, wait_for_pages

MOMENTS = 10
PAGES = 114  # with --since, all that the county has announced


def whole(path: Path) -> bool:
    conn = sqlite3.connect(path)
    try:
        return bool(conn.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    finally:
        conn.close()


def test_ten_kills(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    calm, stormy = tmp_path / "calm", tmp_path / "stormy"
    calm.mkdir()
    stormy.mkdir()
    with County() as county:
        child = started(calm, county, "--since", "2000-01-01")
        said, _ = child.communicate(timeout=120)
        assert child.returncode == 0, said
        county.log.clear()
        kills = 0
        for moment in sorted(rng.uniform(0, PAGES) for _ in range(MOMENTS)):
            child = started(stormy, county, "--since", "2000-01-01")
            wait_for_pages(county, int(moment))
            time.sleep(rng.uniform(0, 0.05))
            child.kill()
            child.communicate()
            kills += child.returncode == -9
        said, _ = started(stormy, county, "--since", "2000-01-01").communicate(timeout=120)
    assert kills >= MOMENTS - 1
    one, other = ({str(article["url"]): article for article in held(folder)} for folder in (calm, stormy))
    assert len(one) == PAGES and set(one) == set(other), said
    differing = [(url, name) for url in one for name in one[url] if one[url][name] != other[url][name]]
    assert differing == [], [(one[url][name], other[url][name]) for url, name in differing]
    assert held(stormy) == held(calm), "the same articles in another order"
    assert whole(stormy / "archive.db") and whole(stormy / "snapshots.db")
    states = "SELECT state, count(*) FROM pages GROUP BY 1"
    assert {state for state, _ in rows(stormy, states)} <= {"archived", "unchanged"}
    assert rows(stormy, "SELECT count(*) FROM runs WHERE ended_at IS NULL") == [(0,)]
    assert rows(stormy, "SELECT count(*) FROM pages") == [(PAGES,)]
    assert counts(stormy)["seen"] <= PAGES
    done = "SELECT count(*), count(done_at) FROM backfills"
    assert rows(stormy, done) == [(8, 8)]
    listed = "SELECT sum(listed), sum(stored + unchanged), sum(waiting) FROM coverage"
    (covered, stored, waiting) = rows(stormy, listed)[0]
    assert covered == stored and waiting == 0 and int(str(covered)) >= PAGES
    made = "SELECT sum(requests), (SELECT count(*) FROM fetches), (SELECT sum(requests) FROM spent) FROM runs"
    assert len(set(rows(stormy, made)[0])) == 1
