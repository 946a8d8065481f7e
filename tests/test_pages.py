"""Saved article pages of every shape: bytes as received beside a short JSON that a person wrote.

A JSON holds the page's ``url`` and what the article must say: the names of Article's fields, and body_starts,
body_ends, body_holds, body_lacks; attachments and images as addresses; rules and flags where they matter. Sites and
people are invented.
"""

from __future__ import annotations

import json
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.article import Article
from pipelines.process import process
from scraper.items import Snapshot
from scraper.parse import FAMILIES, detect, page_kind

PAGES = Path(__file__).parent / "pages"
SAID = sorted(path for path in PAGES.glob("*/*.json") if not path.name.endswith(".list.json"))
CAPTURED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
# Keys of the JSON that are no fields of Article.
ABOUT_PAGE = {"url", "content_type", "listed_on", "body_starts", "body_ends", "body_holds", "body_lacks"}


def saved(path: Path) -> tuple[Snapshot, dict[str, Any]]:
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    listed = said.get("listed_on")
    headers = (("Content-Type", said["content_type"]),) if "content_type" in said else ()
    snapshot = Snapshot(
        said["url"],
        path.with_suffix(".html").read_bytes(),
        CAPTURED,
        headers=headers,
        listed_on=date.fromisoformat(listed) if listed else None,
    )
    return snapshot, said


@pytest.mark.parametrize("path", SAID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page(path: Path) -> None:
    snapshot, said = saved(path)
    article = process(snapshot)
    assert "\ufffd" not in snapshot.text
    for name in said.keys() - ABOUT_PAGE:
        assert shown(article, name, said[name]) == said[name], name
    assert article.body.startswith(said.get("body_starts", ""))
    assert article.body.endswith(said.get("body_ends", ""))
    for text in said.get("body_holds", ()):
        assert text in article.body
    for text in said.get("body_lacks", ()):
        assert text not in article.body
    assert {"body", "published_on"} <= article.rules.keys()


def shown(article: Article, name: str, wanted: object) -> object:
    """A field in the form the JSON writes it; of rules only those that are asked for."""
    value = getattr(article, name)
    if isinstance(value, date):
        return value.isoformat()
    if name in ("attachments", "images"):
        return [link.url for link in value]
    if name == "rules" and isinstance(wanted, dict):
        return {field: value.get(field) for field in wanted}
    if name == "credits":
        return [list(credit) for credit in value]
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("path", SAID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_kind_and_family_of_a_saved_page(path: Path) -> None:
    snapshot, said = saved(path)
    assert page_kind(snapshot) == "article" or "listed_on" in said
    assert detect(snapshot) == said.get("family", detect(snapshot))


def test_process_is_pure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same article twice, with no way to the network."""

    def closed(*_: object, **__: object) -> None:
        raise AssertionError("process() opened a socket")

    monkeypatch.setattr(socket, "socket", closed)
    for path in SAID:
        snapshot, _ = saved(path)
        assert process(snapshot) == process(snapshot)


def test_every_family_has_a_page() -> None:
    families = {detect(saved(path)[0]) for path in SAID}
    assert families == {*FAMILIES, ""}
