"""The visible line in the forms seen on district and county sites (design/sites.md 2.1 and 3); names are invented."""

from __future__ import annotations

import pytest

from scraper.pages.line import displayed, named

LINES: list[tuple[str, str | None, str | None, str | None]] = [
    ("发布日期：2023-01-04    来源：云澜日报  浏览次数：  字号：〖大 中 小〗", "2023-01-04", "发布日期", "云澜日报"),
    ("发布日期: 2018-04-17 浏览次数:    来源:溧水时报  字号:〖超大 大 默认〗", "2018-04-17", "发布日期", "溧水时报"),
    (
        "信息来源：区融媒体中心 发布时间：2022-08-16 浏览次数： 【打印】 【字体：",
        "2022-08-16",
        "发布时间",
        "区融媒体中心",
    ),
    ("时间发布：2023-06-12 09:51 阅读次数:次信息来源：云澜日报字体：[大中小]", "2023-06-12", "时间发布", None),
    ("来源：宣教中心     2022-11-14 14:59:48     【字体：大 中 小】", "2022-11-14", "date", "宣教中心"),
    ("来源： 青岬日报 2024-10-17 08:03 \n 大 小 打印", "2024-10-17", "date", "青岬日报"),
    ("2010/1/6 16:43:13 次浏览", "2010-01-06", "date", None),
    ("（发布日期:2023-03-30 人气: ）", "2023-03-30", "发布日期", None),
    ("【发布时间：2020-1-2】【来源：教育局】【阅读次数：】", "2020-01-02", "发布时间", "教育局"),
    ("[来源：宣传部] [发布日期：2019-01-02] [字体：大 中 小]", "2019-01-02", "发布日期", "宣传部"),
    ("2023年01月04日 来源: 区政府办", "2023-01-04", "date", "区政府办"),
    ("发布时间：20230411 来源：区发展改革局、财政局 点击：", "2023-04-11", "发布时间", "区发展改革局、财政局"),
    ("时间：\n2022-08-11 14:21\n来源：\n青岬县人民政府\n分享：", "2022-08-11", "时间", "青岬县人民政府"),
    ("日期：2023-11-16 10:32\n来源：\n字号：\n【\n大", "2023-11-16", "日期", None),
    ("云澜日报 2023-05-04 08:00", "2023-05-04", "date", None),
    ("云澜区人民政府 www.yunlan.gov.cn 2023-05-04", "2023-05-04", "date", None),
    ("更新时间：2022-05-01 发布时间：2022-04-01", "2022-04-01", "发布时间", None),
    ("更新时间：2022-05-01", "2022-05-01", "更新时间", None),
    (
        "【来源： 综合自各镇、街道…】 发布日期：2023-07-19 19:21:00   点击：",
        "2023-07-19",
        "发布日期",
        "综合自各镇、街道…",
    ),
    ("来源：区水利局点击数：12 发布时间：2022-07-01", "2022-07-01", "发布时间", "区水利局"),
    # The page's clock, the archive's mark and dates of the text are no publication dates.
    ("今天是:2019年10月31日 星期四", None, None, None),
    ("日期：2026年11月22日 星期日", None, None, None),
    ("2019年12月3日星期二", None, None, None),
    ("归档时间：2018-11-21", None, None, None),
    ("成文日期：2018-11-21 有效期：2020-01-01", None, None, None),
    ("报名时间：2024-03-07", None, None, None),
    ("截至2023年1月1日，全区共有", None, None, None),
    ("本办法施行至 2023年1月1日", None, None, None),
    ("经研究，定于 2023年1月1日", None, None, None),
    ("8月15日，区委召开会议", None, None, None),
]


@pytest.mark.parametrize(("text", "day", "label", "source"), LINES)
def test_line(text: str, day: str | None, label: str | None, source: str | None) -> None:
    shown = displayed(text)
    assert (str(shown[0].day) if shown else None) == day
    assert (shown[1] if shown else None) == (f"line:{label}" if label else None)
    if source is not None or "来源" not in text:
        assert (named(text)["source"].value if "source" in named(text) else None) == source


def test_without_a_label_only_where_it_is_allowed() -> None:
    assert displayed("2023-01-04", bare=False) is None
    assert displayed("发布时间：2023-01-04", bare=False) is not None


def test_people_of_the_line() -> None:
    found = named("作者：杜若 责任编辑：柳三变 来源：区文旅局")
    assert {kind: cut.value for kind, cut in found.items()} == {
        "author": "杜若",
        "editor": "柳三变",
        "source": "区文旅局",
    }
    assert found["source"].rule == "line:来源"


def test_an_empty_value_is_not_the_next_lines_text() -> None:
    assert "source" not in named("来源：\n\n\n\n为改善农贸市场环境，现将有关事项通知如下，请各单位认真贯彻执行。")
    assert "source" not in named("来源： 浏览次数：3")
