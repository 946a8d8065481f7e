"""`dibao alerts`: saved searches that tell by mail, webhook or another service what is new, edited or removed."""

from __future__ import annotations

import json
import os
import sys
import uuid
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import click

from archive.alerts.events import KINDS
from archive.alerts.saved import DAYS, RHYTHMS, Alert, Rhythm, open_alerts
from archive.store import open_archive
from commands import show
from commands.options import json_option

EDITED = "edited"
number_argument = click.argument("number", type=click.IntRange(1), metavar="ALERT")


@click.group()
def alerts() -> None:
    """Saved searches that tell what is new, edited or removed."""


@alerts.command()
@click.argument("words", default="")
@click.option("--page", default="", help="The address of a search page, with all its filters, instead of WORDS.")
@click.option("--to", "channel", required=True, help="Mail address, https://… webhook or Apprise URL; - reads it.")
@click.option("--name", default="", help="What messages call it; the words when not given.")
@click.option(
    "--on",
    "kinds",
    multiple=True,
    type=click.Choice((*KINDS, EDITED)),
    help="Again for each; new, substantive, removed and returned when not given.",
)
@click.option("--rhythm", type=click.Choice(RHYTHMS), default="daily", show_default=True)
@click.option("--hour", type=click.IntRange(0, 23), default=8, show_default=True, help="Asia/Shanghai.")
@click.option("--day", type=click.Choice(DAYS), default="mon", show_default=True, help="Of a weekly digest.")
@click.option("--lang", type=click.Choice(("zh", "en")), default="zh", show_default=True)
@json_option
@click.pass_obj
def add(
    archive: Path,
    *,
    words: str,
    page: str,
    channel: str,
    name: str,
    kinds: tuple[str, ...],
    rhythm: str,
    hour: int,
    day: str,
    lang: str,
    as_json: bool,
) -> None:
    """Save a search for WORDS and tell CHANNEL from now on."""
    from alerts.channels import ChannelError, check
    from archive.alerts import saved as store
    from archive.alerts.events import last
    from web.following import saved

    search = saved(page) if page else urlencode({"q": words.strip()} if words.strip() else {})
    channel = (sys.stdin.readline() if channel == "-" else channel).strip()
    try:
        check(channel, os.environ)
    except ChannelError as error:
        raise click.ClickException(f"--to: {error}") from error
    wanted = tuple(one for kind in kinds for one in (("minor", "substantive") if kind == EDITED else (kind,)))
    alert = Alert(name or words.strip() or search or "…", search, channel, hour=hour, language=lang)
    alert = replace(alert, rhythm=cast(Rhythm, rhythm), weekday=DAYS.index(day), kinds=wanted or alert.kinds)
    with open_archive(archive) as opened, open_alerts(archive) as file:
        made = store.add(file, alert, last(opened.db.conn), datetime.now(UTC))
    _tell([made], as_json=as_json)
    if not os.environ.get("DIBAO_PUBLIC_URL"):
        show.say("links will name this machine: set DIBAO_PUBLIC_URL to the site's public address", "yellow")


@alerts.command("list")
@json_option
@click.pass_obj
def list_verb(archive: Path, *, as_json: bool) -> None:
    """The saved searches; passwords are not shown."""
    from archive.alerts.saved import listed
    from archive.alerts.schema import alerts_path

    found = []
    if alerts_path(archive.expanduser().absolute()).exists():
        with open_alerts(archive) as file:
            found = listed(file)
    _tell(found, as_json=as_json)
    if not found:
        show.say("there are none; `dibao alerts add` makes one")


@alerts.command()
@number_argument
@click.pass_obj
def pause(archive: Path, number: int) -> None:
    """Tell nothing until `resume`."""
    from archive.alerts import saved as store

    with open_alerts(archive, create=False) as file:
        store.pause(file, number, datetime.now(UTC))
    show.lines([f"alert {number} is paused"])


@alerts.command()
@number_argument
@click.pass_obj
def resume(archive: Path, number: int) -> None:
    """Tell again, from now on."""
    from archive.alerts import saved as store
    from archive.alerts.events import last

    with open_alerts(archive, create=False) as file, open_archive(archive, create=False) as opened:
        store.resume(file, number, last(opened.db.conn), datetime.now(UTC))
    show.lines([f"alert {number} tells again"])


