"""python -m tests.counties FAMILY [--port N] [--size N]: one county until Ctrl-C. python -m tests.counties soak: the
long test. Without a family: their names."""

from __future__ import annotations

import argparse
import signal
import sys

from tests import counties


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.counties", description="Serves a made-up county.")
    parser.add_argument("family", nargs="?", default="", help='one of the families, or "soak"')
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; it is printed")
    parser.add_argument("--size", type=int, default=80, help="notices of the larger columns")
    parser.add_argument("--seeds", type=int, default=3, help="soak: so many seeds")
    arguments = parser.parse_args()
    if arguments.family == "soak":
        from tests.counties.soak import soak

        return soak(arguments.seeds, arguments.size)
    if arguments.family not in counties.FAMILIES:
        print(" ".join(counties.FAMILIES))
        return 2
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with counties.open(arguments.family, size=arguments.size, port=arguments.port) as county:
        print(county.url, flush=True)
        for name, url in county.columns().items():
            print(f"  {name}  {url}", flush=True)
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
