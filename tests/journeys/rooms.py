"""Every page of the site, by name -> its address."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from tests.journeys.county import WORD, Library

PAGES: dict[str, Callable[[Library], str]] = {
    "newest": lambda library: "/",
    "search": lambda library: f"/?q={quote(WORD)}",
    "filtered": lambda library: f"/?q={quote(WORD)}&district=yunlan&since=2026-01-01&order=relevance",
    "nothing found": lambda library: f"/?q={quote('甪里龘')}",
    "bad dates": lambda library: "/?since=2026-13-45&until=never",
    "edited article": lambda library: f"/a/{library.edited}",
    "removed article": lambda library: f"/a/{library.removed}?q={quote(WORD)}",
    "copied article": lambda library: f"/a/{library.copied}",
    "difference": lambda library: f"/a/{library.edited}/diff",
    "difference, side by side": lambda library: f"/a/{library.edited}/diff?view=side",
    "version": lambda library: f"/a/{library.edited}/v/1",
    "districts": lambda library: "/districts",
    "district": lambda library: "/district/yunlan",
    "people": lambda library: "/people",
    "person": lambda library: f"/person/yunlan/{quote(library.name)}",
    "documents": lambda library: "/document",
    "document": lambda library: f"/document/{quote(library.document, '')}",
    "changes": lambda library: "/changes",
    "coverage": lambda library: "/coverage",
    "district's coverage": lambda library: "/coverage/yunlan",
    "about": lambda library: "/about",
    "dictionary": lambda library: "/dictionary",
    "alerts": lambda library: f"/alerts?token={library.token}",
    "unsubscribe": lambda library: f"/unsubscribe/{library.unsubscribe}",
    "tables": lambda library: "/archive",
    "table": lambda library: "/archive/articles",
    "table, filtered": lambda library: f"/archive/articles?_search={quote(WORD)}&_facet=column",
    "row": lambda library: "/archive/runs/1",
    "own query": lambda library: "/archive?sql=select+key,+title+from+articles+limit+5",
    "taken down": lambda library: f"/a/{library.down or 'f' * 16}",
    "missing": lambda library: "/a/0000000000000000",
}
FEEDS: dict[str, Callable[[Library], str]] = {
    "search": lambda library: f"/feed.atom?q={quote(WORD)}",
    "changes": lambda library: "/feed/changes.atom",
    "person": lambda library: f"/feed/person.atom?name={quote(library.name)}&district=yunlan",
    "document": lambda library: f"/feed/document.atom?number={quote(library.document, '')}",
}
