"""Does a page link articles or columns of one CMS's shape on its own site? Others link such pages elsewhere.

Home pages and lists often hold no other mark of the CMS that made them.
"""

from __future__ import annotations

import re

from scraper.items import Snapshot
from scraper.urls import host

FEWEST = 2  # different addresses: one alone may be a stray
_HEAD = 6000  # an article that says so here is known by its own address and marks, not by what it links
_LONGEST = 300  # what may stand before the path: scheme, host and folders


def links_own(snapshot: Snapshot, hints: str | tuple[str, ...], path: re.Pattern[str], fewest: int = FEWEST) -> bool:
    """hints: strings without any of which the page is not looked through; path: the part of an address that tells."""
    text = snapshot.text
    if "ArticleTitle" in text[:_HEAD]:
        return False
    if not any(hint in text for hint in ((hints,) if isinstance(hints, str) else hints)):
        return False
    own, found = host(snapshot.url), set()
    for match in path.finditer(text):
        before = text[max(0, match.start() - _LONGEST) : match.start()]
        start = before[max(before.rfind('"'), before.rfind("'"), before.rfind("=")) + 1 :]
        if "//" not in start or host(start if ":" in start else f"https:{start}") == own:
            found.add(start + match[0])
            if len(found) >= fewest:
                return True
    return False
