"""The pages of districts, people, documents, changes and coverage, asked of a real archive; and what they cost."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from archive import articles as articles_of
from archive.pages import changes as pages_changes
from archive.pages import coverage as pages_coverage
from archive.pages import district as pages_district
from archive.pages import documents as pages_documents
from archive.pages import naming as pages_naming
from archive.pages import people as pages_people
from archive.pages.changes import changes
from archive.pages.coverage import by_column, calendar
from archive.pages.documents import document, form, series
from archive.pages.naming import naming
from archive.pages.people import people, person
from archive.stages.facts import describe_pending
from archive.store import Archive, open_archive
from archive.upkeep.takedown import take_down
from pipelines.freshness import patience
from tests.made_up import fill, keep
from tests.test_facts import VISIT, made
from tests.test_web import HOSTILE, Get, links, site, texts, tree
from web.charts import Bar, bars, months, years
from web.coverage import blocks
from web.document import gaps

TODAY = datetime.now(UTC).astimezone().date()
NIGHT = timedelta(hours=14)  # 22:00 in Beijing
PAGES = (
    *("/districts", "/district/yunlan", "/people", "/people?name=沈", "/person/yunlan/沈知秋", "/document"),
    *(
        "/document/云政发〔2026〕7号",
        "/document/《云澜区城市更新条例》",
        "/changes",
        "/changes?kind=removed",
        "/coverage",
    ),
    *("/coverage/yunlan", "/coverage/yunlan?day=2026-11-03", "/about"),
)


def night(archive: Archive, run: int, day: date, outcomes: dict[str, str], slug: str = "yunlan") -> None:
    """A crawl on a day, with what came of its columns."""
    conn = archive.write()
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC) + NIGHT
    conn.execute(
        "INSERT INTO runs (id, district, kind, pid, started_at, ended_at, exit_code)"
        " VALUES (?, ?, 'crawl', 1, ?, ?, 0)",
        (run, slug, begun.isoformat(), (begun + timedelta(minutes=9)).isoformat()),
    )
    conn.executemany(
        'INSERT INTO column_runs (run_id, district, "column", outcome, rows, note) VALUES (?, ?, ?, ?, 20, ?)',
        [(run, slug, column, outcome, HOSTILE) for column, outcome in outcomes.items()],
    )
    archive.wrote()


def listed(archive: Archive, day: date, column: str, **parts: int) -> None:
    names = ", ".join(parts)
    archive.write().execute(
        f'INSERT INTO coverage (district, "column", day, listed, {names})'
        f" VALUES ('yunlan', ?, ?, ?, {', '.join('?' * len(parts))})",
        (column, str(day), sum(parts.values()), *parts.values()),
    )


def edited(archive: Archive, key: str, number: int, kind: str, at: str) -> None:
    """An article's version number (from 2) and its history."""
    conn = archive.write()
    conn.execute(
        "INSERT INTO versions VALUES (?, 1, ?, ?, ?, ?, ?, ?, '{}')",
        (key, number, 100 + number, at, f"{key}{number}", kind, json.dumps(["number"])),
    )
    conn.execute("INSERT OR REPLACE INTO histories VALUES (?, 1, ?, 1, ?, ?)", (key, number, at, at))


def stands(archive: Archive, key: str, number: int, state: str, at: str, *, note: str = "") -> None:
    archive.write().execute("INSERT INTO states VALUES (?, ?, ?, ?, 77, ?)", (key, number, state, at, note))


