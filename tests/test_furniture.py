"""What the portal printed around the text is cut; what only looks like it stays."""

from __future__ import annotations

import pytest

from pipelines.furniture import trim

TITLE = "云澜区召开防汛会议"
TEXT = ["7月1日，云澜区召开防汛工作会议。", "会议要求，各镇街落实责任，备足物资。", "（记者 沈知秋）"]


def trimmed(*lines: str, linked: tuple[str, ...] = ()) -> list[str]:
    return trim([(line, line in linked) for line in lines], TITLE)


@pytest.mark.parametrize(
    "line",
    [
        "字号：大 中 小",
        "【字体：大 中 小】 打印 关闭",
        "浏览次数：",
        "阅读：128次",
        "[打印本页]\t[关闭窗口]",
        "分享到： 微信 微博 QQ空间",
        "扫一扫在手机打开当前页",
        "用微信“扫一扫”，点击右上角分享按钮，",
        "上一篇：云澜区举行消防演练",
        "下一篇：没有了",
        "云澜发布 勋章级别 LV5 关注",
        "（原标题：云澜区召开防汛会议）",
        "返回搜狐，查看更多",
        "原标题：云澜区召开防汛会议",
        "您当前的位置：首页 > 新闻",
        "相关阅读：",
        "pdf下载 word下载",
    ],
)
def test_furniture_goes(line: str) -> None:
    assert trimmed(line, *TEXT) == TEXT
    assert trimmed(*TEXT, line) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "附件：防汛物资清单.docx",
        "大中小学生参加了活动",
        "打印店、复印店应当登记",
        "浏览次数最多的栏目是通知公告",
        "区融媒体中心微信公众号粉丝达到十万人",
        "来源：人民日报 记者：杜若",
        "2023年7月1日",
        "云澜区人民政府办公室",
    ],
)
def test_text_stays(line: str) -> None:
    assert trimmed(*TEXT[:1], line, *TEXT[1:]) == [*TEXT[:1], line, *TEXT[1:]]


def test_title_table_and_line_above_the_text() -> None:
    head = [
        "索 引 号：\t014/2023-1\t分 类：\t通告",
        "发布机构：\t区水利局",
        TITLE,
        "发布日期：2023-07-02 来源：云澜日报",
    ]
    assert trimmed(*head, *TEXT) == TEXT
    assert trimmed(TITLE, "2023-07-02", *TEXT) == TEXT
    # A title alone is the text's own; so is a date that signs it.
    assert trimmed(TITLE, *TEXT, "2023年7月2日") == [TITLE, *TEXT, "2023年7月2日"]


def test_blocks_of_links() -> None:
    links = ("• 云澜区部署秋季森林防火工作", "• 云澜区举行河长制推进会")
    assert trimmed(*TEXT, "相关新闻", *links, linked=links) == TEXT
    # 武进 prints 相关阅读 above the body, with nothing in it.
    assert trimmed("相关阅读:", *TEXT) == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "主办单位：云澜区人民政府办公室",
        "版权所有：云澜区人民政府",
        "云澜区人民政府 版权所有",
        "苏ICP备00000000号",
        "版权与免责声明",
        "网站标识码：3204000000",
    ],
)
def test_the_foot_of_the_portal(line: str) -> None:
    assert trimmed(*TEXT, line, "地址：晴川路1号") == TEXT


@pytest.mark.parametrize(
    "line",
    [
        "版权声明:本文由网络蜘蛛自动收集于网络,如需转载请查看原作者版权声明",
        "声明：该文观点仅代表作者本人，本平台系信息发布平台，仅提供信息存储空间服务。",
        "特别声明：以上内容由自媒体平台用户上传并发布。",
        "本平台作者按勋章级别分为五级，级别越高推荐越多；" + "新作者请先认证。" * 12,
        "未经授权禁止转载",
        "内容来自网络，如有侵权请联系我们删除",
    ],
)
def test_what_platforms_say_of_themselves_goes(line: str) -> None:
    assert trimmed(*TEXT, line) == TEXT
    assert trimmed(*TEXT[:2], TEXT[2], line, "责任编辑：柳三变") == [*TEXT, "责任编辑：柳三变"]
    # Behind the last sentence of the text, in its paragraph.
    assert trimmed(*TEXT[:2], "会议由区长主持。" + line) == [*TEXT[:2], "会议由区长主持。"]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("会议由区长主持。返回搜狐，查看更多", "会议由区长主持。"),
        ("来源：云澜日报 【打印】【关闭】", "来源：云澜日报"),
        ("会议由区长主持。 浏览次数：128次", "会议由区长主持。"),
        ("会议由区长主持。（原标题：云澜防汛）", "会议由区长主持。"),
    ],
)
def test_buttons_behind_the_last_words_go(line: str, kept: str) -> None:
    assert trimmed(*TEXT, line) == [*TEXT, kept]


def test_words_of_platforms_within_a_text_stay() -> None:
    """A policy on platforms speaks of them; only the first and last lines can be a platform's own."""
    line = "（四）平台应当声明仅提供信息存储空间服务。"
    before, after = ["（一）总则。"] * 8, ["（五）附则。"] * 14
    assert trimmed(*before, line, *after) == [*before, line, *after]
    assert trimmed(*TEXT, "健全行业统计制度，建立综合性信息发布平台。") == [
        *TEXT,
        "健全行业统计制度，建立综合性信息发布平台。",
    ]


def test_the_original_title_before_the_text() -> None:
    assert trimmed(f"原标题：{TITLE} {TEXT[0]}", *TEXT[1:]) == TEXT


def test_nothing() -> None:
    assert trimmed() == []
    assert trimmed("打印") == []
