"""Reading the files that announcements attach: the step after a crawl or an import, and
`dibao reprocess --stage attachments`."""

from __future__ import annotations

from archive.crawl.runs import Busy
from archive.stages.attachments import pending, read_pending
from archive.store import Archive
from commands import show


def read_new(archive: Archive) -> bool:
    """Texts of the files that are new. False when it was stopped by Ctrl-C: the next run goes on. While another
    process reads, its work includes ours."""
    if not pending(archive):
        return True
    try:
        with show.counting("files read") as told:
            read_pending(archive, told, outdated=False)
    except Busy:
        return True
    except KeyboardInterrupt:
        show.say("stopped: some files are still to be read; the next crawl goes on", "yellow")
        return False
    return True


def read_all(archive: Archive) -> int:
    """Texts of every file that today's rules have not read yet; gives their number. Raises Busy."""
    with show.counting("files read") as told:
        return read_pending(archive, told)
