"""What a user can meet is documented, or the suite fails: verbs, options, TOML keys, tables, columns, settings."""

from __future__ import annotations

import argparse
import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest

import cli
import scheduler
from archive.index import register
from archive.store import open_archive, snapshots_path
from commands import crawl

ROOT = Path(__file__).parents[1]
DOCS = {file.name: file.read_text(encoding="utf-8") for file in [*ROOT.glob("docs/*.md"), ROOT / "README.md"]}
PARTS = ("commands", "scraper", "pipelines", "archive", "web")
INTERNAL = re.compile(r"sqlite_|_sqlite_migrations|articles_fts_")


def section(text: str, heading: str) -> str:
    """A heading's text up to the next heading of the same or a higher rank; "" when it is not there."""
    match = re.search(rf"^(#+) .*\b{re.escape(heading)}\b.*$", text, re.M)
    if not match:
        return ""
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.M)
    return rest[: end.start()] if end else rest


def words(text: str) -> set[str]:
    """Everything in backquotes, also the single words of it."""
    quoted = re.findall(r"`([^`]+)`", text)
    return {*quoted, *(word for phrase in quoted for word in re.findall(r"--?[\w-]+|\w+", phrase))}


def verbs() -> Iterator[tuple[str, str]]:
    """(verb, option) of the dibao command; option "" for the verb itself."""
    for name, command in cli.main.commands.items():
        yield name, ""
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                yield name, parameter.opts[-1] if parameter.opts[-1].startswith("--") else parameter.opts[0]


@pytest.mark.parametrize(("verb", "option"), list(verbs()))
def test_every_verb_and_option_is_in_operations(verb: str, option: str) -> None:
    rows = [line for line in DOCS["operations.md"].splitlines() if re.match(rf"\| `{verb}\b", line)]
    assert len(rows) == 1, f"docs/operations.md: the table of verbs needs one row for {verb}"
    assert not option or option in words(rows[0]), f"docs/operations.md: {verb} {option} is not in its row"


def test_every_option_of_the_timetable_is_in_operations() -> None:
    known = words(section(DOCS["operations.md"], "Every night"))
    parser: argparse.ArgumentParser = scheduler.parser()
    options = {option for action in parser._actions for option in action.option_strings if option.startswith("--")}
    assert len(options) > 5
    assert options - known - {"--help"} == set()


def test_every_toml_key_is_in_districts() -> None:
    """The keys are read off the loader: the arguments of its only(...) calls."""
    sources = [(ROOT / "scraper" / name).read_text(encoding="utf-8") for name in ("catalogue.py", "manners.py")]
    tree = ast.parse("\n".join(source.replace("from __future__ import annotations", "") for source in sources))
    keys = {
        node.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "only"
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    keys |= {
        node.value
        for assign in ast.walk(tree)
        if isinstance(assign, ast.Assign) and ast.unparse(assign.targets[0]) == "keys"
        for node in ast.walk(assign.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {"name", "columns", "per_week", "until", "hours", "megabytes"} <= keys
    known = {part for word in words(DOCS["districts.md"]) for part in word.split(".")}
    assert keys - known == set()


def schema(path: Path) -> dict[str, set[str]]:
    with closing(sqlite3.connect(path)) as conn:
        register(conn)  # a view calls the index's functions
        names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        return {
            name: {row[1] for row in conn.execute(f'SELECT * FROM pragma_table_xinfo("{name}")')}
            for name in names
            if not INTERNAL.match(name)
        }


def test_every_table_and_column_is_in_research(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    open_archive(path).close()
    for file in (path, snapshots_path(path)):
        tables = schema(file)
        chapter = section(DOCS["research.md"], file.name)
        assert tables and chapter
        for table, columns in tables.items():
            text = section(chapter, table)
            assert text, f"docs/research.md: no section for the table {table} under {file.name}"
            missing = {column for column in columns if column not in words(text)} - {table, "rank"}
            assert not missing, f"docs/research.md: {table} has columns that are not described: {sorted(missing)}"


def test_every_setting_is_in_operations() -> None:
    found: set[str] = set()
    for file in [
        *ROOT.glob("*.py"),
        *(f for part in ("scraper", "archive", "web") for f in (ROOT / part).rglob("*.py")),
    ]:
        found |= set(re.findall(r"\bDIBAO_[A-Z_]+\b", file.read_text(encoding="utf-8")))
    assert "DIBAO_ARCHIVE" in found
    assert found - words(DOCS["operations.md"]) == set()


def test_every_exit_code_is_in_operations() -> None:
    table = section(DOCS["operations.md"], "Exit codes")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.M)}
    used = {value for name, value in vars(crawl).items() if name.startswith("EXIT_")}
    assert len(used) == 5 and used < codes


def test_links_between_the_documents_lead_somewhere() -> None:
    for file in [*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (file.parent / target).exists(), f"{file.name}: {target} is not there"


def test_the_checker_sees_what_is_missing() -> None:
    text = "# A\n## articles\n| `id` | x |\n### inner\n`rank`\n## other\n`key`\n"
    assert words(section(text, "articles")) == {"id", "rank"}
    assert section(text, "runs") == ""
    assert words("`--limit N` and `crawl [DISTRICT…]`") >= {"--limit", "crawl"}
