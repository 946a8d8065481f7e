"""The spider against a real server: the made-up county on loopback, with a real archive."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archive.crawl.ledger import Ledger
from archive.intake.pipeline import Intake
from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.settings import user_agent
from scraper.spiders.memory import Listing
from tests.county.announcements import TODAY, announcements
from tests.county.server import ERROR, LOOP, NOT_FOUND, SHELL, County, redirect
from tests.county.site import ABROAD, Site
from tests.nights import counts, held, night, rows, states, yunlan

ROOT = Path(__file__).parents[1]


def test_a_first_visit_archives_the_newest_of_every_column(tmp_path: Path) -> None:
    with County() as county:
        end = night(tmp_path, yunlan(county))
        assert (end.reason, end.why) == ("finished", "")
        assert {column.outcome for column in end.columns} == {"ok"} and len(end.columns) == 8
        listed = {one.path for column in yunlan(county).columns for one in county.site.column(column.name)[:20]}
        assert {asked.path for asked in county.asked()} == listed
        assert end.pages == end.wanted == len(listed) == counts(tmp_path)["archived"]
        assert not any(ABROAD[0] in str(url) for (url,) in rows(tmp_path, "SELECT url FROM pages"))
        assert "they lead to other sites: 1" in end.columns[0].note


def test_what_is_archived_is_what_was_announced(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county), dibao_since="2000-01-01")
    found = {str(one["url"]).partition(".1:")[2].partition("/")[2]: one for one in held(tmp_path)}
    assert len(found) == len(announcements())
    for one in announcements():
        article = found[one.path.removeprefix("/")]
        assert article["title"] == one.title
        assert article["published_on"] == (one.on.isoformat() if one.dated else None)
        assert article["source"] == (one.source or one.issuer)
        assert article["column"] == one.column
        assert (article["document_number"] or "") == one.number
        assert one.kind == "news" or article["index_number"] == one.index
        signed = [name for _, name in json.loads(str(article["credits"]))]
        body = "".join(str(article["body"]).split())
        lacking = [line for line in one.body if line[0] not in "|附图" and "".join(line.split()) not in body]
        assert all(any(name in line for name in signed) for line in lacking), (lacking, article["body"])


def test_a_second_night_fetches_no_page_that_it_has(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county))
        county.log.clear()
        end = night(tmp_path, yunlan(county))
        assert county.asked() == []
        assert len(county.asked("/class/.*")) == 8 and {one.outcome for one in end.columns} == {"ok"}
        assert set(counts(tmp_path)) == {"seen", "unchanged"}


def test_a_list_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    with County(validators=True) as county:
        night(tmp_path, yunlan(county))
        county.log.clear()
        end = night(tmp_path, yunlan(county))
        assert [asked.status for asked in county.asked("/class/.*")] == [304] * 8
        assert {one.outcome for one in end.columns} == {"unchanged"} and end.reason == "finished"


def test_new_and_changed_pages_come_with_the_next_night(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county))
        first = county.site.column("云澜要闻")[5]
        county.site.edit(first.id, title=first.title + "（更新）", body=("内容有更正。", *first.body))
        added = replace(first, id=99_001, title="我区新增两条社区公交线路", on=TODAY, body=("本周起试运行。",))
        county.site.publish(added)
        county.log.clear()
        night(tmp_path, yunlan(county))
        assert sorted(asked.path for asked in county.asked()) == sorted((added.path, first.path))
        assert counts(tmp_path) == {"seen": 107, "archived": 1, "updated": 1, "unchanged": 105}


def test_more_news_than_a_page_holds_is_all_brought(tmp_path: Path) -> None:
    """Known pinned rows stand above it, and the list goes on behind its first page."""
    with County() as county:
        night(tmp_path, yunlan(county, "云澜要闻"))
        old = county.site.column("云澜要闻")[5]
        news = [county.site.publish(replace(old, id=90_000 + n, title=f"短讯第{n}期", on=TODAY)) for n in range(30)]
        county.log.clear()
        night(tmp_path, yunlan(county, "云澜要闻"))
        assert sorted(asked.path for asked in county.asked()) == sorted(news)


def test_since_reads_the_past(tmp_path: Path) -> None:
    with County() as county:
        end = night(tmp_path, yunlan(county, "云澜要闻"), dibao_since="2026-08-01")
        wanted = {one.path for one in county.site.column("云澜要闻") if one.on >= date(2026, 8, 1)}
        assert {asked.path for asked in county.asked()} == wanted and end.columns[0].rows == len(wanted) > 20


def test_a_limit_is_kept_and_the_past_stays_where_it_is(tmp_path: Path) -> None:
    with County() as county:
        assert night(tmp_path, yunlan(county, "通知公告"), dibao_limit=5).pages == 5
        assert night(tmp_path, yunlan(county, "通知公告")).pages == 0


def test_a_page_listed_in_two_columns_is_fetched_once(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county, "云澜要闻", "部门动态"), dibao_since="2000-01-01")
        twice = [one for one in county.site.column("部门动态") if one.column == "云澜要闻"]
        assert len(twice) == 1 and len(county.asked(twice[0].path)) == 1
        assert rows(tmp_path, 'SELECT "column" FROM articles WHERE title = ?', twice[0].title) == [("云澜要闻",)]


def test_what_failed_is_tried_again_first(tmp_path: Path) -> None:
    with County() as county:
        broken = county.site.column("统计信息")[2].path
        county.faults[broken] = ERROR
        night(tmp_path, yunlan(county, "统计信息"))
        assert states(tmp_path, "failed") == {broken: "HTTP 500"}
        county.faults.clear()
        county.log.clear()
        night(tmp_path, yunlan(county, "统计信息"))
        assert [asked.path for asked in county.asked()] == [broken]
        assert states(tmp_path, "failed") == {}


def test_a_shell_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/class/FPMNCBAD.*"] = SHELL
        end = night(tmp_path, yunlan(county, "人事任免", "统计信息"))
        shell, good = sorted(end.columns, key=lambda column: column.outcome, reverse=True)
        assert (shell.outcome, shell.rows, good.outcome) == ("shell", 0, "ok")
        assert "/class/FPMNCBAD" in shell.note and "yunlan.toml" in shell.note and "open it in a browser" in shell.note


def test_the_bare_list_of_a_fengxun_shell_is_tried_first(tmp_path: Path) -> None:
    """design/sites.md 2.1: disclosure columns may load …&template=templates/{site}/xxgk_class_min.html in a frame."""
    with County() as county:
        county.faults["/class/FPMNCBAD"] = SHELL
        end = night(tmp_path, yunlan(county, "人事任免"))
        bare = "/class/FPMNCBAD/1&template=templates/yunlan/xxgk_class_min.html"
        assert [asked.path for asked in county.asked("/class/.*")] == ["/class/FPMNCBAD", bare]
        assert end.columns[0].outcome == "ok" and end.columns[0].rows == 7


def test_a_pager_that_loops_ends(tmp_path: Path) -> None:
    with County() as county:
        county.faults["/class/HCQJOLDB.*"] = LOOP
        end = night(tmp_path, yunlan(county, "部门动态"), dibao_since="2000-01-01")
        assert len(county.asked("/class/.*")) == 2
        assert end.columns[0].outcome == "ok" and end.columns[0].rows == 17


def test_a_list_that_breaks_off_is_read_again_in_the_next_night(tmp_path: Path) -> None:
    """Rows of its first page do not count as known before the column was read to its end."""
    with County() as county:
        old = county.site.column("通知公告")[5]
        night(tmp_path, yunlan(county, "通知公告"))
        news = [county.site.publish(replace(old, id=90_000 + n, title=f"公示第{n}号", on=TODAY)) for n in range(30)]
        county.faults["/class/GBPINKCA/2"] = NOT_FOUND
        end = night(tmp_path, yunlan(county, "通知公告"))
        assert end.columns[0].outcome == "failed" and "/class/GBPINKCA/2" in end.columns[0].note
        county.faults.clear()
        night(tmp_path, yunlan(county, "通知公告"))
        assert {
            f"/html{str(row[0]).partition('/html')[2]}" for row in rows(tmp_path, "SELECT url FROM articles")
        } >= set(news)


def test_redirects_that_leave_the_site_are_counted_not_followed(tmp_path: Path) -> None:
    with County() as county, County() as other:
        first, second, third, fourth = county.site.column("统计信息")[:4]
        county.faults[first.path] = redirect(f"{other.url}{first.path}")
        county.faults[second.path] = redirect(third.path, 301)
        county.faults[fourth.path] = redirect("/")
        night(tmp_path, yunlan(county, "统计信息"))
        assert other.log == [] and county.asked("/") == []
        reasons = states(tmp_path, "failed")
        assert set(reasons) == {first.path, fourth.path}
        assert other.url in reasons[first.path] and "not followed" in reasons[first.path]
        found = counts(tmp_path)
        assert (found["seen"], found["failed"], found["duplicate"]) == (9, 2, 1)


def test_a_redirect_in_a_circle_ends(tmp_path: Path) -> None:
    with County() as county:
        path = county.site.column("统计信息")[0].path
        county.faults[path] = redirect(path)
        night(tmp_path, yunlan(county, "统计信息"))
        assert path in states(tmp_path, "failed") and len(county.asked(path)) < 10


class DiaryLedger(Ledger):
    diary: list[tuple[str, str]]

    def listed(self, column: Column, page: ListPage, rows: Any) -> Listing:
        self.diary.append(("rows read", column.name))
        return super().listed(column, page, rows)


class Diary(Intake):
    """The real intake, which also notes what came when."""

    notes: list[tuple[str, str]] = []  # noqa: RUF012

    async def open_spider(self) -> None:
        await super().open_spider()
        spider = self._crawler.spider
        spider.memory.__class__ = DiaryLedger
        spider.memory.diary = self.notes

    def process_item(self, item: Any) -> Any:
        result = super().process_item(item)
        self.notes.append((f"kept {item.role}", item.column))
        return result


def test_a_list_is_kept_before_its_rows_are_read(tmp_path: Path) -> None:
    Diary.notes.clear()
    with County() as county:
        night(tmp_path, yunlan(county, "统计信息", "云澜要闻"), item_pipelines={"tests.test_spider.Diary": 300})
    assert Diary.notes[0] == ("kept attachment", "")  # robots.txt
    for name in ("统计信息", "云澜要闻"):
        events = [kind for kind, column in Diary.notes if column == name]
        assert events[:2] == ["kept list", "rows read"] and set(events[2:]) == {"kept article"}


def test_the_progress_that_is_shown_ends_at_the_end(tmp_path: Path) -> None:
    from scraper.crawl import Progress, crawl

    seen: list[Progress] = []
    with County() as county:
        crawl([yunlan(county, "统计信息")], {"DIBAO_ARCHIVE": str(tmp_path / "archive.db")}, seen.append)
    assert (seen[-1].slug, seen[-1].done, seen[-1].wanted, seen[-1].columns) == ("yunlan", 9, 9, 1)
    assert [one.done for one in seen] == sorted(one.done for one in seen) and seen[-1].bytes > 10_000


def test_it_says_who_it_is(tmp_path: Path) -> None:
    with County() as county:
        night(tmp_path, yunlan(county, "统计信息"), user_agent=user_agent("mailto:archive@yunlan.example"))
        for asked in county.log:
            assert asked.headers["User-Agent"].startswith("Dibao/") and "archive@yunlan.example" in str(asked.headers)
            assert "Cookie" not in asked.headers and "Referer" not in asked.headers


@pytest.mark.parametrize("contact", ["某某区档案馆", "a\nb: c", "x@example.org"])
def test_any_contact_makes_a_header(contact: str) -> None:
    assert user_agent(contact).isascii() and "\n" not in user_agent(contact)


def test_a_custom_column_far_from_home_is_not_fetched(tmp_path: Path) -> None:
    """A row whose path looks right but whose host is another's (squatters copy paths)."""
    with County() as county, County() as squatter:
        copied = county.site.column("统计信息")[0]
        listing = county.site.list_page("统计信息", 1).replace(f'"{copied.path}"', f'"{squatter.url}{copied.path}"')
        from tests.county.server import Fault

        county.faults["/class/JEBLQNFD"] = Fault("say", 200, listing)
        end = night(tmp_path, yunlan(county, "统计信息"))
        assert squatter.log == [] and end.wanted == 8 and "they lead to other sites: 1" in end.columns[0].note


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)


