"""A night of thousands of sites on this machine: pace, fairness, memory, work per page, what a second process gains.

The sites (bench/sites.py) are a process of its own that costs a fiftieth of the crawler. Measured:

night     all sites, 12 % of them dead, refusing or crawling, by two workers: the smallest gap that any site saw against
          its delay, the peak memory of a process, CPU per page against bench.crawl's other spider on the same pages
healthy   the same healthy sites without the bad ones: how much those move the healthy ones' 90th percentile (seconds
          from the start until a site had its last request)
workers   pages per second of two workers against one, with no delay to wait for: both are bound by the processor
kill      two workers, one of them killed with SIGKILL in the middle: pages lost, pages archived twice

--quick: dozens of sites instead of thousands; shows that it runs, not how fast.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.crawl import server, side
from bench.ratio import Ratio
from bench.sites import Plan
from commands.workers import crawl_shared
from scraper.catalogue import survey
from scraper.crawl import CrawlReport

ROOT = Path(__file__).parents[1]
BAD = 0.12
NIGHT = Plan(sites=3000, bad=BAD, delay=1.0)
PAIR = Plan(sites=160, delay=0.0, latency=(0.005, 0.02))
KILL = Plan(sites=200, requests=15, delay=0.05, latency=(0.005, 0.02))
MEMORY = 512.0  # MB of a process
CPU_BAR = 0.33  # bench.crawl's


@dataclass(frozen=True)
class Outcome:
    """One crawl of all sites of a plan. wall: seconds; span: from the first request to the last; cpu: seconds of all
    workers; peak: MB of the largest process; gap: the smallest of any site, seconds; finished: seconds until each
    healthy site had its last request."""

    wall: float
    span: float
    cpu: float
    peak: float
    pages: int
    gap: float
    together: int
    server: float
    finished: tuple[float, ...]
    articles: int
    twice: int
    report: CrawlReport

    @property
    def p90(self) -> float:
        return sorted(self.finished)[int(len(self.finished) * 0.9)]


def measure(quick: bool = False) -> list[Ratio]:
    night, pair, kill = (
        replace(plan, sites=plan.sites // divide) if quick else plan
        for plan, divide in ((NIGHT, 125), (PAIR, 20), (KILL, 10))
    )
    if quick:
        night, kill = replace(night, requests=6, delay=0.1, timeout=2), replace(kill, requests=9)
    return [*_night(night), *_workers(pair, 1 if quick else 2), *_killed(kill)]


def _night(plan: Plan) -> list[Ratio]:
    all_sites = crawl(plan, 2)
    _tell("night", all_sites)
    healthy = crawl(replace(plan, sites=plan.sites - round(plan.sites * plan.bad), bad=0.0), 2)
    _tell("healthy sites alone", healthy)
    times = 1 if plan.sites < 1000 else 6
    with server(times) as url:
        theirs, _ = side("theirs", url, times)
    per_page = all_sites.cpu * 1000 / all_sites.pages
    size = f"{plan.sites} sites x {plan.requests} requests, {plan.bad:.0%} bad, in {all_sites.wall:.0f} s"
    waits = f"{healthy.p90:.0f} s without them; requests at the same time to a site: {all_sites.together}"
    return [
        Ratio("night: smallest gap / delay", all_sites.gap, plan.delay, "s", at_least=1.0, note=size),
        Ratio("night: healthy sites' 90th percentile with / without bad ones", all_sites.p90, healthy.p90, "s", 1.2,
              note=waits),
        Ratio("night: peak memory of a process / 512 MB", all_sites.peak, MEMORY, "MB", at_most=1.0),
        Ratio("night: CPU per page / Scrapy defaults + BeautifulSoup", per_page, theirs, "ms", CPU_BAR,
              note=f"{all_sites.pages} pages; the sites' own server {all_sites.server:.1f} s of CPU in all"),
    ]  # fmt: skip


def _workers(plan: Plan, rounds: int) -> list[Ratio]:
    """The better of each, in turns: a busy moment of the machine hits one of them."""
    one, two = zip(*((crawl(plan, 1), crawl(plan, 2)) for _ in range(rounds)), strict=True)
    alone, both = (max(run.pages / run.span for run in runs) for runs in (one, two))
    share = two[0].server / two[0].span
    note = f"{plan.sites} sites, no delay; from the first request to the last; server {share:.1%} of a core"
    return [Ratio("two workers / one", both, alone, "pages/s", at_least=1.7, note=note)]


def _killed(plan: Plan) -> list[Ratio]:
    run = crawl(plan, 2, kill=True)
    _tell("one of two workers killed", run)
    want = plan.sites * plan.articles
    unfinished = sum(end.reason != "finished" for end in run.report.ends)
    note = f"of {want} pages lost: {want - run.articles}, twice: {run.twice}, districts not finished: {unfinished}"
    kept = run.articles - run.twice if not unfinished else 0
    return [Ratio("one of two workers killed: pages archived / listed", kept, want, "pages", 1.0, 1.0, note)]


def crawl(plan: Plan, workers: int, *, kill: bool = False) -> Outcome:
    """Serves the plan's sites and crawls them all into a new archive."""
    plan = replace(plan, port=_free_port())
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        archive, districts = Path(folder) / "archive.db", plan.write(Path(folder) / "districts")
        chosen = survey(districts)[0]
        sites = _served(plan)
        if kill:
            threading.Thread(target=_kill_one, args=(archive,), daemon=True).start()
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        settings: dict[str, object] = {"DIBAO_ARCHIVE": str(archive), "DOWNLOAD_TIMEOUT": plan.timeout}
        report = crawl_shared(archive, districts, chosen, settings, workers)
        wall = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        sites.terminate()
        told = json.loads(sites.communicate()[0])
        seen = {int(number): one for number, one in told["seen"].items()}
        healthy = [one for number, one in seen.items() if not plan.fault(number)]
        articles, addresses = _held(archive)
        return Outcome(
            wall=wall,
            span=max(one["last"] for one in seen.values()) - min(one["first"] for one in seen.values()),
            cpu=after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            peak=after.ru_maxrss / 1024,
            pages=sum(one["pages"] for one in seen.values()),
            gap=min(one["gap"] for one in seen.values()),
            together=max(one["together"] for one in seen.values()),
            server=told["cpu"],
            finished=tuple(one["last"] - told["began"] for one in healthy),
            articles=articles,
            twice=articles - addresses,
            report=report,
        )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _served(plan: Plan) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.sites", json.dumps(asdict(plan))]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    if server.stdout.readline().strip() != "ready":
        raise RuntimeError(f"the sites could not be served; is port {plan.port} in use, or 'ulimit -n' below 10,000?")
    return server


