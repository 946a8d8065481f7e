"""What some nights brought, held against what the counties listed: read from archive.db with plain SQL, and from the
servers' own logs."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from scraper.crawl import DistrictEnd, crawl
from tests.counties import files
from tests.counties.notices import Notice
from tests.counties.server import Asked, County

OPEN = ("waiting", "failed", "blocked", "unreadable")
OUTCOMES = ("archived", "updated", "unchanged", "duplicate", "removed", "blocked", "unreadable", "failed", "waiting")


@dataclass
class Counties:
    """Some counties and the archive that one process crawls them into; ends: how each night ended."""

    folder: Path
    counties: dict[str, County]
    timeout: float = 5.0
    ends: list[dict[str, DistrictEnd]] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "archive.db"

    def night(self, **settings: object) -> dict[str, DistrictEnd]:
        """One crawl of all, side by side; a setting's name may be in small letters."""
        merged: dict[str, object] = {"DIBAO_ARCHIVE": str(self.archive), "DOWNLOAD_TIMEOUT": self.timeout}
        merged |= {name.upper(): value for name, value in settings.items()}
        for county in self.counties.values():
            county.next_night()
        report = crawl([county.district() for county in self.counties.values()], merged)
        self.ends.append(dict(zip(self.counties, report.ends, strict=True)))
        return self.ends[-1]

    def let_time_pass(self) -> None:
        """As if a month had gone by: whatever waits for its next try is due."""
        conn = sqlite3.connect(self.archive)
        with conn:
            for table, moment in (("pages", "next_try_at"), ("enclosures", "next_try_at"), ("cooldowns", "until")):
                conn.execute(f"UPDATE {table} SET {moment} = '2026-10-01' WHERE {moment} IS NOT NULL")
        conn.close()

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        conn = sqlite3.connect(self.archive)
        try:
            return conn.execute(query, values).fetchall()
        finally:
            conn.close()


@contextmanager
def serving(folder: Path, families: Sequence[str], **options: object) -> Iterator[Counties]:
    """The counties, each on an address of its own: a host is a host, as on the web."""
    from tests import counties

    with ExitStack() as stack:
        served = {
            family: stack.enter_context(
                counties.open(family, host=f"127.0.9.{counties.FAMILIES.index(family) + 1}", **options)
            )
            for family in families
        }
        yield Counties(folder, served)


# -- what the archive says


def titles(nights: Counties, family: str) -> list[str]:
    return [str(title) for (title,) in nights.rows("SELECT title FROM articles WHERE district = ?", family)]


def lacking(nights: Counties, family: str) -> list[str]:
    """Notices listed now that are not archived with the title they have now."""
    county, held = nights.counties[family], set(titles(nights, family))
    return [f"{one.column}: {one.title}" for one in county.site.town.notices.values() if one.title not in held]


def unaccounted(nights: Counties, family: str, *, unread: bool = False) -> list[str]:
    """Notices listed now that are neither archived, with the title they have now, nor open with a reason; unread: nor
    in a column of which the ledger says that its last reading broke off."""
    county = nights.counties[family]
    held = set(titles(nights, family))
    broken = broken_off(nights, family) if unread else {}
    states = {
        _place(str(url)): (str(state), str(reason))
        for url, state, reason in nights.rows(
            "SELECT requested_url, state, reason FROM pages WHERE district = ?", family
        )
    }
    lost = []
    for one in county.site.town.notices.values():
        if one.title in held or any(name in broken for name in (one.column, *one.also)):
            continue
        found = [states[place] for url in county.addresses(one) if (place := _place(url)) in states]
        if not any(state in OPEN and (reason or state == "waiting") for state, reason in found):
            lost.append(f"{one.column}: {one.title} {sorted(county.addresses(one))} {found}")
    return lost


def broken_off(nights: Counties, family: str) -> dict[str, str]:
    """Column -> why its last reading did not end, of those that have a reason."""
    query = (
        "SELECT \"column\", note FROM column_runs WHERE district = ? AND note != '' AND outcome NOT IN"
        " ('ok', 'unchanged') AND run_id = (SELECT max(run_id) FROM column_runs WHERE district = ?)"
    )
    return {str(column): str(note) for column, note in nights.rows(query, family, family)}


