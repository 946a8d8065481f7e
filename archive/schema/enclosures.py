"""Step 008: what articles lead to (following parts, attached files), the files' text, and the index that knows it.
Released with its step, so never edited; a later step changes it.

The full-text index is made anew with a column ``files``. Its entries are deleted by the tokens they were made of, so
whatever changes ``attached_text`` or an article goes through the triggers here.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

# One row for each address: its place in the queue, and what was stored of it last. article_key: the first article
# that leads to it (all of them: enclosed).
_ENCLOSURES: Final = """
    CREATE TABLE enclosures (
        url TEXT PRIMARY KEY, requested_url TEXT NOT NULL, article_key TEXT NOT NULL,
        role TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0,
        district TEXT NOT NULL, "column" TEXT NOT NULL, name TEXT NOT NULL DEFAULT '',
        state TEXT NOT NULL DEFAULT 'waiting', reason TEXT NOT NULL DEFAULT '',
        tries INTEGER NOT NULL DEFAULT 0, next_try_at TEXT,
        etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '',
        first_seen_at TEXT NOT NULL, fetched_at TEXT
    ) WITHOUT ROWID"""

# Which article leads where, in its order.
_ENCLOSED: Final = """
    CREATE TABLE enclosed (
        article_key TEXT NOT NULL, role TEXT NOT NULL, url TEXT NOT NULL, position INTEGER NOT NULL,
        name TEXT NOT NULL DEFAULT '', PRIMARY KEY (article_key, role, url)
    ) WITHOUT ROWID"""

# Every stored response that is a part or a file, whether or not an article leads to it yet.
_CAPTURES: Final = """
    CREATE TABLE enclosure_captures (
        snapshot_id INTEGER PRIMARY KEY, url TEXT NOT NULL, role TEXT NOT NULL, captured_at TEXT NOT NULL,
        sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, file_name TEXT NOT NULL DEFAULT '',
        etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT ''
    )"""

# One row for each content: the text is kept once, however many articles link the file. state "waiting": to be read.
_FILES: Final = """
    CREATE TABLE files (
        sha256 TEXT PRIMARY KEY, snapshot_id INTEGER NOT NULL, bytes INTEGER NOT NULL,
        state TEXT NOT NULL DEFAULT 'waiting', reason TEXT NOT NULL DEFAULT '',
        kind TEXT NOT NULL DEFAULT '', media_type TEXT NOT NULL DEFAULT '', pages INTEGER NOT NULL DEFAULT 0,
        title TEXT NOT NULL DEFAULT '', flags TEXT NOT NULL DEFAULT '[]', rules_version TEXT NOT NULL DEFAULT '',
        text TEXT NOT NULL DEFAULT ''
    )"""

# The text of all files of an article, as the index knows it.
_ATTACHED_TEXT: Final = "CREATE TABLE attached_text (article_key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID"

_ATTACHMENTS: Final = """
    CREATE VIEW attachments AS
    SELECT d.article_key, d.position, coalesce(nullif(d.name, ''), e.name) AS name, d.url, e.requested_url,
           CASE WHEN e.sha256 = '' THEN e.state ELSE coalesce(f.state, 'waiting') END AS state,
           CASE WHEN e.sha256 = '' THEN e.reason ELSE coalesce(f.reason, '') END AS reason,
           f.kind, f.media_type, f.bytes, f.pages, f.title, f.flags, nullif(e.sha256, '') AS sha256,
           f.snapshot_id, e.fetched_at AS captured_at, length(f.text) AS characters, f.text
    FROM enclosed d JOIN enclosures e ON e.url = d.url LEFT JOIN files f ON f.sha256 = e.sha256
    WHERE d.role = 'attachment'"""

_INTO: Final = "rowid, title, body, numbers, tags, files"
_TEXT: Final = "(SELECT text FROM attached_text WHERE article_key = {0}.key)"
_HAS_FILES: Final = "CASE {0}.attachments WHEN '[]' THEN NULL ELSE 'yes' END"
_TAGS: Final = f'zh_tags({{0}}.district, {{0}}."column", {{0}}.source, {{0}}.issuer, {_HAS_FILES})'
_NUMBERS: Final = "coalesce({0}.document_number, '') || ' ' || coalesce({0}.index_number, '')"
_INDEXED: Final = ("id", "title", "body", "document_number", "index_number", "district", '"column"', "source", "issuer")


def _entry(row: str, files: str = _TEXT) -> str:
    """The values of an article's entry, in the order of _INTO."""
    texts = f"zh_tokens({row}.title), zh_tokens({row}.body), zh_tokens({_NUMBERS.format(row)})"
    return f"{row}.id, {texts}, {_TAGS.format(row)}, zh_tokens({files.format(row)})"


