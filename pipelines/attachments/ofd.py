"""OFD (GB/T 33190), China's PDF, by ofdkit."""

from __future__ import annotations

import ofdkit

from pipelines.attachments.extracted import Extracted, Unreadable, tidy


def read(body: bytes) -> Extracted:
    """Raises Unreadable: broken, too large, a scan without text."""
    try:
        with ofdkit.open(body) as document:
            pages = len(document.pages)
            text = tidy(document.text("\n").split("\n"))
            title = (document.info.title or "").strip()[:200]
    except ofdkit.OFDLimitError as error:
        raise Unreadable("too_large", str(error)) from error
    except ofdkit.OFDError as error:
        raise Unreadable("broken", f"no OFD that can be read: {error}") from error
    if not text:
        raise Unreadable("no_text", "its pages are pictures, without text", pages)
    return Extracted("text", "ofd", text, pages=pages, title=title)
