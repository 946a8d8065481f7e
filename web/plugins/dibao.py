"""Datasette's hooks: the pages of web/pages.py, Chinese search behind ?_search=, words and labels, safe headers."""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode

from datasette import hookimpl
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils.asgi import Request, Response
from jinja2 import Environment
from markupsafe import Markup

from archive.index import TEXTS, register
from archive.pages.reading import Connection, names
from pipelines.text import zh_match
from web import following, querying, words
from web.about import about_page
from web.alerts import alerts_page, unsubscribe_page
from web.article import article_json, article_page
from web.asking import ask
from web.changes import changes_page
from web.citing import reference_file, unapi
from web.coverage import coverage_page, district_coverage_page
from web.district import district_page, districts_page
from web.document import document_page
from web.errors import error_page
from web.feeds import changes_feed, document_feed, person_feed, search_feed
from web.files import size
from web.history import diff_page, version_page
from web.marking import written
from web.pages import dictionary_page, file_page, search_page
from web.people import people_page, person_page
from web.results import search_csv, search_json
from web.serve import DATABASE, column_labels, metadata

# Nothing runs, nothing is fetched from elsewhere, nothing frames the pages: stored text could do no harm if it got out.
# The only script is ours (web/static/search.js); what is stored is never sent as one.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
KEY = re.compile(r"[0-9a-f]{16}")
ARTICLE_KEYS = ("article_key", "citing_key", "cited_key", "公告", "另一篇")  # 公告, 另一篇: in the ready-made queries
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"vary", b"Cookie"),
]


@hookimpl(trylast=True)
def prepare_connection(conn: Connection, database: str) -> None:
    """The archive's functions; and escape_fts, with which Datasette's own ?_search= reads what was typed.

    2026-11: without trylast Datasette's own escape_fts is registered after this one, and Chinese finds 0 rows.
    """
    if database == DATABASE:
        register(conn)
        conn.create_function("escape_fts", 1, escape_fts, deterministic=True)


def escape_fts(query: str | None) -> str:
    """What is typed into ?_search= as an FTS5 expression; ``""`` (nothing is found) when it holds only symbols."""
    return zh_match(query or "").expression or '""'


