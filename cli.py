"""The `dibao` command: one verb per stage, each a few lines (click's home, with commands/).

Data goes to standard output, progress and messages to standard error. Exit codes: docs/operations.md.
"""

from __future__ import annotations

import errno
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from archive.store import ArchiveError, open_archive
from commands import show
from commands.add import add
from commands.alerts import alerts
from commands.check import check
from commands.crawl_verbs import crawl_verb, run
from commands.describe import describe
from commands.diff import diff_verb
from commands.evidence import cite_verb, evidence
from commands.export import export
from commands.issues import issues_verb
from commands.options import districts_option, existing, host_option, json_option, port_option
from commands.search import search_verb
from commands.status import status
from commands.takedown import takedown
from commands.verify import verify_verb
from scraper.catalogue import CatalogueError, survey

ROOT = Path(__file__).parent


class Verbs(click.Group):
    """Errors that say what to do are printed, not traced back."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ArchiveError, CatalogueError) as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            raise click.ClickException(f"{error.filename or ctx.info_name}: {error.strerror or error}") from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=Verbs)
@click.option(
    "--archive",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "archive.db",
    envvar="DIBAO_ARCHIVE",
    help="The archive; archive.db at the project's top level when not given.",
)
@click.pass_context
def main(ctx: click.Context, archive: Path) -> None:
    """Dibao 邸报: collects, keeps and searches the announcements of Chinese district governments."""
    ctx.obj = archive


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=existing(), metavar="PATH...")
@districts_option
@click.pass_obj
def import_verb(archive: Path, paths: tuple[Path, ...], folder: Path) -> None:
    """Take in WARC files, saved pages, and folders of both."""
    from archive.intake.imports import import_paths
    from commands.stages import after_crawl

    catalogue = survey(folder)[0]
    with open_archive(archive) as opened:
        with show.counting("pages") as told:
            result = import_paths(opened, paths, catalogue, told)
        after_crawl(opened, catalogue)
    show.lines([f"{result.pages:,} pages: {show.listed(result.outcomes)}"])
    if result.skipped:
        show.lines([f"passed over: {show.listed(result.skipped)}"])
    sys.exit(complained(result.problems))


@main.command()
@districts_option
@click.option(
    "--stage",
    type=click.Choice(["all", "pages", "metadata", "attachments", "relations", "versions", "presence"]),
    default="all",
    show_default=True,
    help="pages: articles from responses; metadata: facts from articles; attachments: text from files; relations: "
    "copies; versions: edits; presence: what is still there. All but pages only where something has changed.",
)
@click.pass_obj
def reprocess(archive: Path, folder: Path, stage: str) -> None:
    """Read every stored response again, with today's rules."""
    from archive.pages.reading import names
    from archive.upkeep.rebuild import reprocess as rebuild
    from commands.facts import describe_all
    from commands.files import read_all
    from commands.stages import STAGES, after_crawl, run_stage

    if stage == "metadata":
        with open_archive(archive, create=False) as opened:
            show.lines([f"{describe_all(opened):,} articles described"])
        return
    if stage == "attachments":
        with open_archive(archive, create=False) as opened:
            show.lines([f"{read_all(opened):,} files read"])
        return
    catalogue = survey(folder)[0]
    if stage in STAGES:
        with open_archive(archive, create=False) as opened:
            show.lines([f"{run_stage(opened, catalogue, stage):,} articles looked at"])
        return
    with open_archive(archive, create=False) as opened:
        for slug in sorted(set(names(opened.db.conn)) - {district.slug for district in catalogue}):
            show.say(f"{slug} is not in {folder}: its pages are read without its layout; see --districts", "yellow")
        with show.counting("responses") as told:
            result = rebuild(opened, catalogue, progress=told)
        if stage == "all":
            describe_all(opened)
            read_all(opened)
            after_crawl(opened, catalogue)
    show.lines([f"{result.read:,} responses read again: {show.listed(result.outcomes)}"])
    if result.taken_out:
        show.lines([f"{result.taken_out:,} articles taken out: no response gives them any more"])
    sys.exit(complained(result.damaged))


@main.command()
@port_option
@host_option
@click.option("--public", is_flag=True, help="For a public address: no SQL of the visitors' own.")
@click.option("--quiet", is_flag=True, help="Do not say where it is.")
@click.pass_obj
def serve(archive: Path, port: int, host: str, public: bool, quiet: bool) -> None:
    """Serve the archive as a web site and API."""
    from web.serve import ServeError
    from web.serve import serve as listen

    if not quiet:
        show.say(f"The archive is at http://{host}:{port}; Ctrl-C stops.")
    try:
        with suppress(KeyboardInterrupt):
            listen(archive, port, host, public=public)
    except ServeError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.argument("file", required=False, type=existing(folders=False))
@click.option("--url", default="", help="The page's address: its host, date and relative links are read from it.")
@json_option
@click.option("--manifest", type=existing(folders=False), help="TSV with the columns id, kind, url, site.")
@click.option("--pages", type=existing(files=False), help="Folder of <id>.html.")
def parse(file: Path | None, url: str, as_json: bool, manifest: Path | None, pages: Path | None) -> None:
    """Read saved pages and print what they say."""
    from commands.parse import READ, as_text, record, saved_page, saved_pages

    if manifest and pages and not file:
        for identifier, kind, snapshot in saved_pages(manifest, pages):
            print(json.dumps({"id": identifier, **record(snapshot, kind)}, ensure_ascii=False))
    elif file and not (manifest or pages):
        found = record(saved_page(file, url))
        print(json.dumps(found, ensure_ascii=False) if as_json else as_text(found))
        sys.exit(0 if found["outcome"] in READ else 1)
    else:
        raise click.UsageError("give one FILE, or --manifest and --pages together")


for verb in (
    run,
    crawl_verb,
    add,
    check,
    search_verb,
    status,
    describe,
    export,
    takedown,
    alerts,
    issues_verb,
    diff_verb,
    verify_verb,
    evidence,
    cite_verb,
):
    main.add_command(verb)


def complained(problems: list[str]) -> int:
    """Tells what was wrong with some of the input; the exit code."""
    for text in problems:
        show.say(text, "red")
    return 1 if problems else 0


if __name__ == "__main__":
    main()
