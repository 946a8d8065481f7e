from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.snapshots import POOR_PAGES, ArchiveError, Damaged, stamp
from archive.store import Archive, open_archive
from scraper.items import Snapshot
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


EARLY, LATE = datetime(1990, 1, 1), datetime(2090, 1, 1)  # noqa: DTZ001 - the zone is drawn apart


def put(archive: Archive, snapshot: Snapshot) -> int:
    number = archive.write_snapshots().put(snapshot)
    archive.commit()
    return number


def dictionaries(archive: Archive) -> list[tuple[str, str]]:
    return archive.snapshots.conn.execute("SELECT site, kind FROM dictionaries ORDER BY id").fetchall()


def test_what_goes_in_comes_out(archive: Archive) -> None:
    given_pages = [kept.page(1), kept.list_page(), kept.answer(2, 404), replace(kept.page(3), requested_url="")]
    numbers = [put(archive, one) for one in given_pages]
    assert numbers == [1, 2, 3, 4]
    assert [archive.snapshots.get(number, verify=True) for number in numbers] == given_pages
    assert list(archive.snapshots.iter()) == list(zip(numbers, given_pages, strict=True))


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=6000)
    | st.text(max_size=3000).map(lambda text: kept.html(1, text).encode("utf-8", "replace")),
    headers=st.lists(st.tuples(st.text(max_size=20), st.text(max_size=60)), max_size=8),
    listed=st.text(max_size=30),
    moment=st.datetimes(EARLY, LATE),
    offset=st.integers(-12, 14),
)
def test_anything_goes_in_and_comes_out(
    body: bytes, headers: list[tuple[str, str]], listed: str, moment: datetime, offset: int
) -> None:
    archive = _scratch()
    at = moment.replace(tzinfo=timezone(timedelta(hours=offset)))
    clean = tuple((_utf8(name), _utf8(value)) for name, value in headers)
    given_page = replace(kept.page(5), body=body, headers=clean, listed_title=_utf8(listed), captured_at=at)
    assert archive.snapshots.get(put(archive, given_page), verify=True) == given_page


_open: list[Archive] = []


def _scratch() -> Archive:
    """One archive for all examples, so that they meet each other's dictionaries."""
    if not _open:
        import tempfile

        _open.append(open_archive(Path(tempfile.mkdtemp()) / "archive.db"))
    return _open[0]


