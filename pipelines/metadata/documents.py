"""Document numbers (发文字号) and cited titles.

The grammar is that of design/sites.md 1.3: prefix, year in brackets, serial number; and the 令 and 公告 forms.
Normalised: brackets `〔〕`, no spaces, no 第 before the serial number of the bracket form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipelines.metadata.evidence import Fact, bare
from pipelines.metadata.lexicon import alternation, words
from pipelines.metadata.numbers import numeral

_OPEN: Final = r"[〔\[［【（(﹝〖〈<{｛「]"
_CLOSE: Final = r"[〕\]］】）)﹞〗〉>}｝」]"
_YEAR: Final = r"(?P<year>(?:19|20)\s?\d\s?\d)"
_GAP: Final = r"\s{0,4}"
_SERIAL: Final = rf"第?{_GAP}(?P<no>\d{{1,5}}(?:[-—]\d{{1,3}})?){_GAP}[号號]"
_BRACKET: Final = re.compile(rf"[ ]{{0,4}}{_OPEN}{_GAP}{_YEAR}{_GAP}年?{_GAP}{_CLOSE}{_GAP}{_SERIAL}")
_PREFIX: Final = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,40}(?:（[\u4e00-\u9fff]{1,8}）[\u4e00-\u9fff]{0,12})?$")
_HAN_NO: Final = r"\d{1,5}|[一二三四五六七八九十百〇零]{1,7}"
_BODY: Final = r"[\u4e00-\u9fff]{1,30}?"
_ORDER: Final = re.compile(
    rf"(?P<body>{_BODY})\s?(?P<word>令|公告|通告|决定)\s?(?:（?\s?(?P<year>(?:19|20)\d\d)\s?年\s?)?（?\s?第\s?(?P<no>{_HAN_NO})\s?[号號]\s?）?"
)
_ALONE: Final = re.compile(rf"^[（]?(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?第\s?(?P<no>{_HAN_NO})\s?[号號][）]?$")
_LABEL: Final = re.compile(r"^[【\[（]?\s*(?:发文字号|文\s*号|文件编号|发文文号|文件号)\s*[】\]）]?\s*[：: ]\s*")
_TITLE: Final = re.compile(r"《((?:[^《》\n]|《(?:[^《》\n]|《[^《》\n]*》)*》){1,200})》")


def _lead() -> str:
    return alternation(words("document_lead_ins"))


def document_numbers(text: str) -> Iterator[Fact]:
    """Every document number of a folded text, the document's own (`unit` "own") and those it cites ("cited")."""
    found = sorted((*_bracketed(text), *_orders(text)), key=lambda f: (f.start, -f.end))
    own_at = _own(text, found)
    last = -1
    for fact in found:
        if fact.start < last:
            continue
        last = fact.end
        kind = "own" if fact.start == own_at else "cited"
        yield Fact("document_number", fact.value, fact.start, fact.end, fact.rule, fact.confidence, unit=kind)
    if own_at is None:
        yield from _own_under_heading(text)


def _bracketed(text: str) -> Iterator[Fact]:
    for found in _BRACKET.finditer(text):
        line = text.rfind("\n", 0, found.start()) + 1
        start = _prefix_start(text, line, found.start())
        if start is None:
            continue
        year, number = bare(found["year"]), found["no"]
        value = f"{bare(text[start : found.start()])}〔{year}〕{number}号"
        yield Fact("document_number", value, start, found.end(), "number-bracket", 1.0)


def _prefix_start(text: str, line: int, end: int) -> int | None:
    """Where the issuer's abbreviation begins, between the line's start and the year's bracket; None: there is none."""
    line = max(line, end - 60)
    left = text[line:end]
    if re.fullmatch(r"[\u4e00-\u9fffA-Za-z（） ]{1,24}", left) and " " in left.strip() and len(bare(left)) <= 12:
        return line + len(left) - len(left.lstrip())  # a line of its own, letter-spaced: 云 政 办 发
    found = _PREFIX.search(left)
    if found is None:
        return None
    start = found.start()
    for lead in re.finditer(_lead(), left[start:]):
        if start + lead.end() < len(left):
            start_after = found.start() + lead.end()
            start = max(start, start_after)
    if start and left[start - 1] in "》”" and left[start : start + 1] in ("和", "及", "与", "或"):
        start += 1  # 《…》和云政发〔2026〕7号; 和政发 alone is 和县's
    if len(left) - start > 20:
        return None
    return line + start if start < len(left) else None


def _orders(text: str) -> Iterator[Fact]:
    for found in _ORDER.finditer(text):
        body = found["body"]
        cut = 0
        for lead in re.finditer(_lead(), body):
            cut = lead.end()
        if cut >= len(body) or body[cut:] in ("命", "指", "司", "法", "本", "此", "该"):
            continue
        if found["word"] == "决定" and not found["year"]:
            continue
        start = found.start() + cut
        value = order_value(body[cut:] + found["word"], found["year"], found["no"])
        end = found.end() - (text[found.end() - 1] == "）" and "（" not in found.group())
        end = start + len(text[start:end].rstrip())
        yield Fact("document_number", value, start, end, "number-order", 0.95)


def order_value(head: str, year: str | None, number: str) -> str:
    """A 令 or 公告 number in one form: 云澜区人民政府令第3号, 云澜区公告2023年第3号."""
    serial = number if number.isdigit() else str(int(numeral(number)))
    return f"{head}{year + '年' if year else ''}第{serial}号"


def _own(text: str, found: list[Fact]) -> int | None:
    """The start of the document's own number: alone (or after its label) on one of the first twelve filled lines."""
    offset, filled = 0, 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            filled += 1
            for fact in found:
                if offset <= fact.start < offset + len(line):
                    rest = bare(text[offset : fact.start] + text[fact.end : offset + len(line)])
                    if not _LABEL.sub("", rest + "：").strip("：（）[]【】号") or _label_only(
                        line, fact.start - offset
                    ):
                        return fact.start
        offset += len(line) + 1
        if filled >= 12:
            return None
    return None


def _label_only(line: str, at: int) -> bool:
    found = _LABEL.match(line.lstrip())
    return found is not None and len(line) - len(line.lstrip()) + found.end() >= at


def _own_under_heading(text: str) -> Iterator[Fact]:
    """第3号 alone under a heading that ends in 令 or 公告."""
    offset, heading = 0, ""
    for at, line in enumerate(text.split("\n")[:12]):
        stripped = line.strip()
        found = _ALONE.match(stripped)
        if found and at and re.search(r"(?:令|公告|通告)$", heading):
            start = offset + line.index(stripped)
            value = order_value(heading, found["year"], found["no"])
            yield Fact("document_number", value, start, start + len(stripped), "number-under-heading", 0.9, unit="own")
            return
        heading = bare(stripped) if stripped else heading
        offset += len(line) + 1


def cited_titles(text: str) -> Iterator[Fact]:
    """Every 《title》, the outermost marks of nested ones."""
    for found in _TITLE.finditer(text):
        yield Fact("cited_title", found.group(), found.start(), found.end(), "title-marks", 1.0)
