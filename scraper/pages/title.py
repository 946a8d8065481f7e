"""The title: without the site's name before or behind it, without 原标题."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from scraper.items import Cut
from scraper.pages.family import Family, Tree
from scraper.pages.line import displayed
from scraper.pages.meta import text_of
from scraper.pages.outline import lines

_SQUEEZE = re.compile(r"[\s\u3000\xa0]+")
_KEEP = re.compile(r"[^0-9A-Za-z\u3400-\u9fff]+")
_SEPARATOR = re.compile(r"\s*(?:[_|｜]|-{1,2}|—{1,2}|–|»|>{1,2}|::|\s{2,})\s*")
_BEFORE = re.compile(r"^(?:原标题|标题|题目|名称|信息名称)\s*[:：]\s*|^[【\[](?:原创|转载|图文|组图)[】\]]\s*")
# 武进 and 钟楼: the cell of the title holds the sharing buttons too.
_TAIL = re.compile(
    r"\s*(?:分享到\s*[:：].*|分享到?\s*[:：]?|【?(?:字体|字号|打印|关闭|收藏)[:：】].*|(?:发布(?:日期|时间)|信息来源|来源)\s*[:：].*"
    r"|\s(?:19|20)\d\d-\d\d?-\d\d?\b.*)$"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_SITE = re.compile(
    r"(?:人民政府|政府|门户网站|政府网|信息网|官网|网站|管委会|委员会|局|厅|网|信息公开|政务公开)[^，。]{0,12}$"
)
_NO_TITLE = re.compile(
    r"位置|[>＞»]|首页|^[\d\s:：/-]+$|[:：]$|^(?:来源|作者|时间|日期|字[体号]|分享|浏览|点击|编辑|【)|^(?:我要)?(?:打印|朗读|关闭|收藏)(?:本页|文章)?$|扫一扫|(?:19|20)\d\d-\d"
    r"|(?:19|20)\d\d年\d{1,2}月\d{1,2}日\s*\d|^·"
)
_ABOVE = 1000
_SUFFIX = re.compile(r"\s*(?:[-_|｜]|\s[-—]\s)\s*([\u4e00-\u9fff]{4,24})$")
HEADINGS = (
    "h1",
    ".NewsTitle, .title, .tit, .article-title, .article_title, .arc_title, .con_title, .content_title, .news_title"
    ", .newsTitle, .info-title, .xl_title, .detail-title, .bt, .biaoti, #title, #zoomtitle, ucaptitle, .wzbt, .news_tit"
    ", .cont_title, .contitle, .page-title, .articleTitle, .art_title, .text-title, .sp_title, .xxgk_title, .mtitle",
    "h2, h3",
    "[class*=title], [class*=Title], [class*=_tit], [class*=bt1], [id*=title]",
)


def stated(tree: Tree, tags: Mapping[str, str], own: Iterable[str], family: Family) -> Cut | None:
    """The title the page states: by the district's own selectors, META ArticleTitle unless it is cut off, the family's
    selectors, or the heading that the window's title (or the cut-off META title) repeats. Ask before the body is
    taken out."""
    site = tags.get("sitename", "")
    if found := _selected(tree, own, "district", site):
        return found
    standard = clean(tags.get("articletitle", ""), site)
    column = len(squeezed(standard)) <= 8 and standard == clean(tags.get("columnname", ""))
    if plausible(standard, site) and not standard.endswith(("…", "...")) and not column:
        return _longer(tree, standard, site) or Cut(standard, "meta:ArticleTitle")
    return _selected(tree, family.title, family.name, site) or _heading(tree, site, standard.rstrip("…."))


def _selected(tree: Tree, selectors: Iterable[str], owner: str, site: str) -> Cut | None:
    for selector in selectors:
        node = tree.css_first(selector)
        if node is not None and plausible(text := clean(_SQUEEZE.sub(" ", node.text()), site), site):
            return Cut(text, f"{owner}:{selector}")
    return None


def _longer(tree: Tree, standard: str, site: str) -> Cut | None:
    """The h1 that goes on where a META title of limited length stops."""
    if len(standard) < 20 or (node := tree.css_first("h1")) is None:
        return None
    text = clean(_SQUEEZE.sub(" ", node.text()), site)
    begins = squeezed(text).startswith(squeezed(standard))
    return Cut(text, "heading:h1") if begins and len(squeezed(standard)) < len(squeezed(text)) <= 200 else None


def inferred(tree: Tree, tags: Mapping[str, str], above: str, listed: str) -> Cut | None:
    """The title of a page that states none: the line above date and source (``above``: the text before the body),
    the window's title without the site, the list's link text."""
    site = tags.get("sitename", "")
    if found := _above_line(above, site, bare=False):
        return found
    window = _window(tree)
    parts = _SEPARATOR.split(window)
    if len(parts) > 1 and (main := _main(parts, site)):
        return Cut(clean(main, site), "window")
    for raw, rule in ((listed, "list"), (tags.get("articletitle", ""), "meta:ArticleTitle"), (window, "window")):
        text = clean(raw, site)
        if plausible(text, site) and (rule == "list" or not _SITE.search(text)):
            return Cut(text, rule)
    return _above_line(above, site, bare=True)


def clean(text: str, site: str = "") -> str:
    """A title's text: tags, entities, doubled spaces, 原标题: and the site's name before or behind it dropped."""
    text = _TAIL.sub("", _BEFORE.sub("", text_of(text)))
    if site and len(text) > len(site) + 4:
        text = _naming(site).sub("", text)
    match = _SUFFIX.search(text)
    if match and match.start() >= 6 and _SITE.search(match[1]):
        text = text[: match.start()]
    return text.strip(" \u3000\xa0_|")


@lru_cache(4096)  # 2026-11: re's own cache is too small for a night of 1,500 sites: 0.4 ms a page
def _naming(site: str) -> re.Pattern[str]:
    """A site's name before or behind a title."""
    name = re.escape(site)
    return re.compile(rf"^{name}\s*[-—–_|:：]{{1,2}}\s*|\s*[-—–_|]{{1,2}}\s*{name}$")


