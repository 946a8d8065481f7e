"""The made-up county is what the demonstration shows: it must read like announcements, and be the same every time."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from scraper.catalogue import load_one
from tests.county.announcements import COLUMNS, TODAY, announcements
from tests.county.demo import DISTRICT
from tests.county.server import County
from tests.county.site import ROWS, Site

ROOT = Path(__file__).parents[1]


def test_there_is_enough_to_show() -> None:
    everything = announcements()
    assert len(everything) >= 110 and len({one.title for one in everything}) == len(everything)
    assert len({one.id for one in everything}) == len({one.path for one in everything}) == len(everything)
    assert {one.column for one in everything} == set(COLUMNS) and max(one.on for one in everything) == TODAY
    site = Site()
    assert len(site.column("云澜要闻")) > ROWS, "one column needs a second page"


@pytest.mark.parametrize("one", announcements(), ids=lambda one: str(one.id))
def test_every_announcement_reads_well(one: object) -> None:
    from tests.county.announcements import Announcement

    assert isinstance(one, Announcement)
    text = "\n".join((one.title, *one.body))
    assert not re.search(r"[{}]|slots|undefined", text) and len("".join(one.body)) > 60
    assert all(line == line.strip() for line in one.body)
    for month, day in re.findall(r"(?<!\d)(\d{1,2})月(\d{1,2})日", one.body[0]):
        assert 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    assert one.made_on is None or one.made_on <= one.on, "published before it was signed"


def test_the_site_is_the_same_every_time() -> None:
    code = "from tests.county.site import *; import hashlib; s = Site(); print(hashlib.sha256(b''.join("
    code += "s.get(p).body for p in article_paths(s))).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_every_column_of_the_toml_is_served() -> None:
    site, district = Site(), load_one(DISTRICT)
    assert {column.name for column in district.columns} == set(COLUMNS)
    for column in district.columns:
        page = site.get(column.url.removeprefix(district.site))
        assert page is not None and column.name in page.body.decode()


def test_links_and_attachments_lead_somewhere() -> None:
    site = Site()
    for number in site.pages:
        page = site.get(site.pages[number].path)
        assert page is not None
        text = page.body.decode(site.pages[number].charset)
        for href in re.findall(r'(?:href|src)="(/(?:html|class|uploadfile)[^"]*)"', text):
            assert site.get(href) is not None, href


def test_it_is_served_and_stops() -> None:
    with County() as county:
        with urllib.request.urlopen(county.url + "/class/FAOHQLMN") as answer:
            assert answer.status == 200 and "云澜要闻" in answer.read().decode()
        assert [asked.path for asked in county.log] == ["/class/FAOHQLMN"]
    with pytest.raises(OSError):
        urllib.request.urlopen(county.url)


def test_the_command_serves_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "tests.county", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/robots.txt") as answer:
            assert b"Disallow" in answer.read()
        child.terminate()
        assert child.wait(20) == 0


def test_the_demonstration_does_the_whole_job(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.county.demo", "--archive", str(tmp_path / "archive.db"), "crawl"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and "107" in done.stdout, done.stdout + done.stderr
