"""Which addresses belong to the site that is looked at, and which links of its pages may lead to columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from scraper.recon.look import Anchor, Look
from scraper.recon.trail import FILES, Trail
from scraper.recon.vocabulary import cleaned, kind_of, sense
from scraper.urls import canonical, host


@dataclass(frozen=True, slots=True)
class Site:
    """origin: scheme://host[:port] that answered; hosts: others that were allowed from the start (a TOML's)."""

    origin: str
    hosts: tuple[str, ...] = ()

    def is_own(self, url: str) -> bool:
        """On the site's host, on one below it (zwgk.wj.gov.cn of www.wj.gov.cn), or on an allowed one; on its port."""
        try:
            parts, home = urlsplit(url), urlsplit(self.origin)
            good_port = parts.port in (None, 80, 443, home.port) if home.port is None else parts.port == home.port
        except ValueError:
            return False
        name, own = host(url), host(self.origin)
        below = name.endswith("." + own.removeprefix("www."))
        return good_port and parts.scheme in ("http", "https") and (name == own or below or name in self.hosts)

    def is_home(self, url: str) -> bool:
        return canonical(url) == canonical(self.origin + "/")


def trails(site: Site, page: Look, found: str, depth: int) -> Iterator[Trail]:
    """The links of a page that may lead to columns or hubs, as candidates. found: what the page is called."""
    for anchor in page.anchors:
        own = site.is_own(anchor.url) and not site.is_home(anchor.url) and not _is_file(anchor.url)
        if own and (trail := _trail(anchor, found, depth)):
            yield trail


def _trail(anchor: Anchor, found: str, depth: int) -> Trail | None:
    meaning, kind = sense(anchor.name), kind_of(anchor.name)
    if meaning == "hub" or (meaning == "column" and anchor.part):
        return Trail(cleaned(anchor.name), anchor.url, found, kind, depth, hub=True, more=anchor.more)
    if meaning == "column":
        return Trail(cleaned(anchor.name), anchor.url, found, kind, depth, more=anchor.more)
    return None


def _is_file(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(FILES)
