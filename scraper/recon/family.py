"""The family of a site: a vote over all pages that were seen, also over addresses of articles that were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from scraper.items import EPOCH, Snapshot
from scraper.parse import detect

WEAK = ("", "standard", "generic")  # what any page can be: no vote against a CMS
# A CMS and the platform that its maker adds for disclosure: a site with both is of the platform's family, which reads
# the other's pages as well (2026-11: Anhui's districts).
KIN = {"lonsun": "anhui"}
_MAJORITY = 0.75


@dataclass(frozen=True, slots=True)
class Judgement:
    """A value, how sure (0-1) and why."""

    value: str
    confidence: float
    reasons: tuple[str, ...] = ()


def opinions(snapshot: Snapshot) -> tuple[str, str]:
    """(the family of a page, its family by what stands in it alone). Several CMS may make one shape of address."""
    return detect(snapshot), detect(replace(snapshot, url=urljoin(snapshot.url, "/"), requested_url=""))


def family(pages: Sequence[tuple[str, str]], rows: Iterable[str]) -> Judgement:
    """The family of most pages; "" where none has three quarters of the votes.

    pages  opinions of each: a vote for the family of the page, two for what stands in it
    rows   addresses of articles in lists: four votes together, fewer where there are few
    """
    votes: Counter[str] = Counter()
    for page, content in pages:
        votes[page] += page not in WEAK
        votes[content] += 2 * (content not in WEAK)
    by_address = Counter(name for url in rows if (name := detect(Snapshot(url, b"", EPOCH))) not in WEAK)
    total = sum(by_address.values())
    for name, number in by_address.items():
        votes[name] += round(4 * number / max(total, 8))
    if not +votes:
        return _plain(pages)
    for part, whole in KIN.items():
        if votes[part] and votes[whole]:
            votes[whole] += votes.pop(part)
    (winner, most), *others = (+votes).most_common()
    share = most / sum(votes.values())
    its = {winner, *(part for part, whole in KIN.items() if whole == winner)}
    named = sum(not its.isdisjoint(one) for one in pages)
    told = f"{named} of {len(pages)} pages, {by_address[winner]} addresses of articles"
    reasons = [f"{winner}: {told}", *(f"also {name} ({number} votes against {most})" for name, number in others)]
    if share < _MAJORITY:
        return Judgement("", round(share / 2, 2), ("the pages are of several families", *reasons))
    sure = min(1.0, 0.5 + most / 8) * share
    return Judgement(winner, round(sure, 2), tuple(reasons))


def _plain(pages: Sequence[tuple[str, str]]) -> Judgement:
    standard = sum("standard" in one for one in pages)
    if standard * 2 >= len(pages) > 0:
        return Judgement(
            "standard", 0.6, (f"no CMS known to Dibao; {standard} of {len(pages)} pages follow the META standard",)
        )
    return Judgement("", 0.4, ("no CMS known to Dibao: each page is read by its structure",))
