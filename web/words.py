"""The words of the pages in the reader's language, and how times and addresses are shown."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

WEB = Path(__file__).parent
LANGUAGES = ("zh", "en")
BEIJING = ZoneInfo("Asia/Shanghai")


@cache
def _strings() -> dict[str, SimpleNamespace]:
    tables = tomllib.loads((WEB / "data" / "strings.toml").read_text("utf-8"))
    return {language: SimpleNamespace(**tables[language]) for language in LANGUAGES}


def words(language: str) -> SimpleNamespace:
    """The strings of web/data/strings.toml in a language; Chinese for any that is not there."""
    return _strings().get(language, _strings()["zh"])


def language(asked: str | None, cookies: Mapping[str, str]) -> str:
    """The page's language: ?lang=, else the cookie, else Chinese."""
    return next((code for code in (asked, cookies.get("lang")) if code in LANGUAGES), "zh") or "zh"


def beijing(moment: str) -> str:
    """An ISO time in UTC as ``2026-01-31 08:15`` in Beijing; as it stands when it is none."""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return time.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if time.tzinfo else moment


def weblink(url: str) -> str:
    """The address if it is http(s) and may be linked to; "" otherwise (javascript:, data:, a broken one)."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def memento(url: str, moment: str) -> str:
    """Where the Wayback Machine would have a page as it was at a time (ISO 8601); "" for what is no web address. Only
    ever a link: nothing is fetched from there."""
    try:
        stamp = datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y%m%d%H%M%S")
    except ValueError:
        return ""
    return f"https://web.archive.org/web/{stamp}/{weblink(url)}" if weblink(url) else ""