def plausible(text: str, site: str) -> bool:
    """Could this be the title of an announcement, and not the site's or a column's name?"""
    return 4 <= len(squeezed(text)) <= 200 and squeezed(text) != squeezed(site)


def squeezed(text: str) -> str:
    """Only letters, digits and Han characters, to compare what is written with other spaces and marks."""
    return _KEEP.sub("", text)


def _window(tree: Tree) -> str:
    node = tree.css_first("head > title")
    return text_of(node.text()) if node is not None else ""


def _heading(tree: Tree, site: str, beginning: str) -> Cut | None:
    """The heading that the window's title repeats, else the page's only h1."""
    main = squeezed(_main(_SEPARATOR.split(_window(tree)), site))
    beginning = squeezed(beginning)
    for selector in HEADINGS:
        fits: list[str] = []
        for node in tree.css(selector)[:30]:
            text = clean(_SQUEEZE.sub(" ", node.text()), site)
            key = squeezed(text)
            repeats = len(main) > 3 and (key in main or (main in key and len(key) < 2 * len(main)))
            # 2026-11: the banner of a page without META, 云澜区人民政府, begins 云澜区人民政府办公室关于印发…的通知.
            if repeats and key != main and _SITE.search(text):
                continue
            if plausible(text, site) and (repeats or (len(beginning) > 3 and key.startswith(beginning))):
                fits.append(text)
        if fits:
            return Cut(max(fits, key=len), "heading")
    ones = {text for node in tree.css("h1") if plausible(text := clean(_SQUEEZE.sub(" ", node.text()), site), site)}
    only = ones.pop() if len(ones) == 1 else ""
    return Cut(only, "heading:h1") if only and not _SITE.search(only) else None


def _main(parts: Iterable[str], site: str) -> str:
    """The longest part of a window's title that is not the name of a site."""
    named = [part for part in parts if plausible(part, site) and _HAN.search(part) and not _SITE.search(part)]
    return max(named, key=len, default="")


def _above_line(above: str, site: str, *, bare: bool) -> Cut | None:
    """The last plausible line above the line of date and source; bare: above any date, or just above the body."""
    near = above[-_ABOVE:]
    shown = displayed(near, bare=bare)
    if shown is None and not bare:
        return None
    # Without the date's own line: what stands before the date there is its label.
    before = lines(re.sub(r"[^\n\r\t]*$", "", near[: shown[0].start]) if shown else near)
    texts = (clean(text, site) for text in reversed(before[-5:]))
    fits = (text for text in texts if plausible(text, site) and len(text) > 5 and not _NO_TITLE.search(text))
    text = next(fits, "")
    return Cut(text, "above:date" if shown else "above:body") if text else None