def _delete(row: str) -> str:
    return f"INSERT INTO articles_fts(articles_fts, {_INTO}) VALUES ('delete', {_entry(row)});"


def _insert(row: str) -> str:
    return f"INSERT INTO articles_fts({_INTO}) VALUES ({_entry(row)});"


def _exchange(row: str, before: str, after: str) -> str:
    """An article's entry made anew when its files' text changes; nothing for an article that is not there."""
    source = f"FROM articles a WHERE a.key = {row}.article_key;"
    return (
        f"INSERT INTO articles_fts(articles_fts, {_INTO}) SELECT 'delete', {_entry('a', before)} {source}"
        f" INSERT INTO articles_fts({_INTO}) SELECT {_entry('a', after)} {source}"
    )


def make(db: Database) -> None:
    for statement in (_ENCLOSURES, _ENCLOSED, _CAPTURES, _FILES, _ATTACHED_TEXT, _ATTACHMENTS):
        db.execute(statement)
    db.execute(
        "CREATE INDEX enclosures_due ON enclosures(district, role, next_try_at)"
        " WHERE state IN ('waiting', 'failed', 'blocked')"
    )
    db.execute("CREATE INDEX enclosures_sha256 ON enclosures(sha256) WHERE sha256 != ''")
    db.execute("CREATE INDEX enclosed_url ON enclosed(url)")
    db.execute("CREATE INDEX enclosure_captures_url ON enclosure_captures(url, captured_at)")
    db.execute("CREATE INDEX files_state ON files(state)")
    db.execute("CREATE INDEX files_rules_version ON files(rules_version)")
    _index(db)


def _index(db: Database) -> None:
    for name in ("articles_indexed", "articles_unindexed", "articles_reindexed"):
        db.execute(f"DROP TRIGGER {name}")
    db.execute("DROP TABLE articles_fts")
    db.execute("DROP VIEW articles_text")
    db.execute(
        "CREATE VIEW articles_text AS SELECT a.id, zh_tokens(a.title) AS title, zh_tokens(a.body) AS body,"
        f" zh_tokens({_NUMBERS.format('a')}) AS numbers, {_TAGS.format('a')} AS tags,"
        f" zh_tokens({_TEXT.format('a')}) AS files FROM articles a"
    )
    db.execute("""
        CREATE VIRTUAL TABLE articles_fts USING fts5(
            title, body, numbers, tags, files, content='articles_text', content_rowid='id', tokenize='ascii'
        )""")
    changed = " OR ".join(f"new.{name} IS NOT old.{name}" for name in _INDEXED)
    indexed = ", ".join((*_INDEXED, "attachments"))
    changed += " OR (new.attachments = '[]') IS NOT (old.attachments = '[]')"  # which files is no matter of the index
    db.execute(f"CREATE TRIGGER articles_indexed AFTER INSERT ON articles BEGIN {_insert('new')} END")
    db.execute(f"CREATE TRIGGER articles_unindexed AFTER DELETE ON articles BEGIN {_delete('old')} END")
    db.execute(
        f"CREATE TRIGGER articles_reindexed AFTER UPDATE OF {indexed} ON articles WHEN {changed}"
        f" BEGIN {_delete('old')} {_insert('new')} END"
    )
    for event, row, before, after in (
        ("INSERT", "new", "''", "new.text"),
        ("DELETE", "old", "old.text", "''"),
        ("UPDATE OF text", "new", "old.text", "new.text"),
    ):
        name = f"attached_text_{event.split()[0].lower()}"
        db.execute(f"CREATE TRIGGER {name} AFTER {event} ON attached_text BEGIN {_exchange(row, before, after)} END")
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")
