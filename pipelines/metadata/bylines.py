"""Names that their place on the page marks: lists of members, labels (联系人：), by-lines in brackets."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.metadata import names, titles
from pipelines.metadata.lexicon import alternation, words
from pipelines.metadata.mentions import Found, parts
from pipelines.metadata.titles import Title

_SPACE: Final = re.compile(r"[ 、，/]{1,4}")


@cache
def _member_line() -> re.Pattern[str]:
    surname = "".join(names.surnames())
    label = r"(?P<label>[\u4e00-\u9fff ]{1,14}：[ ]*)?"
    name = rf"(?P<name>[{surname}](?:[ ]{{0,4}}[\u4e00-\u9fff]){{1,3}}?)"
    title = r"(?:[ ]+|，|[ ]*（)(?P<title>[^，。；：\n]{2,40}?)）?"
    return re.compile(rf"^[ ]*{label}{name}{title}[ ]*$", re.MULTILINE)


def member_lines(found: Found) -> None:
    """组 长：甲 区长 / 乙　财政局局长 / 丙（副局长）: a list of members, one a line."""
    for line in _member_line().finditer(found.text):
        name = "".join(line["name"].split())
        if not names.shaped(name) or found.taken(*line.span("name")):
            continue
        every = list(parts(line["title"], line.start("title")))
        if not every or not all(titles.whole_titles(found.text[a:b]) for a, b in every):
            continue
        found.name(name, line.start("name"), line.end("name"), "member-line", 0.96)
        for a, b in every:
            found.title(name, Title("".join(found.text[a:b].split()), a, b, False), "member-line")


@cache
def _label() -> re.Pattern[str]:
    return re.compile(rf"(?P<word>{alternation(words('person_labels'))})(?:（[^（）\n]{{1,8}}）)?[ ]*[：:|/][ ]*")


def labelled(found: Found) -> None:
    """联系人：甲, 供稿：乙 丙, 姓名：丁."""
    for label in _label().finditer(found.text):
        end = label.end()
        while hit := _label_name(found.text, end):
            name, start, end = hit
            if not found.taken(start, end):
                found.name(name, start, end, "label", 0.95)
                if label["word"] in words("titles") - {"作者", "联系人"}:
                    found.title(name, Title(label["word"], *label.span("word"), True, True), "label")
            joint = _SPACE.match(found.text, end)
            if joint is None:
                break
            end = joint.end()


def _label_name(text: str, at: int) -> tuple[str, int, int] | None:
    hit = names.name_at(text, at)
    if hit is None or names.follows(text, hit[1]) < 3:
        return None
    return hit[0], at, hit[1]


_BRACKETED: Final = re.compile(
    r"（(?P<names>[\u4e00-\u9fff]{2,4}(?:[ 、，]{1,3}[\u4e00-\u9fff]{2,4}){0,5})(?:[ ]?[/文图摄]{1,3})?）[ ]*(?=\n|$)"
)


def bracketed(found: Found) -> None:
    """（甲 乙） at the end of a paragraph: who wrote it. Every part must be a name."""
    for bracket in _BRACKETED.finditer(found.text):
        spans = list(parts(bracket["names"], bracket.start("names"), " 、，"))
        every = [found.text[a:b] for a, b in spans]
        if all(names.shaped(n) for n in every) and (len(every) > 1 or names.strong(every[0])):
            for name, (a, b) in zip(every, spans, strict=True):
                if not found.taken(a, b):
                    found.name(name, a, b, "byline-bracket", 0.93)
