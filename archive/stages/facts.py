"""What archived announcements say, as rows with their evidence: the stage after a crawl.

Triggers note which articles are new or say something else (to_describe); the stage works that list off in batches, each
one transaction, so it may be killed at any moment and goes on where it was. Described twice, an article has the same
rows.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from typing import Final

from archive.stages import people
from archive.stages.alone import Progress, alone
from archive.store import Archive
from pipelines.metadata import lac
from pipelines.metadata.documents import document_numbers
from pipelines.metadata.evidence import bare, fold
from pipelines.metadata.facts import RULES_VERSION, Description, Fact, describe
from pipelines.metadata.offices import standings

BATCH: Final = 50
NUMBERS: Final = ("money", "percentage", "count")
MEETINGS: Final = ("会议", "活动", "调研")
FAILED: Final = "failed"
PUBLIC: Final = ("document_number", "cited_title")
"""All that is taken from a list of private persons: names, sums and addresses there are theirs."""
SHORTEST_TITLE: Final = 6  # 《通知》 alone names no document
# What a rule that stumbles over one odd text raises. The article is noted as described, without facts.
_BUGS: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
_ISSUED: Final = re.compile(
    r"(?:印发|公布|发布|转发)(?:《(?P<marked>.{6,80})》|(?P<plain>[^《》]{6,80}))的(?:通知|公告|决定|通告)$"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Text:
    """What is described of an article. code: GB/T 2260 code of its district, "" where unknown. private: it lists
    private persons (pipelines/privacy.py)."""

    key: str
    district: str
    code: str
    title: str
    body: str
    published_on: str | None
    document_number: str | None
    private: int

    def content(self) -> str:
        said = json.dumps(astuple(self), ensure_ascii=False)
        return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def rules_in_use() -> str:
    """The version written beside every fact: the rules', and whether the optional model was heard."""
    return f"{RULES_VERSION}+lac" if lac.available() else RULES_VERSION


def describe_pending(
    archive: Archive, progress: Progress | None = None, batch: int = BATCH, *, outdated: bool = True
) -> int:
    """Describes the articles that are new or say something else, and (outdated) those that other rules described;
    gives their number. Then the tables of people are brought up to date. progress is told (done, of how many).

    Raises Busy when another process is at it, ArchiveError; what is committed stays.
    """
    rules = rules_in_use()
    with alone(archive, "metadata"):
        total = _queue(archive, rules, outdated)
        done = described = 0
        while texts := list(_next(archive, batch)):
            described += _batch(archive, texts, rules)
            done += len(texts)
            if progress:
                progress(done, max(total, done))
        people.refresh(archive)
    return described


def _queue(archive: Archive, rules: str, outdated: bool) -> int:
    if outdated:
        archive.write().execute(
            "INSERT OR IGNORE INTO to_describe SELECT article_key FROM descriptions"
            " WHERE rules_version < ?1 OR rules_version > ?1",
            (rules,),
        )
        archive.commit()
    (total,) = archive.db.conn.execute("SELECT count(*) FROM to_describe").fetchone()
    return int(total)


_TEXT: Final = (
    "SELECT a.key, a.district, coalesce(d.code, ''), a.title, a.body, a.published_on, a.document_number,"
    " instr(a.flags, '\"private_list\"') > 0"
    " FROM articles a LEFT JOIN districts d ON d.slug = a.district WHERE a.key = ?"
)


def _next(archive: Archive, batch: int) -> Iterator[_Text]:
    keys = archive.db.conn.execute("SELECT article_key FROM to_describe LIMIT ?", (batch,)).fetchall()
    for key in keys:
        row = archive.db.conn.execute(_TEXT, key).fetchone()
        if row is not None:  # taken out by another process since
            yield _Text(*row)