def _utf8(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def test_one_page_of_a_site_is_the_dictionary_of_the_others(archive: Archive) -> None:
    for number in range(20):
        put(archive, kept.page(number, os.urandom(100).hex()))
    assert dictionaries(archive) == [("www.yunlan.example.cn", "page")]
    sizes = [row[0] for row in archive.snapshots.conn.execute("SELECT length(data) FROM bodies ORDER BY id")]
    assert sizes[0] < 100  # the sample itself
    assert max(sizes[1:]) < len(kept.page(1).body) / 3


def test_lists_and_other_sites_have_their_own(archive: Archive) -> None:
    put(archive, kept.page(1))
    put(archive, kept.list_page(body="<li>云澜</li>" * 300))
    put(archive, replace(kept.page(2), url="http://www.qingjia.example.cn/2.html"))
    assert dictionaries(archive) == [
        ("www.yunlan.example.cn", "page"),
        ("www.yunlan.example.cn", "list"),
        ("www.qingjia.example.cn", "page"),
    ]


def test_error_pages_and_small_pages_are_no_samples(archive: Archive) -> None:
    put(archive, kept.answer(1, 404, b"<html>" + b"not found " * 1000))
    put(archive, replace(kept.page(2), body=b"<html></html>"))
    put(archive, replace(kept.page(3), body=b""))
    assert dictionaries(archive) == []
    assert archive.snapshots.get(3).body == b""


def redesigned(number: int) -> Snapshot:
    noise = "".join(f'<section id="k{n * n * 7919 % 99991}" class="v{n * 31337 % 7919}"></section>' for n in range(400))
    return replace(kept.page(number), body=f"<html>{noise}<main>{kept.title(number)}</main></html>".encode())


def test_a_redesign_brings_a_new_dictionary_and_old_pages_stay_readable(archive: Archive) -> None:
    pages = [kept.page(number) for number in range(5)] + [redesigned(number) for number in range(100, 120)]
    numbers = [put(archive, one) for one in pages]
    assert len(dictionaries(archive)) == 2
    sizes = [row[0] for row in archive.snapshots.conn.execute("SELECT length(data) FROM bodies ORDER BY id")]
    assert max(sizes[5 + POOR_PAGES :]) < min(sizes[5 : 5 + POOR_PAGES - 1]) / 5
    assert [archive.snapshots.get(number, verify=True) for number in numbers] == pages


def test_two_layouts_in_turn_need_two_dictionaries_only(archive: Archive) -> None:
    for number in range(60):
        put(archive, redesigned(number) if number % 2 else kept.page(number))
        put(archive, redesigned(number + 500) if number > 20 else kept.page(number + 500))
    assert len(dictionaries(archive)) == 2


def test_equal_bodies_are_kept_once(archive: Archive) -> None:
    first = put(archive, kept.page(1))
    again = put(archive, replace(kept.page(1), captured_at=kept.MORNING + timedelta(days=9)))
    assert first != again
    assert archive.snapshots.conn.execute("SELECT count(*) FROM bodies").fetchone() == (1,)
    assert archive.snapshots.get(first).body == archive.snapshots.get(again).body


def test_a_known_response_is_found(archive: Archive) -> None:
    one = kept.page(1)
    number = put(archive, one)
    find = archive.snapshots.find
    assert find(one.url, one.captured_at, one.sha256) == number
    assert find(one.url, one.captured_at.astimezone(timezone(timedelta(hours=8))), one.sha256) == number
    assert find(one.url, one.captured_at + timedelta(seconds=1), one.sha256) is None
    assert find(one.url, None, one.sha256) == number
    assert find(one.url, None, kept.page(2).sha256) is None


def test_a_damaged_body_is_named(archive: Archive) -> None:
    for number in range(3):
        put(archive, kept.page(number))
    (data,) = archive.snapshots.conn.execute("SELECT data FROM bodies WHERE id = 2").fetchone()
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 0x20]) + data[place + 1 :]
        archive.snapshots.conn.execute("UPDATE bodies SET data = ? WHERE id = 2", (broken,))
        try:
            found = archive.snapshots.get(2, verify=True)
        except Damaged as error:
            assert "snapshot 2 of https://www.yunlan.example.cn/html/2026/00001.html is damaged" in str(error)
        else:
            assert found == kept.page(1)  # a bit that means nothing
    archive.snapshots.conn.execute("UPDATE bodies SET data = (SELECT data FROM bodies WHERE id = 3) WHERE id = 2")
    with pytest.raises(Damaged, match="its content is another"):
        archive.snapshots.get(2, verify=True)
    assert archive.snapshots.get(3).url == kept.url(2)
    archive.snapshots.conn.rollback()


def test_a_missing_snapshot_is_named(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match=r"snapshots\.db: snapshot 7 is not here"):
        archive.snapshots.get(7)


def test_districts_are_told_apart(archive: Archive) -> None:
    for number in range(450):
        archive.write_snapshots().put(kept.page(number, "短", slug="yunlan" if number % 3 else "qingjia"))
    archive.commit()
    assert len(list(archive.snapshots.numbers())) == 450
    assert len(list(archive.snapshots.numbers(0, ("qingjia",)))) == 150
    assert list(archive.snapshots.numbers(445)) == [446, 447, 448, 449, 450]
    assert list(archive.snapshots.numbers(0, ())) == []


def test_after_a_rollback_no_lost_dictionary_is_used(archive: Archive) -> None:
    archive.write_snapshots().put(kept.page(1))
    archive.rollback()
    number = put(archive, kept.page(2))
    assert archive.snapshots.get(number, verify=True) == kept.page(2)
    assert len(dictionaries(archive)) == 1


def test_stamps_sort_as_time_does() -> None:
    moments = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n * 333_333) for n in range(50)]
    assert sorted(map(stamp, moments)) == [stamp(moment) for moment in moments]
