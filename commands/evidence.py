"""`dibao evidence` and `dibao cite`: an article's proof as a ZIP, and its reference."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from archive import articles
from archive.store import ArchiveError, open_archive
from archive.upkeep.evidence import pack
from archive.upkeep.takedown import article_key
from commands import show
from commands.options import json_option
from pipelines.citation import FORMATS, cite, reference


@click.command()
@click.argument("article")
@click.option("--out", "file", type=click.Path(dir_okay=False, path_type=Path), help="The ZIP; <key>.zip if not given.")
@click.option("--permalink", default="", help="The article's public address, for the references.")
@json_option
@click.pass_obj
def evidence(archive: Path, article: str, file: Path | None, permalink: str, as_json: bool) -> None:
    """Write ARTICLE's evidence as a ZIP.

    All responses as WARC, hashes, times, a statement and references. ARTICLE is a key, /a/<key> or a URL.
    """
    with open_archive(archive, create=False) as opened:
        key = article_key(opened.db.conn, article)
        path = file or Path(f"{key}.zip")
        found = pack(opened, key, path, permalink)
    if as_json:
        print(json.dumps({"file": str(path), "responses": [asdict(one) for one in found]}, ensure_ascii=False))
        return
    show.lines(f"{one.captured_at[:16]}Z  HTTP {one.status}  {one.outcome}  {one.sha256[:16]}…" for one in found)
    show.lines([f"{len(found):,} responses in {path}"])


@click.command("cite")
@click.argument("article")
@click.option("--form", type=click.Choice(list(FORMATS)), default="txt", show_default=True)
@click.option("--permalink", default="", help="The article's public address.")
@click.pass_obj
def cite_verb(archive: Path, article: str, form: str, permalink: str) -> None:
    """Print ARTICLE's reference: plain, RIS, BibTeX or CSL-JSON."""
    with open_archive(archive, create=False) as opened:
        stored = articles.get(opened, article_key(opened.db.conn, article))
    if stored is None:
        raise ArchiveError(f"{article}: no such article; give its key, /a/<key> or its URL")
    show.lines([cite(reference(stored.article, permalink), form).rstrip("\n")])
