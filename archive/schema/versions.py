"""Step 011: what was edited. Released with its step, so never edited; a later step changes it."""

from __future__ import annotations

from typing import Final

# One row for each version of an article that was ever edited, append-only. said: title, fields, lines, files as JSON
# (pipelines/versions.py). A history that has to be told anew (an older capture came to light, a better reader) gets a
# new generation; the former stays.
_VERSIONS: Final = """
    CREATE TABLE versions (
        article_key TEXT NOT NULL, generation INTEGER NOT NULL, number INTEGER NOT NULL,
        snapshot_id INTEGER NOT NULL, captured_at TEXT NOT NULL, hash TEXT NOT NULL,
        kind TEXT NOT NULL, flags TEXT NOT NULL DEFAULT '[]', said TEXT NOT NULL,
        PRIMARY KEY (article_key, generation, number)
    ) WITHOUT ROWID"""

# One row for each article that has versions: the generation in force, how many versions it has, how many edits were
# substantive, and when the last of all and the last substantive one was captured.
_HISTORIES: Final = """
    CREATE TABLE histories (
        article_key TEXT PRIMARY KEY, generation INTEGER NOT NULL, versions INTEGER NOT NULL,
        substantive INTEGER NOT NULL, edited_at TEXT, substantive_at TEXT
    ) WITHOUT ROWID"""

_DOWN = "SELECT 1 FROM takedowns WHERE key = old.article_key AND restored_at IS NULL"
# Not OR IGNORE: within an upsert SQLite puts the outer statement's way with conflicts in its place.
_QUEUE = (
    "INSERT INTO to_compare SELECT new.article_key WHERE NOT EXISTS"
    " (SELECT 1 FROM to_compare WHERE article_key = new.article_key);"
)

STATEMENTS: Final = (
    _VERSIONS,
    _HISTORIES,
    "CREATE TABLE to_compare (article_key TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE INDEX histories_edited_at ON histories(edited_at) WHERE edited_at IS NOT NULL",
    "CREATE INDEX histories_substantive_at ON histories(substantive_at) WHERE substantive_at IS NOT NULL",
    "CREATE TRIGGER versions_stand BEFORE UPDATE ON versions"
    " BEGIN SELECT raise(ABORT, 'versions are append-only'); END",
    f"CREATE TRIGGER versions_stay BEFORE DELETE ON versions WHEN NOT EXISTS ({_DOWN})"
    " BEGIN SELECT raise(ABORT, 'versions are append-only'); END",
    # Only where there are two captures to compare: most articles are captured once.
    "CREATE TRIGGER captures_to_compare AFTER INSERT ON captures WHEN new.content IS NOT NULL AND EXISTS (SELECT 1 FROM"
    " captures c WHERE c.article_key = new.article_key AND c.content IS NOT NULL AND c.content != new.content)"
    f" BEGIN {_QUEUE} END",
    "CREATE TRIGGER captures_to_compare_again AFTER UPDATE OF content, article_key ON captures WHEN new.article_key"
    f" IS NOT NULL AND (new.content IS NOT old.content OR new.article_key IS NOT old.article_key) BEGIN {_QUEUE} END",
    "CREATE TRIGGER captures_left AFTER UPDATE OF article_key ON captures WHEN old.article_key IS NOT NULL AND"
    " new.article_key IS NOT old.article_key BEGIN"
    f" {_QUEUE.replace('new.', 'old.')} END",
    # A file that is another than before under the same address.
    "CREATE TRIGGER files_to_compare AFTER INSERT ON enclosure_captures WHEN new.role = 'attachment' AND EXISTS"
    " (SELECT 1 FROM enclosure_captures c WHERE c.url = new.url AND c.role = new.role AND c.sha256 != new.sha256) BEGIN"
    " INSERT OR IGNORE INTO to_compare SELECT article_key FROM enclosed WHERE url = new.url AND role = new.role; END",
    # No version of what is taken down is shown either; the stored responses give them back.
    "CREATE TRIGGER takedowns_hide_versions AFTER INSERT ON takedowns BEGIN DELETE FROM versions WHERE article_key ="
    " new.key; DELETE FROM histories WHERE article_key = new.key; END",
    "CREATE TRIGGER takedowns_give_versions_back AFTER UPDATE OF restored_at ON takedowns BEGIN"
    " INSERT OR IGNORE INTO to_compare VALUES (new.key); END",
    "INSERT INTO to_compare SELECT article_key FROM captures WHERE content IS NOT NULL AND article_key IS NOT NULL"
    " GROUP BY article_key HAVING count(DISTINCT content) > 1",
    """CREATE VIEW edits AS
    SELECT v.article_key, v.number, v.captured_at, v.kind, v.flags, v.snapshot_id, v.hash
    FROM histories h JOIN versions v ON v.article_key = h.article_key AND v.generation = h.generation
    WHERE v.number > 1""",
)
