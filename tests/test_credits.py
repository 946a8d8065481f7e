"""Credits at the end are taken out of the text; by-lines in it stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.article import Article
from pipelines.credits import Credit, take
from pipelines.process import process
from scraper.items import Snapshot

TEXT = ["7月1日，云澜区召开防汛工作会议。", "会议要求，各镇街落实责任，备足物资。"]


def credits(*last: str) -> tuple[Credit, ...]:
    """The credits of the text with these last lines, which must leave it."""
    kept, found = take([*TEXT, *last])
    assert kept == TEXT
    return found


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("（记者 沈知秋）", [("记者", "沈知秋")]),
        ("（记者沈知秋）", [("记者", "沈知秋")]),
        ("（记者：沈知秋　通讯员：柳三变）", [("记者", "沈知秋"), ("通讯员", "柳三变")]),
        ("本报记者 沈知秋", [("本报记者", "沈知秋")]),
        ("通讯员 柳三变 记者 沈知秋", [("通讯员", "柳三变"), ("记者", "沈知秋")]),
        ("（沈知秋 文/摄）", [("文/摄", "沈知秋")]),
        ("（云澜区融媒体中心 沈知秋 文/摄）", [("文/摄", "沈知秋")]),
        ("（青岬街道供稿）", [("供稿", "青岬街道")]),
        ("文/图：沈知秋、杜若", [("文/图", "沈知秋"), ("文/图", "杜若")]),
        ("县政府办供稿", [("供稿", "县政府办")]),
        ("供稿：区水利局", [("供稿", "区水利局")]),
        ("撰稿人: 杜　若 审核人：柳三变", [("撰稿人", "杜若"), ("审核人", "柳三变")]),
        ("编辑：柳三变 编审：", [("编辑", "柳三变")]),
        ("编辑： 编审：", []),
        ("图文：区水利局 审核：柳三变", [("图文", "区水利局"), ("审核", "柳三变")]),
        ("来源：云澜日报 编辑：柳三变", [("来源", "云澜日报"), ("编辑", "柳三变")]),
        ("【来源：云澜发布】【编辑：柳三变】", [("来源", "云澜发布"), ("编辑", "柳三变")]),
        ("出品丨中共云澜区委宣传部", [("出品", "中共云澜区委宣传部")]),
        ("中共云澜区委宣传部 出品", [("出品", "中共云澜区委宣传部")]),
        ("责 任 编 辑：柳三变", [("责任编辑", "柳三变")]),
        ("初审：杜若 复审：柳三变 终审：沈知秋", [("初审", "杜若"), ("复审", "柳三变"), ("终审", "沈知秋")]),
        ("文字：沈知秋 | 摄影：柳三变", [("文字", "沈知秋"), ("摄影", "柳三变")]),
    ],
)
def test_a_line_of_credits(line: str, wanted: list[Credit]) -> None:
    assert credits(line) == tuple(wanted)


def test_several_lines_in_their_order() -> None:
    lines = ("来源：云澜日报", "出品", "中共云澜区委宣传部", "编辑：柳三变", "审核：沈知秋")
    assert credits(*lines) == (
        ("来源", "云澜日报"),
        ("出品", "中共云澜区委宣传部"),
        ("编辑", "柳三变"),
        ("审核", "沈知秋"),
    )


@pytest.mark.parametrize(
    "line",
    [
        "云澜区人民政府办公室",
        "2023年7月1日",
        "（此件公开发布）",
        "附件：防汛物资清单.docx",
        "联系人：杜若 电话：0000-8000000",
        "审核：要逐级把关，压实责任",
        "单位负责人：杜若 审核：柳三变",
        "活动由记者协会主办（记者协会）",
        "会议研究了新闻宣传和信息供稿",
        "沈知秋 区水利局局长",
        "1\t审核：\t柳三变",
    ],
)
def test_text_at_the_end_stays(line: str) -> None:
    kept, found = take([*TEXT, "序号\t事项", line] if "\t" in line else [*TEXT, line])
    assert kept[-1] == line
    assert found == ()


def test_a_bracket_behind_the_last_sentence_is_a_credit_and_stays() -> None:
    lines = [TEXT[0], f"{TEXT[1]}（记者 沈知秋 通讯员 柳三变）"]
    assert take(lines) == (lines, (("记者", "沈知秋"), ("通讯员", "柳三变")))


def test_a_by_line_in_the_running_text_stays() -> None:
    lines = ["云澜日报讯（记者 沈知秋）7月1日，云澜区召开防汛会议。", "来源：人民日报 记者：杜若", *TEXT]
    assert take(lines) == (lines, ())


def test_an_editor_is_no_text_wherever_he_stands() -> None:
    assert take(["责任编辑：柳三变", *TEXT]) == (TEXT, (("责任编辑", "柳三变"),))


def test_something_stays() -> None:
    assert take(["（记者 沈知秋）"]) == (["（记者 沈知秋）"], (("记者", "沈知秋"),))
    assert take([]) == ([], ())


def read(html: str) -> Article:
    return process(Snapshot("https://www.juhe.example.cn/n/1.html", html.encode(), datetime(2026, 11, 20, tzinfo=UTC)))


def test_numbers_in_credits_are_masked() -> None:
    text = "".join(f"<p>{line}</p>" for line in TEXT * 8)
    article = read(
        f"<html><body><h1>云澜区召开防汛工作会议</h1><div>发布日期：2023-07-02 来源：云澜发布</div>"
        f"<div id=zoom>{text}<p>供稿：区水利局 13900001234</p></div></body></html>"
    )
    assert article.credits == (("供稿", "区水利局 139****1234"),)


TITLE = "同比大增160%武进吹响重大项目建设冲锋号"
PRODUCER = ("出品", "中共常州市武进区委宣传部")
# The portal that reposts the district, and two that reposted the portal.
WRAPS = {
    "portal": """<html><head><meta charset=utf-8><title>{title}_搜狐</title></head><body><div id="article-container">
      <h1>{title}</h1><div class="article-info"><span>2023-01-14 20:05</span> 来源: <a>武进发布</a> 勋章级别 LV4</div>
      <article class="article"><p data-role="original-title" style="display:none">原标题：{title}</p>{body}
      <p>出品 | 中共常州市武进区委宣传部<br><a href="//www.example.com">返回搜狐，查看更多</a></p>
      <p data-role="editor-name">责任编辑：<span></span></p></article>
      <div>平台声明：该文观点仅代表作者本人，搜狐号系信息发布平台，搜狐仅提供信息存储空间服务。</div>
      <div>阅读 (<em>12</em>)</div></div></body></html>""",
    "aggregator": """<html><head><meta charset=utf-8><title>{title}_新闻</title></head><body><div class=main>
      <h1>原标题:{title}</h1><div>时间:2023-01-14 21:10 来源:武进发布 作者:小编 浏览次数:123</div><div class=content>
      <p>原标题:{title}</p>{body}<p>来源:武进日报</p><p>出品:中共常州市武进区委宣传部</p><p>返回搜狐,查看更多</p>
      <p>责任编辑:</p><p>版权声明:本文由网络蜘蛛自动收集于网络,如需转载请查看原作者版权声明</p>
      <p>平台声明:该用户勋章级别为LV5,文章观点仅代表作者本人。</p></div><h3>相关阅读</h3>
      <ul><li><a href=/1>又一则长长的新闻标题在这里显示着</a></li></ul></div></body></html>""",
    "lines": """<html><head><meta charset=utf-8><title>原标题:{title} - 资讯</title></head><body><div class=wrap>
      <div class=tit>原标题:{title}</div><div>发布:2023-01-14</div><div class=txt>{lines} 返回搜狐，查看更多<br>
      出品：中共常州市武进区委宣传部<br>责任编辑：<br>本文由网络蜘蛛自动收集于网络<br>勋章级别说明：一级二级三级
      </div></div></body></html>""",
}


@pytest.mark.realpages
@pytest.mark.parametrize("wrap", WRAPS)
def test_the_seed_comes_out_whole(shared: Path, wrap: str) -> None:
    seed = json.loads((shared / "gold" / "seed.json").read_text(encoding="utf-8"))["text"].split("\n")
    article = read(
        WRAPS[wrap].format(
            title=TITLE,
            body="".join(f"<p><span>　　{line}</span></p>" for line in seed),
            lines="<br>".join(f"　　{line}" for line in seed),
        )
    )
    assert (article.title, str(article.published_on)) == (TITLE, "2023-01-14")
    assert article.body.split("\n") == seed
    assert article.body.startswith("1月14日") and PRODUCER in article.credits
    assert article.source in (None, "武进发布")
