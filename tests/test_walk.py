from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.spiders.walk import PAGES, Walk

COLUMN = Column("要闻", "http://a.example/class/A")
TOP = date(2026, 11, 20)


def listing(first: int, last: int, dated: bool = True) -> list[Row]:
    """Rows first … last, one a day, newest first."""
    days = [TOP - timedelta(days=number) if dated else None for number in range(first, last + 1)]
    return [Row(f"http://a.example/{first + place}", "题", day) for place, day in enumerate(days)]


def page(rows: Sequence[Row], following: str | None = "http://a.example/class/A/2") -> ListPage:
    return ListPage(tuple(rows), following)


def addresses(rows: Sequence[Row]) -> set[str]:
    return {row.url for row in rows}


def test_a_first_visit_brings_the_newest_rows_up_to_the_limit() -> None:
    walk = Walk(COLUMN, limit=20)
    first, second = listing(0, 14), listing(15, 29)
    assert walk.read(page(first), first, ()) == (first, "http://a.example/class/A/2")
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, ())
    assert kept == second[:5] and following is None


def test_a_later_visit_stops_at_what_it_knows() -> None:
    walk = Walk(COLUMN, visited=True)
    rows = listing(0, 19)
    kept, following = walk.read(page(rows), rows, addresses(rows[3:]))
    assert kept == rows and following is None


def test_a_later_visit_goes_on_while_all_is_new() -> None:
    walk = Walk(COLUMN, visited=True)
    new, old = listing(0, 19), listing(20, 39)
    assert walk.read(page(new), new, ())[1] == "http://a.example/class/A/2"
    kept, following = walk.read(page(old, "http://a.example/class/A/3"), old, addresses(old[2:]))
    assert kept == old and following is None


def test_known_pinned_rows_do_not_end_a_visit() -> None:
    walk = Walk(COLUMN, visited=True)
    pinned, new = listing(200, 201), listing(0, 17)
    kept, following = walk.read(page([*pinned, *new]), [*pinned, *new], addresses(pinned))
    assert kept == [*pinned, *new] and following == "http://a.example/class/A/2"


def test_known_pinned_rows_without_dates_do_not_end_a_visit() -> None:
    walk = Walk(COLUMN, visited=True)
    rows = listing(0, 19, dated=False)
    assert walk.read(page(rows), rows, addresses(rows[:2]))[1] is not None


def test_the_past_below_known_rows_is_left_alone() -> None:
    """An earlier visit with a smaller limit took five; the others are not news."""
    walk = Walk(COLUMN, visited=True)
    rows = listing(0, 19)
    kept, following = walk.read(page(rows), rows, addresses(rows[1:6]))
    assert kept == rows[:6] and following is None


def test_a_backdated_row_between_known_ones_is_news() -> None:
    walk = Walk(COLUMN, visited=True)
    rows = listing(0, 19)
    assert rows[7] in walk.read(page(rows), rows, addresses([*rows[:7], *rows[8:]]))[0]


def test_since_goes_back_to_its_day_and_no_further() -> None:
    walk = Walk(COLUMN, since=TOP - timedelta(days=24))
    first, second, third = listing(0, 19), listing(20, 39), listing(40, 59)
    assert walk.read(page(first), first, ())[1] == "http://a.example/class/A/2"
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, ())
    assert kept == second[:5] and following == "http://a.example/class/A/3"
    assert walk.read(page(third, "http://a.example/class/A/4"), third, ()) == ([], None)


def test_a_page_that_repeats_the_last_ends_the_walk() -> None:
    walk = Walk(COLUMN, since=date(2000, 1, 1))
    rows = listing(0, 19)
    assert walk.read(page(rows), rows, ())[1] is not None
    assert walk.read(page(rows, "http://a.example/class/A/3"), rows, ()) == ([], None)


def test_a_list_page_is_not_asked_for_twice() -> None:
    walk = Walk(COLUMN, since=date(2000, 1, 1))
    walk.pages.add("http://a.example/class/A/2")
    rows = listing(0, 19)
    assert walk.read(page(rows), rows, ())[1] is None


def test_a_pager_without_end_stops_at_the_cap() -> None:
    walk = Walk(COLUMN, since=date(1000, 1, 1))
    number = 0
    following: str | None = COLUMN.url
    while following:
        rows = listing(number * 20, number * 20 + 19)
        number += 1
        following = walk.read(page(rows, f"http://a.example/class/A/{number}"), rows, ())[1]
    assert number == PAGES
