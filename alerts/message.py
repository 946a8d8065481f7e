"""What a message says: plain text, what happened grouped by kind, each group in its order. Pure.

Titles are other people's: they stay one line without control characters, and where a service would read a markup or a
mention in them (``chat``), the signs are replaced by their full-width forms.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from archive.alerts.events import KINDS, Entry

LISTED: Final = 50  # entries of a message; the rest are counted
LONGEST: Final = 200  # characters of a title
ORDER: Final = ("new", "substantive", "minor", "removed", "returned", "moved", "archived")
_CHAT: Final = str.maketrans("@<>[]`*_~|#", "＠＜＞［］｀＊＿～｜＃")


@dataclass(frozen=True, slots=True)
class Links:
    """Absolute addresses: of the site, of the search, of the page that ends the alert."""

    site: str
    search: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Message:
    """items: the entries for programs (webhooks), all of them."""

    subject: str
    text: str
    links: Links
    items: tuple[Mapping[str, str], ...] = ()


@cache
def words(language: str) -> dict[str, Any]:
    """The strings of data/messages.toml; Chinese for a language that is not there."""
    tables = tomllib.loads(files("alerts").joinpath("data/messages.toml").read_text("utf-8"))
    found: dict[str, Any] = tables.get(language, tables["zh"])
    return found


def plain(text: str, *, chat: bool = False, longest: int = LONGEST) -> str:
    """Somebody's text as one line: no control, format or bidirectional characters, not over-long."""
    text = text[: longest * 3]
    kept = text if text.isprintable() else "".join(one if one.isprintable() else " " for one in text)
    line = " ".join(kept.split())
    line = line if len(line) <= longest else line[: longest - 1] + "…"
    return line.translate(_CHAT) if chat else line


def compose(
    name: str,
    entries: Sequence[Entry],
    links: Links,
    districts: Mapping[str, str],
    language: str,
    *,
    chat: bool = False,
) -> Message:
    """A message about entries, each with its event. districts: slug -> name."""
    say = words(language)
    lines: list[str] = []
    shown = 0
    for kind in ORDER:
        group = [one for one in entries if one.event and one.event.kind == kind]
        if group and shown < LISTED:
            lines += [f"【{say['kinds'][kind]}】{len(group)}", ""]
            for one in group[: LISTED - shown]:
                lines += [*_entry(one, links.site, districts, say, chat=chat), ""]
            shown += min(len(group), LISTED - shown)
    if len(entries) > shown:
        lines += [say["more"].format(count=len(entries) - shown), ""]
    subject = say["subject"].format(site=say["site"], name=plain(name, chat=chat, longest=80), count=len(entries))
    return Message(subject, "\n".join([*lines, *_foot(links, say)]), links, tuple(_item(one, links) for one in entries))


def trial(name: str, links: Links, language: str) -> Message:
    """A message that only shows that messages arrive."""
    say = words(language)
    subject = say["test_subject"].format(site=say["site"], name=plain(name, longest=80))
    return Message(subject, "\n".join([say["test"], "", *_foot(links, say)]), links)


def _entry(one: Entry, site: str, districts: Mapping[str, str], say: Mapping[str, Any], *, chat: bool) -> list[str]:
    place = " · ".join(
        plain(part, chat=chat) for part in (districts.get(one.district, one.district), one.column) if part
    )
    return [
        plain(one.title, chat=chat),
        f"{one.published_on or say['undated']}  {place}".rstrip(),
        f"{site}/a/{one.key}",
    ]


def _foot(links: Links, say: Mapping[str, Any]) -> list[str]:
    return ["—", f"{say['all']}: {links.search}", f"{say['unsubscribe']}: {links.unsubscribe}"]


def _item(one: Entry, links: Links) -> Mapping[str, str]:
    assert one.event is not None and one.event.kind in KINDS
    return {
        "event": one.event.kind,
        "at": one.event.at,
        "key": one.key,
        "title": one.title,
        "url": one.url,
        "permalink": f"{links.site}/a/{one.key}",
        "district": one.district,
        "column": one.column,
        "published_on": one.published_on,
    }
