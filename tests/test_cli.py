"""Every verb as users and cron call it: real files, a real loopback site, exit codes, and what bad input says."""

from __future__ import annotations

import json
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from archive.articles import dump
from archive.crawl.runs import Lock
from archive.store import open_archive
from tests.county.server import SHELL, County, Fault

ROOT = Path(__file__).parents[1]
YUNLAN = (ROOT / "tests" / "districts" / "yunlan.toml").read_text(encoding="utf-8")
DEAD = "http://127.0.0.1:9"  # the discard port: nobody listens


def dibao(archive: Path, *arguments: object, **more: object) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own; it never ends in a traceback."""
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(archive), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)  # type: ignore[call-overload]
    assert "Traceback" not in done.stderr, done.stderr
    assert isinstance(done, subprocess.CompletedProcess)
    return done


@contextmanager
def started(command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until it is told to stop, at the latest at the end of the block."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def call(archive: Path, *arguments: object) -> Result:
    """The command in this process: quicker, for verbs that start nothing."""
    result = CliRunner().invoke(cli.main, ["--archive", str(archive), *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def district(folder: Path, url: str, slug: str = "yunlan") -> Path:
    """The made-up district's file for a site at this address; gives the folder. Without [expect]: the site's last
    announcement is of 20 November 2026, and what a week should bring depends on the day of the test."""
    folder.mkdir(exist_ok=True)
    text = YUNLAN.partition("[expect]")[0].replace("http://127.0.0.1:8765", url)
    (folder / f"{slug}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def county() -> Iterator[County]:
    with County() as county:
        yield county


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """An archive that a first crawl has filled, and what that crawl said. Read only."""
    folder = tmp_path_factory.mktemp("filled")
    with County() as county:
        folder_of = district(folder / "districts", county.url)
        yield folder / "archive.db", dibao(folder / "archive.db", "crawl", "--districts", folder_of)


@pytest.fixture
def archive(filled: tuple[Path, object]) -> Path:
    return filled[0]


# -- crawl


def test_a_first_crawl_reports_column_by_column(filled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, done = filled
    assert done.returncode == 0, done.stderr
    assert "云澜区 yunlan" in done.stdout and "finished" in done.stdout
    for column in ("云澜要闻", "通知公告", "统计信息"):
        assert any(column in line and "ok" in line and "rows" in line for line in done.stdout.splitlines())


def test_a_second_crawl_fetches_only_what_is_new(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    first = json.loads(dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--json").stdout)
    asked = len(county.asked())
    second = json.loads(dibao(tmp_path / "a.db", "crawl", "yunlan", "--districts", folder, "--json", "--quiet").stdout)
    assert first["exit"] == second["exit"] == 0
    (before,), (after,) = first["districts"], second["districts"]
    assert before["run"]["counts"]["archived"] == before["run"]["seen"] > 90
    assert len(county.asked()) == asked
    assert after["run"]["counts"]["archived"] == 0
    assert sum(after["run"]["counts"].values()) == after["run"]["seen"]


def test_limit_and_since_set_how_far_back_a_crawl_goes(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    few = json.loads(dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--limit", 2, "--json").stdout)
    assert 8 <= few["districts"][0]["run"]["seen"] <= 20
    all_of_it = dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--since", "2000-01-01", "--json").stdout
    assert json.loads(all_of_it)["districts"][0]["run"]["seen"] > 100


def test_districts_that_cannot_be_reached_are_named(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", DEAD, "qingjia")
    none = dibao(tmp_path / "a.db", "crawl", "--districts", folder)
    assert none.returncode == 4
    assert "Not reached: qingjia" in none.stderr and "make demo" in none.stderr
    district(folder, county.url)
    some = dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--quiet", "--limit", 2)
    assert some.returncode == 3
    assert "Not reached: qingjia." in some.stderr
    with open_archive(tmp_path / "a.db") as archive:
        assert len(dump(archive)) >= 8
    codes = {
        run["district"]: run["exit_code"]
        for run in json.loads(call(tmp_path / "a.db", "status", "--json").stdout)["runs"]
    }
    assert codes == {"qingjia": 4, "yunlan": 0}


def test_a_list_without_rows_is_an_error_with_the_next_step(tmp_path: Path, county: County) -> None:
    county.faults["/class/GBPINKCA.*"] = SHELL
    done = dibao(
        tmp_path / "a.db", "crawl", "--districts", district(tmp_path / "d", county.url), "--quiet", "--limit", 2
    )
    assert done.returncode == 3
    assert "通知公告: shell" in done.stdout and "Next:" in done.stdout
    assert "云澜要闻" not in done.stdout


def test_a_district_below_what_is_expected_is_red(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    with (folder / "yunlan.toml").open("a", encoding="utf-8") as file:
        file.write("[expect]\nper_week = { min = 5000, max = 9000 }\n")
    done = dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--limit", 1)
    assert done.returncode == 3
    assert "yunlan: red:" in done.stdout and "at least 5000" in done.stdout


def test_a_district_that_is_being_crawled_is_left_alone(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    open_archive(tmp_path / "a.db").close()
    lock = Lock(tmp_path / "a.db", "yunlan")
    lock.take()
    done = dibao(tmp_path / "a.db", "crawl", "--districts", folder)
    lock.release()
    assert done.returncode == 0
    assert "yunlan: is being worked on by another process" in done.stderr
    assert not county.log


def test_one_broken_file_does_not_stop_the_others(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    (folder / "broken.toml").write_text("name = ", encoding="utf-8")
    done = dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--limit", 1)
    assert done.returncode == 1
    assert "left out:" in done.stderr and "broken.toml" in done.stderr
    assert "finished" in done.stdout
    assert dibao(tmp_path / "a.db", "crawl", "yunlan", "--districts", folder, "--limit", 1).returncode == 0


def test_a_stopped_crawl_keeps_what_it_has_and_goes_on(tmp_path: Path, county: County, archive: Path) -> None:
    folder = district(tmp_path / "districts", county.url)
    county.faults["/html/yunlan/2025/.*"] = Fault("stall", seconds=0.3)
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(tmp_path / "a.db"), "crawl"]
    with started([*command, "--districts", str(folder)]) as process:
        until(lambda: len(county.asked()) > 5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 130
    county.faults.clear()
    assert dibao(tmp_path / "a.db", "crawl", "--districts", folder).returncode in (0, 3)
    with open_archive(tmp_path / "a.db") as interrupted, open_archive(archive) as undisturbed:
        ours = {row["title"] for row in dump(interrupted)}
        assert ours == {row["title"] for row in dump(undisturbed)}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("crawl", "nowhere"), 1, "there is no district 'nowhere'; known: changzhou"),
        (("crawl", "--since", "yesterday"), 2, "does not match the format"),
        (("crawl", "--limit", "0"), 2, "0 is not in the range"),
        (("crawl", "--districts", "/no/such/folder"), 2, "does not exist"),
        (("crawl", "--districts", str(ROOT / "docs")), 1, "no district here"),
        (("frobnicate",), 2, "No such command"),
        (("search", "x"), 1, "there is no archive here"),
        (("status",), 1, "there is no archive here"),
        (("reprocess",), 1, "there is no archive here"),
        (("export", "--warc", "x.warc"), 1, "there is no archive here"),
        (("export",), 2, "name what to write: --csv"),
        (("import", "/no/such/file"), 2, "does not exist"),
        (("parse",), 2, "give one FILE, or --manifest and --pages together"),
        (("parse", "/no/such/page.html"), 2, "does not exist"),
        (("serve", "--port", "99999"), 2, "is not in the range"),
    ],
)
def test_what_is_typed_wrongly_is_explained(tmp_path: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = call(tmp_path / "none.db", *arguments)
    assert result.exit_code == code
    assert says in result.stderr
    assert not (tmp_path / "none.db").exists()


# -- run, serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(ready: object, seconds: float = 60) -> None:
    assert callable(ready)
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.05)


def page(url: str) -> str:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=20) as answer:
        text: str = answer.read().decode("utf-8")
        return text


def test_run_serves_while_it_crawls_and_afterwards(tmp_path: Path, county: County) -> None:
    port = free_port()
    folder = district(tmp_path / "districts", county.url)
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(tmp_path / "a.db"), "run", "--port", str(port)]
    with started([*command, "--districts", str(folder)]) as process:
        assert process.stderr
        assert f"http://127.0.0.1:{port}" in process.stderr.readline()
        assert "邸报" in page(f"http://127.0.0.1:{port}/")
        told = ""
        while "still at" not in told:
            told = process.stderr.readline()
            assert told, "it ended"
        assert "湖滨" in page(f"http://127.0.0.1:{port}/?q=%E6%B9%96%E6%BB%A8")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0
    with pytest.raises(OSError, match="refused"):
        page(f"http://127.0.0.1:{port}/")


def test_run_without_any_site_says_so_and_ends(tmp_path: Path) -> None:
    folder = district(tmp_path / "districts", DEAD)
    done = dibao(tmp_path / "a.db", "run", "--port", free_port(), "--districts", folder)
    assert done.returncode == 4
    assert "Not reached: yunlan" in done.stderr and "make demo" in done.stderr


@pytest.mark.parametrize("verb", ["run", "serve"])
def test_a_port_in_use_is_said(tmp_path: Path, verb: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = dibao(tmp_path / "a.db", verb, "--port", taken.getsockname()[1])
    assert done.returncode == 1
    assert "is taken by another program; choose one with --port" in done.stderr


# -- import, export, reprocess


def test_export_import_and_reprocess_give_the_same_articles(tmp_path: Path, archive: Path) -> None:
    warc = tmp_path / "all.warc.gz"
    assert call(archive, "export", "--warc", warc).exit_code == 0
    taken = call(tmp_path / "b.db", "import", warc)
    assert taken.exit_code == 0, taken.stderr
    with open_archive(archive) as one, open_archive(tmp_path / "b.db") as other:
        before = dump(one)
        assert [row["url"] for row in before] == [row["url"] for row in dump(other)]
    again = call(archive, "reprocess", "--districts", archive.parent / "districts")
    assert again.exit_code == 0 and "responses read again" in again.stdout and not again.stderr
    with open_archive(archive) as one:
        assert dump(one) == before


def test_a_crawl_and_an_import_describe_what_is_new(tmp_path: Path, archive: Path) -> None:
    def told(path: Path) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(path)) as conn:
            (waiting,) = conn.execute("SELECT count(*) FROM to_describe").fetchone()
            (every,) = conn.execute("SELECT count(*) FROM articles").fetchone()
            (described,) = conn.execute("SELECT count(*) FROM descriptions").fetchone()
            assert (waiting, described) == (0, every)
            return conn.execute("SELECT * FROM facts ORDER BY article_key, ordinal").fetchall()

    facts = told(archive)
    assert len(facts) > 100
    file, copy = tmp_path / "all.warc.gz", tmp_path / "copy.db"
    assert dibao(archive, "export", "--warc", file).returncode == 0
    assert dibao(copy, "import", file, "--districts", archive.parent / "districts").returncode == 0
    assert told(copy) == facts
    with closing(sqlite3.connect(copy)) as conn, conn:
        conn.execute("UPDATE descriptions SET rules_version = 'old'")
        conn.execute("DELETE FROM facts")
    again = dibao(copy, "reprocess", "--stage", "metadata")
    assert again.returncode == 0 and re.fullmatch(r"\d+ articles described\n", again.stdout), again.stderr
    assert told(copy) == facts
    assert dibao(copy, "reprocess", "--stage", "metadata").stdout == "0 articles described\n"


def test_reprocess_without_a_district_s_file_says_so(tmp_path: Path, county: County) -> None:
    folder = district(tmp_path / "districts", county.url)
    dibao(tmp_path / "a.db", "crawl", "--districts", folder, "--limit", 1)
    assert "yunlan is not in" in call(tmp_path / "a.db", "reprocess").stderr


def test_a_cut_warc_gives_what_is_whole_and_says_so(tmp_path: Path, archive: Path) -> None:
    whole = tmp_path / "all.warc.gz"
    call(archive, "export", "--warc", whole)
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = call(tmp_path / "b.db", "import", cut)
    assert result.exit_code == 1
    assert "cut.warc.gz" in result.stderr
    with open_archive(tmp_path / "b.db") as half:
        assert 20 < len(dump(half)) < 100


def test_export_to_where_nothing_can_be_written(archive: Path) -> None:
    result = call(archive, "export", "--warc", "/no/such/folder/x.warc")
    assert result.exit_code == 1
    assert "/no/such/folder/x.warc" in result.stderr


# -- search, status


def test_search_prints_lines_or_json(archive: Path) -> None:
    lines = call(archive, "search", "湖滨", "--limit", "3")
    assert lines.exit_code == 0 and "found" in lines.stderr
    assert lines.stdout.count("://127.0.0.1:") == 3
    found = [json.loads(line) for line in call(archive, "search", "湖滨", "--json").stdout.splitlines()]
    assert found and {"key", "url", "title", "published_on", "snippet"} <= found[0].keys()
    dates = [one["published_on"] for one in found if one["published_on"]]
    assert dates == sorted(dates, reverse=True)
    nothing = call(archive, "search", "绝无此词")
    assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "0 found\n")


def test_status_tells_what_is_there(archive: Path) -> None:
    text = call(archive, "status").stdout
    assert "articles from" in text and "云澜区" in text
    found = json.loads(call(archive, "status", "--json").stdout)
    assert found["articles"] == found["by_district"]["yunlan"] > 90
    assert found["runs"][0]["columns"][0]["column"] == "云澜要闻"


# -- archives that cannot be used


def test_a_newer_archive_is_refused(tmp_path: Path, archive: Path) -> None:
    path = tmp_path / "newer.db"
    open_archive(path).close()
    conn = sqlite3.connect(path)
    conn.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '999_later', '')")
    conn.commit()
    conn.close()
    for verb in (("status",), ("search", "x"), ("reprocess",)):
        result = call(path, *verb)
        assert result.exit_code == 1
        assert "newer Dibao" in result.stderr


def test_a_file_that_is_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, " * 500, encoding="utf-8")
    result = call(path, "status")
    assert result.exit_code == 1
    assert "letter.db: is not an SQLite file" in result.stderr


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    result = call(tmp_path / "no" / "archive.db", "import", ROOT / "docs")
    assert result.exit_code == 1
    assert "does not exist; make it" in result.stderr


def test_a_disk_that_is_full_stops_the_run_with_a_word(tmp_path: Path, county: County) -> None:
    """A limit on the size of files stands in for the disk: writing fails in the same place."""
    folder = district(tmp_path / "districts", county.url)
    open_archive(tmp_path / "a.db").close()
    size = (tmp_path / "a.db").stat().st_size + 100_000
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
    done = dibao(tmp_path / "a.db", "crawl", "--districts", folder, preexec_fn=limit)
    assert done.returncode == 1, done.stderr
    assert "a.db" in done.stderr or "snapshots" in done.stderr
    assert dibao(tmp_path / "a.db", "crawl", "--districts", folder).returncode == 0


# -- parse


@pytest.fixture
def pages(tmp_path: Path, county: County) -> Path:
    """Three saved pages of the made-up site, a block page, and their manifest."""
    folder = tmp_path / "pages"
    folder.mkdir()
    site = county.site
    one = next(one for one in site.pages.values() if one.kind == "news" and one.dated and one.charset == "utf-8")
    saved = {"article": ("article", one.path), "list": ("list", "/class/GBPINKCA"), "unknown": ("?", one.path)}
    lines = ["id\tkind\turl\tsite"]
    for name, (kind, path) in saved.items():
        page = site.get(path)
        assert page
        (folder / f"{name}.html").write_bytes(page.body)
        lines.append(f"{name}\t{kind}\thttp://www.yunlan.example.cn{path}\t")
    (folder / "denied.html").write_text("<html><head><title>403 Forbidden</title></head><body></body></html>")
    lines.append("denied\tarticle\t\twww.yunlan.example.cn")
    (tmp_path / "manifest.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_parse_reads_a_folder_in_one_go(tmp_path: Path, pages: Path) -> None:
    result = call(tmp_path / "none.db", "parse", "--manifest", tmp_path / "manifest.tsv", "--pages", pages)
    assert result.exit_code == 0
    read = {row["id"]: row for row in map(json.loads, result.stdout.splitlines())}
    assert list(read) == ["article", "list", "unknown", "denied"]
    article = read["article"]
    assert article["kind"] == read["unknown"]["kind"] == "article"
    assert article["outcome"] == "archived" and article["title"] and article["body"] and article["rules"]["body"]
    assert article["published"] == article["published_on"]
    assert {"source", "author", "document_number", "index_number", "issuer", "items"} <= article.keys()
    assert read["list"]["kind"] == "list" and len(read["list"]["items"]) >= 20
    assert {"url", "title", "date"} == read["list"]["items"][0].keys()
    assert "next" in read["list"]
    assert read["denied"]["outcome"] in {"blocked", "unreadable"} and read["denied"]["reason"]
    assert not (tmp_path / "none.db").exists()


def test_parse_shows_one_page(tmp_path: Path, pages: Path) -> None:
    text = call(tmp_path / "none.db", "parse", pages / "article.html", "--url", "http://www.yunlan.example.cn/a.html")
    assert text.exit_code == 0 and "title: " in text.stdout and "published_on: " in text.stdout
    rows = call(
        tmp_path / "none.db", "parse", pages / "list.html", "--url", "http://www.yunlan.example.cn/class/GBPINKCA"
    )
    assert rows.exit_code == 0 and rows.stdout.count("://www.yunlan.example.cn/html/") >= 20
    denied = call(tmp_path / "none.db", "parse", pages / "denied.html", "--json")
    assert denied.exit_code == 1 and json.loads(denied.stdout)["reason"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id\tkind\tmissing\nx\tarticle\t\n", "there is no"),
        ("name\tkind\nx\tarticle\n", "needs a first line with the columns id"),
        (b"id\tkind\n\xff\xfe\xff\tarticle\n", "not a tab-separated table in UTF-8"),
    ],
)
def test_a_manifest_that_cannot_be_used(tmp_path: Path, pages: Path, text: str | bytes, says: str) -> None:
    manifest = tmp_path / "bad.tsv"
    manifest.write_bytes(text if isinstance(text, bytes) else text.encode())
    result = call(tmp_path / "none.db", "parse", "--manifest", manifest, "--pages", pages)
    assert result.exit_code == 1
    assert says in result.stderr
