"""Officials of districts, made of facts: on made-up announcements, with namesakes, reporters and residents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive import articles
from archive.stages import people
from archive.stages.facts import describe_pending
from tests.test_facts import archived, made, rows


def test_dated_titles_counts_and_first_and_last_seen(tmp_path: Path) -> None:
    every = (
        made(1, "副区长沈知秋主持会议。", day=date(2026, 1, 5)),
        made(2, "区委副书记、代区长沈知秋调研重点项目。", day=date(2026, 2, 5)),
        made(3, "区委副书记、区长沈知秋出席会议并讲话。", day=date(2026, 3, 5)),
        made(4, "区长沈知秋主持召开会议。", day=date(2026, 4, 5)),
    )
    with archived(tmp_path / "a.db", *every) as archive:
        describe_pending(archive)
        assert rows(archive, "SELECT * FROM people") == [
            ("yunlan", "沈知秋", 4, "2026-01-05", "2026-04-05", "区长", "2026-04-05")
        ]
        titles = "SELECT title, first_on, last_on, announcements FROM people_titles ORDER BY first_on, title"
        assert rows(archive, titles) == [
            ("副区长", "2026-01-05", "2026-01-05", 1),
            ("代区长", "2026-02-05", "2026-02-05", 1),
            ("区委副书记", "2026-02-05", "2026-03-05", 2),
            ("区长", "2026-03-05", "2026-04-05", 2),
        ]


def test_namesakes_in_different_districts_stay_apart(tmp_path: Path) -> None:
    every = (
        made(1, "区长沈知秋主持会议，副区长陆闻舟参加。"),
        made(2, "县教育局局长沈知秋主持会议，副县长温如故参加。", district="qingjia"),
    )
    with archived(tmp_path / "a.db", *every) as archive:
        describe_pending(archive)
        named = "SELECT district, titles, announcements FROM people WHERE name = '沈知秋' ORDER BY district DESC"
        assert rows(archive, named) == [("yunlan", "区长", 1), ("qingjia", "县教育局局长", 1)]
        others = "SELECT district, other FROM people_together WHERE name = '沈知秋' ORDER BY district DESC"
        assert rows(archive, others) == [("yunlan", "陆闻舟"), ("qingjia", "温如故")]


def test_who_appears_with_whom_is_counted_by_announcement_both_ways(tmp_path: Path) -> None:
    every = (
        made(1, "区长沈知秋主持会议，副区长陆闻舟参加。区长沈知秋指出，副区长陆闻舟要抓好落实。"),
        made(2, "副区长陆闻舟、副区长温如故参加会议。", day=date(2026, 3, 9)),
        made(3, "区长沈知秋，副区长陆闻舟参加会议。", day=date(2026, 4, 9)),
    )
    with archived(tmp_path / "a.db", *every) as archive:
        describe_pending(archive)
        pairs = "SELECT name, other, announcements, first_on, last_on FROM people_together ORDER BY name, other"
        assert rows(archive, pairs) == [
            ("沈知秋", "陆闻舟", 2, "2026-03-05", "2026-04-09"),
            ("温如故", "陆闻舟", 1, "2026-03-09", "2026-03-09"),
            ("陆闻舟", "沈知秋", 2, "2026-03-05", "2026-04-09"),
            ("陆闻舟", "温如故", 1, "2026-03-09", "2026-03-09"),
        ]


def test_only_officials_are_listed(tmp_path: Path) -> None:
    """Reporters and residents are named in announcements; a view of officials does not list them."""
    every = (
        made(1, "区长沈知秋走访群众。“日子越来越好。”居民陆闻舟说。（记者 温如故）"),
        made(2, "获奖者名单公布。联系人：顾清源。"),
    )
    with archived(tmp_path / "a.db", *every) as archive:
        describe_pending(archive)
        assert rows(archive, "SELECT name FROM people") == [("沈知秋",)]
        assert not rows(archive, "SELECT * FROM people_together")


def test_a_long_list_makes_nobody_acquainted(tmp_path: Path) -> None:
    names = [
        f"{surname}{given}" for surname in "王李张刘陈杨赵黄周吴" for given in ("建国", "志强", "文斌", "晓东", "海波")
    ]
    body = "\n".join(f"副主任{name}参加会议。" for name in names)
    with archived(tmp_path / "a.db", made(1, body)) as archive:
        describe_pending(archive)
        (number,) = rows(archive, "SELECT count(*) FROM people")[0]
        assert isinstance(number, int) and number > people.TOGETHER
        assert not rows(archive, "SELECT * FROM people_together")


def test_an_announcement_that_moves_to_another_district_takes_its_people_along(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, "区长沈知秋主持会议。"), made(2, "区长沈知秋主持会议。")) as archive:
        describe_pending(archive)
        archive.write().execute("UPDATE articles SET district = 'qingjia' WHERE key = ?", (made(1, "").key,))
        archive.commit()
        describe_pending(archive, outdated=False)
        assert rows(archive, "SELECT district, announcements FROM people ORDER BY 1") == [("qingjia", 1), ("yunlan", 1)]
        articles.delete(archive, made(2, "").key)
        people.refresh(archive)
        assert rows(archive, "SELECT district FROM people") == [("qingjia",)]
