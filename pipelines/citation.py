"""An announcement as a reference: plain text, RIS, BibTeX and CSL-JSON.

The type is a web page; who issued it stands as its author, the site as its publisher, the day of capture as the day of
access. The note holds what a reader needs to check it: the permalink and the SHA-256 of the response as received.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

import rispy
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field

from pipelines.article import Article

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
FORMATS = {"txt": "text/plain", "ris": "application/x-research-info-systems", "bib": "application/x-bibtex"} | {
    "json": "application/vnd.citationstyles.csl+json"
}


@dataclass(frozen=True, slots=True)
class Reference:
    """What all forms of a reference are made of. captured_at: aware; permalink "" where the archive has no address."""

    key: str
    title: str
    author: str
    site: str
    url: str
    published_on: date | None
    captured_at: datetime
    document_number: str
    sha256: str
    permalink: str = ""

    @property
    def accessed(self) -> date:
        return self.captured_at.astimezone(SHANGHAI).date()

    @property
    def note(self) -> str:
        parts = [self.document_number, self.permalink, f"SHA-256 {self.sha256}", "archived by Dibao"]
        return "; ".join(part for part in parts if part)


def reference(article: Article, permalink: str = "") -> Reference:
    """The reference of an article as captured."""
    return Reference(
        key=article.key,
        title=article.title,
        author=article.issuer or article.source or article.site_name or "",
        site=article.site_name or "",
        url=article.url,
        published_on=article.published_on,
        captured_at=article.captured_at,
        document_number=article.document_number or "",
        sha256=article.sha256,
        permalink=permalink,
    )


def cite(one: Reference, form: str) -> str:
    """The reference in one of FORMATS: "txt", "ris", "bib" or "json". Raises KeyError for any other."""
    return {"txt": plain, "ris": ris, "bib": bibtex, "json": csl_json}[form](one)


def plain(one: Reference) -> str:
    """As GB/T 7714 writes a web page: author. title[EB/OL]. (published)[accessed]. URL."""
    author = f"{one.author}. " if one.author else ""
    published = f"({one.published_on})" if one.published_on else ""
    return f"{author}{one.title}[EB/OL]. {published}[{one.accessed}]. {one.url}. {one.note}.\n"


def ris(one: Reference) -> str:
    entry: dict[str, object] = {
        "type_of_reference": "ELEC",
        "title": one.title,
        "urls": [one.url],
        "access_date": f"{one.accessed:%Y/%m/%d}/",
        "language": "zh-CN",
        "notes": [one.note],
        "id": one.key,
    }
    if one.author:
        entry["authors"] = [f"{one.author},"]  # the comma makes it one name, not a given and a family name
    if one.site:
        entry["publisher"] = one.site
    if one.published_on:
        entry |= {"year": f"{one.published_on.year}", "date": f"{one.published_on:%Y/%m/%d}/"}
    return str(rispy.dumps([entry]))


def bibtex(one: Reference) -> str:
    fields = {
        "title": f"{{{_escaped(one.title)}}}",
        "author": f"{{{_escaped(one.author)}}}" if one.author else "",
        "organization": _escaped(one.site),
        "year": str(one.published_on.year) if one.published_on else "",
        "date": one.published_on.isoformat() if one.published_on else "",
        "url": one.url.replace("{", "%7B").replace("}", "%7D"),
        "urldate": one.accessed.isoformat(),
        "langid": "chinese",
        "note": _escaped(one.note),
    }
    entry = Entry("online", f"dibao{one.key}", [Field(name, value) for name, value in fields.items() if value])
    return write_string(Library([entry]))


def _escaped(text: str) -> str:
    """What BibTeX reads as commands; braces must come in pairs, so they go."""
    plain = text.replace("\\", " ").replace("{", "(").replace("}", ")")
    return "".join(f"\\{char}" if char in "&%$#_" else char for char in plain)


def csl(one: Reference) -> dict[str, object]:
    """A CSL-JSON item (https://citeproc-js.readthedocs.io, "CSL-JSON")."""
    item: dict[str, object] = {
        "id": one.key,
        "type": "webpage",
        "title": one.title,
        "URL": one.url,
        "accessed": _parts(one.accessed),
        "language": "zh-CN",
        "note": one.note,
    }
    if one.author:
        item["author"] = [{"literal": one.author}]
    if one.site:
        item["container-title"] = one.site
    if one.published_on:
        item["issued"] = _parts(one.published_on)
    if one.document_number:
        item["number"] = one.document_number
    return item


def csl_json(one: Reference) -> str:
    return json.dumps([csl(one)], ensure_ascii=False, indent=1) + "\n"


def _parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
