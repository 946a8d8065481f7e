"""Places: administrative divisions with their GB/T 2260 code, countries, towns and villages, named sites.

A name resolves in the place named directly before it, else in the home district, its city, its province, else where it
is the only one of its name in the nation; else it stays without a code. A town or village has no code: a bare town
name is never resolved nationwide (武进's 洛阳镇 is not 洛阳市). 中国 is not given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipelines.metadata import boundaries, gazetteer
from pipelines.metadata.evidence import Fact, bare
from pipelines.metadata.lexicon import alternation, words

Span = tuple[int, int]
Word = tuple[str, int, int]
_TOWN: Final = re.compile(
    r"[镇乡]|街道(?!办|党|人大|办事处)|社区|苏木|(?<!农)村(?![民镇级委庄居干支落容规务史口道两集内里部])"
)
_TOWN_NOT: Final = re.compile(r"[镇](?=[政党人委长域区级静定守压痛江海远])|乡(?=[镇村村级亲情愁党政土音下间贤])")
_SITE: Final = re.compile(
    r"(?:大厦|广场|公园|风景区|景区|机场|火车站|高铁站|大桥|水库|体育场|体育馆|体育中心|会展中心|会议中心|国际会议中心|博览中心|大剧院|大礼堂|度假区|步行街|遗址|故居|湿地|自然保护区|森林公园|陵园|"
    r"产业园|科技园|工业园|文化园|创业园|开发区|高新区|经开区|古城|古镇|小镇|大道|港区|码头|口岸|农场|渔场|林场|牧场|展览馆|文化宫|影剧院)"
)
_SITE_NOT: Final = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,2}(?:各|全|该|本|大型|主题|城市|口袋|国家|森林|湿地|旅游|主要|重点|周边|示范|特色|文化|文旅|高速|综合|沿线|核心|现代|新型|人民|全国|省级|国家级|[A-Z345]级|一批|工业|产业|科技|农业|物流))$"
)
_AFTER_NOT: Final = re.compile(
    r"第?[一二三四五六七八九十百\d]{1,4}届|[话语菜系剧戏风味味酒]|籍|方面|银行|大学|路[0-9一二三四五六七八九十\d]"
)
_HEARD_NOT: Final = re.compile(r"(?:会|国际|站|地区|公路|铁路)$")
_HEARD_END: Final = re.compile(
    r"[山河湖江海岛湾港路街桥镇乡村寨屯庄区县市州旗盟峡岭峰洞泉塔寺园城馆厦场站]$|大道|水库|古道|校区|厂区|院区|片区|灌区|枢纽"
)


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    rule: str
    confidence: float


def places(text: str, closed: Sequence[Span], home: str = "", heard: Iterable[Word] = ()) -> Iterator[Fact]:
    """place facts of a folded text; `unit` is the six-digit code or "".

    closed  spans not to be read: titles, 《titles》, organisations (zones apart), names
    home    GB/T 2260 code of the district that speaks
    heard   words of the optional extra
    """
    known = _in_full(text)
    heard_places = {(a, b) for label, a, b in heard if label == "LOC"}
    found: dict[int, _Mention] = {}
    for mention in (
        *_divisions(text, home, known, heard_places),
        *_towns(text),
        *_sites(text),
        *_heard(text, heard_places),
    ):
        if any(a < mention.end and mention.start < b for a, b in closed):
            continue
        held = found.get(mention.start)
        if held is None or held.end < mention.end:
            found[mention.start] = mention
    yield from _resolved(text, sorted(found.values(), key=lambda m: (m.start, -m.end)), home)


def _resolved(text: str, mentions: Sequence[_Mention], home: str) -> Iterator[Fact]:
    chain: tuple[str, ...] = ()
    last = -1
    for mention in mentions:
        if mention.start < last:
            continue
        if mention.start != last:
            chain = ()
        last = mention.end
        name = bare(text[mention.start : mention.end])
        division = gazetteer.resolve(name, home, chain) if mention.rule != "place-town" else None
        if division:
            chain = (division.code, *chain)
        yield Fact(
            "place",
            name,
            mention.start,
            mention.end,
            mention.rule,
            mention.confidence,
            unit=division.code if division else "",
        )


@cache
def _openings() -> dict[str, tuple[str, ...]]:
    """First two characters -> the names of divisions and countries that begin so, the longest first."""
    found: dict[str, list[str]] = {}
    for name in {*gazetteer.by_name(), *gazetteer.countries()}:
        found.setdefault(name[:2], []).append(name)
    return {two: tuple(sorted(held, key=len, reverse=True)) for two, held in found.items()}


@cache
def _inside() -> re.Pattern[str]:
    return re.compile(alternation(words("not_places", "inside")))


def _names_in(text: str) -> Iterator[tuple[int, str]]:
    """Every longest name of a division or country, left to right, without overlap."""
    openings = _openings()
    blocked = {i for m in _inside().finditer(text) for i in range(m.start(), m.end())}
    last = 0
    for at, pair in enumerate(map(str.__add__, text, text[1:])):
        if pair not in openings or at < last or at in blocked:
            continue
        name = next((n for n in openings[pair] if text.startswith(n, at)), "")
        if name:
            last = at + len(name)
            yield at, name


def _in_full(text: str) -> frozenset[str]:
    """Short names whose full form stands in the text too."""
    return frozenset(
        d.short for _, name in _names_in(text) for d in gazetteer.by_name().get(name, ()) if d.name == name and d.short
    )


def _divisions(text: str, home: str, full: frozenset[str], heard: set[Span]) -> Iterator[_Mention]:
    last, before = -1, set[str]()
    for at, name in _names_in(text):
        end = at + len(name)
        held = gazetteer.by_name().get(name, ())
        before = before if at == last else set()
        if _AFTER_NOT.match(text, end) or (name not in gazetteer.countries() and _part_of_word(text, at, end, name)):
            continue
        last, parents = end, before
        before = {d.code for d in held}
        if name in gazetteer.countries():
            yield _Mention(at, end, "place-country", 0.95)
        elif any(d.name == name for d in held):
            yield _Mention(at, end, "place-division", 0.97)
        elif any(d.level != "county" for d in held) and name not in words("not_places", "short"):
            yield _Mention(at, end, "place-short", 0.9)
        elif (
            any(parents & set(d.parents) for d in held)
            or name in full
            or _at_home(held, home)
            or ((at, end) in heard and _only(name, held))
        ):
            yield _Mention(at, end, "place-short-county", 0.8)


def _part_of_word(text: str, at: int, end: int, name: str) -> bool:
    """Whether the name is cut out of a longer one: 洛阳 in 洛阳镇, 长安 in 长安街."""
    if name.endswith(("省", "市", "区", "县", "旗", "州", "盟")):
        return text[end : end + 1] in ("镇", "乡") and len(name) < 4
    return text[end : end + 1] in ("镇", "乡", "村", "街", "路", "山", "河", "湖", "江", "寺", "桥") or text[
        end : end + 2
    ] in ("社区", "街道", "大道", "水库")


def _at_home(held: Sequence[gazetteer.Division], home: str) -> bool:
    return bool(home) and any(d.code[:4] == home[:4] for d in held)


def _only(name: str, held: Sequence[gazetteer.Division]) -> bool:
    """A county's short name that no other division bears and that is no everyday word."""
    return len(held) == 1 and name not in words("not_places", "short")


