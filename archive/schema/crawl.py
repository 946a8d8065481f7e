"""Step 007: what was asked for, and what came of everything that was listed. Released with its step, so never edited.

The sums close because SQLite refuses a row of ``coverage`` whose parts do not add up to ``listed``.
"""

from __future__ import annotations

from typing import Final

from sqlite_utils import Database

from scraper.urls import key

# One row for each request that was really made. sent_at: UTC; ms: until the last byte or the failure.
_FETCHES: Final = """
    CREATE TABLE fetches (
        id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, district TEXT NOT NULL, host TEXT NOT NULL, url TEXT NOT NULL,
        role TEXT NOT NULL, "column" TEXT NOT NULL DEFAULT '', sent_at TEXT NOT NULL, ms INTEGER NOT NULL,
        status INTEGER NOT NULL, bytes INTEGER NOT NULL, validator TEXT NOT NULL DEFAULT '',
        outcome TEXT NOT NULL, note TEXT NOT NULL DEFAULT ''
    )"""

# Sums of fetches for a host and a day of Asia/Shanghai: the daily budget is one look-up, and stays when fetches go.
_SPENT: Final = """
    CREATE TABLE spent (
        host TEXT NOT NULL, day TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
        PRIMARY KEY (host, day)
    ) WITHOUT ROWID"""

# District x column x day (of Asia/Shanghai): what the column listed on that day, and where each of these stands.
# listings.covered_on and covered_as name the day and the part that a listed page counts under.
_COVERAGE: Final = """
    CREATE TABLE coverage (
        district TEXT NOT NULL, "column" TEXT NOT NULL, day TEXT NOT NULL, listed INTEGER NOT NULL DEFAULT 0,
        stored INTEGER NOT NULL DEFAULT 0, unchanged INTEGER NOT NULL DEFAULT 0,
        duplicate INTEGER NOT NULL DEFAULT 0, removed INTEGER NOT NULL DEFAULT 0,
        blocked INTEGER NOT NULL DEFAULT 0, unreadable INTEGER NOT NULL DEFAULT 0,
        failed INTEGER NOT NULL DEFAULT 0, given_up INTEGER NOT NULL DEFAULT 0,
        waiting INTEGER NOT NULL DEFAULT 0, carried INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (district, "column", day),
        CHECK (listed = stored + unchanged + duplicate + removed + blocked + unreadable + failed + given_up + waiting
            + carried),
        CHECK (min(stored, unchanged, duplicate, removed, blocked, unreadable, failed, given_up, waiting, carried) >= 0)
    ) WITHOUT ROWID"""

# How far a column was read back for a span of days. at_url: the last list page read; reading goes on there, not
# behind it, since a page deleted meanwhile moves the others up. until is '' for no end.
# run_id: the last run that read from the top without a gap.
_BACKFILLS: Final = """
    CREATE TABLE backfills (
        district TEXT NOT NULL, "column" TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL DEFAULT '',
        at_url TEXT NOT NULL, run_id INTEGER NOT NULL, pages INTEGER NOT NULL DEFAULT 0,
        "rows" INTEGER NOT NULL DEFAULT 0, begun_at TEXT NOT NULL, moved_at TEXT NOT NULL, done_at TEXT,
        PRIMARY KEY (district, "column", since, until)
    ) WITHOUT ROWID"""

# Runs in a row in which a site refused; until: left alone up to this moment (UTC), NULL while not yet.
_COOLDOWNS: Final = """
    CREATE TABLE cooldowns (
        district TEXT PRIMARY KEY, refused INTEGER NOT NULL, until TEXT, reason TEXT NOT NULL, changed_at TEXT NOT NULL
    ) WITHOUT ROWID"""

OPEN: Final = "state IN ('waiting', 'failed', 'blocked', 'unreadable')"  # not stored: waits, is tried again or given up

# Listed, or imported, and never stored: each with its reason. To be empty, or looked at.
_NEVER_STORED: Final = f"""
    CREATE VIEW never_stored AS
    SELECT url, district, "column", listed_title, listed_on, state, reason, tries, next_try_at, first_seen_at
    FROM pages WHERE {OPEN} AND stored_at IS NULL"""

STATEMENTS: Final = (
    *(_FETCHES, _SPENT, _COVERAGE, _BACKFILLS, _COOLDOWNS),
    "CREATE INDEX fetches_host ON fetches(host, sent_at)",
    "CREATE INDEX spent_day ON spent(day)",
    "CREATE INDEX coverage_day ON coverage(day)",
    "ALTER TABLE listings ADD COLUMN covered_on TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE listings ADD COLUMN covered_as TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE pages ADD COLUMN stored_at TEXT",
    "ALTER TABLE lists ADD COLUMN sha256 TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE lists ADD COLUMN lies INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE column_runs ADD COLUMN pages INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE column_runs ADD COLUMN floor TEXT",
    "DROP INDEX pages_state",
    # Small however many pages there are: only what is not stored.
    f"CREATE INDEX pages_open ON pages(district, state, next_try_at) WHERE {OPEN}",
    f"UPDATE pages SET stored_at = coalesce(fetched_at, last_seen_at) WHERE NOT {OPEN}",
    _NEVER_STORED,
)


def make(db: Database) -> None:
    """Makes the tables. A page whose article is held although its last try failed counts as stored."""
    for statement in STATEMENTS:
        db.execute(statement)
    for (url,) in db.execute(f"SELECT url FROM pages WHERE {OPEN}").fetchall():
        held = db.execute("SELECT first_captured_at FROM articles WHERE key = ?", (key(url),)).fetchone()
        if held:
            db.execute("UPDATE pages SET stored_at = ? WHERE url = ?", (held[0], url))
