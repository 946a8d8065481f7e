"""A document's page: by its number or its title, what is archived of it, who cites it, and its series with the gaps."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from archive.pages.district import Title
from archive.pages.naming import FEW, KEYS, Named, naming
from pipelines.metadata.documents import document_numbers
from pipelines.metadata.evidence import bare, fold

HIGHEST: Final = "\U0010ffff"
LONGEST_FORM: Final = 200
WINDOW: Final = 120  # numbers of a series that a page shows
_SERIES: Final = re.compile(r"(?P<stem>.+〔(?P<year>\d{4})〕)(?P<no>\d{1,5})号")


@dataclass(frozen=True, slots=True)
class Held:
    """An archived announcement of the document. how: "number", "title" or "issued" (it issues it)."""

    article: Title
    how: str
    versions: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the series. state: "archived", "cited" (others cite it, it is not archived) or "gap"."""

    number: int
    form: str
    state: str


@dataclass(frozen=True, slots=True)
class Series:
    """Prefix and year, and its numbers from 1 to the highest that is known, or those near the document's. numbers not
    archived are gaps in what was published or in what was collected: which, nobody can tell."""

    stem: str
    year: int
    highest: int
    archived: int
    cited: int
    numbers: tuple[Number, ...]
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The page of a document. form: its number or 《title》, as facts spell it. times: announcements that cite it, at
    most FEW + 1 (then ``many``); by_district, by_year: of these; also: other forms of the same announcements."""

    form: str
    held: tuple[Held, ...]
    also: tuple[str, ...]
    times: int
    many: bool
    by_district: Mapping[str, int]
    by_year: Mapping[str, int]
    citing: Named
    cites: tuple[tuple[str, bool], ...]
    series: Series | None


HELD: Final = (
    "SELECT a.id, a.key, a.title, coalesce(a.published_on, ''), a.\"column\", a.district, c.how, coalesce("
    "(SELECT versions FROM histories WHERE article_key = a.key), 1) FROM citable c CROSS JOIN articles a"
    " ON a.key = c.article_key WHERE c.form = ? ORDER BY a.id DESC LIMIT 50"
)
ALSO: Final = "SELECT form FROM citable WHERE article_key = ? ORDER BY how, form"
# With its year and district; the caller has seen that there are not many.
COUNTS: Final = (
    "SELECT a.district, substr(coalesce(a.published_on, a.id), 1, 4) FROM (SELECT DISTINCT article_key AS key"
    " FROM facts WHERE kind IN ('document_number', 'cited_title') AND value = ? AND unit != 'own') k"
    " CROSS JOIN articles a ON a.key = k.key"
)
CITES: Final = (
    "SELECT f.value, EXISTS (SELECT 1 FROM citable c WHERE c.form = f.value AND c.article_key != f.article_key)"
    " FROM facts f WHERE f.article_key = ? AND +f.kind IN ('document_number', 'cited_title') AND f.unit != 'own'"
    " GROUP BY f.value ORDER BY min(f.ordinal) LIMIT 100"
)
NUMBERED: Final = "SELECT DISTINCT form FROM citable WHERE form > ?1 AND form < ?2 AND how = 'number' LIMIT 20000"
# One seek for each number that is cited, however often it is.
CITED: Final = """
    WITH RECURSIVE n(value) AS (
        SELECT min(value) FROM facts WHERE kind = 'document_number' AND value > ?1 AND value < ?2
        UNION ALL
        SELECT (SELECT min(f.value) FROM facts f
            WHERE f.kind = 'document_number' AND f.value > n.value AND f.value < ?2)
        FROM n WHERE n.value IS NOT NULL LIMIT 20000
    ) SELECT value FROM n WHERE value IS NOT NULL"""
YEAR: Final = "SELECT 1 FROM citable WHERE form > ?1 AND form < ?2 AND how = 'number' LIMIT 1"


def form(text: str) -> str:
    """What was asked for, spelled as facts spell it: 云政发[2026] 7 号 -> 云政发〔2026〕7号; a title in 《》."""
    text = fold(text.strip())
    if text.startswith("《"):
        return bare(text)
    return next((fact.value for fact in document_numbers(text)), bare(text))


def document(conn: sqlite3.Connection, wanted: str, before: int | None = None) -> Document | None:
    """The page of a form; None when nothing is archived under it and nothing cites it."""
    held = tuple(Held(Title(*row[:6]), *row[6:]) for row in conn.execute(HELD, (wanted,)))
    times = len(conn.execute(KEYS, {"value": wanted}).fetchall())
    if not held and not times:
        return None
    many = times > FEW
    counts = [] if many else conn.execute(COUNTS, (wanted,)).fetchall()
    keys = [one.article.key for one in held[:5]]
    also = dict.fromkeys(other for key in keys for (other,) in conn.execute(ALSO, (key,)) if other != wanted)
    cites = {value: bool(known) for key in keys[:1] for value, known in conn.execute(CITES, (key,))}
    return Document(
        form=wanted,
        held=held,
        also=tuple(also),
        times=min(times, FEW),
        many=many,
        by_district=_counted(district for district, _ in counts),
        by_year=_counted(year for _, year in counts),
        citing=naming(conn, "cited", wanted, before=before),
        cites=tuple(cites.items()),
        series=series(conn, wanted),
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def series(conn: sqlite3.Connection, wanted: str) -> Series | None:
    """The numbers around one, also around one that is not known; None for what is no number of a series."""
    found = _SERIES.fullmatch(wanted)
    if found is None:
        return None
    stem, year, number = found["stem"], int(found["year"]), int(found["no"])
    span = (stem, stem + HIGHEST)
    archived = {no for (one,) in conn.execute(NUMBERED, span) if (no := _number(one, stem))}
    cited = {no for (one,) in conn.execute(CITED, span) if (no := _number(one, stem))} - archived
    highest = max(archived | cited, default=0)
    first = max(1, min(number - WINDOW // 2, highest - WINDOW + 1))
    last = min(highest, first + WINDOW - 1)
    numbers = tuple(
        Number(no, f"{stem}{no}号", "archived" if no in archived else "cited" if no in cited else "gap")
        for no in range(first, last + 1)
    )
    return Series(stem, year, highest, len(archived), len(cited), numbers, _years(conn, stem, year))


def _number(form: str, stem: str) -> int:
    found = _SERIES.fullmatch(form)
    return int(found["no"]) if found and found["stem"] == stem else 0


def _years(conn: sqlite3.Connection, stem: str, year: int) -> tuple[int, ...]:
    """The years near in which the series has archived numbers."""
    prefix = stem[: -len("〔2026〕")]
    near = range(year - 3, year + 4)
    return tuple(
        one for one in near if conn.execute(YEAR, (f"{prefix}〔{one}〕", f"{prefix}〔{one}〕{HIGHEST}")).fetchone()
    )
