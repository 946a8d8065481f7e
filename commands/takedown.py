"""`dibao takedown`: takes an article out of view, lifts that, and shows the log."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archive.hidden import Takedown, log
from archive.store import open_archive
from commands import show
from scraper.catalogue import DISTRICTS, survey


@click.command()
@click.argument("article", required=False)
@click.option("--reason", default="", help="Why; shown in place of the article, so name nobody in it.")
@click.option("--by", default="", help="Who decided or asked; shown as well.")
@click.option("--copies", is_flag=True, help="Also the articles with the same text: reposts, former and new addresses.")
@click.option("--restore", is_flag=True, help="Bring ARTICLE back.")
@click.option("--list", "listing", is_flag=True, help="The log, newest first.")
@click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
@click.option(
    "--districts",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=DISTRICTS,
    help="Folder of district files; what is restored is read with them.",
)
@click.pass_obj
def takedown(
    archive: Path,
    *,
    article: str | None,
    reason: str,
    by: str,
    copies: bool,
    restore: bool,
    listing: bool,
    as_json: bool,
    folder: Path,
) -> None:
    """Take ARTICLE out of view, or bring it back.

    ARTICLE is its key, its page (/a/<key>) or its URL. The stored responses are kept; nothing is lost.
    """
    if listing == bool(article) or (restore and (listing or reason)):
        raise click.UsageError("give ARTICLE with --reason, ARTICLE with --restore, or --list alone")
    if article and not restore and not reason.strip():
        raise click.UsageError("say why with --reason; it is shown in place of the article")
    if listing:
        with open_archive(archive, create=False) as opened:
            found = log(opened.db.conn)
        _tell(found, as_json=as_json)
    elif article and restore:
        _restore(archive, article, folder)
    elif article:
        from archive.upkeep.takedown import also_held, take_down

        with open_archive(archive, create=False) as opened:
            others = also_held(opened, article)
            done = [take_down(opened, one, reason, by) for one in (article, *(others if copies else ()))]
        _tell(done, as_json=as_json)
        if others and not copies:
            show.say(
                f"the same text is still shown at {', '.join(f'/a/{one}' for one in others)}; see --copies", "yellow"
            )


def _restore(archive: Path, article: str, folder: Path) -> None:
    from archive.upkeep.takedown import restore
    from commands.stages import after_crawl

    catalogue = survey(folder)[0]
    with open_archive(archive, create=False) as opened:
        back = restore(opened, article, catalogue)
        after_crawl(opened, catalogue)
    if back:
        show.lines([f"restored {article}"])
    else:
        show.say(f"{article}: no longer taken down, but no stored response gives this article any more", "yellow")


def _tell(found: list[Takedown], *, as_json: bool) -> None:
    for one in found:
        if as_json:
            print(json.dumps(asdict(one), ensure_ascii=False))
            continue
        state = f"restored {one.restored_at[:16]}Z" if one.restored_at else "taken down"
        by = f" ({one.by})" if one.by else ""
        show.lines([f"{one.taken_at[:16]}Z  {one.key}  {state}: {one.reason}{by}", f"                   {one.url}"])
    if not found:
        show.say("nothing was ever taken down")
