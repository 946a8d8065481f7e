"""Rounds: what many spiders write at one moment is one transaction, and no spider goes on before it is kept."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import writing
from archive.store import Archive, ArchiveError, open_archive
from tests import kept

# Holds the archive's write lock for a second.
_HOLDER = """
import sys, time
from pathlib import Path
from archive.store import open_archive

with open_archive(Path(sys.argv[1])) as archive:
    archive.write().execute("INSERT INTO orders (pid, placed_at) VALUES (0, 'held')")
    print("held", flush=True)
    time.sleep(1)
    archive.commit()
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def note(archive: Archive, text: str) -> None:
    archive.write().execute("INSERT INTO orders (pid, placed_at) VALUES (1, ?)", (text,))


def notes(archive: Archive) -> list[str]:
    """What another reader of the file sees."""
    conn = sqlite3.connect(f"file:{archive.path}?mode=ro", uri=True)
    try:
        return [text for (text,) in conn.execute("SELECT placed_at FROM orders ORDER BY number")]
    finally:
        conn.close()


def commits(archive: Archive) -> Callable[[], int]:
    said: list[str] = []
    archive.db.conn.set_trace_callback(said.append)
    return lambda: sum(text == "COMMIT" for text in said)


def test_all_who_write_at_one_moment_are_one_transaction(archive: Archive) -> None:
    made = commits(archive)

    async def spider(number: int) -> None:
        async with archive.together():
            note(archive, f"spider {number}")
            archive.wrote()
            assert made() == 0
        assert f"spider {number}" in notes(archive)  # kept before it goes on

    async def all_spiders() -> None:
        await asyncio.gather(*(spider(number) for number in range(100)))

    asyncio.run(all_spiders())
    assert made() == 1 and len(notes(archive)) == 100


def test_what_nobody_waits_for_is_written_first(archive: Archive) -> None:
    async def spider() -> None:
        archive.soon(lambda: note(archive, "soon"))
        archive.soon(lambda: archive.write_snapshots().put(kept.page(1)), keeps=True)
        assert notes(archive) == []
        async with archive.together():
            note(archive, "together")
        assert notes(archive) == ["soon", "together"] and archive.snapshots.count() == 1

    asyncio.run(spider())


def test_what_nobody_waits_for_is_kept_all_the_same(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "SOON_SECONDS", 0.05)

    async def alone() -> None:
        archive.soon(lambda: note(archive, "soon"))
        while not notes(archive):
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(alone(), 10))


def test_without_a_loop_it_is_written_at_once(archive: Archive) -> None:
    archive.soon(lambda: note(archive, "now"))
    assert notes(archive) == ["now"]


def test_an_archive_serves_one_loop_after_another(archive: Archive) -> None:
    async def spider(text: str) -> None:
        archive.soon(lambda: note(archive, text))

    async def waits() -> None:
        async with archive.together():
            note(archive, "third")

    asyncio.run(spider("first"))  # its loop ends before it is written
    asyncio.run(spider("second"))
    asyncio.run(asyncio.wait_for(waits(), 10))
    assert notes(archive) == ["first", "second", "third"]


def test_a_spider_that_is_stopped_leaves_the_others_theirs(archive: Archive) -> None:
    async def spider(number: int) -> None:
        async with archive.together():
            note(archive, f"spider {number}")

    async def all_spiders() -> None:
        tasks = [asyncio.create_task(spider(number)) for number in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert tasks[1].cancelled()

    asyncio.run(all_spiders())
    assert notes(archive) == ["spider 0", "spider 2"]


def test_when_it_cannot_be_kept_all_are_told(archive: Archive) -> None:
    """A disk that is full: nothing of the round is kept, and nobody goes on as if it were."""
    pages = archive.db.execute("PRAGMA page_count").fetchone()[0]

    async def spider(size: int) -> None:
        async with archive.together():
            note(archive, "x" * size)

    async def all_spiders() -> list[BaseException | None]:
        archive.db.execute(f"PRAGMA max_page_count = {pages}")
        return await asyncio.gather(*map(spider, (10, 10_000_000, 10)), return_exceptions=True)

    found = asyncio.run(all_spiders())
    assert all(isinstance(one, ArchiveError) and "disk is full" in str(one) for one in found), found
    assert notes(archive) == []


def test_a_bug_of_one_ends_no_other(archive: Archive) -> None:
    async def spider(number: int) -> None:
        async with archive.together():
            if number == 1:
                raise KeyError(number)
            note(archive, f"spider {number}")

    async def all_spiders() -> list[BaseException | None]:
        return await asyncio.gather(*map(spider, range(3)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(all_spiders())] == [type(None), KeyError, type(None)]
    assert notes(archive) == ["spider 0", "spider 2"]


def test_a_bug_in_what_nobody_waits_for_is_told_to_all(archive: Archive) -> None:
    def broken() -> None:
        archive.write()
        raise KeyError("a bug")

    async def spider() -> None:
        archive.soon(broken)
        async with archive.together():
            note(archive, "never")

    async def quiet() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        with pytest.raises(ArchiveError, match="a bug"):
            await asyncio.wait_for(spider(), 10)

    asyncio.run(quiet())
    assert notes(archive) == [] and archive.failure is not None


def test_while_another_process_writes_the_loop_goes_on(archive: Archive) -> None:
    with subprocess.Popen([sys.executable, "-c", _HOLDER, str(archive.path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        late: list[float] = []

        async def clock() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.01)
                late.append(time.monotonic() - before)

        async def spider() -> None:
            beside = asyncio.create_task(clock())
            async with archive.together():
                note(archive, "after")
            beside.cancel()

        asyncio.run(spider())
    assert notes(archive) == ["held", "after"]
    assert len(late) > 20  # blocked, it would have looked at the clock once or twice
