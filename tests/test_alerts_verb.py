"""`dibao alerts`, typed as people type it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from archive.stages.facts import describe_pending
from archive.store import open_archive
from tests import kept
from tests.receivers import Hook


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with open_archive(tmp_path / "archive.db") as archive:
        kept.crawl(archive, kept.page(1))
        describe_pending(archive)
    return tmp_path / "archive.db"


def alerts(path: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(cli.main, ["--archive", str(path), "alerts", *words], input=given)


def lines(result: Result) -> list[Any]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_an_alert_from_its_making_to_its_end(path: Path) -> None:
    with Hook([500]) as hook:
        (made,) = lines(alerts(path, "add", "小区 改造", "--to", hook.url, "--rhythm", "immediate", "--json"))
        assert made["search"] == "q=%E5%B0%8F%E5%8C%BA+%E6%94%B9%E9%80%A0" and made["name"] == "小区 改造"
        assert made["kinds"] == ["new", "substantive", "removed", "returned"]
        assert "key=" not in json.dumps(made)
        assert alerts(path, "test", "1").exit_code == 1
        assert alerts(path, "test", "1").output == "sent: accepted\n"
        with open_archive(path) as archive:
            kept.crawl(archive, *(kept.page(number) for number in range(2, 30)))
            describe_pending(archive)
        assert alerts(path, "run", "--quiet").output == ""
        (report,) = lines(alerts(path, "run", "--json"))
        assert report == {"noted": 0, "sent": 0, "failed": 0, "given_up": 0}
        (told,) = lines(alerts(path, "log", "--json"))
        assert (told["state"], told["items"]) == ("done", len(hook.posts[-1].titles))
        assert f"alert 1  {told['items']} items  done, 1 try" in alerts(path, "log", "1").output
    assert alerts(path, "pause", "1").exit_code == 0
    assert "1  paused  小区 改造" in alerts(path, "list").output
    assert alerts(path, "resume", "1").exit_code == 0
    assert alerts(path, "remove", "1").exit_code == 0
    assert lines(alerts(path, "list", "--json")) == []
    gone = alerts(path, "pause", "1")
    assert gone.exit_code == 1 and "there is no alert 1" in gone.output


def test_a_failed_message_is_in_the_exit_code(path: Path) -> None:
    alerts(path, "add", "--to", "json://127.0.0.1:9", "--rhythm", "immediate")
    with open_archive(path) as archive:
        kept.crawl(archive, kept.page(2))
        describe_pending(archive)
    result = alerts(path, "run", "--quiet")
    assert result.exit_code == 3 and "1 failed" in result.output


def test_a_page_with_its_filters_and_a_channel_from_standard_input(path: Path) -> None:
    page = "https://dibao.example.org/?q=%E6%94%B9&district=yunlan&order=relevance"
    options = ("--rhythm", "weekly", "--day", "fri", "--hour", "9", "--on", "edited", "--on", "removed")
    made = alerts(path, "add", "--page", page, "--to", "-", *options, "--json", given="json://hook.example.org/x\n")
    (alert,) = lines(made)
    assert alert["search"] == "q=%E6%94%B9&district=yunlan"
    assert alert["kinds"] == ["minor", "substantive", "removed"]
    assert (alert["rhythm"], alert["hour"], alert["weekday"]) == ("weekly", 9, 4)
    assert "DIBAO_PUBLIC_URL" in made.stderr


def test_before_there_is_an_alert(path: Path) -> None:
    for verb in ("list", "run"):
        result = alerts(path, verb)
        assert result.exit_code == 0 and "dibao alerts add" in result.output
    for verb in ("log", "test 1", "pause 1"):
        result = alerts(path, *verb.split())
        assert result.exit_code == 1 and "dibao alerts add" in result.output
    assert not (path.parent / "alerts.db").exists()


def test_a_channel_that_is_none(path: Path) -> None:
    result = alerts(path, "add", "x", "--to", "nowhere")
    assert result.exit_code == 1 and "--to: cannot send to this" in result.output


def test_a_token_is_shown_once_and_all_can_be_ended(path: Path) -> None:
    made = alerts(path, "token", "--note", "编辑部").output.strip()
    assert made.startswith("http://127.0.0.1:8001/alerts?token=")
    assert made.rpartition("=")[2].encode() not in (path.parent / "alerts.db").read_bytes()
    assert "1 tokens ended" in alerts(path, "token", "--revoke").output
