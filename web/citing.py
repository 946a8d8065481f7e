"""An article as a reference that a reader, Zotero or a program takes away: files, unAPI, META tags."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from xml.sax.saxutils import quoteattr

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.hidden import Takedown, in_force
from archive.pages.reading import Connection, Reading, reading
from pipelines.citation import FORMATS, Reference, cite
from web.asking import absent, ask

SUFFIXES: Final = {"txt": "txt", "ris": "ris", "bib": "bib", "csl.json": "json"}
# The names that Zotero's unAPI translator knows.
UNAPI: Final = {"ris": ("ris", "ris"), "bibtex": ("bib", "bib"), "csl-json": ("json", "csl.json")}


def reference_of(one: Reading, permalink: str) -> Reference:
    """The reference of an article as it is archived."""
    published = one.fields.get("published_on", "")
    return Reference(
        key=one.place["key"],
        title=one.place["title"],
        author=one.fields.get("issuer") or one.fields.get("source") or one.fields.get("site_name") or "",
        site=one.fields.get("site_name", ""),
        url=one.place["url"],
        published_on=date.fromisoformat(published) if published else None,
        captured_at=datetime.fromisoformat(one.place["captured_at"]),
        document_number=one.fields.get("document_number", ""),
        sha256=one.place["sha256"],
        permalink=permalink,
    )


def permalink(datasette: Datasette, request: Request, key: str) -> str:
    return str(datasette.absolute_url(request, datasette.urls.path(f"/a/{key}")))


def tags(one: Reference) -> list[tuple[str, str]]:
    """META tags for programs that read no unAPI."""
    published = one.published_on.isoformat() if one.published_on else ""
    every = [
        ("citation_title", one.title),
        ("citation_author", one.author),
        ("citation_publication_date", published.replace("-", "/")),
        ("citation_publisher", one.site),
        ("citation_language", "zh-CN"),
        ("citation_public_url", one.permalink),
        ("DC.title", one.title),
        ("DC.creator", one.author),
        ("DC.date", published),
        ("DC.source", one.url),
        ("DC.identifier", one.document_number or one.permalink),
        ("DC.type", "Text"),
        ("DC.language", "zh-CN"),
    ]
    return [(name, value) for name, value in every if value]


async def reference_file(datasette: Datasette, request: Request) -> Response:
    """/a/<key>.ris, .bib, .csl.json, .txt — the reference as a file."""
    suffix = request.url_vars["suffix"]
    return await _reference(datasette, request, request.url_vars["key"], SUFFIXES[suffix], suffix)


async def unapi(datasette: Datasette, request: Request) -> Response:
    """/unapi — what Zotero asks (https://web.archive.org/web/2023/http://unapi.info/specs/): which formats there are,
    then an article in one of them."""
    wanted, form = request.args.get("id") or "", request.args.get("format") or ""
    if not wanted or not form:
        found = "".join(
            f"<format name={quoteattr(name)} type={quoteattr(FORMATS[kind])}/>" for name, (kind, _) in UNAPI.items()
        )
        about = f" id={quoteattr(wanted)}" if wanted else ""
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{about}>{found}</formats>\n'
        return Response(text, 300 if wanted else 200, content_type="application/xml; charset=utf-8")
    if form not in UNAPI:
        return Response.text(f"no such format: one of {', '.join(UNAPI)}", status=406)
    return await _reference(datasette, request, wanted.rpartition("/")[2], *UNAPI[form])


async def _reference(datasette: Datasette, request: Request, key: str, form: str, suffix: str) -> Response:
    def answer(conn: Connection) -> tuple[Reading | None, Takedown | None]:
        return reading(conn, key), in_force(conn, key)

    found, down = await ask(datasette, answer)
    if found is None or down is not None:
        return await absent(datasette, request, down)
    text = cite(reference_of(found, permalink(datasette, request, key)), form)
    headers = {"content-disposition": f'attachment; filename="dibao-{key}.{suffix}"', "cache-control": "no-cache"}
    return Response(text, 200, headers, f"{FORMATS[form]}; charset=utf-8")
