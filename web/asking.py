"""How a page asks the archive and answers the reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from archive.hidden import Takedown
from archive.pages.reading import Connection, within
from web.serve import DATABASE
from web.words import language

T = TypeVar("T")
TIME_LIMIT = 3.0


async def ask(datasette: Datasette, question: Callable[[Connection], T]) -> T:
    """Puts a question to the archive on one of Datasette's reading threads. Raises TooSlow after TIME_LIMIT."""
    answer: T = await datasette.get_database(DATABASE).execute_fn(lambda conn: within(TIME_LIMIT, conn, question))
    return answer


async def page(
    datasette: Datasette, request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """A template as an answer in the reader's language."""
    html = await datasette.render_template(template, dict(context), request=request)
    headers = {"cache-control": "no-cache", "content-language": language(request.args.get("lang"), request.cookies)}
    return Response.html(html, status=status, headers=headers)


async def absent(datasette: Datasette, request: Request, down: Takedown | None) -> Response:
    """An article that is not here (404), or was taken down (410)."""
    if request.path.endswith(".json"):
        about = {"reason": down.reason, "taken_at": down.taken_at} if down else {}
        return as_json({"ok": False, "status": 410 if down else 404, **about}, 410 if down else 404)
    if down is not None:
        return await page(datasette, request, "taken_down.html", {"down": down}, 410)
    return await page(datasette, request, "missing.html", {}, 404)


def as_json(data: Any, status: int = 200) -> Response:
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return Response(text, status, {"cache-control": "no-cache"}, "application/json; charset=utf-8")
