"""The web server beside a crawl: `dibao serve` as a process of its own."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

COMMAND = Path(__file__).parents[1] / "cli.py"
STARTS = 20.0  # seconds the server may take


@contextmanager
def server(archive: Path, port: int, host: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`dibao serve` in a process of its own, once it answers; stopped at the end. Raises ClickException."""
    command = [sys.executable, str(COMMAND), "--archive", str(archive), "serve", "--host", host, "--port", str(port)]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if answers(address):
        raise click.ClickException(f"port {port} is taken by another program; choose one with --port")
    child = subprocess.Popen([*command, "--quiet"], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + STARTS
        while not answers(address):
            if child.poll() is not None or time.monotonic() > deadline:
                raise click.ClickException("the archive cannot be served, see above; nothing was crawled")
            time.sleep(0.1)
        yield child, address
    finally:
        child.terminate()
        child.wait()


def answers(address: str) -> bool:
    local = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with local.open(f"{address}/-/versions.json", timeout=2):
            return True
    except OSError:
        return False
