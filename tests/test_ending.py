"""What tells a page or a file that was cut in its middle from one that is only short."""

from __future__ import annotations

import io
import zipfile

import pytest

from scraper.pages.ending import is_cut, is_cut_file

WHOLE = "<!DOCTYPE html>\n<html><head><title>青岬县</title></head><body><p>一、会议</p></body></html>\n"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        WHOLE.upper(),
        "\ufeff" + WHOLE,
        WHOLE.replace("</html>", ""),
        WHOLE.replace("</body></html>", "</body >"),
        WHOLE + "<script>" + "count();" * 2000 + "</script>",
        "<div><p>a fragment has no end</p></div>",
        '{"rows": [',
        "<?xml version='1.0'?><datastore><record>",
        "",
    ],
)
def test_pages_with_an_end_and_what_is_no_page(text: str) -> None:
    assert not is_cut(text)


@pytest.mark.parametrize("head", ["", "\ufeff", "\r\n", "<?xml version='1.0'?>\n", "<!-- made 2026 -->\n"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_a_page_without_its_end(head: str, share: float) -> None:
    assert is_cut(head + WHOLE[: int(len(WHOLE) * share)])


def test_half_a_page_within_which_another_was_pasted() -> None:
    assert is_cut(WHOLE[:60] + WHOLE + "字" * 25_000)


def test_files() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("word/document.xml", "字" * 500)
        file.comment = b"made up"
    for whole in (packed.getvalue(), b"%PDF-1.4\n1 0 obj\n" + b"x" * 4000 + b"\n%%EOF\r\n"):
        assert not is_cut_file(whole) and is_cut_file(whole[: len(whole) // 2])
    assert not is_cut_file(b"\xd0\xcf\x11\xe0 an old format says nothing of its end") and not is_cut_file(b"")
