"""Document numbers in every bracket and space variant, own against cited, and 《titles》. All places are made up."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metadata.documents import cited_titles, document_numbers
from pipelines.metadata.evidence import Fact, fold

PREFIXES = (
    "云政发", "云政办发", "青岬县政办函", "云澜府规", "云委办", "青岬编", "云教体", "云发改投资",
    "云澜区府办发", "青政任", "云澜区应急委办", "云科发", "云财预", "云人社发", "云自然资规",
    "云建管（质安）", "云卫健疾控", "和政发", "将政办发", "中青办发", "云府令办", "经开云管", "云YX发",
)  # fmt: skip
BRACKETS = ("〔〕", "[]", "［］", "【】", "()", "（）", "﹝﹞", "〖〗", "{}", "〈〉", "（〕", "〔)")
LEADS = ("", "根据《云澜区办法》（", "按照", "现将", "经研究，依据", "《关于做好防汛工作的通知》（", "贯彻落实", "转发")
FORMS = (
    "{p}{o}{y}{c}{n}号",
    "{p} {o}{y}{c} {n} 号",
    "{p}{o} {y} {c}{n}号",
    "{p}{o}{y}{c}第{n}号",
    "{p} {o}{y}{c}第 {n} 号",
    "{p}　{o}{y}{c}{n}號",
)


def numbers(text: str) -> list[Fact]:
    return list(document_numbers(fold(text)))


def bracketed() -> list[tuple[str, str]]:
    """Every bracket, spacing and leading phrase, with the number in its normal form."""
    dice = random.Random(1)
    made = []
    for bracket, form, lead in itertools.product(BRACKETS, FORMS, LEADS):
        prefix, year, number = dice.choice(PREFIXES), dice.randint(1983, 2026), dice.randint(1, 1999)
        if lead == "转发" and prefix.startswith("经"):
            continue
        text = lead + form.format(p=prefix, o=bracket[0], c=bracket[1], y=year, n=number)
        made.append((text + ("）" if "（" in lead else "文件要求，") + "请遵照执行。", f"{prefix}〔{year}〕{number}号"))
    return made


def orders() -> list[tuple[str, str]]:
    """The 令 and 公告 forms."""
    dice = random.Random(2)
    made = []
    for issuer, lead in itertools.product(
        ("云澜区人民政府", "青岬县人民政府", "云澜市市场监督管理局"), ("", "根据", "依照", "已经公布，见")
    ):
        number, year = dice.randint(1, 300), dice.randint(1998, 2026)
        made += [
            (f"{lead}{issuer}令第{number}号，自公布之日起施行。", f"{issuer}令第{number}号"),
            (f"{lead}{issuer}令（第{number}号）施行。", f"{issuer}令第{number}号"),
            (f"{lead}{issuer}令 第 {number} 号，", f"{issuer}令第{number}号"),
            (f"{lead}{issuer}公告{year}年第{number}号，", f"{issuer}公告{year}年第{number}号"),
            (f"{lead}{issuer}公告（{year}年第{number}号）执行。", f"{issuer}公告{year}年第{number}号"),
            (f"{lead}{issuer}令{year}年第{number}号，", f"{issuer}令{year}年第{number}号"),
            (f"{lead}{issuer}令第十二号，", f"{issuer}令第12号"),
        ]
    return made


def test_generated_numbers() -> None:
    made = [*bracketed(), *orders()]
    wrong = [
        (text, value, [f.value for f in numbers(text)])
        for text, value in made
        if [f.value for f in numbers(text)] != [value]
    ]
    assert len(made) > 600
    assert len(wrong) <= len(made) // 100, wrong[:10]


@settings(max_examples=200, deadline=None)
@given(
    prefix=st.sampled_from(PREFIXES),
    year=st.integers(1949, 2049),
    number=st.integers(1, 99999),
    bracket=st.sampled_from(BRACKETS),
    gaps=st.tuples(*[st.sampled_from(["", " ", "  "])] * 4),
)
def test_own_line(prefix: str, year: int, number: int, bracket: str, gaps: tuple[str, str, str, str]) -> None:
    line = f"{prefix}{gaps[0]}{bracket[0]}{gaps[1]}{year}{bracket[1]}{gaps[2]}{number}{gaps[3]}号"
    text = f"云澜区人民政府关于防汛工作的通知\n{line}\n各镇人民政府：\n请按云澜委发〔2020〕3号办理。"
    found = numbers(text)
    assert [(f.value, f.unit) for f in found] == [
        (f"{prefix}〔{year}〕{number}号", "own"),
        ("云澜委发〔2020〕3号", "cited"),
    ]
    assert text[found[0].start : found[0].end] == line


def test_letter_spaced_own_line_and_label() -> None:
    assert [(f.value, f.unit) for f in numbers("云 政 办 发 〔2021〕 5 号\n通知")] == [("云政办发〔2021〕5号", "own")]
    assert [(f.value, f.unit) for f in numbers("发文字号：云政发[2021]5号\n正文")] == [("云政发〔2021〕5号", "own")]


def test_number_under_a_heading() -> None:
    assert [(f.value, f.unit) for f in numbers("云澜区人民政府令\n第3号\n现公布办法。")] == [
        ("云澜区人民政府令第3号", "own")
    ]
    assert [(f.value, f.unit) for f in numbers("云澜区公告\n（2022年第7号）\n现公告。")] == [
        ("云澜区公告2022年第7号", "own")
    ]


def test_a_number_in_running_text_is_not_the_own_one() -> None:
    assert [f.unit for f in numbers("各镇：\n根据云政发〔2020〕3号和云政办发〔2020〕9号文件，现通知如下。")] == [
        "cited",
        "cited",
    ]


@pytest.mark.parametrize(
    "text", ["2023年第3号建议", "第2996号提案", "（2023）", "〔2023〕", "公交1号线", "列为一号工程", "下达命令第一次"]
)
def test_no_number(text: str) -> None:
    assert numbers(text) == []


def test_titles() -> None:
    text = "根据《云澜区〈河道〉管理办法》《防汛条例》，印发《关于转发《云澜区预案》的通知》。《未完"
    assert [f.value for f in cited_titles(text)] == [
        "《云澜区〈河道〉管理办法》",
        "《防汛条例》",
        "《关于转发《云澜区预案》的通知》",
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="云政发〔〕[]（）()0123456789号第令公告年《》〈〉 \n关于的", max_size=80))
def test_spans_hold_on_any_text(text: str) -> None:
    for fact in (*numbers(text), *cited_titles(text)):
        assert 0 <= fact.start < fact.end <= len(text)


def test_a_conjunction_after_a_title_is_no_part_of_the_number() -> None:
    text = "根据《云澜区城市更新条例》和云政发〔2026〕7号文件"
    assert [f.value for f in document_numbers(text)] == ["云政发〔2026〕7号"]
    assert [f.value for f in document_numbers("根据和政发〔2026〕7号文件")] == ["和政发〔2026〕7号"]
