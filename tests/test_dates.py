"""Dates in every form seen on government pages."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.pages.dates import day_in, moment, moments

DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
FORMS = (
    "{y}-{m:02}-{d:02}",
    "{y}-{m}-{d}",
    "{y}——{m:02}——{d:02}",
    "{y}—{m:02}—{d:02}",
    "{y}/{m}/{d}",
    "{y}.{m:02}.{d:02}",
    "{y}年{m}月{d}日",
    "{y}年{m:02}月{d:02}日",
    "{y} 年 {m} 月 {d} 日",
    "[{y}-{m:02}-{d:02}]",
    "{y}{m:02}{d:02}",
)
NUMERALS = "〇一二三四五六七八九"


@given(DAYS, st.sampled_from(FORMS), st.sampled_from(["", "发布日期：", "来源：某某报  "]))
def test_every_form_reads_back(day: date, form: str, before: str) -> None:
    found = moment(before + form.format(y=day.year, m=day.month, d=day.day))
    assert found is not None
    assert found.day == day


@given(DAYS, st.integers(0, 23), st.integers(0, 59), st.sampled_from(["{h:02}:{m:02}", "{h}时{m}分", "{h:02}∶{m:02}"]))
def test_time_beside_the_date(day: date, hour: int, minute: int, form: str) -> None:
    found = moment(f"{day} {form.format(h=hour, m=minute)}")
    assert found is not None
    assert (found.day, found.clock) == (day, f"{hour:02}:{minute:02}")


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all(found.day.year >= 1900 for found in moments(text, compact=True))
    moment(text)
    day_in(text)


@given(st.text(alphabet="0123456789-/.年月日:时分 —", max_size=40))
def test_what_is_found_stands_there(text: str) -> None:
    for found in moments(text):
        assert str(found.day.year) in text[found.start : found.end]


def test_han_numerals() -> None:
    for text, day in (
        ("二〇一七年四月十二日", date(2017, 4, 12)),
        ("二○二三年十二月三十一日", date(2023, 12, 31)),
        ("二零二〇年十月二十日", date(2020, 10, 20)),
    ):
        found = moment(text)
        assert found is not None
        assert found.day == day


@pytest.mark.parametrize(
    "text", ["2023-13-01", "2023-02-30", "12023-01-011", "二〇二三年十三月一日", "8月15日", "", "昨天"]
)
def test_no_date(text: str) -> None:
    assert moment(text) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://a.gov.cn/xw/202306/t20230611_2214470.shtml", date(2023, 6, 11)),
        ("http://a.gov.cn/art/2023/10/3/art_12_3.html", date(2023, 10, 3)),
        ("http://a.gov.cn/html/czyl/2016/CPJCILBI_0720/241753.html", date(2016, 7, 20)),
        ("http://a.gov.cn/2022/08-11/2559082.html", date(2022, 8, 11)),
        ("http://a.gov.cn/content/2019-02/15/content_5365945.htm", date(2019, 2, 15)),
        ("http://a.gov.cn/zx/20220516/91827.html", date(2022, 5, 16)),
        # Only year and month: no day is made up.
        ("http://a.gov.cn/zx/202205/91827.html", None),
        ("http://a.gov.cn/content/post_9360641.html", None),
        ("http://a.gov.cn/xw/t20231399_1.html", None),
    ],
)
def test_date_of_an_address(url: str, day: date | None) -> None:
    assert day_in(url) == day
