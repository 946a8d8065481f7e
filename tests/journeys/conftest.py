"""A real server over a real archive, and Debian's Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.journeys import county, hostile

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def serving(path: Path, *options: str) -> Iterator[str]:
    """`dibao serve` over an archive; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(path), "serve", "--port", str(port), "--quiet"]
    log = path.with_suffix(".log")
    with log.open("w") as errors:
        environ = {**os.environ, "DIBAO_PUBLIC_URL": url}
        server = subprocess.Popen([*command, *options], cwd=ROOT, stderr=errors, env=environ)
        try:
            while not _answers(url):
                assert server.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()
            server.wait()


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/-/versions.json", timeout=5):
            return True
    except (URLError, ConnectionError):
        return False


@pytest.fixture(scope="package")
def library(tmp_path_factory: pytest.TempPathFactory) -> county.Library:
    return county.build(tmp_path_factory.mktemp("county"))


@pytest.fixture(scope="package")
def home(library: county.Library) -> Iterator[str]:
    with serving(library.path) as url:
        yield url


@pytest.fixture(scope="package")
def hostiles(tmp_path_factory: pytest.TempPathFactory) -> county.Library:
    return hostile.build(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="package")
def trap(hostiles: county.Library) -> Iterator[str]:
    """A server over an archive all of whose texts are hostile."""
    with serving(hostiles.path) as url:
        yield url


@pytest.fixture(scope="package")
def chromium(library: county.Library, hostiles: county.Library) -> Iterator[Any]:
    """The browser; made after the archives, for while playwright runs no other loop does."""
    if CHROMIUM is None or find_spec("playwright") is None:
        pytest.skip("needs Chromium on PATH and playwright (pip install dibao[dev])")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page did that no page may: messages of the console, requests elsewhere, dialogs."""

    home: str
    wrong: list[str] = field(default_factory=list)

    def over(self, page: Any) -> Any:
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("dialog", self._opened)
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _said(self, kind: str, text: str) -> None:
        # A 403 or 404 that a test asks for is told of as an error too.
        if kind in ("error", "warning") and "the server responded with a status of 4" not in text:
            self.wrong.append(f"{kind}: {text}")

    def _opened(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.home}/", "data:image/svg+xml;axe")):
            self.wrong.append(f"request: {url}")
