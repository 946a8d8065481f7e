"""Block pages end to end, on a real server: recorded, never stored as an article, never asked again with what they ask
for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.crawl.coverage import coverage
from archive.store import open_archive
from tests.nights import counts, night, rows, states
from tests.scripted import HTML, Scripted, of

BLOCKED = Path(__file__).parent / "pages" / "blocked"
ROBOTS = (200, "text/plain", "User-agent: *\nAllow: /\n")
# (folder, page): one of each kind, WAF pages with 200, 403 and 405 and RuiShu's three among them.
WALLS = (
    *("jsl/http521", "jsl/second-step", "ruishu/http412", "ruishu/http202", "ruishu/http200", "challenge/acw-arg1"),
    *("challenge/edgeone", "challenge/wzws-packed", "challenge/c3vk-window", "challenge/ct6t", "waf/cloud200"),
    *("waf/cloud403", "waf/aliyun405", "waf/throttled200", "login/wall", "suspended/upkeep", "redirect/script"),
    *("js_shell/app", "empty/nothing", "home_page/site-name", "not_found/portal-list", "refused/http403"),
)


def saved(name: str) -> tuple[int, str, str]:
    """Status, Content-Type and text of a saved block page."""
    about = BLOCKED / f"{name}.json"
    said = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}
    return said.get("status", 200), HTML, (BLOCKED / f"{name}.html").read_text(encoding="utf-8")


def article(number: int, link: str = "") -> tuple[int, str, str]:
    body = "".join(f"<p>第{n}项由县交通局负责，十二月底前完成，逾期不再受理。</p>" for n in range(1, 5)) + link
    title = f"青岬县农村公路第{number}批养护计划"
    head = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2026-11-02">'
    return 200, HTML, f'<html><head>{head}</head><body><h1>{title}</h1><div id="zoom">{body}</div></body></html>'


def listed(paths: list[str]) -> tuple[int, str, str]:
    lines = (
        f'<li><a href="{path}">青岬县农村公路第{n}批养护计划</a><span>2026-11-02</span></li>'
        for n, path in enumerate(paths)
    )
    return 200, HTML, f"<html><head><title>通知公告</title></head><body><ul>{''.join(lines)}</ul></body></html>"


def crawled(folder: Path, site: Scripted, **settings: object) -> tuple[str, str]:
    """(outcome, note) of the site's only column."""
    (column,) = night(folder, of(site.host, render=False), dibao_limit=100, **settings).columns
    return column.outcome, column.note


def innocent(site: Scripted) -> None:
    """No request but the plain one: once each, no cookie, the same headers for all."""
    assert len(site.paths()) == len(set(site.paths()))
    assert all("Cookie" not in one.headers and one.method == "GET" for one in site.log)
    assert len({tuple(sorted(one.headers)) for one in site.log}) == 1


def test_every_kind_of_block_page_in_place_of_an_article(tmp_path: Path) -> None:
    with Scripted({"/robots.txt": ROBOTS}) as site:
        # Every other page answers well: too many refusals in a row would end the crawl.
        paths = [f"/show/2026110{n:03}.html" for n in range(2 * len(WALLS))]
        site.pages["/list/"] = listed(paths)
        site.pages |= {path: article(n) for n, path in enumerate(paths)}
        blocked = dict(zip(paths[::2], WALLS, strict=True))
        site.pages |= {path: saved(name) for path, name in blocked.items()}
        assert crawled(tmp_path, site) == ("ok", "")
        innocent(site)
        assert counts(tmp_path) == {"seen": 2 * len(WALLS), "archived": len(WALLS), "blocked": len(WALLS)}
        assert states(tmp_path, "blocked") == {path: name.partition("/")[0] for path, name in blocked.items()}
        kept = rows(tmp_path, "SELECT count(*) FROM captures WHERE outcome = 'blocked' AND article_key IS NULL")
        assert kept == [(len(WALLS),)]
        assert len(rows(tmp_path, "SELECT 1 FROM fetches WHERE url LIKE '%/show/%'")) == len(paths)
        with open_archive(tmp_path / "archive.db") as archive:
            (day,) = coverage(archive.db.conn, "2026-01-01")
        assert (day.listed, day.blocked) == (2 * len(WALLS), len(WALLS))


@pytest.mark.parametrize(
    "name", ["waf/cloud200", "waf/cloud403", "challenge/nameless", "ruishu/http200", "jsl/letters200"]
)
def test_a_block_page_in_place_of_a_list(tmp_path: Path, name: str) -> None:
    with Scripted({"/robots.txt": ROBOTS, "/list/": saved(name)}) as site:
        outcome, note = crawled(tmp_path, site)
        assert outcome == "blocked" and name.partition("/")[0] in note
        innocent(site)
        assert site.paths() == ["/robots.txt", "/list/"]
        assert rows(tmp_path, "SELECT count(*) FROM captures WHERE role = 'list'") == [(1,)]
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]


