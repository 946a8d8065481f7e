"""`dibao status`: what is there, what the last crawls found, what is tried again; --coverage and --manners."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from archive.store import Archive, ArchiveError, open_archive
from commands import ledger_tables, show
from commands.issues import tell as tell_issues
from commands.options import districts_option, json_option
from scraper.catalogue import survey


@click.command()
@click.argument("district", required=False)
@click.option("--coverage", is_flag=True, help="What was listed on the last days, and where each page stands.")
@click.option("--manners", is_flag=True, help="What was really done to each host.")
@click.option("--days", type=click.IntRange(1, 3660), default=7, show_default=True, help="Days to look back.")
@districts_option
@json_option
@click.pass_obj
def status(
    archive: Path, *, district: str | None, coverage: bool, manners: bool, days: int, folder: Path, as_json: bool
) -> None:
    """What is there, the last crawls, what is tried again.

    DISTRICT, with --coverage: its columns one by one.
    """
    if coverage and manners:
        raise click.UsageError("give --coverage or --manners, not both")
    if district and not coverage:
        raise click.UsageError("DISTRICT goes with --coverage")
    with open_archive(archive, create=False) as opened:
        if coverage:
            _coverage(opened, district or "", days, as_json=as_json)
        elif manners:
            _manners(opened, days, folder, as_json=as_json)
        else:
            _status(opened, as_json=as_json)


def _status(archive: Archive, *, as_json: bool) -> None:
    from archive.upkeep.status import status as ask

    found = ask(archive)
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    sizes = f"{found.archive_bytes / 1e6:,.1f} MB; responses {found.snapshots_bytes / 1e6:,.1f} MB"
    show.lines([f"{archive.path}: {found.articles:,} articles from {found.snapshots:,} responses ({sizes})"])
    many = len(found.runs) > show.MANY
    poor = [run for run in found.runs if run.exit_code != 0]  # None: under way
    show.runs(found.runs, {}, {run.district for run in poor} if many else None)
    show.columns(poor if many else found.runs, every=not many)
    ledger_tables.never_stored(found.never_stored)
    ledger_tables.cooldowns(found.cooldowns)
    ledger_tables.backfills(found.backfills)
    show.queue(found.queue, found.queued)
    if found.issues:
        tell_issues(found.issues)


def _coverage(archive: Archive, district: str, days: int, *, as_json: bool) -> None:
    from archive.crawl.coverage import coverage as ask
    from archive.crawl.fetches import today
    from archive.pages.reading import names

    if district and district not in names(archive.db.conn):
        known = ", ".join(sorted(names(archive.db.conn))) or "none yet"
        raise ArchiveError(f"{archive.path}: no crawl of {district!r} is in this archive; there are: {known}")
    found = ask(archive.db.conn, today(datetime.now(UTC) - timedelta(days=days - 1)), district)
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        ledger_tables.coverage(found)


def _manners(archive: Archive, days: int, folder: Path, *, as_json: bool) -> None:
    from archive.crawl.manners import manners as ask

    budgets = {district.slug: district.manners for district in survey(folder)[0]}
    found = ask(archive.db.conn, datetime.now(UTC) - timedelta(days=days))
    if as_json:
        rows = [{**asdict(one), "budget_used": ledger_tables.used(one, budgets)} for one in found]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        ledger_tables.manners(found, budgets)
