"""Responses as WARC, in and out (ISO 28500; WARC 1.1 out, 1.0, 1.1 and ARC in).

Out: bodies are kept without transfer and content coding, so the headers that spoke of them are renamed the way web
archives do (X-Archive-Orig-*) and Content-Length is that of the body. What Dibao alone knows of a response (district,
column, what the list said) stands in Dibao-* fields of the record's own header, where other readers pass over it.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import uuid
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote, urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exchange.coding import LARGEST, TooLarge, decoded
from archive.store import Archive, ArchiveError
from scraper.items import Role, Snapshot

CODED = ("content-encoding", "transfer-encoding", "content-length")
_PAGES = ("text/html", "application/xhtml+xml")
_MAYBE = ("", "text/plain", "application/octet-stream", "unknown/unknown", "application/http")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a file that is no page: why, in a few words that can be counted; detail is for people."""

    why: str
    detail: str = ""


def write_warc(
    archive: Archive, path: Path, districts: Collection[str] | None = None, progress: Progress | None = None
) -> int:
    """Writes all responses (of some districts) to a WARC 1.1 file, gzip by record if the name ends in .gz. Gives
    their number. The file appears under its name when it is complete."""
    part = path.with_name(path.name + ".part")
    total = archive.snapshots.count()
    done = 0
    try:
        with part.open("wb") as out:
            writer = WARCWriter(out, gzip=path.suffix == ".gz", warc_version="1.1")
            about = {"software": "Dibao", "format": "WARC File Format 1.1", "isPartOf": archive.path.name}
            writer.write_record(writer.create_warcinfo_record(path.name, about))
            for done, (_, snapshot) in enumerate(archive.snapshots.iter(0, districts), 1):
                _write(writer, snapshot)
                if progress and done % 100 == 0:
                    progress(done, total)
        part.replace(path)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)
    return done


def warc_bytes(found: Sequence[Snapshot]) -> bytes:
    """A few responses as the content of a .warc.gz file."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    for snapshot in found:
        _write(writer, snapshot)
    return out.getvalue()


def _write(writer: Any, snapshot: Snapshot) -> None:
    moment = snapshot.captured_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    identity = uuid.uuid5(uuid.NAMESPACE_URL, f"{snapshot.url} {moment} {snapshot.sha256}")
    ours = {
        "Dibao-Role": snapshot.role,
        "Dibao-District": snapshot.district,
        "Dibao-Column": quote(snapshot.column),
        "Dibao-Requested-URL": snapshot.requested_url,
        "Dibao-Listed-Title": quote(snapshot.listed_title),
        "Dibao-Listed-On": snapshot.listed_on.isoformat() if snapshot.listed_on else "",
    }
    fields = {"WARC-Record-ID": f"<urn:uuid:{identity}>", "WARC-Date": moment} | {
        name: value for name, value in ours.items() if value
    }
    body = io.BytesIO(snapshot.body)
    if urlsplit(snapshot.url).scheme not in {"http", "https"}:  # a saved page without an address: no HTTP around it
        fields["Content-Type"] = snapshot.header("content-type") or "text/html"
        writer.write_record(
            writer.create_warc_record(
                snapshot.url, "resource", payload=body, length=len(snapshot.body), warc_headers_dict=fields
            )
        )
        return
    headers = [(f"X-Archive-Orig-{name}" if name.lower() in CODED else name, value) for name, value in snapshot.headers]
    headers.append(("Content-Length", str(len(snapshot.body))))
    record = writer.create_warc_record(
        snapshot.url,
        "response",
        payload=body,
        length=len(snapshot.body),
        http_headers=_Headers(_status(snapshot.status), headers, protocol="HTTP/1.1"),
        warc_headers_dict=fields,
    )
    writer.write_record(record)


class _Headers(StatusAndHeaders):  # type: ignore[misc]
    """HTTP headers that keep what servers send beyond ASCII; warcio would percent-encode it."""

    def to_ascii_bytes(self, header_filter: Any = None) -> bytes:
        written: bytes = self.to_bytes(header_filter, "utf-8")
        return written


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return f"{code} Unknown"


def read_warc(path: Path) -> Iterator[Snapshot | Skipped]:
    """The pages of a WARC or ARC file, gzip or plain, and what was passed over. A file that is cut or damaged gives
    everything before the place, then one Skipped("cut")."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read ({error.strerror})") from error
    with file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = _Stream(gzip.GzipFile(fileobj=file) if packed else file)
        try:
            for record in _records(stream):
                yield _read(record)
                stream.records += 1
        except (_Cut, ArchiveLoadFailed, EOFError) as error:
            stream.error = stream.error or str(error).strip().partition("\n")[0] or "end of file"
        if stream.error:
            yield Skipped(
                "cut", f"{path}: cut or damaged after record {stream.records} ({stream.error}); all before was read"
            )


