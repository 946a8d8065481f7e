"""Step 012: the hash chain over runs. Released with its step, so never edited; a later step changes it."""

from __future__ import annotations

from typing import Final

# One link for each run that has ended, in the order of their ends. digest: SHA-256 over the digest before it and over
# what the run brought (archive/chain.py). token: an RFC 3161 time stamp of that digest, where one was asked for.
_CHAIN: Final = """
    CREATE TABLE chain (
        position INTEGER PRIMARY KEY, run_id INTEGER NOT NULL UNIQUE, captures INTEGER NOT NULL,
        previous TEXT NOT NULL, digest TEXT NOT NULL, sealed_at TEXT NOT NULL
    )"""
_TIMESTAMPS: Final = """
    CREATE TABLE timestamps (
        position INTEGER NOT NULL, authority TEXT NOT NULL, stamped_at TEXT NOT NULL, token BLOB NOT NULL,
        PRIMARY KEY (position, authority)
    ) WITHOUT ROWID"""

STATEMENTS: Final = (
    _CHAIN,
    _TIMESTAMPS,
    "CREATE INDEX captures_run ON captures(run_id)",
    "CREATE TRIGGER chain_stands BEFORE UPDATE ON chain BEGIN SELECT raise(ABORT, 'the chain is append-only'); END",
    "CREATE TRIGGER chain_stays BEFORE DELETE ON chain BEGIN SELECT raise(ABORT, 'the chain is append-only'); END",
)
