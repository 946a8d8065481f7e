"""The schema as append-only steps: never edit a released step, add one.

Two sets: ``archive`` for archive.db, ``snapshots`` for snapshots.db.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from archive import chain
from archive.index import register
from archive.schema import crawl as crawl_schema
from archive.schema import enclosures as enclosures_schema
from archive.schema import events as events_schema
from archive.schema import evidence as evidence_schema
from archive.schema import facts as facts_schema
from archive.schema import leases as leases_schema
from archive.schema import marks as marks_schema
from archive.schema import presence as presence_schema
from archive.schema import relations as relations_schema
from archive.schema import tallies as tallies_schema
from archive.schema import versions as versions_schema

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
    # id = yyyymmdd * 1_000_000 + n: ids are in publication order (design/search.md). key is the permalink and,
    # being the canonical URL's hash, also finds a URL: no second index for it.
    db.execute("""
        CREATE TABLE articles (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
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
            requests INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
            recovered INTEGER NOT NULL DEFAULT 0
        )""")
    # recovered: this run has read what the runs before it had stored but not read.
    db.execute("CREATE INDEX runs_district ON runs(district, id)")
    # One row per page ever listed or imported, by canonical URL: its state, the retry queue and the validators.
    # requested_url is the address to fetch; final_url the canonical URL it was redirected to ("" when it was not).
    # fetched_at is the time of its last capture, whatever that held.
    db.execute("""
        CREATE TABLE pages (
            url TEXT PRIMARY KEY, requested_url TEXT NOT NULL, final_url TEXT NOT NULL DEFAULT '',
            district TEXT NOT NULL, "column" TEXT NOT NULL,
            listed_title TEXT NOT NULL DEFAULT '', listed_on TEXT,
            state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
            tries INTEGER NOT NULL DEFAULT 0, next_try_at TEXT,
            etag TEXT NOT NULL DEFAULT '', last_modified TEXT NOT NULL DEFAULT '', sha256 TEXT NOT NULL DEFAULT '',
            first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL, fetched_at TEXT
        ) WITHOUT ROWID""")
    db.execute("CREATE INDEX pages_state ON pages(district, state, next_try_at)")
    db.execute("CREATE INDEX pages_final_url ON pages(final_url) WHERE final_url != ''")
    # A page in a column, as that column's list shows it. run_id: the last run that saw it before the column had
    # been read to its end once; only then may a known row end the paging.
    db.execute("""
        CREATE TABLE listings (
            url TEXT NOT NULL, district TEXT NOT NULL, "column" TEXT NOT NULL,
            listed_title TEXT NOT NULL DEFAULT '', listed_on TEXT, run_id INTEGER,
            first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL,
            PRIMARY KEY (url, district, "column")
        ) WITHOUT ROWID""")
    # The last capture of each list page: its validators count only if its run read the column to the end.
    db.execute("""
        CREATE TABLE lists (
            url TEXT PRIMARY KEY, district TEXT NOT NULL, "column" TEXT NOT NULL, run_id INTEGER,
            etag TEXT NOT NULL, last_modified TEXT NOT NULL, fetched_at TEXT NOT NULL
        ) WITHOUT ROWID""")
    db.execute("""
        CREATE TABLE column_runs (
            run_id INTEGER NOT NULL REFERENCES runs(id), district TEXT NOT NULL, "column" TEXT NOT NULL,
            outcome TEXT NOT NULL, rows INTEGER NOT NULL, note TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (run_id, "column")
        ) WITHOUT ROWID""")
    db.execute('CREATE INDEX column_runs_column ON column_runs(district, "column", outcome)')
    # Every snapshot that was read, and what came of it. A snapshot without a row here is still to be read.
    # url is the address that answered. article_key and content (a hash of what the article says) tell the
    # article's history: when it was first seen, when it changed.
    db.execute("""
        CREATE TABLE captures (
            snapshot_id INTEGER PRIMARY KEY, run_id INTEGER REFERENCES runs(id), url TEXT NOT NULL,
            district TEXT NOT NULL, role TEXT NOT NULL, captured_at TEXT NOT NULL, status INTEGER NOT NULL,
            sha256 TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '',
            article_key TEXT, content TEXT
        )""")
    db.execute("CREATE INDEX captures_article ON captures(article_key, captured_at) WHERE article_key IS NOT NULL")


@archive(name="003_index")
def index(db: Database) -> None:
    """Full text over title, body and the document's numbers, and the facets as tags. Whoever changes
    pipelines/text.py's folding or cutting adds a step that rebuilds: entries are deleted by the tokens they were
    made of."""
    register(db.conn)
    db.execute("""
        CREATE VIEW articles_text AS
        SELECT id, zh_tokens(title) AS title, zh_tokens(body) AS body,
               zh_tokens(coalesce(document_number, '') || ' ' || coalesce(index_number, '')) AS numbers,
               zh_tags(district, "column", source, issuer) AS tags
        FROM articles""")
    db.execute("""
        CREATE VIRTUAL TABLE articles_fts USING fts5(
            title, body, numbers, tags, content='articles_text', content_rowid='id', tokenize='ascii'
        )""")

    def entry(row: str) -> str:
        facets = f'{row}.district, {row}."column", {row}.source, {row}.issuer'
        numbers = f"coalesce({row}.document_number, '') || ' ' || coalesce({row}.index_number, '')"
        return f"{row}.id, zh_tokens({row}.title), zh_tokens({row}.body), zh_tokens({numbers}), zh_tags({facets})"

    into = "rowid, title, body, numbers, tags"
    insert = f"INSERT INTO articles_fts({into}) VALUES ({entry('new')});"
    delete = f"INSERT INTO articles_fts(articles_fts, {into}) VALUES ('delete', {entry('old')});"
    indexed = ("id", "title", "body", "document_number", "index_number", "district", '"column"', "source", "issuer")
    # 2026-11: OF and WHEN keep the index out of updates of anything else (design/crawl.md: 47 times less work).
    changed = " OR ".join(f"new.{name} IS NOT old.{name}" for name in indexed)
    db.execute(f"CREATE TRIGGER articles_indexed AFTER INSERT ON articles BEGIN {insert} END")
    db.execute(f"CREATE TRIGGER articles_unindexed AFTER DELETE ON articles BEGIN {delete} END")
    db.execute(
        f"CREATE TRIGGER articles_reindexed AFTER UPDATE OF {', '.join(indexed)} ON articles WHEN {changed}"
        f" BEGIN {delete} {insert} END"
    )
    db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('rebuild')")


@archive(name="004_facts")
def facts(db: Database) -> None:
    for statement in facts_schema.STATEMENTS:
        db.execute(statement)


@archive(name="005_credits")
def credits(db: Database) -> None:
    db.execute("ALTER TABLE articles ADD COLUMN credits TEXT NOT NULL DEFAULT '[]'")


@archive(name="006_takedowns")
def takedowns(db: Database) -> None:
    """The log of what was taken down, and what is down now (restored_at IS NULL). It is public: no title, no text."""
    db.execute("""
        CREATE TABLE takedowns (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL, url TEXT NOT NULL, reason TEXT NOT NULL,
            "by" TEXT NOT NULL DEFAULT '', taken_at TEXT NOT NULL, restored_at TEXT
        )""")
    db.execute("CREATE UNIQUE INDEX takedowns_key ON takedowns(key) WHERE restored_at IS NULL")


@archive(name="007_coverage")
def coverage(db: Database) -> None:
    crawl_schema.make(db)


@archive(name="008_enclosures")
def enclosures(db: Database) -> None:
    enclosures_schema.make(db)


@archive(name="009_leases")
def leases(db: Database) -> None:
    for statement in leases_schema.STATEMENTS:
        db.execute(statement)


@archive(name="010_relations")
def relations(db: Database) -> None:
    for statement in relations_schema.STATEMENTS:
        db.execute(statement)


@archive(name="011_versions")
def versions(db: Database) -> None:
    for statement in versions_schema.STATEMENTS:
        db.execute(statement)


@archive(name="012_evidence")
def evidence(db: Database) -> None:
    for statement in evidence_schema.STATEMENTS:
        db.execute(statement)
    for (run_id,) in db.execute("SELECT id FROM runs WHERE ended_at IS NOT NULL ORDER BY id").fetchall():
        chain.seal(db.conn, run_id)


@archive(name="013_presence")
def presence(db: Database) -> None:
    presence_schema.make(db)


@archive(name="014_marks")
def marks(db: Database) -> None:
    marks_schema.make(db)


@archive(name="015_events")
def events(db: Database) -> None:
    for statement in events_schema.STATEMENTS:
        db.execute(statement)


@archive(name="016_tallies")
def tallies(db: Database) -> None:
    for statement in tallies_schema.STATEMENTS:
        db.execute(statement)


@snapshots(name="001_snapshots")
def responses(db: Database) -> None:
    # A dictionary is one page of the site as it came (sample, zstd) and its headers: what most pages have in common.
    db.execute("""
        CREATE TABLE dictionaries (
            id INTEGER PRIMARY KEY, site TEXT NOT NULL, kind TEXT NOT NULL, created_at TEXT NOT NULL,
            sample BLOB NOT NULL, headers BLOB NOT NULL
        )""")
    db.execute("CREATE INDEX dictionaries_site ON dictionaries(site, kind, id)")
    # Bodies by content: the same bytes are kept once. sha256 is the digest itself, 32 bytes.
    db.execute("""
        CREATE TABLE bodies (
            id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL, dictionary_id INTEGER, size INTEGER NOT NULL,
            data BLOB NOT NULL
        )""")
    db.execute("CREATE UNIQUE INDEX bodies_sha256 ON bodies(sha256)")
    # requested_url is NULL when it is the url. run_id names the run (archive.db) that stored it.
    db.execute("""
        CREATE TABLE snapshots (
            id INTEGER PRIMARY KEY, url TEXT NOT NULL, requested_url TEXT, status INTEGER NOT NULL,
            dictionary_id INTEGER, headers BLOB NOT NULL, captured_at TEXT NOT NULL, role TEXT NOT NULL,
            district TEXT NOT NULL, "column" TEXT NOT NULL, listed_title TEXT NOT NULL, listed_on TEXT,
            run_id INTEGER, body_id INTEGER NOT NULL REFERENCES bodies(id)
        )""")
    db.execute("CREATE INDEX snapshots_url ON snapshots(url)")
    db.execute("CREATE INDEX snapshots_run ON snapshots(run_id)")
