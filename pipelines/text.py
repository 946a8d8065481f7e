"""Chinese indexing and asking: one folding and one cutting for both sides, so that what is written can be found.

Han runs become overlapping bigrams plus the lone last character, runs of letters and of digits stay words. Measured
in 2026 on a million documents: every word of two characters or more is found, which no ready-made FTS5 tokenizer does.
Nothing here knows SQL; the expressions are FTS5's, for a table with ``tokenize='ascii'``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from operator import add

EVERY = "§"  # every indexed row carries this token (archive/index.py); it is no word that can be typed
MAX_QUERY = 500
MAX_TERMS = 24

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<digits>\d+)|(?P<word>[^\W\d_{_HAN}]+)")
_TERM = re.compile(
    r'(?P<minus>(?<!\S)-(?=\S))?(?:"(?P<phrase>[^"]*)"?|[“”](?P<zh>[^“”"]*)[“”](?!\S)|(?P<bare>[^\s"]+))'
)
Span = tuple[int, int]
# The brackets around a document number's year: the standard's 〔〕 is on no keyboard, and sites write all of these.
_BRACKETS = dict(zip("〔【〖〕】〗", "[[[]]]", strict=True))


class _Fold(dict[int, str]):
    """Code point -> folded character, worked out at the first sight of each; a table for str.translate."""

    def __missing__(self, point: int) -> str:
        self[point] = folded = _fold(chr(point))
        return folded


def _fold(char: str) -> str:
    if 0xD800 <= ord(char) <= 0xDFFF:  # half a pair: SQLite cannot store it
        return "\ufffd"
    wide = unicodedata.normalize("NFKC", char)
    char = wide if len(wide) == 1 else char
    small = char.casefold()
    char = small if len(small) == 1 else char
    return _BRACKETS.get(char) or _simplified().get(char, char)


@cache
def _simplified() -> dict[str, str]:
    lines = files("pipelines").joinpath("data/traditional.tsv").read_text("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines if line and not line.startswith("#"))


@cache
def _table() -> _Fold:
    return _Fold()


def zh_fold(text: str) -> str:
    """The text in one width, case and script; as long as it was, so offsets stay true.

    Per character: NFKC where it gives one character, casefold likewise, traditional to simplified (OpenCC's table), and
    one square bracket for the many around a document number's year.
    """
    return text.translate(_table())


def zh_tokens(text: str) -> str:
    """The text as FTS5's ascii tokenizer should see it: tokens with a space between.

    ``30亿元 R&D`` -> ``30 亿 亿元 元 r d``. A Han character right after a letter or digit also stands alone, so that
    ``30亿`` is a phrase and ``130亿`` does not contain it.
    """
    return " ".join(chain.from_iterable(_runs(zh_fold(text))))


def _runs(folded: str) -> Iterator[list[str]]:
    """The tokens of each run of Han, digits or letters."""
    end = -1
    for run in _RUN.finditer(folded):
        word = run.group()
        if run.lastgroup != "han":
            yield [word]
            end = run.end()
            continue
        tokens = list(map(add, word, word[1:]))
        tokens.append(word[-1])
        if run.start() == end and len(word) > 1:
            tokens.insert(0, word[0])
        yield tokens


@dataclass(frozen=True, slots=True)
class Match:
    """A question put to the index. Terms are folded.

    expression  for FTS5's MATCH; "" when there is nothing to look up (nothing typed, or only symbols)
    terms       what must be there, for highlighting
    checks      terms of which the index knows less than was typed (``160%``): the text itself must hold them
    lacks       the same for -terms: the text must not hold them
    lone        the only term when it is a single Han character: the index finds it by prefix, slowly
    ignored     terms without a letter, digit or Han character: nothing to look up
    """

    expression: str
    terms: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    lone: str = ""
    ignored: tuple[str, ...] = ()


def zh_match(query: str) -> Match:
    """Reads what was typed: terms with spaces between must all be there, ``-term`` must not, ``"a b"`` is a phrase.

    Whatever is typed gives an expression that FTS5 accepts. A query over MAX_QUERY characters or MAX_TERMS terms is
    cut there.
    """
    wanted: list[str] = []
    unwanted: list[str] = []
    ignored: list[str] = []
    for minus, term in _terms(query):
        if not _RUN.search(term):
            ignored.append(term)
        else:
            (unwanted if minus else wanted).append(term)
    wanted, unwanted = list(dict.fromkeys(wanted)), list(dict.fromkeys(unwanted))
    sure = [term for term in unwanted if not _needs_check(term)]
    expression = " AND ".join(_phrase(term) for term in wanted) or (f'"{EVERY}"' if unwanted else "")
    if sure:
        expression = f"({expression}) NOT ({' OR '.join(_phrase(term) for term in sure)})"
    return Match(
        expression=expression,
        terms=tuple(wanted),
        checks=tuple(term for term in wanted if _needs_check(term)),
        lacks=tuple(term for term in unwanted if term not in sure),
        lone=wanted[0] if len(wanted) == 1 and not unwanted and _is_han(wanted[0]) else "",
        ignored=tuple(ignored),
    )


def _terms(query: str) -> list[tuple[bool, str]]:
    """(excluded?, term) as typed; blank ones left out."""
    found = []
    for part in _TERM.finditer(zh_fold(query[:MAX_QUERY])):
        term = next((text for text in part.group("phrase", "zh", "bare") if text is not None), "")
        if term := " ".join(term.split()):
            found.append((bool(part.group("minus")), term))
    return found[:MAX_TERMS]


def _phrase(term: str) -> str:
    """One term as an FTS5 phrase. Its last Han run may go on in the text: no lone last character then."""
    runs = list(_runs(term))
    last = runs[-1]
    if _is_han(last[-1]):
        if len(last) > 1:
            last.pop()
        elif len(runs) == 1 or not _glued(term):
            return f'"{" ".join(token for run in runs for token in run)}" *'
    return f'"{" ".join(token for run in runs for token in run)}"'


def _is_han(token: str) -> bool:
    """Is it one Han character?"""
    run = _RUN.fullmatch(token)
    return len(token) == 1 and run is not None and run.lastgroup == "han"


def _glued(term: str) -> bool:
    """Does the term's last Han character stand right after a letter or digit?"""
    *_, before, last = _RUN.finditer(term)
    return before.end() == last.start()


def _needs_check(term: str) -> bool:
    """Is the index blind to a part of the term: a symbol, or whether two runs touch? A phrase's spaces do not count."""
    return any(not _RUN.fullmatch(word) for word in term.split())


def zh_has(text: str, term: str) -> bool:
    """Does the text hold the folded term? A term that starts or ends in a digit or letter does so at a word's edge.

    Each word of a phrase that the index does not fully know is looked for on its own.
    """
    if (written := _written(term)) is not None:
        return written.search(text) is not None
    folded = zh_fold(text)
    return all(_pattern(word).search(folded) for word in term.split())


@cache
def _variants() -> dict[str, str]:
    """Folded Han character -> all that fold to it."""
    found: dict[str, str] = {}
    ranges = (range(0x2E80, 0x2FE0), range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))  # radicals, compatibility forms
    for char in chain(_simplified(), _simplified().values(), map(chr, chain(*ranges))):
        folded = zh_fold(char)
        if char not in found.setdefault(folded, folded):
            found[folded] += char
    return found


