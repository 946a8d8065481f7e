"""`dibao check DISTRICT`: is a configured district still as its TOML says? Looks at it as `dibao add` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import click

from commands import show, visiting
from commands.options import districts_option, existing, json_option
from scraper.catalogue import CatalogueError, District, load_one
from scraper.recon.findings import Findings, findings, voted
from scraper.recon.judge import Found
from scraper.recon.planner import Planner
from scraper.recon.trail import Trail
from scraper.recon.vocabulary import kind_of

EACH = 4  # requests for a column: its list, the next page, two articles
OFFERED = 12
STALE = timedelta(days=60)  # the state's own inspections: news after two weeks, notices after six months


@dataclass(frozen=True, slots=True)
class Difference:
    """Between the TOML and the site. level: "red" (something is lost), "note"."""

    level: Literal["red", "note"]
    what: str


@click.command()
@click.argument("district")
@districts_option
@click.option("--pages", type=existing(files=False), help="Saved pages with a manifest.tsv, instead of the network.")
@json_option
@click.pass_obj
def check(archive: Path, district: str, *, folder: Path, pages: Path | None, as_json: bool) -> None:
    """Look whether DISTRICT is still as its file says.

    DISTRICT is a slug or a TOML file. Every column: its list, the next page, two articles. Nothing is archived.
    """
    file = Path(district) if district.endswith(".toml") else folder / f"{district}.toml"
    if not file.exists():
        known = ", ".join(sorted(one.stem for one in folder.glob("*.toml")))
        raise CatalogueError(f"{file}: there is no such district; known in {folder}: {known or 'none'}")
    chosen = load_one(file)
    planner = plan(chosen)
    stopped = False
    if pages:
        visiting.look_at_saved(planner, pages)
    else:
        stopped, _, _ = visiting.look_at(planner, archive, quiet=as_json)
    found = findings(planner)
    differences = list(compare(chosen, planner, found))
    code = visiting.EXIT_STOPPED if stopped else _code(found, differences)
    tell(chosen, found, differences, code, as_json=as_json)
    sys.exit(code)


def plan(district: District) -> Planner:
    """The questions to a configured district: each column, and the home page for columns it does not have."""
    return Planner(
        f"{district.site}/",
        district.columns,
        district.layout,
        district.allowed_hosts,
        most=len(district.columns) * EACH + 10,
    )


def compare(district: District, planner: Planner, found: Findings) -> Iterator[Difference]:
    """What is not as the TOML says: the family, columns that gave nothing, fields that are not filled, new columns."""
    if found.verdict[0]:
        return
    seen, family = voted(planner), district.layout.family
    if family and seen.value and seen.value not in (family, "standard"):
        yield Difference("red", f"family: the TOML says {family}, the pages {'; '.join(seen.reasons)}")
    given = [trail for trail in planner.trails if trail.given]
    for trail in given:
        if trail.state != "list":
            yield Difference("red", f"{trail.name}: {trail.state}: {_why(trail)}{_moved(trail, planner)}")
    for one in found.columns:
        yield from _column(one, found)
    yield from _filled(district, found)
    for trail in _offered(planner):
        yield Difference("note", f"the home page offers a column the file does not have: {trail.name} {trail.url}")


def _why(trail: Trail) -> str:
    return trail.note or {"shell": f"{trail.url} holds no rows; a script makes them", "waiting": "not read"}.get(
        trail.state, f"{trail.url}: no list of articles"
    )


def _moved(trail: Trail, planner: Planner) -> str:
    """A link of the same meaning on the home page that leads elsewhere."""
    same = [one for one in planner.trails if not one.given and (one.name == trail.name or _same_kind(one, trail))]
    return f"; the home page now links {same[0].name} at {same[0].url}" if same else ""


def _same_kind(one: Trail, other: Trail) -> bool:
    return one.kind is not None and one.kind == kind_of(other.name)


def _column(one: Found, found: Findings) -> Iterator[Difference]:
    if one.dated * 2 < one.rows:
        yield Difference("red", f"{one.name}: only {one.dated} of {one.rows} rows have a date")
    if one.paging in ("loops", "failed"):
        what = "the next page gives the same rows" if one.paging == "loops" else "the next page could not be read"
        yield Difference("red", f"{one.name}: {what}")
    read = [article for article in one.articles if not article.error]
    if one.articles and not read:
        yield Difference("red", f"{one.name}: no article could be read: {one.articles[0].url}: {one.articles[0].error}")
    elif len(read) < len(one.articles):
        lost = next(article for article in one.articles if article.error)
        yield Difference("note", f"{one.name}: {lost.url}: {lost.error}")
    if one.newest and found.seen_on and one.newest < found.seen_on - STALE:
        yield Difference("note", f"{one.name}: nothing new since {one.newest}")


def _filled(district: District, found: Findings) -> Iterator[Difference]:
    read = [article for one in found.columns for article in one.articles if not article.error]
    for name, least in district.expect.filled.items():
        share = sum(name in article.fields for article in read) / len(read) if read else 1.0
        if share < least:
            yield Difference("red", f"{name} is filled in {share:.0%} of {len(read)} articles, expected {least:.0%}")


def _offered(planner: Planner) -> list[Trail]:
    """Links of the home page to columns that the file does not have, neither by address nor by name."""
    names = {trail.name for trail in planner.trails if trail.given}
    new = [one for one in planner.trails if not one.given and not one.hub and one.kind and one.name not in names]
    return new[:OFFERED]


def _code(found: Findings, differences: list[Difference]) -> int:
    if visiting.closed(found):
        return visiting.EXIT_CLOSED
    red = any(one.level == "red" for one in differences)
    return visiting.EXIT_UNSURE if red else visiting.EXIT_OK


def tell(district: District, found: Findings, differences: list[Difference], code: int, *, as_json: bool) -> None:
    """The table and what differs, or all of it as JSON."""
    if as_json:
        said = {"exit": code, "district": district.slug, "closed": visiting.closed(found)}
        listed = [{"level": one.level, "what": one.what} for one in differences]
        print(json.dumps(said | {"differences": listed} | visiting.as_json(found), ensure_ascii=False, indent=1))
        return
    if shut := visiting.closed(found):
        show.say(shut, "red")
    show.lines([f"{district.name} {district.slug}  {len(found.columns)} of {len(district.columns)} columns read"])
    visiting.table(found.columns)
    for one in differences:
        show.out.print(one.what, markup=False, soft_wrap=True, style="red" if one.level == "red" else "yellow")
    if code == visiting.EXIT_OK:
        show.lines(["as its file says"])
