from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from scraper.catalogue import Column
from scraper.items import ListPage, Row
from scraper.spiders.memory import Before
from scraper.spiders.walk import KNOWN, OLD, PAGES, PINNED, Walk

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
    assert kept == second[:5] and following is None and walk.at is None
    short = Walk(COLUMN, since=TOP - timedelta(days=24))
    short.read(page(first), first, ())
    kept, following = short.read(page(second[: 4 + OLD], "http://a.example/class/A/3"), second[: 4 + OLD], ())
    assert kept == second[:5] and following == "http://a.example/class/A/3"
    assert short.read(page(third, "http://a.example/class/A/4"), third, ()) == ([], None)


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
    assert number == PAGES and walk.capped
    assert walk.at == walk.here  # a later run goes on from there


def test_so_many_known_rows_in_a_row_end_a_visit_and_fewer_do_not() -> None:
    rows = listing(0, 14)
    enough, few = Walk(COLUMN, visited=True), Walk(COLUMN, visited=True)
    assert enough.read(page(rows), rows, addresses(rows[-KNOWN:]))[1] is None
    assert few.read(page(rows), rows, addresses(rows[1 - KNOWN :]))[1] == "http://a.example/class/A/2"
    rest = listing(15, 29)
    assert few.read(page(rest, "http://a.example/class/A/3"), rest, addresses(rest)) == (rest, None)


def test_rows_put_in_late_between_known_ones_do_not_hide_what_is_below() -> None:
    """Known rows are scattered, as after a list was sorted anew: not one of the new ones is missed."""
    walk = Walk(COLUMN, visited=True)
    rows = listing(0, 19)
    kept, following = walk.read(page(rows), rows, addresses(rows[::2]))
    assert kept == rows[:19] and following is None
    walk = Walk(COLUMN, visited=True, before=Before(1, date(2026, 1, 1)))
    assert walk.read(page(rows), rows, addresses(rows[::2])) == (rows, "http://a.example/class/A/2")


def test_a_late_row_with_an_old_date_amid_news_is_kept() -> None:
    walk = Walk(COLUMN, visited=True)
    pinned, news = listing(30, 31), listing(0, 17)
    late = Row("http://a.example/late", "题", date(2019, 1, 1))
    rows = [*pinned, *news[:9], late, *news[9:]]
    kept, following = walk.read(page(rows), rows, addresses(pinned))
    assert late in kept and kept == rows and following


def test_a_pinned_row_of_the_same_day_hides_nothing() -> None:
    walk = Walk(COLUMN, visited=True)
    rows = [Row(f"http://a.example/{number}", "题", TOP) for number in range(20)]
    assert walk.read(page(rows), rows, addresses(rows[:1])) == (rows, "http://a.example/class/A/2")


def test_pinned_rows_are_not_counted_among_those_in_a_row() -> None:
    walk = Walk(COLUMN, visited=True)
    pinned, news, old = listing(200, 199 + PINNED), listing(0, 15), listing(16, 16 + KNOWN - 2)
    rows = [*pinned, *news, *old]
    kept, following = walk.read(page(rows), rows, addresses([*pinned, *old]))
    assert kept == rows and following == "http://a.example/class/A/2"


def test_a_visit_looks_as_deep_as_the_last_one_had_to() -> None:
    """While the last visit read on, a row was deleted: the one that moved up stood on neither of its pages."""
    walk = Walk(COLUMN, visited=True, before=Before(2))
    first, second = listing(0, 14), listing(15, 29)
    assert walk.read(page(first), first, addresses(first))[1] == "http://a.example/class/A/2"
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, addresses(second[1:]))
    assert second[0] in kept and following is None
    assert walk.left.pages == 1  # the next visit need not


def test_a_row_that_moved_up_to_the_end_of_a_page_is_not_taken_for_the_past() -> None:
    rows = listing(0, 14)
    walk = Walk(COLUMN, visited=True, before=Before(1, TOP - timedelta(days=40)))
    assert walk.read(page(rows), rows, addresses(rows[:-1])) == (rows, None)
    walk = Walk(COLUMN, visited=True, before=Before(1, TOP - timedelta(days=13)))
    assert walk.read(page(rows), rows, addresses(rows[:-1])) == (rows[:-1], None)


