"""Pages that only scripts make, rendered by a real Chromium, which gets nothing but what the crawl gives it."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from archive.store import open_archive
from scraper.rendering import AGAIN, NAMES, RENDERED
from tests.nights import night, rows
from tests.scripted import HTML, SHELL, Scripted, scripted

ROOT = Path(__file__).parents[1]
ARTICLES = ["青岬县第1期防汛值班安排", "青岬县第2期防汛值班安排", "青岬县第3期防汛值班安排"]
CHALLENGE = (
    '<html><body><script>document.cookie="C3VK=0a0b; path=/";fetch("/api/rows");location.reload()</script>'
    "</body></html>"
)


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A command that starts Chromium and writes down its process."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None or find_spec("playwright") is None:
        pytest.skip("needs Chromium on PATH and the extra: pip install dibao[render]")
    command = tmp_path / "browser"
    command.write_text(f'#!/bin/sh\necho $$ >> {tmp_path}/pids\nexec {found} "$@" 2>/dev/null\n', encoding="utf-8")
    command.chmod(0o755)
    return command


def gone(folder: Path) -> bool:
    """Have all browsers ended? Waits, for a killed one ends by itself."""
    pids = (folder / "pids").read_text(encoding="utf-8").split()
    deadline = time.monotonic() + 60
    while any(is_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.1)
    return bool(pids) and not any(is_alive(pid) for pid in pids)


def is_alive(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2][:1] != "Z"
    except OSError:
        return False


@pytest.mark.browser
def test_a_scripted_list_is_rendered_and_both_forms_are_kept(tmp_path: Path, browser: Path) -> None:
    with Scripted() as other, scripted(other.host) as site:
        end = night(tmp_path, site.district(), dibao_chromium=str(browser))
        assert [(column.outcome, column.rows) for column in end.columns] == [("ok", 3)]
        assert [title for (title,) in rows(tmp_path, "SELECT title FROM articles ORDER BY title")] == ARTICLES
        paths = site.paths()
        # Served as they are, the first two articles need no browser; the third holds its text in a script.
        assert len((tmp_path / "pids").read_text(encoding="utf-8").split()) == 2
        assert [paths.count(path) for path in ("/list/", "/app.js", "/api/rows", "/show/20261103.html")] == [1] * 4
        (form,) = [one for one in site.log if one.path == "/api/rows"]
        assert (form.method, form.body, form.headers["Referer"]) == ("POST", "page=1", f"http://{site.host}/list/")
        # Not given: cookies, images, styles, frames, sockets, other sites, what robots.txt forbids, endless polls.
        assert other.log == [] and not {"/closed/rows", "/pixel.gif", "/logo.png", "/a.css"} & set(paths)
        assert all("Cookie" not in one.headers for one in site.log) and paths.count("/api/poll") == AGAIN
        assert len({one.headers["User-Agent"] for one in site.log}) == 1
        with open_archive(tmp_path / "archive.db") as archive:
            kept = [archive.snapshots.get(number) for number in archive.snapshots.numbers()]
        shell, shown = [one for one in kept if one.url.endswith("/list/")]
        assert shell.text == SHELL and shell.header(RENDERED) == "" and shell.header("etag") == '"same"'
        assert all(title in shown.text for title in ARTICLES) and shown.header(RENDERED).startswith("chromium 1")
        assert shown.header("etag") == shown.header("set-cookie") == ""
        del site.log[:]
        end = night(tmp_path, site.district(), dibao_chromium=str(browser))
        assert [column.outcome for column in end.columns] == ["ok"]
        assert not [path for path in site.paths() if path.startswith("/show/")]
        assert all("If-None-Match" not in one.headers for one in site.log)
    assert gone(tmp_path)


@pytest.mark.browser
def test_what_scripts_ask_for_keeps_the_pace(tmp_path: Path, browser: Path) -> None:
    """One request at a time, and the rest after each answer, whoever asks."""
    with scripted("127.0.0.1:9") as site:
        night(tmp_path, site.district(), download_delay=0.2, dibao_chromium=str(browser))
        came = [one.came for one in site.log]
        assert len(came) >= 8 and min(later - sooner for sooner, later in itertools.pairwise(came)) >= 0.2


@pytest.mark.browser
def test_a_challenge_is_kept_and_none_of_it_is_run(tmp_path: Path, browser: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        site.pages["/list/"] = (200, HTML, CHALLENGE)
        (column,) = night(tmp_path, site.district(), dibao_chromium=str(browser)).columns
        assert column.outcome == "blocked" and "challenge" in column.note
        assert site.paths() == ["/robots.txt", "/list/"] and not (tmp_path / "pids").exists()
        assert rows(tmp_path, "SELECT count(*) FROM captures WHERE role = 'list'") == [(1,)]


@pytest.mark.browser
def test_scripts_that_never_end_are_ended(tmp_path: Path, browser: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        site.pages["/app.js"] = (200, "application/javascript", "while (true) {}")
        (column,) = night(tmp_path, site.district(), dibao_chromium=str(browser), dibao_render_seconds=3).columns
        assert column.outcome == "failed" and "not done after 3 s" in column.note
        assert rows(tmp_path, "SELECT exit_code FROM runs") == [(3,)]
    assert gone(tmp_path)


@pytest.mark.browser
def test_a_page_that_stays_empty_is_a_shell(tmp_path: Path, browser: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        site.pages["/app.js"] = (200, "application/javascript", "")
        (column,) = night(tmp_path, site.district(), dibao_chromium=str(browser)).columns
        assert column.outcome == "shell"


@pytest.mark.browser
def test_half_a_page_is_no_page(tmp_path: Path, browser: Path) -> None:
    """What a script asked for did not come: the page is tried again, not taken for one without rows."""
    with scripted("127.0.0.1:9") as site:
        site.pages["/api/rows"] = (0, "", "")
        (column,) = night(tmp_path, site.district(), dibao_chromium=str(browser)).columns
        assert column.outcome == "failed" and rows(tmp_path, "SELECT count(*) FROM captures WHERE role = 'list'") == [
            (0,)
        ]


@pytest.mark.browser
def test_a_killed_crawl_leaves_no_browser(tmp_path: Path, browser: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        site.pages["/app.js"] = (200, "application/javascript", "while (true) {}")
        process = crawling(tmp_path, site, str(browser), render=True)
        deadline = time.monotonic() + 60
        while "/app.js" not in site.paths() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert "/app.js" in site.paths() and gone(tmp_path)


def test_without_a_browser_the_column_fails_and_nothing_is_asked(tmp_path: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        (column,) = night(tmp_path, site.district(), dibao_chromium=str(tmp_path / "none")).columns
        assert column.outcome == "failed" and "通知公告" in column.note and "DIBAO_CHROMIUM" in column.note
        assert "/list/" not in site.paths() and rows(tmp_path, "SELECT exit_code FROM runs") == [(3,)]


def test_without_the_extra_the_column_fails_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright", None)
    with scripted("127.0.0.1:9") as site:
        (column,) = night(tmp_path, site.district()).columns
        assert column.outcome == "failed" and "pip install dibao[render]" in column.note and "通知公告" in column.note


def test_other_columns_do_not_pay_for_it(tmp_path: Path) -> None:
    with scripted("127.0.0.1:9") as site:
        process = crawling(tmp_path, site, "", render=False)
        said, _ = process.communicate(timeout=120)
        assert said.split() == ["shell", "False"] and site.paths() == ["/robots.txt", "/list/"]


def crawling(folder: Path, site: Scripted, browser: str, *, render: bool) -> subprocess.Popen[str]:
    """A crawl in a process of its own, which says how the column ended and whether playwright was imported."""
    code = (
        "import sys, logging; from pathlib import Path; from tests.nights import night; from tests.scripted import *\n"
        "logging.disable()\n"
        f"end = night(Path({str(folder)!r}), of({site.host!r}, render={render}), dibao_chromium={browser!r})\n"
        "print(end.columns[0].outcome, 'playwright' in sys.modules)"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
