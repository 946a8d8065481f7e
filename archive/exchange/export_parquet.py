"""Tables as Parquet (pyarrow's home; an optional extra).

2026-11: pyarrow, the Apache project's own library (Apache-2.0), writes batches as they come, needs nothing else and is
released every few months; 55 MB, so it is not among what Dibao needs. duckdb (24 MB) would write them only from another
file; fastparquet needs pandas; polars is as large.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from archive.exchange.export_files import Rows
from archive.exchange.export_tables import Table, Type
from archive.snapshots import ArchiveError

BATCH_ROWS: Final = 10_000
BATCH_CHARACTERS: Final = 16_000_000


def ready() -> None:
    """Raises ArchiveError where pyarrow is not installed."""
    if importlib.util.find_spec("pyarrow") is None:
        raise ArchiveError("Parquet needs pyarrow: .venv/bin/pip install 'dibao[parquet]'; or take --csv or --jsonl")


def write_parquet(path: Path, table: Table, rows: Rows, dictionary: Mapping[str, str]) -> int:
    """A table with typed columns, which bear their descriptions; zstd. Gives the number of rows. JSON columns are
    text; a day or time that cannot be read is null."""
    from pyarrow import RecordBatch, array, field, schema
    from pyarrow.parquet import ParquetWriter

    types = {name: _arrow(kind) for name, kind in table.columns.items()}
    fields = [field(name, types[name], metadata={"description": dictionary.get(name, "")}) for name in types]
    shape = schema(fields, metadata={"table": table.name, "made_by": "Dibao"})
    number = 0
    with ParquetWriter(path, shape, compression="zstd") as writer:
        for batch in _batches(rows):
            columns = [
                array([_value(kind, row[place]) for row in batch], types[name])
                for place, (name, kind) in enumerate(table.columns.items())
            ]
            writer.write_batch(RecordBatch.from_arrays(columns, schema=shape))
            number += len(batch)
    return number


def _arrow(kind: Type) -> Any:
    import pyarrow

    plain = {"integer": pyarrow.int64(), "number": pyarrow.float64(), "date": pyarrow.date32()}
    if kind == "datetime":
        return pyarrow.timestamp("us", tz="UTC")
    return plain.get(kind, pyarrow.string())


def _value(kind: Type, value: Any) -> Any:
    if kind not in ("date", "datetime"):
        return value
    try:
        if kind == "date":
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _batches(rows: Rows) -> Iterator[list[Sequence[Any]]]:
    """Rows by the ten thousand, fewer where their texts are long."""
    batch: list[Sequence[Any]] = []
    weight = 0
    for row in rows:
        batch.append(row)
        weight += sum(len(value) for value in row if isinstance(value, str))
        if len(batch) >= BATCH_ROWS or weight >= BATCH_CHARACTERS:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch
