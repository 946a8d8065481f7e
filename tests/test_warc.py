from __future__ import annotations

import gzip
import io
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.exchange.warc import Skipped, looks_like_html, read_warc, write_warc
from archive.store import Archive, ArchiveError, open_archive
from scraper.items import Snapshot
from tests import kept

WARCIO = Path(sys.executable).with_name("warcio")
HTML = kept.html(1).encode()
DATE = "2024-05-06T07:08:09Z"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def fill(archive: Archive) -> list[Snapshot]:
    pages = [
        kept.page(1),
        kept.list_page(),
        kept.answer(2, 404),
        replace(kept.page(3), headers=(*kept.HEADERS, ("Content-Encoding", "gzip"), ("content-length", "1234"))),
        replace(kept.page(4), headers=(("X-Title", "云澜"), ("Transfer-Encoding", "chunked"), ("Empty", ""))),
        replace(kept.page(5), requested_url="https://www.yunlan.example.cn/goto?id=5", body=b""),
        replace(kept.page(6), url="file:///tmp/saved.html", requested_url="file:///tmp/saved.html", headers=()),
        replace(kept.page(7), listed_on=None, listed_title="", column="", role="other"),
    ]
    for one in pages:
        archive.write_snapshots().put(one)
    archive.commit()
    return pages


