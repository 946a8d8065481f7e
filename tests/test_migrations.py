from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from archive import index, migrations
from archive.store import ArchiveError, open_archive


def schema(conn: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = conn.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return [(name, re.sub(r"\s+", " ", sql)) for name, sql in rows]


def names(steps: object) -> list[str]:
    return [step.name for step in steps._migrations]  # type: ignore[attr-defined]


def database(path: Path) -> Database:
    conn = sqlite3.connect(path)
    index.register(conn)
    return Database(conn)


@pytest.mark.parametrize("set_name", ["archive", "snapshots"])
def test_steps_are_numbered_and_in_order(set_name: str) -> None:
    found = names(getattr(migrations, set_name))
    assert [name[:3] for name in found] == [f"{n:03}" for n in range(1, len(found) + 1)]


def test_an_archive_of_any_earlier_step_becomes_the_same_as_a_new_one(tmp_path: Path) -> None:
    with open_archive(tmp_path / "new.db") as archive:
        wanted = schema(archive.db.conn)
    for number, step in enumerate(names(migrations.archive)):
        path = tmp_path / f"{number}.db"
        db = database(path)
        migrations.archive.apply(db, stop_before=step)
        db.close()
        with open_archive(path) as archive:
            assert schema(archive.db.conn) == wanted
            assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_step_that_fails_leaves_the_archive_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    db = database(path)
    migrations.archive.apply(db, stop_before=names(migrations.archive)[1])
    db.execute("CREATE TABLE captures (another TEXT)")  # in the way of the next step
    before = schema(db.conn)
    db.close()
    with pytest.raises(ArchiveError, match="captures already exists"):
        open_archive(path)
    db = database(path)
    assert schema(db.conn) == before
    db.close()


def test_every_column_of_every_table_is_explained_in_the_data_dictionary() -> None:
    """web/metadata.yml is what a reader of archive.db sees; a column without a word there is a column nobody knows."""
    text = (Path(__file__).parents[1] / "web" / "metadata.yml").read_text(encoding="utf-8")
    db = Database(memory=True)
    index.register(db.conn)
    migrations.archive.apply(db)
    for table in ("articles", "runs", "pages", "listings", "lists", "column_runs", "captures", "districts", "columns"):
        section = re.search(rf"(?ms)^      {table}:\n(.*?)(?=^      \w|\Z)", text)
        assert section, table
        if "hidden: true" in section[1]:
            continue
        for column in db.table(table).columns_dict:
            assert re.search(rf"(?m)^ +[\"']?{column}[\"']?:", section[1]), f"{table}.{column}"
    db.close()
