from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.exchange.folders import own_url, read_folder, read_page
from archive.exchange.warc import Skipped
from archive.store import ArchiveError
from scraper.items import Snapshot
from tests import kept

PAGE = "https://www.yunlan.example.cn/art/2026/3/1/art_1_2.html"


@pytest.mark.parametrize(
    "head",
    [
        f"<!-- saved from url=(0055){PAGE} -->",
        f"<!--\n Page saved with SingleFile \n url: {PAGE} \n saved date: Thu -->",
        "<!-- Mirrored from www.yunlan.example.cn/art/2026/3/1/art_1_2.html by HTTrack Website Copier -->",
        f'<link rel="canonical" href="{PAGE}">',
        f"<LINK href='{PAGE}' rel=canonical />",
        f'<meta property="og:url" content="{PAGE}"/>',
        f'<meta name="Url" content="{PAGE}">',
        f"<meta content='{PAGE}' name='url'>",
        '<base href="https://www.yunlan.example.cn/"><meta name="Url" content="/art/2026/3/1/art_1_2.html">',
        f'<base href="{PAGE}">',
        '<base href="https://www.yunlan.example.cn/art/2026/3/1/"><title>x</title>',
    ],
)
def test_a_saved_page_tells_its_address(head: str) -> None:
    found = own_url(f"<html><head>{head}</head><body></body></html>".encode(), "art_1_2.html")
    assert found.replace("http://", "https://") == PAGE


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta name="Url" content="https://www.yunlan.example.cn/">',  # the front page is not the page
        '<meta name="Url" content="">',
        '<link rel="canonical" href="javascript:void(0)">',
        '<link rel="stylesheet" href="https://www.yunlan.example.cn/a.css">',
        '<meta name="Url" content="http://[bad/x">',
    ],
)
def test_a_page_that_tells_none_has_none(head: str) -> None:
    assert own_url(f"<html><head>{head}</head></html>".encode(), "x.html") == ""


def test_entities_in_an_address_are_read() -> None:
    assert (
        own_url(b'<link rel="canonical" href="https://a.example.cn/x?a=1&amp;b=2">') == "https://a.example.cn/x?a=1&b=2"
    )


def test_a_folder_gives_its_pages_in_order_and_counts_the_rest(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.html").write_text(kept.html(1), encoding="utf-8")
    (tmp_path / "sub" / "a.SHTML").write_text(kept.html(2), encoding="utf-8")
    (tmp_path / "b_files").mkdir()
    (tmp_path / "b_files" / "style.css").write_text("")
    (tmp_path / "README").write_text("")
    os.utime(tmp_path / "b.html", (1_700_000_000, 1_700_000_000))
    found = list(read_folder(tmp_path))
    pages = [one for one in found if isinstance(one, Snapshot)]
    assert [one.url for one in pages] == [(tmp_path / "b.html").as_uri(), (tmp_path / "sub" / "a.SHTML").as_uri()]
    assert pages[0].captured_at.timestamp() == 1_700_000_000
    assert pages[0].body == kept.html(1).encode()
    assert sorted(one.why for one in found if isinstance(one, Skipped)) == [
        "not a page: no suffix",
        "part of a saved page",
    ]


@pytest.mark.parametrize("column", ["id", "file"])
def test_a_manifest_tells_the_addresses(tmp_path: Path, column: str) -> None:
    (tmp_path / "pages").mkdir()
    name = "one" if column == "id" else "one.html"
    (tmp_path / "manifest.tsv").write_text(
        f'{column}\tkind\turl\tnote\n{name}\tarticle\t{PAGE}\t"odd\n', encoding="utf-8"
    )
    (tmp_path / "pages" / "one.html").write_text("<html></html>")
    for folder in (tmp_path, tmp_path / "pages"):
        assert [one.url for one in read_folder(folder) if isinstance(one, Snapshot)] == [PAGE]


def test_a_manifest_that_is_none_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "manifest.tsv").write_text("name,url\nx,y\n")
    with pytest.raises(
        ArchiveError, match=r"manifest\.tsv: needs a first line with the columns id \(or file\) and url"
    ):
        list(read_folder(tmp_path))
    (tmp_path / "manifest.tsv").write_bytes("id\turl\n云\tx\n".encode("gb18030"))
    with pytest.raises(ArchiveError, match="is not a tab-separated table in UTF-8"):
        list(read_folder(tmp_path))


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    found = read_page(tmp_path / "gone.html")
    assert isinstance(found, Skipped)
    assert "gone.html" in found.detail
