"""What `dibao export` gives away: tables by name, their columns and types, and the rows of a selection.

Everything that hangs on an article is joined to ``articles``, which holds nothing that was taken down; the responses as
received (snapshots.db) are no part of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

Type = Literal["string", "integer", "number", "date", "datetime", "array", "object"]
ARRAY_ROWS: Final = 500  # asked of SQLite at a time
STEP: Final = 1_000_000  # articles.id counts so many within a day


@dataclass(frozen=True, slots=True)
class Selection:
    """Which announcements: of these districts (all if empty), published from ``since`` to ``until``, both included.
    What displays no date counts on the day of its first capture, as in articles.id."""

    districts: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def low(self) -> int:
        return int(f"{self.since or date.min:%Y%m%d}") * STEP if self.since else 0

    def high(self) -> int:
        return (int(f"{self.until:%Y%m%d}") + 1) * STEP if self.until else 1 << 62


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the export. columns: name -> type; source: what follows FROM, with {chosen} for the selection of
    articles ``a`` or of districts; values: expressions of columns that are not called so; key: primary key; refers:
    column -> (table, column)."""

    name: str
    columns: dict[str, Type]
    source: str
    order: str
    key: tuple[str, ...]
    values: dict[str, str]
    refers: dict[str, tuple[str, str]]

    def sql(self, selection: Selection) -> tuple[str, dict[str, Any]]:
        """The query of a selection, with its parameters."""
        names = (self.values.get(name, f'{self.source.split()[1]}."{name}"') for name in self.columns)
        where, parameters = _chosen(selection, articles="articles a" in self.source)
        source = self.source.format(chosen=where)
        return f"SELECT {', '.join(names)} FROM {source} ORDER BY {self.order}", parameters


def _chosen(selection: Selection, articles: bool) -> tuple[str, dict[str, Any]]:
    parameters: dict[str, Any] = {f"district{n}": slug for n, slug in enumerate(selection.districts)}
    among = f"IN ({', '.join(f':{name}' for name in parameters)})" if parameters else "IS NOT NULL"
    if not articles:
        return among, parameters
    plus = "+" if len(selection.districts) > 1 else ""  # by id through all, rather than by district and then sorted
    return f"a.id >= :low AND a.id < :high AND {plus}a.district {among}", {
        **parameters,
        "low": selection.low(),
        "high": selection.high(),
    }


def rows(conn: sqlite3.Connection, table: Table, selection: Selection) -> Iterator[Sequence[Any]]:
    """The rows of a table, one at a time, in the order of the articles' publication."""
    cursor = conn.execute(*table.sql(selection))
    cursor.arraysize = ARRAY_ROWS
    while found := cursor.fetchmany():
        yield from found


def known(conn: sqlite3.Connection, districts: Collection[str]) -> list[str]:
    """Those of the slugs that the archive knows no district by."""
    held = {slug for (slug,) in conn.execute("SELECT slug FROM districts")}
    return [slug for slug in districts if slug not in held]


def sources(conn: sqlite3.Connection, selection: Selection) -> list[tuple[str, str]]:
    """(name, address) of the sites that the selection comes from."""
    where, parameters = _chosen(selection, articles=False)
    return conn.execute(f"SELECT name, site FROM districts WHERE slug {where} ORDER BY slug", parameters).fetchall()


def _table(
    name: str,
    columns: str,
    source: str,
    order: str,
    key: str,
    *,
    values: dict[str, str] | None = None,
    refers: dict[str, tuple[str, str]] | None = None,
) -> Table:
    kinds = {"i": "integer", "n": "number", "d": "date", "t": "datetime", "a": "array", "o": "object"}
    parts = (word.partition(":") for word in columns.split())
    typed: dict[str, Any] = {column: kinds.get(kind, "string") for column, _, kind in parts}
    return Table(name, typed, source, order, tuple(key.split()), values or {}, refers or {})


_OF: Final = {"article_key": ("articles", "key")}


def _of_articles(name: str, columns: str, key: str, order: str) -> Table:
    """A table that hangs on articles: walked by article, in the order of ids."""
    source = f"articles a CROSS JOIN {name} x ON x.article_key = a.key WHERE {{chosen}}"
    values = {column.partition(":")[0]: f'x."{column.partition(":")[0]}"' for column in columns.split()}
    return _table(name, columns, source, f"a.id, {order}", key, values=values, refers=_OF)


