"""`dibao add`: every local county in one command, what it writes, when it refuses, and the real list pages."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

import cli
from commands.add import address, slug_of
from commands.parse import saved_pages
from commands.places import place
from scraper.catalogue import load_one
from scraper.items import Snapshot
from scraper.parse import parse_list
from scraper.recon.findings import findings
from scraper.recon.identity import Identity, Vote
from scraper.recon.planner import MOST, Planner
from scraper.recon.saved import survey
from tests import counties
from tests.counties.chaos import Chaos
from tests.county.announcements import COLUMNS
from tests.county.server import CHALLENGE_412, FORBIDDEN, WAF_SHELL, County, Fault

ROOT = Path(__file__).parents[1]


def call(folder: Path, *arguments: object) -> Result:
    """The command in this process."""
    given = ["--archive", folder / "archive.db", *arguments, "--districts", folder]
    result = CliRunner().invoke(cli.main, list(map(str, given)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def told(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(result.stdout)
    assert said["exit"] == result.exit_code
    return said


@pytest.mark.parametrize("variant", counties.FAMILIES)
def test_every_county_is_added_without_an_edit(variant: str, tmp_path: Path) -> None:
    with counties.open(variant, size=24) as county:
        said = told(call(tmp_path, "add", county.url, "--slug", "here", "--json"))
        asked = len(county.log)
        listed = county.columns()
        truth = county.truth()
    assert said["exit"] == 0, said
    district = load_one(tmp_path / "here.toml")
    family = counties.PRODUCT[variant]
    assert district.layout.family in ((family,) if family else ("", "standard", "generic"))
    assert {column.name for column in district.columns} == set(listed)
    plain = {column.name: column.url for column in district.columns}
    if variant != "gkmlpt":  # its columns' addresses are those of the interface
        assert plain == listed
    for one in said["columns"]:
        assert one["confidence"] >= 0.8 and one["sample"] in set(truth[one["name"]].values())
    # Made-up codes are not in GB/T 2260: that, and a site without a family of its own, are told.
    doubts = [text for text in said["warnings"] if "no code 3299" not in text and not text.startswith("family:")]
    assert doubts == []
    assert asked <= int(said["basis"].split()[0]) <= MOST + 2


def test_the_file_of_a_district_can_be_crawled_and_its_fixtures_read_the_same(tmp_path: Path) -> None:
    with County() as county:
        result = call(tmp_path, "add", county.url, "--slug", "yunlan")
        assert result.exit_code == 0, result.output
        district = load_one(tmp_path / "yunlan.toml")
        crawled = call(tmp_path, "crawl", "yunlan", "--limit", "3", "--json")
    assert (district.name, district.code, district.site_code) == ("云澜区", "329901", "yunlan")
    assert district.layout.family == "fengxun" and district.expect.per_week is not None
    assert {column.name: urlsplit(column.url).path for column in district.columns} == {
        name: f"/class/{code}" for name, code in COLUMNS.items()
    }
    assert [column.name for column in district.columns][:2] == ["云澜要闻", "通知公告"]
    assert json.loads(crawled.stdout)["districts"][0]["word"] == "finished"
    text = (tmp_path / "yunlan.toml").read_text(encoding="utf-8")
    assert "# SEEN" in text and "INFERRED, look at it" in text
    assert all(len(line) < 400 for line in text.splitlines())
    kept = tmp_path / "fixtures" / "yunlan"
    lists = sorted(kept.glob("*.list.json"))
    assert len(lists) >= len(COLUMNS)
    for file in lists:
        says = json.loads(file.read_text(encoding="utf-8"))
        page = (kept / file.name.replace(".list.json", ".html")).read_bytes()
        snapshot = Snapshot(says["url"], page, district_time())
        read = parse_list(snapshot, district.layout)
        assert [(row.url, row.title) for row in read.rows] == [(row["url"], row["title"]) for row in says["rows"]]
    again = call(tmp_path, "add", says["url"], "--pages", kept, "--dry-run", "--json")
    assert {one["name"] for one in told(again)["columns"]} == set(COLUMNS), again.output


def district_time() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def test_a_dry_run_writes_nothing_and_a_file_is_never_overwritten_unasked(tmp_path: Path) -> None:
    with County() as county:
        dry = call(tmp_path, "add", county.url, "--slug", "yunlan", "--dry-run")
        assert dry.exit_code == 0 and "nothing was written" in dry.stderr and "云澜要闻" in dry.stdout
        assert list(tmp_path.glob("*.toml")) == [] and not (tmp_path / "fixtures").exists()
        file = tmp_path / "yunlan.toml"
        file.write_text("mine")
        before = len(county.log)
        refused = call(tmp_path, "add", county.url, "--slug", "yunlan")
        assert refused.exit_code == 1 and "--force" in refused.stderr and len(county.log) == before
        assert file.read_text() == "mine"
        assert call(tmp_path, "add", county.url, "--slug", "yunlan", "--force").exit_code == 0
        assert load_one(file).name == "云澜区"
        other = tmp_path / "pictures"
        other.mkdir()
        (other / "mine.png").write_bytes(b"mine")
        wrong = call(tmp_path, "add", county.url, "--slug", "new", "--fixtures", other)
        assert wrong.exit_code == 1 and "--fixtures" in wrong.stderr and (other / "mine.png").exists()


def test_a_site_that_another_file_has_is_not_added_twice(tmp_path: Path) -> None:
    with County() as county:
        assert call(tmp_path, "add", county.url, "--slug", "yunlan").exit_code == 0
        before = len(county.log)
        again = call(tmp_path, "add", county.url, "--slug", "other")
        assert again.exit_code == 1 and "dibao check yunlan" in again.stderr and len(county.log) == before
        assert call(tmp_path, "add", county.url, "--slug", "other", "--force").exit_code == 0


def test_without_a_scheme_https_is_tried_and_then_http(tmp_path: Path) -> None:
    with County() as county:
        result = call(tmp_path, "add", f"127.0.0.1:{county.port}", "--slug", "yunlan")
    assert result.exit_code == 0 and "trying http" in result.stderr, result.stderr
    assert load_one(tmp_path / "yunlan.toml").site == county.url


@pytest.mark.parametrize(
    ("fault", "word"),
    [(CHALLENGE_412, "ruishu"), (WAF_SHELL, "waf"), (FORBIDDEN, "refused")],
)
def test_a_site_behind_a_wall_is_named_and_nothing_is_written(fault: Fault, word: str, tmp_path: Path) -> None:
    with County(faults={"/": fault}) as county:
        result = call(tmp_path, "add", county.url, "--slug", "walled")
    assert result.exit_code == 4 and f"({word})" in result.stderr
    assert list(tmp_path.glob("*.toml")) == []
    assert len([one for one in county.log if one.path != "/robots.txt"]) == 1


def test_columns_that_could_not_be_read_are_warned_about_and_stand_in_the_file(tmp_path: Path) -> None:
    code = COLUMNS["部门动态"]
    with County(faults={f"/class/{code}": WAF_SHELL}) as county:
        said = told(call(tmp_path, "add", county.url, "--slug", "yunlan", "--json"))
    assert said["exit"] == 0 and any("could not be read" in text and "部门动态" in text for text in said["warnings"])
    text = (tmp_path / "yunlan.toml").read_text(encoding="utf-8")
    assert f"# NOT READ (blocked), 部门动态 {county.url}/class/{code}" in text
    assert "部门动态" not in {column.name for column in load_one(tmp_path / "yunlan.toml").columns}


@pytest.mark.parametrize("seed", [2, 3])
def test_faults_cost_columns_or_warnings_but_never_make_a_wrong_column(seed: int, tmp_path: Path) -> None:
    faults = Chaos(seed=seed, rate=0.3, only=("list", "article"))
    with counties.open("trs", size=24, chaos=faults) as county:
        said = told(call(tmp_path, "add", county.url, "--slug", "here", "--json"))
        listed = county.columns()
    found = {one["name"]: one["url"] for one in said["columns"]}
    assert found.items() <= listed.items() and said["family"]["value"] in ("trs", "")
    lost = set(listed) - set(found)
    assert all(any(name in text for text in [*said["warnings"], *said["missing"]]) for name in lost)
    assert faults.hit


def test_robots_that_forbid_are_obeyed_and_named(tmp_path: Path) -> None:
    with County(robots=Fault("say", 200, "User-agent: *\nDisallow: /\n")) as county:
        result = call(tmp_path, "add", county.url, "--slug", "closed")
    assert result.exit_code == 4 and "robots.txt" in result.stderr
    assert [one.path for one in county.log] == ["/robots.txt"]
    with County(robots=FORBIDDEN) as county:
        result = call(tmp_path, "add", county.url, "--slug", "closed")
    assert result.exit_code == 4 and "robots.txt" in result.stderr and len(county.log) == 1


def test_a_dead_site_is_not_reached(tmp_path: Path) -> None:
    result = call(tmp_path, "add", "http://127.0.0.1:9/", "--slug", "dead", "--json")
    said = told(result)
    assert said["exit"] == 4 and said["verdict"] == "unreachable" and said["closed"]


def test_a_page_without_columns_is_not_guessed_about(tmp_path: Path) -> None:
    with County(faults={"/": Fault("say", 200, f"<html><body>{'<p>云澜区的一页</p>' * 90}</body></html>")}) as county:
        result = call(tmp_path, "add", county.url, "--slug", "bare", "--name", "云澜区", "--code", "329901")
    assert result.exit_code == 3 and "missing: no column" in result.stderr and "政务公开" in result.stderr
    assert list(tmp_path.glob("*.toml")) == []


def test_lists_that_only_scripts_make_are_told_as_such(tmp_path: Path) -> None:
    app = "<html><title>云澜</title><body><div id='app'></div><script src='/app.js'></script></body></html>"
    with County(faults={"/class/.*": Fault("say", 200, app)}) as county:
        result = call(tmp_path, "add", county.url, "--slug", "scripted", "--json")
    said = told(result)
    assert said["exit"] == 4 and "(js_shell)" in said["closed"] and "render" in said["closed"]
    assert list(tmp_path.glob("*.toml")) == []


def test_crawl_delay_is_taken_over(tmp_path: Path) -> None:
    robots = Fault("say", 200, "User-agent: *\nCrawl-delay: 4\nDisallow: /class/\n")
    with County(robots=robots) as county:
        result = call(tmp_path, "add", county.url, "--slug", "slow", "--json")
    said = told(result)
    assert said["exit"] == 3 and not said["columns"]
    assert all(one["state"] in ("failed", "waiting") for one in said["left"])


def test_ctrl_c_leaves_nothing(tmp_path: Path) -> None:
    with County(faults={"/class/.*": Fault("slow", seconds=0.5)}) as county:
        command = [sys.executable, ROOT / "cli.py", "--archive", tmp_path / "a.db", "add", county.url, "--slug", "cut"]
        with subprocess.Popen([*map(str, command), "--districts", str(tmp_path)], stderr=subprocess.PIPE) as process:
            while not county.asked("/class/.*"):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors.decode()
    assert b"nothing was written" in errors and b"Traceback" not in errors
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith((".a.db", "a.db"))] == []


@pytest.mark.parametrize(
    ("host", "slug"),
    [
        ("www.wj.gov.cn", "wj"),
        ("jkq.changzhou.gov.cn", "jkq"),
        ("www.qing-jia.gov.cn", "qing_jia"),
        ("127.0.0.1", ""),
        ("www.gov.cn", ""),
    ],
)
def test_slugs(host: str, slug: str) -> None:
    assert slug_of(host) == slug


def test_addresses_are_checked_before_anything_is_asked(tmp_path: Path) -> None:
    assert address("www.wj.gov.cn") == "https://www.wj.gov.cn/"
    for bad in ("ftp://www.wj.gov.cn", "https://", "http://user:secret@x.cn/", "http://a b/"):
        assert call(tmp_path, "add", bad).exit_code == 2
    assert call(tmp_path, "add", "http://127.0.0.1:9/", "--slug", "Mit Großen").exit_code == 2
    assert call(tmp_path, "add", "http://127.0.0.1:9/", "--code", "32041").exit_code == 2


def test_what_the_catalogue_refuses_is_not_written(tmp_path: Path) -> None:
    with County() as county:
        result = call(tmp_path, "add", county.url, "--slug", "yunlan", "--code", "990000")
    assert result.exit_code == 1 and "code" in result.stderr
    assert [
        one for one in tmp_path.rglob("*") if one.is_file() and not one.name.startswith(("archive", ".archive"))
    ] == []


WUJIN = Vote("320412", "meta:SiteIDCode", 3)


@pytest.mark.parametrize(
    ("said", "given", "name", "code", "missing"),
    [
        (
            Identity((WUJIN,), (Vote("武进区人民政府", "meta:SiteName", 3),), (Vote("武进区", "title", 1),)),
            {},
            "武进区",
            "320412",
            "",
        ),
        (Identity((WUJIN,)), {}, "武进区", "320412", ""),
        (Identity((WUJIN,), (), (Vote("钟楼区", "title", 1),)), {}, "", "320412", "give --code and --name"),
        (
            Identity((WUJIN,), (), (Vote("钟楼区", "title", 1),)),
            {"code": "320404", "name": "钟楼区"},
            "钟楼区",
            "320404",
            "",
        ),
        (Identity((), (), (Vote("常州市武进区", "title", 1),)), {}, "武进区", "320412", ""),
        (Identity((), (), (Vote("鼓楼区", "title", 1),)), {}, "鼓楼区", "", "give --code"),
        (Identity((), (), (Vote("青岬县", "title", 1),)), {}, "青岬县", "", "give --code"),
        (Identity(), {}, "", "", "give --code and --name"),
        (Identity((Vote("329999", "footer", 1),)), {}, "", "329999", "give --name and --code"),
    ],
)
def test_name_and_code_are_held_against_the_table(
    said: Identity, given: dict[str, str], name: str, code: str, missing: str
) -> None:
    found = place(said, **given)
    assert (found.name, found.code) == (name, code)
    assert (missing in found.missing[0]) if missing else not found.missing


def test_an_inferred_code_and_a_department_are_warned_about() -> None:
    inferred = place(Identity((), (), (Vote("武进区", "title", 1),)))
    assert inferred.code == "320412" and inferred.confidence <= 0.6 and "inferred" in inferred.warnings[0]
    bureau = place(Identity((WUJIN,), (Vote("武进区商务局", "meta:SiteName", 2),)))
    assert "department" in bureau.warnings[0]
    two = place(Identity((Vote("320400", "footer", 9), WUJIN), (Vote("武进区人民政府", "meta:SiteName", 3),)))
    assert two.code == "320412" and "320400" in two.warnings[0]


# The families of the real list pages, by what design/site-families.md says of their addresses.
REAL = {
    "ybkj.yibin.gov.cn": "trs",
    "swt.fujian.gov.cn": "trs",
    "www.changzhou.gov.cn": "fengxun",
    "kjj.chuzhou.gov.cn": "lonsun",
    "fzggw.ah.gov.cn": "lonsun",
    "swj.yancheng.gov.cn": "hanweb",
    "kjt.jiangxi.gov.cn": "hanweb",
}


@pytest.mark.realpages
def test_real_list_pages_give_the_right_family_and_column(shared: Path) -> None:
    """Each is the only page of its site that is there: everything it cannot prove must be warned about."""
    manifest, folder = shared / "realpages" / "manifest.tsv", shared / "realpages" / "pages"
    with manifest.open(encoding="utf-8") as lines:
        truthful = {row["id"] for row in csv.DictReader(lines, delimiter="\t") if row["has_truth"] == "1"}
    sites: dict[str, list[Snapshot]] = defaultdict(list)
    listed: dict[str, str] = {}
    for identity, kind, snapshot in saved_pages(manifest, folder):
        if kind == "list" and identity in truthful:
            listed[urlsplit(snapshot.url).netloc] = snapshot.url
        if kind != "xml":
            sites[urlsplit(snapshot.url).netloc].append(snapshot)
    families, columns = {}, {}
    for host, url in listed.items():
        planner = Planner(f"{urlsplit(url).scheme}://{host}/")
        found = findings(survey(planner, sites[host]))
        families[host] = found.family.value
        columns[host] = [one.url for one in found.columns]
        for one in found.columns:
            assert {"the next page was not looked at"} & set(one.warnings) or one.paging == "none", (host, one)
            assert one.kind == "通知公告", (host, one.name)
    assert {host: families[host] for host in REAL} == REAL
    assert {host: name for host, name in families.items() if host not in REAL and name not in ("", "standard")} == {}
    named = {host for host, found in columns.items() if found == [listed[host]]}
    # A city's search page is a list too, but no column.
    assert set(listed) - named == {"jiujiang.gov.cn"} and not columns["jiujiang.gov.cn"]
