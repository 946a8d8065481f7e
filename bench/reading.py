"""process() against trafilatura.bare_extraction, which gives the body alone, on the same pages.

trafilatura gets text that is decoded already; process() starts from bytes and gives every field.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import trafilatura

from bench import corpus
from bench.ratio import Ratio, interleaved
from pipelines.process import process
from scraper.items import PageError, Snapshot

REAL = Path(__file__).parents[2] / "shared" / "realpages"
BARS = {"known": 0.3, "unknown": 1.3}


def measure(quick: bool = False) -> list[Ratio]:
    count, rounds = (6, 1) if quick else (40, 3)
    sets = {
        ("known", "made-up"): list(corpus.pages(count, known=True)),
        ("unknown", "made-up"): list(corpus.pages(count, known=False)),
    }
    if REAL.exists() and not quick:
        for snapshot in real():
            sets.setdefault((kind(snapshot), "real"), []).append(snapshot)
    return [compare(name, origin, pages, rounds) for (name, origin), pages in sorted(sets.items()) if name in BARS]


def real() -> list[Snapshot]:
    from commands.parse import saved_pages

    found = saved_pages(REAL / "manifest.tsv", REAL / "pages")
    return [snapshot for _, kind, snapshot in found if kind in {"article", "disclosure"}]


def kind(snapshot: Snapshot) -> str:
    """known: of a family; unknown: of none; "": not an article."""
    try:
        return "known" if process(snapshot).family else "unknown"
    except PageError:
        return ""


def compare(name: str, origin: str, pages: Sequence[Snapshot], rounds: int) -> Ratio:
    """Each page in turn by both, so that the machine's mood falls on both; the best of the rounds of each page."""
    ours = theirs = 0.0
    for snapshot in pages:
        text = snapshot.text

        def own(snapshot: Snapshot = snapshot) -> object:
            return process(replace(snapshot))  # a new one: its text is not decoded yet

        def other(text: str = text) -> object:
            return trafilatura.bare_extraction(text)

        mine, its = interleaved((own, other), rounds)
        ours, theirs = ours + mine, theirs + its
    return Ratio(
        f"process, {name} site, {origin} pages / trafilatura",
        ours * 1000 / len(pages),
        theirs * 1000 / len(pages),
        "ms",
        at_most=BARS[name],
        note=f"{len(pages)} pages",
    )
