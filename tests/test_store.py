from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archive import articles, errors, turns
from archive.crawl import runs
from archive.intake.take import take
from archive.store import ArchiveError, open_archive, shared_archive, snapshots_path
from tests import kept


def test_a_new_archive_is_two_files_with_their_settings(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        assert archive.db.journal_mode == "wal"
        assert archive.db.execute("PRAGMA page_size").fetchone() == (16384,)
        assert archive.db.execute("PRAGMA synchronous").fetchone() == (1,)  # NORMAL
        assert archive.snapshots.conn.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL: evidence first
        assert archive.db.execute("SELECT zh_tokens('云澜区')").fetchone()[0].split() == ["云澜", "澜区", "区"]
    assert (tmp_path / "snapshots.db").exists()


def test_the_second_file_is_named_after_the_first() -> None:
    assert snapshots_path(Path("/x/archive.db")) == Path("/x/snapshots.db")
    assert snapshots_path(Path("/x/county.db")) == Path("/x/county-snapshots.db")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    def schema() -> list[tuple[str, ...]]:
        with open_archive(tmp_path / "a.db") as archive:
            return archive.db.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()

    assert schema() == schema()


def test_without_create_a_missing_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive here; `dibao crawl` or `dibao import`"):
        open_archive(tmp_path / "archive.db", create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nowhere does not exist"):
        open_archive(tmp_path / "nowhere" / "archive.db")


def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        archive.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('archive', '999_tomorrow', '2030')"
        )
    with pytest.raises(ArchiveError, match=r"archive\.db: was written by a newer Dibao \(schema step 999_tomorrow"):
        open_archive(path)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM articles").fetchone() == (0,)


def test_newer_snapshots_are_refused_too(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        archive.snapshots.conn.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('snapshots', '999_x', '2030')"
        )
        archive.snapshots.conn.commit()
    with pytest.raises(ArchiveError, match=r"snapshots\.db: was written by a newer"):
        open_archive(tmp_path / "archive.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"this is not SQLite " * 1000)
    with pytest.raises(ArchiveError, match=r"archive\.db: is not an SQLite file or is damaged"):
        open_archive(tmp_path / "archive.db")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        kept.crawl(archive, *(kept.page(n) for n in range(5)))
    data = bytearray(path.read_bytes())
    data[16384:] = os.urandom(len(data) - 16384)
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"), open_archive(path) as archive:
        kept.crawl(archive, kept.page(6))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveError, match="cannot be written"):
            open_archive(tmp_path / "archive.db")
    finally:
        tmp_path.chmod(0o700)


def test_an_archive_in_place_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "archive.db").mkdir()
    with pytest.raises(ArchiveError, match=r"archive\.db: cannot be written"):
        open_archive(tmp_path / "archive.db")


def test_a_full_disk_stops_with_a_message_and_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    archive = open_archive(path)
    run = runs.begin(archive, "crawl", kept.district())
    for number in range(20):
        take(archive, kept.page(number), run=run, catalogue=())
    archive.commit()
    used = archive.db.execute("PRAGMA page_count").fetchone()[0]
    archive.db.execute(f"PRAGMA max_page_count = {used + 2}")
    with pytest.raises(ArchiveError, match=r"archive\.db: the disk is full; nothing half-written"):
        for number in range(20, 1000):
            take(archive, kept.page(number, "新的内容" * 300), run=run, catalogue=())
    with pytest.raises(ArchiveError, match="the disk is full"):  # no more writing after that
        take(archive, kept.page(1), run=run, catalogue=())
    archive.db.execute(f"PRAGMA max_page_count = {used + 4000}")
    runs.finish(archive, run, 1)
    taken = kept.counts(archive, run)["archived"]
    assert taken >= 20
    assert len(articles.dump(archive)) == taken
    assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    archive.close()
    with open_archive(path) as archive:  # there is room again: what was kept but not read is read
        from archive.intake.take import recover

        run = runs.begin(archive, "crawl", kept.district())
        recover(archive, (), run=run)
        runs.finish(archive, run)
        assert len(articles.dump(archive)) == archive.snapshots.count()


