from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from scraper.catalogue import DISTRICTS, FAMILIES, CatalogueError, District, load, load_one, survey
from scraper.parse import FAMILIES as READERS

GOOD = """
name = "云澜区"
code = "329901"
site = "https://www.yunlan.example"
family = "fengxun"
[[columns]]
name = "云澜要闻"
url = "/class/FAOHQLMN"
"""


def read(folder: Path, text: str, name: str = "yunlan.toml") -> District:
    (folder / name).write_text(text, encoding="utf-8")
    return load_one(folder / name)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def with_key(line: str) -> str:
    """GOOD with one more key at its top level."""
    return f"{line}\n{GOOD}"


def test_a_district_with_the_least_keys(tmp_path: Path) -> None:
    district = read(tmp_path, GOOD)
    assert (district.slug, district.name, district.enabled, district.delay) == ("yunlan", "云澜区", True, 3.0)
    assert district.schedule == "30 1 * * *"
    assert district.columns[0].url == "https://www.yunlan.example/class/FAOHQLMN"


def test_a_district_with_every_key(tmp_path: Path) -> None:
    district = read(
        tmp_path,
        """
        name = "云澜区"
        code = "329901"
        site = "https://www.yunlan.example/"
        family = "hanweb"
        site_code = "yunlan"
        enabled = false
        schedule = "5,35 0-4/2 * * mon-fri"
        delay = 4
        allowed_hosts = ["gk.yunlan.example"]
        [[columns]]
        name = "政策文件"
        url = "https://gk.yunlan.example/col/col12/index.html?uid=3"
        [selectors]
        rows = "ul.list li"
        title = "h1"
        [expect]
        per_week = { min = 5, max = 200 }
        filled = { source = 0.9, published_on = 1 }
        [[was]]
        until = 2015-06-30
        [[was]]
        until = 2019-06-30
        family = "trs"
        selectors = { body = ".TRS_Editor" }
        """,
    )
    assert district.site == "https://www.yunlan.example" and not district.enabled and district.delay == 4.0
    assert district.layout.selectors == {"rows": "ul.list li", "title": "h1"}
    assert district.expect.per_week == (5, 200) and district.expect.filled == {"source": 0.9, "published_on": 1.0}
    assert district.layout_on(date(2014, 1, 1)).family == ""
    assert district.layout_on(date(2019, 6, 30)).selectors == {"body": ".TRS_Editor"}
    assert district.layout_on(date(2019, 7, 1)).family == "hanweb"