TABLES: Final = (
    _table("districts", "slug name code site family", "districts d WHERE d.slug {chosen}", "d.slug", "slug"),
    _table(
        "articles",
        "id:i key url district column title published_on:d published_at source author issuer document_number"
        " index_number made_on:d topic_class genre_class combo_class validity effective_on:d repealed_on:d disclosure"
        " abstract keywords site_name body attachments:a images:a family rules:o flags:a sha256 snapshot_id:i"
        " first_captured_at:t captured_at:t changed_at:t credits:a",
        "articles a WHERE {chosen}",
        "a.id",
        "key",
    ),
    _of_articles(
        "descriptions",
        "article_key kind kind_rule meeting meeting_number document_number keywords:a people:i cited:i rules_version",
        "article_key",
        "x.article_key",
    ),
    _of_articles(
        "facts",
        "article_key ordinal:i kind value number:n unit about raw field start:i end:i rule confidence:n rules_version",
        "article_key ordinal",
        "x.ordinal",
    ),
    _of_articles("citable", "form article_key how", "form article_key", "x.form"),
    _of_articles(
        "attachments",
        "article_key position:i name url requested_url state reason kind media_type bytes:i pages:i title flags:a"
        " sha256 snapshot_id:i captured_at:t characters:i text",
        "article_key url",
        "x.position, x.url",
    ),
    _of_articles(
        "captures",
        "snapshot_id:i run_id:i url district role captured_at:t status:i sha256 outcome reason article_key content",
        "snapshot_id",
        "x.captured_at, x.snapshot_id",
    ),
    _of_articles(
        "clusters", "article_key cluster common:n added:i dropped:i document_number", "article_key", "x.article_key"
    ),
    _of_articles(
        "relations",
        "article_key other_key kind common:n changed:a",
        "article_key other_key",
        "x.other_key",
    ),
    _of_articles(
        "edits",
        "article_key number:i captured_at:t kind flags:a snapshot_id:i hash",
        "article_key number",
        "x.number",
    ),
    _of_articles("states", "article_key number:i state since:t evidence:i note", "article_key number", "x.number"),
    _table(
        "people",
        "district name announcements:i first_seen:d last_seen:d titles titles_on:d",
        "people p WHERE p.district {chosen}",
        "p.district, p.name",
        "district name",
    ),
    _table(
        "people_titles",
        "district name title first_on:d last_on:d announcements:i",
        "people_titles p WHERE p.district {chosen}",
        "p.district, p.name, p.title",
        "district name title",
    ),
    _table(
        "people_together",
        "district name other announcements:i first_on:d last_on:d",
        "people_together p WHERE p.district {chosen}",
        "p.district, p.name, p.other",
        "district name other",
    ),
    _table(
        "coverage",
        "district column day:d listed:i stored:i unchanged:i duplicate:i removed:i blocked:i unreadable:i failed:i"
        " given_up:i waiting:i carried:i",
        "coverage c WHERE c.district {chosen}",
        'c.district, c."column", c.day',
        "district column day",
    ),
)

# Tables of the data dictionary that are not part of an export, and why (tests/test_export.py holds every table to it).
LEFT_OUT: Final = {
    **dict.fromkeys(("runs", "column_runs", "pages", "never_stored", "fetches", "enclosures"), "how it was collected"),
    **dict.fromkeys(("columns",), "named in articles and coverage"),
    **dict.fromkeys(("files",), "its texts stand in attachments"),
    **dict.fromkeys(("versions", "histories"), "what they say stands in edits; the texts on the web site"),
    **dict.fromkeys(
        ("events", "changes", "tallies", "totals", "people_years", "marks", "marked"), "follows from the other tables"
    ),
    **dict.fromkeys(("sightings", "presence", "issues"), "what states are made of"),
    **dict.fromkeys(("citations",), "facts joined to citable"),
    **dict.fromkeys(("chain", "timestamps"), "for dibao verify, with all responses"),
    **dict.fromkeys(("takedowns",), "what is taken down is left out altogether"),
}
