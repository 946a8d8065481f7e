"""`dibao run` and `dibao crawl`."""

from __future__ import annotations

import signal
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from archive.store import open_archive
from commands import show
from commands.options import (
    districts_option,
    host_option,
    json_option,
    limit_option,
    port_option,
    since_option,
    until_option,
)


@click.command()
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

    order = Order(archive, *choose(folder, ()), since.date() if since else None, limit, folder=folder, named=False)
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


@click.command("crawl")
@click.argument("districts", nargs=-1, metavar="[DISTRICT]...")
@districts_option
@since_option
@until_option
@limit_option
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes that share it.")
@click.option("--night", is_flag=True, help="Keep to each district's hours, as the timetable's runs do.")
@json_option
@click.option("--quiet", is_flag=True, help="No progress display; of the columns only those that went wrong.")
@click.pass_obj
def crawl_verb(
    archive: Path,
    *,
    districts: tuple[str, ...],
    folder: Path,
    since: datetime | None,
    until: datetime | None,
    limit: int | None,
    workers: int,
    night: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Crawl districts by their slugs, or all."""
    from commands.crawl import Order, choose, crawl

    if until and not since:
        raise click.UsageError("--until needs --since: a span of days, such as --since 2024-01-01 --until 2024-06-30")
    if since and until and until < since:
        raise click.UsageError("--until lies before --since; swap them")
    order = Order(
        archive,
        *choose(folder, districts),
        since.date() if since else None,
        limit,
        until.date() if until else None,
        folder,
        named=bool(districts) and not night,
        night=night,
        workers=workers,
    )
    sys.exit(crawl(order, as_json=as_json, quiet=quiet))
