"""Step 009: which process crawls which district. Released with its step, so never edited."""

from __future__ import annotations

# One row for each district that a crawl with several workers was asked for; the next such crawl takes its place.
# number: the order it belongs to. worker: who has it, "" nobody. word, why: how it ended (commands/crawl.py).
STATEMENTS = (
    """
    CREATE TABLE orders (
        number INTEGER PRIMARY KEY, pid INTEGER NOT NULL, placed_at TEXT NOT NULL
    )""",
    """
    CREATE TABLE leases (
        district TEXT PRIMARY KEY, number INTEGER NOT NULL REFERENCES orders(number), host TEXT NOT NULL,
        position INTEGER NOT NULL, worker TEXT NOT NULL DEFAULT '', expires_at TEXT, taken INTEGER NOT NULL DEFAULT 0,
        done_at TEXT, word TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID""",
    "CREATE INDEX leases_open ON leases(number, worker, position) WHERE done_at IS NULL",
)
