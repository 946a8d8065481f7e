"""The description of a Frictionless Data Package (datapackage.json, specification 2.0) and its README."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from archive.exchange.export_files import Written
from archive.exchange.export_tables import Selection, Table

SCHEMA: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA: Final = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}
# No licence is ours to give: official documents are free of copyright (著作权法 art. 5), others are their sources'.
LICENCE: Final = {
    "name": "notspecified",
    "title": "公文不受著作权保护（《著作权法》第五条）；其他文字的权利归其来源。"
    "/ Official documents are not protected; rights in other texts are their sources'.",
}

Dictionary = Mapping[str, Mapping[str, Any]]


def description(
    files: Sequence[tuple[Table, Written]],
    dictionary: Dictionary,
    sources: Sequence[tuple[str, str]],
    *,
    selection: Selection,
    made_at: datetime,
    form: str,
) -> dict[str, Any]:
    """datapackage.json as an object. dictionary: table -> title, description, columns (column -> "标签：说明")."""
    return {
        "$schema": SCHEMA,
        "name": "dibao",
        "title": "邸报：区县政府公告档案 / Announcements of Chinese district and county governments",
        "description": chosen(selection),
        "created": made_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "licenses": [LICENCE],
        "sources": [{"title": name, "path": site} if site else {"title": name} for name, site in sources],
        "resources": [_resource(table, file, dictionary.get(table.name, {}), form) for table, file in files],
    }


def chosen(selection: Selection) -> str:
    """A selection in words."""
    span = f"{selection.since or '…'} – {selection.until or '…'}" if selection.since or selection.until else "all days"
    return f"Districts: {', '.join(selection.districts) or 'all'}. Published: {span}."


def _resource(table: Table, file: Written, about: Mapping[str, Any], form: str) -> dict[str, Any]:
    words: Mapping[str, str] = about.get("columns", {})
    schema: dict[str, Any] = {
        "fields": [_field(name, kind, words.get(name, ""), form) for name, kind in table.columns.items()],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if table.refers:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": other, "fields": [theirs]}}
            for column, (other, theirs) in table.refers.items()
        ]
    return {
        "name": table.name,
        "type": "table",
        "title": about.get("title", table.name),
        "description": about.get("description", ""),
        "path": file.name,
        "format": form,
        "mediatype": MEDIA[form],
        **({"encoding": "utf-8"} if form == "csv" else {}),
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        "schema": schema,
    }


def _field(name: str, kind: str, words: str, form: str) -> dict[str, Any]:
    """Times are UTC with their offset; Parquet holds JSON as text."""
    label, _, meaning = words.partition("：")
    if form == "parquet" and kind in ("array", "object"):
        kind = "string"
    found: dict[str, Any] = {"name": name, "type": kind}
    if label:
        found |= {"title": label, "description": meaning or label}
    return found


def readme(files: Sequence[tuple[Table, Written]], selection: Selection, made_at: datetime) -> str:
    """What lies here, for whoever finds it without Dibao."""
    rows = "\n".join(f"| {file.name} | {file.rows:,} | {file.bytes:,} |" for _, file in files)
    return f"""# 邸报 Dibao: an export

Announcements of Chinese district and county governments, as text, with the facts that rules have read in them.
Made {made_at:%Y-%m-%d %H:%M} UTC. {chosen(selection)}

| file | rows | bytes |
|---|---|---|
{rows}

`datapackage.json` describes every table and column and holds the SHA-256 of every file (Frictionless Data Package 2.0).
`articles.key` is the permalink; `article_key` elsewhere refers to it. Times are UTC, days as displayed on the page. The
tables of people and `coverage` are not narrowed to the days chosen. Private numbers are masked; what was taken down is
not here. Facts are found by rules: some are missing, a few are wrong; read the sentence (`facts.start`, `facts.end`)
before you name somebody.
"""