def test_scrapy_lists_one_spider_for_each_district() -> None:
    done = scrapy("list")
    assert done.returncode == 0, done.stderr
    assert {"wujin", "zhonglou", "changzhou"} <= set(done.stdout.split())


def test_scrapy_crawls_and_its_shell_fetches(tmp_path: Path) -> None:
    from tests.county.demo import moved

    with County() as county:
        folder = moved(tmp_path / "districts", county.url)
        given = ["-s", f"DIBAO_DISTRICTS={folder}", "-s", f"DIBAO_ARCHIVE={tmp_path / 'archive.db'}"]
        done = scrapy("crawl", "yunlan", "-s", "DIBAO_LIMIT=2", *given)
        assert done.returncode == 0 and counts(tmp_path)["archived"] == 16, done.stderr
        path = county.site.column("统计信息")[0].path
        code = "print('TITLE', response.css('td.NewsTitle::text').get())"
        done = scrapy("shell", county.url + path, "-c", code, "--nolog", *given)
        assert f"TITLE {county.site.column('统计信息')[0].title}" in done.stdout, done.stderr


def test_row_and_site_are_what_the_tests_think() -> None:
    assert Row("a", "b").listed_on is None and Site().column("云澜要闻")[0].on < Site().column("云澜要闻")[2].on
