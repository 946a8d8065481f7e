"""Calendar dates and the rule that gives each its year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metadata.dates import AHEAD, dates, reference_day
from pipelines.metadata.evidence import fold

DAY = date(2023, 1, 20)
HAN = "零一二三四五六七八九十"


def found(text: str, published: date | None = DAY) -> list[str]:
    return [f.value for f in dates(fold(text), published) if f.kind == "date"]


def han(number: int) -> str:
    tens, ones = divmod(number, 10)
    return HAN[number] if number <= 10 else ("" if tens == 1 else HAN[tens]) + "十" + (HAN[ones] if ones else "")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2022年12月3日，云澜区召开会议。", ["2022-12-03"]),
        ("2022-12-03 和 2022/12/4 与 2022.12.5", ["2022-12-03", "2022-12-04", "2022-12-05"]),
        ("二〇二二年十二月三十一日", ["2022-12-31"]),
        ("２０２２年１２月３日", ["2022-12-03"]),
        ("2022 年 12 月 3 日", ["2022-12-03"]),
        ("1月14日，会议召开。", ["2023-01-14"]),
        ("12月14日，会议召开。", ["2022-12-14"]),
        ("元月十四日", ["2023-01-14"]),
        ("2019—2021年，2019年至2021年", ["2019", "2021", "2019", "2021"]),
        ("2022年5月8日至6月3日", ["2022-05-08", "2022-06-03"]),
        ("2022年5月8日—12日", ["2022-05-08", "2022-05-12"]),
        ("2022年12月30日至1月2日", ["2022-12-30", "2023-01-02"]),
        ("2022年1-6月", ["2022-01", "2022-06"]),
        ("2022年5月上旬，6月底", ["2022-05", "2022-06"]),
        ("去年4月动工，明年10月完工，今年3月5日开学", ["2022-04", "2024-10", "2023-03-05"]),
        ("请于2月28日前报送", ["2023-02-28"]),
        ("请于10月31日前报送", ["2023-10-31"]),
        ("2022年3月成立，同年8月揭牌", ["2022-03", "2022-08"]),
        ("08年入学", ["2008"]),
        ("2022年4―6月", ["2022-04", "2022-06"]),
    ],
)
def test_values(text: str, values: list[str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "今天的招商支撑明天的项目。",
        "自收到之日起15日内，满30日的，每5日报送一次",
        "3个月，10年来，二十年如一日",
        "农历八月十五日",
        "联系电话0519-12345678，编号2023.5.1.3",
        "五一节，三月三",
        "2023号",
        "近日、今年、上世纪70年代",
    ],
)
def test_no_date(text: str) -> None:
    assert found(text) == []


def test_words_for_days_are_kept_apart() -> None:
    facts = list(dates(fold("昨天上午，会议召开。"), DAY))
    assert [(f.kind, f.value) for f in facts] == [("relative_date", "2023-01-19")]


def test_a_document_signed_long_ago_dates_itself() -> None:
    text = "请于6月1日报送。\n云澜区人民政府\n2005年3月3日\n"
    assert reference_day(fold(text), date(2018, 12, 24)) == date(2005, 3, 3)
    assert found(text, date(2018, 12, 24))[-1] == "2005-03-03"


def test_without_publication_a_bare_day_is_left_out() -> None:
    assert found("5月3日开会，2020年6月开工。", None) == ["2020-06"]


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_written_form_of_a_day(day: date) -> None:
    years = "".join("〇一二三四五六七八九"[int(c)] for c in str(day.year))
    for text in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d}",
        f"{day:%Y/%m/%d}",
        f"{years}年{han(day.month)}月{han(day.day)}日",
    ):
        assert found(f"会议于{text}召开。") == [day.isoformat()]


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(-300, 45))
def test_a_day_without_year_is_the_latest_not_after_45_days(published: date, shift: int) -> None:
    day = published + timedelta(days=shift)
    if (day.month, day.day) == (2, 29):
        return
    (value,) = found(f"{day.month}月{day.day}日，云澜区召开会议。", published)
    resolved = date.fromisoformat(value)
    assert resolved <= published + AHEAD < resolved.replace(year=resolved.year + 1)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="0123456789年月日至-—、去今明上下本的前起内二三十〇〇月日，。\n ", max_size=60))
def test_spans_hold_on_any_text(text: str) -> None:
    for fact in dates(text, DAY):
        assert 0 <= fact.start < fact.end <= len(text)
        assert text[fact.start : fact.end].strip()
