"""The bars of a simulated year, on a short one: edits and removals are found, nothing is declared removed that is not,
and deaths at any moment change nothing. `python -m tests.year` is the whole year of 50 sites."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.year import Figures, Score, Year, judged, rows, worlds

FLOORS = json.loads((Path(__file__).parent / "quality_year.json").read_text(encoding="utf-8"))
SITES, DAYS, SEED = 6, 60, 1


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Figures]:
    path = tmp_path_factory.mktemp("year") / "archive.db"
    world = worlds(SITES, DAYS, SEED)
    log = Year(path, world, DAYS).live()
    return path, judged(path, world, DAYS, log)


@pytest.mark.parametrize("name", sorted(FLOORS["short"]))
def test_figures_do_not_fall(calm: tuple[Path, Figures], name: str) -> None:
    """A floor is [recall, precision, over how many], and only rises."""
    recall, precision, wanted = FLOORS["short"][name]
    score: Score = getattr(calm[1], name)
    assert score.wanted >= wanted
    assert score.recall >= recall and score.precision >= precision, score.wrong


def test_nothing_is_left_of_what_was_taken_down(calm: tuple[Path, Figures]) -> None:
    assert any(site.takedown for site in worlds(SITES, DAYS, SEED))
    assert calm[1].left == 0


def test_deaths_at_any_moment_change_nothing(tmp_path: Path, calm: tuple[Path, Figures]) -> None:
    year = Year(tmp_path / "archive.db", worlds(SITES, DAYS, SEED), DAYS, kills=random.Random(7))
    year.live()
    assert year.deaths >= 10
    for one, other in zip(rows(year.path), rows(calm[0]), strict=True):
        assert one == other


def test_the_network_is_a_function_of_address_and_day() -> None:
    from tests.year import ask

    one, other = (worlds(2, 40, 3)[1] for _ in range(2))
    assert [ask(one, url, day) for url in one.pages for day in (45, 50)] == [
        ask(other, url, day) for url in other.pages for day in (45, 50)
    ]


def test_the_scorer_sees_what_is_wrong(calm: tuple[Path, Figures], tmp_path: Path) -> None:
    """The same archive held against another world: an archive that says nothing right must not pass."""
    world = worlds(SITES, DAYS, SEED)
    log = Year(tmp_path / "archive.db", world[:1], 12).live()
    spoil: Callable[[str], object]
    from archive.store import open_archive

    with open_archive(tmp_path / "archive.db") as archive:
        spoil = archive.write().execute
        spoil("UPDATE states SET state = 'removed'")
        spoil("DELETE FROM histories")
        archive.commit()
    found = judged(tmp_path / "archive.db", world[:1], 12, log)
    assert found.removals.precision < 0.5 and found.edits.recall < 0.5
