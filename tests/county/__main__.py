"""python -m tests.county [--port 8765] [--filler BYTES] [--times N] [--validators]: the made-up site until Ctrl-C."""

from __future__ import annotations

import argparse
import signal

from tests.county.server import County
from tests.county.site import Site


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.county", description="Serves the made-up district 云澜区.")
    parser.add_argument("--port", type=int, default=8765, help="0 takes a free one; it is printed")
    parser.add_argument("--filler", type=int, default=0, help="bytes of menus and scripts around each page")
    parser.add_argument("--times", type=int, default=1, help="so many copies of every page, each older")
    parser.add_argument("--validators", action="store_true", help="send ETag and answer 304")
    arguments = parser.parse_args()
    county = County(
        Site(filler=arguments.filler).multiply(arguments.times), arguments.port, validators=arguments.validators
    )
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with county:
        print(county.url, flush=True)
        signal.sigwait(signals)


if __name__ == "__main__":
    main()
