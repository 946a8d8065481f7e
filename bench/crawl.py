"""A whole crawl against the spider that most people would write, over the same pages from the same server.

Ours does everything: robots.txt, lists, fetch, keep, read, archive, index. Theirs is Scrapy with default settings and
BeautifulSoup(html.parser), is told every address, and takes title, date and body from each page. The server is a
process of its own; neither side waits between requests.

``python -m bench.crawl ours|theirs URL TIMES`` is one side in a process of its own; it prints its CPU per page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.ratio import Ratio

BAR = 0.33
FILLER = 38_000  # bytes of menus and scripts, which makes pages of 45 KB as county sites serve them
ROOT = Path(__file__).parents[1]


def measure(quick: bool = False) -> list[Ratio]:
    times, rounds = (1, 1) if quick else (6, 3)
    with server(times) as url:
        pairs = [(side("ours", url, times), side("theirs", url, times)) for _ in range(rounds)]
    (ours, pages), (theirs, same) = (min(column) for column in zip(*pairs, strict=True))
    assert pages == same, f"not the same pages: {pages} and {same}"
    note = f"{pages:.0f} pages of {(FILLER + 7000) / 1000:.0f} KB"
    return [Ratio("crawl, everything / Scrapy defaults + BeautifulSoup", ours, theirs, "ms", at_most=BAR, note=note)]


@contextmanager
def server(times: int) -> Iterator[str]:
    """The made-up county, multiplied, in another process."""
    command = [sys.executable, "-m", "tests.county", "--port", "0", "--filler", str(FILLER), "--times", str(times)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield child.stdout.readline().strip()
    finally:
        child.terminate()
        child.wait()


def side(name: str, url: str, times: int) -> tuple[float, float]:
    """(milliseconds of CPU a page, pages) of one side."""
    command = [sys.executable, "-m", "bench.crawl", name, url, str(times)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    cpu, pages = done.stdout.split()[-2:]
    return float(cpu) * 1000 / int(pages), int(pages)


def ours(url: str, times: int) -> tuple[float, int]:
    from archive.store import open_archive
    from scraper.catalogue import load_one
    from scraper.crawl import crawl
    from scraper.manners import Attachments
    from tests.county.demo import moved

    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        district = load_one(moved(Path(folder) / "districts", url) / "yunlan.toml")
        district = replace(district, attachments=Attachments(fetch=False))  # the other side fetches none either
        path = Path(folder) / "archive.db"
        settings = {"DIBAO_ARCHIVE": str(path), "DIBAO_SINCE": "2000-01-01", "DOWNLOAD_DELAY": 0}
        started = time.process_time()
        (end,) = crawl([district], settings).ends
        spent = time.process_time() - started
        with open_archive(path) as archive:
            assert end.reason == "finished" and archive.db["articles"].count == end.pages, end
        return spent, end.pages


def theirs(url: str, times: int) -> tuple[float, int]:
    import scrapy
    from bs4 import BeautifulSoup
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    from tests.county.site import Site

    paths = [one.path for one in Site().multiply(times).pages.values()]
    found: list[dict[str, str]] = []

    class Plain(scrapy.Spider):
        name = "plain"
        start_urls = [url + path for path in paths]  # noqa: RUF012

        def parse(self, response: Response, **kwargs: Any) -> Iterator[dict[str, str]]:
            soup = BeautifulSoup(response.text, "html.parser")
            title, body = soup.select_one("td.NewsTitle"), soup.select_one("#czfxfontzoom")
            date = re.search(r"20\d\d-\d\d-\d\d", soup.get_text())
            assert title and body
            item = {"title": title.get_text(strip=True), "date": date[0] if date else "", "body": body.get_text("\n")}
            found.append(item)
            yield item

    process = CrawlerProcess({"LOG_ENABLED": False})
    process.crawl(Plain)
    started = time.process_time()
    process.start()
    spent = time.process_time() - started
    assert len(found) == len(paths)
    return spent, len(found)


if __name__ == "__main__":
    print(*{"ours": ours, "theirs": theirs}[sys.argv[1]](sys.argv[2], int(sys.argv[3])))
