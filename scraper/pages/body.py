"""The body: the element that holds it, cut out of the page as a small fragment of HTML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from scraper.pages.family import Tree

_DATA = Path(__file__).parent / "data" / "containers.toml"
# Never text of the page.
CHROME = ["script", "style", "noscript", "template", "svg", "iframe", "select", "button", "textarea", "object", "link"]
# Inline markup says nothing about the text: BeautifulSoup pays for each tag of it, Word writes thousands.
_INLINE = ["span", "font", "b", "strong", "i", "em", "u", "ins", "big", "small", "label", "sup", "sub"]
_ATTRIBUTES = re.compile(
    r"<(p|div|td|th|tr|table|tbody|thead|li|ul|ol|h[1-6]|section|br|hr|dl|dt|dd|center|blockquote|article)"
    r"(?:\s+[^\s=>\"]+(?:=\"[^\"]*\")?)+\s*>"
)
_HIDDEN = '[style*="display:none" i], [style*="display: none" i], [hidden]'
_WHITE = re.compile(r"[\s\u3000\xa0]+")
# Between blocks white space is no text.
_LOOSE = re.compile(r"[ \n](?=</?(?:p|div|td|th|tr|table|li|ul|ol|br|h[1-6]|section)\b)|(?<=>)[ \n](?=<[pdtuhs/])")
BREAK = "\u2028"
_FILES = tuple(re.findall(r"\.\w+", ".pdf.doc.docx.xls.xlsx.ppt.pptx.wps.et.ofd.zip.rar.7z.txt.csv.rtf.ceb"))
# A script's address that hands out a file named by the link's text.
HANDED_OUT = re.compile(r"down_?load|attach|fileid|file_?name", re.IGNORECASE)
_OWN_TAGS = ("ucapcontent",)
_LEAST = 20
# A sentence: a run of text of this length with Chinese punctuation; so many characters of them are a body.
# Less than this part of the page's full stops inside a body is suspicious.
_PART = 0.4
_SENTENCE, _ENOUGH, _NEARLY, _SHARE = 15, 80, 0.85, 0.5
_COMMA = re.compile("[，。；！？]")
_CONTAINERS = frozenset(["div", "td", "tr", "tbody", "table", "section", "article", "ucapcontent", "form", "main"])


@dataclass(frozen=True, slots=True)
class Body:
    """doubtful: most sentences of the page stand elsewhere (a copy for phones, a disclaimer, or the text itself)."""

    node: LexborNode
    rule: str
    doubtful: bool = False


def find(tree: Tree, selectors: Iterable[tuple[str, str]]) -> Body | None:
    """The first container in order of trust that passes for a body: (selector, who named it), the page's own
    ContentStart mark, the containers known on government sites, and the element that holds the page's sentences."""
    for selector, owner in selectors:
        node = _largest(tree, selector)
        if node is not None and _passes(node):
            return Body(node, f"{owner}:{selector}")
    start = tree.css_first('meta[name="ContentStart" i]')
    if (
        start is not None
        and start.parent is not None
        and start.parent.tag not in ("body", "head")
        and _passes(start.parent)
    ):
        return Body(start.parent, "meta:ContentStart")
    used = _names(tree)
    exact, broad = _containers()
    for selector in exact:
        if _name(selector) in used and (node := _largest(tree, selector)) is not None and _passes(node):
            return _checked(tree, Body(node, f"known:{selector}"))
    if (node := _dense(tree)) is not None:
        return Body(node, "density")
    for selector in broad:
        node = _largest(tree, selector) if _name(selector) in used else None
        if node is not None and _passes(node) and len(squeeze(node.text())) >= 5 * _LEAST:
            return Body(innermost(node), f"broad:{selector}")
    return None


def _checked(tree: Tree, found: Body) -> Body:
    """A name known elsewhere may mean something else here: where most sentences of the page stand outside the
    element, the element that holds them is taken, if there is one."""
    inside = (found.node.text() or "").count("。")
    whole = tree.body.text().count("。") if tree.body is not None else 0
    if whole < 6 or inside > _PART * whole:
        return found
    dense = _dense(tree)
    if dense is not None and dense.text().count("。") > inside:
        return Body(dense, "density")
    return Body(found.node, found.rule, doubtful=True)


