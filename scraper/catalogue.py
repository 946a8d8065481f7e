"""The districts: loads and checks districts/*.toml. A district is data, never code.

The loader is strict: what it does not know is an error that names the file, the key and the fix.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from scraper.manners import Attachments, Manners, attachments, manners
from scraper.strict import CatalogueError, Table, meant

__all__ = ["CatalogueError", "Column", "District", "Expect", "Layout", "load", "load_one", "survey"]

DISTRICTS = Path(__file__).parent / "districts"
FAMILIES = ("anhui", "boda", "fengxun", "gkmlpt", "hanweb", "intertid", "jpaas", "lonsun", "standard", "trs", "ucap")
SCHEDULE = "30 1 * * *"  # nightly, when the sites are at rest; the timetable adds jitter
DELAY = 3.0  # seconds between requests; design/sites.md 5: careful clients use 3-5 s

# The fields of an article that a selector or an expectation may name (pipelines/article.py).
_FIELDS = (
    *("title", "published_on", "source", "author", "issuer", "document_number", "index_number", "made_on", "body"),
    *("topic_class", "genre_class", "combo_class", "validity", "effective_on", "repealed_on", "disclosure"),
    *("abstract", "keywords", "site_name"),
)
_SELECTORS = (*_FIELDS, "rows", "next")
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_CODE = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}")  # GB/T 2260: provinces, then area
_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))  # minute, hour, day, month, day of week
_STEP = re.compile(r"(\*|\d{1,2}(?:-\d{1,2})?|[a-z]{3}(?:-[a-z]{3})?)(?:/([1-9]\d?))?", re.I)
_NAMES = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}


@dataclass(frozen=True, slots=True)
class Column:
    """A 栏目: its name and the absolute address of its first list page.

    render  its pages are made by scripts: a browser renders them where the extra is installed (scraper/rendering.py)
    """

    name: str
    url: str
    render: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """How a site's pages looked at one time. family "" means: detect it on each page.

    selectors: field name (or "rows", "body", "next") -> CSS selector, trusted before the family's own.
    """

    family: str = ""
    selectors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expect:
    """What a healthy run looks like: [min, max] new articles a week, least share of filled fields."""

    per_week: tuple[int, int] | None = None
    filled: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class District:
    """One site. slug is the TOML's file name; was: (until, layout), oldest first.

    delay          least seconds of rest that the site gets after each of its answers
    allowed_hosts  host names that pages may be fetched from beside the site's own
    site_code      what the CMS calls the site in its addresses (Fengxun: "czwj"); "" when unknown
    """

    slug: str
    name: str
    code: str
    site: str
    columns: tuple[Column, ...]
    layout: Layout = Layout()
    was: tuple[tuple[date, Layout], ...] = ()
    expect: Expect = Expect()
    enabled: bool = True
    schedule: str = ""
    delay: float = 0.0
    allowed_hosts: tuple[str, ...] = ()
    site_code: str = ""
    manners: Manners = field(default_factory=Manners)
    attachments: Attachments = field(default_factory=Attachments)

    def layout_on(self, day: date) -> Layout:
        """The layout that was in use on a day."""
        return next((layout for until, layout in self.was if day <= until), self.layout)


def load(folder: Path = DISTRICTS) -> tuple[District, ...]:
    """All districts of a folder, by slug. Raises CatalogueError with one line for each file that cannot be used."""
    districts, errors = survey(folder)
    if errors:
        raise CatalogueError("\n".join(str(error) for error in errors))
    return districts


def survey(folder: Path = DISTRICTS) -> tuple[tuple[District, ...], tuple[CatalogueError, ...]]:
    """The districts that can be used, and what is wrong with the others: one broken file does not stop the rest."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise CatalogueError(f"{folder}: no district here; put <slug>.toml files in it or name another folder")
    districts: list[District] = []
    errors: list[CatalogueError] = []
    for path in paths:
        try:
            districts.append(load_one(path))
        except CatalogueError as error:
            errors.append(error)
    return tuple(districts), tuple(errors)


def load_one(path: Path) -> District:
    """The district of one TOML file; its name without .toml is the slug."""
    if not _SLUG.fullmatch(path.stem):
        raise CatalogueError(f"{path}: name the file with small letters and digits, such as wujin.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: is not TOML: {error}") from error
    return _district(Table(path, table))


