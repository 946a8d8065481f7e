"""Serves one archive with Datasette: the settings, the data dictionary, and the server itself."""

from __future__ import annotations

import errno
import socket
from functools import cache
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from archive.store import open_archive

WEB = Path(__file__).parent
DATABASE = "archive"
ITS_ERRORS = "datasette.handle_exception"  # web/errors.py takes its place
SETTINGS: dict[str, object] = {
    # 2026-11, a million rows (design/crawl.md): table page 800 ms -> 6 ms without suggested facets.
    "suggest_facets": False,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 2_000,
    "truncate_cells_html": 200,
    "default_page_size": 50,
    "max_returned_rows": 1_000,
    # 2026-11, 200,000 articles in 2 GB: with SQLite's 2 MB a page reads the same pages of the file again and again.
    "cache_size_kb": 65_536,
    "default_cache_ttl": 0,
    # The file is being written; `dibao export` and CSV are the ways to take data away.
    "allow_download": False,
}


class ServeError(Exception):
    """The archive cannot be served: says why and what to do."""


@cache
def metadata() -> dict[str, Any]:
    """web/metadata.yml (titles, search settings, the data dictionary) with the queries of web/queries.yml."""
    loaded: dict[str, Any] = yaml.safe_load((WEB / "metadata.yml").read_text("utf-8"))
    loaded["databases"][DATABASE]["queries"] = yaml.safe_load((WEB / "queries.yml").read_text("utf-8"))["queries"]
    return loaded


@cache
def query_fields() -> dict[str, dict[str, str]]:
    """Parameter of the ready-made queries -> zh, en (what it is called) and type (text, date, number, district)."""
    fields: dict[str, dict[str, str]] = yaml.safe_load((WEB / "queries.yml").read_text("utf-8"))["fields"]
    return fields


def column_labels(table: str) -> dict[str, str]:
    """Column -> its Chinese name: what stands before the colon of its description."""
    described = metadata()["databases"][DATABASE]["tables"].get(table, {}).get("columns", {})
    return {name: text.split("：", 1)[0] for name, text in described.items()}


def application(path: Path, *, public: bool = False) -> Datasette:
    """Datasette over an archive, which is made if it is not there and may be written to while it is served.

    public: no SQL of the visitor's own. Only archive.db is opened; the responses in snapshots.db are not published.
    Raises ArchiveError.
    """
    open_archive(path).close()
    datasette = Datasette(
        [],
        metadata=metadata(),
        template_dir=str(WEB / "templates"),
        plugins_dir=str(WEB / "plugins"),
        static_mounts=[("static", str(WEB / "static"))],
        settings={**SETTINGS, "default_allow_sql": not public},
    )
    if pm.has_plugin(ITS_ERRORS):
        pm.unregister(name=ITS_ERRORS)
    datasette.remove_database("_memory")
    datasette.add_database(Database(datasette, str(path), is_mutable=True), name=DATABASE)
    return datasette


def serve(path: Path, port: int = 8001, host: str = "127.0.0.1", *, public: bool = False) -> None:
    """Serves until it is stopped (SIGINT, SIGTERM). Raises ServeError when the port is taken, ArchiveError."""
    # 2026-11: asyncio turns off Nagle's delay only where the protocol is named; without it every page took 44 ms more.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ServeError(f"port {port} is taken by another program; choose one with --port") from error
        raise ServeError(f"cannot listen on {host}:{port}: {error.strerror}") from error
    with listener:
        app = application(path, public=public).app()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        server.run(sockets=[listener])
