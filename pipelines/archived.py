"""The mark that a site puts on pages it has archived itself (归档): a flag, never the day of publication.

The State Council's guideline of 2017 asks that archived pages stay reachable and say so, with the day.
"""

from __future__ import annotations

import re

FLAG = "archived_by_site"
_AROUND = 1000  # characters
_GAP = r"(?:\s|&nbsp;|　|<[^<>]{0,200}>)*"
_DAY = r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})"
_TIMED = re.compile(rf"(?:归档(?:时间|日期)|已归档){_GAP}[:：]?{_GAP}{_DAY}")
# Alone in an element: announcements say of files, too, that they have been archived.
_SAID = re.compile(
    rf">\s*[【\[（(]?(?:(?:本|该|此)(?:网页|页面|栏目|信息|文件)(?:内容)?)?已(?:于{_GAP}{_DAY}日?{_GAP})?归档[】\])）。！]?\s*<"
)


def archived_by_site(source: str) -> str:
    """ "archived_by_site:YYYY-MM-DD", "archived_by_site" where the mark has no day, "" without a mark."""
    if "归档" not in source:
        return ""
    # Around the word only: looked for everywhere, the second expression begins at every tag of the page.
    near = [source[max(0, one.start() - _AROUND) : one.end() + _AROUND] for one in re.finditer("归档", source)]
    found = next(filter(None, map(_TIMED.search, near)), None) or next(filter(None, map(_SAID.search, near)), None)
    if found is None:
        return ""
    year, month, day = found.groups()
    return f"{FLAG}:{year}-{int(month):02d}-{int(day):02d}" if year else FLAG
