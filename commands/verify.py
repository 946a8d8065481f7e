"""`dibao verify`: does the archive say what the sites sent? And a time stamp that proves when it did."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive.store import Archive, open_archive
from archive.upkeep.evidence import anchor, stamped
from archive.upkeep.verify import Verified, verify
from commands import show
from commands.options import districts_option, json_option
from scraper.catalogue import survey

SECONDS = 30
LARGEST = 100_000  # bytes of an answer; tokens have a few thousand


@click.command("verify")
@districts_option
@click.option("--timestamp", "authority", metavar="URL", help="First ask this RFC 3161 authority to stamp the chain.")
@json_option
@click.pass_obj
def verify_verb(archive: Path, folder: Path, authority: str | None, as_json: bool) -> None:
    """Check every text, response and run.

    Compares texts with the stored responses, responses with their hashes, and runs with the hash chain.
    """
    with open_archive(archive, create=False) as opened:
        if authority:
            _stamp(opened, authority)
        with show.counting("responses") as told:
            found = verify(opened, survey(folder)[0], told)
    if as_json:
        head = {"position": found.head.position, "digest": found.head.digest} if found.head else None
        counts = {"responses": found.responses, "articles": found.articles, "runs": found.runs}
        print(json.dumps({**counts, "head": head, "wrong": found.wrong, "notes": found.notes}, ensure_ascii=False))
    else:
        _tell(found)
    sys.exit(1 if found.wrong else 0)


def _tell(found: Verified) -> None:
    for text in found.wrong:
        show.say(text, "red")
    for text in found.notes:
        show.say(text, "yellow")
    show.lines(
        [
            f"{found.responses:,} responses, {found.articles:,} articles, {found.runs:,} runs: "
            + (f"{len(found.wrong):,} things do not hold" if found.wrong else "all as it was received"),
            f"chain: link {found.head.position}, {found.head.digest}" if found.head else "chain: no run has ended yet",
        ]
    )


def _stamp(archive: Archive, authority: str) -> None:
    """Asks an authority for a token over the chain's head and keeps it, checked against what was asked."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerificationError, decode_timestamp_response
    except ImportError as error:
        raise click.ClickException("time stamps need an extra: pip install 'dibao[timestamp]'") from error
    if urlsplit(authority).scheme not in ("http", "https"):
        raise click.UsageError(f"--timestamp: {authority!r} is no web address")
    digest = anchor(archive)
    asked = TimestampRequestBuilder().data(digest).hash_algorithm(HashAlgorithm.SHA256).build()
    request = urllib.request.Request(
        authority, asked.as_bytes(), {"Content-Type": "application/timestamp-query"}, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            token = answer.read(LARGEST)
        response = decode_timestamp_response(token)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise click.ClickException(f"{authority}: no time stamp ({error}); nothing was changed") from error
    except (ValueError, VerificationError) as error:
        raise click.ClickException(f"{authority}: the answer is no RFC 3161 time stamp ({error})") from error
    info = response.tst_info
    if info.message_imprint.message != asked.message_imprint.message or info.nonce != asked.nonce:
        raise click.ClickException(f"{authority}: the time stamp is for something else than what was asked")
    stamped(archive, authority, token)
    show.lines([f"stamped {info.gen_time:%Y-%m-%d %H:%M:%S} UTC by {authority}"])
