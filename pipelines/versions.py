"""Two captures of one announcement: has somebody edited it, what, and does it matter?

An edit is a change of title, fields, text, pictures or files. White space, counters, the day's date, blocks of links
and what a page draws anew at each visit are none (data/noise.toml). The rule that tells minor from substantive edits
is stated at ``compare``. Pure: no archive, no clock.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import unquote, urlsplit

from diff_match_patch import diff_match_patch
from rapidfuzz.distance import Indel

from pipelines.article import Article, Link

Kind = Literal["", "minor", "substantive"]
Piece = tuple[Literal["same", "dropped", "added"], str]

# Fields whose change is substantive; a change of another one is minor.
WEIGHTY = (
    *("document_number", "issuer", "published_on", "made_on", "effective_on", "repealed_on", "validity"),
    *("index_number", "disclosure"),
)
LIGHT = ("published_at", "source", "author", "topic_class", "genre_class", "combo_class", "abstract", "keywords")
SENTENCE = 8  # letters, digits and Han characters from which a sentence that came or went is substantive
FEW = 4  # changed characters of a sentence up to which a correction may be minor,
SHARE = 0.2  # if they are no more than this share of it
LONG = 4000  # characters of a "sentence" that is not looked into: a table without a full stop

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”』」）)]*")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*[%％‰]?|[〇零一二三四五六七八九十百千万亿两]+")
_TOKEN = re.compile(rf"{_NUMBER.pattern}|.", re.S)
_PRIVATE = 0xE000  # code points without a meaning of their own, which stand for whole numbers
_DATE = re.compile(r"\d{1,4}\s*[年月日]|[一二三四五六七八九十〇]+\s*[年月日]|\d{4}[-/.]\d{1,2}")


@dataclass(frozen=True, slots=True)
class Said:
    """What an announcement says at one time. fields: name -> value, without empty ones; lines: paragraphs without
    noise; files: (name, last part of the address); hashes: SHA-256 of the files, where they are known."""

    title: str
    fields: Mapping[str, str]
    lines: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    pictures: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        return "\n".join(self.lines)

    @property
    def hash(self) -> str:
        """16 hex digits; equal where nothing was edited."""
        plain = [_SPACE.sub("", self.title), sorted(self.fields.items()), [_SPACE.sub("", line) for line in self.lines]]
        said = json.dumps([plain, self.files, self.pictures, self.hashes], ensure_ascii=False)
        return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Hunk:
    """A sentence that came, went or changed; from ``steps`` also one that is the same. line: of the later text (of the
    earlier for one that went), from 0. pieces: what is the same, dropped and added, in order. flags: "number", "date",
    "name"."""

    kind: Literal["same", "added", "dropped", "changed"]
    line: int
    before: str
    after: str
    pieces: tuple[Piece, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """kind "": nothing was edited. fields: (name, before, after), "title" and "files" among them; flags: those of all
    hunks and "title", "fields", "files"."""

    kind: Kind
    fields: tuple[tuple[str, str, str], ...] = ()
    hunks: tuple[Hunk, ...] = ()
    flags: tuple[str, ...] = ()


def said(article: Article, hashes: Sequence[str] = ()) -> Said:
    """What an article says, without noise."""
    values = {name: getattr(article, name) for name in (*WEIGHTY, *LIGHT)}
    signed = "；".join(f"{role}：{name}" for role, name in article.credits)
    return Said(
        title=article.title.strip(),
        fields={name: str(value) for name, value in values.items() if value} | ({"credits": signed} if signed else {}),
        lines=tuple(_quiet(article.body.split("\n"))),
        files=tuple((_SPACE.sub(" ", link.text).strip(), _file(link)) for link in article.attachments),
        pictures=tuple(_file(link) for link in article.images),
        hashes=tuple(sorted(hashes)),
    )


def to_json(one: Said) -> str:
    return json.dumps(asdict(one), ensure_ascii=False, sort_keys=True)


def from_json(text: str) -> Said:
    """What ``to_json`` wrote."""
    found = json.loads(text)
    return Said(
        title=found["title"],
        fields=found["fields"],
        lines=tuple(found["lines"]),
        files=tuple((name, address) for name, address in found["files"]),
        pictures=tuple(found["pictures"]),
        hashes=tuple(found["hashes"]),
    )


def compare(before: Said, after: Said, names: tuple[Collection[str], Collection[str]] = ((), ())) -> Change:
    """What was edited. names: the people that each of the two names.

    Substantive is an edit of the title, of a weighty field, of the files, of a number, a date or a person's name; a
    sentence of eight characters or more that came or went; and a sentence in which more than four characters, or more
    than a fifth, are others. All else is minor: punctuation, a wrong character put right, a credit, a picture.
    """
    if before.hash == after.hash:
        return Change("")
    fields = list(_fields(before, after))
    new = set(names[0]) ^ set(names[1])
    hunks = tuple(_hunks(before.lines, after.lines, new))
    flags = {flag for hunk in hunks for flag in hunk.flags}
    flags |= {"title" for name, _, _ in fields if name == "title"}
    flags |= {"files" for name, _, _ in fields if name == "files"}
    flags |= {"fields" for name, _, _ in fields if name in WEIGHTY}
    weighty = bool(flags) or any(_weighs(hunk) for hunk in hunks)
    return Change("substantive" if weighty else "minor", tuple(fields), hunks, tuple(sorted(flags)))


def _fields(before: Said, after: Said) -> Iterator[tuple[str, str, str]]:
    if _words(before.title) != _words(after.title):
        yield "title", before.title, after.title
    elif _SPACE.sub("", before.title) != _SPACE.sub("", after.title):
        yield "punctuation of the title", before.title, after.title
    for name in (*WEIGHTY, *LIGHT, "credits"):
        old, new = before.fields.get(name, ""), after.fields.get(name, "")
        if old != new:
            yield name, old, new
    if (before.files, before.hashes) != (after.files, after.hashes):
        yield "files", _listed(before), _listed(after)
    if before.pictures != after.pictures:
        yield "pictures", "；".join(before.pictures), "；".join(after.pictures)


def _listed(one: Said) -> str:
    return "；".join(name or address for name, address in one.files) + "".join(
        f" {digest[:8]}" for digest in one.hashes
    )


def _hunks(before: Sequence[str], after: Sequence[str], names: Collection[str]) -> Iterator[Hunk]:
    return (hunk for hunk in steps(before, after, names) if hunk.kind != "same")


def steps(before: Sequence[str], after: Sequence[str], names: Collection[str]) -> Iterator[Hunk]:
    """All sentences in order, the unchanged ones as hunks of kind "same". Sentences are aligned whole; where as many
    went as came, the most alike are read as one that changed."""
    old, new = list(_sentences(before)), list(_sentences(after))
    ids: dict[str, int] = {}
    rows = [[ids.setdefault(_SPACE.sub("", text), len(ids)) for _, text in side] for side in (old, new)]
    start = (0, 0)
    for block in Indel.opcodes(*rows).as_matching_blocks():
        yield from _gap(old[start[0] : block.a], new[start[1] : block.b], names)
        for (_, was), (line, text) in zip(
            old[block.a : block.a + block.size], new[block.b : block.b + block.size], strict=True
        ):
            yield Hunk("same", line, was, text, (("same", text),), ())
        start = (block.a + block.size, block.b + block.size)


def _gap(old: Sequence[tuple[int, str]], new: Sequence[tuple[int, str]], names: Collection[str]) -> Iterator[Hunk]:
    left = list(old)
    for line, text in new:
        likeness = [Indel.normalized_similarity(text, one) for _, one in left]
        best = max(range(len(left)), key=likeness.__getitem__, default=-1)
        if best >= 0 and likeness[best] >= 0.5:
            for gone, one in left[:best]:
                yield _hunk("dropped", gone, one, "", names)
            yield _hunk("changed", line, left[best][1], text, names)
            del left[: best + 1]
        else:
            yield _hunk("added", line, "", text, names)
    for gone, one in left:
        yield _hunk("dropped", gone, one, "", names)


def _hunk(kind: Literal["added", "dropped", "changed"], line: int, old: str, new: str, names: Collection[str]) -> Hunk:
    pieces = tuple(_pieces(old, new))
    flags = []
    if kind == "changed" and _dates(old) != _dates(new):
        flags.append("date")
    if any(name in old or name in new for name in names):
        flags.append("name")
    if kind == "changed" and _numbers(_DATE.sub("", old)) != _numbers(_DATE.sub("", new)):
        flags.append("number")
    return Hunk(kind, line, old, new, pieces, tuple(flags))


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Characters in common and not, cut where a reader would cut them; a number is one thing."""
    if max(len(old), len(new)) > LONG:
        yield from ((what, text) for what, text in (("dropped", old), ("added", new)) if text)  # type: ignore[misc]
        return
    tool = diff_match_patch()
    tool.Diff_Timeout = 0  # no clock: equal texts have equal differences
    signs: dict[str, str] = {}
    tokens: dict[str, str] = {}
    sides = []
    for text in (old, new):
        for token in _TOKEN.findall(text):
            if token not in signs:
                signs[token] = chr(_PRIVATE + len(signs))
                tokens[signs[token]] = token
        sides.append("".join(signs[token] for token in _TOKEN.findall(text)))
    found = tool.diff_main(*sides, checklines=False)
    tool.diff_cleanupSemantic(found)
    words: dict[int, Literal["same", "dropped", "added"]] = {0: "same", -1: "dropped", 1: "added"}
    yield from ((words[sign], "".join(tokens[one] for one in text)) for sign, text in found)


