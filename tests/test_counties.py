"""The bars of a crawl, on a made-up county of every family: nothing listed is lost, nothing is fetched or stored twice.

All families are crawled side by side, as a night does it, through two nights of faults, a quiet one and three of
steady news; each test reads what these nights left in the archive and in the servers' logs.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import counties
from tests.counties import bars
from tests.counties.bars import Counties
from tests.counties.chaos import KINDS, Chaos
from tests.counties.families import make
from tests.counties.notices import Notice
from tests.counties.site import Ask

ROOT = Path(__file__).parents[1]

SIZE, ROWS, NEWS, STEADY = 21, 10, 4, 3
every_family = pytest.mark.parametrize("family", counties.FAMILIES)


@dataclass
class Story:
    """What happened. known: every title that was ever shown; after_two: what two nights of faults had lost."""

    nights: Counties
    edited: dict[str, list[Notice]] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    after_two: dict[str, list[str]] = field(default_factory=dict)

    def note(self) -> None:
        for family, county in self.nights.counties.items():
            self.known.setdefault(family, set()).update(county.titles())


@pytest.fixture(scope="module")
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The nights of all families that are tested."""
    chosen = {
        item.callspec.params.get("family")
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path and hasattr(item, "callspec")
    }
    families = [family for family in counties.FAMILIES if family in chosen]
    with bars.serving(tmp_path_factory.mktemp("counties"), families, size=SIZE, rows=ROWS) as nights:
        told = Story(nights)
        with troubled(nights):
            told.note()
            nights.night(dibao_since="2000-01-01")
            for family, county in nights.counties.items():
                told.edited[family] = between_nights(county)
            told.note()
            nights.night()
        for family in families:
            told.after_two[family] = bars.unaccounted(nights, family, unread=True)
        nights.let_time_pass()
        nights.night()
        for _ in range(STEADY):
            for county in nights.counties.values():
                county.publish(NEWS)
            told.note()
            nights.night()
        yield told


@contextmanager
def troubled(nights: Counties) -> Iterator[None]:
    """Faults by a seed of the family's own; lists are hit less often than articles, as they are fewer."""
    for number, county in enumerate(nights.counties.values()):
        county.chaos = Chaos(seed=number, rate=0.12)
    yield
    for county in nights.counties.values():
        county.chaos = None


def between_nights(county: counties.County) -> list[Notice]:
    """News, a late item with an old date, a correction, a removal, a row that is pinned and stands in its place as
    well, a repost in a further column; and what bears the same day stands in another order."""
    town = county.site.town
    town.reorder()
    county.publish(2)
    county.publish(1, "通知公告", days_ago=3)
    edited = county.edit(town.listed("政务要闻")[4].id)
    county.remove(town.listed("部门动态")[5].id)
    town.pin(town.listed("通知公告")[8].id)
    town.repost(town.listed("政策文件")[1].id, "通知公告")
    return [edited]


@every_family
def test_all_that_is_listed_is_stored_or_accounted_for(story: Story, family: str) -> None:
    """100 % after two nights of faults; the sums close in every run and on every day of every column."""
    assert story.after_two[family] == []
    assert bars.unclosed(story.nights, family) == []


@every_family
def test_a_quiet_night_brings_the_rest(story: Story, family: str) -> None:
    assert story.nights.ends[2][family].reason == "finished", story.nights.ends[2][family].why
    assert bars.lacking(story.nights, family) == [] and bars.open_pages(story.nights, family) == []


@every_family
def test_no_unchanged_body_is_fetched_again(story: Story, family: str) -> None:
    county = story.nights.counties[family]
    for night in range(2, len(story.nights.ends) + 1):
        assert bars.fetched_again(county, night, story.edited[family]) == []


@every_family
def test_steady_news_costs_few_requests(story: Story, family: str) -> None:
    """At most 1.6 requests for each new article, robots.txt, lists and shells included, attachments apart. The first
    night of news may still read on where faults had broken a list off."""
    county = story.nights.counties[family]
    asked = sum(bars.requests(county, night) for night in range(5, 4 + STEADY))
    news = (STEADY - 1) * NEWS * len(county.site.town.columns)
    assert asked <= 1.6 * news, [one.target for one in county.asked(night=3 + STEADY)]


@every_family
def test_nothing_is_stored_twice_or_for_what_it_is_not(story: Story, family: str) -> None:
    """Reposts, phone copies and parts are no articles of their own; nor is a firewall's page."""
    assert bars.doubled(story.nights, family) == []
    assert bars.strangers(story.nights, family, story.known[family]) == []


@every_family
def test_texts_are_whole(story: Story, family: str) -> None:
    assert bars.titles(story.nights, family), "nothing was archived"
    assert bars.torn(story.nights, family) == []


@every_family
def test_attachments_are_kept(story: Story, family: str) -> None:
    assert bars.titles(story.nights, family), "nothing was archived"
    assert bars.files_lacking(story.nights, family) == []


# -- what needs a night of its own

SHIFTING = ("trs", "boda", "hanweb_post", "jpaas")


