"""A district's file from what was found: valid under scraper.catalogue, with dated comments of what was SEEN and what
INFERRED."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from scraper.recon.findings import Findings
from scraper.recon.judge import Found

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_WIDTH = 110
DELAY = 3.0  # scraper.catalogue's own: written only where robots.txt asks for more


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the columns. basis: what was read ("21 requests"); notes: where name and code come from;
    delay: None for the usual one."""

    name: str
    code: str
    address: str
    on: date
    basis: str
    notes: tuple[str, ...] = ()
    delay: float | None = None


def write(found: Findings, head: Head) -> str:
    """The text of the file."""
    return "\n".join([*_top(found, head), *_columns(found), *_selectors(found), *_expect(found)]) + "\n"


def quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(_CONTROL.sub(" ", text), ensure_ascii=False)


def comment(text: str) -> str:
    """Lines of at most about 110 characters; a long one goes on with two spaces more."""
    lines = [""]
    for part in _CONTROL.sub(" ", text).split("; "):
        joined = f"{lines[-1]}; {part}" if lines[-1] else part
        lines = (
            [*lines[:-1], joined] if len(joined) <= _WIDTH or not lines[-1] else [*lines[:-1], f"{lines[-1]};", part]
        )
    return "\n#   ".join([f"# {lines[0]}", *lines[1:]])


def _top(found: Findings, head: Head) -> Iterator[str]:
    yield comment(f"{head.name}: written by `dibao add {head.address}`, {head.on:%Y-%m-%d}, {head.basis}.")
    yield comment(f"SEEN = on the site's pages on that day; INFERRED = a reading of them. {_kept(found)}")
    for note in head.notes:
        yield comment(note)
    mark = "SEEN" if found.family.confidence >= 0.8 else "INFERRED"
    yield comment(f"{mark}: family: {'; '.join(found.family.reasons)}")
    yield f"name = {quoted(head.name)}"
    yield f"code = {quoted(head.code)}"
    yield f"site = {quoted(found.site)}"
    if found.family.value:
        yield f"family = {quoted(found.family.value)}"
    if found.site_code:
        yield comment("SEEN: in the addresses of articles.")
        yield f"site_code = {quoted(found.site_code)}"
    if head.delay is not None:
        yield comment("SEEN: Crawl-delay in robots.txt." if head.delay > DELAY else "This machine: no pace to keep.")
        yield f"delay = {head.delay:g}"
    if found.hosts:
        yield comment("SEEN: columns or their articles lie there too.")
        yield f"allowed_hosts = [{', '.join(map(quoted, found.hosts))}]"


def _kept(found: Findings) -> str:
    return f"{len(found.columns)} columns were taken, {len(found.unsure)} were not sure."


def _columns(found: Findings) -> Iterator[str]:
    for one in found.columns:
        yield ""
        yield comment(f"{one.confidence:.2f} SEEN: {'; '.join(one.reasons)}")
        for warning in one.warnings:
            yield comment(f"INFERRED, look at it: {warning}")
        yield "[[columns]]"
        yield f"name = {quoted(one.name)}"
        yield f"url = {quoted(path(found.site, one))}"
    for one in found.unsure:
        yield ""
        yield comment(f"{one.confidence:.2f} NOT TAKEN, {one.name} {one.url}: {'; '.join(one.warnings)}")
    others = [one for one in found.left if one.lost or one.spare]
    if others:
        yield ""
    for left in others:
        what = "LINKED TOO" if left.spare else f"NOT READ ({left.state})"
        yield comment(f"{what}, {left.name} {left.url}: {left.note}")


def path(site: str, one: Found) -> str:
    """A column's address as the file writes it: without the site where it lies on it."""
    parts = urlsplit(one.url)
    on_site = f"{parts.scheme}://{parts.netloc}" == site
    rest = one.url[len(site) :] if on_site else ""
    return rest if rest.startswith("/") and not rest.startswith("//") else one.url


def _selectors(found: Findings) -> Iterator[str]:
    if found.rows:
        yield ""
        yield comment("SEEN: what differs between two pages of a list; the readers took a list beside it.")
        yield "[selectors]"
        yield f"rows = {quoted(found.rows)}"


def _expect(found: Findings) -> Iterator[str]:
    if found.per_week is None and not found.filled:
        return
    yield ""
    yield comment("INFERRED: a fifth and five times of what the dates of the lists show; shares of the articles read.")
    yield "[expect]"
    if found.per_week is not None:
        low, high = found.per_week
        yield f"per_week = {{ min = {low}, max = {high} }}"
    if found.filled:
        yield f"filled = {{ {', '.join(f'{name} = {share:g}' for name, share in found.filled.items())} }}"