@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        (with_key('nmae = "x"'), "nmae", 'did you mean "name"?'),
        (with_key("frobnicate = 1"), "frobnicate", "known: name, code"),
        (changed('name = "云澜区"', ""), "name", 'missing; add name = "…"'),
        (changed('name = "云澜区"', 'name = " "'), "name", "text in quotes"),
        (changed('name = "云澜区"', "name = 5"), "name", "text in quotes"),
        (changed('code = "329901"', ""), "code", "missing"),
        (changed('"329901"', '"3299"'), "code", "six digits of GB/T 2260"),
        (changed('"329901"', '"999901"'), "code", "six digits of GB/T 2260"),
        (changed('"329901"', "329901"), "code", "text in quotes"),
        (changed("https://www.yunlan.example", "www.yunlan.example"), "site", "not a web address"),
        (changed("https://www.yunlan.example", "ftp://www.yunlan.example"), "site", "not a web address"),
        (changed("https://www.yunlan.example", "https://a b.example"), "site", "not a web address"),
        (changed("https://www.yunlan.example", "https://u:p@yunlan.example"), "site", "not a web address"),
        (changed("https://www.yunlan.example", "https://yunlan.example:99999"), "site", "not a web address"),
        (changed('"fengxun"', '"fengxum"'), "family", 'did you mean "fengxun"?'),
        (changed('"fengxun"', '"wordpress"'), "family", "leave it out to detect it"),
        (with_key('enabled = "yes"'), "enabled", "true or false"),
        (with_key("delay = -1"), "delay", "from 1 to 600"),
        (with_key("delay = 0.2"), "delay", "from 1 to 600"),
        (with_key("delay = true"), "delay", "must be a number"),
        (with_key('delay = "3"'), "delay", "must be a number"),
        (with_key('schedule = "at night"'), "schedule", "cron line of five fields"),
        (with_key('schedule = "60 1 * * *"'), "schedule", "cron line"),
        (with_key('schedule = "30 1 * *"'), "schedule", "cron line"),
        (with_key('schedule = "30 1 * 13 *"'), "schedule", "cron line"),
        (with_key('schedule = "30 5-1 * * *"'), "schedule", "cron line"),
        (with_key('schedule = "30 1 * * someday"'), "schedule", "cron line"),
        (with_key('allowed_hosts = "b.example"'), "allowed_hosts", "list of host names"),
        (with_key('allowed_hosts = ["http://b.example"]'), "allowed_hosts", "is not a host name"),
        (with_key('allowed_hosts = ["www.yunlan.example"]'), "allowed_hosts", "take it out"),
        (with_key('site_code = "cz wj"'), "site_code", "czwj"),
        (GOOD.partition("[[columns]]")[0], "columns", "add [[columns]]"),
        (changed("[[columns]]", "[columns]"), "columns", "write [[columns]]"),
        (changed('name = "云澜要闻"', 'title = "云澜要闻"'), "columns[1].title", "known: name, url"),
        (changed('url = "/class/FAOHQLMN"', ""), "columns[1].url", "missing"),
        (changed("/class/FAOHQLMN", "https://other.example/class/A"), "columns[1].url", "allowed_hosts"),
        (GOOD + '[[columns]]\nname = "云澜要闻"\nurl = "/class/B"', "columns[2].name", "云澜要闻 has the same one"),
        (GOOD + '[[columns]]\nname = "动态"\nurl = "/class/FAOHQLMN"', "columns[2].url", "云澜要闻 has the same one"),
        (GOOD + '[selectors]\npublished = ".date"', "selectors.published", 'did you mean "published_on"?'),
        (GOOD + "[selectors]\ntitle = 3", "selectors.title", "text in quotes"),
        (GOOD + "[expect]\nper_week = { min = 9, max = 2 }", "expect.per_week.min", "swap them"),
        (GOOD + "[expect]\nper_week = { min = 9 }", "expect.per_week.max", "missing"),
        (GOOD + "[expect]\nfilled = { source = 90 }", "expect.filled.source", "from 0 to 1"),
        (GOOD + "[expect]\nfilled = { sauce = 0.9 }", "expect.filled.sauce", 'did you mean "source"?'),
        (GOOD + "[expect]\nper_day = 4", "expect.per_day", "known: per_week"),
        (GOOD + '[[was]]\nuntil = "2019-06-30"', "was[1].until", "date without quotes"),
        (GOOD + "[[was]]\nuntil = 2019-06-30T10:00:00", "was[1].until", "date without quotes"),
        (GOOD + "[[was]]\nuntil = 2019-06-30\n[[was]]\nuntil = 2018-06-30", "was[2].until", "oldest layout first"),
        (GOOD + '[[was]]\nuntil = 2019-06-30\nfamily = "tsr"', "family", 'did you mean "trs"?'),
    ],
)
def test_an_error_names_file_key_and_fix(tmp_path: Path, text: str, key: str, fix: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, text)
    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'yunlan.toml'}: ") and f"{key}: " in said and fix in said, said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'name = "open', "is not TOML"),
        ('name = "云澜区"'.encode("gb18030"), "is not UTF-8"),
        (b"[[columns]", "line 1"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "yunlan.toml"
    path.write_bytes(content)
    with pytest.raises(CatalogueError, match=re.escape(str(path))) as caught:
        load_one(path)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_one(tmp_path / "absent.toml")


def test_a_file_name_that_is_no_slug(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="name the file with small letters"):
        read(tmp_path, GOOD, "云澜.toml")


def test_this_machine_needs_no_rest(tmp_path: Path) -> None:
    local = changed("https://www.yunlan.example", "http://127.0.0.1:8765")
    assert read(tmp_path, f"delay = 0\n{local}").delay == 0.0


def test_one_broken_file_does_not_stop_the_others(tmp_path: Path) -> None:
    read(tmp_path, GOOD)
    (tmp_path / "bad.toml").write_text("name = 1", encoding="utf-8")
    districts, errors = survey(tmp_path)
    assert [district.slug for district in districts] == ["yunlan"] and len(errors) == 1
    with pytest.raises(CatalogueError, match=r"bad\.toml"):
        load(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="no district here"):
        load(tmp_path)


def test_the_districts_that_come_with_dibao() -> None:
    found = {district.slug: district for district in load()}
    assert set(found) >= {"wujin", "zhonglou", "tianning", "xinbei", "jintan", "liyang", "jingkai", "changzhou"}
    for district in found.values():
        assert district.delay >= 3 and district.layout.family == "fengxun" and district.code.startswith("3204")
        text = (DISTRICTS / f"{district.slug}.toml").read_text(encoding="utf-8")
        comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
        assert "2026-11" in comments and "SEEN" in comments and "INFERRED" in comments
    assert len({district.site for district in found.values()}) == len(found)


def test_the_catalogue_knows_the_families_that_are_read() -> None:
    assert set(FAMILIES) == set(READERS)
