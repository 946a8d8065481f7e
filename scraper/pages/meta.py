"""META tags of the government site standard (国办发〔2017〕47号, annex 网页设计规范)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from scraper.pages.family import Tree

_TAG = re.compile(r"<[^>]{1,200}>")
_SPACE = re.compile(r"\s+")
_EMPTY = re.compile(r"[\s—－\-_/\\.。,，;；:：]*|null|undefined|none|无|暂无", re.IGNORECASE)


def metas(tree: Tree) -> Mapping[str, str]:
    """Names in lower case -> content, the first that is not empty. Case, quotes and order of attributes do not
    matter; markup inside a value (seen in ArticleTitle) is dropped."""
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if name and not found.get(name):
            found[name] = text_of(attributes.get("content") or "")
    return found


def text_of(value: str) -> str:
    """A value without tags, entities and doubled spaces; "" where it says that there is none."""
    if "<" in value or "&" in value:
        value = _TAG.sub("", unescape(unescape(value)))
    value = _SPACE.sub(" ", value).strip()
    return "" if _EMPTY.fullmatch(value) else value
