"""A simulated year of made-up sites: edits, silent edits, removals, returns, moves, outages, firewalls, new sites.

The network is a pure function of (address, day); the clock is virtual; what is driven is the archive's own code. The
whole year: `python -m tests.year [SITES DAYS SEED]`; a short one is part of the suite (tests/test_year.py).
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import sys
import tempfile
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from archive.crawl import runs, sightings
from archive.intake.take import recover, take
from archive.stages.presence import judge_pending
from archive.stages.redesigns import close_issue, issues
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, open_archive
from archive.upkeep.takedown import take_down
from scraper.catalogue import Column, District
from scraper.items import Snapshot
from scraper.spiders.memory import Wanted
from scraper.urls import canonical, key
from tests.reposts.originals import original, sentence

T = TypeVar("T")
START = datetime(2027, 1, 1, 18, tzinfo=UTC)
NEVER = 10_000
COLUMNS = ("通知公告", "政务要闻", "规划计划")
SIZES = (16, 9, 5)  # pages that a column has on the first day
STATED = timedelta(days=4)  # a removal is told so long after the first visit that meets it
PATIENCE = 5
HEAD = '<html><head><meta charset="utf-8"><title>{0}</title>'
WAF = HEAD.format("访问被拦截") + "</head><body><h1>您的请求已被云防护拦截</h1><p>事件编号 {0}</p></body></html>"
LOST = HEAD.format("404") + "</head><body><p>抱歉，您访问的页面不存在或已被删除！</p></body></html>"


@dataclass(frozen=True)
class Said:
    """A version of a page; kind: of the edit that made it, "" for the first."""

    day: int
    title: str
    lines: tuple[str, ...]
    source: str
    kind: str = ""


@dataclass
class Page:
    """gone: (first day, day after the last, how it answers, why)."""

    url: str
    column: str
    born: int
    said: list[Said]
    gone: list[tuple[int, int, str, str]] = field(default_factory=list)
    to: str = ""
    archived: int = NEVER
    dated: int = 0

    def version(self, day: int) -> int:
        return max(n for n, one in enumerate(self.said) if one.day <= day)

    def span(self, day: int) -> tuple[int, int, str, str] | None:
        return next((one for one in self.gone if one[0] <= day < one[1]), None)


@dataclass
class Site:
    """server: what it does with validators; noise: what its pages draw anew; trouble: (first, end, kind)."""

    slug: str
    server: str
    noise: str
    pages: dict[str, Page] = field(default_factory=dict)
    trouble: list[tuple[int, int, str]] = field(default_factory=list)
    redesigned: dict[str, int] = field(default_factory=dict)
    takedown: tuple[str, int] | None = None

    @property
    def home(self) -> str:
        return f"https://www.{self.slug}.example.cn"

    @property
    def district(self) -> District:
        columns = tuple(Column(name, f"{self.home}/{n}/") for n, name in enumerate(COLUMNS))
        return District(self.slug, "云澜区", "320498", self.home, columns)

    def ails(self, day: int) -> str:
        return next((kind for first, end, kind in self.trouble if first <= day < end), "")


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    etag: str = ""
    url: str = ""
    location: str = ""
    version: int = -1


# -- the world


def worlds(number: int, days: int, seed: int) -> list[Site]:
    return [_site(n, days, random.Random(f"{seed}/{n}")) for n in range(number)]


def _site(number: int, days: int, chance: random.Random) -> Site:
    site = Site(
        f"site{number}",
        ["content", "honest", "none", "content", "lying"][number % 5],
        ("views", "related", "")[number % 3],
    )
    births = [(0, column) for column, size in zip(COLUMNS, SIZES, strict=True) for _ in range(size)]
    births += [(day, chance.choice(COLUMNS)) for day in range(1, days) if chance.random() < 0.1]
    for n, (born, column) in enumerate(births):
        page = _page(f"{site.home}/{COLUMNS.index(column)}/t{n:05d}.html", column, born, number * 10_000 + n, chance)
        site.pages[page.url] = page
        if other := _fate(page, days, chance):
            site.pages[other.url] = other
    for kind in chance.sample(["timeout", "waf200", "waf403", "5xx", "all404", ""], 2 if days > 200 else 1):
        first = chance.randint(5, days - 10)
        if kind:
            site.trouble.append((first, first + chance.randint(2, 7 if kind != "all404" else 3), kind))
    if number % 5 == 2:
        _redesign(site, COLUMNS[0], chance.randint(20, days - 25), chance)
    if number % 4 == 1:
        url = chance.choice([url for url, page in site.pages.items() if not page.born and not page.gone])
        site.takedown = (url, chance.randint(10, days - 5))
    return site


def _page(url: str, column: str, born: int, seed: int, chance: random.Random) -> Page:
    text = original(seed)
    said = [Said(born, text.title, tuple(text.body.split("\n")), "云澜区人民政府办公室")]
    day = born
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
        day += chance.choice((1, 2, 5, 9, 20, 40, 80))
        said.append(_edit(replace(said[-1], day=day), chance))
    return Page(url, column, born, said, dated=born)


def _edit(one: Said, chance: random.Random) -> Said:
    how = chance.choice(("number", "add", "drop", "title", "comma", "word", "source"))
    lines = list(one.lines)
    at = chance.randrange(1, len(lines))
    if how == "number" and (found := re.search(r"\d+", lines[at])):
        lines[at] = lines[at][: found.start()] + str(int(found[0]) * 3 + 11) + lines[at][found.end() :]
    elif how == "drop" and lines[at].count("。") > 1:
        lines[at] = lines[at][: lines[at][:-1].rindex("。") + 1]
    elif how == "title":
        return replace(one, title=one.title + "（修订）", kind="substantive")
    elif how == "comma" and "，" in lines[at]:
        lines[at] = lines[at].replace("，", "、", 1)
        return replace(one, lines=tuple(lines), kind="minor")
    elif how == "word" and (found := re.search(r"[^。，、]{12,}。", lines[at])):
        lines[at] = lines[at][: found.end() - 1] + "了" + lines[at][found.end() - 1 :]
        return replace(one, lines=tuple(lines), kind="minor")
    elif how == "source":
        return replace(one, source=f"云澜区融媒体中心{chance.randint(2, 99)}", kind="minor")
    else:
        lines.insert(at, sentence(chance))
    return replace(one, lines=tuple(lines), kind="substantive")


def _fate(page: Page, days: int, chance: random.Random) -> Page | None:
    """Some pages go, come back, or move."""
    fate, day = chance.random(), page.born + chance.randint(3, max(4, days // 2))
    if fate < 0.10:
        end = NEVER if chance.random() < 0.75 else day + chance.randint(1, 60)
        page.gone.append((day, end, chance.choice(("404", "410", "soft", "home")), "removal"))
    elif fate < 0.16:
        return _moved(page, day, chance.choice(("301", "404")), "moved")
    elif fate < 0.19:
        page.archived = day
    return None


def _moved(page: Page, day: int, how: str, why: str) -> Page:
    """The page under its new address, with the text that it has then."""
    page.gone.append((day, NEVER, how, why))
    page.to = page.url.replace("/t", f"/{why}/t")
    del page.said[page.version(day) + 1 :]
    return Page(page.to, page.column, day, [replace(page.said[-1], day=day, kind="")], dated=page.dated)


def _redesign(site: Site, column: str, day: int, chance: random.Random) -> None:
    how = chance.choice(("404", "home"))
    site.redesigned[column] = day
    for page in list(site.pages.values()):
        if page.column != column:
            continue
        if page.born < day and page.span(day) is None:
            page.gone = [one for one in page.gone if one[1] <= day]
            other = _moved(page, day, how, "redesign")
            site.pages[other.url] = other
        elif page.born < day:
            page.gone = [(first, NEVER, mode, why) for first, _, mode, why in page.gone]


# -- the network


def ask(site: Site, url: str, day: int, etag: str = "") -> Answer | None:
    """What the site answers on a day; None: no answer in time."""
    ails = site.ails(day)
    plain = {"timeout": None, "5xx": Answer(502), "all404": Answer(404, "<h1>404 Not Found</h1>")}
    plain |= {"waf200": Answer(200, WAF.format(day)), "waf403": Answer(403, WAF.format(day))}
    if ails:
        return plain[ails]
    page = site.pages[url]
    if span := page.span(day):
        if span[2] == "301":
            there = ask(site, page.to, day)
            return there if there is None else replace(there, url=page.to)
        modes = {"404": Answer(404, LOST), "410": Answer(410, LOST), "soft": Answer(200, LOST)}
        return modes.get(span[2]) or Answer(302, location="/")
    version = page.version(day)
    body = _html(site, page, page.said[version], day)
    tag = {"content": f"{version}-{page.archived <= day}", "none": "", "lying": "same", "honest": body}[site.server]
    tag = tag and f'"{hashlib.md5((url + tag).encode(), usedforsecurity=False).hexdigest()}"'
    return Answer(304 if tag and tag == etag else 200, body, tag, url, version=version)


def _html(site: Site, page: Page, said: Said, day: int) -> str:
    lines = "".join(f"<p>{line}</p>" for line in said.lines)
    if site.noise == "views":
        lines += f"<p>浏览次数：{day * 7 + 3}</p>"
    if site.noise == "related":
        lines += f"<p>相关阅读：</p><p><a href='/x{day}.html'>第{day}期简报</a></p>"
    mark = f"<p>归档时间：{START + timedelta(days=page.archived):%Y-%m-%d}</p>" if page.archived <= day else ""
    shown = f"{START + timedelta(days=page.dated):%Y-%m-%d}"
    menu = "".join(f"<li><a href='/{n}/'>{name}</a></li>" for n, name in enumerate(COLUMNS * 3))
    return (
        f"{HEAD.format(said.title)}<meta name='ArticleTitle' content='{said.title}'><meta name='PubDate'"
        f" content='{shown}'><meta name='ContentSource' content='{said.source}'></head><body><ul>{menu}</ul>{mark}"
        f"<!-- {day} --><h1>{said.title}</h1><div>发布日期：{shown}　来源：{said.source}</div>"
        f"<div id='zoom'>{lines}</div><div>今天是第{day}天</div></body></html>"
    )


# -- the year


@dataclass
class Log:
    """What the year's visits met: page -> (moment, version) of each answer with its text; days on which it was asked
    for; lied: edits that a 304 hid."""

    texts: defaultdict[str, dict[datetime, int]] = field(default_factory=lambda: defaultdict(dict))
    asked: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    marked: dict[str, datetime] = field(default_factory=dict)
    hidden: int = 0
    visits: int = 0


class Killed(Exception):
    """The process died here."""


@dataclass
class Year:
    """The archive's side. kills: where it dies now and then; every death undoes what is not committed."""

    path: Path
    sites: Sequence[Site]
    days: int
    kills: random.Random | None = None
    deaths: int = 0

    def live(self) -> Log:
        log = Log()
        self.archive = open_archive(self.path)
        catalogue = [site.district for site in self.sites]
        for day in range(self.days):
            visited = [self._surely(self._night, site, day, log) for site in self.sites]
            if any(visited):
                self._surely(self._stages, catalogue)
            self._people(day)
        self.archive.close()
        return log

    def _surely(self, work: Callable[..., T], *values: object) -> T:
        while True:
            try:
                return work(*values)
            except Killed:
                self.deaths += 1
                if self.kills and self.kills.random() < 0.5:
                    self.archive.snapshots.commit()  # it died between the two commits
                self.archive.rollback()
                self.archive.close()
                self.archive = open_archive(self.path)

    def _may_die(self, rate: float) -> None:
        if self.kills is not None and self.kills.random() < rate:
            raise Killed

    def _night(self, site: Site, day: int, log: Log) -> bool:
        moment, conn = START + timedelta(days=day), self.archive.db.conn
        fresh = [page.url for page in site.pages.values() if page.born <= day and key(page.url) not in log.texts]
        due = sightings.due(conn, site.slug, moment)
        if not fresh and not due:
            return False
        if site.ails(day) and not due:
            return False
        run = runs.begin(self.archive, "crawl", site.district)
        try:
            recover(self.archive, (site.district,), run=run)
            wanted = [Wanted(url, site.pages[url].column) for url in fresh] if not site.ails(day) else []
            self._ask(site, day, [*wanted, *due], run, log)
            runs.finish(self.archive, run)
        finally:
            run.lock.release()
        return True

    def _ask(self, site: Site, day: int, wanted: Sequence[Wanted], run: runs.Run, log: Log) -> None:
        refused = 0
        run.looks.update(canonical(one.url) for one in wanted)
        for one in wanted:
            self._may_die(0.002)
            at = START + timedelta(days=day, seconds=zlib.crc32(one.url.encode()) % 3600)
            answer = ask(site, one.url, day, one.etag)
            log.asked[key(one.url)].add(day)
            log.visits += 1
            conn = self.archive.write()
            if answer is None:
                sightings.postpone(conn, one.url, at)
            elif answer.status == 304:
                sightings.confirmed(conn, one.url, at)
                seen = log.texts[key(one.url)]
                log.hidden += answer.version != seen[max(seen)]
            else:
                self._take(site, one, answer, at, run)
                if answer.version >= 0:
                    log.texts[key(answer.url)][at] = answer.version
                    if site.pages[answer.url].archived <= day:
                        log.marked.setdefault(key(answer.url), at)
            self.archive.wrote()
            refused = refused + 1 if answer is None or answer.status == 403 else 0
            if refused >= PATIENCE:
                return

    def _take(self, site: Site, one: Wanted, answer: Answer, at: datetime, run: runs.Run) -> None:
        headers = [("Content-Type", "text/html; charset=utf-8")]
        headers += [("ETag", answer.etag)] if answer.etag else []
        headers += [("Location", answer.location)] if answer.location else []
        snapshot = Snapshot(
            *(answer.url or one.url, answer.body.encode(), at, answer.status, tuple(headers), "article", site.slug),
            *(one.column, one.url),
        )
        take(self.archive, snapshot, run=run, catalogue=(site.district,))

    def _stages(self, catalogue: Sequence[District]) -> None:
        self.archive.commit()

        def told(done: int, total: int) -> None:
            self._may_die(0.02)

        relate_pending(self.archive, told)
        compare_pending(self.archive, catalogue, told)
        judge_pending(self.archive, told)

    def _people(self, day: int) -> None:
        """What persons do: takedowns, and issues closed after a fortnight."""
        sites = {site.slug: site for site in self.sites}
        for site in self.sites:
            if site.takedown and site.takedown[1] == day:
                take_down(self.archive, site.takedown[0], "应本人请求")
                judge_pending(self.archive)
        for one in issues(self.archive.db.conn):
            old = datetime.fromisoformat(one.opened_at) + timedelta(days=14) <= START + timedelta(days=day)
            if old and one.column in sites[one.district].redesigned:
                close_issue(self.archive, one.id, "moved")
                judge_pending(self.archive)