def embedded(tree: Tree) -> None:
    """Documents shown in a frame (also by a viewer: viewer.html?file=/a.pdf) become links."""
    for frame in tree.css("iframe[src], embed[src], object[data]"):
        source = frame.attributes.get("src") or frame.attributes.get("data") or ""
        address = unquote(source.partition("file=")[2]) if "file=" in source else source
        if is_file(address):
            link = tree.create_node("a")
            link.attrs["href"] = address
            frame.replace_with(link)


def cut(body: LexborNode) -> str:
    """The fragment: without scripts, hidden parts, inline tags and attributes other than of links and images; plain
    paragraphs and line breaks as U+2028; with the attachments listed beside the body (``<div data-beside>``)."""
    beside = _beside(body)
    hidden = body.css(_HIDDEN)
    # Some bodies stay hidden until a script shows them: those are no chrome.
    if hidden and sum(len(node.text()) for node in hidden) * 2 < len(body.text()):
        for node in hidden:
            if node.mem_id != body.mem_id:
                node.decompose()
    # unwrap_tags takes the element itself too.
    body.unwrap_tags([tag for tag in (*_INLINE, "tbody", "thead") if tag != body.tag])
    markup = _ATTRIBUTES.sub(r"<\1>", body.inner_html or "")
    return _plain(_LOOSE.sub("", _tight(markup))) + beside


def _tight(markup: str) -> str:
    """Runs of the source's white space as one character, a line break if they hold one. No expression does this: on a
    page with a run of 200,000 spaces `\\s+(?=<)` takes minutes."""
    markup = markup.replace("\r", "\n").replace("\t", " ")
    for run, one in (("  ", " "), (" \n", "\n"), ("\n ", "\n"), ("\n\n", "\n")):
        while run in markup:
            markup = markup.replace(run, one)
    return markup


def _plain(markup: str) -> str:
    """Line breaks and paragraphs without markup inside, written as U+2028: most bodies become one string."""
    first, *paragraphs = markup.replace("<br>", BREAK).split("<p>")
    parts = [first]
    for paragraph in paragraphs:
        inner, end, rest = paragraph.partition("</p>")
        plain = end and "<" not in inner
        parts.append(f"{BREAK}{inner}{BREAK}{rest}" if plain else f"<p>{paragraph}")
    return "".join(parts)


def is_file(address: str) -> bool:
    """Does an address name a document: .pdf, .doc, .xlsx, .ofd, .zip ...?"""
    return address.split("?", 1)[0].split("#", 1)[0].rstrip().lower().endswith(_FILES)


def links_a_file(link: LexborNode) -> bool:
    """By its address or, where a script hands the file out (VSB: download.jsp?…&wbfileid=8801), by its text."""
    address = link.attributes.get("href") or ""
    return is_file(address) or ("?" in address and HANDED_OUT.search(address) is not None and is_file(link.text()))


def innermost(node: LexborNode) -> LexborNode:
    """Down to the last element that still holds nine tenths of the text."""
    while True:
        whole = len(squeeze(node.text()))
        fits = [
            child for child in node.iter() if child.tag in _CONTAINERS and len(squeeze(child.text())) >= 0.9 * whole
        ]
        if len(fits) != 1:
            return node
        node = fits[0]


def squeeze(text: str) -> str:
    return _WHITE.sub("", text)


def _largest(tree: Tree, selector: str) -> LexborNode | None:
    """Of several matches the one with the most text; the first of equals (phone templates repeat the body)."""
    nodes = tree.css(selector)
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    sizes = [len(squeeze(node.text())) for node in nodes]
    largest = nodes[sizes.index(max(sizes))]
    # Parts of one text side by side, and little else beside them: the element around them.
    around = largest.parent
    apart = {node.parent.mem_id for node in nodes if node.parent is not None}
    if around is not None and len(apart) == 1 and len(set(sizes)) == len(sizes) and around.tag != "body":
        whole = len(squeeze(around.text()))
        if 1.2 * max(sizes) < whole <= 1.1 * sum(sizes):
            return around
    return largest


