"""Does the archive say what the sites sent? Every text against its stored response, every response against its hash,
every run against the chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from archive import articles, chain
from archive.intake.verdicts import read
from archive.snapshots import Damaged, stamp
from archive.store import Archive, ArchiveError
from scraper.catalogue import District

Progress = Callable[[int, int], None]
SHOWN = 100


@dataclass(slots=True)
class Verified:
    """wrong: what does not hold, in plain words, at most SHOWN of each kind; notes: texts that today's rules read
    otherwise, which `dibao reprocess` brings up to date and which prove nothing. head: the newest link of the chain."""

    responses: int = 0
    articles: int = 0
    runs: int = 0
    head: chain.Link | None = None
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def verify(archive: Archive, catalogue: Sequence[District], progress: Progress | None = None) -> Verified:
    """Checks the whole archive; changes nothing. progress is told (responses done, in all)."""
    conn = archive.db.conn
    found = Verified(head=chain.head(conn), runs=conn.execute("SELECT count(*) FROM chain").fetchone()[0])
    found.wrong += list(chain.broken(conn))[:SHOWN]
    total = conn.execute("SELECT count(*) FROM captures").fetchone()[0]
    shown = dict(conn.execute("SELECT snapshot_id, key FROM articles"))
    after = 0
    while rows := conn.execute(f"{_CAPTURE} WHERE snapshot_id > ? ORDER BY snapshot_id LIMIT 500", (after,)).fetchall():
        for row in rows:
            _response(archive, catalogue, row, found, shown)
            found.responses += 1
        after = rows[-1][0]
        if progress:
            progress(found.responses, total)
    for key in shown.values():
        if conn.execute("SELECT 1 FROM captures WHERE article_key = ? LIMIT 1", (key,)).fetchone() is None:
            found.wrong.append(f"article {key}: no response gives it")
    del found.wrong[SHOWN:], found.notes[SHOWN:]
    return found


_CAPTURE = "SELECT snapshot_id, url, captured_at, status, sha256, article_key, content FROM captures"


def _response(
    archive: Archive,
    catalogue: Sequence[District],
    row: tuple[int, str, str, int, str, str | None, str | None],
    found: Verified,
    shown: dict[int, str],
) -> None:
    number, url, captured_at, status, sha256, key, content = row
    try:
        snapshot = archive.snapshots.get(number, verify=True)
    except Damaged as error:
        found.wrong.append(str(error))
        return
    except ArchiveError:
        found.wrong.append(f"response {number} of {url} is not in {archive.snapshots.path.name}")
        return
    if (snapshot.url, stamp(snapshot.captured_at), snapshot.status, snapshot.sha256) != (
        url,
        captured_at,
        status,
        sha256,
    ):
        found.wrong.append(f"response {number} of {url}: address, time, status or bytes are not those that were noted")
        return
    if key is None or content is None:
        return
    article = read(archive, snapshot, catalogue).article
    if article is None or articles.content(article) != content:
        found.notes.append(f"response {number} of {url}: today's rules read it otherwise; see dibao reprocess")
    if number in shown:
        stored = articles.get(archive, shown[number])
        found.articles += 1
        if stored is not None and articles.content(stored.article) != content:
            found.wrong.append(f"article {key}: its text is not what response {number} of {url} gave")