def test_a_firewall_before_every_article_ends_the_crawl_whatever_its_status(tmp_path: Path) -> None:
    with Scripted({"/robots.txt": ROBOTS}) as site:
        paths = [f"/show/2026110{n:03}.html" for n in range(40)]
        site.pages["/list/"] = listed(paths)
        site.pages |= {path: saved("waf/cloud200") for path in paths}
        end = night(tmp_path, of(site.host, render=False), dibao_limit=100)
        assert (end.reason, end.why) == ("blocked", "5 pages in a row were refused, the last with HTTP 200")
        assert sum("/show/" in path for path in site.paths()) < 10
        assert rows(tmp_path, "SELECT count(*) FROM articles") == [(0,)]
        assert rows(tmp_path, "SELECT sum(listed) - sum(blocked) - sum(waiting) FROM coverage") == [(0,)]


def test_a_script_shell_in_place_of_a_list_is_counted_as_one(tmp_path: Path) -> None:
    with Scripted({"/robots.txt": ROBOTS, "/list/": saved("js_shell/app")}) as site:
        outcome, note = crawled(tmp_path, site)
        assert outcome == "shell" and note.startswith("js_shell:") and "render = true" in note
        assert rows(tmp_path, "SELECT outcome, note LIKE 'js_shell%' FROM column_runs") == [("shell", 1)]


@pytest.mark.parametrize("name", ["waf/cloud200", "challenge/c3vk", "ruishu/http200"])
def test_a_block_page_in_place_of_robots_gives_no_leave(tmp_path: Path, name: str) -> None:
    with Scripted({"/robots.txt": saved(name), "/list/": listed([])}) as site:
        outcome, note = crawled(tmp_path, site)
        assert outcome == "blocked" and "robots.txt" in note and name.partition("/")[0] in note
        assert site.paths() == ["/robots.txt"]
        assert rows(tmp_path, "SELECT url LIKE '%/robots.txt' FROM captures") == [(1,)]


def test_a_home_page_in_place_of_robots_is_no_robots(tmp_path: Path) -> None:
    """Many portals answer any unknown address with a page of theirs and 200: no rules, as with 404."""
    path = "/show/2026110001.html"
    robots = saved("home_page/site-name")
    with Scripted({"/robots.txt": robots, "/list/": listed([path]), path: article(0)}) as site:
        assert crawled(tmp_path, site) == ("ok", "") and counts(tmp_path) == {"seen": 1, "archived": 1}


def test_a_block_page_in_place_of_an_attachment(tmp_path: Path) -> None:
    path, file = "/show/2026110001.html", "/files/plan.pdf"
    link = f'<p>附件：<a href="{file}">养护计划.pdf</a></p>'
    with Scripted({"/robots.txt": ROBOTS, "/list/": listed([path]), path: article(0, link)}) as site:
        site.pages[file] = saved("waf/cloud200")
        crawled(tmp_path, site)
        innocent(site)
        assert rows(tmp_path, "SELECT state, reason FROM enclosures") == [("blocked", "waf")]
        assert rows(tmp_path, "SELECT count(*) FROM files") == [(0,)]
        assert counts(tmp_path) == {"seen": 1, "archived": 1}


def test_a_redirect_to_itself_with_a_cookie_is_not_followed(tmp_path: Path) -> None:
    with Scripted({"/robots.txt": ROBOTS}) as site:
        site.pages["/list/"] = (307, HTML, "")
        site.extra["/list/"] = {"Location": "/list/", "Set-Cookie": "C3VK=0a0b; Path=/"}
        outcome, note = crawled(tmp_path, site)
        assert outcome == "blocked" and "challenge" in note and site.paths() == ["/robots.txt", "/list/"]


def test_a_site_that_refuses_every_night_cools_down(tmp_path: Path) -> None:
    with Scripted({"/robots.txt": ROBOTS, "/list/": saved("waf/cloud200")}) as site:
        for number in (1, 2, 3):
            assert crawled(tmp_path, site)[0] == "blocked"
            assert rows(tmp_path, "SELECT refused FROM cooldowns") == [(number,)]
        ((until, note),) = rows(tmp_path, "SELECT until, note FROM cooldowns, runs WHERE runs.id = 3")
        assert until and re.search("cooling down until .* 3 runs in a row", str(note))
        site.pages["/list/"] = listed(["/show/2026110001.html"])
        site.pages["/show/2026110001.html"] = article(0)
        assert crawled(tmp_path, site)[0] == "ok" and rows(tmp_path, "SELECT 1 FROM cooldowns") == []