def test_a_walk_tells_how_deep_the_column_has_been_read() -> None:
    rows = listing(0, 14)
    first = Walk(COLUMN, limit=5)
    first.read(page(rows), rows, ())
    assert first.left == Before(1, TOP - timedelta(days=4))
    later = Walk(COLUMN, visited=True, before=first.left)
    later.read(page(rows), rows, addresses(rows[:5]))
    assert later.left == first.left
    back = Walk(COLUMN, since=date(2020, 1, 1), before=first.left)
    back.read(page(rows, None), rows, ())
    assert back.left.floor == date(2020, 1, 1)


def test_rows_that_move_to_the_next_page_are_read_once() -> None:
    walk = Walk(COLUMN, since=date(2000, 1, 1))
    first, second = listing(0, 19), listing(18, 37)
    walk.read(page(first), first, ())
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, ())
    assert kept == second[2:] and following


def test_a_pager_that_points_back_ends_the_walk() -> None:
    walk = Walk(COLUMN, since=date(2000, 1, 1))
    walk.pages.add(COLUMN.url)
    rows = listing(0, 19)
    assert walk.read(page(rows, COLUMN.url), rows, ())[1] is None


def test_a_calendar_of_empty_months_ends() -> None:
    walk = Walk(COLUMN, since=date(2000, 1, 1))
    rows = listing(0, 3)
    assert walk.read(page(rows, "http://a.example/2026-10"), rows, ())[1] == "http://a.example/2026-10"
    assert walk.read(page([], "http://a.example/2026-09"), [], ()) == ([], None)


def test_until_passes_by_what_is_newer() -> None:
    walk = Walk(COLUMN, since=TOP - timedelta(days=30), until=TOP - timedelta(days=15))
    first, second = listing(0, 9), listing(10, 19)
    assert walk.read(page(first), first, ()) == ([], "http://a.example/class/A/2")
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, ())
    assert kept == second[5:] and following


def test_late_rows_with_old_dates_at_the_top_do_not_end_a_backfill() -> None:
    walk = Walk(COLUMN, since=TOP - timedelta(days=30))
    late = listing(300, 299 + OLD - 1)
    rows = [*late, *listing(0, 9)]
    kept, following = walk.read(page(rows), rows, ())
    assert kept == rows[len(late) :] and following


def resumed(at: str = "http://a.example/class/A/7") -> Walk:
    walk = Walk(COLUMN, since=date(2000, 1, 1), resume=at)
    walk.here = COLUMN.url
    walk.pages.add(COLUMN.url)
    return walk


def test_a_backfill_goes_on_where_it_stopped_once_it_meets_what_it_has() -> None:
    walk = resumed()
    first, second = listing(0, 9), listing(10, 19)
    assert walk.asks
    kept, following = walk.read(page(first), first, ())
    assert kept == first and following == "http://a.example/class/A/2" and walk.resume  # all new since: read on
    kept, following = walk.read(page(second, "http://a.example/class/A/3"), second, addresses(second[2:]))
    assert following == walk.at == "http://a.example/class/A/7" and not walk.resume and not walk.asks
    walk.here = following
    rows = listing(60, 69)
    kept, following = walk.read(page(rows, "http://a.example/class/A/8"), rows, ())
    assert (kept, following, walk.at) == (rows, "http://a.example/class/A/8", "http://a.example/class/A/7")


def test_a_backfill_that_comes_by_where_it_stopped_simply_goes_on() -> None:
    walk = resumed(at=COLUMN.url)
    rows = listing(0, 19)
    kept, following = walk.read(page(rows), rows, addresses(rows))
    assert kept == rows and following == "http://a.example/class/A/2" and walk.at == COLUMN.url


def test_a_backfill_that_reads_from_the_top_to_the_end_is_done() -> None:
    """Pages of few rows: never so many known ones in a row that it would jump."""
    walk = resumed(at="http://a.example/class/A/9")
    rows = listing(0, KNOWN - 2)
    assert walk.read(page(rows, None), rows, addresses(rows)) == (rows, None)
    assert walk.at is None and not walk.resume


def test_a_backfill_that_reads_the_page_where_it_stopped_goes_on_from_there() -> None:
    walk = resumed(at=COLUMN.url)
    rows = listing(0, KNOWN - 2)
    assert walk.read(page(rows), rows, addresses(rows)) == (rows, "http://a.example/class/A/2")
    assert walk.at == COLUMN.url and not walk.resume


def test_a_backfill_whose_new_rows_lead_nowhere_jumps_as_well() -> None:
    walk = resumed()
    assert walk.read(page([], None), [], ())[1] == "http://a.example/class/A/7"
