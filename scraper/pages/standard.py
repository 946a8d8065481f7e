"""What every government page shares, whatever made it: reads an article by the site standard.

Order of trust (design/text.md): the district's own selector, the CMS family's, META tags (国办发〔2017〕47号), the
label table and the visible line, then general rules. The displayed date and source come before the META's, which are
the CMS's (they differ on 1 page of 21). Each field carries the rule that gave it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape
from itertools import islice

from selectolax.lexbor import SelectolaxError

from scraper.catalogue import Layout
from scraper.items import Cut, PageError, RawArticle, Snapshot
from scraper.pages import body, dates, generic, parts
from scraper.pages.family import Family, Tree
from scraper.pages.labels import labelled
from scraper.pages.line import displayed, named
from scraper.pages.links import base_of
from scraper.pages.meta import metas, text_of
from scraper.pages.outline import Outline, outline, split
from scraper.pages.title import inferred, squeezed, stated

# Attribute values are compared without case: names are written in any.
MARKS = ", ".join(f'meta[name="{name}" i]' for name in ("ArticleTitle", "ColumnName", "SiteIDCode", "PubDate"))

# How far around the body its line is looked for, in characters.
BEFORE, LEAD, AFTER = 500, 400, 300
TABLE, TABLE_IN_BODY = 8000, 1200

_META = {
    "author": "author",
    "keywords": "keywords",
    "abstract": "description",
    "site_name": "sitename",
    "column": "columnname",
}
_Around = tuple[str, str, str]
_KEPT = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")  # what squeezed() keeps


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    return tree.css_first(MARKS) is not None


STANDARD = Family(name="standard", detect=detect)


def read(snapshot: Snapshot, tree: Tree, family: Family, layout: Layout) -> RawArticle:
    """An article's fields and its body's fragment.

    PageError where there is no title, or no body on a page that does not declare itself an article (META
    ArticleTitle, 索引号): of those the fields alone are worth keeping.
    """
    tags, base = metas(tree), base_of(tree, snapshot.url)
    more = parts.following(snapshot, tree, base)
    body.embedded(tree)
    if family.embed is not None:
        _insert(tree, family.body, family.embed(snapshot, tree))
    tree.strip_tags(body.CHROME)
    owned = dict(_selected(snapshot, tree, layout))
    heading = stated(tree, tags, _own(layout, "title"), family)
    places = [(css, "district") for css in _own(layout, "body")] + [(css, family.name) for css in family.body]
    text, markup, rule, doubtful = _body(snapshot, tree, places)
    table = _table(text)
    fields = _metadata(tags) | table
    # 名称 alone also stands in tenders and forms; among other labels it is the table's.
    heading = heading or (table.get("title") if len(table) > 2 else None)
    heading = heading or inferred(tree, tags, text.head, snapshot.listed_title)
    if heading is None:
        raise PageError(snapshot.url, "no title: neither META ArticleTitle, nor a heading, nor a label, nor the list's")
    if not markup and "articletitle" not in tags and "index_number" not in fields:
        tried = ", ".join([*(css for css, _ in places), "the known containers"])
        raise PageError(snapshot.url, f"no body: tried {tried}")
    fields["title"] = heading
    around = _after_title(text, heading.value)
    fields |= _line(text, around, tags, fields)
    fields |= _date(snapshot, text, around, tags, fields)
    fields |= owned
    flags = ("body_doubtful",) if doubtful else ()
    return RawArticle(snapshot.url, family.name, fields, markup, rule, flags, base, more)


def _insert(tree: Tree, containers: tuple[str, ...], markup: str) -> None:
    """Puts a body that stands in a script into its container, at the page's end where there is none."""
    root = tree.body
    if not markup or root is None:
        return
    node = next((node for css in containers if (node := tree.css_first(css)) is not None), None)
    if node is None:
        node = tree.create_node("div")
        node.attrs["id"] = "zoom"
        node.inner_html = markup
        root.insert_child(node)  # which takes a copy
    else:
        node.inner_html = markup


def _own(layout: Layout, name: str) -> tuple[str, ...]:
    css = layout.selectors.get(name)
    return (css,) if css else ()


def _selected(snapshot: Snapshot, tree: Tree, layout: Layout) -> Iterator[tuple[str, Cut]]:
    """The fields that the district has selectors for. PageError for a selector that is none."""
    for name, css in layout.selectors.items():
        try:
            node = tree.css_first(css)
        except SelectolaxError as error:
            raise PageError(
                snapshot.url, f"{name} = {css!r} is no CSS selector: correct it in the district's TOML"
            ) from error
        if name not in ("rows", "body", "next", "title") and node is not None and (value := text_of(node.text())):
            yield name, Cut(value, f"district:{css}")


