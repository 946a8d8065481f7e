"""Describing what an archive holds: the step after a crawl or an import, and `dibao reprocess --stage metadata`."""

from __future__ import annotations

from archive.crawl.runs import Busy
from archive.stages.facts import describe_pending
from archive.store import Archive
from commands import show


def describe_new(archive: Archive) -> bool:
    """Facts of the articles that are new or have changed. False when it was stopped by Ctrl-C: the next run, or
    `dibao reprocess --stage metadata`, goes on. While another process describes, its work includes ours."""
    try:
        with show.counting("articles described") as told:
            describe_pending(archive, told, outdated=False)
    except Busy:
        return True
    except KeyboardInterrupt:
        show.say("stopped: facts of some articles are still to be read; the next crawl goes on", "yellow")
        return False
    return True


def describe_all(archive: Archive) -> int:
    """Facts of every article that today's rules have not described yet; gives their number. Raises Busy."""
    with show.counting("articles described") as told:
        return describe_pending(archive, told)
