"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path

import click

from scraper.catalogue import DISTRICTS


def existing(*, files: bool = True, folders: bool = True) -> click.Path:
    return click.Path(exists=True, file_okay=files, dir_okay=folders, path_type=Path)


DAY = click.DateTime(["%Y-%m-%d"])
districts_option = click.option(
    "--districts", "folder", type=existing(files=False), default=DISTRICTS, help="Folder of district files."
)
since_option = click.option("--since", type=DAY, help="Go back in every column to this day.")
until_option = click.option("--until", type=DAY, help="With --since: only what was listed up to this day.")
limit_option = click.option("--limit", type=click.IntRange(1), help="Pages of each column a first visit brings (20).")
port_option = click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True)
host_option = click.option("--host", default="127.0.0.1", show_default=True)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for programs.")
