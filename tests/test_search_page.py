"""The search page, its JSON and its CSV, over Datasette's own test client of a real archive file."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.search.ask import search
from archive.search.filters import Filters
from archive.search.gaps import gaps
from archive.stages.facts import describe_pending
from archive.store import Archive, open_archive
from tests.made_up import DISTRICTS, article, fill, keep, put_districts
from tests.test_search import cluster
from tests.test_web import links, site, texts
from web.question import asked
from web.serve import application
from web.timeline import timeline

Get = Callable[..., Any]
NOW = "2026-11-23T02:00:00+00:00"


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """150 announcements with facts, of which four are copies of one, one is edited and one is gone."""
    path = tmp_path_factory.mktemp("page") / "archive.db"
    fill(path, 150)
    with open_archive(path) as archive:
        describe_pending(archive)
        conn = archive.write()
        keys = [row[0] for row in conn.execute("SELECT key FROM articles WHERE title LIKE '%改造%' ORDER BY id DESC")]
        cluster(conn, keys[:5])
        conn.execute(
            "INSERT INTO histories (article_key, generation, versions, substantive) VALUES (?, 1, 2, 1)", keys[6:7]
        )
        row = 'INSERT INTO presence (article_key, district, "column", state, since, first_at, due_at)'
        conn.execute(f"{row} VALUES (?, '', '', 'removed', '', '', '')", keys[6:7])
        archive.commit()
    return path


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


def count(response: Any) -> int:
    return int(texts(response, ".count strong")[0].replace(",", "").rstrip("+"))


def titles(get: Get, address: str) -> list[str]:
    """The addresses of the hits on all pages."""
    found = []
    while address:
        response = get(address)
        found += links(response, ".hits h2 a")
        address = next(iter(links(response, "a[rel=next]")), "")
    return found


def test_every_facet_leads_to_as_many_as_it_counts(get: Get) -> None:
    response = get("/?q=改造")
    tree = LexborHTMLParser(response.text)
    named = [" ".join(node.text().split()) for node in tree.css(".facets summary")]
    assert named == ["区县", "类别", "特征", "栏目", "地点", "来源", "发布机构"]
    rows = [(node.attributes["href"], node.css("small")[0].text()) for node in tree.css(".facets li a")]
    for link, number in rows[:40]:
        assert count(get(link)) == int(number), link


def test_the_bars_add_up_and_lead_to_what_they_count(get: Get) -> None:
    response = get("/?q=改造")
    bars = LexborHTMLParser(response.text).css(".timeline a")
    counts = [int(re.findall(r": ([\d,]+) ", str(bar.attributes["aria-label"]))[0]) for bar in bars]
    assert sum(counts) == count(response)
    assert count(get(str(bars[0].attributes["href"]))) == counts[0]
    assert "since=2026" in str(bars[-1].attributes["href"])


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [
        ([20261001], None, 0),
        ([20261001, 20261030], "day", 30),
        ([20260101, 20261030], "month", 10),
        ([20150101, 20261030], "year", 12),
        ([19000101, 20261030], "year", 2),
        ([20260231, 20261001, 20261002], "day", 2),
    ],
)
def test_a_timeline_of_days_months_or_years(days: list[int], unit: str | None, bars: int) -> None:
    line = timeline(asked({"q": "改造"}), dict.fromkeys(days, 3))
    if unit is None:
        assert line is None
    else:
        assert line is not None
        assert (line.unit, len(line.bars)) == (unit, bars)
        assert line.bars[-1].link == f"/?q=%E6%94%B9%E9%80%A0&since={line.bars[-1].label}&until={line.bars[-1].label}"


def test_copies_are_folded_and_can_all_be_seen(get: Get) -> None:
    folded, every = titles(get, "/?q=改造"), titles(get, "/?q=改造&copies=all")
    assert len(folded) == len(set(folded)) == len(every) - 4
    assert set(folded) < set(every)
    response = get("/?q=改造")
    assert texts(response, ".fold") == ["已合并 4 篇转载 展开"]
    assert count(response) == len(every)
    assert "copies=all" in links(response, ".fold a")[0]
    pages = [response, *(get(link) for link in links(response, "a[rel=next]"))]
    assert [text for page in pages for text in texts(page, ".also")] == ["及另外 4 处转载"]
    assert links(get("/?q=改造&copies=first"), ".also a")[0].endswith("#copies")
    assert set(titles(get, "/?q=改造&copies=only")) == set(every) - set(folded)


def test_filters_of_marks_have_chips_that_take_them_back(get: Get) -> None:
    response = get("/?q=改造&removed=yes&edited=substantive&kind=公告公示&place=柳河镇&copies=first")
    assert [text.removesuffix(" ×移除") for text in texts(response, "main > .chips li a")[:-1]] == [
        *("类别 公告公示", "地点 柳河镇", "实质改动", "已移除", "被转载"),
    ]
    everything = count(get("/?q=改造"))
    address = "/?q=改造&removed=yes&edited=substantive&kind=公告公示&place=柳河镇&copies=first"
    for _ in range(5):
        address = links(get(address), "main > .chips li a")[0]
    assert count(get(address)) == everything
    assert texts(get("/?removed=yes"), ".meta .state") == ["实质改动", "已从原网站移除"]
    hidden = {node.attributes["name"] for node in LexborHTMLParser(response.text).css("input[type=hidden]")}
    assert hidden == {"kind", "place", "edited", "removed", "copies"}  # the form does not lose them


def test_nonsense_in_the_address_is_left_out(get: Get) -> None:
    question = asked({"edited": "maybe", "removed": "1", "copies": "x", "order": "up", "person": " 沈知秋 "})
    assert (question.filters.edited, question.filters.removed, question.filters.copies) == ("", True, "fold")
    assert question.filters.person == "沈知秋"
    assert question.link() == "/?person=%E6%B2%88%E7%9F%A5%E7%A7%8B&removed=yes"
    made = (question.links("since", "until")("2026", "2026-10"), question.link(since="2026", until="2026-10"))
    assert dict(parse_qsl(made[0][2:])) == dict(parse_qsl(made[1][2:]))


def test_the_json_has_all_hits_of_all_pages(get: Get, path: Path) -> None:
    address, seen = "/search.json?q=改造", []
    while address:
        found = get(address).json()
        assert found["ok"]
        seen += [hit["key"] for hit in found["hits"]]
        assert len(found["hits"]) <= 20
        address = found["next"]
    with open_archive(path) as archive:
        wanted = search(archive.db.conn, "改造", Filters(copies="fold"), limit=500)
    assert seen == [hit.key for hit in wanted.hits]
    assert (found["total"], found["more"], found["folded"]) == (wanted.total, False, 4)
    assert sum(found["days"].values()) == sum(found["facets"]["district"].values()) == wanted.total
    first = get("/search.json?q=改造&removed=yes").json()["hits"][0]
    assert first["states"] == ["edited", "substantive", "removed"]
    assert get("/search.json?q=%25&since=31.12.").json()["ignored"] == ["%", "31.12."]


def test_the_csv_says_when_it_is_capped(get: Get, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    response = get("/search.csv?q=改造&copies=all")
    rows = list(csv.DictReader(io.StringIO(response.text.removeprefix("\ufeff"))))
    assert [f"/a/{row['key']}?q=%E6%94%B9%E9%80%A0" for row in rows] == titles(get, "/?q=改造&copies=all")
    assert "x-capped" not in response.headers
    monkeypatch.setattr("web.results.MOST", 3)
    response = get("/search.csv?q=改造")
    assert len(response.text.splitlines()) == 4
    assert response.headers["x-capped"] == "first 3 of more"
    assert "dibao-first-3.csv" in response.headers["content-disposition"]


def test_a_cell_of_the_csv_is_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        put_districts(archive)
        keep(archive, replace(article(1, random.Random(1)), title='=HYPERLINK("http://evil.example")', source="@x"), 1)
    rows = list(csv.DictReader(io.StringIO(site(path)("/search.csv").text.removeprefix("\ufeff"))))
    assert rows[0]["title"].startswith("'=") and rows[0]["source"] == "'@x"


# what could not be found


def crawl(archive: Archive, number: int, district: str, day: str, outcomes: dict[str, str]) -> None:
    conn = archive.write()
    row = "INSERT INTO runs (id, district, kind, pid, started_at, ended_at) VALUES (?, ?, 'crawl', 0, ?, ?)"
    conn.execute(row, (number, district, f"{day}T01:00:00+00:00", f"{day}T02:00:00+00:00"))
    for column, outcome in outcomes.items():
        conn.execute(
            'INSERT INTO column_runs (run_id, district, "column", outcome, rows) VALUES (?, ?, ?, ?, 1)',
            (number, district, column, outcome),
        )
    archive.commit()


def test_gaps_tell_what_was_not_crawled(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        put_districts(archive)
        conn = archive.db.conn
        assert [gap.kind for gap in gaps(conn, "", None, None, NOW).gaps] == ["never", "never"]
        crawl(archive, 1, "yunlan", "2026-11-18", {"要闻": "ok", "公告": "ok"})
        crawl(archive, 2, "yunlan", "2026-11-21", {"要闻": "ok", "公告": "blocked"})
        crawl(archive, 3, "yunlan", "2026-11-22", {"要闻": "ok", "公告": "unchanged"})
        crawl(archive, 4, "qingjia", "2026-11-22", {"要闻": "failed", "公告": "failed"})
        assert [(gap.district, gap.kind) for gap in gaps(conn, "", None, None, NOW).gaps] == [("qingjia", "failed")]
        found = gaps(conn, "yunlan", None, None, NOW)
        assert (found.districts, found.gaps) == (1, ())
        assert [(spell.first, spell.last, spell.status) for spell in found.spells] == [
            ("2026-11-19", "2026-11-20", "none"),
            ("2026-11-21", "2026-11-21", "blocked"),
            ("2026-11-23", "2026-11-23", "none"),
        ]
        before = gaps(conn, "yunlan", date(2025, 1, 1), date(2025, 2, 1), NOW)
        assert [(gap.kind, gap.day) for gap in before.gaps] == [("began", "2026-11-18")]
        assert before.spells == ()
        later = gaps(conn, "yunlan", None, None, "2026-12-10T02:00:00+00:00")
        assert [(gap.kind, gap.day) for gap in later.gaps] == [("late", "2026-11-22")]
        archive.write().execute(
            "INSERT INTO cooldowns (district, refused, until, reason, changed_at) VALUES ('qingjia', 3, ?, 'x', ?)",
            ("2026-11-25T01:00:00+00:00", NOW),
        )
        assert [gap.kind for gap in gaps(conn, "qingjia", None, None, NOW).gaps] == ["cooling"]
        assert gaps(conn, "nowhere", None, None, NOW).districts == 0
        archive.commit()


def test_the_page_tells_coverage_beside_the_results(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    fill(path, 20)
    with open_archive(path) as archive:
        today = datetime.now(UTC).date()
        crawl(archive, 1, "yunlan", str(today - timedelta(days=1)), {"要闻": "ok"})
    get = site(path)
    response = get("/?q=没有这样的词")
    assert "没有结果不等于没有发生" in response.text
    assert texts(response, ".gaps li") == ["青岬县 尚未采集"]
    assert links(response, ".gaps a") == ["/coverage/qingjia", "/coverage"]
    assert LexborHTMLParser(response.text).css(".gaps details[open]")
    assert LexborHTMLParser(response.text).css("#help[open]")
    assert not LexborHTMLParser(get("/").text).css(".gaps details[open]")
    assert links(get("/?district=yunlan"), ".gaps a")[-1] == "/coverage/yunlan"


# the whole page


def test_a_page_can_be_followed_and_taken_away(get: Get) -> None:
    response = get("/?q=改造&kind=公告公示&before=20260901000000")
    taken = links(response, ".take a")
    assert [link.split("?")[0] for link in taken] == ["/feed.atom", "/alerts", "/search.json", "/search.csv"]
    assert all("before" not in link and "kind=" in link for link in taken)
    assert links(response, 'link[rel="alternate"]')[0].startswith("/feed.atom?q=")
    for link in taken[:1] + taken[2:]:
        assert get(link).status_code == 200


def test_pages_are_light(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        put_districts(archive)
        for number in range(60):
            one = article(number, random.Random(number))
            long = replace(one, title=one.title * 8, source=f"来源{number}" * 12, column=f"栏目{number}" * 12)
            keep(archive, long, number + 1)
    response = site(path)("/?q=县 区&lang=en")
    weight = len(response.content) + sum(
        len((Path(__file__).parents[1] / "web" / "static" / name).read_bytes()) for name in ("dibao.css", "search.js")
    )
    assert weight < 150_000


def test_many_readers_at_once(path: Path) -> None:
    datasette = application(path)
    addresses = ["/?q=改造", "/?kind=公告公示&copies=all", "/search.json?q=区", "/?q=R%26D&order=relevance&removed=yes"]

    async def all_at_once() -> list[int]:
        await datasette.invoke_startup()
        answers = await asyncio.gather(*(datasette.client.get(address) for address in addresses * 4))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 16


def test_everything_is_reached_without_a_mouse_or_a_script(get: Get) -> None:
    tree = LexborHTMLParser(get("/?q=改造").text)
    assert not tree.css("[onclick], [tabindex]:not([tabindex='0'])")
    assert all(node.attributes.get("href") for node in tree.css("main a"))
    assert tree.css(".help .script[hidden]")  # keys that only the script knows
    assert {node.attributes.get("aria-label") for node in tree.css("main section, main nav")} - {None}


def test_both_languages(get: Get) -> None:
    response = get("/?q=改造&removed=yes&lang=en")
    assert texts(response, "main > .chips li a")[0].startswith("removed")
    assert "Coverage" in texts(response, ".gaps summary")[0]
    assert next(iter(DISTRICTS.values())) in " ".join(texts(get("/?lang=zh"), ".facets a"))
