"""`dibao diff`: what was edited in an announcement."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from archive.stages.versions import Version, difference, versions
from archive.store import ArchiveError, open_archive
from archive.upkeep.takedown import article_key
from commands import show
from commands.options import json_option
from pipelines.versions import Change, Hunk

STYLES = {"same": "", "dropped": "red strike", "added": "green underline"}
MARKS = {"same": ("", ""), "dropped": ("[-", "-]"), "added": ("{+", "+}")}  # as wdiff marks them


@click.command("diff")
@click.argument("article")
@click.argument("numbers", nargs=-1, type=int, metavar="[A B]")
@click.option("--list", "listing", is_flag=True, help="All versions, the first first.")
@json_option
@click.pass_obj
def diff_verb(archive: Path, article: str, numbers: tuple[int, ...], listing: bool, as_json: bool) -> None:
    """Show what was edited in ARTICLE.

    Between its versions A and B, the last two if not named. ARTICLE is its key, /a/<key> or its URL.
    """
    if len(numbers) not in (0, 2):
        raise click.UsageError("name two versions, A and B, or none")
    with open_archive(archive, create=False) as opened:
        conn = opened.db.conn
        key = article_key(conn, article)
        if listing:
            _list(versions(conn, key), as_json)
            return
        try:
            one, two, change = difference(conn, key, *(numbers or (-2, -1)))
        except LookupError as error:
            raise ArchiveError(str(error)) from error
    if as_json:
        about = {"key": key, "from": _about(one), "to": _about(two)}
        print(json.dumps({**about, **asdict(change)}, ensure_ascii=False))
    else:
        _show(one, two, change)


def _about(one: Version) -> dict[str, object]:
    moment = one.captured_at.isoformat()
    return {"number": one.number, "captured_at": moment, "snapshot_id": one.snapshot_id, "hash": one.hash}


def _list(found: tuple[Version, ...], as_json: bool) -> None:
    for one in found:
        if as_json:
            print(json.dumps({**_about(one), "kind": one.kind, "flags": one.flags}, ensure_ascii=False))
        else:
            flags = f" ({', '.join(one.flags)})" if one.flags else ""
            show.lines([f"{one.number}  {one.captured_at:%Y-%m-%d %H:%M}Z  {one.kind}{flags}  {one.hash}"])
    if not found:
        show.say("one version: nothing was edited since it was first captured")


def _show(one: Version, two: Version, change: Change) -> None:
    show.lines(
        [
            f"--- version {one.number}  {one.captured_at:%Y-%m-%d %H:%M}Z",
            f"+++ version {two.number}  {two.captured_at:%Y-%m-%d %H:%M}Z",
            f"{change.kind or 'no edit'}" + (f": {', '.join(change.flags)}" if change.flags else ""),
        ]
    )
    show.lines(f"{name}: {before or '-'} -> {after or '-'}" for name, before, after in change.fields)
    for hunk in change.hunks:
        show.out.print(_marked(hunk), soft_wrap=True)


def _marked(hunk: Hunk) -> Text:
    """Colours on a terminal, the marks of wdiff elsewhere as well: a copy into a mail keeps them."""
    text = Text(f"{'@' if hunk.kind == 'changed' else '+' if hunk.kind == 'added' else '-'} {hunk.line + 1}: ")
    for what, piece in hunk.pieces:
        before, after = MARKS[what]
        text.append(f"{before}{piece}{after}", STYLES[what])
    if hunk.flags:
        text.append(f"  ({', '.join(hunk.flags)})")
    return text
