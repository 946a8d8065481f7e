"""The vocabularies in data/ and regular expressions made of them. Read once, on first use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data"


@cache
def blocks(name: str) -> dict[str, tuple[str, ...]]:
    """The words of data/<name>.txt by block: `[block]` opens one, white space parts words, `#` opens a comment."""
    found: dict[str, list[str]] = {"": []}
    block = ""
    for line in (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("[") and line.rstrip().endswith("]"):
            block = line.strip()[1:-1]
            found.setdefault(block, [])
            continue
        found[block].extend(line.split())
    return {key: tuple(dict.fromkeys(words)) for key, words in found.items()}


@cache
def words(name: str, block: str | None = None) -> frozenset[str]:
    """The words of one block of data/<name>.txt, or of the whole file."""
    held = blocks(name)
    return frozenset(held[block]) if block is not None else frozenset(w for part in held.values() for w in part)


@cache
def characters(name: str) -> str:
    """The distinct characters of data/<name>.txt, for a character class."""
    return "".join(dict.fromkeys("".join(w for part in blocks(name).values() for w in part)))


def alternation(entries: Iterable[str]) -> str:
    """A regular expression for any of the entries, the longest first, with shared beginnings factored out."""
    tree: dict[str, list[str]] = {}
    whole = False
    for entry in sorted(set(entries)):
        if entry:
            tree.setdefault(entry[0], []).append(entry[1:])
        else:
            whole = True
    if not tree:
        return ""
    leaves = "".join(head for head, rests in tree.items() if rests == [""])
    branches = [re.escape(head) + alternation(rests) for head, rests in tree.items() if rests != [""]]
    if leaves:
        branches.append(f"[{re.escape(leaves)}]" if len(leaves) > 1 else re.escape(leaves))
    body = branches[0] if len(branches) == 1 and not whole else f"(?:{'|'.join(branches)})"
    return f"(?:{body})?" if whole else body
