"""Files are read in a process apart: whatever one of them does to it, the next is read."""

from __future__ import annotations

import io
import os
import signal
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.stages.extractor import Extractor
from tests import made_files as made


@pytest.fixture
def extractor() -> Iterator[Extractor]:
    with Extractor() as made_extractor:
        yield made_extractor


def is_well(extractor: Extractor) -> bool:
    return extractor.read(made.pdf(["北礁灯塔"]), "a.pdf").text == "北礁灯塔"


def test_one_process_reads_many_files(extractor: Extractor) -> None:
    assert is_well(extractor) and extractor.read(made.WORD97).kind == "doc"
    assert extractor.read(b"").state == "unsupported"
    assert extractor.read(b"\n{}\n" * 100_000, "x.txt").text  # larger than a pipe holds, and full of lines
    assert (extractor.started, is_well(extractor)) == (1, True)


def test_what_takes_too_much_memory_is_stopped() -> None:
    # One cell in the last corner: a table of 17,179,869,184 cells for who believes it.
    corner = made.xlsx({"一": [["甲"]]})
    sheet = b'<c r="A1" t="inlineStr"><is><t>1</t></is></c><c r="XFD1048576" t="inlineStr"><is><t>2</t></is></c>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = f'<worksheet xmlns="{space}"><sheetData><row>{sheet.decode()}</row></sheetData></worksheet>'
    names = ("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    with zipfile.ZipFile(io.BytesIO(corner)) as packed:
        files: dict[str, bytes | str] = {name: packed.read(name) for name in names}
    files["xl/worksheets/sheet1.xml"] = rows
    with Extractor(megabytes=700, seconds=20) as extractor:
        found = extractor.read(made.packed(files), "a.xlsx")
        assert found.state in ("stopped", "broken") and found.reason
        assert is_well(extractor)


def test_who_does_not_answer_is_stopped_by_the_clock() -> None:
    with Extractor(patience=2.0) as extractor:
        assert is_well(extractor)
        process = extractor._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        found = extractor.read(made.pdf(["x"]), "a.pdf")
        assert (found.state, extractor.started) == ("stopped", 1)
        assert "longer" in found.reason
        assert is_well(extractor) and extractor.started == 2


def test_a_crash_is_told_and_the_next_file_is_read(extractor: Extractor) -> None:
    assert is_well(extractor)
    process = extractor._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)

    def crash() -> None:
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGSEGV)
        os.kill(process.pid, signal.SIGCONT)

    threading.Thread(target=crash).start()
    found = extractor.read(made.bomb(1), "a.zip")
    assert (found.state, found.reason) == ("stopped", "its reader crashed (SIGSEGV)")
    assert is_well(extractor)


def test_a_reader_that_panics_is_a_broken_file(extractor: Extractor) -> None:
    odd = bytearray(made.EXCEL97)
    odd[3118] = 0xFF  # calamine 0.9 panics on it
    found = extractor.read(bytes(odd), "a.xls")
    assert (found.state, found.reason) == ("broken", "its reader gave up on it")
    assert is_well(extractor)


def test_the_process_ends_with_its_owner() -> None:
    with Extractor() as extractor:
        assert is_well(extractor)
        process = extractor._process
        assert process is not None and Path(f"/proc/{process.pid}").exists()
    assert process.poll() is not None


def test_cpu_time_is_counted_for_each_file() -> None:
    with Extractor(seconds=1) as extractor:
        slow = made.pdf(*[["青岬县灯塔名册" * 4] * 30] * 60)
        found = [extractor.read(slow, "a.pdf") for _ in range(3)]
        assert {one.state for one in found} == {"text"} and extractor.started == 1


def test_more_cpu_time_than_allowed_ends_the_process() -> None:
    endless = b"<html>" + b"<b>" * 8_000_000
    with Extractor(seconds=1) as extractor:
        found = extractor.read(endless, "a.doc")
        assert (found.state, found.reason) == ("stopped", "took longer than 1 s to read")
        assert is_well(extractor) and extractor.started == 2
