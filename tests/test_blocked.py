"""Block pages: the folder's name is the verdict; `none` holds pages and answers that only look like one."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.process import process
from scraper.blocked import NAMES, blocked
from scraper.items import Blocked, PageError, Role, Snapshot
from scraper.parse import parse_list

PAGES = Path(__file__).parent / "pages"
SAVED = sorted(path for path in PAGES.glob("blocked/*/*") if path.suffix in (".html", ".txt"))
BLOCKED = [path for path in SAVED if path.parent.name != "none"]
NEAR = [path for path in SAVED if path.parent.name == "none"]
ORDINARY = sorted(path for path in PAGES.glob("*/*.html") if path.with_suffix(".json").exists())
LISTS = sorted(path for path in PAGES.glob("*/*.html") if path.with_name(f"{path.stem}.list.json").exists())


META = re.compile(rb"(?i)<meta[^>]*>")


def page(body: bytes, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Snapshot:
    url = "http://www.yunlan.gov.cn/zwgk/202301/t20230104_1.html"
    return Snapshot(url, body, datetime(2026, 11, 20, tzinfo=UTC), status, headers)


def saved(path: Path) -> Snapshot:
    about = path.with_suffix(".json")
    said = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}
    return page(path.read_bytes(), said.get("status", 200), tuple(said.get("headers", {}).items()))


@pytest.mark.parametrize("path", BLOCKED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_verdict_is_the_folder(path: Path) -> None:
    assert blocked(saved(path)) == path.parent.name
    with pytest.raises(Blocked) as caught:
        process(saved(path))
    assert caught.value.kind == path.parent.name
    with pytest.raises(Blocked):
        parse_list(replace(saved(path), url="http://www.yunlan.gov.cn/zwgk/tzgg/", requested_url=saved(path).url))


def test_every_verdict_has_a_page() -> None:
    pages = Counter(path.parent.name for path in SAVED)
    assert set(pages) == {*NAMES, "none"} and min(pages.values()) >= 3


@pytest.mark.parametrize("path", NEAR, ids=lambda path: path.stem)
def test_near_misses_have_no_verdict(path: Path) -> None:
    assert blocked(saved(path)) == ""
    assert blocked(replace(saved(path), role="list")) == ""


def test_precision_and_recall_of_every_verdict(notes: list[str]) -> None:
    """Over all saved pages together: what one rule takes, another does not get."""
    hits, given, meant = Counter[str](), Counter[str](), Counter[str]()
    for path in SAVED:
        verdict, folder = blocked(saved(path)) or "none", path.parent.name
        given[verdict] += 1
        meant[folder] += 1
        hits[verdict] += verdict == folder
    figures = {name: (hits[name] / max(1, given[name]), hits[name] / meant[name]) for name in meant}
    notes.append(f"block pages: {sum(hits.values())} of {len(SAVED)} right, {len(figures)} verdicts")
    assert {name: pair for name, pair in figures.items() if pair != (1.0, 1.0)} == {}


@pytest.mark.realpages
def test_no_real_page_is_taken_for_a_block_page(shared: Path) -> None:
    """Error pages (_err0) apart. Also without their META tags, which many sites do not have."""
    folder = shared / "realpages"
    with (folder / "manifest.tsv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if not row["id"].endswith("_err0")]
    assert len(rows) > 90
    wrong = {}
    for row in rows:
        body = (folder / "pages" / f"{row['id']}.html").read_bytes()
        role: Role = "list" if row["kind"] in ("list", "xml") else "article"
        found = (blocked(replace(page(body), role=role)), blocked(replace(page(META.sub(b"", body)), role=role)))
        if any(found):
            wrong[row["id"]] = found
    assert wrong == {}


@pytest.mark.realpages
def test_real_error_pages_are_recognised(shared: Path) -> None:
    verdicts = {path.stem: blocked(page(path.read_bytes())) for path in shared.glob("realpages/pages/*_err0.html")}
    assert sorted(verdicts.values()) == ["home_page", "not_found", "not_found", "not_found"], verdicts


def test_a_home_page_is_one_only_where_an_article_was_asked_for() -> None:
    home = saved(PAGES / "blocked" / "home_page" / "no-meta.html")
    assert blocked(home) == "home_page"
    assert blocked(replace(home, requested_url="http://www.yunlan.gov.cn/zwgk/", role="article")) == ""
    assert blocked(replace(home, role="list")) == ""
    shown = home.body.replace("办实事".encode(), "云澜区青禾路改造完工".encode())
    assert blocked(replace(home, body=shown)) == "home_page"
    assert blocked(replace(home, body=shown, listed_title="云澜区青禾路改造完工")) == ""


@pytest.mark.parametrize("path", ORDINARY, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_ordinary_pages_have_no_verdict(path: Path) -> None:
    assert blocked(page(path.read_bytes())) == ""


@pytest.mark.parametrize("path", LISTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_lists_are_not_missing_pages(path: Path) -> None:
    assert blocked(page(path.read_bytes())) in ("", "js_shell")


@pytest.mark.parametrize(
    "sentence",
    [
        "经核查，举报所称页面不存在，涉事网站已被依法关闭，公众举报的违法信息已全部删除。",
        "该局门户网站升级改造期间，部分页面可能出错，用户登录请使用新的统一身份认证入口。",
        "专家讲解了防火墙的安装，提醒市民访问被拒绝时不要泄露密码，遇到安全验证要看清网址。",
    ],
)
def test_announcements_about_such_things_are_announcements(sentence: str) -> None:
    """Brussee's rule (页面 and 不存在) without its restriction to short pages takes news for removed pages."""
    text = f"<p>{sentence}</p>" * 3
    marked = f'<html><head><meta name="ArticleTitle" content="云澜区发布网络安全提示"></head><body>{text}</body></html>'
    assert blocked(page(marked.encode())) == ""
    links = "".join(f'<a href="/{n}">栏目{n}</a>' for n in range(30))
    plain = f"<html><head><title>云澜区发布网络安全提示</title></head><body>{links}<div>{text}</div></body></html>"
    assert blocked(page(plain.encode())) == ""


def test_a_plain_error_status_is_no_verdict_but_no_article_either() -> None:
    for status in (404, 410, 500, 502):
        snapshot = page("<html><body><h1>云澜区召开会议</h1><p>出错了，请稍后再试。</p></body></html>".encode(), status)
        assert blocked(snapshot) == ""
        with pytest.raises(PageError, match=f"HTTP {status}"):
            process(snapshot)