# -- what came of it


@dataclass
class Score:
    right: int = 0
    good: int = 0
    found: int = 0
    wanted: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.good / self.found if self.found else 1.0


@dataclass
class Figures:
    edits: Score = field(default_factory=Score)
    kinds: Score = field(default_factory=Score)
    removals: Score = field(default_factory=Score)
    returns: Score = field(default_factory=Score)
    moves: Score = field(default_factory=Score)
    archived: Score = field(default_factory=Score)
    issues: Score = field(default_factory=Score)
    left: int = 0


def judged(path: Path, sites: Sequence[Site], days: int, log: Log) -> Figures:
    figures = Figures()
    with open_archive(path, create=False) as archive:
        for site in sites:
            down = site.takedown[0] if site.takedown else ""
            for page in site.pages.values():
                if page.url == down:
                    figures.left += _left(archive, key(down))
                elif key(page.url) in log.texts:
                    _edits(archive, page, log, figures)
                    _states(archive, (site, page), days, log, figures)
            _issues(archive, site, figures)
    return figures


def _left(archive: Archive, page: str) -> int:
    tables = ("states", "presence", "versions", "histories", "relations")
    asked = "SELECT count(*) FROM {} WHERE article_key = ?"
    return sum(archive.db.conn.execute(asked.format(name), (page,)).fetchone()[0] for name in tables)


