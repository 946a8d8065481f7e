"""Credits at the end of a text (记者, 通讯员, 编辑, 审核, 供稿, 出品 …) taken out of it: (role, name) as printed.

Lines that hold nothing else leave the text. A bracket behind the last sentence （记者 …） is a credit and stays: it is
part of a paragraph. A by-line at the start (本报讯（记者 …）) or within the text is text only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "credits.toml"
Credit = tuple[str, str]

_SPACE = re.compile(r"[\s\u3000]+")
_BREAKS = re.compile("[、，,；;/]|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_WRAPPED = re.compile(r"[（(【\[](?P<inner>[^（(【\[）)】\]]{2,80})[）)】\]]")
_AT_END = re.compile(r"\s*[（(【\[](?P<inner>[^（(【\[）)】\]]{2,80})[）)】\]]\s*[。.]?\s*$")
# 王　芳: two characters set apart to stand under names of three.
_APART = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,6}·[\u4e00-\u9fff]{1,8}")
# 云澜区融媒体中心 沈知秋 文/摄: the house that somebody works for stands before the name.
_HOUSE = re.compile(r"[\u4e00-\u9fff]{2,14}[局委部办室站社所院会镇乡村区县市府司团心报台道队校厂园]")
_OFFICE = re.compile(r"[^。；：:！？!?，,\n]{2,40}")
_TEXT = re.compile("[。！？!?；]")
_EDGES = " 、，,；;丨|｜/-—·•()（）【】[]"
_LINES, _LONG = 16, 90
# Lines of these are the portal's or the platform's wherever they stand.
_EDITOR = re.compile(r"[（(【\[]?\s*责任?\s*编辑?\s*[:：丨｜|]")
# A last line that starts so is no text, even where it cannot be told apart into roles and names.
_FIELD = re.compile(r"(?:信息|文章|稿件)?来源\s*[:：]|(?:责任)?编辑\s*[:：]|责编\s*[:：]")


@dataclass(frozen=True, slots=True)
class _Roles:
    """labelled: a role and its mark; spaced: one and a space; glued: one and the name; behind: one at the end;
    bare: one alone; signed: a line that starts with one needs no bracket (记者 沈知秋)."""

    people: frozenset[str]
    labelled: re.Pattern[str]
    spaced: re.Pattern[str]
    glued: re.Pattern[str]
    behind: re.Pattern[str]
    bare: re.Pattern[str]
    signed: re.Pattern[str]


def take(lines: Sequence[str]) -> tuple[list[str], tuple[Credit, ...]]:
    """(the text without its last lines of credits, the credits in the order of the page). The text keeps a line."""
    kept: list[str] = []
    found: list[Credit] = []
    for line in lines:
        if "责" in line and len(line) <= 40 and _EDITOR.match(line) and (editors := _line(line)) is not None:
            found += editors
        else:
            kept.append(line)
    for _ in range(_LINES):
        if len(kept) < 2:
            break
        last_line = kept[-1]
        if (credits := _line(last_line)) is not None and not ("\t" in last_line and "\t" in kept[-2]):
            kept.pop()
        elif len(last_line) <= 60 and _FIELD.match(last_line):
            kept.pop()
            continue
        elif credits := _two_lines(kept):
            del kept[-2:]
        else:
            break
        found[:0] = credits
    if kept and kept[-1].endswith(("）", ")", "】", "]", "。")) and (last := _AT_END.search(kept[-1])):
        found[:0] = _bracket(last["inner"]) or []
    return kept, tuple(dict.fromkeys(found))


def _line(text: str) -> list[Credit] | None:
    """The credits of a line that holds nothing else; None for any other. 编辑： without a name is an empty list."""
    if len(text) > _LONG or _TEXT.search(text):
        return None
    text = _SPACE.sub(" ", text.removeprefix("• ")).strip()
    brackets = list(_WRAPPED.finditer(text))
    if brackets and not _WRAPPED.sub("", text).strip(_EDGES):
        parts = [_bracket(one["inner"]) for one in brackets]
        return None if None in parts else [credit for part in parts if part for credit in part]
    signed = _at_start(text) if len(text) <= 40 and _roles().signed.match(text) else None
    return _labelled(text) or signed or _behind(text, short=24) or _empty(text)


def _bracket(inner: str) -> list[Credit] | None:
    inner = _SPACE.sub(" ", inner).strip()
    if _TEXT.search(inner):
        return None
    return _labelled(inner) or _at_start(inner) or _behind(inner, short=40) or _empty(inner)


def _empty(text: str) -> list[Credit] | None:
    """编辑：　编审： names nobody, and is no text."""
    rest = _roles().labelled.sub(" ", text)
    return [] if rest != text and not rest.strip(_EDGES) else None


def _labelled(text: str) -> list[Credit] | None:
    """记者：… 通讯员：…; an office may stand before the first (云澜区融媒体中心 记者：…)."""
    marks = list(_roles().labelled.finditer(text))
    if not marks or len(text[: marks[0].start()].strip(_EDGES)) > (12 if marks[0].start() else 0):
        return None
    if re.search("[:：，,]", text[: marks[0].start()]):
        return None
    found: list[Credit] = []
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : after.start() if after else len(text)].strip(_EDGES)
        names = _names(mark["role"], value)
        if names is None:
            return None
        found += names
    return found or None


def _at_start(text: str) -> list[Credit] | None:
    """记者 沈知秋 通讯员 柳三变, 记者沈知秋: roles without a mark, which only a bracket holds."""
    roles = _roles()
    marks = list(roles.spaced.finditer(text))
    if not marks:
        glued = roles.glued.match(text)
        return _people(glued["role"], text[glued.end() :]) if glued else None
    if len(text[: marks[0].start()].strip(_EDGES)) > 12:
        return None
    found: list[Credit] = []
    for mark, after in zip(marks, [*marks[1:], None], strict=True):
        value = text[mark.end() : after.start() if after else len(text)].strip(_EDGES)
        if (tail := _behind(value, short=40)) is not None:
            found += [(mark["role"], name) for _, name in tail] + tail
            continue
        names = _people(mark["role"], value)
        if names is None:
            return None
        found += names
    return found


def _behind(text: str, *, short: int) -> list[Credit] | None:
    """沈知秋 文/摄, 县政府办供稿."""
    match = _roles().behind.search(text)
    if not match or len(text) > short or re.search("[:：，,]", text):
        return None
    role = match["role"].replace(" ", "")
    value = text[: match.start()].strip(_EDGES).removeprefix("由")
    apart = match["role"] != text[match.start() :].strip() or text[match.start()] == " "
    people = _people(role, value)
    if people is not None and (apart or len(role) > 1):
        return people
    office = role in ("供稿", "出品", "联合出品", "供图") and _HOUSE.fullmatch(value)
    return [(role, value)] if office else None


def _two_lines(lines: list[str]) -> list[Credit] | None:
    """出品 on a line of its own, and under it who."""
    if len(lines) < 3 or len(lines[-1]) > 40 or len(lines[-2]) > 12:
        return None
    role = _roles().bare.fullmatch(_SPACE.sub("", lines[-2].removeprefix("• ")).strip(_EDGES))
    value = lines[-1].removeprefix("• ").strip()
    if not role or re.search("[，。：:；]", value) or "\t" in value:
        return None
    return _names(role["role"], value)


def _names(role: str, value: str) -> list[Credit] | None:
    """Of people one credit for each name; of an office, or of what is no list of names, one for the whole."""
    role = re.sub(r"\s", "", role)
    if not value:
        return []
    if (
        all(part in _roles().people for part in re.split("[/、&和与]", role))
        and (people := _people(role, value)) is not None
    ):
        return people
    return [(role, value)] if _OFFICE.fullmatch(value) else None


def _people(role: str, value: str) -> list[Credit] | None:
    value = _APART.sub(r"\1\2", value.strip(_EDGES))
    names = [name for part in _BREAKS.split(value) if (name := part.strip())]
    if len(names) > 1 and len(names[0]) > 3 and _HOUSE.fullmatch(names[0]):
        del names[0]
    if not names or not all(map(_PERSON.fullmatch, names)):
        return None
    return [(re.sub(r"\s", "", role), name) for name in names]


@cache
def _roles() -> _Roles:
    data = tomllib.loads(_DATA.read_text(encoding="utf-8"))

    def either(words: list[str]) -> str:
        spaced = (r" ?".join(map(re.escape, word)) for word in sorted(words, key=len, reverse=True))
        return f"(?:{'|'.join(spaced)})"

    every = either([*data["people"], *data["offices"]])
    several = rf"(?P<role>{every}(?: ?[/、&和与] ?{every}){{0,3}})"
    edge = r"(?:^|(?<=[ 、，,；;丨|｜/）)】\]（(【\[]))"
    behind = either(data["behind"])
    return _Roles(
        people=frozenset(data["people"]),
        labelled=re.compile(rf"{edge}{several} ?[:：丨|｜┃] ?"),
        spaced=re.compile(rf"{edge}(?P<role>{either(data['people'])}(?:[/、]{either(data['people'])})?) "),
        glued=re.compile(rf"(?P<role>{either(data['glued'])})(?=[\u4e00-\u9fff])(?!协会|之家|[站部节团证室们])"),
        behind=re.compile(rf"(?:(?<=[\u4e00-\u9fff]) ?)(?P<role>{behind}(?: ?[/、&] ?{behind})?)$"),
        bare=re.compile(rf"{several}[:：]?"),
        signed=re.compile(rf"{either(data['glued'])} "),
    )