def _batch(archive: Archive, texts: Sequence[_Text], rules: str) -> int:
    """Reads the texts, then writes what they say. A text that a crawl has changed meanwhile stays on the list."""
    state = "SELECT content, rules_version FROM descriptions WHERE article_key = ?"
    known = {text.key: archive.db.conn.execute(state, (text.key,)).fetchone() for text in texts}
    told = {text.key: _described(text) for text in texts if known[text.key] != (text.content(), rules)}
    conn = archive.write()
    for text in texts:
        now = conn.execute(_TEXT, (text.key,)).fetchone()
        if now is None or _Text(*now) != text:
            continue
        if text.key in told:
            _put(conn, text, told[text.key], rules)
        conn.execute("DELETE FROM to_describe WHERE article_key = ?", (text.key,))
    archive.commit()
    return len(told)


def _described(text: _Text) -> Description:
    published = date.fromisoformat(text.published_on) if text.published_on else None
    try:
        found = describe(text.body, published, text.title, text.code)
    except _BUGS as error:
        log.error("article %s: a rule failed, please report it: %s: %s", text.key, type(error).__name__, error)
        return Description((), "其他", FAILED)
    if text.private:
        kept = tuple(fact for fact in found.facts if fact.kind in PUBLIC)
        return replace(found, facts=kept, keywords=())
    return found


def _put(conn: sqlite3.Connection, text: _Text, found: Description, rules: str) -> None:
    """One article's rows in place of those it had."""
    key = text.key
    named = "INSERT OR IGNORE INTO people_stale SELECT ?, value FROM facts WHERE article_key = ? AND +kind = 'person'"
    conn.execute(named, (text.district, key))
    conn.execute("DELETE FROM facts WHERE article_key = ?", (key,))
    standing = standings(found.facts)
    rows = [
        (key, n, *_row(fact, standing.get(fact.value, "") if fact.kind == "person" else fact.about), rules)
        for n, fact in enumerate(found.facts)
    ]
    conn.executemany(
        'INSERT INTO facts (article_key, ordinal, kind, value, number, unit, about, raw, field, start, "end", rule,'
        f" confidence, rules_version) VALUES ({', '.join('?' * 14)})",
        rows,
    )
    conn.execute(named, (text.district, key))
    own = _own_number(text, found)
    conn.execute("DELETE FROM citable WHERE article_key = ?", (key,))
    conn.executemany("INSERT OR IGNORE INTO citable VALUES (?, ?, ?)", _forms(text, own))
    conn.execute("DELETE FROM descriptions WHERE article_key = ?", (key,))
    conn.execute(
        "INSERT INTO descriptions (article_key, kind, kind_rule, meeting, meeting_number, document_number, keywords,"
        f" people, cited, content, rules_version) VALUES ({', '.join('?' * 11)})",
        (
            *(key, found.kind, found.kind_rule, *_meeting(found), own, json.dumps(found.keywords, ensure_ascii=False)),
            *(sum(value == "office" for value in standing.values()), _cited(found), text.content(), rules),
        ),
    )


def _row(fact: Fact, about: str) -> tuple[object, ...]:
    number = float(fact.value) if fact.kind in NUMBERS else None
    value = bare(fact.value) if fact.kind == "cited_title" else fact.value
    place = ("body", fact.start, fact.end)
    return fact.kind, value, number, fact.unit, about, fact.raw, *place, fact.rule, fact.confidence


def _meeting(found: Description) -> tuple[str | None, str | None]:
    held = found.of("meeting") if found.kind in MEETINGS else ()
    return (held[0].value, held[0].unit or None) if held else (None, None)


def _cited(found: Description) -> int:
    return len({fact.value for fact in found.facts if fact.kind == "cited_title" or fact.unit == "cited"})


def _own_number(text: _Text, found: Description) -> str | None:
    """The document's own number in one spelling: what the page gives beside the text, else what the text says."""
    if text.document_number:
        given = fold(text.document_number.strip())
        return next((fact.value for fact in document_numbers(given)), bare(given))
    return next((fact.value for fact in found.of("document_number") if fact.unit == "own"), None)


def _forms(text: _Text, own: str | None) -> Iterator[tuple[str, str, str]]:
    if own:
        yield own, text.key, "number"
    title = bare(fold(text.title))
    if len(title) >= SHORTEST_TITLE:
        yield f"《{title.removeprefix('《').removesuffix('》')}》", text.key, "title"
    if issued := _ISSUED.search(title):
        yield f"《{issued['marked'] or issued['plain']}》", text.key, "issued"