def _edits(archive: Archive, page: Page, log: Log, figures: Figures) -> None:
    expected: dict[str, str] = {}
    seen = sorted(log.texts[key(page.url)].items())
    before = seen[0][1]
    for at, version in seen:
        if version != before:
            kinds = {one.kind for one in page.said[before + 1 : version + 1]}
            expected[at.isoformat()] = "substantive" if "substantive" in kinds else "minor"
        before = version
    rows = archive.db.conn.execute("SELECT captured_at, kind FROM edits WHERE article_key = ?", (key(page.url),))
    found = {datetime.fromisoformat(at).isoformat(): kind for at, kind in rows}
    score = figures.edits
    score.wanted, score.found = score.wanted + len(expected), score.found + len(found)
    both = expected.keys() & found.keys()
    score.right, score.good = score.right + len(both), score.good + len(both)
    score.wrong += [f"{page.url} {at}" for at in expected.keys() ^ found.keys()]
    right = sum(expected[at] == found[at] for at in both)
    figures.kinds.wanted, figures.kinds.found = figures.kinds.wanted + len(both), figures.kinds.found + len(both)
    figures.kinds.right, figures.kinds.good = figures.kinds.right + right, figures.kinds.good + right


def _history(archive: Archive, page: Page) -> list[tuple[str, datetime]]:
    asked = "SELECT state, since FROM states WHERE article_key = ? ORDER BY number"
    rows = archive.db.conn.execute(asked, (key(page.url),))
    return [(state, datetime.fromisoformat(since)) for state, since in rows]


