"""describe(text) -> Description: every fact of an announcement, with its evidence. The stages meet only here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

from pipelines.metadata import (
    appointments,
    dates,
    documents,
    kinds,
    lac,
    lexicon,
    meetings,
    money,
    numbers,
    organisations,
    people,
    places,
    terms,
)
from pipelines.metadata.evidence import Fact, bare, fold

__all__ = ["RULES_VERSION", "Description", "Fact", "describe"]

RULES_VERSION: Final = "2026.11.2"
"""Written beside every stored fact. Raise it whenever a rule or a vocabulary changes what is found."""

Span = tuple[int, int]
# 2026-11: a sentence without one of these names neither a body nor a place that our own rules do not see.
_WANTED: Final = re.compile(
    r"[局厅部委办院所司厂校队社团行馆站园港岛湖山河江镇乡村区县市州省]|公司|集团|政府|大学|中心|企业|银行|学会|协会|联盟|控股|传媒|科技|控|钢|在|于|赴|到"
)


@dataclass(frozen=True, slots=True)
class Description:
    """What an announcement says.

    facts      every fact, by place in the text
    kind       one of `kinds.KINDS`; kind_rule: what decided
    keywords   names and titles the text turns on, the commonest first
    extra      whether the optional model was heard
    """

    facts: tuple[Fact, ...]
    kind: str
    kind_rule: str
    keywords: tuple[str, ...] = ()
    extra: bool = False
    rules_version: str = RULES_VERSION

    def of(self, kind: str) -> tuple[Fact, ...]:
        """The facts of one kind, by place."""
        return tuple(f for f in self.facts if f.kind == kind)

    def as_json(self) -> dict[str, object]:
        """The keys of ../shared/gold/*.json: distinct values, as `score.py` reads them."""
        titles: dict[str, list[str]] = {f.value: [] for f in self.of("person")}
        roles: dict[str, list[str]] = {f.value: [] for f in self.of("person")}
        for fact in self.of("title"):
            titles[fact.about].append(fact.value)
        for fact in self.of("role"):
            roles[fact.about].append(fact.value)
        numbers_ = self.of("document_number")
        held = self.of("meeting")
        return {
            "people": [{"name": n, "titles": _distinct(t), "roles": _distinct(roles[n])} for n, t in titles.items()],
            "organisations": _distinct(f.value for f in self.of("organisation")),
            "places": _distinct(f.value for f in self.of("place")),
            "place_codes": {f.value: f.unit for f in self.of("place") if f.unit},
            "amounts": _amounts(self.of("money")),
            "percentages": [
                {"text": f.raw, "value": _number(f.value), "about": f.about} for f in _firsts(self.of("percentage"))
            ],
            "dates": [{"text": f.raw, "iso": f.value} for f in _firsts(self.of("date"))],
            "own_document_number": next((f.value for f in numbers_ if f.unit == "own"), None),
            "deadlines": _distinct(f.value for f in self.of("deadline")),
            "effective": _distinct(f.value for f in self.of("effective")),
            "cited_document_numbers": _distinct(f.value for f in numbers_ if f.unit == "cited"),
            "cited_titles": _distinct(f.value for f in self.of("cited_title")),
            "meeting": held[0].value if held and self.kind in ("会议", "活动", "调研") else None,
            "appointments": [{"name": f.value, "post": f.about, "direction": f.unit} for f in self.of("appointment")],
            "kind": self.kind,
            "keywords": list(self.keywords),
            "rules_version": self.rules_version,
        }


def describe(
    text: str, published: date | None = None, title: str = "", district: str = "", *, extra: bool | None = None
) -> Description:
    """Every fact of one announcement. Pure: no clock, no network, no database.

    text       the cleaned body, paragraphs separated by a line break
    published  the displayed date; dates without a year lean on it (None: such dates are left out)
    title      the headline, used for the kind; no facts are read from it
    district   GB/T 2260 code of the home district, "" where unknown
    extra      hear the optional model (None: where it is installed); RuntimeError if it is asked for and absent
    """
    folded = fold(text)
    hear = lac.available() if extra is None else extra
    heard: Sequence[lac.Word] = lac.tagged(folded, _WANTED) if hear else ()
    found = _described(folded, published, district, heard)
    facts = tuple(
        sorted((replace(f, raw=text[f.start : f.end]) for f in found), key=lambda f: (f.start, f.end, f.kind))
    )
    kind, rule = kinds.kind(folded, fold(title))
    return Description(facts, kind, rule, _keywords(facts), bool(hear))


def _described(text: str, published: date | None, district: str, heard: Sequence[lac.Word]) -> Iterator[Fact]:
    named = tuple(appointments.appointments(text))
    told = people.people(text)
    told = (*told, *_appointed(text, named, {f.start for f in told if f.kind == "person"}))
    cited = tuple(documents.cited_titles(text))
    serials = tuple(documents.document_numbers(text))
    closed = [(f.start, f.end) for f in (*told, *cited, *serials) if f.kind != "role"]
    bodies = tuple(organisations.organisations(text, sorted(closed), heard))
    fixed = [(f.start, f.end) for f in bodies if not organisations.zone(f.value)]
    yield from told
    yield from cited
    yield from serials
    yield from bodies
    yield from places.places(text, sorted((*closed, *fixed)), district, heard)
    yield from money.money(text)
    yield from numbers.percentages(text)
    yield from numbers.counts(text)
    days = tuple(_outside(dates.dates(text, published), [(f.start, f.end) for f in serials]))
    yield from days
    yield from terms.terms(text, (day for day in days if day.kind == "date"))
    yield from meetings.meetings(text)
    yield from named
    yield from _plans(text)


def _appointed(text: str, named: Sequence[Fact], seen: set[int]) -> Iterator[Fact]:
    """The people of appointment clauses; who is appointed bears the post as a title, who is proposed (拟任) not."""
    for fact in named:
        width = next(n for n in range(len(fact.value), 24) if bare(text[fact.start : fact.start + n]) == fact.value)
        if fact.start not in seen:
            seen.add(fact.start)
            yield Fact("person", fact.value, fact.start, fact.start + width, "appointment", 0.92)
        if fact.unit == "任" and "拟" not in text[max(0, fact.start - 4) : fact.end]:
            start = fact.end - len(fact.about)
            if text[start : fact.end] == fact.about:
                yield Fact("title", fact.about, start, fact.end, "appointment", 0.92, about=fact.value)


def _outside(facts: Iterable[Fact], closed: Sequence[Span]) -> Iterator[Fact]:
    return (f for f in facts if not any(a < f.end and f.start < b for a, b in closed))


@cache
def _plan_names() -> re.Pattern[str]:
    plans = lexicon.alternation(lexicon.words("plans"))
    return re.compile(plans + r"(?=(?:规划|时期|期间|末|以来|开局|收官|倡议)|[”’])")


def _plans(text: str) -> Iterator[Fact]:
    """Plan names: “532”发展战略, 十四五."""
    for quoted in re.finditer(
        r"“([\d一二三四五六七八九十+]{2,8}[A-ZX]?)”(?=[\u4e00-\u9fff]{0,4}(?:战略|规划|工程|计划|行动|模式|体系|目标|部署|时期|期间|末|后))",
        text,
    ):
        yield Fact("plan", quoted.group(1), quoted.start(1), quoted.end(1), "plan-quoted", 0.9)
    for named in _plan_names().finditer(text):
        if text[named.start() - 1 : named.start()] != "“" or not re.match(r"[\d一二三四五六七八九十]", named.group()):
            yield Fact("plan", named.group(), named.start(), named.end(), "plan-list", 0.9)


def _keywords(facts: Sequence[Fact]) -> tuple[str, ...]:
    """At most eight names of bodies, places, meetings and plans, the commonest first."""
    seen: dict[str, int] = {}
    for fact in facts:
        if fact.kind in ("organisation", "place", "meeting", "plan") and len(fact.value) <= 20:
            seen[fact.value] = seen.get(fact.value, 0) + 1
    return tuple(sorted(seen, key=lambda v: -seen[v])[:8])


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _firsts(facts: Iterable[Fact]) -> list[Fact]:
    """The first fact of every value."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.value, fact)
    return list(first.values())


def _number(value: str) -> float | int:
    number = float(value)
    return int(number) if number.is_integer() else number


def _amounts(facts: Iterable[Fact]) -> list[dict[str, object]]:
    first = {(f.value, f.unit): f for f in reversed(list(facts))}
    return [
        {"text": f.raw, "value": _number(f.value), "unit": f.unit}
        for f in sorted(first.values(), key=lambda f: f.start)
    ]