def _towns(text: str) -> Iterator[_Mention]:
    for tail in _TOWN.finditer(text):
        if _TOWN_NOT.match(text, tail.start()):
            continue
        start = boundaries.begin(text, tail.start(), tail.end(), max(0, tail.start() - 12))
        start = _past_divisions(text, start, tail.start())
        name = text[start : tail.end()]
        if (
            2 <= len(name) - (len(tail.group()) - 1) <= 6
            and re.fullmatch(r"[\u4e00-\u9fff]+", name)
            and not _no_town(name)
        ):
            yield _Mention(start, tail.end(), "place-town", 0.8)


def _past_divisions(text: str, start: int, end: int) -> int:
    """After the divisions and towns named in text[start:end]: 武进区洛阳镇 -> 洛阳镇."""
    tails = [
        m.end() for m in re.finditer(r"[\u4e00-\u9fff]{2,7}?(?:[省市县镇乡旗州盟]|(?<!社)区|街道)", text[start:end])
    ]
    return start + (tails[-1] if tails and start + tails[-1] < end else 0)


def _no_town(name: str) -> bool:
    return (
        name in words("not_places", "towns")
        or any(name.endswith(w) for w in words("not_places", "towns") if len(w) > 1)
        or re.search(
            r"^[各全本该每某两几多数个些]|^[一二三四五六七八九十百]+个?(?:镇|乡|村|街道|社区)|[个名位级型类]", name
        )
        is not None
    )


def _sites(text: str) -> Iterator[_Mention]:
    for tail in _SITE.finditer(text):
        start = boundaries.begin(text, tail.start(), tail.end(), max(0, tail.start() - 14))
        start = _past_divisions(text, start, tail.start())
        head = text[start : tail.start()]
        placed = (
            start == 0
            or not "\u4e00" <= text[start - 1] <= "\u9fff"
            or text[start - 1] in "在于到至赴进往省市区县镇乡村"
        )
        if (
            placed
            and 2 <= len(head) <= 10
            and not _SITE_NOT.match(head)
            and not re.search(r"[的型性化级个座是有]|各|等", head)
        ):
            yield _Mention(start, tail.end(), "place-site", 0.65)


def _heard(text: str, heard: set[Span]) -> Iterator[_Mention]:
    for start, end in heard:
        name = text[start:end]
        if (
            len(name) < 2
            or name in words("not_heard_places")
            or not re.fullmatch(r"[\u4e00-\u9fff·A-Z0-9]+", name)
            or _no_town(name)
        ):
            continue
        told = _HEARD_END.search(name) or text[start - 1 : start] in ("在", "于", "到", "赴", "至", "从", "抵")
        listed = gazetteer.is_place(name) or gazetteer.is_place(name[:-1])
        if told and not listed and not _HEARD_NOT.search(name) and text[start - 1 : start] != "“":
            if _AFTER_NOT.match(text, end):
                continue
            yield _Mention(start, end, "place-model", 0.6)
