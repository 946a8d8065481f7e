"""python -m tests.gold DIR: the annotated texts of a folder (../shared/gold) as input of `dibao describe`, a line each.

Files without a text (pages held out) are left out and told of on standard error.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

KEYS = ("id", "text", "published", "title", "district")


def lines(folder: Path) -> Iterator[str]:
    """One JSON object for each annotated text, without what was annotated."""
    for path in sorted(folder.glob("*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(page.get("text"), str):
            print(f"{path}: no text, left out", file=sys.stderr)
            continue
        yield json.dumps({key: page[key] for key in KEYS if page.get(key)}, ensure_ascii=False)


if __name__ == "__main__":
    print("\n".join(lines(Path(sys.argv[1]))))
