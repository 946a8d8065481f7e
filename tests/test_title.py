"""Titles: without the site's name, without 原标题, and never the site's name itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.process import process
from scraper.items import PageError, Snapshot
from scraper.pages.title import clean

BODY = "<div id=zoom><p>云澜区举行冬季征兵座谈会，与会同志交流了经验。</p><p>会议要求，各镇街要做好服务保障。</p></div>"


def title_of(head: str, body: str = "", listed: str = "") -> tuple[str, str]:
    html = f"<html><head><meta charset=utf-8>{head}</head><body>{body}{BODY}</body></html>"
    snapshot = Snapshot(
        "http://www.yunlan.gov.cn/a/b18233.html", html.encode(), datetime(2026, 1, 1, tzinfo=UTC), listed_title=listed
    )
    article = process(snapshot)
    return article.title, article.rules["title"]


@pytest.mark.parametrize(
    ("raw", "site", "title"),
    [
        ("原标题：云澜区召开会议", "", "云澜区召开会议"),
        ("云澜区召开会议_云澜区人民政府网", "", "云澜区召开会议"),
        ("云澜区召开防汛会议-云澜发布", "云澜发布", "云澜区召开防汛会议"),
        ("云澜区人民政府网——云澜区召开会议", "云澜区人民政府网", "云澜区召开会议"),
        ("为人民服务——记区财政局", "", "为人民服务——记区财政局"),
        ("云澜区召开&lt;br/&gt;防汛会议", "", "云澜区召开防汛会议"),
        ("云澜区召开防汛会议 分享到：", "", "云澜区召开防汛会议"),
        ("关于开展2024-2025年度检查的通知", "", "关于开展2024-2025年度检查的通知"),
        ("[云澜日报]我区启动改造工程", "", "[云澜日报]我区启动改造工程"),
        ("课桌、锅炉等两宗闲置资产公开转让", "", "课桌、锅炉等两宗闲置资产公开转让"),
    ],
)
def test_clean(raw: str, site: str, title: str) -> None:
    assert clean(raw, site) == title


def test_order_of_trust() -> None:
    meta = '<meta name="ArticleTitle" content="云澜区举行征兵座谈会">'
    cut_off = '<meta name="ArticleTitle" content="云澜区举行冬季…">'
    window = "<title>云澜区举行冬季征兵座谈会_云澜区人民政府</title>"
    heading = "<div class=tt><h1>云澜区人民政府</h1></div><h2>云澜区举行冬季征兵座谈会</h2>"
    line = "<div>云澜区举行冬季征兵座谈会</div><div>发布日期：2024-01-05 来源：区人武部</div>"
    assert title_of(meta + window, heading) == ("云澜区举行征兵座谈会", "meta:ArticleTitle")
    assert title_of(cut_off, heading) == ("云澜区举行冬季征兵座谈会", "heading")
    assert title_of(window, heading) == ("云澜区举行冬季征兵座谈会", "heading")
    assert title_of("<title>云澜区人民政府</title>", line) == ("云澜区举行冬季征兵座谈会", "above:date")
    assert title_of(window) == ("云澜区举行冬季征兵座谈会", "window")
    banner, named = "<h2>云澜区人民政府</h2>", "云澜区人民政府办公室关于印发停车办法的通知"
    assert title_of(f"<title>{named}_云澜区人民政府</title>", banner + f"<b>{named}</b>") == (named, "window")
    assert title_of("<title>云澜区人民政府</title>", listed="云澜区举行座谈会") == ("云澜区举行座谈会", "list")


def test_no_title() -> None:
    with pytest.raises(PageError, match="no title"):
        title_of("<title>云澜区人民政府门户网站</title>")