def visit(number: int, day: date, district: str = "yunlan") -> Any:
    return made(number, VISIT, f"第{number}次调研", district, day)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rooms") / "archive.db"
    fill(path, 60)
    with open_archive(path, create=False) as archive:
        for number in range(30):
            keep(archive, visit(1000 + number, date(2026, 3, 1) + timedelta(days=number)), 1000 + number)
        keep(archive, visit(2000, date(2025, 3, 1), "qingjia"), 2000)
        notice = made(3000, "现予印发。", "关于印发《云澜区城市更新条例》的通知", day=date(2026, 2, 1))
        keep(archive, replace(notice, document_number="云政发[2026]7号"), 3000)
        hostile = made(3001, "正文。", HOSTILE, day=date(2026, 2, 2))
        keep(archive, replace(hostile, document_number="云政发〔2026〕9号", column=HOSTILE), 3001)
        describe_pending(archive)
        conn = archive.write()
        for name in (HOSTILE, "沈知秋"):
            conn.execute(
                "INSERT OR IGNORE INTO people VALUES ('qingjia', ?, 3, '2025-01-01', '2026-01-01', ?, '2026-01-01')",
                (name, HOSTILE),
            )
        conn.execute("UPDATE columns SET name = ? WHERE district = 'qingjia' AND position = 0", (HOSTILE,))
        ok = {"政务要闻": "ok", "通知公告": "ok"}
        for run, day in enumerate((1, 2, 3, 5), 1):
            outcomes = {2: {**ok, "通知公告": "blocked"}, 3: {**ok, "政务要闻": "failed"}}.get(day, ok)
            night(archive, run, date(2026, 11, day), outcomes)
        listed(archive, date(2026, 11, 1), "政务要闻", stored=6, unchanged=1)
        listed(archive, date(2026, 11, 5), "政务要闻", stored=2, waiting=1)
        edited(archive, notice.key, 2, "substantive", "2026-11-02T01:00:00+00:00")
        edited(archive, hostile.key, 2, "minor", "2026-11-03T01:00:00+00:00")
        stands(archive, hostile.key, 4, "removed", "2026-11-04T01:00:00+00:00")
        stands(archive, notice.key, 2, "moved", "2026-11-05T01:00:00+00:00", note=hostile.key)
        conn.execute("INSERT INTO cooldowns VALUES ('yunlan', 4, '2027-01-01T00:00:00+00:00', ?, '')", (HOSTILE,))
        archive.commit()
    return path


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as conn:
        yield conn


# every page


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_whole_light_and_harmless(get: Get, address: str, language: str) -> None:
    response = get(address + ("&" if "?" in address else "?") + f"lang={language}")
    assert response.status_code == 200
    assert len(response.content) < 150_000
    page = tree(response)
    assert len(page.css("h1")) == 1
    assert len(page.css("header.site nav a")) == 8
    assert not page.css("script, iframe, [style], style, [onerror], img")
    assert "{{" not in response.text.replace("{{ 7*7 }}", "")
    assert "49" not in re.findall(r"&#39;&#34;(\d+)", response.text)
    for href in links(response, "main a[href]"):
        assert href.startswith(("/", "#", "?", "http://", "https://", "mailto:")), href
    current = texts(response, "header.site a[aria-current]")
    assert len(current) == (0 if address.startswith(("/document", "/person")) and not current else 1)
    assert not [text for text in texts(response, "main") if "Undefined" in text]


@pytest.mark.parametrize("address", ["/district/nowhere", "/person/yunlan/无此人", "/document/云政发〔1999〕1号"])
def test_a_page_that_is_not_there_leads_on(get: Get, address: str) -> None:
    response = get(address)
    assert response.status_code == 404
    assert len(links(response, ".empty a")) >= 1


def test_an_empty_archive_has_every_page(tmp_path: Path) -> None:
    get = site(tmp_path / "a.db")
    for address in ("/districts", "/people", "/changes", "/coverage", "/document", "/about"):
        response = get(address)
        assert response.status_code == 200
    assert "没有变动" in get("/changes").text


