"""The `dibao` command: one verb per stage, each a few lines (click's home, with commands/).

Data goes to standard output, progress and messages to standard error. Exit codes: docs/operations.md.
"""

from __future__ import annotations

import errno
import json
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.store import ArchiveError, open_archive
from commands import show
from commands.describe import describe
from commands.takedown import takedown
from scraper.catalogue import DISTRICTS, CatalogueError, survey

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


def existing(*, files: bool = True, folders: bool = True) -> click.Path:
    return click.Path(exists=True, file_okay=files, dir_okay=folders, path_type=Path)


DAY = click.DateTime(["%Y-%m-%d"])
districts_option = click.option(
    "--districts", "folder", type=existing(files=False), default=DISTRICTS, help="Folder of district files."
)
since_option = click.option("--since", type=DAY, help="Go back in every column to this day.")
limit_option = click.option("--limit", type=click.IntRange(1), help="Pages of each column a first visit brings (20).")
port_option = click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
host_option = click.option("--host", default="127.0.0.1", show_default=True)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for programs.")


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


@main.command()
@port_option
@host_option
@districts_option
@since_option
@limit_option
@click.pass_obj
def run(archive: Path, *, port: int, host: str, folder: Path, since: datetime | None, limit: int | None) -> None:
    """Serve, and crawl all districts meanwhile.

    Goes on serving until Ctrl-C.
    """
    from commands.crawl import EXIT_OK, EXIT_SOME, Order, choose, crawl
    from commands.server import server

    order = Order(archive, *choose(folder, ()), since.date() if since else None, limit)
    open_archive(archive).close()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_OK))
    with server(archive, port, host) as (child, address):
        show.say(f"The archive is at {address}; pages appear as they arrive. Ctrl-C stops.")
        code = crawl(order)
        if code in (EXIT_OK, EXIT_SOME):
            show.say(f"The archive is still at {address}; Ctrl-C stops.")
            with suppress(KeyboardInterrupt):
                child.wait()
    sys.exit(code)


@main.command("crawl")
@click.argument("districts", nargs=-1, metavar="[DISTRICT]...")
@districts_option
@since_option
@limit_option
@json_option
@click.option("--quiet", is_flag=True, help="No progress display; of the columns only those that went wrong.")
@click.pass_obj
def crawl_verb(
    archive: Path,
    *,
    districts: tuple[str, ...],
    folder: Path,
    since: datetime | None,
    limit: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Crawl districts by their slugs, or all."""
    from commands.crawl import Order, choose, crawl

    order = Order(archive, *choose(folder, districts), since.date() if since else None, limit)
    sys.exit(crawl(order, as_json=as_json, quiet=quiet))


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=existing(), metavar="PATH...")
@districts_option
@click.pass_obj
def import_verb(archive: Path, paths: tuple[Path, ...], folder: Path) -> None:
    """Take in WARC files, saved pages, and folders of both."""
    from archive.imports import import_paths
    from commands.facts import describe_new

    with open_archive(archive) as opened:
        with show.counting("pages") as told:
            result = import_paths(opened, paths, survey(folder)[0], told)
        describe_new(opened)
    show.lines([f"{result.pages:,} pages: {show.listed(result.outcomes)}"])
    if result.skipped:
        show.lines([f"passed over: {show.listed(result.skipped)}"])
    sys.exit(complained(result.problems))


@main.command()
@districts_option
@click.option(
    "--stage",
    type=click.Choice(["all", "pages", "metadata"]),
    default="all",
    show_default=True,
    help="pages: articles from responses; metadata: facts from articles, where the rules or the text have changed.",
)
@click.pass_obj
def reprocess(archive: Path, folder: Path, stage: str) -> None:
    """Read every stored response again, with today's rules."""
    from archive.reading import names
    from archive.rebuild import reprocess as rebuild
    from commands.facts import describe_all

    if stage == "metadata":
        with open_archive(archive, create=False) as opened:
            show.lines([f"{describe_all(opened):,} articles described"])
        return
    catalogue = survey(folder)[0]
    with open_archive(archive, create=False) as opened:
        for slug in sorted(set(names(opened.db.conn)) - {district.slug for district in catalogue}):
            show.say(f"{slug} is not in {folder}: its pages are read without its layout; see --districts", "yellow")
        with show.counting("responses") as told:
            result = rebuild(opened, catalogue, progress=told)
        if stage == "all":
            describe_all(opened)
    show.lines([f"{result.read:,} responses read again: {show.listed(result.outcomes)}"])
    if result.taken_out:
        show.lines([f"{result.taken_out:,} articles taken out: no response gives them any more"])
    sys.exit(complained(result.damaged))


@main.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@json_option
@click.pass_obj
def search(archive: Path, query: str, limit: int, as_json: bool) -> None:
    """Articles that hold QUERY, newest first."""
    from archive.search import search as find

    with open_archive(archive, create=False) as opened:
        found = find(opened.db.conn, query, limit=limit)
    for hit in found.hits:
        if as_json:
            fields = ("key", "url", "title", "published_on", "district", "column", "source", "issuer")
            plain = {**{name: getattr(hit, name) for name in fields}, "snippet": hit.snippet.text}
            print(json.dumps(plain, ensure_ascii=False))
        else:
            show.lines([f"{hit.published_on or '----------'}  {hit.district}  {hit.title}", f"            {hit.url}"])
    show.say(f"{found.total:,}{' or more' if found.more else ''} found")


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
@json_option
@click.pass_obj
def status(archive: Path, as_json: bool) -> None:
    """What is there, the last crawls, what is tried again."""
    from archive.status import status as ask

    with open_archive(archive, create=False) as opened:
        found = ask(opened)
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    sizes = f"{found.archive_bytes / 1e6:,.1f} MB; responses {found.snapshots_bytes / 1e6:,.1f} MB"
    show.lines([f"{archive}: {found.articles:,} articles from {found.snapshots:,} responses ({sizes})"])
    show.runs(found.runs, {})
    show.columns(found.runs, every=True)
    show.queue(found.queue, found.queued)


@main.command()
@click.option("--warc", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.pass_obj
def export(archive: Path, file: Path) -> None:
    """Write all responses as WARC 1.1.

    FILE.gz compresses each record.
    """
    from archive.warc import write_warc

    with open_archive(archive, create=False) as opened, show.counting("responses") as told:
        number = write_warc(opened, file, progress=told)
    show.lines([f"{number:,} responses in {file}"])


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


main.add_command(describe)
main.add_command(takedown)


def complained(problems: list[str]) -> int:
    """Tells what was wrong with some of the input; the exit code."""
    for text in problems:
        show.say(text, "red")
    return 1 if problems else 0


if __name__ == "__main__":
    main()
