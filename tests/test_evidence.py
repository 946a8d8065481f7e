"""What the archive proves: the chain over runs, the check of every text, the pack of an article, a time stamp."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator

import cli
from archive import chain
from archive.crawl import runs
from archive.store import Archive, ArchiveError, open_archive, snapshots_path
from archive.upkeep.evidence import pack
from archive.upkeep.verify import verify
from scraper.urls import key
from tests import kept

EDITED = "现将修改后的安排公布如下，原定于三月的施工推迟到四月。"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Three runs: six announcements, one edited, another gone."""
    with open_archive(tmp_path / "archive.db") as archive:
        kept.crawl(archive, *(kept.page(number) for number in range(6)))
        kept.crawl(archive, kept.page(2, EDITED, later=86_400))
        kept.crawl(archive, kept.answer(3, 404, later=2 * 86_400))
    return tmp_path / "archive.db"


def wrong(path: Path) -> list[str]:
    with open_archive(path) as archive:
        return verify(archive, (kept.district(),)).wrong


def altered(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(sql)


def test_an_untouched_archive_holds(path: Path) -> None:
    with open_archive(path) as archive:
        found = verify(archive, (kept.district(),))
        assert found.wrong == found.notes == []
        assert (found.responses, found.articles, found.runs) == (8, 6, 3)
        assert found.head == chain.head(archive.db.conn) is not None


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE captures SET sha256 = 'ab' WHERE snapshot_id = 4", "not those that were noted"),
        ("UPDATE captures SET captured_at = '2026-01-01' WHERE snapshot_id = 7", "run 2: its responses are not those"),
        ("DELETE FROM captures WHERE snapshot_id = 8", "run 3 brought 1 responses; 0 are here"),
        ("UPDATE captures SET run_id = 2 WHERE snapshot_id = 1", "run 1 brought 6 responses; 5 are here"),
        ("UPDATE captures SET run_id = 99 WHERE snapshot_id = 1", "response 1 belongs to no run"),
    ],
)
def test_tampering_is_seen(path: Path, sql: str, said: str) -> None:
    altered(path, sql)
    assert any(said in text for text in wrong(path)), wrong(path)


def test_an_altered_text_is_seen(path: Path) -> None:
    with open_archive(path) as archive:  # with our functions: the index follows
        archive.write().execute("UPDATE articles SET body = 'nothing of the kind' WHERE snapshot_id = 7")
        archive.commit()
    assert any("its text is not what response 7" in text for text in wrong(path))


def test_a_lost_or_altered_response_is_seen(path: Path) -> None:
    kept_there = snapshots_path(path)
    altered(kept_there, "DELETE FROM snapshots WHERE id = 5")
    altered(kept_there, "UPDATE bodies SET data = x'00' WHERE id = (SELECT body_id FROM snapshots WHERE id = 2)")
    said = wrong(path)
    assert any("response 5 of" in text and "is not in snapshots.db" in text for text in said)
    assert any("snapshot 2 of" in text and "damaged" in text for text in said)