def _body(snapshot: Snapshot, tree: Tree, places: list[tuple[str, str]]) -> tuple[Outline, str, str, bool]:
    """The page around the body, the body's fragment, the rule that found it, and whether that is doubtful."""
    found = body.find(tree, places)
    if found is not None:
        markup = body.cut(found.node)
        return outline(tree, found.node, markup), markup, found.rule, found.doubtful
    node, lines = generic.extract(tree, snapshot.text)
    if node is not None:
        markup = body.cut(node)
        return outline(tree, node, markup), markup, "trafilatura:element", False
    page = outline(tree, None)
    if not lines:
        shown = displayed(page.head, bare=False)
        return Outline(page.head[: shown[0].end + AFTER] if shown else page.head, "", ""), "", "none", False
    markup = "".join(f"<p>{escape(line)}</p>" for line in lines) + body.files(tree)
    return split(page, lines[0]), markup, "trafilatura:text", False


def _metadata(tags: Mapping[str, str]) -> dict[str, Cut]:
    """Only what the standard defines: a home page's keywords and description repeat on every page of a site."""
    standard = "articletitle" in tags
    return {
        field: Cut(tags[tag], f"meta:{tag}")
        for field, tag in _META.items()
        if tags.get(tag) and (standard or field in ("site_name", "column"))
    }


def _table(text: Outline) -> dict[str, Cut]:
    """The disclosure table: before the body, or at its beginning where the container holds the table too."""
    before = labelled(text.head[-TABLE:])
    within = labelled(text.body[:TABLE_IN_BODY])
    is_table = "index_number" in within or len(within) > 3
    return {**within, **before} if is_table else dict(before)


def _after_title(text: Outline, heading: str) -> _Around:
    """Texts to search for the line: between title and body, just before the body, and the body's beginning after a
    title that it repeats ("" where it does not)."""
    title = squeezed(heading)
    after = _end_of(title, text.head, str.rfind)
    between = text.head[after:] if after else ""
    again = _end_of(title, text.body[:1500], str.find)
    lead = text.body[again : again + LEAD] if again else ""
    return between[:4000], text.head[-BEFORE:], lead


def _end_of(title: str, text: str, find: Callable[[str, str], int]) -> int:
    """Where a squeezed title ends in a text, whatever spaces and marks it is written with; 0 where it is not there.

    2026-11: as one pattern with a gap after each character it took 20 ms to compile, more than all else on a page.
    """
    place = find(squeezed(text), title)
    return next(islice(_KEPT.finditer(text), place + len(title) - 1, None)).end() if title and place >= 0 else 0


def _line(text: Outline, around: _Around, tags: Mapping[str, str], known: Mapping[str, Cut]) -> dict[str, Cut]:
    found: dict[str, Cut] = {}
    for part in around:
        for kind, cut in named(part).items():
            found.setdefault(kind, cut)
    standard = Cut(tags["contentsource"], "meta:ContentSource") if tags.get("contentsource") else None
    tail = named(text.tail[:AFTER])
    opening = named(text.body[:LEAD])
    options = (
        found.get("source"),
        standard,
        tail.get("source"),
        opening.get("source"),
        found.get("publisher"),
        known.get("issuer"),
    )
    source = next((cut for cut in options if cut is not None), None)
    fields = {"source": source} if source else {}
    author = found.get("author") or known.get("author") or found.get("editor") or tail.get("editor")
    return fields | ({"author": author} if author else {})


def _date(
    snapshot: Snapshot, text: Outline, around: _Around, tags: Mapping[str, str], known: Mapping[str, Cut]
) -> dict[str, Cut]:
    between, before, lead = around
    standard, address = dates.moment(tags.get("pubdate", "")), dates.day_in(snapshot.url)
    # Without the title in sight, a date just above the body may stand alone too.
    near = before[-BEFORE // 2 :] if not between else ""
    for part, bare in ((between, True), (before, False), (near, True), (lead, True), (text.tail[:AFTER], False)):
        if shown := displayed(part, bare=bare):
            found, rule = shown
            # 2026-11: 苏州's catalogue has 发文日期 as the day of signing; without a catalogue it is the line's date.
            signed = known.get("made_on") if standard and "index_number" in known else None
            if signed and signed.rule == rule.replace("line:", "label:"):
                continue
            # 2026-11: 武汉's catalogue dates a law 公开日期 2018-01-01, the day it took effect; META and address agree
            # on 2018-03-14. 公开日期 says since when the content is public: two witnesses outweigh it.
            if rule == "line:公开日期" and standard and address == standard.day != found.day:
                return {"published_on": Cut(tags["pubdate"], "meta:PubDate")}
            return {"published_on": Cut(part[found.start : found.end], rule)}
        if part is lead and "published_on" in known:
            return {}
    if standard:
        return {"published_on": Cut(tags["pubdate"], "meta:PubDate")}
    if address:
        return {"published_on": Cut(address.isoformat(), "url")}
    return {"published_on": Cut(snapshot.listed_on.isoformat(), "list")} if snapshot.listed_on else {}
