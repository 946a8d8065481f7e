"""What a list page's answer is: rows, a shell without rows, a block, or an error in plain words."""

from __future__ import annotations

from scraper.blocked import WALLS, blocked
from scraper.catalogue import Column, Layout
from scraper.items import Blocked, ListPage, PageError, Snapshot
from scraper.parse import SHELLS, parse_list
from scraper.spiders.trouble import GONE, REFUSING

WALL_BYTES = 20_000  # such pages are small; larger ones are not looked into while crawling


def read_list(snapshot: Snapshot, layout: Layout, *, first: bool = True) -> ListPage:
    """The rows of a list page. Raises PageError where it is none; a page behind the first that holds nothing at all is
    a fault of the server, not the end of the list."""
    kind = blocked(snapshot)
    if kind in SHELLS and not first:
        raise PageError(snapshot.url, f"nothing is there ({kind}, {len(snapshot.body)} bytes)")
    if kind in SHELLS:
        try:
            return parse_list(snapshot, layout)
        except Blocked:
            return ListPage(())
    if kind:
        raise Blocked(snapshot.url, f"{kind}, HTTP {snapshot.status}")
    if snapshot.status != 200:
        to = f", a redirect to {snapshot.header('location')}" if snapshot.header("location") else ""
        raise PageError(snapshot.url, f"the site answers HTTP {snapshot.status}{to}")
    return parse_list(snapshot, layout)


def failing(snapshot: Snapshot, error: PageError) -> str:
    """The outcome of a column whose list page is none: "blocked" where the site refuses, else "failed"."""
    refused = snapshot.status in REFUSING or (isinstance(error, Blocked) and snapshot.status not in GONE)
    return "blocked" if refused else "failed"


def is_wall(snapshot: Snapshot) -> bool:
    """Is the answer a firewall's or a login's page in place of what was asked for, whatever its status?"""
    return snapshot.role == "article" and len(snapshot.body) < WALL_BYTES and blocked(snapshot) in WALLS


def shell_note(column: Column, snapshot: Snapshot, slug: str) -> str:
    """What to do about a column whose first list page shows no rows; begins with "js_shell" where scripts make it."""
    scripted = blocked(snapshot) == "js_shell"
    # Where it is set already, the page was rendered and shows no rows all the same.
    render = ", or set render = true there" if scripted and not column.render else ""
    what = f"{'js_shell' if scripted else 'shell'}: {column.url} holds no rows ({len(snapshot.body)} bytes)"
    return (
        f"{what}. Next: open it in a browser; if rows appear there, a script fetches them: put the address it asks for "
        f"into this column's url in {slug}.toml{render}, or name the rows under [selectors] rows"
    )
