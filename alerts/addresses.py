"""The site's own public address, as links in feeds and messages name it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

LOCAL = "http://127.0.0.1:8001"


def public_url(environ: Mapping[str, str], otherwise: str = LOCAL) -> str:
    """DIBAO_PUBLIC_URL without its last slash; ``otherwise`` where it is not set or no web address."""
    given = environ.get("DIBAO_PUBLIC_URL", "").strip().rstrip("/")
    try:
        parts = urlsplit(given)
    except ValueError:
        return otherwise
    return given if parts.scheme in ("http", "https") and parts.hostname else otherwise
