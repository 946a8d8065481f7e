"""The benchmarks run and judge; how fast they are is for `make bench` to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import PARTS, corpus
from bench.ratio import Ratio, interleaved

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("part", PARTS)
def test_each_part_gives_ratios(part: str) -> None:
    command = [sys.executable, "-m", "bench", part, "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    ratios = json.loads(done.stdout)
    assert ratios and all(one["ours"] > 0 and one["theirs"] > 0 and one["ratio"] > 0 for one in ratios)


def test_an_unknown_part_is_refused() -> None:
    command = [sys.executable, "-m", "bench", "guessing"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2 and "no such part: guessing" in done.stderr


def test_a_ratio_knows_whether_it_meets_its_bar() -> None:
    assert Ratio("x", 1, 4, "s", at_most=0.25).met
    assert not Ratio("x", 2, 4, "s", at_most=0.25).met
    assert Ratio("x", 3, 1, "n", at_least=3).met
    assert not Ratio("x", 2.9, 1, "n", at_least=3).met
    assert Ratio("x", 5, 1, "n").met


def test_the_made_up_pages_are_the_same_every_time_and_different_from_each_other() -> None:
    assert corpus.page(7).body == corpus.page(7).body
    assert corpus.page(7).body != corpus.page(8).body
    assert corpus.page(7, known=False).url != corpus.page(7).url
    sizes = [len(page.body) for page in corpus.pages(20)]
    assert 30_000 < sum(sizes) / 20 < 60_000


def test_works_are_timed_in_turns() -> None:
    turns: list[str] = []
    times = interleaved((lambda: turns.append("a"), lambda: turns.append("b")), 3)
    assert turns == ["a", "b"] * 3
    assert len(times) == 2
