"""Fengxun's three kinds of list: rows in the page, a frame of rows (xxgk_class_min), rows by script (act=ajax).

The frame's address and the script's stand in the shell; where an outer script holds them, the district's site_code
helps (docs/districts.md).
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from scraper.items import Row, Snapshot
from scraper.pages.answers import answered, asked, loaded, number, parameters, turned
from scraper.pages.family import Tree
from scraper.pages.records import longest_markup

# /class/DNKLPPJP, /class/DNKLPPJP/2, /class/DNKLPPJP/2&template=…, /ns_class/bmdt/2, /gi_class/wjk?classtype=1
LIST = re.compile(r"^(https?://[^/]+/(?:ns_|gi_)?class/\w+)(?:/(\d+))?([?&].*)?$")
_OF = re.compile(r"(?:共|/)\s*(\d{1,5})\s*页?")
_ROW_DATE = re.compile(r"(?:19|20)\d\d-\d\d-\d\d\s*[\]］)]?\s*</(?:td|span|li)>")
_FULL_PAGE = 20
_FRAME = re.compile(r"templates/[\w/-]+/xxgk_class_min\.html")
_FRAME_ADDRESS = re.compile(r"['\"]([^'\"]*/class/([A-Q]{8})/\d+(?:&amp;|&|\?)template=[^'\"]*xxgk_class_min\.html)")
_AJAX = re.compile(r"act['\"]?\s*[=:]\s*['\"]?ajax")
# '/ns_class/zwgk_18?act=ajax&gi='+gi+'&ns=&page='+page+'&t=1': strings and variables joined by +.
_JOINED = re.compile(
    r"(?:'[^'\n]*'|\"[^\"\n]*\"|[\w.$]+)(?:\s*\+\s*(?:'[^'\n]*'|\"[^\"\n]*\"|[\w.$]+(?:\([^()]*\))?))*"
)
_BEFORE = re.compile(r"(?:'[^'\n]*'|\"[^\"\n]*\"|[\w.$]+)\s*\+\s*$")
_PIECE = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"|([\w.$]+)")
_DATA = re.compile(r"\{([^{}]*act['\"]?\s*:\s*['\"]ajax['\"][^{}]*)\}")
_PAIR = re.compile(r"['\"]?(\w+)['\"]?\s*:\s*(?:'([^']*)'|\"([^\"]*)\"|([\w.$]*))")
_URL = re.compile(r"(?:\burl\s*:|\$\.(?:get|post|getJSON|ajax)\s*\()\s*['\"]([^'\"]*)['\"]")
_LAST = re.compile(r"\w*list\w*\(\s*['\"]?(\d+)['\"]?\s*\)", re.I)
_SITE = re.compile(r"/html/([a-z_]+)/\d{4}/[A-Q]{8}_\d{4}/|templates/([a-z_]+)/")


def next_page(snapshot: Snapshot, tree: Tree) -> str | None:
    """/class/CODE/n+1 while the pager counts more pages or, without a pager, while the page is full (20 rows); of a
    script's answer the next page, while there are rows."""
    if _AJAX.search(urlsplit(snapshot.url).query):
        return _next_answer(snapshot)
    match = LIST.match(snapshot.url)
    if match is None:
        return None
    stem, page, rest = match[1], int(match[2] or 1), match[3] or ""
    total = _pages(tree)
    if total is None and tree.css_first(".FX_PageDiv, #FX_PageDiv") is not None:
        return None  # a pager of another make: its links say more
    more = page < total if total is not None else len(_ROW_DATE.findall(snapshot.text)) >= _FULL_PAGE
    return f"{stem}/{page + 1}{rest}" if more else None


def find_rows(snapshot: Snapshot, tree: Tree) -> tuple[Row, ...]:
    """Rows of a script's answer stand in its HTML, which is read like any list: here only what is none is told."""
    if _AJAX.search(urlsplit(snapshot.url).query):
        answered(snapshot)
    return ()


def source(snapshot: Snapshot, tree: Tree) -> str | None:
    """The request that fills a shell: its frame's, or its script's."""
    text = snapshot.text
    if _FRAME.search(snapshot.url) or _AJAX.search(urlsplit(snapshot.url).query):
        return None
    if frame := _FRAME.search(text):
        return _frame(snapshot, frame[0])
    return _request(snapshot) if _AJAX.search(text) else None


