"""Step 013: is it still there? Released with its step, so never edited; a later step changes it.

Triggers keep the list of what is to be judged: whoever writes captures, edits or copies need not know of it.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

from scraper.urls import canonical, key

# What answers of the site said of a page: "present", "gone", "moved", "archived". evidence: the response's number, 0
# for a 304. note: for moved the key of the article there, for archived the day that the page names.
_SIGHTINGS: Final = """
    CREATE TABLE sightings (
        article_key TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, evidence INTEGER NOT NULL DEFAULT 0,
        note TEXT NOT NULL DEFAULT '', PRIMARY KEY (article_key, at, evidence)
    ) WITHOUT ROWID"""

# The history of states, from the sightings; since: UTC.
_STATES: Final = """
    CREATE TABLE states (
        article_key TEXT NOT NULL, number INTEGER NOT NULL, state TEXT NOT NULL, since TEXT NOT NULL,
        evidence INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '', PRIMARY KEY (article_key, number)
    ) WITHOUT ROWID"""

# Where each article stands now, and when it is looked at again. first_at: first captured; seen_at: last present;
# absent_at: a list that should have shown it was read and did not.
_PRESENCE: Final = """
    CREATE TABLE presence (
        article_key TEXT PRIMARY KEY, district TEXT NOT NULL, "column" TEXT NOT NULL,
        state TEXT NOT NULL, since TEXT NOT NULL, first_at TEXT NOT NULL, seen_at TEXT, due_at TEXT NOT NULL,
        absent_at TEXT
    ) WITHOUT ROWID"""

# What a person must look at: addresses of a column ("": of the whole district) that broke at once. since: misses from
# then on say nothing of the pages first captured up to ``known``. closed_as: "removed" (they are gone), "moved", or
# "returned" by itself.
_ISSUES: Final = """
    CREATE TABLE issues (
        id INTEGER PRIMARY KEY, district TEXT NOT NULL, "column" TEXT NOT NULL, kind TEXT NOT NULL,
        opened_at TEXT NOT NULL, since TEXT NOT NULL, known TEXT NOT NULL, pages INTEGER NOT NULL,
        gone INTEGER NOT NULL, note TEXT NOT NULL, closed_at TEXT, closed_as TEXT
    )"""

# since: the earliest sighting that is not judged yet, "~" (behind every time) where another thing has changed.
_TO_JUDGE: Final = "CREATE TABLE to_judge (article_key TEXT PRIMARY KEY, since TEXT NOT NULL) WITHOUT ROWID"

_SEEN: Final = (
    "INSERT INTO to_judge VALUES ({0}.article_key, {0}.at) ON CONFLICT DO UPDATE SET since = min(since, {0}.at);"
)
_OTHER: Final = "INSERT INTO to_judge VALUES ({0}, '~') ON CONFLICT DO NOTHING;"

STATEMENTS: Final = (
    *(_SIGHTINGS, _STATES, _PRESENCE, _ISSUES, _TO_JUDGE),
    "CREATE INDEX sightings_evidence ON sightings(evidence) WHERE evidence != 0",
    "CREATE INDEX presence_due ON presence(district, due_at)",
    'CREATE INDEX presence_column ON presence(district, "column", due_at)',
    "CREATE INDEX presence_state ON presence(state, since) WHERE state != 'present'",
    'CREATE UNIQUE INDEX issues_open ON issues(district, "column", kind) WHERE closed_at IS NULL',
    'CREATE INDEX listings_column ON listings(district, "column", listed_on)',
    f"CREATE TRIGGER sightings_to_judge AFTER INSERT ON sightings BEGIN {_SEEN.format('new')} END",
    f"CREATE TRIGGER sightings_to_judge_again AFTER UPDATE ON sightings BEGIN {_SEEN.format('new')} END",
    f"CREATE TRIGGER sightings_to_judge_without AFTER DELETE ON sightings BEGIN {_SEEN.format('old')} END",
    f"CREATE TRIGGER articles_to_judge AFTER INSERT ON articles BEGIN {_OTHER.format('new.key')} END",
    f"CREATE TRIGGER articles_to_judge_without AFTER DELETE ON articles BEGIN {_OTHER.format('old.key')} END",
    'CREATE TRIGGER articles_to_judge_again AFTER UPDATE OF district, "column", first_captured_at ON articles'
    f" BEGIN {_OTHER.format('new.key')} END",
    f"CREATE TRIGGER histories_to_judge AFTER INSERT ON histories BEGIN {_OTHER.format('new.article_key')} END",
    # A copy that is found may be where a removed page has gone.
    "CREATE TRIGGER clusters_to_judge AFTER INSERT ON clusters WHEN new.cluster != new.article_key BEGIN INSERT INTO"
    " to_judge SELECT v.article_key, '~' FROM (SELECT new.cluster AS article_key UNION SELECT article_key FROM clusters"
    " WHERE cluster = new.cluster AND cluster != article_key) c JOIN presence v ON v.article_key = c.article_key"
    " WHERE v.state IN ('removed', 'moved') ON CONFLICT DO NOTHING; END",
    # Nothing is told of what is taken down; its sightings (times, no text) give the states back.
    "CREATE TRIGGER takedowns_hide_states AFTER INSERT ON takedowns BEGIN DELETE FROM states WHERE"
    " article_key = new.key; DELETE FROM presence WHERE article_key = new.key; END",
    # What was archived before is where its captures left it.
    "INSERT OR IGNORE INTO sightings (article_key, at, kind, evidence) SELECT article_key, captured_at, 'present',"
    " snapshot_id FROM captures WHERE article_key IS NOT NULL",
)


def make(db: Database) -> None:
    """Makes the tables; what was found removed before is a miss."""
    for statement in STATEMENTS:
        db.execute(statement)
    gone = "SELECT url, captured_at, snapshot_id FROM captures WHERE outcome = 'removed'"
    for url, at, number in db.execute(gone).fetchall():
        row = (key(canonical(url)), at, number)
        db.execute("INSERT OR IGNORE INTO sightings (article_key, at, kind, evidence) VALUES (?, ?, 'gone', ?)", row)
