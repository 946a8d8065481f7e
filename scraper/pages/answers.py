"""The answers of list interfaces (JSON, JSONP) and the addresses that ask for them, in a URL or in a posted form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from w3lib.url import add_or_replace_parameter

from scraper.items import PageError, Snapshot
from scraper.urls import as_request, form_of, posted

_JSONP = re.compile(r"^\s*[\w.$]{1,80}\s*\((.*)\)\s*;?\s*$", re.S)
_OPENS = ("{", "[")
_DEEP = 6  # levels of objects that are searched for a total; the deepest seen has three


def is_answer(text: str) -> bool:
    """Does the text look like JSON or Hanweb's XML rather than like a page? A look at its beginning only."""
    start = text[:200].lstrip("\ufeff \r\n\t")
    return start.startswith(_OPENS) or start.startswith(("<datastore", "<?xml")) or "<datastore>" in start


def loaded(text: str) -> Any:
    """The value of a JSON or JSONP answer; None for anything else."""
    bare = text.lstrip("\ufeff \r\n\t")
    if not bare.startswith(_OPENS):
        match = _JSONP.match(bare) if bare[:1].isalpha() and bare.rstrip()[-2:].rstrip(";").endswith(")") else None
        bare = match[1].lstrip() if match else ""
    if not bare.startswith(_OPENS):
        return None
    try:
        return json.loads(bare)
    except (ValueError, RecursionError):
        return None


def answered(snapshot: Snapshot) -> Any:
    """The value of an interface's answer. PageError where it is none: what follows is unknown, not the list's end."""
    value = loaded(snapshot.text)
    if value is None:
        raise PageError(
            snapshot.url, f"the interface answers no JSON ({len(snapshot.body)} bytes): cut off or an error"
        )
    return value


def asked(snapshot: Snapshot) -> str:
    """The address that was asked for, with the form that was posted; the page's own where that is not known."""
    return snapshot.requested_url if form_of(snapshot.requested_url) else snapshot.url


def parameters(address: str) -> dict[str, str]:
    """The parameters of an address, those of its posted form last."""
    url = as_request(address)[0]
    return dict(parse_qsl(url.partition("#")[0].partition("?")[2], keep_blank_values=True)) | form_of(address)


def turned(address: str, changes: Mapping[str, str]) -> str:
    """The same address with other values of some parameters, each where it stands: in the form or in the URL."""
    url, form = as_request(address)[0], form_of(address)
    for name, value in changes.items():
        if name in form:
            form[name] = value
        else:
            url = add_or_replace_parameter(url, name, value)
    return posted(url, form) if as_request(address)[1] is not None else url


def number(value: Any, *names: str) -> int | None:
    """The whole number under the first of these names (in lower case), the outermost object first; None if there is
    none. Numbers in quotes count."""
    wanted = dict.fromkeys(names)
    found: dict[str, int] = {}
    for level in _objects(value, _DEEP):
        for name, inner in level.items():
            if name.lower() in wanted and (whole := _whole(inner)) is not None:
                found.setdefault(name.lower(), whole)
    return next((found[name] for name in names if name in found), None)


def more(page: int, held: int, total: int, size: int = 0) -> bool:
    """Are there pages after this one? held: its rows; size: what a full page should hold, 0 where nobody says.

    Some servers give fewer than they are asked for, so only a short page that fits the total exactly is the last.
    """
    if not held or page * held >= total:
        return False
    return not (held < size and (page - 1) * size + held == total)


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """The objects of a value, level by level; those in lists are rows, not answers."""
    level = [value] if isinstance(value, dict) else []
    while level and depth:
        yield from level
        level = [inner for one in level for inner in one.values() if isinstance(inner, dict)]
        depth -= 1


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().isdigit() and len(value) < 10:
        return int(value)
    return value if isinstance(value, int) else None
