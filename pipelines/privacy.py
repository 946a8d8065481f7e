"""What an archive must not spread of private persons: their numbers, and facts out of lists of them.

mask is applied to what is shown and indexed (title, body, abstract); the response as received keeps the numbers, in
snapshots.db, which is not published. private_list tells which texts are lists of people who are helped, housed,
compensated or penalised; no facts about persons are taken from those.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

_HERE = Path(__file__).parent

# Every number that is masked holds such a run; most texts hold none, and the three expressions take five times as long.
_RUN = re.compile(r"\d{4}[- ]?\d{4}")
_EDGE_BEFORE = r"(?<![0-9A-Za-z.,/])(?<![0-9]-)"
# GB 11643: 6 digits of place, 8 of birth, 3 of order, a check character; wrong check characters are printed as well.
_IDENTITY = re.compile(
    _EDGE_BEFORE + r"([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXxＸ](?![0-9A-Za-z])"
)
_OLD_IDENTITY = re.compile(r"(身份证[^\d\n]{0,12}[1-9]\d{5})\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)")
# An amount or quantity of eleven digits is none: 13812345678.00, 13812345678元.
_MOBILE = re.compile(
    r"(?<![0-9A-Za-z.,/¥￥])(?<![0-9]-)((?:\+?86[- ]?)?1[3-9]\d)([- ]?)\d{4}([- ]?)(\d{4})"
    r"(?![0-9A-Za-z]|[.,]\d|-\d|\s*(?:元|万元|亿|吨|股|平方|立方|千瓦))"
)
# A list has at least so many names: under a title that says what the list is, and without one.
_FEW, _MANY = 3, 5
_NUMBER = re.compile(r"^(?:• )?\s*[（(]?\d{0,4}[）)]?[.．、\s]*")
_BEFORE_END = re.compile(r"[，,：:（(\s]|$")
_PARTS = re.compile(r"[、，,；;\s]+")
# 男，1990年…: who is described so is a private person.
_DESCRIBED = re.compile(
    r"(?:当事人|被处罚人|被执行人)(?:姓名)?\s*[:：]?\s*(?P<name>[\u4e00-\u9fff*＊×某]{2,4})\s*[，,；;\n\s（(].{0,40}?(?:男|女|身份证|住址|住所)"
)
Table = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Words:
    titles: re.Pattern[str]
    columns: re.Pattern[str]
    names: re.Pattern[str]
    public: re.Pattern[str]
    offices: re.Pattern[str]
    nobody: frozenset[str]
    person: re.Pattern[str]
    masked: re.Pattern[str]


def mask(text: str) -> str:
    """The text with the middle of each mobile number and all but the place of each identity number as asterisks.

    Length and everything else stay: ``138****5678``, ``320412************``. Landlines are offices' and stay.
    """
    if not _RUN.search(text):
        return text
    text = _IDENTITY.sub(lambda found: found[1] + "*" * 12, text)
    text = _OLD_IDENTITY.sub(lambda found: found[1] + "*" * 9, text)
    return _MOBILE.sub(r"\1\2****\3\4", text)


def private_list(title: str, body: str) -> bool:
    """Is this a list of private persons (低保, 救助, 补偿, 住房保障, 失信, penalties …)? Lists of officials, of
    candidates for public office and of people who are honoured are not. body: as Article holds it."""
    words = _words()
    named = words.titles.search(title) is not None
    if not named and "\t" not in body:
        return False
    public = words.public.search(title) is not None
    lines = body.split("\n")
    for tabbed, group in groupby(lines, lambda line: "\t" in line):
        if tabbed and _table([line.split("\t") for line in group], named=named, public=public):
            return True
    if not named or public:
        return False
    return _listed([line for line in lines if "\t" not in line]) or _penalty(title, body)


def _table(rows: Table, *, named: bool, public: bool) -> bool:
    """Does a table list private persons? Its head decides where the title does not."""
    words = _words()
    head = next((at for at, row in enumerate(rows[:3]) if any(map(words.names.fullmatch, map(_bare, row)))), None)
    cells = [] if head is None else list(map(_bare, rows[head]))
    private = any(map(words.columns.search, cells))
    if any(map(words.offices.search, cells)) and not private:
        return False
    if head is None:
        return named and not public and _best(rows) >= _MANY
    told = [at for at, cell in enumerate(cells) if words.names.fullmatch(cell)]
    names = max(sum(_is_person(row[at], sure=True) for row in rows[head + 1 :] if at < len(row)) for at in told)
    if named:
        return names >= _FEW and (private or not public)
    return names >= _MANY and private and not public


def _best(rows: Table) -> int:
    """The most names in one column, where most of its cells are names and most are different."""
    best = 0
    for at in range(min(12, max(map(len, rows)))):
        cells = [_bare(row[at]) for row in rows if at < len(row) and row[at].strip()]
        names = [cell for cell in cells if _is_person(cell)]
        if len(names) * 10 >= len(cells) * 7 and len(set(names)) * 10 >= len(names) * 7:
            best = max(best, len(names))
    return best


def _listed(lines: Sequence[str]) -> bool:
    """Names at the start of lines (1、王某某，女 …), or lines of nothing but names."""
    openings = names = 0
    for line in lines:
        text = _NUMBER.sub("", line)
        openings += _is_person(_BEFORE_END.split(text, maxsplit=1)[0])
        parts = [part for part in _PARTS.split(text.strip("。")) if part]
        people = sum(map(_is_person, parts))
        names += people if people >= _MANY and people * 10 >= len(parts) * 8 else 0
    return openings >= _MANY or names >= _MANY


def _penalty(title: str, body: str) -> bool:
    """The penalty or debt of one person: 当事人：王某某，男，…"""
    found = _DESCRIBED.search(body) if re.search("处罚|失信", title) else None
    return found is not None and _is_person(found["name"])


def _bare(cell: str) -> str:
    return re.sub(r"[\s\u3000]+", "", cell)


def _is_person(text: str, *, sure: bool = False) -> bool:
    """Looks like a person's name. sure: it stands in a column of names, where rarer surnames are names as well."""
    words = _words()
    text = _bare(text)
    if not 2 <= len(text) <= 4 or text in words.nobody:
        return False
    if words.masked.fullmatch(text):
        return True
    return words.person.fullmatch(text) is not None and (
        sure or text[-1] not in "村镇乡区县市街路组队局站所院校厂店室部委社坊河湖山桥司庄寨屯湾沟坪坝塘里户"
    )


@cache
def _words() -> _Words:
    data = tomllib.loads((_HERE / "data" / "privacy.toml").read_text(encoding="utf-8"))
    lists = _HERE / "metadata" / "data"
    said = (lists / "surnames.txt").read_text(encoding="utf-8").splitlines()
    single = "".join(line for line in said if line[:1] not in ("#", "["))
    double = "|".join((lists / "compound_surnames.txt").read_text(encoding="utf-8").split())
    surname = f"(?:{double}|[{''.join(set(re.sub(r'[^一-鿿]', '', single)))}])"

    def any_of(name: str) -> re.Pattern[str]:
        return re.compile("|".join(data[name]))

    return _Words(
        *(
            any_of("titles"),
            any_of("columns"),
            re.compile(f".{{0,6}}(?:{'|'.join(data['names'])})(?:姓名|名称)?[）)]?"),
        ),
        *(any_of("public"), any_of("offices"), frozenset(data["nobody"])),
        person=re.compile(f"{surname}[\u4e00-\u9fff]{{1,2}}"),
        masked=re.compile(f"{surname}(?:[\u4e00-\u9fff]?[*＊×xXｘ某○〇]{{1,2}}[\u4e00-\u9fff]?)"),
    )
