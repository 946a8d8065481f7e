"""`make bench`: all ratios in one run, as a table; --json for machines, --quick for tests, NAME… for some only."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from bench import PARTS
from bench.ratio import Ratio


class Part(Protocol):
    def measure(self, quick: bool = False) -> list[Ratio]: ...


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="NAME", help=f"of {', '.join(PARTS)}; all when none is named")
    parser.add_argument("--quick", action="store_true", help="small amounts: shows that it runs, not how fast")
    parser.add_argument("--json", action="store_true", help="one JSON array instead of a table")
    chosen = parser.parse_args(given)
    if unknown := set(chosen.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    ratios: list[Ratio] = []
    for name in chosen.parts or PARTS:
        print(f"{name} …", file=sys.stderr)
        part: Part = importlib.import_module(f"bench.{name}")
        ratios += part.measure(chosen.quick)
    print(
        json.dumps(
            [{**asdict(one), "ratio": one.value, "met": one.met} for one in ratios], ensure_ascii=False, indent=1
        )
        if chosen.json
        else table(ratios)
    )
    return 0 if chosen.quick or all(one.met for one in ratios) else 1


def table(ratios: Sequence[Ratio]) -> str:
    lines = ["| measured | ours | theirs | ratio | bar | |", "|---|---|---|---|---|---|"]
    for one in ratios:
        bar = (
            f"≤ {one.at_most:.3g}"
            if one.at_most is not None
            else f"≥ {one.at_least:.3g}"
            if one.at_least is not None
            else "–"
        )
        verdict = "met" if one.met else "MISSED"
        amounts = f"{one.ours:,.4g} {one.unit} | {one.theirs:,.4g} {one.unit}"
        lines.append(
            f"| {one.name} | {amounts} | {one.value:.4f} | {bar} | {verdict}{'; ' + one.note if one.note else ''} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
