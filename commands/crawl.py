"""A crawl as the command runs it: which districts, progress, summary and exit code."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.crawl.checks import Finding, check
from archive.crawl.cooling import cooling
from archive.crawl.runs import Busy
from archive.snapshots import stamp
from archive.stages.redesigns import Issue, issues
from archive.store import open_archive
from archive.upkeep.status import LastRun, conclude, last_runs
from commands import show
from commands.stages import after_crawl
from commands.warnings import warnings_told
from commands.workers import crawl_shared
from scraper.catalogue import DISTRICTS, CatalogueError, District, is_loopback, survey
from scraper.crawl import CrawlReport
from scraper.crawl import crawl as fetch
from scraper.settings import DIBAO_CONTACT

# docs/operations.md says what to do about each. 2 is click's, for a command typed wrongly.
EXIT_OK, EXIT_ERROR, EXIT_SOME, EXIT_NONE, EXIT_STOPPED = 0, 1, 3, 4, 130
UNREACHED = ("unreachable", "blocked", "robots", "failed")
SPARED = ("busy", "cooling", "night", "budget")  # left alone, or left to others: nothing is wrong


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be crawled. broken: what is wrong with files of districts that were meant too; folder: of the
    district files; named: each was asked for by name; night: a run of the timetable, which keeps to the hours of
    [manners]; workers: processes."""

    archive: Path
    districts: tuple[District, ...]
    broken: tuple[str, ...] = ()
    since: date | None = None
    limit: int | None = None
    until: date | None = None
    folder: Path = DISTRICTS
    named: bool = True
    night: bool = False
    workers: int = 1

    @property
    def settings(self) -> dict[str, object]:
        """Scrapy's settings for it."""
        found: dict[str, object] = {"DIBAO_ARCHIVE": str(self.archive), "DIBAO_LIMIT": self.limit or 20}
        days = {"DIBAO_SINCE": self.since, "DIBAO_UNTIL": self.until}
        found |= {name: day.isoformat() for name, day in days.items() if day}
        return found | ({"DIBAO_NIGHT": True} if self.night else {})


@dataclass(frozen=True, slots=True)
class Ending:
    """How a district's crawl ended. word: scraper.crawl.DistrictEnd.reason, or "busy"; run: None where none was begun;
    findings: what is not as its TOML expects."""

    slug: str
    word: str
    why: str
    run: LastRun | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def code(self) -> int:
        codes = {"archive": EXIT_ERROR, "stopped": EXIT_STOPPED}
        codes |= dict.fromkeys(UNREACHED, EXIT_NONE) | dict.fromkeys(SPARED, EXIT_OK)
        if self.word != "finished":
            return codes.get(self.word, EXIT_SOME)
        columns = self.run.columns if self.run else ()
        poor = any(column.outcome not in {"ok", "unchanged"} for column in columns)
        return EXIT_SOME if poor or any(one.level == "red" for one in self.findings) else EXIT_OK


def choose(folder: Path, slugs: Sequence[str]) -> tuple[tuple[District, ...], tuple[str, ...]]:
    """The districts named, or all enabled ones, and what is wrong with files among them. Raises CatalogueError where
    a name is not known or nothing is left to crawl."""
    districts, errors = survey(folder)
    known = {district.slug: district for district in districts}
    broken = {Path(str(error).partition(": ")[0]).stem: str(error) for error in errors}
    for slug in slugs:
        if slug not in known and slug not in broken:
            raise CatalogueError(f"{folder}: there is no district {slug!r}; known: {', '.join(sorted(known))}")
    wrong = tuple(text for slug, text in broken.items() if not slugs or slug in slugs)
    chosen = [known[slug] for slug in dict.fromkeys(slugs) if slug in known]
    chosen = chosen if slugs else [district for district in districts if district.enabled]
    if not chosen:
        raise CatalogueError("\n".join(wrong) or f"{folder}: no district is enabled; set enabled = true in one")
    return tuple(chosen), wrong


def crawl(order: Order, *, as_json: bool = False, quiet: bool = False) -> int:
    """Crawls, prints the summary, gives the exit code."""
    for text in order.broken:
        show.say(f"left out: {text}", "red")
    spared = resting(order)  # an archive that cannot be used is told before anything is fetched
    left = {end.slug for end in spared}
    order = replace(order, districts=tuple(one for one in order.districts if one.slug not in left))
    began = stamp(datetime.now(UTC))
    found = [*endings(order, brought(order, quiet), began), *spared]
    code = EXIT_ERROR if order.broken else together([end.code for end in found if end.word not in SPARED])
    if not {"archive", "stopped"} & {end.word for end in found}:
        with open_archive(order.archive) as archive:
            known = {one.id for one in issues(archive.db.conn)}
            code = code if after_crawl(archive, (*order.districts, *survey(order.folder)[0])) else EXIT_STOPPED
            opened = [one for one in issues(archive.db.conn) if one.id not in known]
            code = EXIT_SOME if opened and code == EXIT_OK else code
            tell_issues(opened)
    if as_json:
        districts = [{**asdict(end), "exit": end.code} for end in found]
        print(json.dumps({"exit": code, "districts": districts}, ensure_ascii=False, indent=1))
    else:
        tell(found, quiet)
    return code


