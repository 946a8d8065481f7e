"""`dibao issues`: what a person must look at, as a column whose addresses broke at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import click

from archive.stages.presence import judge_pending
from archive.stages.redesigns import VERDICTS, Issue, close_issue, issues
from archive.store import ArchiveError, open_archive
from commands import show
from commands.options import json_option


@click.command("issues")
@click.argument("action", required=False, type=click.Choice(["close"]))
@click.argument("number", required=False, type=int, metavar="[ID]")
@click.option("--as", "verdict", type=click.Choice(VERDICTS), help="moved: leave the misses out; removed: count them.")
@click.option("--all", "closed", is_flag=True, help="Those that were closed as well.")
@json_option
@click.pass_obj
def issues_verb(
    archive: Path, *, action: str | None, number: int | None, verdict: str | None, closed: bool, as_json: bool
) -> None:
    """List what a person must look at; `close ID --as moved|removed` ends one."""
    if bool(action) != bool(verdict) or (action and number is None):
        raise click.UsageError("give nothing, to list, or: close ID --as moved|removed")
    with open_archive(archive, create=False) as opened:
        if number is None or verdict is None:
            tell(issues(opened.db.conn, closed=closed), as_json=as_json)
            return
        try:
            pages = close_issue(opened, number, verdict)
        except LookupError as error:
            raise ArchiveError(str(error)) from error
        judge_pending(opened)
    show.lines([f"issue {number} closed as {verdict}; {pages:,} pages judged anew"])


def tell(found: Iterable[Issue], *, as_json: bool = False) -> None:
    """Issues, a line each."""
    none = True
    for one in found:
        none = False
        if as_json:
            print(json.dumps(asdict(one), ensure_ascii=False))
        else:
            place = f"{one.district} {one.column or '(whole district)'}"
            state = f"closed as {one.closed_as}" if one.closed_at else "open"
            show.lines([f"issue {one.id}  {one.opened_at[:16]}Z  {place}  {one.kind}, {state}: {one.note}"])
    if none and not as_json:
        show.say("no issue is open")
