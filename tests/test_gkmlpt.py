"""gkmlpt: the settings in the page, the lists behind them, bodies in scripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipelines.process import process
from scraper.items import ListPage, Snapshot
from scraper.pages.family import Tree
from scraper.pages.gkmlpt import columns
from scraper.parse import parse_list
from tests.listpages import CAPTURED

ROOT = "http://www.luoyan.gov.cn/lyczj/gkmlpt"
MENU = "<p><a href='/zw/'>政务公开</a> <a href='/fw/'>政务服务</a> <a href='/hd/'>互动交流</a></p>"


def index(tree: object, path: str = "/index") -> Snapshot:
    settings = f"window._CONFIG = {{\n SITE_ID: 755, SID: '755325',\n TREE: {json.dumps(tree)},\n DETAIL: null }};"
    return Snapshot(ROOT + path, f"{MENU}<script>{settings}</script>".encode(), CAPTURED)


def named(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [(name, url.removeprefix(ROOT)) for name, url in columns(snapshot, Tree(snapshot.text))]


def test_columns_are_the_leaves_of_the_tree() -> None:
    nested = [
        {
            "id": 1,
            "name": "法定主动公开",
            "children": [{"id": 2, "name": "预算", "children": []}, {"id": "3", "name": "采购"}],
        },
        {"id": 4, "name": "年报", "jump_url": "http://www.luoyan.gov.cn/nb/"},
        {"id": 5, "name": "通知公告", "jump_url": ""},
    ]
    expected = [
        (name, f"/api/all/{number}?page=1&sid=755325") for name, number in (("预算", 2), ("采购", 3), ("通知公告", 5))
    ]
    assert named(index(nested)) == expected
    flat = [{"id": 1, "name": "法定主动公开", "parent": 0}, {"id": 2, "name": "预算", "parent": 1}]
    assert named(index(flat)) == expected[:1]
    assert named(index({"1": {"id": 2, "name": "预算"}})) == expected[:1]


@pytest.mark.parametrize("tree", [None, [], {}, "x", [{"id": "a", "name": "b"}], [[[]]]])
def test_an_odd_tree_has_no_columns(tree: object) -> None:
    assert named(index(tree)) == []


def test_the_index_is_a_shell_of_its_column() -> None:
    tree = [{"id": 2, "name": "预算"}, {"id": 3, "name": "采购"}]
    for path, number in (("/index", 0), ("/index#3", 3), ("/index?id=2", 2)):
        page = parse_list(index(tree, path))
        assert (page.rows, page.next) == ((), f"{ROOT}/api/all/{number}?page=1&sid=755325")
    assert parse_list(index(tree[:1])).next == f"{ROOT}/api/all/2?page=1&sid=755325"


def answer(page: int, held: int, **counts: object) -> ListPage:
    rows = [
        {
            "id": n,
            "title": f"罗雁县财政评审结果（{n}）",
            "post_url": f"{ROOT}/content/9/{n}/post_{n}.html",
            "url": "",
            "date": 946656000,
            "display_publish_time": int(datetime(2026, 11, 1, 17, tzinfo=UTC).timestamp()),
        }
        for n in range(held)
    ]
    text = json.dumps({**counts, "articles": rows})
    return parse_list(Snapshot(f"{ROOT}/api/all/7?page={page}&sid=1", text.encode(), CAPTURED))


@pytest.mark.parametrize(
    ("page", "held", "counts", "following"),
    [
        (1, 100, {"total": 250}, 2),
        (2, 100, {"total": 250}, 3),
        (3, 50, {"total": 250}, None),
        (0, 100, {"total": 150}, 2),
        (1, 12, {"classify": {"id": 7, "post_count": 12}}, None),
        (1, 88, {"classify": {"id": 7, "post_count": 203}}, 2),
        (3, 0, {"total": 250}, None),
        (1, 3, {}, None),
    ],
)
def test_answers(page: int, held: int, counts: dict[str, object], following: int | None) -> None:
    got = answer(page, held, **counts)
    assert got.next == (f"{ROOT}/api/all/7?page={following}&sid=1" if following else None)
    assert {f"{row.listed_on}" for row in got.rows} <= {"2026-11-02"}  # published, in China; not the day of signing
    assert len(got.rows) == held


BODY = "<p>为规范财政评审工作，现将本季度评审结果予以公布。</p><p>对结果有异议的，可在十日内向县财政局书面提出。</p>"


@pytest.mark.parametrize("container", ["<div class='article-content'></div>", ""])
@pytest.mark.parametrize("content", [BODY, BODY.replace("<", "&lt;").replace(">", "&gt;")])
def test_a_body_out_of_the_settings(container: str, content: str) -> None:
    detail = json.dumps({"id": 9, "content": content}, ensure_ascii=False).replace("</", "<\\/")
    text = (
        f"{MENU}<h1 class='title'>罗雁县财政评审结果</h1><div>发布日期：2026-11-02　来源：县财政局</div>{container}"
        f"<script>window._CONFIG = {{ SID: '1', DETAIL: {detail} }};</script><p>主办单位：罗雁县财政局</p>"
    )
    article = process(Snapshot(f"{ROOT}/content/9/9/post_9.html", text.encode(), CAPTURED))
    assert article.body.startswith("为规范财政评审工作") and article.body.endswith("书面提出。")
    assert (article.title, f"{article.published_on}") == ("罗雁县财政评审结果", "2026-11-02")


def test_a_body_in_the_page_is_left_alone() -> None:
    detail = json.dumps({"content": "<p>旧稿</p>"})
    text = (
        f"{MENU}<h1 class='title'>罗雁县财政评审结果</h1><div>发布日期：2026-11-02</div>"
        f"<div class='article-content'>{BODY}</div><script>window._CONFIG = {{ SID: '1', DETAIL: {detail} }};</script>"
    )
    article = process(Snapshot(f"{ROOT}/content/9/9/post_9.html", text.encode(), CAPTURED))
    assert article.body.startswith("为规范财政评审工作") and "旧稿" not in article.body
