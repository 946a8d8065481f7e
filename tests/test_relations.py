"""Clusters and relations in the archive: what they are, and that neither order, kills nor edits change them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from archive import articles
from archive.crawl.runs import Busy, Lock
from archive.stages.relations import members, relate_pending
from archive.store import Archive, open_archive
from archive.upkeep.takedown import take_down
from pipelines.article import Article
from pipelines.dedupe import Text
from scraper.urls import key
from tests.reposts.kinds import COPIES, NEGATIVES, number_edited, round_up
from tests.reposts.originals import original

Rows = tuple[list[tuple[object, ...]], ...]


def article(number: int, text: Text, day: date) -> Article:
    url = f"https://www.site{number % 9}.example.cn/{day:%Y%m}/t{day:%Y%m%d}_{number}.html"
    return Article(
        key=key(url),
        url=url,
        district=f"site{number % 9}",
        column="要闻",
        title=text.title,
        body=text.body,
        document_number=text.document_number or None,
        captured_at=datetime(2026, 11, 1, tzinfo=UTC),
        sha256=f"{number:064x}",
        published_on=day,
        rules={"body": "made", "published_on": "made"},
    )


def corpus(number: int, seed: int = 0) -> list[Article]:
    """Originals, their reposts, edits, look-alikes and round-ups over half a year."""
    chance = random.Random(seed)
    texts: list[tuple[Text, date]] = []
    for turn in range(number):
        one, day = original(seed * 1000 + turn), date(2026, 1, 1) + timedelta(days=chance.randint(0, 180))
        texts.append((one, day))
        for _ in range(chance.choice((0, 0, 1, 3))):
            texts.append(
                (chance.choice(list(COPIES.values()))(one, chance), day + timedelta(days=chance.randint(0, 4)))
            )
        if turn % 5 == 0:
            texts.append((number_edited(one, chance), day + timedelta(days=chance.randint(0, 4))))
        if turn % 9 == 0:
            change = chance.choice(list(NEGATIVES.values()))
            texts += [(change(turn, step), day + timedelta(days=30 * step)) for step in range(4)]
        if turn % 11 == 10:
            texts.append((round_up([text for text, _ in texts[-4:]], chance), day))
    return [article(place, text, day) for place, (text, day) in enumerate(texts)]


def rows(archive: Archive) -> Rows:
    ask = archive.db.conn.execute
    return (
        ask("SELECT article_key, id, cluster, common, added, dropped FROM clusters ORDER BY 1").fetchall(),
        ask("SELECT * FROM relations ORDER BY 1, 2").fetchall(),
        ask("SELECT * FROM fingerprints").fetchall(),
    )


def fill(path: Path, found: Sequence[Article], stages: int = 1) -> Rows:
    with open_archive(path) as archive:
        for stage in range(stages):
            for number, one in enumerate(found[stage::stages]):
                articles.put(archive, one, stage * 10_000 + number + 1)
                archive.wrote()
            archive.commit()
            relate_pending(archive)
        return rows(archive)


@pytest.fixture(scope="module")
def announced() -> list[Article]:
    return corpus(90)


@pytest.fixture(scope="module")
def undisturbed(announced: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return fill(tmp_path_factory.mktemp("relations") / "archive.db", announced)


def test_reposts_form_clusters(announced: list[Article], undisturbed: Rows) -> None:
    clusters, relations, _ = undisturbed
    assert len(clusters) == len(announced)
    assert sum(row[0] != row[2] for row in clusters) > 60
    assert {row[2] for row in relations} >= {"variant", "container"}


@pytest.mark.parametrize(("seed", "stages"), [(1, 1), (2, 3), (3, 9)])
def test_the_order_of_arrival_does_not_matter(
    tmp_path: Path, announced: list[Article], undisturbed: Rows, seed: int, stages: int
) -> None:
    shuffled = announced[:]
    random.Random(seed).shuffle(shuffled)
    assert fill(tmp_path / "archive.db", shuffled, stages) == undisturbed


def test_a_second_run_does_nothing(tmp_path: Path, announced: list[Article]) -> None:
    before = fill(tmp_path / "archive.db", announced[:40])
    with open_archive(tmp_path / "archive.db") as archive:
        assert relate_pending(archive) == 0
        assert rows(archive) == before


def test_a_stopped_run_goes_on(tmp_path: Path, announced: list[Article], undisturbed: Rows) -> None:
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done < total:
            raise Stopped

    with open_archive(tmp_path / "archive.db") as archive:
        for number, one in enumerate(announced):
            articles.put(archive, one, number + 1)
        archive.commit()
        stops = 0
        while archive.db.conn.execute("SELECT 1 FROM to_relate").fetchone():
            try:
                relate_pending(archive, stop, batch=40)
            except Stopped:
                stops += 1
        assert stops >= 3
        assert rows(archive) == undisturbed


def test_edits_removals_and_returns_end_as_if_it_had_always_been_so(tmp_path: Path, announced: list[Article]) -> None:
    """The first of a cluster goes or becomes another text: its copies find each other."""
    found, chance = announced[:80], random.Random(4)
    gone = set(chance.sample(range(len(found)), 12))
    edited = {place: replace(found[place], body=original(5000 + place).body) for place in chance.sample(range(80), 12)}
    rest = [edited.get(place, one) for place, one in enumerate(found) if place not in gone]
    expected = fill(tmp_path / "expected.db", rest)
    fill(tmp_path / "archive.db", found)
    with open_archive(tmp_path / "archive.db") as archive:
        for place in gone:
            articles.delete(archive, found[place].key)
        for place, one in edited.items():
            if place not in gone:
                articles.delete(archive, one.key)
                articles.put(archive, one, 5000 + place)
        archive.commit()
        relate_pending(archive)
        assert rows(archive) == expected


def test_the_copies_of_an_article_are_listed_from_the_earliest(tmp_path: Path) -> None:
    one = original(2)
    day = date(2026, 5, 4)
    found = [article(n, COPIES[kind](one, random.Random(1)), day + timedelta(days=n)) for n, kind in enumerate(COPIES)]
    fill(tmp_path / "archive.db", found[::-1])
    with open_archive(tmp_path / "archive.db") as archive:
        listed = [key for key, _, _ in members(archive.db.conn, found[5].key)]
        assert listed == [each.key for each in found]
        alone = article(99, original(77), day)
        articles.put(archive, alone, 99)
        archive.commit()
        relate_pending(archive)
        assert list(members(archive.db.conn, alone.key)) == []


def test_a_takedown_leaves_no_quotation_and_its_end_gives_all_back(tmp_path: Path) -> None:
    one, day = original(4), date(2026, 5, 4)
    found = [article(1, one, day), article(2, number_edited(one, random.Random(1)), day + timedelta(days=1))]
    before = fill(tmp_path / "archive.db", found)
    assert [row[2] for row in before[1]] == ["variant"]
    for compared_between in (False, True):
        with open_archive(tmp_path / "archive.db") as archive:
            take_down(archive, found[0].key, "本人要求", "")
            assert archive.db.conn.execute("SELECT count(*) FROM relations").fetchone() == (0,)
            if compared_between:
                relate_pending(archive)
            archive.write().execute("UPDATE takedowns SET restored_at = '2026-11-22'")
            articles.put(archive, found[0], 1)
            archive.commit()
            relate_pending(archive)
            assert rows(archive) == before


def test_two_processes_do_not_compare_at_once(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        lock = Lock(archive.path, "relations")
        lock.take()
        with pytest.raises(Busy):
            relate_pending(archive)
        lock.release()
        assert relate_pending(archive) == 0
