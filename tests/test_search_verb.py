"""`dibao search` with its filters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli
from archive.search.ask import search
from archive.search.filters import Filters
from archive.stages.facts import describe_pending
from archive.store import open_archive
from tests.made_up import fill


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verb") / "archive.db"
    fill(path, 80)
    with open_archive(path) as archive:
        describe_pending(archive)
    return path


def found(path: Path, *given: str) -> list[str]:
    answer = CliRunner().invoke(cli.main, ["--archive", str(path), "search", *given, "--limit", "99", "--json"])
    assert answer.exit_code == 0, answer.output
    return [json.loads(line)["key"] for line in answer.stdout.splitlines()]


@pytest.mark.parametrize(
    ("given", "filters"),
    [
        (("改造",), Filters()),
        (("改造", "--kind", "公告公示"), Filters(kind="公告公示")),
        (("改造", "--place", "柳河镇", "--district", "yunlan"), Filters(place="柳河镇", district="yunlan")),
        (("改造", "--files", "--fold"), Filters(files=True, copies="fold")),
        (("改造", "--removed"), Filters(removed=True)),
    ],
)
def test_the_verb_finds_what_the_page_finds(path: Path, given: tuple[str, ...], filters: Filters) -> None:
    with open_archive(path) as archive:
        wanted = [hit.key for hit in search(archive.db.conn, "改造", filters, limit=99).hits]
    assert found(path, *given) == wanted
    assert wanted or "--removed" in given


def test_without_words_the_filters_decide(path: Path) -> None:
    keys = found(path, "--since", "2026-09-01", "--until", "2026-09-30")
    assert 10 <= len(keys) <= 20
    assert CliRunner().invoke(cli.main, ["search", "--since", "September"]).exit_code == 2
