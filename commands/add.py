"""`dibao add URL`: a district in one command. Looks at the site, shows what was understood, writes its TOML."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from commands import show, visiting
from commands.options import existing, json_option
from commands.places import Place, place
from scraper.catalogue import DELAY, DISTRICTS, Layout, load_one, survey
from scraper.recon import fixtures, toml
from scraper.recon.findings import Findings, findings
from scraper.recon.planner import Planner
from scraper.recon.record import Answer

_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN = ("www", "gov", "com", "org", "net", "cn", "example", "zwgk", "xxgk", "zfxxgk", "wap")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line."""

    url: str
    slug: str
    name: str
    code: str
    folder: Path
    fixtures: Path | None
    dry: bool
    force: bool
    json: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. missing: why nothing is written; file, pages: where it was written."""

    found: Findings
    where: Place
    slug: str
    basis: str
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    file: Path | None = None
    pages: Path | None = None


@click.command()
@click.argument("url")
@click.option("--slug", default="", help="The file's name and the district's name in commands; from the address.")
@click.option("--name", default="", help="The district's name, where the site does not say it rightly.")
@click.option("--code", default="", help="Six digits of GB/T 2260, where the site does not say them.")
@click.option("--districts", "folder", type=existing(files=False), default=DISTRICTS, help="Folder of district files.")
@click.option("--fixtures", type=click.Path(file_okay=False, path_type=Path), help="Folder for the pages seen.")
@click.option("--pages", type=existing(files=False), help="Saved pages with a manifest.tsv, instead of the network.")
@click.option("--dry-run", "dry", is_flag=True, help="Write nothing.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@json_option
@click.pass_obj
def add(
    archive: Path,
    url: str,
    *,
    slug: str,
    name: str,
    code: str,
    folder: Path,
    fixtures: Path | None,
    pages: Path | None,
    dry: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Add the district whose site is at URL.

    Reads the home page and some fifty more at the site's pace, shows what it understood, and writes SLUG.toml with the
    pages as fixtures. Writes nothing where it is not sure (exit code 3) or the site cannot be read (4).
    """
    if code and not re.fullmatch(r"\d{6}", code):
        raise click.UsageError(f"--code {code!r}: the six digits of GB/T 2260, such as 320412")
    wish = Wish(address(url), slug, name, code, folder, fixtures, dry, force, as_json)
    early = slug or slug_of(urlsplit(wish.url).hostname or "")
    _free(wish, early)
    planner = Planner(wish.url)
    _new(wish, planner.site.origin)
    stopped, requests, delay = False, 0, 0.0
    if pages:
        basis = f"{visiting.look_at_saved(planner, pages)} saved pages"
    else:
        stopped, requests, delay = visiting.look_at(planner, archive, quiet=as_json)
        if planner.verdict[0] == "unreachable" and "://" not in url:
            show.say(f"{planner.verdict[1]}; trying http", "yellow")
            planner = Planner(wish.url.replace("https:", "http:", 1))
            stopped, requests, delay = visiting.look_at(planner, archive, quiet=as_json)
        basis = f"{requests} requests"
    if stopped:
        show.say("stopped: nothing was written", "yellow")
        sys.exit(visiting.EXIT_STOPPED)
    outcome = settle(wish, planner, basis, delay)
    sys.exit(tell(wish, outcome))


def address(url: str) -> str:
    """The address as given, with https where no scheme stands. Raises UsageError."""
    full = url if "://" in url else f"https://{url}"
    try:
        parts = urlsplit(full)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", full):
        raise click.UsageError(f"{url!r} is no web address; such as https://www.example.gov.cn/")
    return full if parts.path else f"{full}/"


def slug_of(name: str) -> str:
    """www.wj.gov.cn -> wj; "" where a host name has no word of its own (an IP address)."""
    words = [word for word in name.lower().split(".") if word not in _PLAIN]
    slug = words[0].replace("-", "_") if words else ""
    return slug if _SLUG.fullmatch(slug) else ""


def settle(wish: Wish, planner: Planner, basis: str, delay: float) -> Outcome:
    """From what was seen to what is written."""
    found = findings(planner)
    where = place(found.identity, wish.name, wish.code)
    slug = wish.slug or slug_of(urlsplit(found.site).hostname or "") or slug_of(found.identity.domain)
    slug = slug or (f"d{where.code}" if where.code else "")
    missing = [] if visiting.closed(found) else [*_unsure(found), *where.missing]
    warnings = [*where.warnings, *_warnings(found)]
    outcome = Outcome(found, where, slug, basis, tuple(missing), tuple(warnings))
    if missing or visiting.closed(found) or wish.dry:
        return outcome
    _free(wish, slug)
    now = datetime.now(UTC) + timedelta(hours=8)
    notes = (*where.seen, *(f"INFERRED, look at it: {text}" for text in warnings))
    pace = delay if delay > DELAY else 0.0 if visiting.pace(found.site) == 0 else None
    text = toml.write(found, toml.Head(where.name, where.code, wish.url, now.date(), basis, notes, pace))
    target = wish.folder / f"{slug}.toml"
    kept = wish.fixtures or wish.folder / "fixtures" / slug
    layout = Layout(found.family.value, {"rows": found.rows} if found.rows else {})
    keep(text, target, kept, planner.answers, layout)
    return Outcome(found, where, slug, basis, (), tuple(warnings), target, kept)


