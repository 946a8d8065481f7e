"""Responses as received, in snapshots.db: bodies kept once by content, each zstd frame made with a page of the same
site as dictionary.

2026-11: a raw sample page as dictionary beats a trained one on government sites (5.7 against 8.0 KB a page of
46 KB), because one page holds the template to the byte. Dictionaries are rows and are never changed; a body names
the one it needs. Each frame carries zstd's checksum and each body its SHA-256: damage is found when it is read.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import zstandard

from archive.dictionaries import LEVEL, Dictionary
from scraper.items import Snapshot
from scraper.urls import host

SAMPLE_BYTES = (2_000, 1_000_000)  # smaller pages hold no template, larger ones cost too much to load
POOR = 0.75  # a dictionary that saves less than a quarter no longer fits the page
UNUSUAL = 1.4
POOR_PAGES = 6  # so many of them, four fitting ones taking one off, mean another layout
CANDIDATES = 4  # layouts a site may show at the same time
PAGE = 200


class ArchiveError(Exception):
    """The archive cannot be opened, read or written: names the file and what to do."""


class Damaged(ArchiveError):
    """A response can no longer be read as it was stored: names it."""


_plain = zstandard.ZstdCompressor(LEVEL, write_checksum=True)
_sample = zstandard.ZstdCompressor(9, write_checksum=True)  # once a site
_unplain = zstandard.ZstdDecompressor()

_COLUMNS = """s.id, s.url, s.requested_url, s.status, s.dictionary_id, s.headers, s.captured_at, s.role, s.district,
    s."column", s.listed_title, s.listed_on, b.sha256, b.dictionary_id, b.data, b.size"""


class Snapshots:
    """snapshots.db. Writing happens inside the transaction that ``Archive.write_snapshots`` opens.

    least: numbers up to this one are taken, whether or not their rows are here.
    """

    def __init__(self, path: Path, conn: sqlite3.Connection, least: int = 0) -> None:
        self.path = path
        self.conn = conn
        self._least = least
        self._current: dict[tuple[str, str], list[int]] = {}
        self._poor: dict[tuple[str, str], float] = {}
        self._usual: dict[tuple[str, str], float] = {}
        self._load = lru_cache(maxsize=512)(self._load_dictionary)

    def put(self, snapshot: Snapshot, run_id: int | None = None) -> int:
        """Keeps a response and gives its number. The caller commits."""
        kind = (host(snapshot.url), "list" if snapshot.role == "list" else "page")
        headers = json.dumps(snapshot.headers, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        body_id, used = self._put_body(snapshot, kind, headers)
        packed = used.pack_headers(headers) if used else _plain.compress(headers)
        requested = snapshot.requested_url if snapshot.requested_url != snapshot.url else None
        row = (
            *(self._least, snapshot.url, requested, snapshot.status, used.number if used else None, packed),
            *(stamp(snapshot.captured_at), snapshot.role, snapshot.district, snapshot.column, snapshot.listed_title),
            *(snapshot.listed_on.isoformat() if snapshot.listed_on else None, run_id, body_id),
        )
        number = self.conn.execute(
            "INSERT INTO snapshots SELECT max(coalesce(max(id), 0), ?) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
            " FROM snapshots",
            row,
        ).lastrowid
        assert number is not None
        return number

    def get(self, number: int, *, verify: bool = False) -> Snapshot:
        """The response with this number, zstd's checksum of it verified. Raises ArchiveError if it is missing,
        Damaged if it is not what was stored.

        verify: also the SHA-256 (half as quick; export and rebuild do).
        """
        row = self.conn.execute(
            f"SELECT {_COLUMNS} FROM snapshots s JOIN bodies b ON b.id = s.body_id WHERE s.id = ?", (number,)
        ).fetchone()
        if row is None:
            raise ArchiveError(f"{self.path}: snapshot {number} is not here; was the file replaced?")
        return self._snapshot(row, verify)

    def find(self, url: str, captured_at: datetime | None, sha256: str) -> int | None:
        """The number of a response that is here already: same address, same content, same time (None: any time)."""
        row = self.conn.execute(
            "SELECT s.id FROM snapshots s JOIN bodies b ON b.id = s.body_id"
            " WHERE s.url = ?1 AND b.sha256 = ?2 AND s.captured_at = coalesce(?3, s.captured_at) ORDER BY s.id LIMIT 1",
            (url, bytes.fromhex(sha256), stamp(captured_at) if captured_at else None),
        ).fetchone()
        return None if row is None else int(row[0])

    def iter(self, after: int = 0, districts: Collection[str] | None = None) -> Iterator[tuple[int, Snapshot]]:
        """All responses by number. Reads in short pages, so that it never holds a transaction open; raises
        ArchiveError at a damaged one."""
        for number in self.numbers(after, districts):
            yield number, self.get(number, verify=True)

    def numbers(self, after: int = 0, districts: Collection[str] | None = None) -> Iterator[int]:
        """Their numbers alone, in order."""
        marks = ",".join("?" * len(districts)) if districts is not None else ""
        where = f" AND district IN ({marks})" if districts is not None else ""
        while True:
            rows = self.conn.execute(
                f"SELECT id FROM snapshots WHERE id > ?{where} ORDER BY id LIMIT {PAGE}", (after, *(districts or ()))
            ).fetchall()
            yield from (number for (number,) in rows)
            after = rows[-1][0] if rows else after
            if len(rows) < PAGE:
                return

    def run_of(self, number: int) -> int | None:
        """The run that stored it (archive.db, runs.id)."""
        row = self.conn.execute("SELECT run_id FROM snapshots WHERE id = ?", (number,)).fetchone()
        return None if row is None else row[0]

    def of_run(self, run_id: int) -> list[int]:
        """The numbers of those that a run stored."""
        return [row[0] for row in self.conn.execute("SELECT id FROM snapshots WHERE run_id = ?", (run_id,))]

    def of_url(self, url: str) -> list[int]:
        """The numbers of those that came from an address."""
        return [row[0] for row in self.conn.execute("SELECT id FROM snapshots WHERE url = ?", (url,))]

    def earlier(self, snapshot: Snapshot, most: int) -> list[int]:
        """The numbers of the last responses to the same request that came before, newest first."""
        rows = self.conn.execute(
            "SELECT id FROM snapshots WHERE url = ?1 AND coalesce(requested_url, url) = ?2 AND captured_at < ?3"
            " ORDER BY captured_at DESC, id DESC LIMIT ?4",
            (snapshot.url, snapshot.requested_url or snapshot.url, stamp(snapshot.captured_at), most),
        )
        return [number for (number,) in rows]

    def count(self) -> int:
        return int(self.conn.execute("SELECT count(*) FROM snapshots").fetchone()[0])

    def commit(self) -> None:
        if self.conn.in_transaction:
            self.conn.execute("COMMIT")

    def forget(self) -> None:
        """After a rollback: dictionaries that were not kept must not be used."""
        self._current.clear()
        self._poor.clear()
        self._usual.clear()
        self._load.cache_clear()

    def _put_body(self, snapshot: Snapshot, kind: tuple[str, str], headers: bytes) -> tuple[int, Dictionary | None]:
        digest = hashlib.sha256(snapshot.body).digest()
        row = self.conn.execute("SELECT id FROM bodies WHERE sha256 = ?", (digest,)).fetchone()
        if row is not None:
            numbers = self._numbers(kind)
            return int(row[0]), self._load(numbers[0]) if numbers else None
        data, used = self._pack(snapshot, kind, headers)
        number = self.conn.execute(
            "INSERT INTO bodies (sha256, dictionary_id, size, data) VALUES (?, ?, ?, ?)",
            (digest, used.number if used else None, len(snapshot.body), data),
        ).lastrowid
        assert number is not None
        return number, used

    def _pack(self, snapshot: Snapshot, kind: tuple[str, str], headers: bytes) -> tuple[bytes, Dictionary | None]:
        body = snapshot.body
        numbers = self._numbers(kind)
        fit = snapshot.status == 200 and SAMPLE_BYTES[0] <= len(body) <= SAMPLE_BYTES[1]
        if not numbers:
            return self._renew(snapshot, kind, headers) if fit else (_plain.compress(body), None)
        first = self._load(numbers[0])
        data = first.pack(body)
        # Only what packs clearly worse than the pages before it is worth a second look.
        if not fit or len(data) <= UNUSUAL * self._usual.get(kind, 0.0) * len(body):
            self._fits(kind, len(data) / max(len(body), 1))
            return data, first
        return self._pack_poor(snapshot, kind, headers, data)

    def _pack_poor(
        self, snapshot: Snapshot, kind: tuple[str, str], headers: bytes, data: bytes
    ) -> tuple[bytes, Dictionary | None]:
        """Tries the site's other dictionaries; makes a new one when none fits several pages."""
        numbers = self._numbers(kind)
        tried = [(data, numbers[0]), *((self._load(number).pack(snapshot.body), number) for number in numbers[1:])]
        data, best = min(tried, key=lambda one: len(one[0]))
        if len(data) <= POOR * len(_plain.compress(snapshot.body)):
            self._fits(kind, len(data) / len(snapshot.body))
            numbers.remove(best)
            numbers.insert(0, best)  # the next page probably has the same layout
            return data, self._load(best)
        self._poor[kind] = self._poor.get(kind, 0.0) + 1
        if self._poor[kind] < POOR_PAGES:
            return data, self._load(best)
        return self._renew(snapshot, kind, headers)

    def _fits(self, kind: tuple[str, str], share: float) -> None:
        self._poor[kind] = max(0.0, self._poor.get(kind, 0.0) - 0.25)
        self._usual[kind] = 0.9 * self._usual.get(kind, share) + 0.1 * share

    def _renew(self, snapshot: Snapshot, kind: tuple[str, str], headers: bytes) -> tuple[bytes, Dictionary | None]:
        """Makes this page a dictionary, and packs it with itself."""
        number = self.conn.execute(
            "INSERT INTO dictionaries (site, kind, created_at, sample, headers) VALUES (?, ?, ?, ?, ?)",
            (*kind, stamp(snapshot.captured_at), _sample.compress(snapshot.body), _sample.compress(headers)),
        ).lastrowid
        assert number is not None
        self._current[kind] = [number, *self._current.get(kind, [])][:CANDIDATES]
        self._poor[kind] = 0
        self._usual.pop(kind, None)
        used = self._load(number)
        return used.pack(snapshot.body), used

    def _numbers(self, kind: tuple[str, str]) -> list[int]:
        """The site's newest dictionaries, the one in use first."""
        if kind not in self._current:
            rows = self.conn.execute(
                f"SELECT id FROM dictionaries WHERE site = ? AND kind = ? ORDER BY id DESC LIMIT {CANDIDATES}", kind
            ).fetchall()
            self._current[kind] = [number for (number,) in rows]
        return self._current[kind]

    def _load_dictionary(self, number: int) -> Dictionary:
        row = self.conn.execute("SELECT sample, headers FROM dictionaries WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise ArchiveError(f"{self.path}: dictionary {number} is not here; put a backup in the file's place")
        return Dictionary(number, _unplain.decompress(row[0]), _unplain.decompress(row[1]))

    def _snapshot(self, row: tuple[Any, ...], verify: bool) -> Snapshot:
        number, url, requested, status, headers_by, headers, captured_at, *said = row[:12]
        role, district, column, title, listed = said
        digest, body_by, data, size = row[12:]
        try:
            body = (self._load(body_by).unpack if body_by else _unplain.decompress)(data) if size else b""
            pairs = json.loads((self._load(headers_by).unpack_headers if headers_by else _unplain.decompress)(headers))
        except (zstandard.ZstdError, ValueError) as error:
            raise self._damaged(number, url, str(error)) from error
        if len(body) != size or (verify and hashlib.sha256(body).digest() != digest):
            raise self._damaged(number, url, "its content is another")
        return Snapshot(
            url=url,
            body=body,
            captured_at=datetime.fromisoformat(captured_at),
            status=status,
            headers=tuple((name, value) for name, value in pairs),
            role=role,
            district=district,
            column=column,
            requested_url=url if requested is None else requested,
            listed_title=title,
            listed_on=date.fromisoformat(listed) if listed else None,
        )

    def _damaged(self, number: int, url: str, why: str) -> ArchiveError:
        return Damaged(f"{self.path}: snapshot {number} of {url} is damaged ({why}); restore it from a backup")


def whole(text: str) -> str:
    """Half characters (lone surrogates, from broken entities and escapes) cannot be stored as text: they become "?"."""
    return text.encode("utf-8", "replace").decode()


def storable(snapshot: Snapshot) -> Snapshot:
    """A snapshot whose texts are whole, so that it comes back as it went in."""
    made = replace(
        snapshot,
        url=whole(snapshot.url),
        requested_url=whole(snapshot.requested_url),
        headers=tuple((whole(name), whole(value)) for name, value in snapshot.headers),
        column=whole(snapshot.column),
        listed_title=whole(snapshot.listed_title),
    )
    return snapshot if made == snapshot else made


def stamp(moment: datetime) -> str:
    """A time as kept: UTC, to the microsecond, of one width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
