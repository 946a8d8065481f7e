"""The page of alerts behind its token, and the page that ends one, as browsers and mail programs ask them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from selectolax.lexbor import LexborHTMLParser

from archive.alerts import saved as store
from archive.alerts.saved import Alert, open_alerts
from archive.alerts.schema import alerts_path
from tests.made_up import fill
from tests.test_web import HOSTILE
from web.serve import application

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
FORM = {"do": "add", "search": "/?q=改造&district=yunlan", "channel": "https://hook.example.org/secret-path?x=1"}
FORM |= {"name": "", "rhythm": "weekly", "hour": "7", "day": "fri"}


class Browser:
    """Keeps cookies and follows redirects to our own pages, as a browser does."""

    def __init__(self, path: Path) -> None:
        self.datasette = application(path)
        self.cookies: dict[str, str] = {}

    def get(self, address: str, **headers: str) -> Any:
        return self._ask("GET", address, None, headers)

    def post(self, address: str, form: dict[str, Any], **headers: str) -> Any:
        return self._ask("POST", address, form, headers)

    def send(self, address: str, **form: Any) -> Any:
        """Fills in the form of a page, with its token against forgeries."""
        page = LexborHTMLParser(self.get(address).text)
        token = page.css_first("input[name=csrftoken]")
        assert token is not None
        return self.post(address.partition("?")[0], {"csrftoken": token.attributes["value"], **form})

    def _ask(self, method: str, address: str, form: dict[str, Any] | None, headers: dict[str, str]) -> Any:
        async def answer() -> Any:
            await self.datasette.invoke_startup()
            if form is not None:
                headers["content-type"] = "application/x-www-form-urlencoded"
            content = urlencode(form, doseq=True).encode() if form is not None else None
            return await self.datasette.client.request(
                method, address, cookies=dict(self.cookies), headers=headers, content=content
            )

        response = asyncio.run(answer())
        for name, value in re.findall(r"(?:^|, )(\w+)=([^;]*); ", ", ".join(response.headers.get_list("set-cookie"))):
            self.cookies[name] = value
        if response.status_code in (302, 303):
            return self.get(response.headers["location"])
        return response


@pytest.fixture
def path(tmp_path: Path) -> Path:
    fill(tmp_path / "archive.db", 5)
    return tmp_path / "archive.db"


@pytest.fixture
def browser(path: Path) -> Iterator[Browser]:
    """Somebody who came with a token."""
    with open_alerts(path) as file:
        token = store.new_token(file, "", NOW)
    browser = Browser(path)
    assert browser.get(f"/alerts?token={token}").status_code == 200
    yield browser


def saved(path: Path) -> list[Alert]:
    with open_alerts(path) as file:
        return store.listed(file)


def test_without_a_token_the_page_says_how_to_get_one(path: Path) -> None:
    browser = Browser(path)
    for address in ("/alerts", "/alerts?token=", "/alerts?token=wrong&q=x"):
        response = browser.get(address)
        assert response.status_code == 403
        assert "dibao alerts token" in response.text and "/feed.atom" in response.text
    assert browser.post("/alerts", FORM).status_code == 403
    assert not alerts_path(path).exists()


def test_the_token_goes_from_the_address_into_a_cookie(path: Path) -> None:
    with open_alerts(path) as file:
        token = store.new_token(file, "", NOW)
    browser = Browser(path)

    async def first() -> Any:
        await browser.datasette.invoke_startup()
        return await browser.datasette.client.get(f"/alerts?token={token}&q=改造")

    response = asyncio.run(first())
    assert response.status_code == 302 and token not in response.headers["location"]
    cookie = response.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/alerts" in cookie
    with open_alerts(path) as file:
        store.revoke_tokens(file, NOW)
    browser.cookies["dibao_alerts"] = token
    assert browser.get("/alerts").status_code == 403


def test_a_search_is_filled_in_saved_paused_and_removed(path: Path, browser: Browser) -> None:
    page = LexborHTMLParser(browser.get("/alerts?q=改造&district=yunlan&order=relevance").text)
    field = page.css_first("input[name=search]")
    assert field and field.attributes["value"] == "/?q=改造&district=yunlan"
    done = browser.send("/alerts", **FORM, kind=["new", "removed"])
    assert done.status_code == 200 and "已保存" in done.text
    browser.send("/alerts", **FORM, kind=["new", "removed"])  # clicked twice
    (alert,) = saved(path)
    assert (alert.search, alert.kinds) == ("q=%E6%94%B9%E9%80%A0&district=yunlan", ("new", "removed"))
    assert (alert.rhythm, alert.hour, alert.weekday, alert.language) == ("weekly", 7, 4, "zh")
    assert "改造 · 云澜区" in done.text and "每周 周五 07:00" in done.text
    assert "secret-path" not in done.text and "https://hook.example.org/…" in done.text
    for verb, state in (("pause", "paused"), ("resume", "active")):
        browser.send("/alerts", do=verb, alert=str(alert.id))
        assert [one.state for one in saved(path)] == [state]
    browser.send("/alerts", do="remove", alert=str(alert.id))
    assert saved(path) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"channel": "nowhere"}, "无法送到这个地址"),
        ({"channel": "dbus://"}, "服务器本机"),
        ({"channel": "reader@example.org"}, "DIBAO_MAIL"),
        ({"kind": []}, "至少选择一种"),
        ({"rhythm": "hourly"}, "频率"),
        ({"hour": "25"}, "时间"),
        ({"hour": "x"}, "没有保存"),
        ({"day": "x"}, "没有保存"),
        ({"do": "pause", "alert": "77"}, "这个提醒已不存在"),
    ],
)
def test_what_cannot_be_saved_is_told_and_kept_in_the_form(
    path: Path, browser: Browser, wrong: dict[str, Any], told: str
) -> None:
    response = browser.send("/alerts", **{**FORM, "kind": ["new"], "name": HOSTILE, **wrong})
    assert response.status_code == 400
    page = LexborHTMLParser(response.text)
    note = page.css_first("[role=alert]")
    assert note and told in note.text()
    name = page.css_first("input[name=name]")
    assert name and name.attributes["value"] == HOSTILE
    assert not page.css("script, img")
    assert saved(path) == []


def test_a_forged_form_does_nothing(path: Path, browser: Browser) -> None:
    assert browser.post("/alerts", {**FORM, "kind": "new"}).status_code == 403
    assert browser.post("/alerts", {**FORM, "kind": "new", "csrftoken": "x"}).status_code == 403
    assert saved(path) == []


def test_hostile_names_stay_text(path: Path, browser: Browser) -> None:
    browser.send("/alerts", **{**FORM, "kind": "new", "name": HOSTILE, "search": HOSTILE})
    page = LexborHTMLParser(browser.get("/alerts").text)
    heading = page.css_first(".following h2")
    assert heading and heading.text(strip=True) == HOSTILE[:80].strip()
    assert not page.css("script, img, [onerror]")


def test_a_link_in_a_mail_asks_first_and_a_click_in_a_mail_program_ends_at_once(path: Path) -> None:
    with open_alerts(path) as file:
        alerts = [store.add(file, Alert(name, f"q={name}", "json://127.0.0.1"), None, NOW) for name in ("甲", "乙")]
        links = [f"/unsubscribe/{store.unsubscribe_token(file, one.id)}" for one in alerts]
    reader = Browser(path)
    asked = reader.get(links[0])
    assert asked.status_code == 200 and "甲" in asked.text
    assert len(saved(path)) == 2
    assert "已退订" in reader.send(links[0]).text
    assert [one.name for one in saved(path)] == ["乙"]
    assert "已退订" in Browser(path).post(links[1], {"List-Unsubscribe": "One-Click"}).text
    assert saved(path) == []
    for link in (links[0], "/unsubscribe/1-x"):
        assert Browser(path).get(link).status_code == 404
        assert Browser(path).post(link, {}).status_code == 404
