"""Money, percentages and counts: written figures to values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metadata.evidence import fold, plain
from pipelines.metadata.money import money
from pipelines.metadata.numbers import counts, numeral, percentages


def sums(text: str) -> list[tuple[float, str]]:
    return [(float(f.value), f.unit) for f in money(fold(text))]


def percents(text: str) -> list[float]:
    return [float(f.value) for f in percentages(fold(text))]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("计划投资逾100亿元或20亿美元", [(1e10, "CNY"), (2e9, "USD")]),
        ("补助2,400.50元", [(2400.5, "CNY")]),
        ("安排4200多万元", [(42_000_000, "CNY")]),
        ("三千五百万元", [(35_000_000, "CNY")]),
        ("一万二千元", [(12_000, "CNY")]),
        ("20—50万元", [(200_000, "CNY"), (500_000, "CNY")]),
        ("100万元至200万元", [(1_000_000, "CNY"), (2_000_000, "CNY")]),
        (
            "￥3,200，人民币5万元，300万港元，2.5亿欧元",
            [(3200, "CNY"), (50_000, "CNY"), (3_000_000, "HKD"), (2.5e8, "EUR")],
        ),
        ("技改总投资50亿，拉动超100亿的投资", [(5e9, "CNY"), (1e10, "CNY")]),
        ("１００万元", [(1_000_000, "CNY")]),
        ("1.2万亿元", [(1.2e12, "CNY")]),
        ("总规模达到2万亿元", [(2e12, "CNY")]),
    ],
)
def test_sums(text: str, values: list[tuple[float, str]]) -> None:
    assert sorted(sums(text)) == sorted(values)


@pytest.mark.parametrize(
    "text",
    [
        "元旦3元月",
        "多元化、一元二次",
        "三元村",
        "投资建设50万亩农田",
        "100亿立方米水",
        "5万人",
        "GDP万亿之城",
        "***万元",
        "2元素",
    ],
)
def test_no_sum(text: str) -> None:
    assert sums(text) == []


@settings(max_examples=200, deadline=None)
@given(
    st.decimals(min_value="0.01", max_value="99999", places=2),
    st.sampled_from([("", 1), ("万", 1e4), ("百万", 1e6), ("亿", 1e8), ("万亿", 1e12)]),
    st.sampled_from([("元", "CNY"), ("美元", "USD"), ("日元", "JPY"), ("英镑", "GBP")]),
    st.sampled_from(["", "余", "多"]),
)
def test_every_scale_and_currency(number: object, scale: tuple[str, float], unit: tuple[str, str], more: str) -> None:
    text = f"共投入{number}{more}{scale[0]}{unit[0]}，"
    ((value, currency),) = sums(text)
    assert currency == unit[1]
    assert value == pytest.approx(float(str(number)) * scale[1])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("同比增长160%，完成率217％", [160, 217]),
        ("百分之三十五，百分之十二点五", [35, 12.5]),
        ("5%-10%之间，3～8%", [5, 10, 3, 8]),
        ("增速为-3.2%", [-3.2]),
        ("提高0.5个百分点", []),
    ],
)
def test_percentages(text: str, values: list[float]) -> None:
    assert percents(text) == values


def test_percentages_know_what_they_measure() -> None:
    assert [f.about for f in percentages("城市污水处理率达到42%")] == ["城市污水处理率"]


def test_counts() -> None:
    assert [(f.value, f.unit, f.about) for f in counts("入库13个项目，带动5000余家企业，惠及1.2万户。")] == [
        ("13", "个", "项目"), ("5000", "家", "企业"), ("12000", "户", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("三千五百", 3500), ("二〇〇五", 2005), ("十四", 14), ("3.5万", 35_000), ("一百零二", 102), ("十二点五", 12.5)],
)
def test_numeral(text: str, value: float) -> None:
    assert numeral(text) == value


def test_numeral_refuses_words() -> None:
    with pytest.raises(ValueError, match="numeral"):
        numeral("很多")


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**13), st.integers(0, 6))
def test_plain_has_no_exponent(number: int, places: int) -> None:
    assert float(plain(number / 10**places)) == pytest.approx(number / 10**places, abs=1e-6)
    assert "e" not in plain(number / 10**places)
