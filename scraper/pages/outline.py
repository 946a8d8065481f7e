"""The page as text with its structure kept: what stands before, in and after the body.

Fields are read from this string, because walking the tree costs more than the whole rest of a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from selectolax.lexbor import LexborNode

from scraper.pages.family import Tree

# A mark that no page holds: HTML forbids the character.
MARK = "\x02"
# Characters of HTML around the body and in it that are read.
HEAD, BODY, TAIL = 20_000, 3000, 3000
ROW, CELL, BREAK = "\r", "\t", "\n"

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"<(/?[a-z][a-z0-9]*)[^>]*>")
_REST = re.compile(r"<[^>]*>")
_BLOCKS = re.findall(
    r"\w+",
    "p div li ul ol h1 h2 h3 h4 h5 h6 section article header footer nav main aside form fieldset center pre td th dt dd"
    " body blockquote tbody ucapcontent ucaptitle",
)
_MEANING = (
    dict.fromkeys(["br", "hr", *_BLOCKS, *(f"/{name}" for name in _BLOCKS)], BREAK)
    | dict.fromkeys(["tr", "/tr", "table", "/table", "dl", "/dl"], ROW)
    | dict.fromkeys(["/td", "/th", "/dt", "/dd"], CELL)
)


@dataclass(frozen=True, slots=True)
class Outline:
    """head, body and tail in reading order. Rows end in "\\r", cells in "\\t", blocks and line breaks in "\\n"."""

    head: str
    body: str
    tail: str


def outline(tree: Tree, body: LexborNode | None, markup: str = "") -> Outline:
    """The page around its body, of which only the beginning is read (markup: its fragment). The body is taken out of
    the tree. Without a body all text is head."""
    if tree.body is None:
        return Outline("", "", "")
    if body is None:
        return Outline(flat(tree.body.html or ""), "", "")
    body.insert_before(MARK)
    body.decompose()
    head, _, tail = (tree.body.html or "").partition(MARK)
    # A slice may begin or end within a tag: the rest of that tag is no text.
    before = re.sub(r"^[^<>]*>", "", head[-HEAD:]) if len(head) > HEAD else head
    return Outline(flat(before), flat(_open_end(markup[:BODY].replace("\u2028", "<br>"))), flat(_open_end(tail[:TAIL])))


def _open_end(markup: str) -> str:
    return re.sub(r"<[^<>]*$", "", markup)


def split(page: Outline, first: str) -> Outline:
    """A page without a marked body, parted where the line begins that is known to be the body's first."""
    match = re.search(r"\s*".join(map(re.escape, re.sub(r"\s", "", first)[:20])), page.head) if first.strip() else None
    return Outline(page.head[: match.start()], page.head[match.start() :], "") if match else page


def flat(markup: str) -> str:
    """Serialised HTML (attribute values quoted) to text; inline tags leave no trace, so that nothing is lost or
    added between Word's spans."""
    parts = _TAG.split(_one_space(_COMMENT.sub("", markup) if "<!--" in markup else markup))
    parts[1::2] = [_MEANING.get(name, "") for name in parts[1::2]]
    return unescape(_REST.sub("", "".join(parts)))


def _one_space(text: str) -> str:
    """White space of the source as single spaces; an expression would take ten times as long."""
    text = text.replace("\n", " ").replace("\t", " ").replace("\r", " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text


def lines(text: str) -> list[str]:
    """The lines that hold something."""
    return [line for raw in re.split(r"[\r\n\t]+", text) if (line := raw.strip(" \xa0\u3000"))]
