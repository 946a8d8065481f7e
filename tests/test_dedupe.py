"""Copies are found and variants are never folded: twelve kinds of repost and what only looks like one, all made up."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dedupe import WINDOW, Text, fingerprints, relate
from tests.reposts.kinds import COPIES, NEGATIVES, excerpt, number_edited, round_up
from tests.reposts.originals import original

TEXTS = 100
FAMILIES = 15  # of each kind of look-alike; each has five members, ten pairs


def both(one: Text, two: Text) -> str:
    """The kind in one order; in the other order a copy must be one as well."""
    there, back = relate(one, two).kind, relate(two, one).kind
    assert (there == "copy") == (back == "copy")
    return there


@pytest.mark.parametrize("kind", list(COPIES))
def test_copies_are_found(kind: str) -> None:
    kinds = Counter(
        both(one, COPIES[kind](one, random.Random(seed))) for seed in range(TEXTS) if (one := original(seed))
    )
    assert kinds["copy"] >= 0.97 * TEXTS, kinds


@pytest.mark.parametrize("kind", list(COPIES))
def test_copies_share_fingerprints(kind: str) -> None:
    for seed in range(TEXTS):
        one = original(seed)
        two = COPIES[kind](one, random.Random(seed))
        ours, theirs = set(fingerprints(one)), set(fingerprints(two))
        assert len(ours & theirs) >= 0.3 * min(len(ours), len(theirs)), (seed, one.title)


def test_a_number_edited_in_a_repost_is_never_hidden() -> None:
    for seed in range(TEXTS):
        one = original(seed)
        found = relate(one, number_edited(one, random.Random(seed)))
        assert found.kind == "variant" and found.changed, (seed, found)


def test_look_alikes_are_never_folded() -> None:
    pairs = 0
    for name, change in NEGATIVES.items():
        for seed in range(FAMILIES):
            family = [change(seed, turn) for turn in range(5)]
            for one, two in combinations(family, 2):
                if one.digest != two.digest:
                    pairs += 1
                    assert both(one, two) != "copy", (name, seed, relate(one, two))
    assert pairs >= 1000


def test_different_announcements_have_nothing_to_do_with_each_other() -> None:
    kinds = Counter(relate(original(seed), original(seed + 1)).kind for seed in range(0, 400, 2))
    assert kinds["copy"] == kinds["container"] == kinds["excerpt"] == 0, kinds


def test_excerpts_and_round_ups_are_told_from_copies() -> None:
    longer = [one for seed in range(200) if (one := original(seed)).body.count("\n") >= 5]
    assert len(longer) >= 50
    pieces = Counter(relate(one, excerpt(one, random.Random(place))).kind for place, one in enumerate(longer))
    assert pieces["excerpt"] >= 0.9 * len(longer), pieces
    for seed in range(0, 100, 4):
        parts = [original(seed + place) for place in range(4)]
        whole = round_up(parts, random.Random(seed))
        assert [relate(part, whole).kind for part in parts] == ["container"] * 4


def test_what_was_added_and_dropped_is_told() -> None:
    one = original(3)
    found = relate(one, Text(one.title, "云澜区融媒体中心消息。" + one.body[: one.body.rindex("。", 0, -1) + 1]))
    assert found.kind == "copy"
    assert found.added == ("云澜区融媒体中心消息",)
    assert found.dropped and all(clause in one.plain for clause in found.dropped)


def test_two_documents_of_one_wording_are_told_apart_by_their_number() -> None:
    one = original(5)
    numbered = Text(one.title, one.body, "云政发〔2026〕7号")
    assert relate(numbered, Text(one.title, one.body, "云政发〔2026〕8号")).kind == "variant"
    assert relate(numbered, Text(one.title, one.body, "云政发〔2026〕7号")).kind == "copy"
    assert relate(numbered, one).kind == "copy"


def test_a_decimal_point_counts() -> None:
    body = original(8).body
    assert relate(Text("投资", body + "增长3.5%。"), Text("投资", body + "增长35%。")).kind == "variant"


def test_empty_and_tiny_texts() -> None:
    empty, tiny = Text("公告", ""), Text("公告", "详见附件。")
    assert fingerprints(empty) == fingerprints(tiny) == ()
    assert relate(empty, empty).kind == relate(empty, tiny).kind == ""
    assert relate(tiny, Text("另一公告", "详见附件。")).kind == "variant"


@given(
    st.text("区县镇工作会议通知公告项目1234567890", min_size=WINDOW + 11, max_size=300),
    st.text("甲乙丙丁", max_size=80),
)
def test_a_run_of_51_characters_is_always_noticed(run: str, around: str) -> None:
    inside = Text("", around + run + around[::-1])
    assert set(fingerprints(Text("", run))) & set(fingerprints(inside))


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_can_be_related(one: str, two: str) -> None:
    found = relate(Text(one[:20], one), Text(two[:20], two))
    assert 0 <= found.common <= 1.0 and found.kind in ("", "copy", "variant", "excerpt", "container")
    assert relate(Text("", one), Text("", one)).kind in ("copy", "")