def test_a_full_disk_while_bodies_are_written(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        used = archive.snapshots.conn.execute("PRAGMA page_count").fetchone()[0]
        archive.snapshots.conn.execute(f"PRAGMA max_page_count = {used + 3}")
        run = runs.begin(archive, "crawl", kept.district())
        with pytest.raises(ArchiveError, match=r"snapshots\.db|archive\.db: the disk is full"):
            for number in range(500):
                body = os.urandom(3000).hex()
                take(archive, kept.page(number, body), run=run, catalogue=())
        runs.finish(archive, run, 1)
        assert len(articles.dump(archive)) == archive.snapshots.count() == kept.counts(archive, run).get("archived", 0)


def test_snapshots_are_committed_before_what_archive_db_says_of_them(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        run = runs.begin(archive, "crawl", kept.district())
        seen: list[str] = []
        archive.db.conn.set_trace_callback(lambda sql: seen.append("archive") if sql == "COMMIT" else None)
        archive.snapshots.conn.set_trace_callback(lambda sql: seen.append("snapshots") if sql == "COMMIT" else None)
        for number in range(60):
            take(archive, kept.page(number), run=run, catalogue=())
        archive.commit()
        assert seen[:2] == ["snapshots", "archive"]
        assert seen[::2] == ["snapshots"] * (len(seen) // 2)
        archive.db.conn.set_trace_callback(None)
        archive.snapshots.conn.set_trace_callback(None)
        runs.finish(archive, run)


def test_a_transaction_is_not_held_while_an_event_loop_waits(tmp_path: Path) -> None:
    async def scene() -> None:
        archive = open_archive(tmp_path / "archive.db")
        run = runs.begin(archive, "crawl", kept.district())
        take(archive, kept.page(1), run=run, catalogue=())
        take(archive, kept.page(2), run=run, catalogue=())
        for _ in range(100):
            if not archive.db.conn.in_transaction:
                break
            await asyncio.sleep(0.05)
        assert not archive.db.conn.in_transaction
        assert not archive.snapshots.conn.in_transaction
        other = sqlite3.connect(tmp_path / "archive.db")
        assert other.execute("SELECT count(*) FROM articles").fetchone() == (2,)
        other.close()
        runs.finish(archive, run)
        archive.close()

    asyncio.run(scene())


def test_spiders_of_a_process_share_one_archive(tmp_path: Path) -> None:
    one, two = shared_archive(tmp_path / "archive.db"), shared_archive(tmp_path / "." / "archive.db")
    assert one is two
    one.close()
    two.db.execute("SELECT count(*) FROM articles").fetchone()  # still open for the other
    two.close()
    with pytest.raises(sqlite3.ProgrammingError):
        two.db.execute("SELECT 1")
    three = shared_archive(tmp_path / "archive.db")
    assert three is not one
    three.close()


_WRITER = """
import sys
from pathlib import Path
from archive.crawl import runs
from archive.intake.take import take
from archive.store import open_archive
from tests import kept
slug, start = sys.argv[2], int(sys.argv[3])
with open_archive(Path(sys.argv[1])) as archive:
    where = kept.district(slug)
    run = runs.begin(archive, "crawl", where)
    for number in range(start, start + 150):
        take(archive, kept.page(number, slug=slug), run=run, catalogue=(where,))
    runs.finish(archive, run)
"""


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    workers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), slug, str(start)], stderr=subprocess.PIPE)
        for slug, start in (("yunlan", 0), ("qingjia", 100), ("shihong", 300))
    ]
    for worker in workers:
        _, errors = worker.communicate(timeout=120)
        assert worker.returncode == 0, errors.decode()
    with open_archive(path) as archive:
        assert archive.snapshots.count() == 450
        assert archive.db.execute("SELECT count(*), count(DISTINCT key) FROM articles").fetchone() == (400, 400)
        assert archive.db.execute("SELECT sum(seen), sum(archived + unchanged) FROM runs").fetchone() == (450, 450)


_HAMMER = """
import sys
from itertools import count
from pathlib import Path
from archive.store import open_archive
from tests import kept
with open_archive(Path(sys.argv[1])) as archive:
    print("begun", flush=True)
    for number in count():
        archive.write_snapshots().put(kept.page(number))
        archive.write().execute("UPDATE runs SET note = ?", (number,))
        archive.wrote()
        if number % 100 == 0 and Path(sys.argv[2]).exists():
            break
"""


def test_a_crawl_is_not_shut_out_by_an_import_that_never_rests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BUSY_SECONDS", 5.0)
    path, stop = tmp_path / "archive.db", tmp_path / "stop"
    with subprocess.Popen([sys.executable, "-c", _HAMMER, str(path), str(stop)], stdout=subprocess.PIPE) as hammer:
        assert hammer.stdout is not None
        hammer.stdout.readline()
        try:
            with open_archive(path) as archive:
                for _ in range(15):
                    archive.write_snapshots()
                    archive.write().execute("UPDATE runs SET note = 'crawl'")
                    archive.commit()
        finally:
            stop.touch()
        assert hammer.wait() == 0


def test_an_archive_without_its_snapshots_goes_on_with_new_numbers(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        kept.crawl(archive, *(kept.page(n) for n in range(5)))
    for name in ("snapshots.db", "snapshots.db-wal", "snapshots.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with open_archive(tmp_path / "archive.db") as archive:
        assert kept.crawl(archive, kept.page(9)) == ["archived"]
        assert [number for number, _ in archive.snapshots.iter()] == [6]
        assert len(articles.dump(archive)) == 6


def test_the_advice_fits_the_error() -> None:
    assert "try again when it is done" in errors._advice(sqlite3.OperationalError("database is locked"))
    assert "check the rights" in errors._advice(sqlite3.OperationalError("attempt to write a readonly database"))
