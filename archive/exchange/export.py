"""Takes the data out of an archive: CSV, Parquet, JSON lines, or a Frictionless data package.

One moment of the archive is read, however long it takes and whoever writes meanwhile, row by row; an export appears
under its name when it is complete.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TextIO

from archive.exchange import export_package, export_parquet
from archive.exchange.export_files import Rows, Written, whole, write_csv, write_lines, written
from archive.exchange.export_parquet import write_parquet
from archive.exchange.export_tables import TABLES, Selection, Table, known, rows, sources
from archive.index import register
from archive.store import Archive, ArchiveError, plain_errors

Form = Literal["csv", "parquet"]
Progress = Callable[[int, str], None]
TOLD_EVERY: Final = 1000
SUMMARY: Final = "export.json"  # in every folder that is an export: what it holds; only such a folder is replaced
LOCK: Final = ".dibao-export"


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that is complete. path: file or folder; made_at: the moment of the archive it shows, UTC."""

    path: str
    form: str
    made_at: str
    districts: tuple[str, ...]
    since: str | None
    until: str | None
    files: tuple[Written, ...]

    def rows(self) -> dict[str, int]:
        """Table -> number of rows."""
        return {file.table: file.rows for file in self.files}


def export_folder(
    archive: Archive,
    folder: Path,
    form: Form,
    selection: Selection,
    dictionary: export_package.Dictionary,
    *,
    package: bool = False,
    progress: Progress | None = None,
) -> Exported:
    """Every table as a file of a folder; package: with datapackage.json, the files under data/. dictionary: table ->
    title, description, columns. Raises ArchiveError: no pyarrow, an unknown district, a folder that is no export, a
    full disk; then nothing has changed."""
    if form == "parquet":
        export_parquet.ready()
    with _reading(archive, selection) as conn, _replacing(folder) as part:
        moment = datetime.now(UTC)
        told = _teller(progress)
        inside = "data/" if package else ""
        (part / inside).mkdir(exist_ok=True)
        files = []
        for table in TABLES:
            name = f"{inside}{table.name}.{form}"
            words: Mapping[str, str] = dictionary.get(table.name, {}).get("columns", {})
            write = write_parquet if form == "parquet" else write_csv
            number = write(part / name, table, told(table, rows(conn, table, selection)), words)
            files.append((table, written(part / name, table.name, name, number)))
        done = _exported(folder, f"{form} package" if package else form, moment, selection, [file for _, file in files])
        (part / SUMMARY).write_text(_json(asdict(done)), "utf-8")
        if package:
            origin = sources(conn, selection)
            about = export_package.description(
                files, dictionary, origin, selection=selection, made_at=moment, form=form
            )
            (part / "datapackage.json").write_text(_json(about), "utf-8")
            (part / "README.md").write_text(export_package.readme(files, selection, moment), "utf-8")
    return done


def export_lines(archive: Archive, file: Path, selection: Selection, progress: Progress | None = None) -> Exported:
    """One JSON object a line for each article, with its kind, facts, attachments, edits and states. Raises
    ArchiveError."""
    tables = {table.name: table for table in TABLES}
    told = _teller(progress)
    part = file.with_name(file.name + ".part")
    with _reading(archive, selection) as conn, _plain(file):
        moment = datetime.now(UTC)

        def read(table: Table) -> Rows:
            found = rows(conn, table, selection)
            return told(table, found) if table.name == "articles" else found

        try:
            number = write_lines(part, whole(tables, read))
            done = _exported(file, "jsonl", moment, selection, [written(part, "articles", file.name, number)])
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
    return done


def _exported(path: Path, form: str, moment: datetime, selection: Selection, files: Sequence[Written]) -> Exported:
    days = [day.isoformat() if day else None for day in (selection.since, selection.until)]
    at = moment.isoformat(timespec="seconds")
    return Exported(str(path), form, at, selection.districts, days[0], days[1], tuple(files))


def _json(found: Any) -> str:
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"


def _teller(progress: Progress | None) -> Callable[[Table, Iterator[Sequence[Any]]], Iterator[Sequence[Any]]]:
    done = 0

    def told(table: Table, found: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        nonlocal done
        for row in found:
            done += 1
            if progress and done % TOLD_EVERY == 0:
                progress(done, table.name)
            yield row

    return told


@contextmanager
def _reading(archive: Archive, selection: Selection) -> Iterator[sqlite3.Connection]:
    """A connection that sees one moment of the archive and cannot write."""
    with plain_errors(archive.path), closing(sqlite3.connect(archive.path)) as conn:
        register(conn)
        conn.execute("PRAGMA query_only = ON")
        conn.execute("BEGIN")
        if unknown := known(conn, selection.districts):
            raise ArchiveError(
                f"{archive.path}: no district {', '.join(unknown)} is archived; `dibao status` names those that are"
            )
        yield conn


@contextmanager
def _plain(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror})") from error


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """A folder beside the wanted one to write to; it takes its place at the end. What another kill left is removed."""
    folder = folder.absolute()
    part, old = (folder.with_name(f"{folder.name}.{ending}") for ending in ("part", "old"))
    with _plain(folder):
        _own(folder)
        _own(old, LOCK)
        with _locked(part):
            yield part
            (part / LOCK).unlink()
            shutil.rmtree(old, ignore_errors=True)
            if folder.exists():
                folder.rename(old)
            part.rename(folder)
            shutil.rmtree(old, ignore_errors=True)


def _own(folder: Path, *marks: str) -> None:
    """Raises ArchiveError where a folder is there that holds anything but an export."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() and not any((folder / mark).is_file() for mark in (SUMMARY, *marks)):
        raise ArchiveError(f"{folder}: is there already and is no export of Dibao; name another folder")


@contextmanager
def _locked(part: Path) -> Iterator[None]:
    """Makes the folder, empty, for this process alone; it is gone afterwards unless it was renamed."""
    _own(part, LOCK)
    part.mkdir(exist_ok=True)
    lock: TextIO
    with (part / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ArchiveError(f"{part}: another export is being written there") from error
        for one in part.iterdir():
            if one.name != LOCK:
                shutil.rmtree(one) if one.is_dir() else one.unlink()
        try:
            yield
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
