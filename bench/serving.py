"""The pages of an archive over real HTTP, with Datasette's own empty page (/-/versions.json) as the unit.

Every page is asked for in turns with the unit, so that a busy machine slows both alike. The server is a process of its
own, started as `dibao serve` starts it; the archive grows from the small to the large size between two rounds.
"""

from __future__ import annotations

import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import quote

from bench import corpus, library
from bench.ratio import Ratio

ROOT: Final = Path(__file__).parents[1]
UNIT: Final = "/-/versions.json"
SIZES: Final = (20_000, 200_000)
ROUNDS: Final = 60  # addresses of a kind, each another one
CLIENTS: Final = 16
GROWS: Final = 1.5
HEAVIEST: Final = 150_000  # bytes of a page with its styles and scripts
_ASSETS: Final = re.compile(r'<(?:link rel="stylesheet" href|script src)="([^"]+)"')

Asks = Callable[[int, int], str]
"""(turn, articles) -> an address."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one kind. bar: units that the p95 may take."""

    name: str
    bar: float
    address: Asks
    weighed: bool = True


def _key(turn: int, articles: int) -> str:
    return f"{1 + turn * 7919 % articles:016x}"


def _edited(turn: int, articles: int) -> str:
    return f"{1 + turn * 7919 % articles // library.EDITED * library.EDITED:016x}"


def _person(turn: int, articles: int) -> str:
    district = turn % library.DISTRICTS
    return f"/person/{library.slug(district)}/{quote(library.name(district, turn * 7 % library.PEOPLE))}"


def _word(turn: int) -> str:
    """A common word of two characters."""
    common = [word for word in corpus.vocabulary()[0][:80] if len(word) == 2]
    return quote(common[turn % len(common)])


KINDS: Final = (
    Kind("article", 4, lambda turn, articles: f"/a/{_key(turn, articles)}"),
    Kind("edited article", 4, lambda turn, articles: f"/a/{_edited(turn, articles)}"),
    Kind("difference of two versions", 6, lambda turn, articles: f"/a/{_edited(turn, articles)}/diff"),
    Kind("search: newest", 6, lambda turn, articles: "/"),
    Kind("search: common word", 6, lambda turn, articles: f"/?q={_word(turn)}"),
    Kind(
        "search: common word in a district",
        6,
        lambda turn, articles: f"/?q={_word(turn)}&district={library.slug(turn % library.DISTRICTS)}",
    ),
    Kind("district", 6, lambda turn, articles: f"/district/{library.slug(turn % library.DISTRICTS)}"),
    Kind("person", 6, _person),
    Kind("document number", 6, lambda turn, articles: "/document/" + quote(library.document(turn * 3))),
    Kind("changes", 6, lambda turn, articles: "/changes"),
    Kind("coverage", 6, lambda turn, articles: f"/coverage/{library.slug(turn % library.DISTRICTS)}"),
    Kind("feed: search", 6, lambda turn, articles: f"/feed.atom?q={_word(turn)}", weighed=False),
    Kind("feed: changes", 6, lambda turn, articles: "/feed/changes.atom", weighed=False),
)


@dataclass(slots=True)
class Site:
    """A running server. ask: bytes of the answer; raises OSError where it is not 200."""

    port: int
    conn: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.conn = HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, address: str) -> bytes:
        self.conn.request("GET", address)
        answer = self.conn.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise OSError(f"{address}: {answer.status}")
        return body

    def seconds(self, address: str) -> float:
        start = time.perf_counter()
        self.ask(address)
        return time.perf_counter() - start


def measure(quick: bool = False) -> list[Ratio]:
    sizes, rounds = ((300, 900), 4) if quick else (SIZES, ROUNDS)
    found: list[dict[str, list[float]]] = []
    ratios: list[Ratio] = []
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        for articles in sizes:
            library.fill(archive, articles)
            with served(archive) as site:
                found.append(timed(site, articles, rounds))
                if articles == sizes[-1]:
                    ratios = [*crowd(site, articles, rounds), *weights(Site(site.port), articles)]
    return [*judged(found, sizes, bars=not quick), *ratios]


