"""Pages and files that end in their middle, although their Content-Length agrees: asked for again, then taken."""

from __future__ import annotations

from typing import Final

from archive.store import Archive
from scraper.items import Snapshot
from scraper.pages.ending import is_cut, is_cut_file

REASON: Final = "cut: it ends in its middle"
ENOUGH: Final = 2  # cut answers before this one: some pages have no end, and other bytes each time


def is_half(archive: Archive, snapshot: Snapshot) -> bool:
    """Is there more of this to be had? Not where its last answers were cut as well; for an article one with the same
    bytes is enough, but half a list would hide all that follows, and half a file opens with nothing. Nor of what is
    imported (role "other"), as nobody can ask for it again."""
    if snapshot.role == "other" or not _is_cut(snapshot):
        return False
    before = [archive.snapshots.get(number) for number in archive.snapshots.earlier(snapshot, ENOUGH)]
    if snapshot.role in ("article", "part") and any(one.sha256 == snapshot.sha256 for one in before):
        return False
    return len(before) < ENOUGH or not all(map(_is_cut, before))


def _is_cut(snapshot: Snapshot) -> bool:
    return is_cut_file(snapshot.body) if snapshot.role == "attachment" else is_cut(snapshot.text)
