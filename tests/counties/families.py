"""The families that have a county, and what the product calls them."""

from __future__ import annotations

from tests.counties import boda, fengxun, gkmlpt, hanweb, intertid, jpaas, lonsun, plain, trs, ucap
from tests.counties.notices import Town
from tests.counties.site import Site

_SITES: dict[str, tuple[type[Site], str, str]] = {
    "fengxun": (fengxun.District, "fengxun", "松川区"),
    "fengxun_city": (fengxun.City, "fengxun", "临屿区"),
    "trs": (trs.Zero, "trs", "澄阳区"),
    "trs_down": (trs.Down, "trs", "栖梧区"),
    "trs_div": (trs.Div, "trs", "汀兰区"),
    "hanweb": (hanweb.Grouped, "hanweb", "望舒区"),
    "hanweb_post": (hanweb.Posted, "hanweb", "远岫区"),
    "jpaas": (jpaas.Gateway, "jpaas", "清霁区"),
    "ucap": (ucap.Common, "ucap", "疏桐区"),
    "ucap_post": (ucap.Library, "ucap", "漱石区"),
    "ucap_static": (ucap.Static, "ucap", "半夏区"),
    "intertid": (intertid.Searched, "intertid", "归帆区"),
    "intertid_mixed": (intertid.Mixed, "intertid", "听澜区"),
    "gkmlpt": (gkmlpt.Platform, "gkmlpt", "南屿区"),
    "lonsun": (lonsun.Portal, "lonsun", "枕溪区"),
    "anhui": (lonsun.Public, "anhui", "皖屏区"),
    "boda": (boda.Vsb, "boda", "朔原区"),
    "standard": (plain.Standard, "", "静川区"),
    "generic": (plain.Generic, "", "鹿泠区"),
    "generic_cards": (plain.Cards, "", "霞浔区"),
}
FAMILIES = tuple(_SITES)
PRODUCT = {name: product for name, (_, product, _) in _SITES.items()}


def make(family: str, size: int = 80, rows: int = 0, seed: int = 1) -> Site:
    """The site of a county; size: notices of the larger columns."""
    kind, _, place = _SITES[family]
    number = FAMILIES.index(family) + 1
    return kind(Town(place, size, seed), code=f"3299{number:02d}0001", rows=rows)
