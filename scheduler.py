"""The timetable: crawls every enabled district by its own schedule; `python scheduler.py` (APScheduler's home).

Districts with the same schedule are one run: `dibao crawl --night --workers N SLUG…`, a process with a hard time limit
and a log file. SIGTERM or Ctrl-C stops the running crawls first (they keep what they have), then the timetable.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from archive.alerts.schema import alerts_path
from scraper.catalogue import DISTRICTS, SCHEDULE, CatalogueError, District, survey

ROOT = Path(__file__).parent
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
EXITS = {0: "done", 3: "some districts were not reached", 4: "not reached"}
KEPT_LOGS = 60
ALERTS = 15  # minutes between two looks at what alerts have to tell
EACH = 50  # districts that are worth a process of their own

log = logging.getLogger("scheduler")


@dataclass(frozen=True, slots=True)
class Terms:
    """What every run is given. limit, grace, jitter, late: seconds; workers: processes of a run, at most."""

    archive: Path
    districts: Path
    logs: Path
    limit: float
    grace: float
    jitter: int
    late: int
    at_once: int
    workers: int = 1


@dataclass(slots=True)
class Crawls:
    """The crawls under way, so that they can be told to stop."""

    terms: Terms
    running: dict[tuple[str, int], subprocess.Popen[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopping: bool = False

    def crawl(self, name: str, slugs: Sequence[str], night: bool = True) -> None:
        """One run of some districts, in a process group of its own, to its end or its time limit. night: it keeps to
        the districts' hours."""
        folder = self.terms.logs / name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"
        arguments = ["crawl", *slugs, "--districts", str(self.terms.districts), "--quiet"]
        arguments += ["--workers", str(max(1, min(self.terms.workers, len(slugs) // EACH)))]
        arguments += ["--night"] if night else []
        child = self.start(name, arguments, path)
        if child is None:
            return
        log.info("%s: started, pid %d, log %s", name, child.pid, path)
        code = self.end(name, child)
        log.log(logging.INFO if code == 0 else logging.WARNING, "%s: exit %s, %s", name, code, meaning(code))
        tidy(folder)
        self.alert()

    def alert(self) -> None:
        """Sends what alerts have to tell, if there are any; after each crawl, and every quarter of an hour."""
        if not alerts_path(self.terms.archive).exists():
            return
        folder = self.terms.logs / "alerts"
        folder.mkdir(parents=True, exist_ok=True)
        child = self.start("alerts", ["alerts", "run", "--quiet"], folder / f"{datetime.now(UTC):%Y%m%d}.log")
        if child is not None and (code := self.end("alerts", child)):
            log.warning("alerts: exit %s; `dibao alerts log` tells more", code)
        tidy(folder)

    def start(self, name: str, arguments: Sequence[str], path: Path) -> subprocess.Popen[bytes] | None:
        """`dibao` in a process group of its own, its output appended to a log file; None when all is being stopped."""
        command = [sys.executable, str(ROOT / "cli.py"), "--archive", str(self.terms.archive), *arguments]
        with path.open("ab") as output, self.lock:
            if self.stopping:
                return None
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=ROOT
            )
            self.running[name, child.pid] = child
        return child

    def end(self, name: str, child: subprocess.Popen[bytes]) -> int:
        """Waits for a process's end, or brings it about at the time limit; its exit code."""
        code = ended(child, self.terms.limit, self.terms.grace)
        with self.lock:
            del self.running[name, child.pid]
        return code

    def stop(self) -> None:
        """Asks every crawl to end; each has the grace period before its group is killed. Starts no more."""
        with self.lock:
            self.stopping = True
            children = list(self.running.values())
        for child in children:
            child.terminate()
        for child in children:
            if not gone(child, self.terms.grace):
                kill(child)


def tidy(folder: Path) -> None:
    for old in sorted(folder.glob("*.log"))[:-KEPT_LOGS]:
        old.unlink(missing_ok=True)


def ended(child: subprocess.Popen[bytes], limit: float, grace: float) -> int:
    """The child's exit code once it is gone: by itself, asked to at the limit, or killed with its group."""
    if not gone(child, limit):
        log.warning("pid %d: still running after %.0f s, asked to stop", child.pid, limit)
        child.terminate()
        if not gone(child, grace):
            kill(child)
    return child.wait()


def gone(child: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def kill(child: subprocess.Popen[bytes]) -> None:
    log.warning("pid %d: did not stop when asked, killed", child.pid)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def meaning(code: int) -> str:
    if code < 0:
        return f"ended by {signal.Signals(-code).name}"
    return EXITS.get(code, "failed, see the log")


def trigger(schedule: str, jitter: int) -> CronTrigger:
    """A crontab line of five fields, in Asia/Shanghai. ValueError when it is none."""
    fields = schedule.split()
    if len(fields) != 5:
        raise ValueError(f"schedule {schedule!r} is not a crontab line of five fields, e.g. {SCHEDULE!r}")
    minute, hour, day, month, weekday = fields
    return CronTrigger(
        minute=minute,
        hour=hour,
        day=day,
        month=month,
        day_of_week=weekdays(weekday),
        timezone=SHANGHAI,
        jitter=jitter or None,
    )


def weekdays(cron: str) -> str:
    """cron's days (0 or 7 = Sunday) as names. APScheduler 3.11 counts from Monday, so "0" would be the wrong day."""
    names: list[str] = []
    for part in cron.lower().split(","):
        span, _, step = part.partition("/")
        if span == "*" and not step:
            return "*"
        first, _, last = ("0", "", "6") if span == "*" else span.partition("-")
        low, high = weekday(first), weekday(last or ("6" if step else first))
        high += 7 if high < low else 0
        names += [DAYS[number % 7] for number in range(low, high + 1, int(step or 1))]
    return ",".join(dict.fromkeys(names))


def weekday(word: str) -> int:
    return DAYS.index(word[:3]) if word[:3] in DAYS else int(word)


def timetable(districts: Sequence[District], crawls: Crawls, now: bool = False) -> BlockingScheduler:
    """One job per schedule: at most one run at a time, a missed one made up once."""
    terms = crawls.terms
    scheduler = BlockingScheduler(
        timezone=SHANGHAI,
        executors={"default": ThreadPoolExecutor(terms.at_once)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": terms.late},
    )
    for schedule, group in groups(districts).items():
        slugs = [district.slug for district in group]
        name = slugs[0] if len(slugs) == 1 else re.sub(r"[^\w]+", "-", schedule.replace("*", "x"))
        try:
            when = trigger(schedule, terms.jitter)
        except (ValueError, TypeError) as error:
            raise CatalogueError(f"{', '.join(f'{slug}.toml' for slug in slugs)}: schedule: {error}") from error
        scheduler.add_job(crawls.crawl, when, args=[name, slugs], id=name)
        if now:  # as if started by hand: at any hour
            scheduler.add_job(crawls.crawl, args=[name, slugs, False], id=f"{name} now")
    return scheduler


def groups(districts: Sequence[District]) -> dict[str, list[District]]:
    """The enabled districts by schedule. Thousands of districts are a few runs, not thousands of processes."""
    found: dict[str, list[District]] = {}
    for district in districts:
        if district.enabled:
            found.setdefault(" ".join((district.schedule or SCHEDULE).split()), []).append(district)
    return found


def listing(districts: Sequence[District]) -> str:
    """When each district is crawled next, jitter left out."""
    now = datetime.now(SHANGHAI)
    lines = []
    for district in districts:
        schedule = district.schedule or SCHEDULE
        due = trigger(schedule, 0).get_next_fire_time(None, now) if district.enabled else None
        when = f"{due:%Y-%m-%d %H:%M} Asia/Shanghai" if due else "never (not enabled)"
        if due and not district.manners.is_hour(due):
            start, end = district.manners.hours
            when += f", but its hours are {start:%H:%M}-{end:%H:%M} ([manners] hours): nothing would be fetched"
        lines.append(f"{district.slug:<16} {schedule:<16} {when}")
    return "\n".join(lines)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scheduler.py", description=(__doc__ or "").partition("\n")[0])
    archive = os.environ.get("DIBAO_ARCHIVE") or ROOT / "archive.db"
    parser.add_argument("--archive", type=Path, default=Path(archive), help="the archive (default: %(default)s)")
    parser.add_argument("--districts", type=Path, default=DISTRICTS, help="folder of district files")
    parser.add_argument("--logs", type=Path, help="one log file per run (default: logs/ beside the archive)")
    parser.add_argument("--limit", type=float, default=360, help="minutes until a run is ended (default: %(default)s)")
    parser.add_argument("--grace", type=float, default=60, help="seconds it has to end politely (default: %(default)s)")
    parser.add_argument("--jitter", type=int, default=1200, help="seconds a start may vary (default: %(default)s)")
    parser.add_argument("--late", type=int, default=21600, help="seconds a missed run is still made up")
    parser.add_argument("--at-once", type=int, default=4, help="crawls at the same time (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of a crawl (%(default)s)")
    parser.add_argument("--now", action="store_true", help="crawl every district at once, then by the timetable")
    parser.add_argument("--list", action="store_true", help="print when each district is crawled next, and end")
    return parser


def main() -> int:
    given = parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logs = given.logs or given.archive.resolve().parent / "logs"
    seconds = (given.limit * 60, given.grace, given.jitter, given.late)
    terms = Terms(given.archive.resolve(), given.districts.resolve(), logs, *seconds, given.at_once, given.workers)
    crawls = Crawls(terms)
    try:
        districts, broken = survey(given.districts)
        scheduler = timetable(districts, crawls, now=given.now)
    except CatalogueError as error:
        print(f"scheduler.py: {error}", file=sys.stderr)
        return 1
    for problem in broken:  # one broken file does not stop the rest
        print(f"scheduler.py: left out: {problem}", file=sys.stderr)
    if given.list:
        print(listing(districts))
        return 1 if broken else 0

    def stop(*_: object) -> None:
        if scheduler.running:
            scheduler.shutdown(wait=False)
        elif not crawls.stopping:
            sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    scheduler.add_job(crawls.alert, "interval", minutes=ALERTS, id="alerts")
    known = sum(map(len, groups(districts).values()))
    log.info("%d districts on the timetable, in %d groups; SIGTERM or Ctrl-C stops it", known, len(groups(districts)))
    scheduler.start()
    crawls.stop()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
