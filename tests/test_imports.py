from __future__ import annotations

import gzip
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive import articles
from archive.crawl import runs
from archive.crawl.runs import Busy
from archive.exchange.warc import write_warc
from archive.intake.imports import import_paths
from archive.store import Archive, open_archive
from archive.upkeep.rebuild import reprocess
from tests import kept


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def warc(path: Path, *numbers: int, said: str = "", date: str = "2024-05-06T07:08:09Z") -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for number in numbers:
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    kept.url(number),
                    "response",
                    payload=io.BytesIO(kept.html(number, said).encode()),
                    length=len(kept.html(number, said).encode()),
                    http_headers=http,
                    warc_headers_dict={"WARC-Date": date},
                )
            )
    return path


def test_pages_of_a_warc_are_archived_under_the_district_of_their_site(archive: Archive, tmp_path: Path) -> None:
    result = import_paths(archive, [warc(tmp_path / "x.warc.gz", 1, 2, 3)], (kept.district(),))
    assert (result.outcomes, result.skipped, result.problems) == ({"archived": 3}, {}, [])
    assert {(row["district"], row["site_name"]) for row in articles.dump(archive)} == {("yunlan", "云澜区人民政府")}
    stored = articles.get(archive, kept.url(2))
    assert stored is not None
    assert stored.article.captured_at.isoformat() == "2024-05-06T07:08:09+00:00"
    assert archive.db.execute("SELECT name FROM districts").fetchall() == [("云澜区",)]
    assert archive.db.execute("SELECT kind, seen, archived, exit_code FROM runs").fetchone() == ("import", 3, 3, 0)


def test_a_page_of_no_known_district_is_archived_too(archive: Archive, tmp_path: Path) -> None:
    assert import_paths(archive, [warc(tmp_path / "x.warc", 1)], ()).outcomes == {"archived": 1}
    assert [row["district"] for row in articles.dump(archive)] == [""]


def test_the_same_again_doubles_nothing(archive: Archive, tmp_path: Path) -> None:
    path = warc(tmp_path / "x.warc.gz", 1, 2)
    import_paths(archive, [path], ())
    before = articles.dump(archive)
    assert import_paths(archive, [path, path], ()).outcomes == {"duplicate": 4}
    assert archive.snapshots.count() == 2
    assert articles.dump(archive) == before
    assert archive.db.execute("SELECT seen, duplicate FROM runs ORDER BY id DESC").fetchone() == (2, 2)


def test_another_capture_of_a_page_is_a_version(archive: Archive, tmp_path: Path) -> None:
    new = warc(tmp_path / "new.warc", 1, 2, said="新的安排", date="2025-01-01T00:00:00Z")
    old = warc(tmp_path / "old.warc", 1, 2)
    assert import_paths(archive, [new], ()).outcomes == {"archived": 2}
    import_paths(archive, [old], ())
    stored = articles.get(archive, kept.url(1))
    assert stored is not None
    assert "新的安排" in stored.article.body
    assert (stored.first_captured_at.year, stored.changed_at and stored.changed_at.year) == (2024, 2025)


def test_a_folder_of_saved_pages_comes_in_once_however_often_it_is_copied(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    for number in range(4):
        saved = f"<!-- saved from url=(0050){kept.url(number)} -->{kept.html(number)}"
        (folder / f"{number}.html").write_text(saved, encoding="utf-8")
    warc(folder / "more.warc.gz", 7)
    result = import_paths(archive, [folder], ())
    assert result.outcomes == {"archived": 5}
    assert result.skipped == {"not a page: .gz": 1}
    os.utime(folder / "1.html", (1_500_000_000, 1_500_000_000))
    assert import_paths(archive, [folder, folder / "2.html"], ()).outcomes == {"duplicate": 6}
    assert archive.db.execute("SELECT count(*) FROM articles").fetchone() == (5,)


def test_an_export_of_one_archive_fills_another_alike(archive: Archive, tmp_path: Path) -> None:
    kept.crawl(
        archive,
        *(kept.page(number) for number in range(8)),
        kept.page(3, "改了安排", later=500),
        kept.list_page(),
        kept.answer(4, 404, later=600),
    )
    write_warc(archive, tmp_path / "all.warc.gz")
    with open_archive(tmp_path / "other.db") as other:
        result = import_paths(other, [tmp_path / "all.warc.gz"], (kept.district(),))
        assert result.outcomes == {"archived": 8, "updated": 1, "list": 1, "removed": 1}
        assert articles.dump(other) == articles.dump(archive)
        assert [one for _, one in other.snapshots.iter()] == [one for _, one in archive.snapshots.iter()]
        assert import_paths(other, [tmp_path / "all.warc.gz"], ()).outcomes == {"duplicate": 11}


def test_a_cut_file_gives_what_it_holds_and_is_told(archive: Archive, tmp_path: Path) -> None:
    path = warc(tmp_path / "x.warc.gz", *range(10))
    path.write_bytes(path.read_bytes()[:-200])
    result = import_paths(archive, [path, warc(tmp_path / "y.warc.gz", 20)], ())
    assert result.outcomes == {"archived": 10}
    assert len(result.problems) == 1
    assert "x.warc.gz: cut or damaged after record 9" in result.problems[0]
    assert archive.db.execute("SELECT exit_code FROM runs").fetchone() == (1,)


def test_what_cannot_be_used_is_told_and_the_rest_comes_in(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "notes.gz").write_bytes(gzip.compress(b"x"))
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "manifest.tsv").write_text("nothing\nx\n")
    paths = [tmp_path / "none.warc", tmp_path / "notes.txt", tmp_path / "notes.gz", bad, warc(tmp_path / "x.warc", 1)]
    result = import_paths(archive, paths, ())
    assert result.outcomes == {"archived": 1}
    assert [line.partition(": ")[2][:30] for line in result.problems] == [
        "there is no such file or folde",
        "neither a WARC nor a saved pag",
        "neither a WARC nor a saved pag",
        "needs a first line with the co",
    ]


