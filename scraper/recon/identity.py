"""Who a site belongs to, by what its pages say: names and area codes, with where they stand.

The first six digits of a 网站标识码 are the GB/T 2260 code (design/sites.md 1.1). Whether a code and a name belong
together only the table of divisions can say: that is asked by whoever calls (commands.places).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scraper.recon.look import Look

_CODE = re.compile(r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}")
_AREA = re.compile(
    r"([\u4e00-\u9fff]{1,12}?(?:自治[区县州旗]|特别行政区|地区|新区|开发区|高新区|示范区|园区|区|县|市|旗|盟|州|省))"
    r"(?=人民政府|政府|门户|网|管委会|管理委员会|党政|信息|$|[-_—|·,，\s])"
)
_GREETING = re.compile(r"欢迎(?:您)?(?:访问|光临|来到)?|中国[·•\-]?|首页|网站")
_SPLIT = re.compile(r"[-_—|·,，\s]+")


@dataclass(frozen=True, slots=True)
class Vote:
    """A value, where it stood ("meta:SiteIDCode", "footer", "meta:SiteName", "title") and on how many pages."""

    value: str
    where: str
    pages: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Votes, most convincing first. names: as written (武进区人民政府); areas: the area's name in them (武进区)."""

    codes: tuple[Vote, ...] = ()
    names: tuple[Vote, ...] = ()
    areas: tuple[Vote, ...] = ()
    domain: str = ""


def identity(looks: Iterable[Look]) -> Identity:
    """What the pages of one site say, counted. Pages that firewalls made have no say."""
    codes: Counter[tuple[str, str]] = Counter()
    names: Counter[tuple[str, str]] = Counter()
    domains: Counter[str] = Counter()
    for page in looks:
        if page.verdict or page.status >= 400:
            continue
        if match := _CODE.match(page.tags.get("siteidcode", "").strip()):
            codes[match[0], "meta:SiteIDCode"] += 1
        for code in page.codes:
            if match := _CODE.match(code):
                codes[match[0], "footer"] += 1
        if name := page.tags.get("sitename", ""):
            names[name, "meta:SiteName"] += 1
        for part in _SPLIT.split(page.title):
            if area_in(part) and "政府" in part:
                names[part, "title"] += 1
        if domain := page.tags.get("sitedomain", "").strip().lower():
            domains[domain] += 1
    areas: Counter[tuple[str, str]] = Counter()
    for (name, where), number in names.items():
        if area := area_in(name):
            areas[area, where] += number
    domain = domains.most_common(1)[0][0] if domains else ""
    return Identity(_ranked(codes), _ranked(names), _ranked(areas), domain)


def area_in(name: str) -> str:
    """武进区人民政府 -> 武进区; 常州市武进区政府网 -> 常州市武进区; "" where no area is named."""
    match = _AREA.search(_GREETING.sub("", name).strip())
    if match is None:
        return ""
    rest = _AREA.search(_GREETING.sub("", name).strip(), match.end())
    return match[1] + rest[1] if rest and rest.start() == match.end() else match[1]


def _ranked(votes: Counter[tuple[str, str]]) -> tuple[Vote, ...]:
    """META before footer and title, then by pages."""
    order = sorted(votes.items(), key=lambda one: (not one[0][1].startswith("meta"), -one[1], one[0]))
    return tuple(Vote(value, where, number) for (value, where), number in order)
