"""Raw fields to values: dates, numbers, empty marks, 本网."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from scraper.items import Cut
from scraper.pages.dates import moment

# 99.0 % of 33,015 real numbers have this form, of the rest most are 令 and 公告 (design/sites.md 1.3).
_NUMBER = re.compile(
    r"([\u4e00-\u9fa5A-Za-z（）()]{1,20}?)\s*[〔\[［【（(﹝<〈]\s*((?:19|20)\d{2})\s*[〕\]］】）)﹞>〉]\s*(第?)\s*(\d{1,5})\s*号"
)
_ORDER = re.compile(
    r"[\u4e00-\u9fa5]{2,30}(?:令|公告)\s*(?:(?:19|20)\d{2}\s*年\s*)?第\s*[\d一二三四五六七八九十百〇零]{1,6}\s*号"
)
_EMPTY = re.compile(r"[\s—－\-_/\\.。,，;；:：*]*|无|暂无|无文号|null|undefined|空")
# RSSHub's general gov parser: 本网 as a source says nothing once archives are merged.
_OWN = re.compile(r"本(?:网站?|站|网讯|部门|单位|级)?(?:原创|讯|编辑)?|原创|网站|站内|管理员|admin", re.I)
_OWN_LINES = 10
# What platforms print behind the name of an account: 勋章级别 LV3, 关注.
_BADGE = re.compile(r"\s+(?:勋章|等级|粉丝|关注|已认证|认证).*$")


def value(cut: Cut | None) -> str | None:
    """The text of a field, None where it is one of the marks for nothing (— —, 无, 暂无)."""
    if cut is None or _EMPTY.fullmatch(cut.value.strip()):
        return None
    return cut.value.strip()


def day(cut: Cut | None) -> date | None:
    found = moment(cut.value) if cut else None
    return found.day if found else None


def source(cut: Cut | None, site: str | None) -> str | None:
    """The publisher; 本网, 本站 and the like become the site's name (None without one)."""
    text = _BADGE.sub("", value(cut) or "") or None
    return site if text and _OWN.fullmatch(text) else text


def document_number(text: str | None) -> str | None:
    """A 发文字号 with 〔〕 whatever brackets it was written in, and without inner spaces; other text as it stands."""
    if not text:
        return None
    match = _NUMBER.fullmatch(text.strip())
    if match:
        return f"{match[1]}〔{match[2]}〕{match[3]}{match[4]}号"
    return re.sub(r"\s+", "", text) if _ORDER.fullmatch(text.strip()) else text.strip()


def own_number(lines: Sequence[str]) -> str | None:
    """The number that stands alone in one of the first lines. One cited within the text is a reference."""
    for line in lines[:_OWN_LINES]:
        if _NUMBER.fullmatch(line) or _ORDER.fullmatch(line):
            return document_number(line)
    return None


def validity(fields: Mapping[str, Cut]) -> tuple[str | None, Mapping[str, Cut]]:
    """武进 and 钟楼 print 废止日期:有效, a status in a date field: it goes where it belongs."""
    repealed = fields.get("repealed_on")
    status = value(fields.get("validity"))
    if repealed and not moment(repealed.value) and value(repealed):
        rest = {name: cut for name, cut in fields.items() if name != "repealed_on"}
        return status or value(repealed), rest | ({} if status else {"validity": repealed})
    return status, fields
