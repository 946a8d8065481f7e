"""An archive of made-up articles with everything that pages show of them: facts, people, copies, edits, states.

The texts are corpus.py's; what the stages after a crawl would say of them is written beside, for nothing is to be read
or compared here: 200,000 articles are there in minutes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from archive.stages import people
from archive.store import Archive, open_archive
from bench import corpus
from pipelines.versions import Said, to_json

CHUNK: Final = 2_000
DISTRICTS: Final = 8
COLUMNS: Final = ("通知公告", "政务要闻", "人事任免", "政策文件", "规划计划")
KINDS: Final = ("通知", "公告", "会议", "人事任免", "规划")
OFFICES: Final = ("区政府办", "教育局", "生态环境局", "住房和城乡建设局")
TITLES: Final = ("区长", "副区长", "区委书记", "教育局局长")
PLACES: Final = ("沿溪街道", "柳河镇", "望湖街道", "石桥镇")
PEOPLE: Final = 200  # in each district
COPIED, EDITED, GONE, NUMBERED = 10, 50, 100, 3  # one of so many is a copy, edited, removed, has a document number
QUEUES: Final = ("to_describe", "to_relate", "to_judge", "to_compare")
RULES: Final = '{"title":"meta:ArticleTitle","published_on":"meta:PubDate","body":"div.zoom"}'

# What hangs on a key comes before the article, so that its marks are made once.
_FACTS: Final = (
    'INSERT INTO facts (article_key, ordinal, kind, value, unit, about, raw, start, "end", rule, confidence,'
    " rules_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'made up', 0.9, '1')"
)
_DESCRIBED: Final = (
    "INSERT INTO descriptions (article_key, kind, kind_rule, people, cited, content, rules_version)"
    " VALUES (?, ?, 'title', 2, 0, '', '1')"
)
_ARTICLES: Final = (
    'INSERT INTO articles (id, key, url, district, "column", title, body, source, published_on, document_number,'
    " family, rules, sha256, snapshot_id, first_captured_at, captured_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'trs', ?, '', ?, ?, ?)"
)
_CAPTURES: Final = (
    "INSERT INTO captures (snapshot_id, run_id, url, district, role, captured_at, status, sha256, outcome, article_key)"
    " VALUES (?, 1, ?, ?, 'article', ?, 200, ?, 'archived', ?)"
)
_CLUSTERS: Final = (
    "INSERT INTO clusters (article_key, id, cluster, common, digest, fingerprints) VALUES (?, ?, ?, 0.97, x'', x'')"
)
_VERSIONS: Final = (
    "INSERT INTO versions (article_key, generation, number, snapshot_id, captured_at, hash, kind, flags, said)"
    " VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)"
)
_HISTORIES: Final = "INSERT INTO histories VALUES (?, 1, 2, 1, ?, ?)"
_STATES: Final = "INSERT INTO states (article_key, number, state, since, evidence) VALUES (?, ?, ?, ?, ?)"
_PRESENCE: Final = (
    'INSERT INTO presence (article_key, district, "column", state, since, first_at, seen_at, due_at)'
    " VALUES (?, ?, ?, ?, ?, ?, ?, '2027-01-01T00:00:00+00:00')"
)
_CITABLE: Final = "INSERT OR IGNORE INTO citable VALUES (?, ?, 'number')"


@dataclass(frozen=True, slots=True)
class Made:
    """One article: its text begins with a sentence that names two people, a place and a number it cites."""

    number: int
    title: str
    body: str
    day: date
    names: tuple[str, str]

    @property
    def key(self) -> str:
        return f"{self.number:016x}"

    @property
    def id(self) -> int:
        return int(f"{self.day:%Y%m%d}") * 1_000_000 + self.number

    @property
    def url(self) -> str:
        return f"http://{corpus.HOST}/{self.number}"

    @property
    def district(self) -> str:
        return slug(self.number % DISTRICTS)

    @property
    def column(self) -> str:
        return COLUMNS[self.number // DISTRICTS % len(COLUMNS)]

    @property
    def document(self) -> str | None:
        return document(self.number) if self.number % NUMBERED == 0 else None

    def at(self, days: int = 0) -> str:
        return f"{self.day + timedelta(days=days)}T18:00:00+00:00"


def slug(number: int) -> str:
    return f"district{number}"


def name(district: int, number: int) -> str:
    """A person of a district: three characters that are no word."""
    letters = corpus.characters()
    return letters[district * 7] + letters[1000 + number] + letters[2000 + number * 3 % 900]


def document(number: int) -> str:
    """200 numbers in a year of each of an office's series, as offices count."""
    series, serial = divmod(number // NUMBERED, 200)
    return f"云{corpus.characters()[series // 11]}发〔{2015 + series % 11}〕{serial + 1}号"


def made(number: int) -> Made:
    title, body, day = corpus.document(number)
    district = number % DISTRICTS
    one, two = (name(district, (number * turn) % PEOPLE) for turn in (7, 11))
    place, cited = PLACES[number % 4], document(number // 2 // NUMBERED * NUMBERED)
    lead = f"{TITLES[number % 4]}{one}、{TITLES[(number + 1) % 4]}{two}到{place}调研，落实《通知》（{cited}）。\n"
    return Made(number, title, lead + body, day, (one, two))


def fill(path: Path, articles: int) -> None:
    """Makes the archive, or adds to it up to so many articles."""
    with open_archive(path) as archive:
        (held,) = archive.db.conn.execute("SELECT count(*) FROM articles").fetchone()
        if not held:
            _places(archive)
        for first in range(held + 1, articles + 1, CHUNK):
            _chunk(archive, [made(number) for number in range(first, min(first + CHUNK, articles + 1))])
        conn = archive.write()
        for queue in QUEUES:
            conn.execute(f"DELETE FROM {queue}")
        everybody = ((slug(d), name(d, number)) for d in range(DISTRICTS) for number in range(PEOPLE))
        conn.executemany("INSERT OR IGNORE INTO people_stale VALUES (?, ?)", everybody)
        archive.commit()
        people.refresh(archive)


def _places(archive: Archive) -> None:
    """The districts, their columns, a run a day for each, and what the columns listed on 120 days."""
    conn = archive.write()
    days = [date(2026, 11, 1) - timedelta(days=back) for back in range(120)]
    for number in range(DISTRICTS):
        site = f"http://{slug(number)}.example.cn"
        place = (slug(number), f"第{number}区", f"99010{number}", site, "trs")
        conn.execute("INSERT INTO districts (slug, name, code, site, family) VALUES (?, ?, ?, ?, ?)", place)
        conn.executemany(
            "INSERT INTO columns VALUES (?, ?, ?, ?)",
            [(slug(number), position, column, f"{site}/{position}/") for position, column in enumerate(COLUMNS)],
        )
        conn.executemany(
            "INSERT INTO runs (district, kind, pid, started_at, ended_at, exit_code, seen, unchanged)"
            " VALUES (?, 'crawl', 1, ?, ?, 0, 20, 20)",
            [(slug(number), f"{day}T18:00:00+00:00", f"{day}T18:09:00+00:00") for day in reversed(days)],
        )
        conn.executemany(
            'INSERT INTO coverage (district, "column", day, listed, unchanged, failed) VALUES (?, ?, ?, 20, ?, ?)',
            [
                (slug(number), column, str(day), 20 - (day.day % 9 == 0), int(day.day % 9 == 0))
                for column in COLUMNS
                for day in days
            ],
        )
    archive.commit()


def _chunk(archive: Archive, ones: Sequence[Made]) -> None:
    conn = archive.write()
    edited, gone = ([one for one in ones if one.number % share == 1] for share in (EDITED, GONE))
    copies = [one for one in ones if one.number % COPIED == 2]
    conn.executemany(_FACTS, [fact for one in ones for fact in _facts(one)])
    conn.executemany(_DESCRIBED, [(one.key, KINDS[one.number % len(KINDS)]) for one in ones])
    conn.executemany(_CITABLE, [(one.document, one.key) for one in ones if one.document])
    conn.executemany(_VERSIONS, [version for one in edited for version in _versions(one)])
    conn.executemany(_ARTICLES, [_article(one) for one in ones])
    conn.executemany(_HISTORIES, [(one.key, one.at(9), one.at(9)) for one in edited])
    conn.executemany(_CAPTURES, [(one.number, one.url, one.district, one.at(), one.key, one.key) for one in ones])
    conn.executemany(_CLUSTERS, [(one.key, one.id, f"{one.number - 1:016x}") for one in copies])
    conn.executemany(_STATES, [(one.key, 1, "present", one.at(), one.number) for one in ones])
    conn.executemany(_STATES, [(one.key, 2, "removed", one.at(20), one.number) for one in gone])
    lost = {one.key for one in gone}
    conn.executemany(_PRESENCE, [_presence(one, one.key in lost) for one in ones])
    archive.commit()


def _article(one: Made) -> tuple[object, ...]:
    office = OFFICES[one.number % len(OFFICES)]
    text = (one.title, one.body, office, str(one.day), one.document, RULES)
    return (one.id, one.key, one.url, one.district, one.column, *text, one.number, one.at(), one.at())


def _facts(one: Made) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for kind, value, unit, about in (
        ("person", one.names[0], "", "office"),
        ("title", TITLES[one.number % 4], "", one.names[0]),
        ("person", one.names[1], "", "office"),
        ("title", TITLES[(one.number + 1) % 4], "", one.names[1]),
        ("place", PLACES[one.number % 4], "", ""),
        ("document_number", document(one.number // 2 // NUMBERED * NUMBERED), "cited", ""),
    ):
        start = one.body.index(value)
        found.append((one.key, len(found), kind, value, unit, about, value, start, start + len(value)))
    return found


def _versions(one: Made) -> list[tuple[object, ...]]:
    lines = tuple(one.body.split("\n"))
    before = Said(one.title, {}, (*lines, "本通知自发布之日起施行。"), (), (), ())
    after = Said(one.title, {}, (*lines, "本通知自2026年1月1日起施行，有效期5年。"), (), (), ())
    flags = json.dumps(["number", "date"])
    return [
        (one.key, 1, one.number, one.at(), before.hash, "first", "[]", to_json(before)),
        (one.key, 2, one.number, one.at(9), after.hash, "substantive", flags, to_json(after)),
    ]


def _presence(one: Made, gone: bool) -> tuple[object, ...]:
    state, since = ("removed", one.at(20)) if gone else ("present", one.at())
    return one.key, one.district, one.column, state, since, one.at(), one.at()
