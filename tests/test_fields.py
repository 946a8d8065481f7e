"""Raw fields to values."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines import fields
from scraper.items import Cut


def cut(value: str) -> Cut:
    return Cut(value, "label:x")


@pytest.mark.parametrize("mark", ["—  —", "——", "-", "", " ", "无", "暂无", "/", "null"])
def test_marks_for_nothing(mark: str) -> None:
    assert fields.value(cut(mark)) is None
    assert fields.document_number(fields.value(cut(mark))) is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("云政办发〔2020〕51号", "云政办发〔2020〕51号"),
        ("云政办发[2020] 51 号", "云政办发〔2020〕51号"),
        ("云政办发（2020）51号", "云政办发〔2020〕51号"),
        ("云政办发【2020】第51号", "云政办发〔2020〕第51号"),
        ("云编 (2012〕 225号", "云编〔2012〕225号"),
        ("云澜区人民政府令 第12号", "云澜区人民政府令第12号"),
        ("云澜区自然资源局公告2023年 第5号", "云澜区自然资源局公告2023年第5号"),
        ("2020年第3号", "2020年第3号"),
    ],
)
def test_document_number(raw: str, number: str) -> None:
    assert fields.document_number(raw) == number


def test_own_number_stands_alone_near_the_top() -> None:
    text = ["各镇人民政府：", "根据《意见》（苏政办发〔2019〕7号），现印发给你们。"]
    assert fields.own_number(["云政办发[2020]51号", *text]) == "云政办发〔2020〕51号"
    assert fields.own_number(text) is None
    assert fields.own_number([*["某段。"] * 12, "云政办发〔2020〕51号"]) is None


@pytest.mark.parametrize("raw", ["本网", "本站", "本网站", "本", "原创", "本站原创", "管理员"])
def test_own_site_as_source(raw: str) -> None:
    assert fields.source(cut(raw), "云澜区人民政府") == "云澜区人民政府"
    assert fields.source(cut(raw), None) is None


def test_other_sources_stay() -> None:
    assert fields.source(cut("本县日报"), "云澜区人民政府") == "本县日报"
    assert fields.source(None, "云澜区人民政府") is None


def test_a_status_in_a_date_field_is_the_validity() -> None:
    status, rest = fields.validity({"repealed_on": cut("有效")})
    assert (status, "repealed_on" in rest, rest["validity"].value) == ("有效", False, "有效")
    status, rest = fields.validity({"repealed_on": cut("2024-01-01"), "validity": cut("失效")})
    assert (status, fields.day(rest["repealed_on"])) == ("失效", date(2024, 1, 1))
    assert fields.validity({"repealed_on": cut("——")})[0] is None
