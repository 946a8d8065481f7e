"""Import: other people's WARC files and folders of saved pages, through the same intake as a crawl.

An import can be stopped and repeated at will: what is there already is counted as duplicate and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from archive.crawl import runs
from archive.crawl.queue import page_url
from archive.crawl.runs import Run
from archive.exchange.folders import PAGES, read_folder, read_page
from archive.exchange.warc import Skipped, read_warc
from archive.intake.take import recover, take
from archive.store import Archive, ArchiveError, plain_errors
from scraper.catalogue import District
from scraper.items import Snapshot
from scraper.urls import host

Progress = Callable[[int, str], None]


@dataclass(slots=True)
class Imported:
    """What an import did. outcomes: of pages, "duplicate" for those already here, "list" and "other" for pages that
    are no articles; skipped: records and files that are no pages, by reason; problems: cut, damaged, unusable files."""

    outcomes: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return sum(self.outcomes.values())


def import_paths(
    archive: Archive, paths: Sequence[Path], catalogue: Sequence[District], progress: Progress | None = None
) -> Imported:
    """Takes in WARC and ARC files (gzip or plain), saved pages and folders of both. progress is told (pages done,
    file). Raises Busy when another import runs."""
    run = runs.begin(archive, "import")
    result = Imported()
    sites = {host(one.site): one.slug for one in catalogue}
    try:
        with plain_errors(archive.path):
            for district in catalogue:
                runs.know(archive.write(), district)
        recover(archive, catalogue, run=run)
        for path in paths:
            for found in _pages(path, result):
                with plain_errors(archive.path):
                    _one(archive, run, found, sites, result, catalogue=catalogue)
                if progress and result.pages % 20 == 0:
                    progress(result.pages, path.name)
    except BaseException:
        archive.rollback()
        runs.finish(archive, run, runs.INTERRUPTED_EXIT, "interrupted")
        raise
    runs.finish(archive, run, 1 if result.problems else 0, "; ".join(result.problems))
    return result


def _pages(path: Path, result: Imported) -> Iterator[Snapshot]:
    try:
        for found in _read(path):
            if isinstance(found, Snapshot):
                yield found
                continue
            result.skipped[found.why] = result.skipped.get(found.why, 0) + 1
            if found.detail:
                result.problems.append(found.detail)
    except ArchiveError as error:
        result.problems.append(str(error))


def _read(path: Path) -> Iterator[Snapshot | Skipped]:
    if path.is_dir():
        yield from read_folder(path)
        for file in sorted(one for one in path.rglob("*") if _is_warc(one)):
            yield from read_warc(file)
    elif path.suffix.lower() in PAGES:
        yield read_page(path)
    elif _is_warc(path):
        yield from read_warc(path)
    elif not path.exists():
        yield Skipped("missing", f"{path}: there is no such file or folder")
    else:
        yield Skipped("unknown file", f"{path}: neither a WARC nor a saved page ({', '.join(sorted(PAGES))})")


def _is_warc(path: Path) -> bool:
    """By its first bytes: a name ending in .gz tells nothing."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(16)
    named = any(suffix in {".warc", ".arc"} for suffix in path.suffixes)
    return start.startswith((b"WARC/", b"filedesc://")) or (start.startswith(b"\x1f\x8b") and named)


def _one(
    archive: Archive,
    run: Run,
    snapshot: Snapshot,
    sites: Mapping[str, str],
    result: Imported,
    *,
    catalogue: Sequence[District],
) -> None:
    if not snapshot.district:
        snapshot = replace(snapshot, district=sites.get(host(snapshot.url), ""))
    # A saved page has no capture time of its own (the file's changes when it is copied): its content decides.
    when = snapshot.captured_at if snapshot.headers else None
    if archive.snapshots.find(snapshot.url, when, snapshot.sha256) is None:
        outcome: str = take(archive, snapshot, run=run, catalogue=catalogue)
    else:
        outcome = "duplicate"
        if page_url(snapshot) not in run.state:
            runs.count(archive.write(), run, page_url(snapshot), outcome)
    result.outcomes[outcome] = result.outcomes.get(outcome, 0) + 1
