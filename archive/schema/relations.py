"""Step 010: which announcements are the same story. Released with its step, so never edited; a later step changes it.

Triggers keep the list of what is to be compared, in order of ids: whoever writes articles need not know of copies.
"""

from __future__ import annotations

from typing import Final

# One row for each compared article. cluster: the key of the earliest article that it is a copy of, its own for that
# one. id, digest, fingerprints (signed 32 bits, little endian): what was compared, so that it can be taken back.
_CLUSTERS: Final = """
    CREATE TABLE clusters (
        article_key TEXT PRIMARY KEY, id INTEGER NOT NULL, cluster TEXT NOT NULL,
        common REAL NOT NULL DEFAULT 1.0, added INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0,
        document_number TEXT NOT NULL DEFAULT '', digest BLOB NOT NULL, fingerprints BLOB NOT NULL
    ) WITHOUT ROWID"""

# A later article to an earlier one: "variant", "excerpt" or "container". changed: [[earlier, later], …] as JSON.
_RELATIONS: Final = """
    CREATE TABLE relations (
        article_key TEXT NOT NULL, other_key TEXT NOT NULL, kind TEXT NOT NULL, common REAL NOT NULL,
        changed TEXT NOT NULL DEFAULT '[]', PRIMARY KEY (article_key, other_key)
    ) WITHOUT ROWID"""

_SAID = ("id", "title", "body", "document_number")
_QUEUE = "INSERT OR IGNORE INTO to_relate VALUES ({0}.id, {0}.key);"

STATEMENTS: Final = (
    _CLUSTERS,
    _RELATIONS,
    # 2026-11: 32-bit hashes and the article's id; 42 rows for 1,000 characters of text.
    "CREATE TABLE fingerprints (hash INTEGER, id INTEGER, PRIMARY KEY (hash, id)) WITHOUT ROWID",
    "CREATE TABLE to_relate (id INTEGER, article_key TEXT, PRIMARY KEY (id, article_key)) WITHOUT ROWID",
    "CREATE UNIQUE INDEX clusters_id ON clusters(id)",
    "CREATE INDEX clusters_cluster ON clusters(cluster) WHERE cluster != article_key",
    "CREATE INDEX relations_other ON relations(other_key)",
    f"CREATE TRIGGER articles_to_relate AFTER INSERT ON articles BEGIN {_QUEUE.format('new')} END",
    f"CREATE TRIGGER articles_to_relate_again AFTER UPDATE OF {', '.join(_SAID)} ON articles"
    f" WHEN {' OR '.join(f'new.{name} IS NOT old.{name}' for name in _SAID)} BEGIN {_QUEUE.format('new')} END",
    f"CREATE TRIGGER articles_unrelated AFTER DELETE ON articles BEGIN {_QUEUE.format('old')} END",
    # Relations quote both texts.
    "CREATE TRIGGER takedowns_hide_relations AFTER INSERT ON takedowns BEGIN INSERT OR IGNORE INTO to_relate"
    " SELECT c.id, c.article_key FROM relations r JOIN clusters c ON c.article_key = r.article_key"
    " WHERE r.other_key = new.key;"
    " DELETE FROM relations WHERE article_key = new.key OR other_key = new.key; END",
    "INSERT INTO to_relate SELECT id, key FROM articles",
)