def test_the_chain_is_append_only(path: Path) -> None:
    for sql in ("UPDATE chain SET digest = 'x'", "DELETE FROM chain"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            altered(path, sql)


def test_a_link_taken_out_by_force_is_seen(path: Path) -> None:
    altered(path, "DROP TRIGGER chain_stays")
    altered(path, "DELETE FROM chain WHERE position = 2")
    assert any("link 2 of the chain is missing" in text for text in wrong(path))
    altered(path, "DELETE FROM chain WHERE position = 3")
    assert any("run 2 has ended and has no link" in text for text in wrong(path))


def test_a_killed_run_gets_its_link_from_the_next(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        run = runs.begin(archive, "crawl", kept.district())
        run.lock.release()  # as when its process is killed
        assert chain.head(archive.db.conn) is None
        kept.crawl(archive, kept.page(1))
        link = chain.head(archive.db.conn)
        assert link is not None and (link.position, link.captures) == (2, 1)
        assert verify(archive, (kept.district(),)).wrong == []


def packed(archive: Archive, folder: Path, number: int) -> dict[str, bytes]:
    file = folder / "pack.zip"
    pack(archive, key(kept.url(number)), file, "https://archive.example.org/a/x")
    with zipfile.ZipFile(file) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_a_pack_proves_itself(path: Path, tmp_path: Path) -> None:
    with open_archive(path) as archive:
        files = packed(archive, tmp_path, 2)
    manifest = json.loads(files["manifest.json"])
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in manifest["sha256"]} == manifest["sha256"]
    assert set(files) == {*manifest["sha256"], "manifest.json"}
    records = [
        (record.rec_headers["WARC-Target-URI"], hashlib.sha256(record.content_stream().read()).hexdigest())
        for record in ArchiveIterator(io.BytesIO(files["responses.warc.gz"]))
    ]
    assert records == [(one["url"], one["sha256"]) for one in manifest["responses"]]
    assert [one["outcome"] for one in manifest["responses"]] == ["archived", "updated"]
    assert [one["chain_position"] for one in manifest["responses"]] == [1, 2]
    said = files["statement.txt"].decode()
    assert kept.title(2) in said and manifest["responses"][1]["sha256"] in said
    assert kept.title(2).encode() in files["reference.ris"] and b"archive.example.org" in files["reference.json"]


def test_the_pack_of_a_removed_article_holds_the_answer_that_says_so(path: Path, tmp_path: Path) -> None:
    with open_archive(path) as archive:
        files = packed(archive, tmp_path, 3)
    assert [(one["status"], one["outcome"]) for one in json.loads(files["manifest.json"])["responses"]] == [
        (200, "archived"),
        (404, "removed"),
    ]


def test_equal_archives_give_equal_packs(path: Path, tmp_path: Path) -> None:
    with open_archive(path) as archive:
        assert packed(archive, tmp_path, 2) == packed(archive, tmp_path, 2)


def test_no_pack_of_what_is_not_there(path: Path, tmp_path: Path) -> None:
    with open_archive(path) as archive, pytest.raises(ArchiveError, match="no such article"):
        pack(archive, "0" * 16, tmp_path / "pack.zip")
    with open_archive(path) as archive, pytest.raises(ArchiveError, match="cannot be written"):
        pack(archive, kept.url(1), tmp_path / "nowhere" / "pack.zip")
    assert not list(tmp_path.glob("**/*.part"))


def dibao(path: Path, *args: str) -> Result:
    return CliRunner().invoke(cli.main, ["--archive", str(path), *args])


def test_the_verbs(path: Path, tmp_path: Path) -> None:
    done = dibao(path, "verify", "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 0 and said["responses"] == 8 and len(said["head"]["digest"]) == 64
    done = dibao(path, "evidence", kept.url(2), "--out", str(tmp_path / "e.zip"), "--json")
    assert done.exit_code == 0 and len(json.loads(done.stdout)["responses"]) == 2 and (tmp_path / "e.zip").is_file()
    assert kept.title(2) in dibao(path, "cite", f"/a/{key(kept.url(2))}").stdout
    assert "TY  - ELEC" in dibao(path, "cite", kept.url(2), "--form", "ris").stdout
    altered(path, "UPDATE captures SET status = 201 WHERE snapshot_id = 4")
    done = dibao(path, "verify")
    assert done.exit_code == 1 and "do not hold" in done.stdout


# -- time stamps, by an authority that openssl plays


class Authority(BaseHTTPRequestHandler):
    folder: Path

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        (self.folder / "asked.tsq").write_bytes(asked)
        command = ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "asked.tsq", "-out", "answer.tsr"]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True)
        answer = (self.folder / "answer.tsr").read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        return


CONFIG = """
[tsa]
default_tsa = made_up
[made_up]
serial = serial
signer_cert = cert.pem
signer_key = key.pem
certs = cert.pem
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha512
"""


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not shutil.which("openssl"):
        pytest.skip("openssl, which plays the time-stamp authority, is not installed")
    pytest.importorskip("rfc3161_client", reason="the extra 'timestamp' is not installed")
    folder = tmp_path_factory.mktemp("authority")
    (folder / "tsa.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=made-up TSA"]
    make += ["-addext", "extendedKeyUsage=critical,timeStamping", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)
    handler = type("Handler", (Authority,), {"folder": folder})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/tsa"
        server.shutdown()


def test_an_authority_stamps_the_chain(path: Path, authority: str) -> None:
    done = dibao(path, "verify", "--timestamp", authority)
    assert done.exit_code == 0, done.output
    assert "stamped" in done.stdout
    conn = sqlite3.connect(path)
    ((position, token),) = conn.execute("SELECT position, token FROM timestamps").fetchall()
    conn.close()
    with open_archive(path) as archive:
        link = chain.head(archive.db.conn)
    assert link is not None and position == link.position
    # The token covers SHA-256 of the digest's bytes, as every RFC 3161 client can check.
    assert hashlib.sha256(bytes.fromhex(link.digest)).digest() in token


def test_what_is_no_authority_changes_nothing(path: Path, authority: str) -> None:
    done = dibao(path, "verify", "--timestamp", "http://127.0.0.1:9/")
    assert done.exit_code == 1 and "no time stamp" in done.output
    assert dibao(path, "verify", "--timestamp", "ftp://x").exit_code == 2
