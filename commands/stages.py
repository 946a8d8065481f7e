"""What follows a crawl, an import or a restored takedown, in this order: facts, files, copies, versions, presence.

Each stage works off a list that the archive keeps, in small transactions: it may be stopped or killed at any moment and
goes on where it was, and where another process is at it, that one's work includes ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archive.crawl.runs import Busy
from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive
from commands import show
from commands.facts import describe_new
from commands.files import read_new
from scraper.catalogue import District

Told = Callable[[int, int | str], None]
Work = Callable[[Archive, Sequence[District], Told], int]
STAGES: Mapping[str, tuple[str, Work]] = {
    "relations": ("articles compared", lambda archive, _, told: relate_pending(archive, told)),
    "versions": ("histories compared", compare_pending),
    "presence": ("articles judged", lambda archive, _, told: judge_pending(archive, told)),
}


def after_crawl(archive: Archive, catalogue: Sequence[District]) -> bool:
    """Runs all stages. False when they were stopped by Ctrl-C: the next crawl goes on."""
    if not (describe_new(archive) and read_new(archive)):
        return False
    for name in STAGES:
        try:
            run_stage(archive, catalogue, name)
        except Busy:
            continue
        except KeyboardInterrupt:
            show.say(f"stopped: {name} of some articles are still to be worked out; the next crawl goes on", "yellow")
            return False
    return True


def run_stage(archive: Archive, catalogue: Sequence[District], name: str) -> int:
    """One of STAGES, with its progress; gives how many articles it looked at. Raises Busy."""
    noun, work = STAGES[name]
    with show.counting(noun) as told:
        return work(archive, catalogue, told)
