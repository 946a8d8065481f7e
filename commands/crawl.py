"""A crawl as the command runs it: which districts, progress, summary and exit code."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from rich.logging import RichHandler

from archive.checks import Finding, check
from archive.runs import Busy
from archive.status import LastRun, conclude, last_runs
from archive.store import open_archive
from commands import show
from commands.facts import describe_new
from scraper.catalogue import CatalogueError, District, survey
from scraper.crawl import CrawlReport
from scraper.crawl import crawl as fetch

# docs/operations.md says what to do about each. 2 is click's, for a command typed wrongly.
EXIT_OK, EXIT_ERROR, EXIT_SOME, EXIT_NONE, EXIT_STOPPED = 0, 1, 3, 4, 130
UNREACHED = ("unreachable", "blocked", "robots", "failed")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be crawled. broken: what is wrong with files of districts that were meant too."""

    archive: Path
    districts: tuple[District, ...]
    broken: tuple[str, ...] = ()
    since: date | None = None
    limit: int | None = None


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
        codes = {"busy": EXIT_OK, "archive": EXIT_ERROR, "stopped": EXIT_STOPPED} | dict.fromkeys(UNREACHED, EXIT_NONE)
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
    open_archive(order.archive).close()  # an archive that cannot be used is told before anything is fetched
    settings: dict[str, object] = {"DIBAO_ARCHIVE": str(order.archive), "DIBAO_LIMIT": order.limit or 20}
    if order.since:
        settings["DIBAO_SINCE"] = order.since.isoformat()
    with show.watching(order.districts, quiet) as watch, warnings_told():
        report = fetch(order.districts, settings, watch)
    found = endings(order, report)
    code = EXIT_ERROR if order.broken else together([end.code for end in found if end.word != "busy"])
    if not {"archive", "stopped"} & {end.word for end in found}:
        with open_archive(order.archive) as archive:
            code = code if describe_new(archive) else EXIT_STOPPED
    if as_json:
        districts = [{**asdict(end), "exit": end.code} for end in found]
        print(json.dumps({"exit": code, "districts": districts}, ensure_ascii=False, indent=1))
    else:
        tell(found, quiet)
    return code


def endings(order: Order, report: CrawlReport) -> list[Ending]:
    """How each district's crawl ended, with its counts; their exit codes are written into the runs."""
    found: list[Ending] = []
    with open_archive(order.archive) as archive:
        runs = {run.district: run for run in last_runs(archive.db.conn)}
        for district, end in zip(order.districts, report.ends, strict=True):
            if end.error is not None:
                found.append(Ending(end.slug, "busy" if isinstance(end.error, Busy) else end.reason, end.why))
                continue
            run = runs[end.slug]
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
    """The summary for people."""
    runs = [end.run for end in found if end.run]
    words = {end.slug: end.word for end in found}
    show.runs(runs, words)
    show.columns([run for run in runs if words[run.district] != "unreachable"], every=not quiet)
    for end in found:
        if end.word != "finished":
            show.say(f"{end.slug}: {end.why}")
        show.lines(f"{end.slug}: {one.level}: {one.what}" for one in end.findings)
    if unreached := [end.slug for end in found if end.code == EXIT_NONE]:
        show.say(
            f"Not reached: {', '.join(unreached)}. What was there before is kept, and the next run tries again."
            " To see the whole job without these sites: make demo"
        )


@contextmanager
def warnings_told() -> Iterator[None]:
    """Warnings on standard error, above the bars where there are any; what the summary says at the end is left out."""
    handler: logging.Handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    if show.err.is_terminal:
        handler = RichHandler(console=show.err, show_path=False, show_level=False, markup=False)
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda entry: entry.name != "scraper.spiders.district")
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
