"""`dibao search`: what the search page finds, on the command line."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from archive.search.ask import Hit, search
from archive.search.filters import Copies, Edited, Filters
from archive.store import open_archive
from commands import show
from commands.options import json_option

FIELDS = ("key", "url", "title", "published_on", "district", "column", "source", "issuer", "kind", "states", "copies")
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("search")
@click.argument("query", default="")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--order", type=click.Choice(["newest", "relevance"]), default="newest", show_default=True)
@click.option("--district", default="", metavar="SLUG", help="Of this district.")
@click.option("--column", default="", metavar="NAME", help="Of this column.")
@click.option("--kind", default="", help="Of this kind: 会议, 通知 …")
@click.option("--person", default="", metavar="NAME", help="That name this person.")
@click.option("--place", default="", metavar="CODE", help="That name this place: its GB/T 2260 code.")
@click.option("--since", type=DAY, metavar="DAY", help="Published from this day (2026-10-31).")
@click.option("--until", type=DAY, metavar="DAY", help="Published until this day.")
@click.option("--files", is_flag=True, help="That have attachments.")
@click.option("--edited", is_flag=True, help="That were changed after their first capture.")
@click.option("--removed", is_flag=True, help="That are gone from their site.")
@click.option("--fold", is_flag=True, help="Of copies of one text only the earliest that matches.")
@json_option
@click.pass_obj
def search_verb(archive: Path, /, query: str, limit: int, order: Any, as_json: bool, **chosen: Any) -> None:
    """Articles that hold QUERY, newest first."""
    with open_archive(archive, create=False) as opened:
        found = search(opened.db.conn, query, _filters(**chosen), limit=limit, order=order)
    for hit in found.hits:
        if as_json:
            print(json.dumps(_plain(hit), ensure_ascii=False))
        else:
            show.lines([f"{hit.published_on or '----------'}  {hit.district}  {hit.title}", f"            {hit.url}"])
    show.say(f"{found.total:,}{' or more' if found.more else ''} found")


def _filters(*, since: datetime | None, until: datetime | None, edited: bool, fold: bool, **rest: Any) -> Filters:
    changed: Edited = "yes" if edited else ""
    copies: Copies = "fold" if fold else ""
    return Filters(since=_day(since), until=_day(until), edited=changed, copies=copies, **rest)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _plain(hit: Hit) -> dict[str, object]:
    plain = {**{name: getattr(hit, name) for name in FIELDS}, "snippet": hit.snippet.text}
    return {**plain, **({"attachment": hit.attachment} if hit.attachment else {})}