def test_hostile_arguments_are_answered(get: Get) -> None:
    odd = quote(HOSTILE)
    for address in (
        *(f"/people?name={odd}&district={odd}&after={odd}", f"/changes?kind={odd}&district={odd}&before={odd}"),
        *(f"/coverage?after={odd}", f"/coverage/yunlan?month={odd}&day={odd}", "/coverage/yunlan?month=0001-01"),
        *(
            "/coverage/yunlan?day=9999-12-31",
            "/person/yunlan/沈知秋?before=x",
            "/people?after=9 9",
            "/document?number=%00",
        ),
    ):
        response = get(address)
        assert response.status_code in (200, 302, 404), address
        assert "<script>alert" not in response.text


# districts


def test_a_district_tells_how_it_stands(get: Get) -> None:
    response = get("/district/yunlan")
    assert texts(response, "h1") == ["云澜区"]
    assert any("暂停采集" in note for note in texts(response, ".note.warn"))
    assert len(texts(response, "#newest ~ ul li")) == 10
    assert "顾清源" in texts(response, ".ranked a")
    assert "/feed.atom?district=yunlan" in links(response, ".doors a")
    assert "/coverage/yunlan" in links(response, ".doors a")
    numbers = [int(cell.replace(",", "")) for cell in texts(response, "section[aria-labelledby=columns] td.n")]
    told = int(texts(response, ".meta span")[0].split()[0])
    assert sum(numbers) + 1 == told  # one article has a column that is no longer in the catalogue


def test_the_rhythm_counts_every_article_once(path: Path, conn: sqlite3.Connection) -> None:
    found = pages_district.district(conn, "yunlan", TODAY)
    assert found is not None
    (total,) = conn.execute("SELECT count(*) FROM articles WHERE district = 'yunlan'").fetchone()
    assert sum(found.months.values()) + found.undated == sum(found.weekdays.values()) + found.undated == total
    assert found.articles == total


