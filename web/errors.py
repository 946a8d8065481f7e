"""What a visitor sees when a page cannot be given; what the log says then."""

from __future__ import annotations

import logging

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response
from markupsafe import Markup

from web.words import language, words

LOG = logging.getLogger("dibao.web")


async def error_page(datasette: Datasette, request: Request, exception: Exception) -> Response:
    """The error as a page in the reader's language, as JSON for a .json address. Only a fault of ours is logged.

    2026-11: Datasette's own handler prints the locals of every frame for every 404, over the crawl's progress display.
    """
    t = words(language(request.args.get("lang"), request.cookies))
    status = int(getattr(exception, "status", 500))
    if status == 404:
        message = t.no_page
    elif hasattr(exception, "status"):
        said = str(getattr(exception, "message", "") or exception)
        message = Markup(said).striptags() if getattr(exception, "message_is_html", False) else said
        message = t.too_broad if "Interrupted" in str(getattr(exception, "title", "")) else message
    else:
        LOG.error("%s: %s", request.path, exception, exc_info=exception)
        message = t.our_fault
    if request.path.endswith(".json"):
        return Response.json({"ok": False, "error": message, "status": status, "title": None}, status=status)
    html = await datasette.render_template("error.html", {"error": message, "status": status}, request=request)
    return Response.html(html, status=status)
