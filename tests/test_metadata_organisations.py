"""Organisations and places in made-up reports, by our own rules alone."""

from __future__ import annotations

import pytest

from pipelines.metadata.evidence import fold
from pipelines.metadata.gazetteer import by_code, divisions, resolve, short
from pipelines.metadata.organisations import organisations
from pipelines.metadata.places import places


def bodies(text: str) -> list[str]:
    return [f.value for f in organisations(fold(text), [])]


def sites(text: str, home: str = "") -> list[tuple[str, str]]:
    return [(f.value, f.unit) for f in places(fold(text), [], home)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("会上，区发改局通报了情况，区教育局、区财政局作表态发言。", ["区发改局", "区教育局", "区财政局"]),
        ("活动由云澜区文化旅游和广播电视局主办，青岬书画协会承办。", ["云澜区文化旅游和广播电视局", "青岬书画协会"]),
        ("云澜澄光新材料科技（集团）有限公司落户。", ["云澜澄光新材料科技（集团）有限公司"]),
        ("国务院办公厅、教育部和财政部联合印发。", ["国务院办公厅", "教育部", "财政部"]),
        ("江苏省教育厅和南京市科技局共同发起。", ["江苏省教育厅", "南京市科技局"]),
        ("莲都区人民政府、区政府办公室、县委宣传部", ["莲都区人民政府", "区政府办公室", "县委宣传部"]),
        ("毕业于云澜师范大学，来到青岬县人民医院坐诊", ["云澜师范大学", "青岬县人民医院"]),
        ("省卫生健康委会同省医保局督导", ["省卫生健康委", "省医保局"]),
    ],
)
def test_bodies(text: str, names: list[str]) -> None:
    assert bodies(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "各级人民政府、各有关部门、各乡镇党委要落实。",
        "本公司、我局、该校、中小企业和行业协会",
        "县级以上地方人民政府负责。",
        "自治区、市、县（区）人民政府",
        "加强部署，全面布局，解决办法，部门责任",
        "一批民营企业、三甲医院、公立学校",
        "会议议定，教育部门配合，财政部门保障。",
    ],
)
def test_nobody(text: str) -> None:
    assert bodies(text) == []


def test_spans_and_closed_parts() -> None:
    text = fold("区教育局局长参加，《区教育局通知》。区教育局介绍。")
    facts = list(organisations(text, [(0, 6), (9, 17)]))
    assert [(f.value, f.start) for f in facts] == [("区教育局", 18)]
    assert text[facts[0].start : facts[0].end] == "区教育局"


@pytest.mark.parametrize(
    ("text", "home", "expected"),
    [
        ("来到辽宁省辽阳市考察", "", [("辽宁省", "210000"), ("辽阳市", "211000")]),
        ("武进区洛阳镇发展", "320412", [("武进区", "320412"), ("洛阳镇", "")]),
        ("在洛阳考察", "320412", [("洛阳", "410300")]),
        ("鼓楼区举办活动", "320102", [("鼓楼区", "320106")]),
        ("鼓楼区举办活动", "", [("鼓楼区", "")]),
        ("激发武进高质量发展", "320412", [("武进", "320412")]),
        ("美国、日本和德国企业", "", [("美国", ""), ("日本", ""), ("德国", "")]),
        ("在云南昆明召开", "", [("云南", "530000"), ("昆明", "530100")]),
        ("新疆维吾尔自治区和内蒙古", "", [("新疆维吾尔自治区", "650000"), ("内蒙古", "150000")]),
        ("在云澜区人民广场集合", "", [("云澜区", ""), ("人民广场", "")]),
    ],
)
def test_places(text: str, home: str, expected: list[tuple[str, str]]) -> None:
    found = sites(text, home)
    if "云澜区" in text:
        assert set(found) <= set(expected)
    else:
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "各乡镇、各街道、全镇、行政村、城中村",
        "孙中山先生，长治久安，白银时代",
        "中国特色，我国发展",
        "第十四届江苏省第三届运动会"[7:],
        "和平发展，合作共赢，文化建设",
    ],
)
def test_no_places(text: str) -> None:
    assert [v for v, _ in sites(text) if v != "江苏省"] == []


def test_a_bare_town_name_has_no_code() -> None:
    assert sites("石湾镇、洛阳镇的群众", "") == [("石湾镇", ""), ("洛阳镇", "")]


def test_gazetteer() -> None:
    assert len(divisions()) > 3000
    assert by_code()["320412"].name == "武进区"
    assert {short("恩施土家族苗族自治州"), short("内蒙古自治区"), short("武进区"), short("丰县")} == {
        "恩施",
        "内蒙古",
        "武进",
        "",
    }
    assert resolve("朝阳区", "110101") is not None
    assert resolve("朝阳区", "") is None
    taiwan = resolve("台湾", "")
    assert taiwan is not None
    assert taiwan.code == "710000"
