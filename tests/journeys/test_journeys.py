"""What people come for, at a desk and on a phone, with scripts and without: search, filter, open, compare, cite,
follow, find what was removed, take the data away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from tests.journeys.conftest import NARROW, WIDE, Watch
from tests.journeys.county import EDITED, NAME, REMOVED, WORD, Library

ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass
class Reader:
    """Somebody at the site: clicks what is seen and reads what is written."""

    page: Any
    home: str
    watch: Watch

    def goes(self, address: str = "/") -> None:
        assert self.page.goto(self.home + address).ok

    def asks(self, words: str) -> None:
        self.page.locator("form.ask input[name=q]").fill(words)
        self.page.locator("form.ask button").first.click()
        self.page.wait_for_url(re.compile(r"[?&]q="))

    def titles(self) -> list[str]:
        return [str(title) for title in self.page.locator(".hits h2").all_inner_texts()]

    def gets(self, link: Any) -> Any:
        """What a link leads to, as a download."""
        answer = self.page.request.get(self.home + str(link.get_attribute("href")))
        assert answer.ok
        return answer


@pytest.fixture(params=[(WIDE, True), (WIDE, False), (NARROW, True), (NARROW, False)], ids=str)
def reader(request: pytest.FixtureRequest, chromium: Any, home: str) -> Iterator[Reader]:
    viewport, scripts = request.param
    context = chromium.new_context(viewport=viewport, java_script_enabled=scripts)
    watch = Watch(home)
    yield Reader(watch.over(context.new_page()), home, watch)
    assert watch.wrong == []
    context.close()


@pytest.mark.browser
def test_a_word_is_found_filtered_opened_and_its_edit_seen(reader: Reader) -> None:
    page = reader.page
    reader.goes()
    reader.asks("招聘")
    found = reader.titles()
    assert any(EDITED in title for title in found)
    assert set(page.locator(".hits mark").all_inner_texts()) == {"招聘"}
    facet = page.locator(".facets li a", has_text="通知公告")
    if not facet.first.is_visible():
        page.locator(".facets summary", has_text="栏目").first.click()
    count = int(facet.locator("small").first.inner_text())
    facet.first.click()
    page.wait_for_url(re.compile("column="))
    assert len(reader.titles()) == count <= len(found)
    page.locator(".chips a").first.wait_for()
    page.locator(".hits h2 a", has_text=EDITED).first.click()
    page.wait_for_url(re.compile("/a/"))
    assert "收录后有修改" in page.locator("article > header").inner_text()
    page.locator('article > header a[href*="/diff"]').first.click()
    page.wait_for_url(re.compile("/diff"))
    assert "12月31日" in " ".join(page.locator("ins").all_inner_texts())
    assert page.locator("del").count() > 0
    page.locator('a[href*="view=side"]').click()
    page.wait_for_url(re.compile("view=side"))
    assert page.locator(".pair.changed").count() > 0


@pytest.mark.browser
def test_a_name_leads_to_the_person_and_a_citation(reader: Reader) -> None:
    page = reader.page
    reader.goes()
    reader.asks(NAME)
    assert len(reader.titles()) >= 5
    page.locator(".hits h2 a").first.click()
    page.wait_for_url(re.compile("/a/"))
    title = page.locator("article h1").inner_text()
    assert title in page.locator("#cite").inner_text()
    assert title in reader.gets(page.locator('#cite a[href$=".ris"]')).text()
    assert title in reader.gets(page.locator('#cite a[href$=".csl.json"]')).json()[0]["title"]
    page.locator("article .body a", has_text=NAME).first.click()
    page.wait_for_url(re.compile("/person/"))
    assert page.locator("h1").inner_text() == NAME and "区长" in page.locator("main").inner_text()


@pytest.mark.browser
def test_a_removal_is_found_and_still_read(reader: Reader, library: Library) -> None:
    page = reader.page
    reader.goes()
    page.locator("header.site a", has_text="变动").click()
    page.wait_for_url(re.compile("/changes"))
    page.locator("main a", has_text=REMOVED).first.click()
    page.wait_for_url(re.compile(f"/a/{library.removed}"))
    assert "移除" in page.locator("article > header").inner_text()
    assert len(page.locator("article .body").inner_text()) > 100


@pytest.mark.browser
def test_a_search_is_followed_and_taken_away(reader: Reader, library: Library) -> None:
    page = reader.page
    reader.goes()
    reader.asks(WORD)
    titles = reader.titles()
    feed = ElementTree.fromstring(reader.gets(page.locator('main a[href*="/feed.atom"]').first).text())
    assert {one.findtext(f"{ATOM}title") for one in feed.iter(f"{ATOM}entry")} == set(titles)
    table = reader.gets(page.locator('main a[href*="/search.csv"]')).body().decode("utf-8-sig")
    assert {row["title"] for row in csv.DictReader(io.StringIO(table))} == set(titles)
    follow = str(page.locator('main a[href*="/alerts"]').first.get_attribute("href"))
    reader.goes(f"/alerts?token={library.token}")
    reader.goes(follow)
    assert parse_qs(urlsplit(f"?{page.locator('input[name=search]').input_value().lstrip('/?')}").query) == {
        "q": [WORD]
    }
    before = page.locator(".following > li").count()
    page.locator("input[name=channel]").fill(f"https://hook.example.org/{before}")
    page.locator("form.alert button").click()
    page.wait_for_url(re.compile("done"))
    assert page.locator(".following > li").count() == before + 1