@pytest.mark.parametrize("shift", ["published", "removed"])
def test_lists_that_move_while_they_are_read_lose_nothing(tmp_path: Path, shift: str) -> None:
    """An item comes on top, or one on the first page goes, just before the second page is asked for."""
    with bars.serving(tmp_path, SHIFTING, size=24, rows=10) as nights:
        for county in nights.counties.values():
            county.between = Shift(county, shift)
        nights.night(dibao_since="2000-01-01")
        nights.night()
        for family, county in nights.counties.items():
            assert isinstance(county.between, Shift) and county.between.moved, family
            assert bars.unaccounted(nights, family) == [] and bars.doubled(nights, family) == []
            assert bars.unclosed(nights, family) == []


@dataclass
class Shift:
    """Moves the rows of 政务要闻 once, when its list is asked for a second time; a third, where a shell comes first."""

    county: counties.County
    how: str
    asked: int = 0
    moved: bool = False

    def __call__(self, ask: Ask) -> None:
        site = self.county.site
        column = site.town.columns[0]
        if not site.is_list(ask, column):
            return
        self.asked += 1
        if self.moved or self.asked != (3 if self.county.family == "jpaas" else 2):
            return
        self.moved = True
        if self.how == "published":
            self.county.publish(1, column.name)
        else:
            first = site.town.listed(column.name)[: site.per_page]
            self.county.remove(next(one.id for one in first if one.column == column.name and not one.also))


@pytest.mark.parametrize("fault", KINDS)
def test_lists_that_fail_are_read_on_in_later_nights(tmp_path: Path, fault: str) -> None:
    """Every list page, and every request of a script, fails twice: what was ordered back to 2000 comes all the same."""
    with bars.serving(tmp_path, ["intertid_mixed"], size=8, rows=4) as nights:
        nights.counties["intertid_mixed"].chaos = Chaos(kinds=(fault,), rate=1.0, most=2, only=("list",))
        nights.night(dibao_since="2000-01-01")
        while bars.lacking(nights, "intertid_mixed") and len(nights.ends) < 9:
            nights.let_time_pass()
            nights.night()
        assert bars.lacking(nights, "intertid_mixed") == [] and bars.unclosed(nights, "intertid_mixed") == []


def test_304_for_a_page_that_was_never_fetched_is_no_page(tmp_path: Path) -> None:
    with bars.serving(tmp_path, ["trs", "generic"], size=6) as nights:
        for county in nights.counties.values():
            county.chaos = Chaos(kinds=("unchanged",), rate=1.0, most=2, only=("article",))
        nights.night()
        for family in nights.counties:
            assert bars.titles(nights, family) == [] and bars.unaccounted(nights, family) == []
            assert bars.unclosed(nights, family) == []
        for county in nights.counties.values():
            county.chaos = None
        nights.night()
        for family, county in nights.counties.items():
            assert set(bars.titles(nights, family)) == county.titles()


@pytest.mark.parametrize("status", [403, 500])
def test_without_leave_of_robots_nothing_is_asked(tmp_path: Path, status: int) -> None:
    with bars.serving(tmp_path, ["lonsun", "ucap_post"], size=6) as nights:
        for county in nights.counties.values():
            county.robots_status = status
        ends = nights.night()
        for family, county in nights.counties.items():
            assert ends[family].reason == "robots" and {one.kind for one in county.asked()} == {"robots"}
            county.robots_status = 404
        ends = nights.night()
        for family, county in nights.counties.items():
            assert ends[family].reason == "finished" and set(bars.titles(nights, family)) == county.titles()


def test_pages_that_never_come_are_tried_again(tmp_path: Path) -> None:
    with bars.serving(tmp_path, ["standard", "intertid"], size=12, rows=5) as nights:
        nights.timeout = 0.7
        for county in nights.counties.values():
            county.chaos = Chaos(seed=4, kinds=("stall",), rate=0.08, most=1, only=("article", "file"))
        nights.night()
        assert any(one.fault == "stall" for county in nights.counties.values() for one in county.log)
        for family, county in nights.counties.items():
            assert bars.unaccounted(nights, family) == []
            county.chaos = None
        nights.night()
        for family, county in nights.counties.items():
            assert set(bars.titles(nights, family)) == county.titles()
            assert bars.files_lacking(nights, family) == []


def test_a_county_is_the_same_every_time_and_holds_hundreds_of_pages() -> None:
    for family in counties.FAMILIES:
        one, other = make(family), make(family)
        assert one.home() == other.home() and len(one.town.notices) == 280
        assert len({notice.title for notice in one.town.notices.values()}) == 280
        assert len({one.article_path(notice) for notice in one.town.notices.values()}) == 280
        assert "网站标识码" in one.home() and "政府信息公开" in one.home()


def test_every_address_that_a_county_shows_leads_somewhere() -> None:
    for family in counties.FAMILIES:
        with counties.open(family, size=9, rows=4) as county:
            shown = {
                county.url + "/",
                *county.columns().values(),
                *(url for urls in county.truth().values() for url in urls),
            }
            for url in shown:
                with urllib.request.urlopen(url.partition("#")[0]) as answer:
                    assert answer.status == 200
            assert not [one.target for one in county.log if one.kind == "none"]


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "tests.counties", "boda", "--size", "5"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/") as answer:
            assert "朔原区" in answer.read().decode()
        child.terminate()
        assert child.wait(20) == 0