@lru_cache(maxsize=512)
def _written(term: str) -> re.Pattern[str] | None:
    """A folded term of Han only, as it may be written; None for another. 2026-11: to look for it in a text as it is
    takes a tenth of the time of folding the text."""
    run = _RUN.fullmatch(term)
    if run is None or run.lastgroup != "han":
        return None
    forms = (_variants().get(char, char) for char in term)
    return re.compile("".join(form if len(form) == 1 else f"[{form}]" for form in forms))


@lru_cache(maxsize=512)
def _pattern(term: str) -> re.Pattern[str]:
    first, last = _edge(term[0]), _edge(term[-1])
    before = f"(?<!{first})" if first else ""
    return re.compile(before + re.escape(term).replace(r"\ ", r"[\W_]+") + (f"(?!{last})" if last else ""))


def _edge(char: str) -> str:
    """The class of characters that would go on the word this one is part of; "" for Han and symbols."""
    run = _RUN.match(char)
    if run is None or run.lastgroup == "han":
        return ""
    return r"\d" if run.lastgroup == "digits" else rf"[^\W\d_{_HAN}]"


def spans(text: str, terms: Iterable[str]) -> tuple[Span, ...]:
    """Where the folded terms stand in the text: (start, end) in order, those that touch made one."""
    found: list[Span] = []
    folded = ""
    for term in terms:
        written = _written(term)
        if written is None:
            folded = folded or zh_fold(text)
        found += [hit.span() for hit in (written or _pattern(term)).finditer(text if written else folded)]
    found.sort()
    joined: list[Span] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A line of a text and where the terms stand in it; cut_* say whether the text goes on."""

    text: str
    spans: tuple[Span, ...]
    cut_before: bool = False
    cut_after: bool = False


_NEAR, _FAR = 600, 60_000
_BLANK = re.compile(r"[\n\t\r\u3000\xa0]")
_STOP = re.compile(r"[。！？；\n]\s*")


def snippet(text: str, terms: Sequence[str], width: int = 140) -> Snippet:
    """The ``width`` characters of a text in which most of the terms stand; its beginning when none does.

    Looks into the first 600 characters, and on to 60,000 if some term does not stand there.
    """
    marks = spans(text[:_NEAR], terms)
    if len(text) > _NEAR and len(marks) < len(terms):
        marks = spans(text[:_FAR], terms)
    start = _window(text, marks, width, len(terms) > 1)
    end = min(len(text), start + width)
    inside = tuple((max(a, start) - start, min(b, end) - start) for a, b in marks if a < end and b > start)
    return Snippet(_BLANK.sub(" ", text[start:end]), inside, start > 0, end < len(text))


def _window(text: str, marks: Sequence[Span], width: int, several: bool) -> int:
    """Where to start: the window with most distinct hits, from its sentence's beginning if that is near."""
    if not marks or len(text) <= width:
        return 0

    best = marks[0][0]
    if several:
        words = [(a, b, zh_fold(text[a:b])) for a, b in marks[:200]]

        def worth(start: int) -> int:
            return len({word for a, b, word in words if start <= a and b <= start + width})

        best = max((a for a, _, _ in words), key=lambda a: (worth(a), -a))
    lead = max(0, best - width // 4)
    stops = [stop.end() for stop in _STOP.finditer(text, max(0, best - width // 2), best)]
    return stops[-1] if stops else (lead if best > width // 4 else 0)