class _Cut(Exception):
    """The file ends inside a record."""


class _Stream:
    """A file whose damage looks like its end, and is remembered."""

    def __init__(self, file: gzip.GzipFile | io.BufferedReader) -> None:
        self._file = file
        self._at = 0
        self.error = ""
        self.records = 0

    def read(self, size: int = -1) -> bytes:
        try:
            # read1: what stands before the damage is given, not lost with it
            data = self._file.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.error = str(error)
            data = b""
        self._at += len(data)
        return data

    def tell(self) -> int:
        return self._at


def _records(stream: _Stream) -> Iterator[Any]:
    iterator = ArchiveIterator(stream, arc2warc=True)
    while True:
        with contextlib.redirect_stderr(io.StringIO()):  # warcio writes warnings there; what they mean is reported
            try:
                record = next(iterator, None)
            except (AttributeError, IndexError, ValueError) as error:  # 2026-11, warcio 1.8: headers cut in the middle
                raise _Cut("a record's header is broken") from error
        if record is None:
            if stream.tell() > iterator.offset:
                raise _Cut("the last record's header is incomplete")
            return
        yield record


def _read(record: Any) -> Snapshot | Skipped:
    fields = record.rec_headers
    ours = fields.get_header("Dibao-Role")
    if record.length is None:
        raise _Cut("a record's header is incomplete")
    if record.rec_type not in {"response", "resource"}:
        return Skipped(f"{record.rec_type} record")
    if record.length > LARGEST:
        return Skipped("too large")
    block = record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise _Cut("the last record is incomplete")
    url = (fields.get_header("WARC-Target-URI") or "").strip("<> ")
    if urlsplit(url).scheme not in {"http", "https"} and not ours:
        return Skipped("no web address")
    http = record.http_headers
    status = _code(http) if http is not None else 200
    if status != 200 and not ours:
        return Skipped(f"HTTP {status}")
    headers = tuple(http.headers) if http is not None else _named(record.content_type, ours)
    truncated = fields.get_header("WARC-Truncated")
    if truncated:
        headers = (*headers, ("WARC-Truncated", truncated))
    return _snapshot(fields, url, status, headers, block)


def _snapshot(
    fields: Any, url: str, status: int, headers: tuple[tuple[str, str], ...], block: bytes
) -> Snapshot | Skipped:
    named = {name.lower(): value for name, value in reversed(headers)}
    try:
        captured_at = datetime.fromisoformat(fields.get_header("WARC-Date"))
        if named.get("transfer-encoding", "").lower() == "chunked":
            block = ChunkedDataReader(io.BytesIO(block)).read()
        body = decoded(block, named.get("content-encoding", ""))
    except (TypeError, ValueError):
        return Skipped("no capture time")
    except TooLarge:
        return Skipped("too large")
    if captured_at.tzinfo is None:
        captured_at = captured_at.replace(tzinfo=UTC)
    ours = fields.get_header("Dibao-Role")
    if ours:
        return _own(fields, Snapshot(url, body, captured_at, status, _as_received(headers)))
    kind = named.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _PAGES and not (kind in _MAYBE and looks_like_html(body)):
        return Skipped(f"not a page: {kind or 'unknown type'}")
    return Snapshot(url, body, captured_at, status, headers, role="other", requested_url=url)


def _own(fields: Any, snapshot: Snapshot) -> Snapshot:
    """A record that Dibao wrote: everything as it was."""

    def said(name: str) -> str:
        return fields.get_header(f"Dibao-{name}") or ""

    return Snapshot(
        url=snapshot.url,
        body=snapshot.body,
        captured_at=snapshot.captured_at,
        status=snapshot.status,
        headers=snapshot.headers,
        role=cast(Role, said("Role")),
        district=said("District"),
        column=unquote(said("Column")),
        requested_url=said("Requested-URL"),
        listed_title=unquote(said("Listed-Title")),
        listed_on=date.fromisoformat(said("Listed-On")) if said("Listed-On") else None,
    )


def _as_received(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    prefix = "x-archive-orig-"
    return tuple(
        (name[len(prefix) :] if name.lower().startswith(prefix) else name, value)
        for name, value in headers
        if name.lower() != "content-length"
    )


def _named(kind: str | None, ours: str | None) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", kind),) if kind and not ours else ()


def _code(http: Any) -> int:
    code = http.get_statuscode()
    return int(code) if code.isdigit() else 0


def looks_like_html(body: bytes) -> bool:
    """Does it start like a page, whatever its type says?"""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--")) or b"<html" in start or b"<meta" in start