def is_loopback(host: str) -> bool:
    """Is this host name this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _district(table: Table) -> District:
    keys = ("name", "code", "site", "family", "enabled", "schedule", "delay", "allowed_hosts", "site_code")
    table.only(*keys, "columns", "selectors", "expect", "was", "manners", "attachments")
    site = _url(table, "site", table.text("site"))
    code = table.text("code")
    if not _CODE.fullmatch(code):
        raise table.error("code", f'must be the six digits of GB/T 2260, such as "320412", not {code!r}')
    hosts = _hosts(table, site)
    least = 0.0 if is_loopback(urlsplit(site).hostname or "") else 1.0
    return District(
        slug=table.path.stem,
        name=table.text("name"),
        code=code,
        site=site,
        columns=_columns(table, site, hosts),
        layout=_layout(table),
        was=_was(table),
        expect=_expect(table.sub("expect")),
        enabled=table.flag("enabled", True),
        schedule=_schedule(table),
        delay=float(table.number("delay", DELAY, least, 600)),
        allowed_hosts=hosts,
        site_code=_site_code(table),
        manners=manners(table.sub("manners")),
        attachments=attachments(table.sub("attachments")),
    )


def _url(table: Table, key: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s#\x00-\x20]", url):
        raise table.error(key, f'not a web address: {url!r}; write it as "https://www.example.gov.cn"')
    return url.rstrip("/") if key == "site" else url


def _hosts(table: Table, site: str) -> tuple[str, ...]:
    hosts = table.table.get("allowed_hosts", [])
    if not isinstance(hosts, list) or not all(isinstance(one, str) for one in hosts):
        raise table.error("allowed_hosts", 'must be a list of host names: ["www.example.gov.cn"]')
    for one in hosts:
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", one):
            raise table.error("allowed_hosts", f"{one!r} is not a host name (small letters, no http://, no path)")
        if one == urlsplit(site).hostname:
            raise table.error("allowed_hosts", f"{one!r} is the site itself, which is always allowed; take it out")
    return tuple(hosts)


def _columns(table: Table, site: str, hosts: Sequence[str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    allowed = {urlsplit(site).hostname, *hosts}
    for one in table.subs("columns"):
        one.only("name", "url", "render")
        name, url = one.text("name"), _url(one, "url", urljoin(site + "/", one.text("url")))
        if urlsplit(url).hostname not in allowed:
            host = urlsplit(url).hostname
            raise one.error("url", f"{url} is not on {site}; if that is meant, add allowed_hosts = [{host!r}]")
        for other in columns:
            if name == other.name or url == other.url:
                raise one.error("name" if name == other.name else "url", f"the column {other.name} has the same one")
        columns.append(Column(name, url, one.flag("render", False)))
    if not columns:
        raise table.error("columns", 'missing; add [[columns]] with name = "…" and url = "/class/…"')
    return tuple(columns)


def _layout(table: Table) -> Layout:
    family = table.text("family", "")
    if family and family not in FAMILIES:
        raise table.error(
            "family", f"unknown family {family!r}; {meant(family, FAMILIES)}, or leave it out to detect it"
        )
    selectors = table.sub("selectors")
    selectors.only(*_SELECTORS)
    return Layout(family, {key: selectors.text(key) for key in selectors.table})


def _was(table: Table) -> tuple[tuple[date, Layout], ...]:
    was: list[tuple[date, Layout]] = []
    for one in table.subs("was"):
        one.only("until", "family", "selectors")
        until = one.table.get("until")
        if not isinstance(until, date) or isinstance(until, datetime):
            raise one.error("until", "must be a date without quotes: until = 2019-06-30")
        if was and until <= was[-1][0]:
            raise one.error("until", f"{until} comes after {was[-1][0]}; list the oldest layout first")
        was.append((until, _layout(one)))
    return tuple(was)


def _expect(table: Table) -> Expect:
    table.only("per_week", "filled")
    filled = table.sub("filled")
    filled.only(*_FIELDS)
    shares = {key: float(filled.number(key, None, 0, 1)) for key in filled.table}
    if "per_week" not in table.table:
        return Expect(None, shares)
    week = table.sub("per_week")
    week.only("min", "max")
    low, high = int(week.number("min", None, 0, 100_000)), int(week.number("max", None, 0, 100_000))
    if low > high:
        raise week.error("min", f"{low} is more than max = {high}; swap them")
    return Expect((low, high), shares)


def _schedule(table: Table) -> str:
    """A cron line of five fields, read in Asia/Shanghai."""
    cron = table.text("schedule", SCHEDULE)
    fields = cron.split()
    good = len(fields) == 5 and all(_cron_field(one, *_CRON[n]) for n, one in enumerate(fields))
    if not good:
        shape = "minute hour day month weekday"
        raise table.error("schedule", f'{cron!r} is not a cron line of five fields ({shape}); such as "{SCHEDULE}"')
    return " ".join(fields)


def _cron_field(text: str, low: int, high: int) -> bool:
    for part in text.split(","):
        match = _STEP.fullmatch(part)
        if not match:
            return False
        ends = match[1].split("-")
        numbers = [int(end) for end in ends if end.isdigit()]
        if any(not low <= number <= high for number in numbers) or numbers != sorted(numbers):
            return False
        if match[1][0].isalpha() and not (high == 7 and {end.lower() for end in ends} <= _NAMES):
            return False
    return True


def _site_code(table: Table) -> str:
    code = table.text("site_code", "")
    if code and not re.fullmatch(r"[a-z0-9_]+", code):
        raise table.error("site_code", f'{code!r} is not what a CMS writes in its addresses, such as "czwj"')
    return code
