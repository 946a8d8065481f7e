"""Pages that no family knows: trafilatura says which text is the body, the element that holds it is cut."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode
from trafilatura import bare_extraction

from scraper.pages.body import squeeze
from scraper.pages.family import Tree

_TABLE = re.compile(r"^[|\-•*#\s]+")
_KEY = 12


def extract(tree: Tree, text: str) -> tuple[LexborNode | None, list[str]]:
    """The element that holds the body, and the body's lines; (None, []) where there is none.

    The element is None where no element holds that text and little else: then the lines are the body.
    """
    document = bare_extraction(text, fast=True, favor_precision=True, include_comments=False, with_metadata=False)
    body = str(getattr(document, "text", "") or "")
    lines = [line for line in body.split("\n") if line.strip()]
    keys = [key for line in lines if len(key := squeeze(_TABLE.sub("", line).replace("|", ""))) >= 4]
    if not keys:
        return None, []
    node = _holder(tree, keys[0][:_KEY], keys[-1][-_KEY:])
    if node is None or node.tag in ("body", "html") or len(squeeze(node.text())) > 1.3 * len(squeeze(body)) + 40:
        return None, lines
    return node, lines


def _holder(tree: Tree, first: str, last: str) -> LexborNode | None:
    """The innermost element whose text holds both ends."""
    node = tree.body
    if node is None or not _holds(node, first, last):
        return None
    while True:
        inner = next((child for child in node.iter() if _holds(child, first, last)), None)
        if inner is None or inner.tag == "p":
            return node
        node = inner


def _holds(node: LexborNode, first: str, last: str) -> bool:
    text = squeeze(node.text())
    return first in text and last in text
