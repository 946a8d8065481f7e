"""snapshots.db against WARC.gz: bytes, and reads of pages in no order."""

from __future__ import annotations

import io
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.store import open_archive, snapshots_path
from bench import corpus
from bench.ratio import Ratio, interleaved
from scraper.items import Snapshot


def measure(quick: bool = False) -> list[Ratio]:
    pages = list(corpus.pages(200 if quick else 3000))
    with tempfile.TemporaryDirectory() as folder:
        return compare(pages, Path(folder), rounds=2 if quick else 5)


def compare(pages: Sequence[Snapshot], folder: Path, rounds: int) -> list[Ratio]:
    warc, offsets = folder / "pages.warc.gz", []
    with warc.open("wb") as file:
        for snapshot in pages:
            offsets.append(file.tell())
            write(file, snapshot)
    with open_archive(folder / "archive.db") as archive:
        kept = archive.write_snapshots()
        numbers = [kept.put(snapshot) for snapshot in pages]
        archive.commit()
        order = random.Random(4).sample(range(len(pages)), min(500, len(pages)))

        def ours() -> None:
            for place in order:
                assert archive.snapshots.get(numbers[place]).body

        def theirs() -> None:
            with warc.open("rb") as file:
                for place in order:
                    assert read(file, offsets[place])

        assert archive.snapshots.get(numbers[order[0]]).body == pages[order[0]].body
        quick_ours, quick_theirs = interleaved((ours, theirs), rounds)
    for name in ("archive.db", "snapshots.db"):  # closed: the write-ahead log is in the file
        assert not (folder / f"{name}-wal").exists()
    raw = sum(len(snapshot.body) for snapshot in pages) / len(pages)
    stored = snapshots_path(folder / "archive.db").stat().st_size / len(pages)
    note = f"{len(pages)} made-up pages of {raw:,.0f} bytes"
    return [
        Ratio(
            "snapshots: bytes a page / WARC.gz", stored, warc.stat().st_size / len(pages), "B", at_most=0.6, note=note
        ),
        Ratio(
            "snapshots: random reads a CPU second / WARC.gz",
            len(order) / quick_ours,
            len(order) / quick_theirs,
            "reads",
            at_least=3,
            note="warcio, offsets known",
        ),
    ]


def write(file: io.BufferedWriter, snapshot: Snapshot) -> None:
    head = StatusAndHeaders("200 OK", list(snapshot.headers), protocol="HTTP/1.1")
    writer = WARCWriter(file, gzip=True)
    writer.write_record(
        writer.create_warc_record(snapshot.url, "response", payload=io.BytesIO(snapshot.body), http_headers=head)
    )


def read(file: io.BufferedReader, offset: int) -> bytes:
    file.seek(offset)
    record = next(iter(ArchiveIterator(file)))
    body: bytes = record.content_stream().read()
    return body
