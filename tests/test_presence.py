"""States follow from sightings: smoothed, independent of order, and never from what says nothing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.presence import Kind, Sighting, is_redesign, judge, next_visit, spans

DAY0 = datetime(2026, 3, 1, 18, tzinfo=UTC)


def seen(**days: str) -> list[Sighting]:
    """seen(d0="present", d3="gone") -> sightings on those days."""
    kinds: dict[str, Kind] = {"present": "present", "gone": "gone", "moved": "moved", "archived": "archived"}
    return [
        Sighting(DAY0 + timedelta(days=float(day[1:].replace("_", "."))), kinds[kind], number + 1)
        for number, (day, kind) in enumerate(days.items())
    ]


def states(found: list[Sighting]) -> list[str]:
    return [one.state for one in judge(found)]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (seen(), []),
        (seen(d0="present", d1="present"), ["present"]),
        (seen(d0="present", d1="gone"), ["present", "missing"]),
        (seen(d0="present", d1="gone", d1_1="gone", d1_2="gone", d1_3="gone"), ["present", "missing"]),
        (seen(d0="present", d1="gone", d2="gone"), ["present", "missing", "suspected"]),
        (seen(d0="present", d1="gone", d2="gone", d3="gone"), ["present", "missing", "suspected", "removed"]),
        (seen(d0="present", d1="gone", d1_5="gone", d2="gone"), ["present", "missing", "suspected"]),
        (seen(d0="present", d1="gone", d2="present", d3="gone"), ["present", "missing", "present", "missing"]),
        (
            seen(d0="gone", d1="gone", d2="gone", d9="gone", d30="present", d60="present"),
            ["missing", "suspected", "removed", "returned", "present"],
        ),
        (seen(d0="present", d5="moved", d8="moved", d9="present"), ["present", "moved", "returned"]),
        (seen(d0="present", d5="archived", d9="gone"), ["present", "archived", "missing"]),
    ],
)
def test_states(found: list[Sighting], expected: list[str]) -> None:
    assert states(found) == expected


@given(
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["present", "gone", "moved"])), max_size=20), st.randoms()
)
def test_order_does_not_matter_and_a_removal_needs_three_days(
    found: list[tuple[int, Kind]], chance: random.Random
) -> None:
    sightings = [Sighting(DAY0 + timedelta(days=day), kind, n) for n, (day, kind) in enumerate(found)]
    shuffled = sightings[:]
    chance.shuffle(shuffled)
    history = judge(sightings)
    assert judge(shuffled) == history
    for one, _ in spans(history):
        if one.state == "removed":
            days = sorted({each.at for each in sightings if each.kind == "gone" and each.at <= one.since})
            assert len(days) >= 3 and days[-1] - days[-3] >= timedelta(days=2)


def test_visits_grow_rarer_and_begin_anew_with_an_edit() -> None:
    sightings: list[Sighting] = []
    ages = []
    for _ in range(9):
        due = next_visit(DAY0, [], sightings, judge(sightings))
        ages.append((due - DAY0).days)
        sightings.append(Sighting(due, "present"))
    assert ages == [1, 3, 7, 30, 90, 365, 730, 1095, 1460]
    edit = DAY0 + timedelta(days=31)
    sightings = seen(d0="present", d31="present")
    assert next_visit(DAY0, [edit], sightings, judge(sightings)) == edit + timedelta(days=1)


def test_after_a_miss_every_day_until_it_is_decided_then_rarely() -> None:
    found = seen(d0="present", d7="gone")
    days = []
    for _ in range(6):
        due = next_visit(DAY0, [], found, judge(found))
        days.append((due - DAY0).days)
        found.append(Sighting(due, "gone"))
    assert days == [8, 9, 16, 39, 99, 374]


def test_a_column_that_breaks_at_once_is_one_matter() -> None:
    assert is_redesign(30, 30) and is_redesign(10, 8)
    assert not is_redesign(9, 9) and not is_redesign(30, 20) and not is_redesign(0, 0)