def _unsure(found: Findings) -> list[str]:
    if found.columns:
        return []
    seen = len(found.unsure) + len(found.left)
    return [
        f"no column was read well enough ({seen} candidates, see above): give the address of a page that links the "
        "columns (政务公开, 新闻中心), or write the file by hand (docs/districts.md)"
    ]


def _warnings(found: Findings) -> list[str]:
    texts = []
    if not found.family.value or found.family.confidence < 0.7:
        texts.append(f"family: {'; '.join(found.family.reasons)}")
    if 0 < len(found.columns) < 3:
        texts.append(f"only {len(found.columns)} columns were found")
    if lost := [one.name for one in found.left if one.lost]:
        texts.append(f"columns that are linked but could not be read, and are not in the file: {', '.join(lost)}")
    if found.hosts:
        texts.append(f"pages of other hosts are taken as the site's own: {', '.join(found.hosts)}")
    return texts


def _free(wish: Wish, slug: str) -> None:
    if slug and not _SLUG.fullmatch(slug):
        raise click.UsageError(f"--slug {slug!r}: small letters, digits and _ only, a letter first")
    file = wish.folder / f"{slug}.toml"
    if slug and file.exists() and not wish.force and not wish.dry:
        raise click.ClickException(f"{file} is there: --force replaces it, --slug names another, --dry-run only looks")
    kept = wish.fixtures or wish.folder / "fixtures" / slug
    ours = (kept / "manifest.tsv").exists() and (wish.force or not wish.fixtures)
    if slug and not wish.dry and kept.exists() and any(kept.iterdir()) and not ours:
        raise click.ClickException(f"{kept} holds something else: name another folder with --fixtures")


def _new(wish: Wish, site: str) -> None:
    """Refuses a site that another file of the folder has: it would be crawled twice."""
    if not any(wish.folder.glob("*.toml")):
        return
    for district in survey(wish.folder)[0]:
        if same_place(district.site, site) and district.slug != wish.slug:
            told = f"{wish.folder / district.slug}.toml has this site already: dibao check {district.slug}"
            if not wish.force and not wish.dry:
                raise click.ClickException(f"{told}; --force adds it all the same")
            show.say(told, "yellow")


def same_place(one: str, other: str) -> bool:
    """One host and port, with or without www."""
    first, second = (urlsplit(url).netloc.lower().removeprefix("www.") for url in (one, other))
    return first == second


def keep(text: str, target: Path, kept: Path, answers: Sequence[Answer], layout: Layout) -> None:
    """Writes file and pages, whole or not at all: beside their places first, then moved there; the file last."""
    target.parent.mkdir(parents=True, exist_ok=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".adding-") as made,
        tempfile.TemporaryDirectory(dir=kept.parent, prefix=".adding-") as held,
    ):
        file, pages, old = Path(made) / target.name, Path(held) / "pages", Path(held) / "old"
        file.write_text(text, encoding="utf-8")
        load_one(file)  # raises CatalogueError: what cannot be loaded is not written
        pages.mkdir()
        for name, body in fixtures.files(answers, layout):
            (pages / name).write_bytes(body)
        try:
            if kept.exists():
                kept.rename(old)
            shutil.move(pages, kept)
            file.replace(target)
        except BaseException:
            if old.exists() and not kept.exists():
                old.rename(kept)
            raise


def tell(wish: Wish, outcome: Outcome) -> int:
    """Shows what was understood; the exit code."""
    found, where = outcome.found, outcome.where
    shut = visiting.closed(found)
    code = visiting.EXIT_CLOSED if shut else visiting.EXIT_UNSURE if outcome.missing else visiting.EXIT_OK
    if wish.json:
        extra = {
            "exit": code,
            "slug": outcome.slug,
            "basis": outcome.basis,
            "place": asdict(where),
            "closed": shut,
        }
        extra |= {"missing": outcome.missing, "warnings": outcome.warnings}
        files = {"file": str(outcome.file or ""), "fixtures": str(outcome.pages or "")}
        print(json.dumps(extra | files | visiting.as_json(found), ensure_ascii=False, indent=1))
        return code
    if shut:
        show.say(shut, "red")
        return code
    named = f"{where.name or '(no name)'}  {where.code or '(no code)'}  sure: {where.confidence:.2f}"
    family = f"family {found.family.value or '(detected on each page)'}  sure: {found.family.confidence:.2f}"
    show.lines([named, f"{family}  {'; '.join(found.family.reasons)}"])
    visiting.table(found.columns, found.unsure)
    for left in found.left:
        if left.state not in ("unsaved", "hub"):
            show.say(f"left out: {left.name} {left.url}: {left.note}")
    for text in outcome.warnings:
        show.say(f"look at it: {text}", "yellow")
    for text in outcome.missing:
        show.say(f"missing: {text}", "red")
    _end(wish, outcome)
    return code


def _end(wish: Wish, outcome: Outcome) -> None:
    if outcome.file:
        show.lines([f"{outcome.file}  ({outcome.basis}; pages in {outcome.pages})"])
        where = "" if wish.folder == DISTRICTS else f" --districts {wish.folder}"
        show.say(f"Next: dibao crawl {outcome.slug} --limit 5{where}, later dibao check {outcome.slug}{where}")
    elif outcome.missing:
        show.say("nothing was written", "red")
    elif wish.dry:
        show.say(f"--dry-run: nothing was written ({outcome.basis})")