@contextmanager
def served(archive: Path) -> Iterator[Site]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(archive), "serve", "--port", str(port), "--quiet"]
    server = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield _up(port, server)
    finally:
        server.terminate()
        server.wait()


def _up(port: int, server: subprocess.Popen[bytes]) -> Site:
    while server.poll() is None:
        try:
            site = Site(port)
            site.ask(UNIT)
            return site
        except (OSError, HTTPException):
            time.sleep(0.1)
    raise OSError("the server ended before it answered")


def timed(site: Site, articles: int, rounds: int) -> dict[str, list[float]]:
    """Kind -> units (its answer / the middle of the units around it), for each round; "" -> seconds of the unit."""
    for kind in KINDS:
        site.ask(kind.address(rounds, articles))  # templates and connections are made once
    spent: dict[str, list[float]] = {name: [] for name in ("", *(kind.name for kind in KINDS))}
    for turn in range(rounds):
        for kind in KINDS:
            spent[""].append(site.seconds(UNIT))
            spent[kind.name].append(site.seconds(kind.address(turn, articles)))
    return spent


def p95(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def judged(found: Sequence[dict[str, list[float]]], sizes: Sequence[int], *, bars: bool) -> list[Ratio]:
    """p95 of each kind against p95 of the unit in the same run, at the large size; and how it grew."""
    small, large = found[0], found[-1]
    ratios: list[Ratio] = []
    for kind in KINDS:
        unit, took = p95(large[""]) * 1e3, p95(large[kind.name]) * 1e3
        note = f"{sizes[-1]:,} articles; medians {statistics.median(large[kind.name]) * 1e3:.1f}"
        note += f" and {statistics.median(large['']) * 1e3:.1f} ms"
        ratios.append(
            Ratio(f"page: {kind.name}, p95 / empty page", took, unit, "ms", kind.bar if bars else None, note=note)
        )
    for kind in KINDS:
        now, before = (statistics.median(one[kind.name]) / statistics.median(one[""]) for one in (large, small))
        name = f"page: {kind.name} at {sizes[-1]:,} / at {sizes[0]:,}"
        ratios.append(Ratio(name, now, before, "units", GROWS if bars else None))
    return ratios


def crowd(site: Site, articles: int, rounds: int) -> list[Ratio]:
    """So many clients at once: how many answers were as they should be."""
    addresses = [kind.address(turn, articles) for turn in range(max(2, rounds // 4)) for kind in KINDS]

    def client(number: int) -> int:
        own = Site(site.port)
        return sum(
            _well(own, address) for address in addresses[number % len(KINDS) :] + addresses[: number % len(KINDS)]
        )

    with ThreadPoolExecutor(CLIENTS) as pool:
        start = time.perf_counter()
        well = sum(pool.map(client, range(CLIENTS)))
        seconds = time.perf_counter() - start
    asked = CLIENTS * len(addresses)
    note = f"{asked / seconds:,.0f} pages a second"
    return [Ratio(f"page: {CLIENTS} clients, answered / asked", well, asked, "pages", at_least=1, note=note)]


def _well(site: Site, address: str) -> bool:
    try:
        return bool(site.ask(address))
    except (OSError, HTTPException):
        return False


def weights(site: Site, articles: int) -> list[Ratio]:
    """The heaviest of the pages with its styles and scripts."""
    assets: dict[str, int] = {}
    heaviest = max((kind for kind in KINDS if kind.weighed), key=partial(_weight, site, articles, assets))
    weight = _weight(site, articles, assets, heaviest)
    note = heaviest.name
    return [Ratio("page: bytes of the heaviest / 150 kB", weight, HEAVIEST, "bytes", at_most=1, note=note)]


def _weight(site: Site, articles: int, assets: dict[str, int], kind: Kind) -> int:
    html = site.ask(kind.address(1, articles))
    links = set(_ASSETS.findall(html.decode()))
    assets |= {link: len(site.ask(link)) for link in links - set(assets)}
    return len(html) + sum(assets[link] for link in links)
