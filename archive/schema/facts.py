"""Step 004: what announcements say. Released with its step, so never edited; a later step changes it.

Everything hangs on the article's key, which stays when its id moves. Triggers keep the list of what is to be described:
whoever writes articles need not know of facts.
"""

from __future__ import annotations

from typing import Final

# One row for each fact; the place counts characters of articles.body: substr(body, start + 1, "end" - start) = raw.
# number is value as a number, for money, percentages and counts.
_FACTS: Final = """
    CREATE TABLE facts (
        article_key TEXT NOT NULL, ordinal INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, number REAL,
        unit TEXT NOT NULL DEFAULT '', about TEXT NOT NULL DEFAULT '', raw TEXT NOT NULL,
        field TEXT NOT NULL DEFAULT 'body', start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        rule TEXT NOT NULL, confidence REAL NOT NULL, rules_version TEXT NOT NULL,
        PRIMARY KEY (article_key, ordinal)
    ) WITHOUT ROWID"""

# One row for each described article. content: a hash of what was described; with rules_version it tells what is
# still to do. people: names with an office.
_DESCRIPTIONS: Final = """
    CREATE TABLE descriptions (
        article_key TEXT PRIMARY KEY, kind TEXT NOT NULL, kind_rule TEXT NOT NULL,
        meeting TEXT, meeting_number TEXT, document_number TEXT, keywords TEXT NOT NULL DEFAULT '[]',
        people INTEGER NOT NULL DEFAULT 0, cited INTEGER NOT NULL DEFAULT 0,
        content TEXT NOT NULL, rules_version TEXT NOT NULL
    ) WITHOUT ROWID"""

# What an article may be cited by, spelled as facts.value is. how: number, title, or issued (the title of what it
# issues: 关于印发《…》的通知).
_CITABLE: Final = """
    CREATE TABLE citable (
        form TEXT NOT NULL, article_key TEXT NOT NULL, how TEXT NOT NULL, PRIMARY KEY (form, article_key)
    ) WITHOUT ROWID"""

_CITATIONS: Final = """
    CREATE VIEW citations AS
    SELECT f.article_key AS citing_key, f.kind, f.value AS cited, f.start, c.how, c.article_key AS cited_key
    FROM facts f LEFT JOIN citable c ON c.form = f.value AND c.article_key != f.article_key
    WHERE f.kind = 'cited_title' OR (f.kind = 'document_number' AND f.unit = 'cited')"""

# 2026-11, 20,000 articles: as views over facts these take 0.7 and 1.2 s of CPU for each page; the stage makes anew
# what has changed.
_PEOPLE: Final = """
    CREATE TABLE people (
        district TEXT NOT NULL, name TEXT NOT NULL, announcements INTEGER NOT NULL,
        first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, titles TEXT NOT NULL, titles_on TEXT NOT NULL,
        PRIMARY KEY (district, name)
    ) WITHOUT ROWID"""
_TITLES: Final = """
    CREATE TABLE people_titles (
        district TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL,
        first_on TEXT NOT NULL, last_on TEXT NOT NULL, announcements INTEGER NOT NULL,
        PRIMARY KEY (district, name, title)
    ) WITHOUT ROWID"""
_TOGETHER: Final = """
    CREATE TABLE people_together (
        district TEXT NOT NULL, name TEXT NOT NULL, other TEXT NOT NULL,
        announcements INTEGER NOT NULL, first_on TEXT NOT NULL, last_on TEXT NOT NULL,
        PRIMARY KEY (district, name, other)
    ) WITHOUT ROWID"""

_SAID = ("title", "body", "published_on", "document_number", "district", "flags")
_STALE = (
    "INSERT OR IGNORE INTO people_stale SELECT old.district, value FROM facts"
    " WHERE article_key = old.key AND +kind = 'person';"  # +: by the article, not through all people
)
_QUEUE = "INSERT OR IGNORE INTO to_describe VALUES (new.key);"

STATEMENTS: Final = (
    *(_FACTS, _DESCRIPTIONS, _CITABLE, _CITATIONS, _PEOPLE, _TITLES, _TOGETHER),
    "CREATE TABLE to_describe (article_key TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE people_stale (district TEXT, name TEXT, PRIMARY KEY (district, name)) WITHOUT ROWID",
    "CREATE INDEX facts_value ON facts(kind, value)",
    "CREATE INDEX facts_number ON facts(kind, unit, number) WHERE number IS NOT NULL",
    "CREATE INDEX descriptions_kind ON descriptions(kind)",
    "CREATE INDEX descriptions_rules_version ON descriptions(rules_version)",
    "CREATE INDEX citable_article ON citable(article_key)",
    "CREATE INDEX people_announcements ON people(announcements)",
    "CREATE INDEX people_district ON people(district, announcements)",
    "CREATE INDEX people_name ON people(name)",
    "CREATE INDEX people_titles_name ON people_titles(name)",
    "CREATE INDEX people_titles_last_on ON people_titles(last_on)",
    "CREATE INDEX people_together_announcements ON people_together(announcements)",
    "CREATE INDEX people_together_name ON people_together(name)",
    f"CREATE TRIGGER articles_to_describe AFTER INSERT ON articles BEGIN {_QUEUE} END",
    f"CREATE TRIGGER articles_to_describe_again AFTER UPDATE OF {', '.join(_SAID)} ON articles"
    f" WHEN {' OR '.join(f'new.{name} IS NOT old.{name}' for name in _SAID)} BEGIN {_STALE} {_QUEUE} END",
    f"CREATE TRIGGER articles_undescribed AFTER DELETE ON articles BEGIN {_STALE}"
    " DELETE FROM facts WHERE article_key = old.key; DELETE FROM descriptions WHERE article_key = old.key;"
    " DELETE FROM citable WHERE article_key = old.key; DELETE FROM to_describe WHERE article_key = old.key; END",
    "INSERT INTO to_describe SELECT key FROM articles",
)
