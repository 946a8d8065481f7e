"""The page that says what this is: two bodies in web/templates, one for each language."""

from __future__ import annotations

import os

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from web.asking import page
from web.words import language, weblink

CONTACT = "DIBAO_CONTACT"
"""The environment variable that says how to reach whoever keeps this archive: an e-mail address or a web address."""


async def about_page(datasette: Datasette, request: Request) -> Response:
    """/about"""
    contact = os.environ.get(CONTACT, "").strip()
    link = weblink(contact) or (f"mailto:{contact}" if "@" in contact and " " not in contact else "")
    chosen = language(request.args.get("lang"), request.cookies)
    context = {"here": "about", "contact": contact, "contact_link": link}
    return await page(datasette, request, f"about_{chosen}.html", context)
