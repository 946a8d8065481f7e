"""A made-up archive for the questions of docs/research.md: all of 云澜区 as `make demo` serves it, with what happened
afterwards (an edit, a removal), 青岬县, which cites and reprints it, and 石泉县, which publishes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive import articles
from archive.intake.take import take
from archive.stages.facts import describe_pending
from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, open_archive
from pipelines.article import Article
from scraper.catalogue import District, load_one
from scraper.items import Snapshot
from tests.county.announcements import Announcement
from tests.county.demo import DISTRICT, HOME
from tests.county.site import Site
from tests.test_facts import made

VISIT = datetime(2026, 11, 20, 1, tzinfo=UTC)
DIRECTIVE = "云政办发〔2026〕23号"
BUSINESS = (
    f"为落实{DIRECTIVE}文件要求，县政府研究了优化营商环境的具体安排。\n"
    "各有关部门要在七月底前拿出清单，由县数据局汇总后向社会公开，接受群众监督。"
)
FOLLOWED = (
    f"县数据局对照《优化营商环境若干措施》（{DIRECTIVE}）逐项检查，三十二个事项已经可以在网上办理，其余年底前办结。"
)
MEASURE = "云澜区人民政府办公室关于印发云澜区优化营商环境若干措施的通知"
EDITED, REMOVED = "关于望湖路部分路段临时封闭施工的通告", "关于湖滨社区、书院社区计划停水的通知"


def newsroom(path: Path) -> None:
    """Makes the archive."""
    site, district = Site(), load_one(DISTRICT)
    with open_archive(path) as archive:
        for slug, name in (("yunlan", "云澜区"), ("qingjia", "青岬县"), ("shiquan", "石泉县")):
            place = (slug, name, "329901", f"https://www.{slug}.example.cn", "standard")
            archive.write().execute("INSERT INTO districts VALUES (?, ?, ?, ?, ?)", place)
        _taken(archive, district, (_page(site, one) for one in site.pages.values()))
        _after(archive, district, site)
        for number, one in enumerate(_neighbours(archive), 90_001):
            articles.put(archive, one, number)
        archive.write().execute(
            'INSERT INTO coverage (district, "column", day, listed, stored, blocked, failed)'
            " VALUES ('shiquan', '通知公告', '2026-11-21', 5, 0, 3, 2)"
        )
        archive.commit()
        describe_pending(archive)
        relate_pending(archive)
        compare_pending(archive, (district,))
        judge_pending(archive)


def _neighbours(archive: Archive) -> Iterable[Article]:
    (body,) = archive.db.execute("SELECT body FROM articles WHERE title = ?", (MEASURE,)).fetchone()
    yield made(1, BUSINESS, "县政府部署优化营商环境工作", "qingjia", date(2026, 6, 20))
    yield made(2, FOLLOWED, "县数据局通报网上办事进展", "qingjia", date(2026, 9, 1))
    yield made(3, body, MEASURE, "qingjia", date(2026, 6, 3))


def _after(archive: Archive, district: District, site: Site) -> None:
    """One notice is edited two days later, another is gone: asked for on three days, while the site answers."""
    edited, removed = (_called(site, title) for title in (EDITED, REMOVED))
    site.edit(edited.id, body=[line.replace("12月20日", "12月28日") for line in edited.body])
    other = next(one for one in site.pages.values() if one.title not in (EDITED, REMOVED))
    gone = replace(_page(site, removed), status=404, body=b"<h1>404 Not Found</h1>")
    later = [
        _at(_page(site, site.pages[edited.id]), 2),
        *(_at(gone, days) for days in (7, 8, 9)),
        _at(_page(site, other), 8),
    ]
    _taken(archive, district, later)


def _taken(archive: Archive, district: District, snapshots: Iterable[Snapshot]) -> None:
    for one in snapshots:
        take(archive, one, run=None, catalogue=(district,))
    archive.commit()


def _called(site: Site, title: str) -> Announcement:
    return next(one for one in site.pages.values() if one.title == title)


def _page(site: Site, one: Announcement) -> Snapshot:
    found = site.get(one.path)
    assert found is not None
    headers = (("Content-Type", "text/html"),)
    url = f"{HOME}{one.path}"
    return Snapshot(
        *(url, found.body, VISIT + timedelta(seconds=one.id % 1000), 200, headers, "article", "yunlan", one.column),
        requested_url=url,
        listed_title=one.title,
        listed_on=one.on if one.dated else None,
    )


def _at(snapshot: Snapshot, days: float) -> Snapshot:
    return replace(snapshot, captured_at=snapshot.captured_at + timedelta(days=days))
