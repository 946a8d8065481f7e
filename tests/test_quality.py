"""Reading quality on the real pages (../shared/realpages, its own score.py) never falls below tests/quality.json."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = Path(__file__).parent / "quality.json"
SLACK = 0.001  # rounding of the file's three decimals
LOWER_IS_BETTER = {"boilerplate"}
# score.py reports lists of hits; here they become rates with their counts.
SCORES = """
import json, sys
sys.path.insert(0, sys.argv[1])
import score
print(json.dumps([score.score_articles([sys.argv[2]])["dibao"], score.score_lists([sys.argv[2]])["dibao"]]))
"""
NAMES = {"title": "title", "date": "date", "source": "source", "found": "body", "doc": "document_number"}

Figures = dict[str, dict[str, list[float]]]  # group -> figure -> [value, pages or items it was measured on]


@pytest.fixture(scope="session")
def figures(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    return measure(shared / "realpages", tmp_path_factory.mktemp("quality"))


def measure(pages: Path, folder: Path) -> Figures:
    """Reads all pages with `dibao parse` and scores them with the set's own score.py."""
    predictions = folder / "dibao.jsonl"
    command = [sys.executable, str(ROOT / "cli.py"), "parse", "--manifest", str(pages / "manifest.tsv")]
    with predictions.open("wb") as output:
        subprocess.run([*command, "--pages", str(pages / "pages")], stdout=output, check=True)
    scored = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCORES, str(pages), str(predictions)],
        env={**os.environ, "REALDATA": str(pages)},
        capture_output=True,
        check=True,
    )
    articles, lists = json.loads(scored.stdout)
    found = {group: dict(rates(scores)) for group, scores in articles.items()}
    read = {row["id"]: row for row in map(json.loads, predictions.read_text(encoding="utf-8").splitlines())}
    found["gwy"]["index_number"] = index_numbers(pages, read)
    found["lists"] = {name: [lists[name], lists["items"]] for name in ("recall", "precision")}
    found["lists"]["date"] = [lists["date"], lists["hits"]]
    found["lists"]["title"] = [lists["title"], lists["hits"]]
    return found


def rates(scores: Mapping[str, list[float]]) -> Iterator[tuple[str, list[float]]]:
    for theirs, ours in NAMES.items():
        if hits := scores.get(theirs):
            yield ours, [sum(hits) / len(hits), len(hits)]
    if shares := scores.get("boil"):
        yield "boilerplate", [sum(shares) / len(shares), len(shares)]


def index_numbers(pages: Path, read: Mapping[str, Mapping[str, str]]) -> list[float]:
    truths = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((pages / "truth").glob("gwy_*.json"))]
    asked = [truth for truth in truths if truth.get("index_number")]
    right = [read[truth["id"]]["index_number"] == truth["index_number"] for truth in asked]
    return [sum(right) / len(right), len(right)]


def judge(floors: Figures, found: Figures) -> tuple[list[str], list[str]]:
    """(figures below their floor or without one, figures that have risen and want to be pinned)"""
    fallen: list[str] = []
    risen: list[str] = []
    for group, figures in found.items():
        for name, (value, counted) in figures.items():
            what = f"{group} {name}: {value:.3f} of {counted:g}"
            if name not in floors.get(group, {}):
                fallen.append(f"{what} has no floor in tests/quality.json")
                continue
            floor, expected = floors[group][name]
            better = floor - value if name in LOWER_IS_BETTER else value - floor
            if better < -SLACK or counted != expected:
                fallen.append(f"{what}, but the floor is {floor:.3f} of {expected:g}")
            elif better > SLACK:
                risen.append(f"{what} is better than {floor:.3f}; pin it (python -m tests.test_quality)")
    for group, figures in floors.items():
        fallen += [f"{group} {name}: not measured any more" for name in figures if name not in found.get(group, {})]
    return fallen, risen


@pytest.mark.realpages
def test_quality_on_real_pages_may_only_rise(figures: Figures, notes: list[str]) -> None:
    fallen, risen = judge(json.loads(FLOORS.read_text(encoding="utf-8")), figures)
    notes += risen
    assert not fallen, "\n".join(fallen)


def test_a_fall_a_rise_and_a_missing_figure_are_told_apart() -> None:
    floors: Figures = {"a": {"title": [0.9, 20], "boilerplate": [0.02, 10]}}
    assert judge(floors, floors) == ([], [])
    fallen, risen = judge(floors, {"a": {"title": [0.85, 20], "boilerplate": [0.03, 10]}})
    assert [line.split(":")[0] for line in fallen] == ["a title", "a boilerplate"] and not risen
    fallen, risen = judge(floors, {"a": {"title": [0.95, 20], "boilerplate": [0.01, 10]}})
    assert [line.split(":")[0] for line in risen] == ["a title", "a boilerplate"] and not fallen
    assert len(judge(floors, {"a": {"title": [0.9, 19], "boilerplate": [0.02, 10], "date": [1, 20]}})[0]) == 2
    assert judge(floors, {})[0] == ["a title: not measured any more", "a boilerplate: not measured any more"]


def main() -> None:
    """`python -m tests.test_quality [PAGES]`: writes what is measured into tests/quality.json, to be looked at."""
    pages = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT.parent / "shared" / "realpages")
    with tempfile.TemporaryDirectory() as folder:
        found = measure(pages, Path(folder))
    floors = {
        group: {
            name: [(math.ceil if name in LOWER_IS_BETTER else math.floor)(value * 1000) / 1000, counted]
            for name, (value, counted) in figures.items()
        }
        for group, figures in found.items()
    }
    lines = [f"  {json.dumps(group)}: {json.dumps(figures)}" for group, figures in floors.items()]
    FLOORS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
