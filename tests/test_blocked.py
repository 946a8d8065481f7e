"""Block pages: the folder's name is the verdict. Ordinary pages have none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.process import process
from scraper.blocked import VERDICTS, blocked
from scraper.items import Blocked, PageError, Snapshot
from scraper.parse import parse_list

PAGES = Path(__file__).parent / "pages"
BLOCKED = sorted(PAGES.glob("blocked/*/*.html"))
ORDINARY = sorted(path for path in PAGES.glob("*/*.html") if path.with_suffix(".json").exists())
LISTS = sorted(path for path in PAGES.glob("*/*.html") if path.with_name(f"{path.stem}.list.json").exists())


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
        parse_list(saved(path))


def test_every_verdict_has_a_page() -> None:
    folders = {path.name for path in (PAGES / "blocked").iterdir()}
    assert folders == {name for name, _ in VERDICTS}


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