def test_tallies_follow_every_change(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        one = made(1, "正文。", day=date(2026, 3, 1))
        keep(archive, one, 1)
        articles_of.put(archive, replace(one, published_on=date(2026, 4, 2), column="公示"), 2)
        keep(archive, made(2, "正文。", district="qingjia"), 3)
        articles_of.delete(archive, made(2, "", district="qingjia").key)
        conn = archive.db.conn
        tallies = conn.execute("SELECT * FROM tallies WHERE articles != 0").fetchall()
        totals = conn.execute("SELECT * FROM totals WHERE articles != 0").fetchall()
        assert tallies == [("yunlan", "2026-04", 4, 1)]
        assert totals == [("yunlan", "公示", 1)]


def test_a_column_is_stale_by_its_name(tmp_path: Path) -> None:
    assert patience("云澜要闻") == 14
    assert patience("通知公告") == patience("政策文件库") == 183
    assert patience("机构概况") is None
    path = tmp_path / "a.db"
    fill(path, 30)
    with open_archive(path, create=False) as archive:
        found = pages_district.district(archive.db.conn, "yunlan", date(2026, 12, 1))
        later = pages_district.district(archive.db.conn, "yunlan", date(2027, 12, 1))
    assert found and later
    assert {column.name: column.stale for column in found.columns}["通知公告"] is False
    assert {column.name: column.stale for column in later.columns} == {
        "政务要闻": True,
        "通知公告": True,
        "规划计划": False,
        "人事任免": False,
    }


# people


def test_a_person_has_dated_titles_company_and_evidence(get: Get, conn: sqlite3.Connection) -> None:
    found = person(conn, "yunlan", "沈知秋")
    assert found is not None
    assert {one.title for one in found.titles} >= {"区长"}
    assert found.years == {"2026": 30}
    assert {one.name for one in found.company} == {"顾清源", "陆闻舟"}
    assert [one.district for one in found.namesakes] == ["qingjia"]
    assert all("沈知秋" in one.sentence for one in found.named.rows)
    response = get("/person/yunlan/沈知秋")
    assert "/person/qingjia/" + quote("沈知秋") in links(response, "section[aria-labelledby=namesakes] a")
    following = links(response, "a[rel=next]")
    assert len(texts(response, ".items q")) == 20
    assert len(texts(get(following[0]), ".items q")) == 10


def test_however_many_announcements_the_answer_is_the_same(
    conn: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = naming(conn, "person", "沈知秋", "yunlan"), naming(conn, "cited", "云政发〔2026〕7号")
    monkeypatch.setattr(pages_naming, "KEYS", pages_naming.KEYS.replace("LIMIT 1001", ""))
    monkeypatch.setattr(pages_naming, "FEW", 3)
    assert few == (naming(conn, "person", "沈知秋", "yunlan"), naming(conn, "cited", "云政发〔2026〕7号"))
    assert few[0].next is not None


def test_people_are_found_by_the_beginning_of_a_name_and_paged(conn: sqlite3.Connection) -> None:
    assert [(one.district, one.name) for one in people(conn, "沈").people] == [
        ("yunlan", "沈知秋"),
        ("qingjia", "沈知秋"),
    ]
    assert [one.district for one in people(conn, "沈", "qingjia").people] == ["qingjia"]
    for place in ("", "yunlan"):
        whole = people(conn, district=place).people
        paged: list[pages_people.Somebody] = []
        after = None
        while True:
            page = people(conn, "", place, after, 2)
            paged += page.people
            after = page.next
            if after is None:
                break
        assert tuple(paged) == whole
        assert len(whole) >= 3


# documents


def test_a_document_is_found_however_it_is_written(get: Get, conn: sqlite3.Connection) -> None:
    assert form(" 云政发[2026] 7 号") == "云政发〔2026〕7号"
    assert form("《云澜区城市 更新条例》") == "《云澜区城市更新条例》"
    response = get("/document?number=" + quote("云政发[2026]7号"))
    assert response.status_code == 302
    assert response.headers["location"] == "/document/" + quote("云政发〔2026〕7号")
    found = document(conn, "云政发〔2026〕7号")
    assert found is not None
    assert {one.how for one in found.held} == {"number"}
    assert "关于印发《云澜区城市更新条例》的通知" in {one.article.title for one in found.held}
    assert "《云澜区城市更新条例》" in found.also
    assert (found.times, found.by_district, found.by_year) == (
        31,
        {"qingjia": 1, "yunlan": 30},
        {"2025": 1, "2026": 30},
    )
    shown = texts(get("/document/云政发〔2026〕7号"), "#held ~ ul .what")
    assert shown == [one.article.title for one in found.held]


def test_a_series_shows_its_gaps(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        for number in (1, 2, 5, 9):
            one = made(
                number, "正文。根据青教发〔2026〕8号文件。" if number == 5 else "正文。", day=date(2026, 1, number)
            )
            keep(archive, replace(one, document_number=f"青教发〔2026〕{number}号"), number)
        keep(archive, replace(made(20, "正文。"), document_number="青教发〔2024〕3号"), 20)
        describe_pending(archive)
        found = series(archive.db.conn, "青教发〔2026〕7号")
        assert found is not None
        assert [one.state for one in found.numbers] == [
            *("archived", "archived", "gap", "gap", "archived", "gap", "gap", "cited", "archived")
        ]
        assert (found.highest, found.archived, found.cited, found.years) == (9, 4, 1, (2024, 2026))
        assert gaps(found) == ("3–4", "6–8")
        assert document(archive.db.conn, "青教发〔2026〕7号") is None
        assert series(archive.db.conn, "《没有号》") is None


# changes


def test_changes_are_told_newest_first_and_by_kind(get: Get, conn: sqlite3.Connection) -> None:
    assert [one.kind for one in changes(conn).rows] == ["moved", "removed", "substantive"]
    assert [one.kind for one in changes(conn, ("minor",)).rows] == ["minor"]
    assert changes(conn, district="qingjia").rows == ()
    found = links(get("/changes"), ".items a")
    notice, hostile = made(3000, "").key, made(3001, "").key
    assert f"/a/{notice}/diff?from=1&to=2" in found
    assert f"/a/{hostile}" in found
    assert "/feed/changes.atom?kind=removed&district=yunlan" in links(
        get("/changes?kind=removed&district=yunlan"), "a.feed"
    )


def test_changes_are_paged_without_gap(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        for number in range(25):
            one = made(number, "正文。", day=date(2026, 1, 1))
            keep(archive, one, number + 1)
            kind = "substantive" if number % 2 else "minor"
            edited(archive, one.key, 2, kind, f"2026-02-{number % 5 + 1:02d}T00:00:00+00:00")
        archive.commit()
        conn, both = archive.db.conn, ("substantive", "minor")
        whole = changes(conn, both, limit=100).rows
        paged: list[pages_changes.Happened] = []
        before = ""
        while True:
            page = changes(conn, both, before=before, limit=4)
            paged += page.rows
            before = page.next
            if not before:
                break
        assert tuple(paged) == whole
        assert len(whole) == 25


def test_changes_follow_the_tables_they_come_from(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        one = made(1, "正文。", day=date(2026, 1, 1))
        keep(archive, one, 1)
        edited(archive, one.key, 2, "substantive", "2026-02-01T00:00:00+00:00")
        edited(archive, one.key, 3, "minor", "2026-02-02T00:00:00+00:00")
        stands(archive, one.key, 1, "present", "2026-02-01T00:00:00+00:00")
        stands(archive, one.key, 2, "removed", "2026-02-03T00:00:00+00:00")
        conn = archive.write()
        rows = "SELECT kind, number, district FROM changes ORDER BY at"
        assert conn.execute(rows).fetchall() == [
            ("substantive", 2, "yunlan"),
            ("minor", 3, "yunlan"),
            ("removed", 2, "yunlan"),
        ]
        conn.execute("DELETE FROM states WHERE article_key = ?", (one.key,))  # told anew, with nothing removed
        articles_of.put(archive, replace(one, district="qingjia"), 1)
        archive.commit()
        assert conn.execute(rows).fetchall() == [("substantive", 2, "qingjia"), ("minor", 3, "qingjia")]
        take_down(archive, one.key, "本人请求")
        assert conn.execute(rows).fetchall() == []


# coverage


def test_every_day_says_what_came_of_it(conn: sqlite3.Connection) -> None:
    found = {one.day[8:]: one for one in calendar(conn, "yunlan", date(2026, 10, 30), date(2026, 11, 6))}
    assert {day: one.status for day, one in found.items()} == {
        **{"30": "before", "31": "before", "01": "complete", "02": "blocked", "03": "failed"},
        **{"04": "none", "05": "waiting", "06": "none"},
    }
    assert (found["01"].listed, found["01"].stored, found["02"].read, found["02"].columns) == (7, 6, 1, 2)
    parts = {one.column: one for one in by_column(conn, "yunlan", date(2026, 11, 2))}
    assert parts["通知公告"].outcome == "blocked"
    assert by_column(conn, "yunlan", date(2026, 11, 4)) == ()


def test_a_second_run_of_a_day_makes_it_good(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        day = date(2026, 11, 1)
        night(archive, 1, day, {"政务要闻": "failed"})
        assert [one.status for one in calendar(archive.db.conn, "yunlan", day, day)] == ["failed"]
        night(archive, 2, day, {"政务要闻": "ok"})
        assert [one.status for one in calendar(archive.db.conn, "yunlan", day, day)] == ["complete"]


def test_the_calendar_can_be_read_without_colour(get: Get) -> None:
    response = get("/coverage/yunlan?month=2026-11")
    marks = {cell.attributes["class"]: cell.text() for cell in tree(response).css(".months td[class]")}
    assert marks["blocked"] == "✕"
    assert marks["failed"] == "！"
    assert marks["none"] == "－"
    assert marks["waiting"] == "…"
    assert marks["complete some"] == "6"
    table = {row[:10]: row for row in texts(response, "section[aria-labelledby=days] tbody tr")}
    assert "被拦截" in table["2026-11-02"]
    assert "未采集" in table["2026-11-04"]
    assert texts(get("/coverage"), ".overview tbody th") == ["青岬县", "云澜区"]


def test_weeks_begin_on_monday() -> None:
    days = [
        pages_coverage.Day(str(date(2026, 10, 31) + timedelta(days=number)), "none", *[0] * 10) for number in range(5)
    ]
    (november, weeks), (october, _) = blocks(days)
    assert (november, october) == ("2026-11", "2026-10")
    assert [[one.day[8:] if one else "" for one in week] for week in weeks] == [
        ["", "", "", "", "", "", "01"],
        ["02", "03", "04", "", "", "", ""],
    ]


# about


@pytest.mark.parametrize(
    ("contact", "link"),
    [
        ("desk@yunlan.example.cn", "mailto:desk@yunlan.example.cn"),
        ("https://yunlan.example.cn/desk", "https://yunlan.example.cn/desk"),
        ("javascript:alert(1)", ""),
        (HOSTILE, ""),
    ],
)
def test_about_says_whom_to_ask_for_a_takedown(
    get: Get, monkeypatch: pytest.MonkeyPatch, contact: str, link: str
) -> None:
    monkeypatch.setenv("DIBAO_CONTACT", contact)
    response = get("/about?lang=en")
    assert contact in texts(response, "#takedown ~ p")[0]
    assert (link in links(response, "#takedown ~ p a")) is bool(link)
    assert not [href for href in links(response, "a") if href.startswith("javascript")]


# charts


def test_bars_are_safe_and_whole() -> None:
    picture = str(bars([Bar(HOSTILE, 3, "<b>"), Bar("二", 0), Bar("三", 6)], HOSTILE))
    assert "<script" not in picture
    assert "<b>" not in picture
    assert picture.count('class="bar"') == 2
    assert "style" not in picture
    assert str(bars([], "x")) == ""


def test_months_and_years_have_no_holes_and_no_future() -> None:
    found = months({"2026-01": 2, "2025-11": 1, "2062-01": 9}, "2026-03")
    assert [(one.label, one.value) for one in found] == [("2025-11", 1), ("2025-12", 0), ("2026-01", 2)]
    assert len(months({"2000-01": 1, "2026-01": 1}, "2026-01")) == 36
    assert [(one.label, one.value) for one in years({"2024-05": 1, "2026-01": 2}, "2026")] == [
        *(("2024", 1), ("2025", 0), ("2026", 2))
    ]
    assert months({}, "2026-01") == years({}) == ()


# what the pages cost

QUESTIONS = {
    f"{module.__name__} {name}": sql
    for module in (pages_district, pages_people, pages_documents, pages_changes, pages_coverage)
    for name, sql in vars(module).items()
    if name[0] != "_" and name.isupper() and isinstance(sql, str) and sql.lstrip().startswith(("SELECT", "WITH"))
} | {f"naming {name}": getattr(pages_naming, name) for name in ("KEYS", "FOUND", "WALKED", "PERSON")}
# The keys of what was looked up, and nothing else.
SMALL = re.compile(r"^SCAN (k|n|i|\(subquery-\d+\)|CONSTANT ROW)\b")


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_a_page_reads_a_whole_table(conn: sqlite3.Connection, question: str) -> None:
    sql = re.sub(r"[?:]\w*(?=[\s,)(]|$)", "'x'", QUESTIONS[question]).replace("LIMIT 'x'", "LIMIT 9")
    plan = [str(row[3]) for row in conn.execute(f"EXPLAIN QUERY PLAN {sql}")]
    scans = [step for step in plan if step.startswith("SCAN") and not SMALL.match(step)]
    assert plan
    assert not scans
    assert not [step for step in plan if step.endswith("(kind=?)") and "facts" in step]
