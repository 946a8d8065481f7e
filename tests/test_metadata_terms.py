"""Deadlines and days of effect, told from plain dates by the words beside them."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.metadata.facts import describe

DAY = date(2026, 5, 6)


def found(text: str) -> list[tuple[str, str]]:
    told = describe(text, DAY, extra=False)
    terms = [fact for fact in told.facts if fact.kind in ("deadline", "effective")]
    assert all(text[fact.start : fact.end] == fact.raw for fact in terms)
    return [(fact.kind, fact.value) for fact in terms]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("报名截止时间：2026年5月20日17时。", "2026-05-20"),
        ("请各镇（街道）于5月15日前将汇总表报送区农业农村局。", "2026-05-15"),
        ("公示时间为2026年5月7日至5月13日。", "2026-05-13"),
        ("申报材料须在2026年6月1日下午17：00前提交至区科技局。", "2026-06-01"),
        ("报名自即日起，至2026年5月31日止。", "2026-05-31"),
        ("存在问题的单位要在６月３０日之前完成整改。", "2026-06-30"),
        ("本通告有效期至2028年12月31日。", "2028-12-31"),
    ],
)
def test_deadlines(text: str, day: str) -> None:
    assert found(text) == [("deadline", day)]


@pytest.mark.parametrize(
    "text",
    ["本办法自2026年6月1日起施行。", "本通告自2026年6月1日零时起正式实施。", "新标准于2026年6月1日起执行。"],
)
def test_days_of_effect(text: str) -> None:
    assert found(text) == [("effective", "2026-06-01")]


@pytest.mark.parametrize(
    "text",
    [
        "截至2026年4月30日，全区新增市场主体3120户。",
        "5月4日，副区长程望舒到云澜街道调研。",
        "2026年5月1日前夕，区总工会走访慰问劳动模范。",
        "2025年12月31日前，全区共有养老机构21家。",
        "会议于2026年5月5日召开。",
        "力争2026年底前完成全部改造任务。",
    ],
)
def test_plain_dates_are_neither(text: str) -> None:
    assert found(text) == []
