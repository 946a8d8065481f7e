"""The archive that the journeys go through: the made-up county after a real crawl, with an announcement that was edited
later, one that was removed, and one that another column copied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from archive.alerts.saved import Alert, new_token, open_alerts, unsubscribe_token
from archive.alerts.saved import add as add_alert
from archive.intake.take import take
from archive.stages.facts import describe_pending
from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, open_archive
from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.urls import canonical, key
from tests.county.announcements import Announcement, announcements
from tests.county.server import County
from tests.nights import night, yunlan

EDITED, REMOVED, COPIED = "公开招聘教师公告", "农贸市场改造规划方案", "第45次常务会议"
WORD, NAME = "改造", "沈砚秋"


@dataclass(frozen=True, slots=True)
class Library:
    """An archive, the keys of what the journeys look for, and what opens the page of alerts."""

    path: Path
    edited: str = ""
    removed: str = ""
    copied: str = ""
    document: str = ""
    token: str = ""
    unsubscribe: str = ""
    name: str = NAME
    down: str = ""


def build(folder: Path) -> Library:
    with County() as county:
        first = _named(COPIED)
        copy = replace(first, id=20_001, column="部门动态", title=f"转载：{first.title}", source="区政府办")
        county.site.publish(copy)
        district = yunlan(county)
        night(folder, district)
        with open_archive(folder / "archive.db") as archive:
            edited, removed = _later(archive, county, district)
            describe_pending(archive)
            relate_pending(archive)
            compare_pending(archive, (district,))
            judge_pending(archive)
        numbered = next(one.number for one in announcements() if one.number)
        token, ends = _alerts(folder / "archive.db")
        keys = [_key(county, one) for one in (edited, removed, first)]
        return Library(
            folder / "archive.db", keys[0], keys[1], keys[2], document=numbered, token=token, unsubscribe=ends
        )


def _named(words: str) -> Announcement:
    return next(one for one in announcements() if words in one.title)


def _key(county: County, one: Announcement) -> str:
    return key(canonical(county.url + one.path))


def _later(archive: Archive, county: County, district: District) -> tuple[Announcement, Announcement]:
    """What the site answers in the days after: another text, and three times nothing."""
    edited, removed = _named(EDITED), _named(REMOVED)
    body = ("根据工作需要，报名时间延长至2026年12月31日17时。", *edited.body[1:], "联系电话以教育局网站公布的为准。")
    county.site.edit(edited.id, body, f"{edited.title}（修订）")
    page = county.site.get(edited.path)
    assert page is not None
    now = datetime.now(UTC)
    answers = [Snapshot(county.url + edited.path, page.body, now + timedelta(days=1), headers=_HTML)]
    for day in (1, 2, 4):
        url = county.url + removed.path
        answers.append(Snapshot(url, b"<h1>404 Not Found</h1>", now + timedelta(days=day), status=404, headers=_HTML))
    for one in answers:
        take(archive, replace(one, district=district.slug, column="通知公告"), run=None, catalogue=(district,))
    archive.commit()
    return edited, removed


_HTML = (("Content-Type", "text/html; charset=utf-8"),)


def _alerts(path: Path) -> tuple[str, str]:
    """A token, and the link that ends an alert."""
    now = datetime.now(UTC)
    with open_alerts(path) as file:
        alert = add_alert(file, Alert("改造", "q=改造", "https://hook.example.org/made-up"), None, now)
        return new_token(file, "journeys", now), unsubscribe_token(file, alert.id)
