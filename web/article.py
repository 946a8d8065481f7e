"""The page of one announcement: what it says, where that is from, what became of it, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from urllib.parse import urlencode

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.hidden import Takedown, in_force
from archive.pages.attached import File, files
from archive.pages.copies import Copies, copies
from archive.pages.reading import Connection, Reading, names, reading
from archive.pages.said import Said, said, sentence
from archive.pages.standing import Standing, standing
from pipelines.citation import plain
from pipelines.text import zh_match
from web.asking import absent, as_json, ask, page
from web.citing import permalink, reference_of, tags
from web.files import shown as shown_files
from web.marking import KINDS, leads, marked_blocks, marks, part, searched
from web.words import memento

LONG: Final = 24_000
"""Characters of a body that a page shows at first: a page is to weigh no more than 150 KB. All of it is a link away."""
FILES: Final = 8_000


@dataclass(frozen=True, slots=True)
class Whole:
    """All that the archive knows of an article."""

    article: Reading
    said: Said
    files: tuple[File, ...]
    standing: Standing
    copies: Copies
    names: Mapping[str, str]


def whole(conn: Connection, key: str) -> tuple[Whole | None, Takedown | None]:
    """The article with a key and, where it was taken down, why: then nothing else of it."""
    down = in_force(conn, key)
    found = None if down else reading(conn, key)
    if found is None:
        return None, down
    place = found.place
    told = said(conn, key, place["body"], place["district"], found.fields.get("published_on", ""))
    return Whole(found, told, files(conn, key), standing(conn, key), copies(conn, key), names(conn)), None


async def article_page(datasette: Datasette, request: Request) -> Response:
    """/a/<key> — one announcement with its evidence. ?q= marks the words it was found by; ?marks=0 leaves the text as
    it is; ?all=1 shows all of a very long one."""
    found, down = await ask(datasette, lambda conn: whole(conn, request.url_vars["key"]))
    if found is None:
        return await absent(datasette, request, down)
    reference = reference_of(found.article, permalink(datasette, request, found.article.place["key"]))
    context = {
        **_shown(found, request.args, datasette.urls.path),
        "reference": reference,
        "cited_as": plain(reference).strip(),
        "tags": tags(reference),
    }
    return await page(datasette, request, "article.html", context)


def _shown(found: Whole, args: Mapping[str, str], path: Callable[[str], str]) -> dict[str, Any]:
    """What the template needs of an article for a reader's address. path: puts the site's folder before an address."""
    article, place = found.article, found.article.place
    query = (args.get("q") or "").strip()
    terms = zh_match(query).terms
    plain_text, everything = args.get("marks") == "0", args.get("all") == "1"
    body = place["body"] if everything else _beginning(place["body"])
    chosen = () if plain_text else marks(found.said.rows, 10**6 if everything else 400)
    blocks = marked_blocks(body, terms, chosen, leads(place["district"], found.said.leads, path))
    kinds = {KINDS[one.row.kind] for one in chosen if one.end <= len(body)}
    return {
        "article": article,
        "said": found.said,
        "standing": found.standing,
        "copies": found.copies,
        "names": found.names,
        "query": query,
        "key": place["key"],
        "blocks": blocks,
        "cut": len(place["body"]) - len(body),
        "kinds": [kind for kind in dict.fromkeys(KINDS.values()) if kind in kinds],
        "plain_text": plain_text,
        "files": shown_files(found.files, terms, FILES),
        "others": _others(article, found.files),
        "sentences": _sentences(article),
        "memento": memento(place["url"], place["captured_at"]),
        "feed": path("/feed.atom?") + urlencode({"district": place["district"], "column": place["column"]}),
        "part": part,
        "searched": searched,
    }


def _beginning(body: str) -> str:
    """A long body up to the end of the paragraph that fits."""
    if len(body) <= LONG:
        return body
    return body[: body.rfind("\n", LONG // 2, LONG) if "\n" in body[LONG // 2 : LONG] else LONG]


def _others(article: Reading, held: tuple[File, ...]) -> dict[str, list[Any]]:
    """Links of the text that are not among the files."""
    return {
        kind: [link for link in getattr(article, kind) if not any(file.is_at(link.url) for file in held)]
        for kind in ("attachments", "images")
    }


def _sentences(article: Reading) -> dict[str, str]:
    """Field -> the sentence of the text that also states it, where the value stands there as it is written."""
    body = article.place["body"]
    places = {name: body.find(value) for name, value in article.fields.items() if 3 < len(value) < 60}
    return {
        name: sentence(body, start, start + len(article.fields[name])) for name, start in places.items() if start >= 0
    }


async def article_json(datasette: Datasette, request: Request) -> Response:
    """/a/<key>.json — everything that the page shows."""
    found, down = await ask(datasette, lambda conn: whole(conn, request.url_vars["key"]))
    if found is None:
        return await absent(datasette, request, down)
    key = found.article.place["key"]
    return as_json(document(found, permalink(datasette, request, key)))


def document(found: Whole, address: str) -> dict[str, Any]:
    """An article as JSON: columns by their names, then what hangs on it."""
    article, told = found.article, found.said
    data = asdict(article)
    place, fields = data.pop("place"), data.pop("fields")
    return {
        **place,
        **fields,
        "permalink": address,
        "memento": memento(place["url"], place["captured_at"]),
        **data,
        "state": found.standing.state,
        **asdict(found.standing),
        "kind": told.kind,
        "kind_rule": told.kind_rule,
        "meeting": told.meeting,
        "facts": [asdict(row) for row in told.rows],
        "people": [asdict(one) for one in told.people],
        "cited": [{"text": one.text, "key": one.key or None} for one in told.groups.get("cited", ())],
        "cited_by": [{"title": one.text, "key": one.key} for one in told.groups.get("cited_by", ())],
        "files": [{**asdict(one), "text": f"/a/{place['key']}/{one.position}.txt"} for one in found.files],
        "copies": asdict(found.copies),
        "reference": plain(reference_of(article, address)).strip(),
    }
