"""What goes wrong between the spider and a site, in plain words, and how much of it is enough."""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

IN_A_ROW = 5  # pages without an answer, or refused, after which the site is left alone until the next run
# 2026-11: 418, 468, 493, 514, 555 and 567 are what cloud firewalls of Chinese vendors answer.
REFUSING = (401, 403, 405, 412, 418, 429, 468, 493, 514, 521, 555, 567)
GONE = (404, 410)
WORDS: dict[type[Exception], str] = {
    CannotResolveHostError: "the host name is not known",
    DownloadConnectionRefusedError: "no connection",
    DownloadTimeoutError: "no answer in time",
    DownloadFailedError: "the connection broke",
    ResponseDataLossError: "the answer was cut off before its end",
    DownloadCancelledError: "the answer is larger than what is kept",
    UnsupportedURLSchemeError: "not a web address",
}
CONNECTION = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, DownloadFailedError)
DOWNLOAD_ERRORS: tuple[type[Exception], ...] = (*WORDS, IgnoreRequest, OSError)


class SiteClosed(IgnoreRequest):
    """No page of the site can or may be asked for; kind: "unreachable" or "robots"."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind, self.why = kind, why


class Later(IgnoreRequest):
    """This address is not asked for now; it stays as it is in the queue."""


def plain(error: BaseException) -> str:
    """The reason of a failure for people who do not read stack traces."""
    words = next((words for kind, words in WORDS.items() if isinstance(error, kind)), "")
    said = " ".join(re.sub(r"ssl:(?:<[^>]*>|\w+)", "", str(error)).split())
    return f"{words}: {said}" if words and said else words or said or type(error).__name__


def is_fatal(error: BaseException) -> bool:
    """Can nothing more be kept? A full disk, a broken or locked archive; one odd page is not fatal."""
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in ("archive", "sqlite3")


@dataclass(slots=True)
class Patience:
    """Counts pages in a row that were not answered, or refused; either runs out at IN_A_ROW."""

    silent: int = 0
    refused: int = 0

    def answered(self, status: int, wall: bool = False) -> str:
        """Why to stop, "" to go on. wall: a firewall's page, whatever its status."""
        self.silent = 0
        self.refused = self.refused + 1 if wall or status in REFUSING else 0
        return f"{self.refused} pages in a row were refused, the last with HTTP {status}" if self.out else ""

    def unanswered(self, error: BaseException) -> str:
        """Why to stop, "" to go on."""
        self.silent = self.silent + 1 if isinstance(error, CONNECTION) else self.silent
        return f"{self.silent} pages in a row were not answered, the last: {plain(error)}" if self.out else ""

    @property
    def out(self) -> bool:
        return max(self.silent, self.refused) >= IN_A_ROW
