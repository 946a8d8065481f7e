"""The spider looks at archived pages again: after the news, with validators, and what fails is no lost page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.store import open_archive
from commands.stages import after_crawl
from scraper.catalogue import District
from scraper.urls import key
from tests.county.server import NOT_FOUND, County, Fault, redirect
from tests.nights import counts, night, rows, yunlan

COLUMN = "云澜要闻"


def as_after(folder: Path, days: int, district: District) -> None:
    """The stages after a crawl, and so many days gone by since all that was seen."""
    with open_archive(folder / "archive.db") as archive:
        after_crawl(archive, (district,))
        conn = archive.write()
        for table, column in (("sightings", "at"), ("articles", "first_captured_at"), ("pages", "fetched_at")):
            for (moment,) in conn.execute(f"SELECT DISTINCT {column} FROM {table}").fetchall():
                earlier = datetime.fromisoformat(moment) - timedelta(days=days)
                before = earlier.isoformat(timespec="microseconds")
                conn.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE {column} = ?", (before, moment))
        archive.commit()
        judge_pending(archive)


def state(folder: Path, county: County, path: str) -> tuple[object, ...]:
    with open_archive(folder / "archive.db") as archive:
        relate_pending(archive)
        judge_pending(archive)
    asked = "SELECT p.state, v.state, v.due_at > ? FROM pages p JOIN presence v ON v.article_key = ? WHERE p.url LIKE ?"
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    (found,) = rows(folder, asked, now, key(county.url + path), f"%{path}")
    return found


def test_due_pages_are_asked_for_with_validators_after_the_news(tmp_path: Path) -> None:
    with County(validators=True) as county:
        district = yunlan(county, COLUMN)
        night(tmp_path, district)
        held = counts(tmp_path)["archived"]
        as_after(tmp_path, 2, district)
        county.site.edit(county.site.column(COLUMN)[3].id, body=("此处悄悄改过。", "列表没有变化。"))
        county.log.clear()
        night(tmp_path, district)
        asked = county.asked()
        assert len(asked) == held and [one.status for one in asked].count(304) == held - 1
        assert counts(tmp_path) == {"seen": held, "unchanged": held - 1, "updated": 1}
        county.log.clear()
        night(tmp_path, district)
        assert county.asked() == [], "seen, though not judged yet"
        as_after(tmp_path, 0, district)
        night(tmp_path, district)
        assert county.asked() == []
        assert rows(tmp_path, "SELECT count(*) FROM edits") == [(1,)]


def test_misses_are_told_from_trouble(tmp_path: Path) -> None:
    with County() as county:
        district = yunlan(county, COLUMN)
        night(tmp_path, district)
        as_after(tmp_path, 2, district)
        home, lost, refused, silent, broken = (one.path for one in county.site.column(COLUMN)[:5])
        county.faults[home] = redirect("/")
        county.faults[lost] = NOT_FOUND
        county.faults[refused] = Fault("say", 403, "<h1>403 Forbidden</h1>")
        county.faults[silent] = Fault("reset")
        county.faults[broken] = Fault("say", 502, "<h1>502 Bad Gateway</h1>")
        night(tmp_path, district)
        found = counts(tmp_path)
        assert found["removed"] == 2 and found["failed"] + found["blocked"] == 3
        assert state(tmp_path, county, home)[:2] == state(tmp_path, county, lost)[:2] == ("removed", "missing")
        for path in (refused, silent, broken):
            assert state(tmp_path, county, path) == ("archived", "present", 1)
        kept = "SELECT status, outcome FROM captures WHERE url LIKE ? ORDER BY snapshot_id DESC LIMIT 1"
        assert rows(tmp_path, kept, f"%{home}") == [(302, "removed")]
        county.log.clear()
        county.faults.clear()
        night(tmp_path, district)
        assert county.asked() == [], "a look that failed waits a day, it is not tried again at once"