def test_pages_that_are_no_articles_are_kept_and_not_put_into_the_queue(archive: Archive, tmp_path: Path) -> None:
    rows = "".join(
        f'<li><a href="/html/2026/{n:05d}.html">{kept.title(n)}</a><span>2026-03-{n + 1:02d}</span></li>'
        for n in range(20)
    )
    (tmp_path / "list.html").write_text(
        f'<html><head><title>公示公告</title><link rel="canonical" href="{kept.SITE}/gg/index_2.html"></head>'
        f"<body><ul class='list'>{rows}</ul></body></html>",
        encoding="utf-8",
    )
    (tmp_path / "empty.html").write_text("<html><body></body></html>")
    result = import_paths(archive, [tmp_path], ())
    assert result.pages == archive.snapshots.count() == 2
    assert "archived" not in result.outcomes
    assert result.outcomes.get("list") == 1
    assert archive.db.execute("SELECT count(*) FROM pages WHERE next_try_at IS NOT NULL").fetchone() == (0,)


def test_a_rebuild_after_an_import_changes_nothing(archive: Archive, tmp_path: Path) -> None:
    import_paths(archive, [warc(tmp_path / "x.warc", *range(6))], (kept.district(),))
    kept.crawl(archive, kept.page(2, "新的安排"), kept.page(9))
    before = articles.dump(archive)
    archive.db.execute("DELETE FROM articles")
    reprocess(archive, (kept.district(),))
    assert articles.dump(archive) == before


def test_two_imports_at_once(archive: Archive, tmp_path: Path) -> None:
    run = runs.begin(archive, "import")
    with pytest.raises(Busy, match="import: is being worked on"):
        import_paths(archive, [warc(tmp_path / "x.warc", 1)], ())
    runs.finish(archive, run)


_IMPORT = """
import sys
from pathlib import Path
from archive.intake.imports import import_paths
from archive.store import open_archive
with open_archive(Path(sys.argv[1])) as archive:
    import_paths(archive, [Path(sys.argv[2])], (), progress=lambda done, name: print(done, flush=True))
"""


def test_a_killed_import_is_repeated_without_loss(tmp_path: Path) -> None:
    path = warc(tmp_path / "x.warc.gz", *range(200))
    with subprocess.Popen(
        [sys.executable, "-c", _IMPORT, str(tmp_path / "a.db"), str(path)], stdout=subprocess.PIPE
    ) as worker:
        assert worker.stdout is not None
        for _ in range(4):
            worker.stdout.readline()
        os.kill(worker.pid, signal.SIGKILL)
    with open_archive(tmp_path / "a.db") as killed, open_archive(tmp_path / "b.db") as calm:
        outcomes = import_paths(killed, [path], ()).outcomes
        assert sum(outcomes.values()) == 200
        assert outcomes["duplicate"] >= 50
        import_paths(calm, [path], ())
        assert articles.dump(killed) == articles.dump(calm)
        assert killed.snapshots.count() == 200


@pytest.mark.realpages
def test_the_real_pages_come_in(archive: Archive, shared: Path) -> None:
    result = import_paths(archive, [shared / "realpages"], ())
    assert result.pages == 99
    assert result.problems == []
    assert result.outcomes.get("archived", 0) >= 60
    before = articles.dump(archive)
    assert import_paths(archive, [shared / "realpages" / "pages"], ()).outcomes == {"duplicate": 99}
    archive.db.execute("DELETE FROM articles")
    reprocess(archive, ())
    assert articles.dump(archive) == before
    assert replace(archive.snapshots.get(5), headers=()) == archive.snapshots.get(5, verify=True)
