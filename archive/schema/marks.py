"""Step 014: marks, by which a search is narrowed and counted. Released with its step, so never edited; a later step
changes it.

Triggers keep them in the transaction of what they say, so nothing is left to do after a kill, and what is taken down
has none. A mark hangs on the article's id, because the index walks ids; everything it is made of hangs on the key.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

# "kind:会议", "person:沈知秋", "place:320412" (the name where it has no code), "edited", "substantive", "removed",
# "copy" (of an earlier article), "copied" (there are later copies). Walked by id, like the full-text index.
_MARKS: Final = "CREATE TABLE marks (mark TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (mark, id)) WITHOUT ROWID"

# What facets count, one narrow row for each article. cluster: the key of the earliest copy, "" where there is none;
# files: 1 where it has attachments; marks: those of the table marks, JSON.
# 2026-11: 1,000 rows of it are read in 2 ms; of articles, whose rows hold the text, in 6.
_MARKED: Final = """
    CREATE TABLE marked (
        id INTEGER PRIMARY KEY, cluster TEXT NOT NULL, district TEXT NOT NULL, "column" TEXT NOT NULL,
        source TEXT, issuer TEXT, files INTEGER NOT NULL, marks TEXT NOT NULL
    )"""

_COPIED: Final = "EXISTS (SELECT 1 FROM clusters c WHERE c.cluster = a.key AND c.cluster != c.article_key)"
_FACTS: Final = "FROM facts f WHERE f.article_key = a.key AND +f.kind ="  # +: by the article, not through all facts
_SOURCES: Final = (
    "SELECT 'kind:' || d.kind AS mark FROM descriptions d WHERE d.article_key = a.key",
    f"SELECT 'person:' || f.value {_FACTS} 'person' AND f.about != 'credit'",
    f"SELECT 'place:' || coalesce(nullif(f.unit, ''), f.value) {_FACTS} 'place'",
    "SELECT 'edited' FROM histories h WHERE h.article_key = a.key AND h.versions > 1",
    "SELECT 'substantive' FROM histories h WHERE h.article_key = a.key AND h.substantive > 0",
    "SELECT 'removed' FROM presence p WHERE p.article_key = a.key AND p.state = 'removed'",
    "SELECT 'copy' FROM clusters c WHERE c.article_key = a.key AND c.cluster != c.article_key",
    f"SELECT 'copied' WHERE {_COPIED}",
)
_CLUSTER: Final = (
    "coalesce((SELECT c.cluster FROM clusters c WHERE c.article_key = a.key AND c.cluster != c.article_key),"
    f" CASE WHEN {_COPIED} THEN a.key END, '')"
)
_ROW: Final = (
    f"INSERT INTO marked SELECT a.id, {_CLUSTER}, a.district, a.\"column\", a.source, a.issuer, a.attachments != '[]',"
    f" (SELECT json_group_array(mark) FROM ({' UNION '.join(_SOURCES)})) FROM articles a"
)
_ID: Final = "(SELECT id FROM articles WHERE key = {0})"


def _forget(number: str) -> str:
    return (
        f"DELETE FROM marks WHERE id = {number} AND mark IN"
        f" (SELECT value FROM json_each((SELECT marks FROM marked WHERE id = {number})));"
        f" DELETE FROM marked WHERE id = {number};"
    )


def _mark(key: str) -> str:
    """The marks of an article made anew; nothing for one that is not there."""
    number = _ID.format(key)
    return (
        f"{_forget(number)} {_ROW} WHERE a.key = {key};"
        f" INSERT INTO marks SELECT j.value, m.id FROM marked m, json_each(m.marks) j WHERE m.id = {number};"
    )


def _when(name: str, event: str, key: str, when: str = "") -> str:
    return f"CREATE TRIGGER {name} AFTER {event} {f'WHEN {when}' if when else ''} BEGIN {_mark(key)} END"


_COUNTED: Final = ("district", '"column"', "source", "issuer")
_DIFFERS: Final = " OR ".join(
    (*(f"new.{name} IS NOT old.{name}" for name in _COUNTED), "(new.attachments = '[]') != (old.attachments = '[]')")
)

STATEMENTS: Final = (
    _MARKS,
    _MARKED,
    _ROW,
    "INSERT INTO marks SELECT j.value, m.id FROM marked m, json_each(m.marks) j ORDER BY 1, 2",
    "CREATE INDEX marked_cluster ON marked(cluster, id) WHERE cluster != ''",
    _when("articles_marked", "INSERT ON articles", "new.key"),
    _when(
        "articles_marked_again", f"UPDATE OF {', '.join((*_COUNTED, 'attachments'))} ON articles", "new.key", _DIFFERS
    ),
    f"CREATE TRIGGER articles_unmarked AFTER DELETE ON articles BEGIN {_forget('old.id')} END",
    # Written behind the facts, and whenever they are.
    _when("descriptions_marked", "INSERT ON descriptions", "new.article_key"),
    *(
        _when(f"histories_marked_{event.lower()}", f"{event} ON histories", f"{row}.article_key")
        for event, row in (("INSERT", "new"), ("UPDATE", "new"), ("DELETE", "old"))
    ),
    _when("presence_marked", "INSERT ON presence", "new.article_key", "new.state = 'removed'"),
    _when(
        "presence_marked_again",
        "UPDATE OF state ON presence",
        "new.article_key",
        "(new.state = 'removed') != (old.state = 'removed')",
    ),
    _when("presence_unmarked", "DELETE ON presence", "old.article_key", "old.state = 'removed'"),
    # REPLACE tells no trigger of the row that it replaces.
    "CREATE TRIGGER clusters_left BEFORE INSERT ON clusters WHEN EXISTS (SELECT 1 FROM clusters c WHERE"
    " c.article_key = new.article_key AND c.cluster != new.cluster)"
    " BEGIN DELETE FROM clusters WHERE article_key = new.article_key; END",
    "CREATE TRIGGER clusters_marked AFTER INSERT ON clusters WHEN new.cluster != new.article_key"
    f" BEGIN {_mark('new.article_key')} {_mark('new.cluster')} END",
    "CREATE TRIGGER clusters_unmarked AFTER DELETE ON clusters WHEN old.cluster != old.article_key"
    f" BEGIN {_mark('old.article_key')} {_mark('old.cluster')} END",
)


def make(db: Database) -> None:
    for statement in STATEMENTS:
        db.execute(statement)