def _weighs(hunk: Hunk) -> bool:
    changed = sum(len(_words(text)) for what, text in hunk.pieces if what == "dropped")
    changed = max(changed, sum(len(_words(text)) for what, text in hunk.pieces if what == "added"))
    if hunk.kind != "changed":
        return changed >= SENTENCE
    return changed > FEW or changed > SHARE * len(_words(hunk.before + hunk.after)) / 2


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(_SPACE.sub("", text))


def _dates(text: str) -> list[str]:
    return _DATE.findall(_SPACE.sub("", text))


def _words(text: str) -> str:
    return "".join(_WORD.findall(text))


def _sentences(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        for found in _SENTENCE.finditer(line):
            yield number, found.group()


def _quiet(lines: Sequence[str]) -> Iterator[str]:
    noise, blocks = _noise()
    listing = False
    for line in lines:
        plain = _SPACE.sub("", line.removeprefix("• "))
        if blocks.fullmatch(plain):
            listing = True
            continue
        listing = listing and "。" not in plain and len(plain) < 60
        if plain and not listing and not noise.fullmatch(plain):
            yield _SPACE.sub(" ", line).strip() if "\t" not in line else line


@cache
def _noise() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = tomllib.loads(files("pipelines").joinpath("data/noise.toml").read_text("utf-8"))
    return re.compile("|".join(f"(?:{one})" for one in table["lines"])), re.compile(table["blocks"])


def _file(link: Link) -> str:
    """The last part of a file's address: hosts and folders move without an edit."""
    return unquote(urlsplit(link.url).path.rpartition("/")[2])