def open_pages(nights: Counties, family: str) -> list[str]:
    """Addresses of notices listed now that are not stored, with their state and its reason."""
    county = nights.counties[family]
    shown = {_place(url) for one in county.site.town.notices.values() for url in county.addresses(one)}
    marks = ", ".join("?" for _ in OPEN)
    query = f"SELECT requested_url, state, reason FROM pages WHERE district = ? AND state IN ({marks})"
    found = nights.rows(query, family, *OPEN)
    return [f"{url}: {state}: {reason}" for url, state, reason in found if _place(str(url)) in shown]


def unclosed(nights: Counties, family: str) -> list[object]:
    """Runs whose outcomes do not add up to the pages seen, and days of columns whose parts do not add up."""
    total = " + ".join(OUTCOMES)
    runs = nights.rows(f"SELECT id, seen, {total} FROM runs WHERE district = ? AND seen != {total}", family)
    parts = ("stored", "unchanged", "duplicate", "removed", "blocked", "unreadable", "failed", "given_up", "waiting")
    total = " + ".join((*parts, "carried"))
    days = nights.rows(f"SELECT * FROM coverage WHERE district = ? AND listed != {total}", family)
    return [*runs, *days]


def doubled(nights: Counties, family: str) -> list[str]:
    """Titles that more than one article has; no two notices share one."""
    return [title for title, count in Counter(titles(nights, family)).items() if count > 1]


def strangers(nights: Counties, family: str, known: set[str]) -> list[str]:
    """Articles that no notice is: a firewall's page, a part on its own, a menu."""
    return [title for title in titles(nights, family) if title not in known]


def torn(nights: Counties, family: str) -> list[str]:
    """Articles whose text lacks the beginning, or a line of a following part, of what was announced, and which do not
    say so: a page that is cut twice at the same place is taken, with a flag."""
    county = nights.counties[family]
    query = "SELECT title, body FROM articles WHERE district = ? AND flags NOT LIKE '%cut_off%'"
    bodies = {str(title): _close(str(body)) for title, body in nights.rows(query, family)}
    found = []
    for one in county.site.town.notices.values():
        if one.title not in bodies:
            continue
        wanted = [one.body[0]]
        if county.site.part_paths(one):
            wanted += [line for part in one.parts for line in part]
        lacking = [line for line in wanted if _close(line) not in bodies[one.title]]
        found += [f"{one.title}: {line}" for line in lacking[:1]]
    return found


def files_lacking(nights: Counties, family: str) -> list[str]:
    """Attachments of notices whose pages are archived whole which the archive lacks, or holds other bytes of."""
    county = nights.counties[family]
    query = "SELECT a.title, t.sha256 FROM attachments t JOIN articles a ON a.key = t.article_key WHERE a.district = ?"
    held = {(str(title), str(digest)) for title, digest in nights.rows(query, family)}
    whole = "SELECT title FROM articles WHERE district = ? AND flags NOT LIKE '%cut_off%'"
    archived = {str(title) for (title,) in nights.rows(whole, family)}
    return [
        f"{one.title}: {file.name}.{file.kind}"
        for one in county.site.town.notices.values()
        if one.title in archived
        for file in one.files
        if (one.title, hashlib.sha256(files.made(file)).hexdigest()) not in held
    ]


# -- what the server says


def delivered(asked: Sequence[Asked]) -> set[tuple[str, int]]:
    """(address, notice) of articles and parts that were sent whole."""
    return {
        (one.target, one.about)
        for one in asked
        if one.kind in ("article", "part") and one.status == 200 and not one.fault
    }


def fetched_again(county: County, night: int, edited: Sequence[Notice] = ()) -> list[str]:
    """Bodies sent in a night although an earlier one had sent them and nothing had changed."""
    changed = {one.id for one in edited}
    before: set[tuple[str, int]] = set()
    for earlier in range(1, night):
        before |= delivered(county.asked(night=earlier))
    now = delivered(county.asked(night=night))
    return sorted(target for target, about in now & before if about not in changed)


def requests(county: County, night: int) -> int:
    """Requests of a night but those for attachments, which are things of their own."""
    return len([one for one in county.asked(night=night) if one.kind != "file"])


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}".rstrip("?")


def _close(text: str) -> str:
    return "".join(text.split())
