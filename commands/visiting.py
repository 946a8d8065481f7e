"""A survey as `dibao add` and `dibao check` run it, from the network or saved pages, and its table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from rich.table import Table

from commands import show
from commands.parse import saved_page
from scraper.catalogue import DELAY, is_loopback
from scraper.items import Snapshot
from scraper.recon.findings import Findings
from scraper.recon.judge import Found
from scraper.recon.planner import Planner
from scraper.recon.saved import survey
from scraper.urls import as_request, same_site

EXIT_OK, EXIT_UNSURE, EXIT_CLOSED, EXIT_STOPPED = 0, 3, 4, 130

CLOSED = {
    "jsl": "its firewall (加速乐) answers programs with a challenge, which is not solved",
    "ruishu": "its firewall (瑞数) answers programs with a challenge, which is not solved",
    "challenge": "its firewall answers programs with a challenge, which is not solved",
    "waf": "its firewall refuses programs",
    "refused": "it refuses to be read",
    "not_found": "it says that the page is not there",
    "login": "it wants a login",
    "suspended": "it says that it is closed",
    "redirect": "it sends its visitors elsewhere: give that address, if it is the site's",
    "js_shell": "its pages are made by scripts alone: rendering them is an option (docs/districts.md, render)",
    "empty": "it answers with an empty page",
    "robots": "its robots.txt does not allow it, or could not be had",
    "unreachable": "it could not be reached",
}


def pace(site: str) -> float:
    """Seconds of rest after each answer; none for this machine."""
    return 0.0 if is_loopback(urlsplit(site).hostname or "") else DELAY


def look_at(planner: Planner, archive: Path, *, quiet: bool = False) -> tuple[bool, int, float]:
    """Asks the site until nothing is left to ask: (stopped by hand, requests, Crawl-delay).

    archive: nothing is written to it; whoever crawls for it meanwhile shares the site's pace with this visit.
    """
    from scraper.spiders.survey import visit

    rest = pace(planner.start)
    if not quiet:
        least = planner.most * max(rest, 0.3) / 60
        show.say(
            f"{urlsplit(planner.start).netloc}: at most {planner.most} pages, {rest:g} s of rest between them, "
            f"up to {2 * least + 1:.0f} minutes. Ctrl-C stops; nothing is written before the end."
        )
    with show.counting("pages") as told:
        settings = {"DOWNLOAD_DELAY": rest, "DIBAO_ARCHIVE": str(archive)}
        ended = visit(planner, settings, lambda done, total, what: told(done, total))
    if ended.broken:
        raise click.ClickException(f"{ended.broken}; nothing was written")
    return ended.stopped, ended.requests, ended.crawl_delay


def look_at_saved(planner: Planner, folder: Path) -> int:
    """The same from saved pages; the number of those that were of use."""
    survey(planner, (page for page in saved(folder) if same_site(page.url, planner.start)))
    return len(planner.answers)


def saved(folder: Path) -> Iterator[Snapshot]:
    """The pages of a folder with a manifest.tsv (columns id, url; site, status, content_type where known)."""
    manifest = folder / "manifest.tsv"
    manifest = manifest if manifest.exists() else folder.parent / "manifest.tsv"
    if not manifest.exists():
        raise click.ClickException(f"{folder}: needs a manifest.tsv with the columns id and url")
    with manifest.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            file = folder / f"{row.get('id')}.html"
            if file.exists():
                yield _page(file, row)


def _page(file: Path, row: Mapping[str, str]) -> Snapshot:
    url = row.get("url") or ""
    page = saved_page(file, as_request(url)[0], row.get("site") or "")
    kind = row.get("content_type")
    status = row.get("status") or ""
    return replace(
        page,
        requested_url=url or page.url,
        status=int(status) if status.isdigit() else 200,
        headers=(("Content-Type", kind),) if kind else (),
    )


def closed(found: Findings) -> str:
    """Why the site cannot be read, in plain words; "" when it can."""
    kind, where = found.verdict
    if kind:
        return f"{found.site}: {CLOSED.get(kind, kind)} ({kind}). {where}"
    shells = sum(one.state == "shell" for one in found.left)
    blocked = sum(one.state == "blocked" for one in found.left)
    if not found.columns and not found.unsure and shells >= 2:
        return f"{found.site}: the lists of {shells} columns are made by scripts: {CLOSED['js_shell']} (js_shell)"
    if not found.columns and blocked >= 2:
        return f"{found.site}: {blocked} columns were refused: {CLOSED['refused']} (refused)"
    return ""


def table(columns: Sequence[Found], unsure: Sequence[Found] = ()) -> None:
    """What was understood, one line a column; what is doubtful below."""
    shown = Table(
        "column", "sure", "rows", "dated", "newest", "paging", "articles", "sample", box=None, header_style="bold"
    )
    for one in (*columns, *unsure):
        good = sum(article.good for article in one.articles)
        cells = (one.name, f"{one.confidence:.2f}", str(one.rows), str(one.dated), str(one.newest or "-"), one.paging)
        style = None if one in columns else "yellow"
        shown.add_row(*cells, f"{good}/{len(one.articles)}", one.sample[:32], style=style)
    show.out.print(shown)
    for one in (*columns, *unsure):
        taken = "" if one in columns else f" not taken ({one.url}):"
        for warning in one.warnings:
            show.out.print(f"{one.name}:{taken} {warning}", markup=False, soft_wrap=True, style="yellow")


def as_json(found: Findings) -> dict[str, Any]:
    """Findings for programs."""
    return {
        "site": found.site,
        "verdict": found.verdict[0],
        "why": found.verdict[1],
        "family": asdict(found.family),
        "columns": [_plain(one) for one in found.columns],
        "unsure": [_plain(one) for one in found.unsure],
        "left": [asdict(one) for one in found.left],
        "allowed_hosts": list(found.hosts),
        "site_code": found.site_code,
        "rows": found.rows,
        "per_week": found.per_week,
        "filled": found.filled,
        "pages": found.pages,
    }


def _plain(one: Found) -> dict[str, Any]:
    articles = [asdict(article) | {"published_on": str(article.published_on or "")} for article in one.articles]
    return asdict(one) | {"newest": str(one.newest or ""), "articles": articles}