def _kill_one(archive: Path) -> None:
    """SIGKILL for the first worker, once a part of the pages is in."""
    while not archive.exists() or _done(archive) < 20:
        time.sleep(0.05)
    lock = next(archive.parent.glob(f".{archive.name}.order-*-worker-1.lock"))
    os.kill(int(lock.read_text().split()[1]), signal.SIGKILL)


def _done(archive: Path) -> int:
    try:
        return int(_ask(archive, "SELECT count(*) FROM articles")[0])
    except sqlite3.OperationalError:
        return 0  # not made yet


def _held(archive: Path) -> tuple[int, int]:
    """(articles, different addresses) of an archive."""
    articles, addresses = _ask(archive, "SELECT count(*), count(DISTINCT url) FROM articles")
    return int(articles), int(addresses)


def _ask(archive: Path, query: str) -> tuple[int, ...]:
    conn = sqlite3.connect(f"file:{archive}?mode=ro", uri=True)
    try:
        row: tuple[int, ...] = conn.execute(query).fetchone()
        return row
    finally:
        conn.close()


def _tell(what: str, run: Outcome) -> None:
    print(
        f"  {what}: {run.wall:.0f} s, {run.pages} pages, {run.cpu * 1000 / run.pages:.2f} ms of CPU a page, "
        f"{run.peak:.0f} MB, smallest gap {run.gap:.3f} s, healthy 90 % after {run.p90:.0f} s",
        file=sys.stderr,
    )
