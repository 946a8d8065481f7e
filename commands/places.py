"""Which division a site belongs to: what its pages say, held against the table of GB/T 2260."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.metadata.gazetteer import Division, by_code, by_name
from scraper.recon.identity import Identity


@dataclass(frozen=True, slots=True)
class Place:
    """name, code: "" where they cannot be told; confidence 0-1; seen: for the file's comments; warnings: what was not
    proven; missing: what must be said by hand, and how."""

    name: str
    code: str
    confidence: float
    seen: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def place(said: Identity, name: str = "", code: str = "") -> Place:
    """name, code: as given by hand; they are trusted."""
    if not code:
        return _by_code(said, name) if said.codes else _by_name(said, name)
    known = by_code().get(code)
    chosen = name or (known.name if known else _area(said))
    warnings = () if known or not chosen else (f"the table of divisions has no code {code}",)
    missing = () if chosen else ("no name of the district on the pages: give --name",)
    return Place(chosen, code, 1.0 if known else 0.8, (f"INFERRED: code {code} as given by hand",), warnings, missing)


def _by_code(said: Identity, name: str) -> Place:
    """The code that most pages name; of several the one whose division the site's name holds."""
    codes = list(dict.fromkeys(vote.value for vote in said.codes))
    fits = [code for code in codes if (one := by_code().get(code)) and _bears(said, one)]
    code = fits[0] if fits else codes[0]
    vote = next(vote for vote in said.codes if vote.value == code)
    seen = (f"SEEN: code {code} in {vote.where}, {vote.pages} pages",)
    warnings = tuple(f"other pages name the code {other}" for other in codes if other != code)
    known = by_code().get(code)
    if known is None:
        area = name or _area(said)
        unknown = f"the table of divisions has no code {code}: made up, new, or a development zone"
        missing = () if area else (f"{unknown}, and no page names the area: give --name and --code",)
        return Place(area, code, 0.6, (*seen, *_named(said)), (unknown, *warnings), missing)
    if name or _bears(said, known):
        doubts = (*warnings, *_bureau(said))
        return Place(name or known.name, code, 1.0 - 0.2 * min(2, len(doubts)), (*seen, *_named(said)), doubts)
    if said.areas:
        clash = f"code {code} is {known.name}, but the site calls itself {said.areas[0].value}"
        return Place("", code, 0.2, seen, warnings, (f"{clash}: give --code and --name",))
    inferred = f"no page says the area's name: {known.name} is inferred from the code"
    return Place(known.name, code, 0.7, seen, (inferred, *warnings, *_bureau(said)))


def _by_name(said: Identity, name: str) -> Place:
    area = name or _area(said)
    if not area:
        return Place(
            "", "", 0.0, missing=("neither a code (网站标识码) nor a name on the pages: give --code and --name",)
        )
    held = _divisions(area)
    if len(held) == 1:
        inferred = f"no page names a code: {held[0].code} is inferred from the name {area}"
        return Place(held[0].name, held[0].code, 0.6, _named(said), (inferred,))
    known = ", ".join(f"{one.code} {one.name}" for one in held[:6])
    hint = f"{area} may be {known}" if known else f"the table of divisions knows no {area}"
    return Place(area, "", 0.2, _named(said), missing=(f"no page names a code, and {hint}: give --code",))


def _divisions(area: str) -> tuple[Division, ...]:
    """The divisions of a name, also of 常州市武进区: the last name in it, inside the one before."""
    if held := by_name().get(area):
        return held
    for cut in range(2, len(area) - 1):
        outer, inner = by_name().get(area[:cut], ()), by_name().get(area[cut:], ())
        inside = tuple(one for one in inner if any(above.code in one.parents for above in outer))
        if inside:
            return inside
    return ()


def _bears(said: Identity, division: Division) -> bool:
    """Does the site call itself by this division's name?"""
    names = [vote.value for vote in (*said.areas, *said.names)]
    return any(division.name in one or (len(division.short) >= 2 and division.short in one) for one in names)


def _area(said: Identity) -> str:
    return said.areas[0].value if said.areas else ""


def _named(said: Identity) -> tuple[str, ...]:
    return tuple(f"SEEN: {vote.value} in {vote.where}, {vote.pages} pages" for vote in said.names[:1])


def _bureau(said: Identity) -> tuple[str, ...]:
    """A department's site bears its division's code and name as well."""
    own = [vote.value for vote in said.names]
    if own and not any("政府" in one or "管委会" in one or "管理委员会" in one for one in own):
        return (f"the site calls itself {own[0]}: a department's site rather than the government's",)
    return ()
