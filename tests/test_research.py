"""docs/research.md holds what it says: every question's link finds its answer, the addresses give JSON and CSV within
their limits, and the notebook prints what stands there."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import io
import json
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

import cli
from tests.newsroom import newsroom
from tests.test_web import Get, links, site, texts, tree
from web.serve import application, metadata, query_fields

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "research.md").read_text("utf-8")
ASKED = re.findall(r"^\| (.+) \| `(/[^`]+)` \| `([^`]+)` \|$", TEXT, re.M)
QUERIES = metadata()["databases"]["archive"]["queries"]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("research") / "archive.db"
    newsroom(found)
    return found


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


def test_there_are_questions_enough_and_all_kinds_of_pages_answer() -> None:
    assert len(ASKED) >= 20 and len({question for question, _, _ in ASKED}) == len(ASKED)
    assert {link.split("/")[1].split("?")[0] for _, link, _ in ASKED} == {"", "archive", "document"}


@pytest.mark.parametrize(("link", "answer"), [(link, answer) for _, link, answer in ASKED], ids=[a[1] for a in ASKED])
def test_a_question_is_answered_by_its_link(get: Get, link: str, answer: str) -> None:
    response = get(quote(link, safe="/?&="))
    assert response.status_code == 200
    page = tree(response).css_first("main")
    assert page is not None
    for given in page.css("form, details"):  # what was asked is no answer
        given.decompose()
    assert solid(answer) in solid(unescape(page.text()))
    if link.startswith("/archive/"):
        link += "" if "?" in link else "?"
        rows = list(csv.reader(io.StringIO(get(quote(link.replace("?", ".csv?", 1), safe="/?&=")).text)))
        assert any(answer in cell for row in rows[1:] for cell in row)
        found = json.loads(get(quote(link.replace("?", ".json?_shape=array&", 1), safe="/?&=")).text)
        assert [list(row) for row in found] == [rows[0]] * (len(rows) - 1)


def solid(text: str) -> str:
    """A text without white space: marked words stand by themselves on a page."""
    return "".join(text.split())


def test_a_wrong_answer_would_be_seen(get: Get) -> None:
    """The names asked about are not enough: a person, a number and a word that are not there find nothing."""
    for link in (
        "appears_with?name=没有此人",
        "number_gaps?prefix=云政办发〔2019〕",
        "word_by_month?word=没有这样的词",
    ):
        assert "没有数据" in get(f"/archive/{quote(link, safe='?=')}").text


# the page of a question


def test_every_question_is_told_in_both_languages_and_its_fields_are_called(get: Get) -> None:
    fields = query_fields()
    for name, about in QUERIES.items():
        asked = set(re.findall(r":([a-z_]+)", re.sub(r"'[^']*'", "", about["sql"])))
        assert asked <= set(fields), name
        assert all(about[key] for key in ("title", "title_en", "description", "description_en")), name
    assert all(
        one["type"] in ("text", "date", "number", "district") and one["zh"] and one["en"] for one in fields.values()
    )
    zh, en = get("/archive/changed_around"), get("/archive/changed_around?lang=en")
    assert texts(zh, "h1") == ["某日前后的改动与移除"] and texts(en, "h1") == [QUERIES["changed_around"]["title_en"]]
    assert texts(zh, ".query label") == ["日期 day", "前后几天 days", "区县 district"]
    assert texts(en, ".query label")[0] == "Day day"
    assert QUERIES["disagreements"]["title_en"] in texts(get("/archive?lang=en"), ".tables h2 a")


def test_a_form_keeps_what_was_asked_and_says_what_is_missing(get: Get) -> None:
    def chosen(address: str, selector: str) -> dict[str, str | None]:
        node = tree(get(address)).css_first(selector)
        assert node is not None
        return {**node.attributes, "text": node.text()}

    asked = "/archive/deadlines?since=2026-11-01&district=qingjia"
    assert chosen(asked, "select option[selected]")["value"] == "qingjia"
    assert chosen(asked, "input[name=since]")["value"] == "2026-11-01"
    assert chosen("/archive/deadlines?district=%3Cscript%3E", "select option[selected]")["text"] == "<script>"
    assert "请在上面填好" in get("/archive/titles_of").text and "请在上面填好" not in get("/archive/most_copied").text


def test_months_are_drawn_above_their_table(get: Get) -> None:
    for name, about in QUERIES.items():
        if "chart" in about:
            page = tree(get(f"/archive/{name}?district=yunlan&kind=会议&word=营商环境"))
            drawn = page.css("figure.chart svg[role=img]")
            assert bool(drawn) == (len(page.css(".rows tbody tr")) > 1), name
            assert not drawn or drawn[0].attributes["aria-label"] == about["title"]
    bars = tree(get("/archive/published_by_month?district=yunlan")).css("svg.bars rect.bar")
    assert len(bars) == 10


def test_keys_in_answers_lead_to_articles(get: Get) -> None:
    found = links(get("/archive/most_copied"), ".rows td a")
    assert found and get(found[0]).status_code == 200
    assert len(found) == 2, "the key, and the title beside it"


def test_cells_are_told_as_elsewhere_and_data_as_they_are(get: Get) -> None:
    cells = texts(get("/archive/changed_around?day=2026-11-20"), "td")
    assert cells[0] == "2026-11-22 09:12" and cells[3] == "云澜区"
    row = list(csv.reader(io.StringIO(get("/archive/changed_around.csv?day=2026-11-20").text)))[1]
    assert row[0].startswith("2026-11-22T01:12") and row[3] == "yunlan"


# addresses that stay


def test_tables_come_whole_as_csv_and_in_pages_as_json(get: Get, path: Path) -> None:
    with closing(sqlite3.connect(path)) as conn:
        counts = {name: conn.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("articles", "facts")}
    for name, number in counts.items():
        streamed = list(csv.DictReader(io.StringIO(get(f"/archive/{name}.csv?_stream=on").text)))
        assert len(streamed) == number
        rows = json.loads(get(f"/archive/{name}.json?_shape=array&_size=max").text)
        assert len(rows) == min(number, 1000) and set(rows[0]) >= set(streamed[0]) - {"rowid"}
        lines = get(f"/archive/{name}.json?_shape=array&_nl=on&_size=10").text.splitlines()
        assert len([json.loads(line) for line in lines]) == 10
    first = json.loads(get("/archive/facts.json?_size=100").text)
    following = json.loads(get(first["next_url"].partition("localhost")[2]).text)
    assert len(following["rows"]) == 100 and following["rows"][0] != first["rows"][0]


def test_more_rows_than_allowed_are_cut_and_said(get: Get) -> None:
    asked = "select value from json_each('[' || substr(replace(hex(zeroblob(1500)), '00', ',1'), 2) || ']')"
    answer = json.loads(get(f"/archive.json?sql={quote(asked)}").text)
    assert len(answer["rows"]) == 1000 and answer["truncated"] is True
    assert "结果过多" in get(f"/archive?sql={quote(asked)}").text


def test_a_question_that_takes_too_long_is_stopped(get: Get) -> None:
    asked = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"
    response = get(f"/archive?sql={quote(asked)}")
    assert response.status_code == 400 and "已停下" in response.text


def test_a_public_server_takes_no_sql_and_gives_the_rest(path: Path) -> None:
    get = site(path, public=True)
    assert get("/archive.json?sql=select+1").status_code == 403
    assert get("/archive/articles.json?_where=1%3D1").status_code in (400, 403)
    assert len(get("/archive/articles.csv?_stream=on").text.splitlines()) > 100
    assert json.loads(get("/archive/articles.json?_shape=array&district=qingjia").text)[0]["district"] == "qingjia"
    assert "24" in get("/archive/published_by_month.csv?district=yunlan").text
    assert get("/archive/published_by_month?district=yunlan").status_code == 200
    assert not application(path, public=True).setting("default_allow_sql")


# the notebook


@pytest.fixture(scope="module")
def served(path: Path) -> Iterator[str]:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from web.serve import serve; serve(Path({str(path)!r}), {port})"
    with subprocess.Popen([sys.executable, "-c", code]) as server:
        try:
            for _ in range(100):
                with contextlib.suppress(URLError), urlopen(f"http://127.0.0.1:{port}/-/versions.json", timeout=20):
                    break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def test_the_notebook_prints_what_the_page_says(
    path: Path, served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells whose library is not installed are passed over; those of the standard library and pyarrow always run."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli.main, ["--archive", str(path), "export", "--parquet", "out"])
    assert done.exit_code == 0, done.output
    ran, names = 0, {"__name__": "notebook"}
    for cell in re.findall(r"^```python\n(.+?)^```$", TEXT, re.M | re.S):
        wanted = re.findall(r"^import (pandas|duckdb|pyarrow)", cell, re.M)
        if any(importlib.util.find_spec(name) is None for name in wanted):
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(cell.replace("http://127.0.0.1:8001", served), names)
        told = re.findall(r"^# > (.*)$", cell, re.M)
        assert [line.rstrip() for line in printed.getvalue().splitlines()] == told
        ran += 1
    assert ran >= 2
