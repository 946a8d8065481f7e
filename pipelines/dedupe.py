"""Is this text another one again? Fingerprints that find candidates, and a verdict on two texts clause by clause.

Hashes of whole texts and sets of shingles fold notices that differ in one number (docs/architecture.md has the
figures); so shared fingerprints (winnowing, Schleimer et al. 2003) only propose, and the clauses decide. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Literal
from zlib import crc32

from rapidfuzz.distance import Indel

from pipelines.text import zh_fold

Kind = Literal["copy", "variant", "excerpt", "container", ""]

SHINGLE = 12  # characters hashed together
WINDOW = 40  # shingles of which one is kept: every run of 51 equal characters is noticed
SHORT = 60  # characters below which an equal body says little: the titles decide

_NOTHING = re.compile("[\u200b-\u200f\u2060\ufeff\xad]")
_CLAUSE = re.compile(r"[。！？!?；;，,、：:\s•·]+")
# What does not make a text another one: punctuation and spaces. The point of a decimal number does.
_DROPPED = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.]|_")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[〇零一二三四五六七八九十百千万亿两]+")
_US = re.compile(r"^(?:我|本|全)(?=[省市区县镇乡州盟旗])")  # what a repost elsewhere must spell out
_ALIKE = 0.5  # two clauses with this much in common say the same thing with a change
_SAME = 0.92  # share of the text that copies have in common at least, apart from what one of them adds
_PART = 0.6  # a text shorter than this share of the other is an excerpt of it, no copy
_LOOSE = 0.5  # share in common that makes two texts variants of a template
_EDGE = 2  # clauses at either end where a repost names itself, its source and its editors
_MUCH = 0.1  # share of the shorter text that may be written otherwise in the midst of a copy


@dataclass(frozen=True)
class Text:
    """A text as compared. document_number: its own 发文字号; two different ones are two documents."""

    title: str
    body: str
    document_number: str = ""

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The body between punctuation, folded (width, case, script), letters and digits only."""
        parts = _CLAUSE.split(zh_fold(_NOTHING.sub("", self.body)))
        return tuple(plain for part in parts if (plain := _DROPPED.sub("", part)))

    @cached_property
    def plain(self) -> str:
        return "".join(self.clauses)

    @cached_property
    def plain_title(self) -> str:
        return _DROPPED.sub("", zh_fold(self.title))

    @cached_property
    def digest(self) -> bytes:
        """8 bytes that are equal where title and body are, punctuation, width, case and script aside."""
        return blake2b(f"{self.plain_title}\n{self.plain}".encode(), digest_size=8).digest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a later text is to an earlier one.

    kind     "copy" (the same announcement), "variant" (same template, other number, name or date: never folded),
             "excerpt" (a part of the earlier), "container" (holds all of the earlier, as a round-up does), "" (neither)
    common   share of the shorter text that both have
    changed  clauses that say another number or word: (earlier, later)
    added    clauses that only the later has; dropped: only the earlier
    """

    kind: Kind
    common: float = 0.0
    changed: tuple[tuple[str, str], ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def fingerprints(text: Text) -> tuple[int, ...]:
    """The winnowed hashes of a text, signed 32 bits, ascending: about one for 20 characters; () below 12 characters."""
    data = text.plain.encode("utf-16-le", "surrogatepass")
    hashes = [crc32(data[at : at + 2 * SHINGLE]) for at in range(0, len(data) - 2 * SHINGLE + 1, 2)]
    return tuple(sorted({one - 2**31 for one in _winnowed(hashes)}))


def _winnowed(hashes: Sequence[int]) -> Iterator[int]:
    """The least hash of every window, the rightmost of equals."""
    if len(hashes) <= WINDOW:
        yield from [min(hashes)] if hashes else []
        return
    place, least = -1, 0
    for start in range(len(hashes) - WINDOW + 1):
        last = start + WINDOW - 1
        if place < start:
            window = hashes[start : last + 1]
            least = min(window)
            place = last - window[::-1].index(least)
            yield least
        elif hashes[last] <= least:
            place, least = last, hashes[last]
            yield least


def relate(earlier: Text, later: Text) -> Verdict:
    """What the later text is to the earlier one."""
    if not earlier.plain or not later.plain:
        return Verdict("")
    if earlier.plain == later.plain:
        return Verdict("variant" if _other(earlier, later) else "copy", 1.0)
    found = _compare(earlier.clauses, later.clauses)
    sizes = len(earlier.plain), len(later.plain)
    small, size = min(sizes), min(sizes) / max(sizes)
    kind: Kind = ""
    if found.common >= _SAME * small and not found.changed and found.inner < _MUCH * small:
        kind = "copy" if size >= _PART else "excerpt" if sizes[1] < sizes[0] else "container"
        kind = "variant" if kind == "copy" and _other(earlier, later) else kind
    elif found.common + found.alike >= _LOOSE * small and size >= _LOOSE:
        kind = "variant"
    common = found.common / small
    return Verdict(kind, common, tuple(found.changed), tuple(found.added), tuple(found.dropped))


def _other(one: Text, two: Text) -> bool:
    """Do title or number tell two documents apart whose bodies agree?"""
    if one.document_number and two.document_number and one.document_number != two.document_number:
        return True
    if one.plain_title == two.plain_title:
        return False
    if min(len(one.plain), len(two.plain)) < SHORT:
        return True
    return _numbers(one.plain_title) != _numbers(two.plain_title) and _alike(one.plain_title, two.plain_title)


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _alike(one: str, two: str) -> bool:
    return bool(Indel.normalized_similarity(one, two) >= _ALIKE)


@dataclass(slots=True)
class _Comparison:
    """common, alike, inner: characters in common, of clauses that say it otherwise, and rewritten in the midst."""

    changed: list[tuple[str, str]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    common: int = 0
    alike: int = 0
    inner: int = 0


def _compare(one: Sequence[str], two: Sequence[str]) -> _Comparison:
    found = _Comparison()
    for before, after, edge in _gaps(one, two):
        left, right = "".join(before), "".join(after)
        shorter = min(len(left), len(right))
        if left == right or _wording(left, right):
            found.common += shorter
        elif left and right and _says_otherwise(left, right, edge):
            found.changed.append((left, right))
            found.alike += shorter
        else:
            found.added += after
            found.dropped += before
            found.inner += 0 if edge else shorter
    return found


def _gaps(one: Sequence[str], two: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str], bool]]:
    """Runs of clauses, in turn equal and not: (of one, of two, at either end of a text?). Clauses are compared as
    numbers: the library compares sequences of hashes."""
    names: dict[str, int] = {}
    rows = [[names.setdefault(clause, len(names)) for clause in side] for side in (one, two)]
    start = (0, 0)
    for block in Indel.opcodes(*rows).as_matching_blocks():
        here = (block.a, block.b)
        if here != start:
            edge = min(start) < _EDGE or len(one) - here[0] < _EDGE or len(two) - here[1] < _EDGE
            yield one[start[0] : here[0]], two[start[1] : here[1]], edge
        if block.size:
            yield one[block.a : block.a + block.size], two[block.b : block.b + block.size], False
        start = (block.a + block.size, block.b + block.size)


def _wording(left: str, right: str) -> bool:
    """我区 here, its name there; nothing else."""
    return bool(left and right) and (_US.sub("", left) == right or left == _US.sub("", right))


def _says_otherwise(left: str, right: str, edge: bool) -> bool:
    """The same thing with another number, or with another word in the midst of it."""
    if _alike(left, right):
        return True
    return not edge and _numbers(left) != _numbers(right) and max(len(left), len(right)) <= 4 * SHINGLE
