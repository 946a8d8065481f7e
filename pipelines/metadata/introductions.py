"""Names without a title before them: phrases that only people take, lists of those present, titles in apposition."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.metadata import names, titles
from pipelines.metadata.gazetteer import is_place
from pipelines.metadata.lexicon import alternation, words
from pipelines.metadata.mentions import Found, parts
from pipelines.metadata.titles import Title


@cache
def _introduction() -> re.Pattern[str]:
    surname = "".join(names.surnames())
    acts = alternation(words("person_phrases"))
    return re.compile(
        rf"(?:^|(?<=[。；！？，：”（\n]))[ ]*(?P<name>[{surname}](?:[\u4e00-\u9fff]{{1,3}}?|[ ][\u4e00-\u9fff]))"
        rf"[ ]?(?:{acts})",
        re.MULTILINE,
    )


_LIFE: Final = (
    "男|女|字[\u4e00-\u9fff]|号[\u4e00-\u9fff]|别名|笔名|原名|又名|本名|汉族|[\u4e00-\u9fff]{1,4}族|(?:19|18)\\d\\d年"
    "|毕业于|出生|生于|祖籍|籍贯|中共党员|现任|国家|著名|[\u4e00-\u9fff]{2,3}人[，。]"
)
_OTHER: Final = r"原名|本名|又名|别名|笔名|字|号|男|女|汉族|(?:18|19|20)\d\d|[\u4e00-\u9fff]{2,4}）"
# 2026-11: what opens a curriculum vitae behind the name: （原名…, ，男，, ，毕业于…, 名…号….
_BORN: Final = re.compile(
    rf"[ ]?(?:（(?:{_OTHER})|，(?:{_LIFE})|(?:男|女)[，（]|[ ]?(?:名|字|号)[\u4e00-\u9fff]{{1,2}}[号字，、])"
)
_TAUGHT: Final = re.compile(r"(?:师从|师承|拜师|拜|受教于|问学于)(?:于|著名[\u4e00-\u9fff]{2,6})?")


def introduced(found: Found) -> None:
    """甲出生于…, 乙要求…, 丙（原名…）, 师从丁: phrases that only people take."""
    text, known = found.text, found.known
    for intro in _introduction().finditer(text):
        name = "".join(intro["name"].split())
        if (names.strong(name) or name in known) and not found.taken(*intro.span("name")):
            found.name(name, *intro.span("name"), "phrase", 0.9)
    for start in re.finditer(r"(?:^|(?<=[。；：\n ]))(?=[\u4e00-\u9fff])", text, re.MULTILINE):
        for length in (3, 2, 4):
            name = text[start.start() : start.start() + length]
            if names.shaped(name) and (length > 2 or not is_place(name)) and _BORN.match(text, start.start() + length):
                if not found.taken(start.start(), start.start() + length):
                    found.name(name, start.start(), start.start() + length, "introduced", 0.88)
                break
    for taught in _TAUGHT.finditer(text):
        _taught_list(found, taught.end())


def _taught_list(found: Found, at: int) -> None:
    while hit := names.name_at(found.text, at):
        if names.follows(found.text, hit[1]) >= 2 and not is_place(hit[0]):
            found.name(hit[0], at, hit[1], "taught-by", 0.85)
        joint = re.compile(r"[、，和]").match(found.text, hit[1])
        if joint is None:
            return
        at = joint.end()


_LIST_START: Final = re.compile(
    r"(?:^|(?<=[。；，：！ \n]))(?=[\u4e00-\u9fff]{2,4}、[\u4e00-\u9fff]{2,4}(?:、|等|和|参|出|陪|列|到))", re.MULTILINE
)
_PRESENT: Final = re.compile(
    r"(?:等(?:人)?)?(?!、)[\u4e00-\u9fff、]{0,16}?(?:领导|同志|负责人|参加|出席|陪同|列席|到会|与会|随同|一同|一行|在主席台|当选|代表|主持|调研|荣获|获|被|入选|夺|受|应邀|分别|来到|到场|走访|深入|看望|慰问|先后|共同|发言|作了|合影|表演|演出)"
)


def name_lists(found: Found) -> None:
    """甲、乙、丙等区领导参加: a list of nothing but names before what people do. A part that is none ends it."""
    for start in _LIST_START.finditer(found.text):
        listed: list[tuple[str, int, int]] = []
        at = start.start()
        while hit := names.name_at(found.text, at):
            listed.append((hit[0], at, hit[1]))
            if found.text[hit[1] : hit[1] + 1] not in ("、", "和"):
                break
            at = hit[1] + 1
        if (
            len(listed) < 2
            or found.text[listed[-1][2] : listed[-1][2] + 1] == "、"
            or _PRESENT.match(found.text, listed[-1][2]) is None
        ):
            continue
        if any(is_place(n) for n, _, _ in listed) or sum(len(n) > 2 for n, _, _ in listed) * 2 < len(listed):
            continue
        for name, a, b in listed:
            if not found.taken(a, b):
                found.name(name, a, b, "present-list", 0.9)


_SKIP: Final = re.compile(
    r"(?:男|女|[\u4e00-\u9fff]{1,4}族|(?:19|20)\d\d年[^，。]{0,12}|毕业于[^，。]{2,30}|(?:出?生于|祖籍|籍贯|原名|又名|本名|笔名|字|号)[^，。]{1,20}|[\u4e00-\u9fff]{2,8}人|中共党员|中国共产党(?:正式|预备)?党员|[\u4e00-\u9fff]{2,5}：[^，]{1,20}|大学学历|硕士学历|研究生学历)$"
)
_AFTER: Final = re.compile(r"(?:[ ]?（(?P<inside>[^（）\n]{2,60})）)?(?P<run>[ ]?[，：]?[^。；！？\n“”]{0,160})")


def titles_after(found: Found) -> None:
    """甲，某协会会长、高级工程师。 / 甲（区长）: titles in apposition, for a name that has none before it."""
    titled = {f.about for f in found.titles}
    for person in sorted(found.people.values(), key=lambda f: f.start):
        after = _AFTER.match(found.text, person.end)
        if after is None or person.rule in ("byline-bracket", "present-list", "name-list", "taught-by"):
            continue
        if after["inside"] and _give(found, person.value, after["inside"], after.start("inside"), "title-in-brackets"):
            continue
        if person.value in titled and person.rule == "title-before":
            continue
        _apposed(found, person.value, after["run"], after.start("run"))


def _give(found: Found, name: str, text: str, offset: int, rule: str) -> bool:
    """All parts of the text as titles of the name, or none of them."""
    spans = list(parts(text, offset, "、，"))
    if not spans or not all(titles.whole_titles(found.text[a:b]) for a, b in spans):
        return False
    for a, b in spans:
        found.title(name, Title("".join(found.text[a:b].split()), a, b, False), rule)
    return True


def _apposed(found: Found, name: str, run: str, offset: int) -> None:
    groups = list(parts(run, offset, "，"))
    if run[:1] not in ("，", " ", "：") and groups and not titles.whole_titles(found.text[groups[0][0] : groups[0][1]]):
        return
    closed = offset + len(run) >= len(found.text) or found.text[offset + len(run)] in "。；\n！"
    for at, (a, b) in enumerate(groups):
        group = found.text[a:b]
        if _SKIP.match(group):
            continue
        if group.startswith("现任"):
            a, group = a + 2, group[2:]  # noqa: PLW2901
        if at == len(groups) - 1 and not closed:
            return
        if not _give(found, name, group, a, "title-after"):
            return


@cache
def _after_name() -> re.Pattern[str]:
    return re.compile(rf"[ ]?(?P<title>{alternation(words('after_name'))})(?![\u4e00-\u9fff]{{0,1}}[长员])")


_OPENING: Final = frozenset("，。；：！？（）“”《》、\n 由请让对向在陪随以为")


def titles_behind(found: Found) -> None:
    """甲总书记, 乙教授: a short title directly behind a name that is known, or of three characters after a mark."""
    text, known = found.text, found.known
    for behind in _after_name().finditer(text):
        at = behind.start()
        for length in (3, 2, 4):
            start = at - length
            name = text[max(0, start) : at]
            if start < 0 or not names.shaped(name) or (found.taken(start, at) and name not in known):
                continue
            opened = (
                start == 0
                or text[start - 1] in _OPENING
                or bool(titles.after_lead_in(text, max(0, start - 4), start) == start)
            )
            sure = name in known or ((opened or behind["title"] == "总书记") and names.strong(name))
            if not sure or _names_next(text, behind.end()):
                continue
            found.name(name, start, at, "title-behind", 0.9)
            title = behind["title"]
            if title not in ("同志", "先生", "女士", "老师", "一行"):
                found.title(name, Title(title, behind.start("title"), behind.end("title"), False), "title-behind")
            break


def salutations(found: Found) -> None:
    """甲代表： / 乙委员： alone on a line, as replies to motions begin."""
    for line in re.finditer(
        r"^[ ]*(?P<names>[^，。：\n]{2,40}?)[ ]?(?P<title>代表|委员|常委|同志|先生|女士)[等]?[ ]*：[ ]*$",
        found.text,
        re.MULTILINE,
    ):
        spans = list(parts(line["names"], line.start("names"), " 、和"))
        every = [found.text[a:b] for a, b in spans]
        if not all(names.shaped(n) for n in every):
            continue
        for name, (a, b) in zip(every, spans, strict=True):
            if not found.taken(a, b):
                found.name(name, a, b, "salutation", 0.95)
                if line["title"] in ("代表", "委员", "常委"):
                    found.title(name, Title(line["title"], *line.span("title"), True), "salutation")


def _names_next(text: str, at: int) -> bool:
    return names.name_at(text, at) is not None


# 2026-11: a name inside the name of a doctrine is no mention of the person.
_DOCTRINE: Final = re.compile(r"新时代|[\u4e00-\u9fff]{0,6}思想")


def again(found: Found) -> None:
    """Further places of names of three characters and more that the text has given."""
    known = sorted((n for n in found.known if len(n) > 2), key=len, reverse=True)
    if not known:
        return
    for place in re.finditer(alternation(known), found.text):
        if not found.taken(*place.span()) and _DOCTRINE.match(found.text, place.end()) is None:
            found.name(place.group(), *place.span(), "again", 0.9)
