"""`dibao check`: a district that is as its file says, and every way in which it may not be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cli
from tests import counties
from tests.county.announcements import COLUMNS
from tests.county.server import NOT_FOUND, SHELL, WAF_SHELL, County

FILE = """name = "云澜区"
code = "329901"
site = "{site}"
family = "{family}"
delay = 0
{columns}
[expect]
filled = {{ source = {share}, published_on = 0.9 }}
"""


def call(folder: Path, *arguments: object) -> Result:
    given = ["--archive", folder / "archive.db", "check", *arguments]
    result = CliRunner().invoke(cli.main, list(map(str, given)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def written(
    folder: Path, site: str, *, family: str = "fengxun", share: float = 0.5, names: tuple[str, ...] = ()
) -> Path:
    columns = {name: code for name, code in COLUMNS.items() if not names or name in names}
    text = "".join(f'[[columns]]\nname = "{name}"\nurl = "/class/{code}"\n' for name, code in columns.items())
    file = folder / "yunlan.toml"
    file.write_text(FILE.format(site=site, family=family, columns=text, share=share), encoding="utf-8")
    return file


def said(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(result.stdout)
    assert found["exit"] == result.exit_code
    return found


def differences(result: Result, level: str = "red") -> list[str]:
    return [one["what"] for one in said(result)["differences"] if one["level"] == level]


def test_a_district_that_is_as_its_file_says(tmp_path: Path) -> None:
    with County() as county:
        written(tmp_path, county.url)
        shown = call(tmp_path, "yunlan", "--districts", tmp_path)
        machine = call(tmp_path, tmp_path / "yunlan.toml", "--json")
    assert shown.exit_code == 0 and "as its file says" in shown.stdout and "8 of 8 columns" in shown.stdout
    assert differences(machine) == [] and len(said(machine)["columns"]) == 8
    assert sorted(one.name for one in tmp_path.iterdir() if not one.name.startswith(".")) == ["yunlan.toml"]


@pytest.mark.parametrize("variant", ["trs", "ucap", "intertid", "jpaas"])
def test_what_was_added_is_found_as_it_was(variant: str, tmp_path: Path) -> None:
    with counties.open(variant, size=24) as county:
        given = ["--archive", tmp_path / "a.db", "add", county.url, "--slug", "here", "--districts", tmp_path]
        assert CliRunner().invoke(cli.main, list(map(str, given))).exit_code == 0
        result = call(tmp_path, "here", "--districts", tmp_path, "--json")
        fixtures = tmp_path / "fixtures" / "here"
        saved = call(tmp_path, "here", "--districts", tmp_path, "--pages", fixtures, "--json")
    assert result.exit_code == 0, result.stdout
    assert saved.exit_code == 0 and len(said(saved)["columns"]) == 5


def test_a_column_that_is_gone_empty_or_refused_is_red(tmp_path: Path) -> None:
    codes = list(COLUMNS.values())
    faults = {f"/class/{codes[0]}": NOT_FOUND, f"/class/{codes[1]}": SHELL, f"/class/{codes[2]}": WAF_SHELL}
    with County(faults=faults) as county:
        written(tmp_path, county.url)
        result = call(tmp_path, "yunlan", "--districts", tmp_path, "--json")
    assert result.exit_code == 3
    red = {text.split(":")[0]: text for text in differences(result)}
    names = list(COLUMNS)
    assert "gone" in red[names[0]] and "blocked" in red[names[2]]
    assert names[1] not in red or "shell" in red[names[1]]
    assert not set(names[3:]) & set(red)


def test_a_wrong_family_and_unfilled_fields_are_red_and_new_columns_are_noted(tmp_path: Path) -> None:
    with County() as county:
        written(tmp_path, county.url, family="trs", share=1.0, names=("云澜要闻", "政策文件库"))
        result = call(tmp_path, "yunlan", "--districts", tmp_path, "--json")
    assert result.exit_code == 3
    assert any(text.startswith("family: the TOML says trs, the pages fengxun") for text in differences(result))
    offered = " ".join(differences(result, "note"))
    assert "通知公告" in offered and "云澜要闻" not in offered


def test_fewer_filled_fields_than_expected_are_red(tmp_path: Path) -> None:
    with County() as county:
        file = written(tmp_path, county.url, names=("云澜要闻", "人事任免"))
        file.write_text(file.read_text(encoding="utf-8").replace("source = 0.5", "author = 1.0, document_number = 1.0"))
        result = call(tmp_path, file, "--json")
    assert result.exit_code == 3 and any("document_number is filled in" in text for text in differences(result))


def test_a_site_that_is_closed_or_down_ends_with_4(tmp_path: Path) -> None:
    with County(faults={"/.*": WAF_SHELL}) as county:
        file = written(tmp_path, county.url)
        walled = call(tmp_path, file)
    assert walled.exit_code == 4 and "(waf)" in walled.stderr
    down = call(tmp_path, file, "--json")
    assert down.exit_code == 4 and said(down)["verdict"] == "unreachable"


def test_a_district_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with County() as county:
        written(tmp_path, county.url)
    result = call(tmp_path, "wujing", "--districts", tmp_path)
    assert result.exit_code == 1 and "yunlan" in result.stderr
    shutil.copy(tmp_path / "yunlan.toml", tmp_path / "broken.toml")
    (tmp_path / "broken.toml").write_text("name = 3")
    assert call(tmp_path, "broken", "--districts", tmp_path).exit_code == 1
