"""Warnings of a crawl, for people."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.logging import RichHandler

from commands import show


@contextmanager
def warnings_told() -> Iterator[None]:
    """Warnings on standard error, above the bars where there are any; what the summary says at the end is left out."""
    handler: logging.Handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    if show.err.is_terminal:
        handler = RichHandler(console=show.err, show_path=False, show_level=False, markup=False)
    handler.setLevel(logging.WARNING)
    handler.addFilter(lambda entry: entry.name != "scraper.spiders.district")
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