@alerts.command()
@number_argument
@click.pass_obj
def remove(archive: Path, number: int) -> None:
    """End an alert and forget its address."""
    from archive.alerts import saved as store

    with open_alerts(archive, create=False) as file:
        store.remove(file, number, datetime.now(UTC))
    show.lines([f"alert {number} is removed"])


@alerts.command()
@number_argument
@click.pass_obj
def test(archive: Path, number: int) -> None:
    """Send a message that only shows that messages arrive."""
    from alerts.run import try_out
    from archive.alerts.saved import get

    with open_alerts(archive, create=False) as file:
        answer = try_out(file, get(file, number), str(uuid.uuid4()), os.environ)
    show.lines([f"{'sent' if answer.ok else 'not sent'}: {answer.text}"])
    sys.exit(0 if answer.ok else 1)


@alerts.command()
@json_option
@click.option("--quiet", is_flag=True, help="Say nothing unless something failed.")
@click.pass_obj
def run(archive: Path, *, as_json: bool, quiet: bool) -> None:
    """Note what has happened and send what is due."""
    from alerts.run import run as do
    from archive.alerts.schema import alerts_path
    from archive.crawl.runs import Busy
    from web.following import question

    if not alerts_path(archive.expanduser().absolute()).exists():
        if not quiet:
            show.say("there are no alerts; `dibao alerts add` makes one")
        return
    try:
        report = do(archive, question, os.environ)
    except Busy as error:
        if not quiet:
            show.say(str(error))
        return
    if as_json:
        print(json.dumps(asdict(report)))
    elif not quiet or report.failed or report.given_up:
        show.lines([", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in asdict(report).items())])
    sys.exit(3 if report.failed or report.given_up else 0)


@alerts.command()
@click.argument("number", type=click.IntRange(1), required=False, metavar="[ALERT]")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@json_option
@click.pass_obj
def log(archive: Path, number: int | None, *, limit: int, as_json: bool) -> None:
    """The messages, newest first: when, tries, and what the channel answered last."""
    from archive.alerts.deliveries import log as told

    with open_alerts(archive, create=False) as file:
        found = told(file, number, limit)
    for one in found:
        if as_json:
            print(json.dumps(asdict(one), ensure_ascii=False))
        else:
            tries = f"{one.tries} {'try' if one.tries == 1 else 'tries'}"
            line = f"{one.created_at[:16]}Z  alert {one.alert_id}  {one.items:,} items  {one.state}, {tries}"
            show.lines([line, *([f"                   {one.answer}"] if one.answer else [])])
    if not found:
        show.say("no message was made yet")


@alerts.command()
@click.option("--note", default="", help="Whom it is for.")
@click.option("--revoke", is_flag=True, help="Instead end all tokens made so far.")
@click.pass_obj
def token(archive: Path, *, note: str, revoke: bool) -> None:
    """Make a token that opens the web page of alerts; it is shown once."""
    from alerts.addresses import public_url
    from archive.alerts.saved import new_token, revoke_tokens

    with open_alerts(archive) as file:
        if revoke:
            show.lines([f"{revoke_tokens(file, datetime.now(UTC)):,} tokens ended"])
            return
        made = new_token(file, note, datetime.now(UTC))
    show.lines([f"{public_url(os.environ)}/alerts?token={made}"])


def _tell(found: list[Alert], *, as_json: bool) -> None:
    from alerts.channels import masked

    for one in found:
        if as_json:
            names = ("id", "name", "search", "kinds", "rhythm", "hour", "weekday", "language", "state", "due_at")
            print(
                json.dumps(
                    {**{name: getattr(one, name) for name in names}, "channel": masked(one.channel, os.environ)},
                    ensure_ascii=False,
                )
            )
            continue
        when = one.rhythm if one.rhythm == "immediate" else f"{one.rhythm} {one.hour:02}:00"
        when += f" {DAYS[one.weekday]}" if one.rhythm == "weekly" else ""
        lines = [f"{one.id:>4}  {one.state}  {one.name}  ({when}; {', '.join(one.kinds)})"]
        show.lines([*lines, f"      {one.search or '(everything)'} -> {masked(one.channel, os.environ)}"])