@pytest.mark.parametrize("name", ["out.warc.gz", "out.warc"])
def test_what_goes_out_passes_warcio_check_and_comes_in_the_same(archive: Archive, tmp_path: Path, name: str) -> None:
    pages = fill(archive)
    path = tmp_path / name
    assert write_warc(archive, path) == len(pages)
    checked = subprocess.run([WARCIO, "check", "-v", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("digest pass") == len(pages) + 1
    assert "digest failed" not in checked.stdout
    assert [one for one in read_warc(path) if isinstance(one, Snapshot)] == pages
    assert not list(tmp_path.glob("*.part"))


def test_records_are_what_archivists_expect(archive: Archive, tmp_path: Path) -> None:
    fill(archive)
    write_warc(archive, tmp_path / "out.warc.gz")
    with (tmp_path / "out.warc.gz").open("rb") as file:
        records = [(record, record.content_stream().read()) for record in ArchiveIterator(file)]
    assert [record.rec_type for record, _ in records] == ["warcinfo"] + ["response"] * 6 + ["resource", "response"]
    first, body = records[1]
    assert first.rec_headers.protocol == "WARC/1.1"
    assert first.rec_headers.get_header("WARC-Target-URI") == kept.url(1)
    assert first.rec_headers.get_header("WARC-Date") == "2026-04-01T01:00:01.000000Z"
    assert first.rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
    assert body == kept.page(1).body
    coded, body = records[4]
    assert coded.http_headers.get_header("Content-Encoding") is None
    assert coded.http_headers.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert coded.http_headers.get_header("X-Archive-Orig-content-length") == "1234"
    assert coded.http_headers.get_header("Content-Length") == str(len(body)) == str(len(kept.page(3).body))
    assert records[3][0].http_headers.statusline == "404 Not Found"


def test_two_exports_name_their_records_alike(archive: Archive, tmp_path: Path) -> None:
    fill(archive)

    def names(path: Path) -> list[str]:
        write_warc(archive, path)
        with path.open("rb") as file:
            return [record.rec_headers.get_header("WARC-Record-ID") for record in ArchiveIterator(file)][1:]

    assert names(tmp_path / "1.warc") == names(tmp_path / "2.warc")


def test_one_district_alone(archive: Archive, tmp_path: Path) -> None:
    fill(archive)
    archive.write_snapshots().put(kept.page(9, slug="qingjia"))
    archive.commit()
    assert write_warc(archive, tmp_path / "x.warc", ("qingjia",)) == 1


def test_a_place_that_cannot_be_written_is_an_error(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be written"):
        write_warc(archive, tmp_path / "nowhere" / "x.warc")


def test_a_damaged_snapshot_leaves_no_half_file(archive: Archive, tmp_path: Path) -> None:
    fill(archive)
    archive.snapshots.conn.execute("UPDATE bodies SET data = x'01' WHERE id = 2")
    archive.snapshots.conn.commit()
    with pytest.raises(ArchiveError, match="is damaged"):
        write_warc(archive, tmp_path / "x.warc")
    assert not list(tmp_path.glob("x.warc*"))


Header = tuple[str, str]


def response(
    body: bytes,
    headers: Sequence[Header] = (("Content-Type", "text/html"),),
    status: str = "200 OK",
    url: str = kept.url(1),
) -> tuple[str, str, bytes, StatusAndHeaders]:
    return "response", url, body, StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")


def chunked(data: bytes) -> bytes:
    parts = [data[start : start + 700] for start in range(0, len(data), 700)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def write(
    path: Path, *records: tuple[str, str, bytes, StatusAndHeaders | None], extra: dict[str, str] | None = None
) -> Path:
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        for kind, url, body, http in records:
            made = writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=http,
                warc_headers_dict={"WARC-Date": DATE} | (extra or {}),
            )
            writer.write_record(made)
    return path


def pages(path: Path) -> list[Snapshot]:
    return [one for one in read_warc(path) if isinstance(one, Snapshot)]


def skipped(path: Path) -> list[str]:
    return [one.why for one in read_warc(path) if isinstance(one, Skipped)]


_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "data"),
    [
        ("gzip", gzip.compress(HTML)),
        ("GZip", gzip.compress(HTML[:900]) + gzip.compress(HTML[900:])),
        ("deflate", zlib.compress(HTML)),
        ("deflate", _DEFLATE.compress(HTML) + _DEFLATE.flush()),
        ("br", brotli.compress(HTML)),
        ("br, gzip", gzip.compress(brotli.compress(HTML))),
        ("gzip", HTML),  # the header stayed although the coding was taken off
        ("br", HTML),
        ("identity", HTML),
        ("", HTML),
    ],
)
@pytest.mark.parametrize("transfer", ["", "chunked", "chunked in name only"])
def test_bodies_come_in_without_their_codings(tmp_path: Path, coding: str, data: bytes, transfer: str) -> None:
    headers = [("Content-Type", "text/html; charset=utf-8")]
    headers += [("Content-Encoding", coding)] if coding else []
    headers += [("Transfer-Encoding", "chunked")] if transfer else []
    sent = chunked(data) if transfer == "chunked" else data
    (found,) = pages(write(tmp_path / "x.warc.gz", response(sent, headers)))
    assert found.body == HTML
    assert found.headers == tuple(headers)
    assert (found.url, found.status, found.role) == (kept.url(1), 200, "other")
    assert found.captured_at.isoformat() == "2024-05-06T07:08:09+00:00"


def test_a_truncated_body_comes_in_as_far_as_it_goes(tmp_path: Path) -> None:
    cut = gzip.compress(HTML)[:400]
    path = write(
        tmp_path / "x.warc.gz",
        response(cut, [("Content-Type", "text/html"), ("Content-Encoding", "gzip")]),
        extra={"WARC-Truncated": "length"},
    )
    (found,) = pages(path)
    assert HTML.startswith(found.body)
    assert len(found.body) > 100
    assert found.header("WARC-Truncated") == "length"


def test_what_is_no_page_is_passed_over_and_counted(tmp_path: Path) -> None:
    request = StatusAndHeaders("GET / HTTP/1.1", [("Host", "x")], is_http_request=True)
    path = write(
        tmp_path / "x.warc.gz",
        ("warcinfo", "", b"software: other\r\n", None),
        ("request", kept.url(1), b"", request),
        ("metadata", kept.url(1), b"via: x\r\n", None),
        ("response", "dns:www.yunlan.example.cn", b"20240506 www.yunlan.example.cn. A 127.0.0.1", None),
        response(b"\x89PNG", [("Content-Type", "image/png")]),
        response(b"{}", [("Content-Type", "application/json")]),
        response(HTML, status="404 Not Found"),
        response(b"", [("Location", "/x")], status="302 Found"),
        response(HTML),
    )
    assert len(pages(path)) == 1
    assert skipped(path) == [
        "warcinfo record",
        "request record",
        "metadata record",
        "no web address",
        "not a page: image/png",
        "not a page: application/json",
        "HTTP 404",
        "HTTP 302",
    ]


def test_revisits_and_resources(tmp_path: Path) -> None:
    path = tmp_path / "x.warc"
    write(path, ("resource", kept.url(2), HTML, None), extra={"Content-Type": "text/html"})
    with path.open("ab") as file:
        writer = WARCWriter(file, gzip=False)
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        writer.write_record(writer.create_revisit_record(kept.url(1), "sha1:ABC", kept.url(1), DATE, http))
    assert [one.url for one in pages(path)] == [kept.url(2)]
    assert skipped(path) == ["revisit record"]


def test_a_page_without_a_type_is_known_by_its_start(tmp_path: Path) -> None:
    path = write(tmp_path / "x.warc", response(HTML, []), response(b"just text", [("Content-Type", "text/plain")]))
    assert len(pages(path)) == 1
    assert skipped(path) == ["not a page: text/plain"]
    assert looks_like_html(b"\xef\xbb\xbf\n <!-- x --><HTML>")
    assert not looks_like_html(b"%PDF-1.4")


def test_arc_files_of_old_crawls_come_in(tmp_path: Path) -> None:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML
    head = b"1 0 Other\nURL IP-address Archive-date Content-type Archive-length\n"
    data = b"filedesc://x.arc 0.0.0.0 20090101000000 text/plain %d\n%s\n" % (len(head), head)
    data += b"%s 127.0.0.1 20090102030405 text/html %d\n%s\n" % (kept.url(1).encode(), len(http), http)
    (tmp_path / "x.arc").write_bytes(data)
    (found,) = pages(tmp_path / "x.arc")
    assert found.body == HTML
    assert found.captured_at.isoformat() == "2009-01-02T03:04:05+00:00"


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc"])
def test_a_file_cut_anywhere_gives_everything_before_the_cut(tmp_path: Path, name: str) -> None:
    whole = write(tmp_path / name, *(response(kept.html(n).encode(), url=kept.url(n)) for n in range(6))).read_bytes()
    with (tmp_path / name).open("rb") as file:
        iterator = ArchiveIterator(file)
        ends = [iterator.get_record_offset() + iterator.get_record_length() for _ in iterator]
    for cut in range(1, len(whole), 97):
        (tmp_path / name).write_bytes(whole[:cut])
        found = pages(tmp_path / name)
        complete = sum(end <= cut for end in ends)
        assert len(found) in {complete, complete + 1}  # the last may lack its empty lines only
        assert [one.body for one in found] == [kept.html(n).encode() for n in range(len(found))]
        if len(found) == complete and cut not in ends:
            assert skipped(tmp_path / name)[-1:] == ["cut"]


def test_a_cut_is_told_with_the_files_name_and_place(tmp_path: Path) -> None:
    path = write(tmp_path / "x.warc.gz", *(response(kept.html(n).encode(), url=kept.url(n)) for n in range(6)))
    path.write_bytes(path.read_bytes()[:-300])
    *_, last = read_warc(path)
    assert isinstance(last, Skipped)
    assert str(path) in last.detail
    assert "cut or damaged after record 5" in last.detail


def test_damage_in_the_middle_ends_the_file_there(tmp_path: Path) -> None:
    path = write(tmp_path / "x.warc.gz", *(response(kept.html(n).encode(), url=kept.url(n)) for n in range(6)))
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    found = pages(path)
    assert 2 <= len(found) < 6
    assert [one.body for one in found] == [kept.html(n).encode() for n in range(len(found))]
    assert skipped(path) == ["cut"]


def test_a_file_packed_as_a_whole_is_read_too(tmp_path: Path) -> None:
    path = write(tmp_path / "x.warc", *(response(kept.html(n).encode(), url=kept.url(n)) for n in range(6)))
    (tmp_path / "x.warc.gz").write_bytes(gzip.compress(path.read_bytes()))
    assert len(pages(tmp_path / "x.warc.gz")) == 6


def test_what_is_no_warc_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.warc").write_bytes(b"nothing of the kind\r\n\r\n" * 50)
    (found,) = read_warc(tmp_path / "x.warc")
    assert isinstance(found, Skipped)
    assert found.why == "cut"
    with pytest.raises(ArchiveError, match="cannot be read"):
        list(read_warc(tmp_path / "none.warc"))