def tell_issues(opened: Sequence[Issue]) -> None:
    """What a person must look at, on standard error: the summary may be JSON."""
    for one in opened:
        show.say(f"{one.district} {one.column}: issue {one.id}: {one.note} (dibao issues)", "yellow")


def resting(order: Order) -> list[Ending]:
    """Districts that are left alone this time: they refused too often, or it is not their hour."""
    found: list[Ending] = []
    now = datetime.now(UTC)
    with open_archive(order.archive) as archive:
        for one in order.districts:
            until = None if order.named else cooling(archive.db.conn, one.slug, now)
            if until:
                found.append(Ending(one.slug, "cooling", f"it refused too often; left alone until {until:%F %H:%M}Z"))
            elif order.night and not one.manners.is_hour(now):
                start, end = one.manners.hours
                found.append(Ending(one.slug, "night", f"its hours are {start:%H:%M}-{end:%H:%M} (Asia/Shanghai)"))
    return found


def brought(order: Order, quiet: bool) -> CrawlReport:
    """The crawl itself, by this process or by several."""
    if not order.districts:
        return CrawlReport(())
    if not DIBAO_CONTACT and not all(is_loopback(urlsplit(one.site).hostname or "") for one in order.districts):
        show.say("DIBAO_CONTACT is not set: give the sites an address to write to (docs/operations.md)", "yellow")
    if order.workers > 1 and len(order.districts) > 1:
        return crawl_shared(order.archive, order.folder, order.districts, order.settings, order.workers)
    with show.watching(order.districts, quiet or len(order.districts) > show.MANY) as watch, warnings_told():
        return fetch(order.districts, order.settings, watch)


def endings(order: Order, report: CrawlReport, began: str) -> list[Ending]:
    """How each district's crawl ended, with its counts; their exit codes are written into the runs that began since."""
    found: list[Ending] = []
    with open_archive(order.archive) as archive:
        runs = {run.district: run for run in last_runs(archive.db.conn)}
        for district, end in zip(order.districts, report.ends, strict=True):
            run = runs.get(end.slug)
            if run is None or end.error is not None or end.reason == "busy" or run.started_at < began:
                found.append(Ending(end.slug, "busy" if isinstance(end.error, Busy) else end.reason, end.why))
                continue
            findings = check(archive, district, run.id) if end.reason == "finished" else ()
            ending = Ending(end.slug, end.reason, end.why, run, tuple(one for one in findings if one.key != "column"))
            reds = [one.what for one in findings if one.level == "red"]
            conclude(archive, run.id, ending.code, end.why or "; ".join(reds))
            found.append(ending)
    return found


def together(codes: Sequence[int]) -> int:
    """One exit code for all: what stops the work weighs more than what a site does."""
    for code in (EXIT_ERROR, EXIT_STOPPED):
        if code in codes:
            return code
    if codes and set(codes) == {EXIT_NONE}:
        return EXIT_NONE
    return EXIT_SOME if any(codes) else EXIT_OK


def tell(found: Sequence[Ending], quiet: bool) -> None:
    """The summary for people. Of many districts those with trouble are told one by one, all others are sums."""
    many = len(found) > show.MANY
    told = [end for end in found if end.code or not many]
    runs = [end.run for end in found if end.run]
    words = {end.slug: end.word for end in found}
    slugs = {end.slug for end in told}
    show.runs(runs, words, slugs if many else None)
    reached = [run for run in runs if run.district in slugs and words[run.district] != "unreachable"]
    show.columns(reached, every=not quiet and not many)
    for end in told:
        if end.word != "finished":
            show.say(f"{end.slug}: {end.why}")
        show.lines(f"{end.slug}: {one.level}: {one.what}" for one in end.findings if one.level == "red" or not many)
    if many:
        show.lines([f"{len(found):,} districts: {show.listed(Counter(words.values()))}"])
    if unreached := [end.slug for end in found if end.code == EXIT_NONE]:
        show.say(
            f"Not reached: {show.some(unreached)}. What was there before is kept, and the next run tries again."
            " To see the whole job without these sites: make demo"
        )
