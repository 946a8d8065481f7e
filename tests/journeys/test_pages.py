"""Every page in both languages, light and dark, wide and narrow: accessible, quiet, and without sideways scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.util import find_spec
from typing import Any

import pytest

from tests.journeys.conftest import NARROW, WIDE, Watch
from tests.journeys.county import Library
from tests.journeys.rooms import PAGES

SERIOUS = ("serious", "critical")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"
ALIKE = "tbody tr:nth-child(n+6), .list > li:nth-child(n+6)"  # rows like those before: the longest tables take axe 14 s
WIDER = """() => {
  const most = document.documentElement.clientWidth + 1;
  if (document.documentElement.scrollWidth <= most) return [];
  return [...document.querySelectorAll("main *, header *, footer *")]
    .filter(one => one.getBoundingClientRect().right > most).slice(0, 4)
    .map(one => one.tagName + "." + one.className + " " + one.textContent.slice(0, 40));
}"""
# Every control, in the order in which the keyboard reaches them, and whether the reader sees where he is.
CONTROLS = """() => [
    ...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled).length"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  return [one.tagName, one === document.body, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    box.width > 0 && box.height > 0, one.outerHTML.slice(0, 120)];
}"""


@pytest.fixture(scope="module")
def axe() -> str:
    if find_spec("axe_playwright_python") is None:
        pytest.skip("needs axe-core (pip install dibao[dev])")
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(chromium: Any) -> Iterator[Any]:
    context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def findings(page: Any, rules: list[str], without: str = "") -> list[str]:
    """What axe calls serious or critical: rule, element, why."""
    kind = "rule" if rules == [CONTRAST] else "tag"
    options = {"runOnly": {"type": kind, "values": rules}, "resultTypes": ["violations"]}
    if without:
        options["rules"] = {without: {"enabled": False}}
    found = page.evaluate("([alike, options]) => axe.run({exclude: [[alike]]}, options)", [ALIKE, options])
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'].splitlines()[-1].strip()}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
        for node in one["nodes"][:3]
    ]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(page: Any, axe: str, home: str, library: Library, *, name: str, language: str) -> None:
    watch = Watch(home)
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    watch.over(page)
    address = PAGES[name](library)
    answer = page.goto(f"{home}{address}{'&' if '?' in address else '?'}lang={language}")
    assert answer.status == (404 if name in ("missing", "taken down") else 200)
    assert page.locator("html").get_attribute("lang") == ("zh-CN" if language == "zh" else "en")
    page.evaluate(axe)
    wrong = [f"light: {one}" for one in findings(page, RULES, without=CONTRAST if language == "en" else "")]
    if language == "zh":  # colours are the same in both
        page.emulate_media(color_scheme="dark")
        wrong += [f"dark: {one}" for one in findings(page, [CONTRAST])]
    page.set_viewport_size(NARROW)
    wrong += [f"390 px: {one}" for one in page.evaluate(WIDER)]
    assert wrong + watch.wrong == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["search", "edited article", "district", "coverage", "own query", "alerts"])
def test_the_keyboard_reaches_everything_and_shows_where_it_is(
    page: Any, home: str, library: Library, name: str
) -> None:
    page.set_viewport_size(WIDE)
    page.goto(f"{home}{PAGES[name](library)}")
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    controls = page.evaluate(CONTROLS)
    page.keyboard.press("Tab")
    first = page.evaluate("() => document.activeElement.className")
    assert first == "skip" and page.evaluate("() => document.activeElement.getBoundingClientRect().left") >= 0
    reached = 0
    for _ in range(controls + 40):  # boxes that scroll are stops too
        _, outside, seen, visible, html = page.evaluate(FOCUSED)
        if outside:
            break
        assert seen and visible, html
        reached += 1
        page.keyboard.press("Tab")
    assert reached >= controls
    page.goto(f"{home}{PAGES[name](library)}")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*#content")
