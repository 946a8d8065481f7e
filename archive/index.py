"""What a connection must be taught before it may write or search the archive: the SQL functions of the index.

The index (migration 003) is made by triggers that call these. A writer without them is refused by SQLite
("no such function: zh_tokens") instead of leaving the index behind.
"""

from __future__ import annotations

import hashlib
import sqlite3

from pipelines.text import EVERY, zh_has, zh_tokens

FACETS = ("district", "column", "source", "issuer")
# All that the index knows of a row of articles.
TEXTS = "title, body, document_number, index_number, (SELECT text FROM attached_text WHERE article_key = articles.key)"
TAGS = (*FACETS, "files")  # files: "yes" for an article that has attachments


def register(conn: sqlite3.Connection) -> None:
    """Adds zh_tokens(text), zh_tags(district, column, source, issuer, files) and zh_has(term, text…) to a
    connection."""
    conn.create_function("zh_tokens", 1, _tokens, deterministic=True)
    conn.create_function("zh_tags", -1, zh_tags, deterministic=True)
    conn.create_function("zh_has", -1, _has, deterministic=True)


def tag(facet: str, value: str) -> str:
    """The index's token for one value of a facet. It starts with a symbol, so that no typed word can be it."""
    return f"{EVERY}{facet}{hashlib.blake2b(value.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"


def zh_tags(*values: str | None) -> str:
    """The tags of a row, in the order of TAGS: a filter is then one more word of the search, as quick as the rest.
    Step 003 gave no files."""
    return " ".join([EVERY, *(tag(facet, value) for facet, value in zip(TAGS, values, strict=False) if value)])


def _tokens(text: str | None) -> str:
    return zh_tokens(text or "")


def _has(term: str, *texts: str | None) -> bool:
    return any(zh_has(text, term) for text in texts if text)
