"""The rows of an export as files: CSV (RFC 4180, UTF-8) and JSON lines, written row by row; each with its SHA-256."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from archive.exchange.export_tables import Table

Rows = Iterable[Sequence[Any]]
BESIDE: Final = ("descriptions", "facts", "attachments", "clusters", "edits", "states")  # in an article's JSON line


@dataclass(frozen=True, slots=True)
class Written:
    """A file of an export: its table, its name within the export, how many rows and bytes, and its SHA-256."""

    table: str
    name: str
    rows: int
    bytes: int
    sha256: str


def written(path: Path, table: str, name: str, rows: int) -> Written:
    """What became of a file that is complete."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(table, name, rows, path.stat().st_size, digest)


def write_csv(path: Path, table: Table, rows: Rows, dictionary: Mapping[str, str]) -> int:
    """A table with its header; NULL and empty text are both an empty field. Gives the number of rows."""
    number = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns)
        for row in rows:
            writer.writerow(row)
            number += 1
    return number


def write_lines(path: Path, articles: Iterable[dict[str, Any]]) -> int:
    """One JSON object a line; gzip when the name ends in .gz. Gives their number."""
    number = 0
    with _text(path) as file:
        for article in articles:
            file.write(json.dumps(article, ensure_ascii=False, separators=(",", ":")) + "\n")
            number += 1
    return number


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    if path.suffixes[-2:-1] == [".gz"] or path.suffix == ".gz":  # also FILE.gz.part
        # Without its name and time the same articles give the same bytes.
        with (
            path.open("wb") as raw,
            gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8") as file,
        ):
            yield file
        return
    with path.open("w", encoding="utf-8") as file:
        yield file


def whole(tables: Mapping[str, Table], rows: Callable[[Table], Rows]) -> Iterator[dict[str, Any]]:
    """Each article with all that hangs on it, as one object. The tables are walked side by side, all in the order of
    the articles, so that no more than one article is held."""
    beside = {name: _Beside(tables[name], rows(tables[name])) for name in BESIDE}
    articles = tables["articles"]
    for row in rows(articles):
        found = _object(articles, row)
        for name, walk in beside.items():
            held = walk.of(found["key"])
            if name == "descriptions":
                found |= held[0] if held else {}
            elif name == "clusters":
                found["copy_of"] = held[0]["cluster"] if held and held[0]["cluster"] != found["key"] else None
            else:
                found[name] = held
        yield found


class _Beside:
    """The rows of a table, taken by article in the articles' order."""

    def __init__(self, table: Table, rows: Rows) -> None:
        self.table = table
        self.place = list(table.columns).index("article_key")
        self.rows = iter(rows)
        self.next = next(self.rows, None)

    def of(self, key: str) -> list[dict[str, Any]]:
        found = []
        while self.next is not None and self.next[self.place] == key:
            one = _object(self.table, self.next)
            del one["article_key"]
            found.append(one)
            self.next = next(self.rows, None)
        return found


def _object(table: Table, row: Sequence[Any]) -> dict[str, Any]:
    """A row as an object: JSON columns as what they hold."""
    return {
        name: json.loads(value) if kind in ("array", "object") and value else value
        for (name, kind), value in zip(table.columns.items(), row, strict=True)
    }
