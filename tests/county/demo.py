"""python -m tests.county.demo [--port 8001]: the whole job on the made-up district, in an archive of its own (demo/).

Serves 云澜区 on loopback, then does what `make run` does; Ctrl-C or SIGTERM ends both.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from tests.county.server import County

ROOT = Path(__file__).parents[2]
DISTRICT = ROOT / "tests" / "districts" / "yunlan.toml"
HOME = "http://127.0.0.1:8765"


def county(port: int) -> County:
    """The county on the port that its TOML names, or on any free one."""
    try:
        return County(port=port, validators=True).__enter__()
    except OSError:
        return County(port=0, validators=True).__enter__()


def moved(folder: Path, url: str) -> Path:
    """A folder with the district's TOML, its site at this address."""
    folder.mkdir(parents=True, exist_ok=True)
    text = DISTRICT.read_text(encoding="utf-8")
    (folder / DISTRICT.name).write_text(text.replace(HOME, url), encoding="utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.county.demo", description="Dibao on a made-up district.")
    parser.add_argument("--port", type=int, default=8001, help="where the archive is served")
    parser.add_argument("--archive", type=Path, default=ROOT / "demo" / "archive.db")
    parser.add_argument("verb", nargs="*", default=["run"], help='"run" or "crawl"')
    arguments = parser.parse_args()
    arguments.archive.parent.mkdir(parents=True, exist_ok=True)
    served = county(int(HOME.rpartition(":")[2]))
    folder = moved(arguments.archive.parent / "districts", served.url)
    print(f"The made-up district 云澜区 is at {served.url}", file=sys.stderr, flush=True)
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(arguments.archive), *arguments.verb]
    command += ["--districts", str(folder)]
    if "run" in arguments.verb:
        command += ["--port", str(arguments.port)]
    child = subprocess.Popen(command, cwd=ROOT)

    def passed_on(number: int, frame: FrameType | None) -> None:
        child.send_signal(number)

    signal.signal(signal.SIGTERM, passed_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the child by itself
    try:
        return child.wait()
    finally:
        served.__exit__(None, None, None)


if __name__ == "__main__":
    sys.exit(main())
