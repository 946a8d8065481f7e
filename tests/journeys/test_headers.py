"""What every answer carries, on our pages and on Datasette's own; and what a public address does not give."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.journeys.conftest import serving
from tests.journeys.county import Library
from tests.journeys.rooms import FEEDS, PAGES

OWN = ("/-/versions", "/-/plugins", "/-/settings", "/-/databases", "/archive/articles/1", "/-/nothing", "/robots.txt")


def ask(url: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer, whatever its status."""
    try:
        with urlopen(Request(url, headers={"Accept": "text/html"}), timeout=30) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )
    except HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read().decode()


@pytest.fixture(scope="module")
def public(library: Library) -> Iterator[str]:
    with serving(library.path, "--public") as url:
        yield url


def test_every_answer_has_the_safe_headers(home: str, library: Library) -> None:
    for address in (*(made(library) for made in (*PAGES.values(), *FEEDS.values())), *OWN, "/static/dibao.css"):
        status, headers, _ = ask(home + address)
        assert status < 500, address
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
        assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
        assert "strict-transport-security" not in headers  # who serves it over TLS says so
        assert "access-control-allow-origin" not in headers


def test_no_page_has_a_script_or_style_of_its_own(home: str, library: Library) -> None:
    for name, made in PAGES.items():
        text = ask(home + made(library))[2]
        assert "<style" not in text and " style=" not in text and " onclick=" not in text, name
        assert text.count("<script") == text.count('<script src="/static/'), name


def test_a_public_address_takes_no_sql_and_shows_nothing_private(public: str, library: Library) -> None:
    for address in ("/archive?sql=select+1", "/archive.json?sql=select+1", "/archive.csv?sql=select+1"):
        assert ask(public + address)[0] == 403
    assert "<textarea" not in ask(f"{public}/archive")[2]
    for address in ("/alerts", "/-/permissions"):
        assert ask(public + address)[0] in (403, 404), address
    for name, made in PAGES.items():
        if name != "own query":
            assert ask(public + made(library))[0] < 500 and library.token not in ask(public + made(library))[2], name
    databases = json.loads(ask(f"{public}/-/databases.json")[2])
    assert [one["name"] for one in databases] == ["archive"]
    for address in ("/snapshots", "/alerts.db", "/archive.db", "/snapshots.db"):
        assert ask(public + address)[0] in (403, 404), address