def _dense(tree: Tree) -> LexborNode | None:
    """The innermost element that holds nearly all sentences of the page; None where they are few or scattered.

    Menus, footers and lists hold words, links and addresses, but hardly a sentence with a comma. This saves the
    extractor, ten times as dear, for the pages that need it.
    """
    if tree.body is None:
        return None
    tree.body.unwrap_tags(_INLINE)
    held, total = _sentences(tree.body)
    node = tree.body
    while total >= _ENOUGH:
        inner = next((child for child in node.iter() if held.get(child.mem_id, 0) >= _NEARLY * total), None)
        if inner is None or inner.tag not in _CONTAINERS:
            dense = total >= _SHARE * len(squeeze(node.text()))
            return node if dense and node.tag != "body" and _passes(node) else None
        node = inner
    return None


def _sentences(root: LexborNode) -> tuple[dict[int, int], int]:
    """Characters of sentences that each element holds (by mem_id), and of all."""
    held: dict[int, int] = {}
    total = 0
    for node in root.traverse(include_text=True):
        if not node.is_text_node or node.parent is None or node.parent.tag == "a":
            continue
        text = node.text_content or ""
        if len(text) < _SENTENCE or not _COMMA.search(text):
            continue
        size = len(squeeze(text))
        total += size
        around: LexborNode | None = node.parent
        while around is not None and around.tag != "body":
            held[around.mem_id] = held.get(around.mem_id, 0) + size
            around = around.parent
    return held, total


def _passes(node: LexborNode) -> bool:
    """Text of its own and not mostly links; or a picture or an attachment, where the text is in that."""
    text = squeeze(node.text())
    links = node.css("a")
    linked = sum(len(squeeze(link.text())) for link in links)
    if len(text) >= _LEAST and linked <= len(text) / 2:
        return True
    files = any(map(links_a_file, links))
    return files or (linked <= len(text) / 2 and any(_picture(image) for image in node.css("img")))


def _picture(image: LexborNode) -> bool:
    source = image.attributes.get("src") or ""
    return bool(source) and not source.startswith("data:") and "icon" not in source.lower()


def _beside(body: LexborNode) -> str:
    """Links to files that follow the body, not in it: 附件 lists of many templates."""
    around: LexborNode | None = body
    for _ in range(3):
        if around is None or around.tag in ("body", "html", "-undef"):
            break
        following = list(_following(around))
        direct = [link for link in following if is_file(link.attributes.get("href") or "")]
        # 2026-11: Hanweb prints the address of a file and a script's that hands out the same one.
        links = [link.html or "" for link in direct or filter(links_a_file, following)]
        if links:
            return f"<div data-beside>{''.join(links)}</div>" if len(links) <= 30 else ""
        around = around.parent
    return ""


def files(tree: Tree) -> str:
    """Links to files of the whole page, for a body that is text without a place on it."""
    links = [link.html or "" for link in tree.css("a[href]") if is_file(link.attributes.get("href") or "")]
    return f"<div data-beside>{''.join(links)}</div>" if 0 < len(links) <= 30 else ""


def _following(node: LexborNode) -> Iterator[LexborNode]:
    """Links in the next elements beside a node."""
    after, count = node.next, 0
    while after is not None and count < 6:
        if after.is_element_node:
            count += 1
            yield from after.css("a[href]")
        after = after.next


def _names(tree: Tree) -> set[str]:
    """Ids and classes of the page: asking for ninety selectors one by one would cost more than reading it."""
    if tree.body is None:
        return set()
    names: set[str] = set()
    for node in tree.body.css("[class], [id]"):
        attributes = node.attributes
        names.update((attributes.get("class") or "").split())
        names.update((attributes.get("id") or "").split())
    return names | {tag for tag in _OWN_TAGS if tree.css_first(tag) is not None}


def _name(selector: str) -> str:
    """The id, class or tag of a simple selector (#zoom, .TRS_Editor, ucapcontent)."""
    return selector.lstrip("#.")


@cache
def _containers() -> tuple[list[str], list[str]]:
    """Selectors of one id or class each: (exact, broad)."""
    found: Mapping[str, list[str]] = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return found["exact"], found["broad"]