def site_code(snapshot: Snapshot) -> str:
    """What the CMS calls the site in its addresses (czwj): the commonest in the page; "" where none is named."""
    found = [one or two for one, two in _SITE.findall(snapshot.text)]
    return max(found, key=found.count, default="")


def _frame(snapshot: Snapshot, template: str) -> str | None:
    """The frame's own address; where a script puts it together, from the page's column."""
    here = LIST.match(snapshot.url)
    column = here[1].rpartition("/")[2] if here else ""
    written = _FRAME_ADDRESS.findall(snapshot.text)
    chosen: str = next((url for url, code in written if code == column), written[0][0] if written else "")
    if chosen:
        return urljoin(snapshot.url, chosen.replace("&amp;", "&"))
    return f"{here[1]}/1&template={template}" if here else None


def _request(snapshot: Snapshot) -> str | None:
    """The script's request for the first page: put together from a joined address, or from an object of values."""
    text = snapshot.text
    if expression := _expression(text):
        return urljoin(snapshot.url, _joined(expression, text))
    data = _DATA.search(text)
    if data is None:
        return None
    values = {name: one or two or _variable(three, name, text) for name, one, two, three in _PAIR.findall(data[1])}
    before = _URL.findall(text[max(0, data.start() - 400) : data.start()])
    url = urljoin(snapshot.url, before[-1] if before else urlsplit(snapshot.url).path)
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values | {'page': '1'})}"


def _expression(text: str) -> str:
    """The strings and variables that make up the address with act=ajax."""
    place = text.find("act=ajax")
    first = start = max(text.rfind("'", 0, place), text.rfind('"', 0, place)) if place > 0 else -1
    if start < 0:
        return ""
    while match := _BEFORE.search(text[max(0, start - 200) : start]):
        start -= len(match[0])
    joined = _JOINED.match(text, start) or _JOINED.match(text, first)
    return joined[0] if joined else ""


def _joined(expression: str, text: str) -> str:
    made = ""
    for one, two, name in _PIECE.findall(expression):
        made += one or two or (_variable(name, made.rpartition("&")[2].rpartition("?")[2].rstrip("="), text))
    head, mark, query = made.partition("?")
    pairs = [(name, "1" if name == "page" and not value else value) for name, value in parse_qsl(query, True)]
    return f"{head}{mark}{urlencode(pairs)}"


def _variable(name: str, parameter: str, text: str) -> str:
    """What a variable of the script stands for: the page is the first, others as they were set last, "" if unknown."""
    if parameter == "page":
        return "1"
    if not name or name.isdigit():
        return name
    match = re.search(rf"\b{re.escape(name)}\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))", text)
    return (match[1] or match[2] or match[3] or "") if match else ""


def _next_answer(snapshot: Snapshot) -> str | None:
    """{"status":10,"html":"<tr>…"}: some answers count pages, some hold a pager, some neither: then to the empty."""
    address, value = asked(snapshot), loaded(snapshot.text)
    page = parameters(address).get("page", "1") or "1"
    if not isinstance(value, dict) or not page.isdigit():
        return None
    markup = longest_markup(value)
    total = number(value, "totalpage", "totalpages", "pagecount")
    if total is None:
        pager = Tree(markup)
        links = [int(last) for last in _LAST.findall(markup)]
        total = _pages(pager) or (max(links) if links else None)
    going = int(page) < total if total is not None else bool(markup)
    return turned(address, {"page": str(int(page) + 1)}) if going else ""


def _pages(tree: Tree) -> int | None:
    """How many pages the pager counts: div.FX_PageDiv > div > span[2], or 共12页, or 1/12."""
    pager = tree.css_first(".FX_PageDiv, #FX_PageDiv")
    if pager is None:
        return None
    spans = [text for span in pager.css("div > span") if (text := span.text().strip()).isdigit()]
    if len(spans) == 2:
        return int(spans[1])
    match = _OF.search(pager.text())
    return int(match[1]) if match else None
