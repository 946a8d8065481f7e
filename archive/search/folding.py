"""Copies of one text as one line of a result list.

The rule: of the articles of a cluster (archive/stages/relations.py) that match a search, the earliest is listed and the
others are folded into it. It asks the question itself, not the page, so it holds with any filters (a copy whose
first article does not match them is listed) and on every page: a cluster is listed once. Variants are no copies and
never folded. By relevance, where the newest 2,000 matches are ranked, the earliest of those is listed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from archive.search.walks import Question, earliest

CHUNK = 40


def folded(conn: sqlite3.Connection, asked: Question, ids: Iterable[int], low: int) -> Iterator[int]:
    """The ids without those that are folded into another; low: the least id that the list may hold. Lazy."""
    first: dict[str, int | None] = {}
    walk = iter(ids)
    while chunk := list(islice(walk, CHUNK)):
        clusters = of(conn, chunk)
        for id in chunk:
            cluster = clusters.get(id, "")
            if cluster and cluster not in first:
                first[cluster] = earliest(conn, asked, cluster, low)
            if not cluster or first[cluster] == id:
                yield id


def of(conn: sqlite3.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Id -> cluster, of those that have copies; for at most 500 ids."""
    marks = ",".join("?" * len(ids))
    sql = f"SELECT id, cluster FROM marked WHERE id IN ({marks}) AND +cluster != ''"  # +: by id
    return {int(id): str(cluster) for id, cluster in conn.execute(sql, tuple(ids))}


def others(conn: sqlite3.Connection, cluster: str) -> int:
    """How many articles a cluster holds besides one."""
    row = conn.execute("SELECT count(*) - 1 FROM marked WHERE cluster = ? AND cluster != ''", (cluster,)).fetchone()
    return int(row[0])