@hookimpl
def filters_from_request(request: Request, database: str, table: str) -> FilterArguments | None:
    """The part of ?_search= that the index cannot know (160%, R&D), as conditions."""
    query = request.args.get("_search")
    if (database, table) != (DATABASE, "articles") or not query or request.args.get("_searchmode") == "raw":
        return None
    match = zh_match(query)
    terms = [("", term) for term in match.checks] + [("not ", term) for term in match.lacks]
    clauses = [f"{no}zh_has(:zh_{number}, {TEXTS})" for number, (no, _) in enumerate(terms)]
    return FilterArguments(clauses, {f"zh_{number}": term for number, (_, term) in enumerate(terms)})


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return [
        (r"^/$", search_page),
        (r"^/search\.json$", search_json),
        (r"^/search\.csv$", search_csv),
        (r"^/a/(?P<key>[0-9a-f]{1,64})$", article_page),
        (r"^/a/(?P<key>[0-9a-f]{16})\.json$", article_json),
        (r"^/a/(?P<key>[0-9a-f]{16})\.(?P<suffix>ris|bib|csl\.json|txt)$", reference_file),
        (r"^/a/(?P<key>[0-9a-f]{16})/v/(?P<number>\d{1,5})$", version_page),
        (r"^/a/(?P<key>[0-9a-f]{16})/diff$", diff_page),
        (r"^/unapi$", unapi),
        (r"^/a/(?P<key>[0-9a-f]{16})/(?P<position>\d{1,4})\.txt$", file_page),
        (r"^/dictionary$", dictionary_page),
        (r"^/districts$", districts_page),
        (r"^/district/(?P<slug>[\w.~%-]{1,80})$", district_page),
        (r"^/people$", people_page),
        (r"^/person/(?P<slug>[\w.~%-]{1,80})/(?P<name>[^/]+)$", person_page),
        (r"^/document$", document_page),
        (r"^/document/(?P<form>.+)$", document_page),
        (r"^/changes$", changes_page),
        (r"^/coverage$", coverage_page),
        (r"^/coverage/(?P<slug>[\w.~%-]{1,80})$", district_coverage_page),
        (r"^/about$", about_page),
        (r"^/feed\.atom$", search_feed),
        (r"^/feed/changes\.atom$", changes_feed),
        (r"^/feed/person\.atom$", person_feed),
        (r"^/feed/document\.atom$", document_feed),
        (r"^/alerts$", alerts_page),
        (r"^/unsubscribe/(?P<token>[0-9a-zA-Z-]{1,80})$", unsubscribe_page),
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    # The error page is rendered without extra_template_vars.
    env.globals.update(t=words.words("zh"), language="zh", language_link="?lang=en", labels={}, dictionary={})
    env.globals.update(titled=querying.titled, drawn=querying.drawn, PLACES=querying.PLACES)
    env.globals.update(canned_about=lambda name: metadata()["databases"][DATABASE]["queries"].get(name, {}))
    env.globals.update(feed_of=following.search_feed, subscribe_to=following.subscribe)
    env.filters.update(beijing=words.beijing, weblink=words.weblink, filesize=size, written=written)


@hookimpl
def extra_template_vars(request: Request | None, table: str | None, datasette: Datasette) -> dict[str, Any]:
    chosen = words.language(request.args.get("lang"), request.cookies) if request else "zh"
    other = "en" if chosen == "zh" else "zh"
    args = [(name, value) for name in request.args for value in request.args.getlist(name)] if request else []
    link = "?" + urlencode([*((name, value) for name, value in args if name != "lang"), ("lang", other)])
    return {
        "t": words.words(chosen),
        "language": chosen,
        "language_link": link,
        "labels": column_labels(table or "articles") if chosen == "zh" else {},
        "dictionary": metadata()["databases"][DATABASE]["tables"],
        "place_names": lambda: ask(datasette, names),
        "fields_of": lambda values: ask(datasette, lambda conn: querying.asking(conn, values, chosen)),
    }


@hookimpl
def render_cell(row: Any, value: object, column: str, table: str | None) -> Markup | None:
    """Titles and keys of articles lead to the article's page; web addresses are links."""
    if not isinstance(value, str):
        return None
    if table is None and (shown := querying.cell(row, column, value)):
        return shown
    if table == "articles" and column in ("title", "key") and "key" in row.keys():  # noqa: SIM118  (sqlite3.Row)
        return Markup('<a href="/a/{}">{}</a>').format(row["key"], value)
    if column in ARTICLE_KEYS and KEY.fullmatch(value):
        return Markup('<a href="/a/{}">{}</a>').format(value, value)
    if column in ("url", "requested_url", "site") and words.weblink(value):
        return Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(words.weblink(value), value)
    return None


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Awaitable[Response]:
    return error_page(datasette, request, exception)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Adds the safe headers to every answer, and keeps the language that ?lang= chose."""

    def wrap(app: Callable[..., Any]) -> Callable[..., Any]:
        async def answered(scope: dict[str, Any], receive: Callable[..., Any], send: Callable[..., Any]) -> None:
            async def with_headers(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    ours = {name for name, _ in HEADERS}
                    others = [(name, value) for name, value in message.get("headers", []) if name.lower() not in ours]
                    message = {**message, "headers": [*others, *HEADERS, *_cookie(scope)]}
                await send(message)

            await app(scope, receive, with_headers)

        return answered

    return wrap


def _cookie(scope: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[-1]
    if asked not in words.LANGUAGES:
        return []
    return [(b"set-cookie", f"lang={asked}; Path=/; Max-Age=31536000; SameSite=Lax".encode())]