def _states(archive: Archive, place: tuple[Site, Page], days: int, log: Log, figures: Figures) -> None:
    site, page = place
    history, asked = _history(archive, page), sorted(log.asked[key(page.url)])
    told: dict[str, list[int]] = defaultdict(list)
    for state, since in history:
        told[state].append((since - START).days)
    for day in told["removed"]:
        span = page.span(day)
        good = span is not None and span[3] == "removal"
        figures.removals.found += 1
        figures.removals.good += good
        figures.removals.wrong += [] if good else [f"{page.url} removed on {day}: {page.gone} {site.trouble}"]
    for first, end, _, why in page.gone:
        met = next((day for day in asked if day >= first and not site.ails(day)), NEVER)
        last = met + STATED.days
        calm = not any(site.ails(day) for day in range(first, last + 1))
        if end <= last or last >= days or not calm or page.born >= first:
            continue
        if why == "removal" and site.redesigned.get(page.column, NEVER) > last:
            right = any(first <= day <= last for day in told["removed"])
            figures.removals.wanted += 1
            figures.removals.right += right
            figures.removals.wrong += [] if right else [f"{page.url} {first}-{end} not told: {history}"]
            if end < NEVER and right and (back := next((day for day in asked if day >= end), NEVER)) < days:
                figures.returns.wanted += 1
                figures.returns.right += site.ails(back) != "" or back in told["returned"]
        elif why == "moved":
            figures.moves.wanted += 1
            figures.moves.right += any(day >= first for day in told["moved"])
            figures.moves.wrong += [] if told["moved"] else [f"{page.url} {first} not moved: {history}"]
    if key(page.url) in log.marked:
        figures.archived.wanted += 1
        figures.archived.right += bool(told["archived"])


