"""An article in several pages is read again, from its stored first page, when one of the others arrives."""

from __future__ import annotations

from collections.abc import Sequence

from archive import articles
from archive.hidden import is_down
from archive.intake import enclosures
from archive.intake.verdicts import district_of, read
from archive.store import Archive
from scraper.catalogue import District


def rejoin(archive: Archive, part_id: int, url: str, catalogue: Sequence[District]) -> None:
    """After a part (its snapshot's number, its canonical address) was stored: every capture of an article that it
    belongs to is read again. An article is not counted for it, and when it changed is what its captures say."""
    conn = archive.write()
    for key in enclosures.leading_to(conn, url, "part"):
        if is_down(conn, key):
            continue
        captures = conn.execute(
            "SELECT snapshot_id FROM captures WHERE article_key = ? AND content IS NOT NULL"
            " ORDER BY captured_at, snapshot_id",
            (key,),
        ).fetchall()
        for (number,) in captures:
            _again(archive, number, part_id, url, catalogue)


def _again(archive: Archive, number: int, part_id: int, url: str, catalogue: Sequence[District]) -> None:
    snapshot = archive.snapshots.get(number)
    if enclosures.chosen(archive, url, snapshot.captured_at) != part_id:
        return
    article = read(archive, snapshot, catalogue).article
    if article is None:
        return
    archive.write().execute(
        "UPDATE captures SET content = ? WHERE snapshot_id = ?", (articles.content(article), number)
    )
    articles.put(archive, article, number)
    enclosures.link(archive, article, number, district_of(snapshot, catalogue), run=None, changed=False)
