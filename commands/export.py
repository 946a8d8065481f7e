"""`dibao export`: the data as CSV, Parquet, JSON lines or a data package; the responses as WARC."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from archive.exchange.export import Exported, Form, export_folder, export_lines
from archive.exchange.export_tables import Selection
from archive.store import Archive, open_archive
from commands import show
from commands.options import json_option

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.option("--csv", "csv_folder", type=_FOLDER, metavar="DIR", help="Every table as CSV.")
@click.option(
    "--parquet", "parquet_folder", type=_FOLDER, metavar="DIR", help="Every table as Parquet (extra parquet)."
)
@click.option(
    "--jsonl", type=_FILE, metavar="FILE", help="Each article with its facts as a line of JSON; FILE.gz packs."
)
@click.option("--package", type=_FOLDER, metavar="DIR", help="A Frictionless data package: tables, dictionary, hashes.")
@click.option("--format", "form", type=click.Choice(["csv", "parquet"]), default="csv", help="Of the package's tables.")
@click.option("--warc", type=_FILE, metavar="FILE", help="All responses as WARC 1.1; FILE.gz compresses each record.")
@click.option("--since", type=_DAY, metavar="DATE", help="Published on this day or later.")
@click.option("--until", type=_DAY, metavar="DATE", help="Published on this day or earlier.")
@click.option("--district", "districts", multiple=True, metavar="SLUG", help="Only this district; may be repeated.")
@json_option
@click.pass_obj
def export(
    archive: Path,
    *,
    csv_folder: Path | None,
    parquet_folder: Path | None,
    jsonl: Path | None,
    package: Path | None,
    form: Form,
    warc: Path | None,
    since: datetime | None,
    until: datetime | None,
    districts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Take the data away.

    Texts are as shown on the web site: private numbers masked, nothing that was taken down. A folder appears when it is
    complete and replaces an earlier export of the same name.
    """
    folders: list[tuple[Path | None, Form, bool]] = [
        (csv_folder, "csv", False),
        (parquet_folder, "parquet", False),
        (package, form, True),
    ]
    if not (jsonl or warc or any(folder for folder, _, _ in folders)):
        raise click.UsageError("name what to write: --csv, --parquet, --jsonl, --package or --warc")
    if warc and (since or until):
        raise click.UsageError("--warc takes all days; --since and --until are for the other forms")
    selection = Selection(
        tuple(dict.fromkeys(districts)), since.date() if since else None, until.date() if until else None
    )
    if selection.since and selection.until and selection.since > selection.until:
        raise click.UsageError("--since is later than --until")
    done: list[dict[str, Any]] = []
    with open_archive(archive, create=False) as opened:
        for folder, kind, packed in folders:
            if folder:
                done.append(_told(_folder(opened, folder, kind, selection, packed), as_json))
        if jsonl:
            with show.counting("articles") as told:
                done.append(_told(export_lines(opened, jsonl, selection, told), as_json))
        if warc:
            done.append(_responses(opened, warc, selection.districts, as_json))
    if as_json:
        print(json.dumps(done, ensure_ascii=False))


def _folder(archive: Archive, folder: Path, form: Form, selection: Selection, package: bool) -> Exported:
    from web.serve import DATABASE, metadata

    dictionary = metadata()["databases"][DATABASE]["tables"]
    with show.counting("rows") as told:
        return export_folder(archive, folder, form, selection, dictionary, package=package, progress=told)


def _told(done: Exported, as_json: bool) -> dict[str, Any]:
    if not as_json:
        size = sum(file.bytes for file in done.files)
        counts = ", ".join(f"{number:,} {name}" for name, number in done.rows().items() if number)
        show.lines([f"{done.path}: {counts or 'nothing in this selection'} ({size / 1e6:,.1f} MB)"])
    return asdict(done)


def _responses(archive: Archive, file: Path, districts: tuple[str, ...], as_json: bool) -> dict[str, Any]:
    from archive.exchange.warc import write_warc

    with show.counting("responses") as told:
        number = write_warc(archive, file, districts or None, told)
    if not as_json:
        show.lines([f"{number:,} responses in {file}"])
    return {"path": str(file), "form": "warc", "districts": districts, "responses": number}