def _issues(archive: Archive, site: Site, figures: Figures) -> None:
    found = [one for one in issues(archive.db.conn, closed=True) if one.district == site.slug]
    figures.issues.wanted += len(site.redesigned)
    real = [one for one in found if one.closed_as != "returned"]
    figures.issues.found += len(real)
    figures.issues.good += sum(one.column in site.redesigned for one in real)
    figures.issues.right += len({one.column for one in real if one.column in site.redesigned})
    extra = [one for one in real if one.column not in site.redesigned]
    figures.issues.wrong += [f"{one} {site.trouble} {site.redesigned}" for one in extra]


def rows(path: Path) -> list[list[tuple[object, ...]]]:
    """Versions, states and presence, without the numbers of responses, which a second try counts on."""
    asked = (
        "SELECT article_key, number, captured_at, kind, hash FROM edits ORDER BY 1, 2",
        "SELECT article_key, number, state, since, note FROM states ORDER BY 1, 2",
        "SELECT article_key, state, since, seen_at FROM presence ORDER BY 1",
        "SELECT DISTINCT article_key, at, kind, note FROM sightings ORDER BY 1, 2",
        'SELECT district, "column", opened_at, pages, gone, closed_as FROM issues ORDER BY 1, 2, 3',
    )
    with open_archive(path, create=False) as archive:
        return [archive.db.conn.execute(one).fetchall() for one in asked]


def lines(figures: Figures) -> Iterator[str]:
    for name in ("edits", "kinds", "removals", "returns", "moves", "archived", "issues"):
        score: Score = getattr(figures, name)
        right = f"{score.right} right of {score.wanted}, {score.found} told, {len(score.wrong)} wrong"
        yield f"{name}: recall {score.recall:.4f}, precision {score.precision:.4f} ({right})"


def main() -> None:
    sites, days, seed = (*map(int, sys.argv[1:]), *(50, 365, 1)[len(sys.argv) - 1 :])
    world = worlds(sites, days, seed)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive.db"
        log = Year(path, world, days).live()
        figures = judged(path, world, days, log)
    print(f"{sites} sites, {days} days, {sum(len(one.pages) for one in world):,} pages, {log.visits:,} visits,")
    print(f"{time.perf_counter() - began:.0f} s; edits that a lying 304 hid at a visit: {log.hidden}")
    for line in lines(figures):
        print(line)
    for name in ("edits", "removals", "moves", "issues"):
        for wrong in getattr(figures, name).wrong[:12]:
            print(f"  {name}: {wrong}")
    print("left of what was taken down:", figures.left, Counter(site.server for site in world))
    if (sites, days, seed) == (50, 365, 1):
        floors = json.loads((Path(__file__).parent / "quality_year.json").read_text(encoding="utf-8"))["year"]
        fallen = [
            name
            for name, (recall, precision, wanted) in floors.items()
            if (score := getattr(figures, name)).recall < recall or score.precision < precision or score.wanted < wanted
        ]
        sys.exit(f"below the floors: {', '.join(fallen)}" if fallen or figures.left else 0)


if __name__ == "__main__":
    main()
