"""Fact: one thing a text states, where it states it, and which rule says so."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# 2026-11: one character for one, so that places in the folded text are places in the text.
_WIDE: Final = {c: c - 0xFEE0 for c in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_SIGNS: Final = str.maketrans("％．﹪,;:()!?\u3000\xa0\t\u2002\u2003\u2009・•‧∙⋅―─", "%.%，；：（）！？      ·····——")
_NUMBER_COMMA: Final = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated thing.

    kind        person, title, role, organisation, place, money, percentage, count, date, relative_date,
                document_number, cited_title, meeting, appointment, plan, deadline, effective
    value       normalised: a name without spaces, an ISO date, a decimal number, `〔〕` in document numbers
    start, end  place in the text, in characters; text[start:end] == raw
    rule        the rule that found it
    confidence  0 to 1: an order of trust set by hand, no probability
    unit        money: ISO 4217; count: the measure word; place: GB/T 2260 code ("" = not resolved);
                document_number: "own" or "cited"; appointment: "任" or "免"
    about       title, role: the person; percentage, count: what is measured; date, deadline, effective: how it was
                resolved; appointment: the post
    """

    kind: str
    value: str
    start: int
    end: int
    rule: str
    confidence: float = 1.0
    unit: str = ""
    about: str = ""
    raw: str = ""


def fold(text: str) -> str:
    """Same length: full-width letters and digits become half-width, half-width punctuation full-width.

    A comma that groups digits (1,234) stays a half-width comma.
    """
    return _NUMBER_COMMA.sub(",", text.translate(_WIDE).translate(_SIGNS))


def bare(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def plain(number: float) -> str:
    """A number as text without exponent or needless zeros: 48000000, 2.4."""
    shown = f"{number:.6f}".rstrip("0").rstrip(".")
    return shown or "0"
