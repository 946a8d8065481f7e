"""Articles in several pages: …t20141218_677550.html goes on in …_1.html, _2.html (TRS, and whatever else names its
pages so), others in ?page=2.

What says so is the pager of the page itself: a script that names the article's own file, createPageHTML(3, 0,
"t20141218_677550", "html"), or links to the same address with another number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urljoin, urlsplit

from w3lib.url import add_or_replace_parameter

from scraper.items import Snapshot
from scraper.pages.family import Tree
from scraper.pages.links import absolute, squeeze
from scraper.pages.pager_scripts import calls
from scraper.pages.words import words

# A part's number; ids have more digits. content_12.html is no part of content.html: what is cut must name an article.
_NUMBERED = re.compile(r"^(?P<root>.*\d{3,}[^/]*)(?P<gap>[_-])(?P<number>\d{1,2})$")
_PARAMETER = re.compile(r"[?&](page)=(\d{1,2})$")
_PAGED = re.compile(r"page=[2-9]")
_LABEL = re.compile(r"^第?\d{1,2}页?$")
_MOST = 60  # parts: more is no article but a list


def following(snapshot: Snapshot, tree: Tree, base: str) -> tuple[str, ...]:
    """Absolute addresses of the pages that go on with the article of this page, in order; () for most articles.

    Cheap where there are none: a page that does not hold its own file's name before _, or a page parameter, has none.
    """
    folder, name, extension = _file(snapshot.url)
    for root, own in _readings(name):
        found = dict(_by_script(snapshot.text, root, extension)) if "createPage" in snapshot.text else {}
        if not found and any(f"{root}{gap}" in snapshot.text for gap in "_-"):
            found = _by_links(tree, base, urljoin(folder, f"{root}.{extension}"))
        if found:
            return _after({number: urljoin(base, address) for number, address in found.items()}, own)
    paged = "page=" in snapshot.text and _PAGED.search(snapshot.text)
    return _after(*_by_parameter(snapshot, tree, base)) if paged else ()


def is_following(snapshot: Snapshot) -> bool:
    """Is this page a following part of an article, by its address (_2 behind the article's id) and by what it links:
    the article's first page?"""
    _, name, extension = _file(snapshot.url)
    match = _NUMBERED.match(name)
    if match is None:
        return False
    text, root = snapshot.text, match["root"]
    if any(call.name == root and call.current > 0 for call in calls(text)):
        return True
    return (
        re.search(rf"href\s*=\s*[\"']?[^\"'>\s]*\b{re.escape(root)}\.{re.escape(extension)}\b", text, re.I) is not None
    )


def _file(url: str) -> tuple[str, str, str]:
    """("https://…/folder/", name, extension) of an address; name "" for what is no file."""
    path = urlsplit(url).path
    name, _, extension = path.rpartition("/")[2].rpartition(".")
    return url.partition("?")[0].rpartition("/")[0] + "/", name, extension


def _readings(name: str) -> Iterator[tuple[str, int]]:
    """(root, number) that a file's name can mean: itself the first page, or a numbered one."""
    if len(name) > 2 and any(letter.isdigit() for letter in name):
        yield name, 0
    if match := _NUMBERED.match(name):
        yield match["root"], int(match["number"])


def _by_script(text: str, root: str, extension: str) -> Iterator[tuple[int, str]]:
    for call in calls(text):
        if call.name.rpartition("/")[2] == root and 1 < call.total <= _MOST:
            first = 2 if call.from_one else 1
            yield from ((first + n, f"{root}_{first + n}.{call.extension or extension}") for n in range(call.total - 1))
            return


def _by_links(tree: Tree, base: str, first: str) -> dict[int, str]:
    """Links to the first page's address with a number behind its name; numbers left out by a pager (1 2 … 9) too."""
    stem, _, extension = first.rpartition(".")
    name, gap = stem.rpartition("/")[2], "_"
    found: dict[int, str] = {}
    hrefs = (node.attributes.get("href") or "" for node in tree.css("a[href]"))
    near = [href.partition("#")[0] for href in hrefs if name in href]
    like = f"{re.escape(stem.partition('://')[2])}([_-])(\\d{{1,2}})\\.{re.escape(extension)}$"
    for url in (absolute(base, href) for href in near):
        if match := re.search(like, url):
            gap, number = match[1], int(match[2])
            found[number] = url
    if not found or max(found) > _MOST:
        return {}
    return {n: found.get(n) or f"{stem}{gap}{n}.{extension}" for n in range(min(found), max(found) + 1)}


def _by_parameter(snapshot: Snapshot, tree: Tree, base: str) -> tuple[dict[int, str], int]:
    """Links of a pager (numbers, 下一页, 尾页) to this address with another page parameter, and this page's number."""
    here, _, own = _without_page(snapshot.url)
    numbers: dict[int, str] = {}
    for node in tree.css('a[href*="page="]'):
        there, parameter, number = _without_page(absolute(base, node.attributes.get("href") or ""))
        if there == here and parameter and number > 1:
            text = squeeze(node.text()).strip(" []【】<>›»")
            if _LABEL.match(text) or text.lower() in words().next or text.lower() in words().last:
                numbers[number] = parameter
    if not numbers or max(numbers) > _MOST:
        return {}, own
    name = next(iter(numbers.values()))
    return {n: add_or_replace_parameter(snapshot.url, name, str(n)) for n in range(2, max(numbers) + 1)}, own


def _without_page(url: str) -> tuple[tuple[str, str, tuple[tuple[str, str], ...]], str, int]:
    """(the address without scheme and page parameter, the parameter's name, its number or 1)."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    page = next((pair for pair in pairs if _PARAMETER.match(f"?{pair[0]}={pair[1]}")), None) if pairs else None
    rest = tuple(sorted(pair for pair in pairs if pair != page))
    return (parts.netloc, parts.path, rest), page[0] if page else "", int(page[1]) if page else 1


def _after(found: dict[int, str], own: int) -> tuple[str, ...]:
    return tuple(found[number] for number in sorted(found) if number > own)
