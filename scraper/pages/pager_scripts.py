"""Pagers that a script writes: what its arguments say, without running it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from w3lib.url import add_or_replace_parameter

from scraper.items import Snapshot

_COMMENT = re.compile(r"/\*.*?\*/|(?<![:'\"])//[^\n]*", re.S)
# TRS: createPageHTML(20, 0, "index", "html"); also createPage(…), and with records or a div's id in front:
# createPageHTML(298, 15, 1, "index", "html"), createPageHTML('page_div', 50, 1, 'list', 'shtml', 1000).
_TRS = re.compile(
    r"createPage(?:HTML)?\s*\(\s*(?P<div>['\"][^'\"\d][^'\"]*['\"]\s*,\s*)?"
    r"(?P<numbers>['\"]?\d+['\"]?\s*,\s*(?:['\"]?\d+['\"]?\s*,\s*){1,2})"
    r"['\"](?P<name>[^'\"]*)['\"]\s*,\s*['\"]\.?(?P<ext>\w+)['\"](?:\s*,\s*['\"]?(?P<records>\d+)['\"]?\s*\))?",
    re.I,
)
# The same pager spelt out: var currentPage=0; var countPage=56; document.write('<a href="index'+'_'+nextPage+'.html">')
_CURRENT = re.compile(r"\bcurrentPage\s*=\s*(\d+)")
_COUNT = re.compile(r"\bcountPage\s*=\s*(\d+)")
# Ls.pagination("#p", function (n) { location.href = '/content/column/42?pageIndex=' + n; },
#   {currPage: (0+1), pageCount: 23})
_GO = re.compile(r"location(?:\.href)?\s*=\s*['\"]([^'\"]+[=/_-])['\"]\s*\+\s*\w+(?:\s*\+\s*['\"]([^'\"]*)['\"])?")
_AT = re.compile(r"\b(?:curr(?:ent)?Page|pageIndex|curPage|curr)\s*[:=]\s*\(?\s*(\d+)\s*(?:\+\s*(\d+))?", re.I)
_OF = re.compile(r"\b(?:pageCount|totalPages?|countPage|pages)\s*[:=]\s*['\"]?(\d+)", re.I)
_FILE_NUMBER = re.compile(r"_(\d+)\.\w+$")
_PAGE_PARAMETERS = ("page", "pageindex", "pageno", "pagenum", "currpage", "cur_page", "pn")
_TOTALS = ("totalpage", "totalpages", "pagecount", "pages")


@dataclass(frozen=True, slots=True)
class Call:
    """What a pager's script was called with: createPageHTML(total, current, name, extension[, records]).

    records: of the whole list, where the call says so; from_one: its pages are counted from 1, so that name_2 is the
    second, not from 0 (TRS), where it is name_1.
    """

    name: str
    extension: str
    total: int
    current: int
    records: int | None = None
    from_one: bool = False


def calls(text: str) -> list[Call]:
    """Every call of the pager in a page's scripts, but for those in comments."""
    if "createPage" not in text:
        return []
    return [_call(match) for match in _TRS.finditer(_COMMENT.sub("", text))]


def _call(match: re.Match[str]) -> Call:
    *before, total, current = (int(number) for number in re.findall(r"\d+", match["numbers"]))
    records = before[0] if before else int(match["records"]) if match["records"] and match["div"] else None
    return Call(match["name"], match["ext"], total, current, records, bool(match["div"] or before) and current > 0)


def next_by_script(snapshot: Snapshot, rows: int = 0) -> str | None:
    """The next page's address, perhaps relative, as the page's script would have linked it."""
    text = snapshot.text
    if "createPage" in text or "countPage" in text:
        return _trs(text, urlsplit(snapshot.url).path, rows)
    if "location" in text:
        return _template(text)
    return None


def _trs(text: str, path: str, rows: int) -> str | None:
    """index_1.html is page 2 where the script counts from 0 (TRS), index_2.html where it counts from 1."""
    found = calls(text)
    here = _FILE_NUMBER.search(path)
    own = _FILE_NUMBER.sub("", path.rpartition("/")[2]).partition(".")[0]
    call = next((one for one in found if own and one.name.rpartition("/")[2] == own), found[0] if found else None)
    if call is None:
        code = _COMMENT.sub("", text)
        now, count = _CURRENT.search(code), _COUNT.search(code)
        if now is None or count is None:
            return None
        call = Call("index", "html", int(count[1]), int(now[1]))
    following = (int(here[1]) if here else max(call.current, 0)) + 1
    return f"{call.name}_{following}.{call.extension}" if following <= _last(call, here, rows) else None


def _last(call: Call, here: re.Match[str] | None, rows: int) -> int:
    """The number in the last page's address.

    A file that bears the script's own number says nothing (index_2 and 2: the third page counted from 0, the second
    counted from 1), but on the last page counted from 0 the rows complete the records.
    """
    if here is None:
        return call.total if call.current == 1 else call.total - 1
    if int(here[1]) != call.current:
        return call.total if int(here[1]) > call.current else call.total - 1
    if not call.from_one:
        return call.total - 1
    size = -(-(call.records or 0) // max(1, call.total))
    complete = call.current == call.total - 1 and 0 < rows < size
    return call.total - 1 if complete else call.total


def _template(text: str) -> str | None:
    go = _GO.search(text)
    if go is None:
        return None
    nearby = text[max(0, go.start() - 1500) : go.end() + 1500]
    now, count = _AT.search(nearby), _OF.search(nearby)
    if now is None or count is None:
        return None
    following = int(now[1]) + int(now[2] or 0) + 1
    return f"{go[1]}{following}{go[2] or ''}" if following <= int(count[1]) else None


def next_by_parameter(snapshot: Snapshot, rows: int) -> str | None:
    """For answers in JSON: the request's own page parameter plus one, as long as pages or full pages remain."""
    start = snapshot.text.lstrip("\ufeff \r\n\t")[:1]
    if start != "{":
        return None
    query = parse_qsl(urlsplit(snapshot.url).query, keep_blank_values=True)
    name, value = next(
        ((name, value) for name, value in query if name.lower() in _PAGE_PARAMETERS and value.isdigit()), ("", "")
    )
    if not name:
        return None
    total = _total(snapshot.text)
    if total is not None and int(value) >= total:
        return None
    return add_or_replace_parameter(snapshot.url, name, str(int(value) + 1)) if rows else None


def _total(text: str) -> int | None:
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    levels = [value, *(inner for inner in value.values() if isinstance(inner, dict))] if isinstance(value, dict) else []
    for level in levels:
        for name, number in level.items():
            if name.lower() in _TOTALS and isinstance(number, int):
                return number
    return None
