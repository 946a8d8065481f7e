"""Texts that attack: on no page and in no feed does anything run, load or break out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.conftest import NARROW, Watch
from tests.journeys.county import Library
from tests.journeys.hostile import ELSEWHERE
from tests.journeys.rooms import FEEDS, PAGES

# Whatever stands in the page beyond our own elements.
FOREIGN = """elsewhere => {
  const wrong = [], all = [...document.querySelectorAll("*")];
  for (const one of all) {
    for (const {name, value} of one.attributes) {
      if (name.startsWith("on")) wrong.push(`${one.tagName} ${name}`);
      if (["href", "src", "action", "formaction", "data"].includes(name)
          && (/^\\s*(javascript|data|vbscript):/i.test(value) || value.startsWith(elsewhere)))
        wrong.push(`${one.tagName} ${name}=${value.slice(0, 60)}`);
    }
    if (one.tagName === "SCRIPT" && !(one.getAttribute("src") || "").startsWith("/")) wrong.push("script");
    if (["IFRAME", "STYLE", "BASE", "OBJECT", "EMBED"].includes(one.tagName)) wrong.push(one.tagName);
    if (one.tagName === "IMG" || one.tagName === "META" && one.httpEquiv) wrong.push(one.outerHTML.slice(0, 80));
    if (one.tagName === "animate") wrong.push("animate");
  }
  if (document.body && getComputedStyle(document.body).display === "none") wrong.push("hidden");
  return wrong;
}"""
LAYOUT = """() => {
  const page = document.documentElement, nav = document.querySelector("header.site").getBoundingClientRect();
  return [page.scrollWidth <= page.clientWidth + 1, nav.left >= 0 && nav.right <= page.clientWidth + 1,
    document.querySelectorAll("header.site, main, footer.site").length];
}"""


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport=NARROW)
    yield context.new_page()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_nothing_runs_and_the_layout_holds(page: Any, trap: str, hostiles: Library, name: str) -> None:
    watch = Watch(trap)
    watch.over(page)
    answer = page.goto(f"{trap}{PAGES[name](hostiles)}")
    assert answer.status < 500 and "default-src 'none'" in answer.headers["content-security-policy"]
    assert page.evaluate(FOREIGN, ELSEWHERE) == []
    assert page.evaluate(LAYOUT) == [True, True, 3]
    page.wait_for_timeout(20)
    assert watch.wrong == [] and page.url.startswith(trap)


@pytest.mark.browser
@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_is_only_text(page: Any, trap: str, hostiles: Library, name: str) -> None:
    watch = Watch(trap)
    watch.over(page)
    answer = page.goto(f"{trap}{FEEDS[name](hostiles)}")
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<parsererror" not in page.content() and "entry" in answer.text()
    assert page.evaluate("() => document.querySelectorAll('script, img, iframe, form, style[onload]').length") == 0
    page.wait_for_timeout(20)
    assert watch.wrong == []


@pytest.mark.browser
def test_extracted_texts_and_references_are_plain(page: Any, trap: str, hostiles: Library) -> None:
    watch = Watch(trap)
    watch.over(page)
    key = hostiles.edited
    for end, kind in (
        *(("/0.txt", "text/plain"), (".txt", "text/plain")),
        *((".json", "application/json"), (".csl.json", "json"), (".ris", ""), (".bib", "")),
    ):
        answer = page.request.get(f"{trap}/a/{key}{end}")
        assert answer.ok and kind in answer.headers["content-type"] and "html" not in answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"
    page.goto(f"{trap}/a/{key}/0.txt")
    assert page.evaluate(FOREIGN, ELSEWHERE) == [] and watch.wrong == []
