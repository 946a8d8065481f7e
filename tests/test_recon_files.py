"""What a survey leaves: the district's file and the fixtures, whatever stands on the pages."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from scraper.catalogue import Layout, load_one
from scraper.recon import toml
from scraper.recon.findings import Findings, findings
from scraper.recon.fixtures import files
from scraper.recon.planner import Planner
from scraper.recon.saved import survey
from scraper.recon.selectors import rows_selector
from tests.frontpage import ORIGIN, column, page, rows, site, wrap

HEAD = toml.Head("青岬县", "320499", f"{ORIGIN}/", date(2026, 11, 20), "12 requests")


def surveyed(home: str, *columns: tuple[str, str]) -> tuple[Planner, Findings]:
    planner = survey(Planner(f"{ORIGIN}/"), site(home, columns))
    return planner, findings(planner)


def loaded(found: Findings, folder: Path, head: toml.Head = HEAD) -> tuple[str, object]:
    file = folder / "qingjia.toml"
    file.write_text(toml.write(found, head), encoding="utf-8")
    return file.read_text(encoding="utf-8"), load_one(file)


def test_the_file_says_what_was_seen_and_what_inferred(tmp_path: Path) -> None:
    columns = (("/xw/yw/", "青岬要闻"), ("/zw/wj/", "政策文件"))
    _, found = surveyed("".join(f"<a href='{path}'>{name}</a>" for path, name in columns), *columns)
    text, district = loaded(found, tmp_path, replace(HEAD, notes=("SEEN: x",), delay=7.5))
    table = tomllib.loads(text)
    assert [one["url"] for one in table["columns"]] == ["/xw/yw/", "/zw/wj/"]
    assert (table["delay"], table["site"], table["family"]) == (7.5, ORIGIN, "standard")
    assert table["expect"]["per_week"]["min"] <= 3 and table["expect"]["filled"]["source"] == 0.8
    lines = text.splitlines()
    assert "2026-11-20, 12 requests" in lines[0] and "# SEEN: x" in lines
    assert any(line.startswith("# 1.00 SEEN: home page: a link 青岬要闻") for line in lines)
    assert any(line.startswith("# INFERRED: a fifth") for line in lines)
    assert district


@pytest.mark.parametrize(
    "name",
    ['青岬"县"', "青岬\\县", "青岬县\n[[columns]]", "青岬县 # 注", "青\x00岬\x1b县", "'''"],
)
def test_whatever_a_page_calls_itself_the_file_stays_one_file(name: str, tmp_path: Path) -> None:
    _, found = surveyed("<a href='/xw/yw/'>青岬要闻</a>", ("/xw/yw/", "青岬要闻"))
    head = toml.Head(name, "320499", ORIGIN, date(2026, 11, 20), "12 requests", (f"SEEN: {name}",))
    text, _ = loaded(found, tmp_path, head)
    assert len(tomllib.loads(text)["columns"]) == 1


def test_a_column_elsewhere_keeps_its_whole_address_and_its_host_is_allowed(tmp_path: Path) -> None:
    below = [
        type(one)(one.url.replace("www.", "zwgk."), one.body, one.captured_at) for one in column("/zw/wj/", "政策文件")
    ]
    home = "<a href='https://zwgk.qingjia.gov.cn/zw/wj/'>政策文件</a>"
    planner = survey(Planner(f"{ORIGIN}/"), [page("/", wrap("青岬县人民政府", home)), *below])
    text, _ = loaded(findings(planner), tmp_path)
    table = tomllib.loads(text)
    assert table["allowed_hosts"] == ["zwgk.qingjia.gov.cn"]
    assert table["columns"][0]["url"] == "https://zwgk.qingjia.gov.cn/zw/wj/"


def test_unsure_columns_stand_in_the_file_as_comments_only(tmp_path: Path) -> None:
    undated = re.sub(r"<span>[^<]*</span>", "", rows("/tj/a", 8))
    lone = [page("/tj/", wrap("统计信息", f"<ul>{undated}</ul>", column="统计信息"))]
    pages = site("<a href='/xw/yw/'>青岬要闻</a><a href='/tj/'>统计信息</a>", [("/xw/yw/", "青岬要闻")], lone)
    found = findings(survey(Planner(f"{ORIGIN}/"), pages))
    text, _ = loaded(found, tmp_path)
    assert [one["name"] for one in tomllib.loads(text)["columns"]] == ["青岬要闻"]
    assert [one.name for one in found.unsure] == ["统计信息"] and "NOT TAKEN, 统计信息" in text


def test_fixtures_hold_the_bytes_what_was_read_and_a_manifest() -> None:
    planner, _ = surveyed("<a href='/xw/yw/'>青岬要闻</a>", ("/xw/yw/", "青岬要闻"))
    made = dict(files(planner.answers, Layout()))
    lines = made["manifest.tsv"].decode().splitlines()
    assert len(lines) == 1 + len(planner.answers) == 1 + sum(name.endswith(".html") for name in made)
    assert lines[1].split("\t")[:3] == ["01-home", "other", f"{ORIGIN}/"]
    assert made["02-list.html"] == planner.answers[1].snapshot.body
    listed = json.loads(made["02-list.list.json"])
    assert listed["next"] == f"{ORIGIN}/xw/yw/index_1.html" and len(listed["rows"]) == 20
    read = json.loads(made["04-article.json"])
    assert read["source"] == "青岬县水利局" and read["title"] == listed["rows"][0]["title"]


def test_a_selector_is_only_given_where_both_pages_prove_it() -> None:
    first = page("/l/", wrap("a", f"<div class='l'><ul>{rows('/a', 6)}</ul></div>"))
    second = page("/l/2", wrap("a", f"<div class='l'><ul>{rows('/a', 6, 6)}</ul></div>"))
    assert rows_selector(first, second).startswith("div.l")
    assert rows_selector(first, first) == ""
    bare = page("/l/", wrap("a", rows("/a", 6))), page("/l/2", wrap("a", rows("/a", 6, 6)))
    assert rows_selector(*bare) == ""  # nothing there has a name
