"""The schema as append-only steps: never edit a released step, add one.

Two sets: ``archive`` for archive.db, ``snapshots`` for snapshots.db.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

archive = Migrations("archive")
snapshots = Migrations("snapshots")


@archive(name="001_articles")
def articles(db: Database) -> None:
    db.execute("""
        CREATE TABLE districts (
            slug TEXT PRIMARY KEY, name TEXT NOT NULL, code TEXT NOT NULL, site TEXT NOT NULL, family TEXT NOT NULL
        )""")
    db.execute("""
        CREATE TABLE columns (
            district TEXT NOT NULL REFERENCES districts(slug), position INTEGER NOT NULL,
            name TEXT NOT NULL, url TEXT NOT NULL, PRIMARY KEY (district, name)
        )""")
    # id = yyyymmdd * 1_000_000 + n: ids are in publication order (design/search.md). key is the permalink.
    db.execute("""
        CREATE TABLE articles (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL UNIQUE,
            district TEXT NOT NULL,
            "column" TEXT NOT NULL,
            title TEXT NOT NULL,
            published_on TEXT,
            published_at TEXT,
            source TEXT,
            author TEXT,
            issuer TEXT,
            document_number TEXT,
            index_number TEXT,
            made_on TEXT,
            topic_class TEXT,
            genre_class TEXT,
            combo_class TEXT,
            validity TEXT,
            effective_on TEXT,
            repealed_on TEXT,
            disclosure TEXT,
            abstract TEXT,
            keywords TEXT,
            site_name TEXT,
            body TEXT NOT NULL,
            attachments TEXT NOT NULL DEFAULT '[]',
            images TEXT NOT NULL DEFAULT '[]',
            family TEXT NOT NULL,
            rules TEXT NOT NULL DEFAULT '{}',
            flags TEXT NOT NULL DEFAULT '[]',
            sha256 TEXT NOT NULL,
            snapshot_id INTEGER NOT NULL,
            first_captured_at TEXT NOT NULL,
            captured_at TEXT NOT NULL,
            changed_at TEXT
        )""")
    for column in ("district", '"column"', "source", "issuer", "document_number", "published_on", "captured_at"):
        name = column.strip('"')
        db.execute(f"CREATE INDEX articles_{name} ON articles({column})")


@archive(name="002_ledger")
def ledger(db: Database) -> None:
    db.execute("""
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY, district TEXT NOT NULL, kind TEXT NOT NULL, pid INTEGER NOT NULL,
            started_at TEXT NOT NULL, ended_at TEXT, exit_code INTEGER, note TEXT NOT NULL DEFAULT '',
            seen INTEGER NOT NULL DEFAULT 0,
            archived INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0, duplicate INTEGER NOT NULL DEFAULT 0,
            removed INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0,
            unreadable INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
            waiting INTEGER NOT NULL DEFAULT 0,
            requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0
        )""")
    db.execute("CREATE INDEX runs_district ON runs(district, id)")
    # One row per address ever listed or imported: its state, the retry queue and the validators.
    db.execute("""
        CREATE TABLE pages (
            url TEXT PRIMARY KEY, requested_url TEXT NOT NULL, district TEXT NOT NULL, "column" TEXT NOT NULL,
            listed_title TEXT NOT NULL DEFAULT '', listed_on TEXT,
            state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0, next_try_at TEXT,
            etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '',
            first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, fetched_at TEXT
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX pages_state ON pages(district, state, next_try_at)")
    db.execute("""
        CREATE TABLE listings (
            url TEXT NOT NULL, district TEXT NOT NULL, "column" TEXT NOT NULL,
            first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
            PRIMARY KEY (url, district, "column")
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE column_runs (
            run_id INTEGER NOT NULL REFERENCES runs(id), district TEXT NOT NULL, "column" TEXT NOT NULL,
            outcome TEXT NOT NULL, rows INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (run_id, "column")
        ) WITHOUT ROWID""")
    # Every snapshot that was read, and what came of it. A snapshot without a row here is still to be read.
    db.execute("""
        CREATE TABLE captures (
            snapshot_id INTEGER PRIMARY KEY, run_id INTEGER REFERENCES runs(id), url TEXT NOT NULL,
            district TEXT NOT NULL, role TEXT NOT NULL, captured_at TEXT NOT NULL, status INTEGER NOT NULL,
            sha256 TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', article_id INTEGER
        )""")
    db.execute("CREATE INDEX captures_url ON captures(url)")
    db.execute("CREATE INDEX captures_article ON captures(article_id)")


@snapshots(name="001_snapshots")
def responses(db: Database) -> None:
    db.execute(
        "CREATE TABLE dictionaries (id INTEGER PRIMARY KEY, site TEXT NOT NULL, created_at TEXT NOT NULL,"
        " sample BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE bodies (sha256 TEXT PRIMARY KEY, dictionary_id INTEGER, size INTEGER NOT NULL,"
        " data BLOB NOT NULL) WITHOUT ROWID"
    )
    db.execute("""
        CREATE TABLE snapshots (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, requested_url TEXT NOT NULL, status INTEGER NOT NULL,
            headers BLOB NOT NULL, captured_at TEXT NOT NULL, role TEXT NOT NULL, district TEXT NOT NULL,
            "column" TEXT NOT NULL, listed_title TEXT NOT NULL, listed_on TEXT, sha256 TEXT NOT NULL
        )""")
    db.execute("CREATE INDEX snapshots_url ON snapshots(url)")
    db.execute("CREATE INDEX snapshots_district ON snapshots(district, id)")
