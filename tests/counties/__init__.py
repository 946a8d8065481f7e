"""Made-up counties, one for each family of sites: real servers on loopback with hundreds of pages and real paging.

Written from the facts of design/sites.md 2 and site-families.md A-C and from public crawlers, never from our readers:
what a family's module serves is what such a site serves, whether or not we can read it yet.

notices.py  what a county announces, and what happens to it between nights      chrome.py  what every page has around
site.py     what all sites share: home page, hub, files, routes                 files.py   attachments, byte by byte
server.py   serves a site on loopback and writes down every request             chaos.py   what goes wrong, by a seed
bars.py     what a night brought, held against what the county lists
fengxun, trs, hanweb, jpaas, ucap, intertid, gkmlpt, lonsun, anhui, boda, plain: the families
"""

from tests.counties.families import FAMILIES, PRODUCT, make
from tests.counties.server import County


def open(family: str, **options: object) -> County:
    """A county of one of FAMILIES, to be entered with ``with``.

    size  notices of the larger columns; rows  rows of a list page (0: as the family has it); seed, host, port,
    validators, gzip, chaos: see County and families.make.
    """
    site = {name: options.pop(name) for name in ("size", "rows", "seed") if name in options}
    return County(make(family, **site), **options)  # type: ignore[arg-type]


__all__ = ["FAMILIES", "PRODUCT", "County", "open"]
