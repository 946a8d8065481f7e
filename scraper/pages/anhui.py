"""The disclosure platforms of Anhui, in use also in Inner Mongolia, Hubei, Sichuan and Qinghai.

Three makes, one address shape each:

``/public/column/{organ}?type=4&catId={id}&action=list``  with articles ``/public/content/{id}`` and
``/public/{organ}/{id}.html``: rows served, or filled from ``/site/label/8888`` (lonsun.py, of the same make); paged by
``pageIndex``.
``/opennessTarget/?branch_id={24 hex}&column_code={n}``  with ``/openness/detail/content/{24 hex}.html``: ``page=2``.
``/OpennessContent/showList/{site}/{column}/page_1.html``  with ``/OpennessContent/show/{id}.html``: ``page_2.html``.
"""

from __future__ import annotations

from scraper.items import Snapshot
from scraper.pages.family import Family, Tree
from scraper.pages.lonsun import DISCLOSED, LONSUN, discloses, next_page, source


def detect(snapshot: Snapshot, tree: Tree) -> bool:
    return DISCLOSED.search(snapshot.url) is not None or discloses(snapshot)


ANHUI = Family(
    name="anhui",
    detect=detect,
    address=DISCLOSED,
    title=LONSUN.title,
    body=(".j-fontContent", "#zoom", ".newscontnet", ".contentxxgk", ".is-contentbox", ".wzcon"),
    rows=(*LONSUN.rows, "tr.is-td"),
    next_page=next_page,
    source=source,
)
