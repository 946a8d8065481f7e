"""References are read back by the libraries of their formats, whatever a title holds."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from pipelines.article import Article
from pipelines.citation import FORMATS, bibtex, cite, csl, plain, reference, ris

ARTICLE = Article(
    key="00f1e2d3c4b5a697",
    url="https://www.yunlan.example.cn/html/yunlan/2026/DNKLAQPB_0907/10032.html",
    district="yunlan",
    column="政策文件库",
    title="关于印发《云澜区“一件事”改革方案》的通知",
    body="各镇、街道：",
    captured_at=datetime(2026, 9, 7, 20, 30, tzinfo=UTC),
    sha256="ab" * 32,
    published_on=date(2026, 9, 7),
    issuer="云澜区人民政府办公室",
    document_number="云政办发〔2026〕31号",
    site_name="云澜区人民政府",
)
ONE = reference(ARTICLE, "https://archive.example.org/a/00f1e2d3c4b5a697")


def test_plain_follows_the_national_standard() -> None:
    said = plain(ONE)
    assert said.startswith(
        "云澜区人民政府办公室. 关于印发《云澜区“一件事”改革方案》的通知[EB/OL]. (2026-09-07)[2026-09-08]. https://www."
    )
    assert "SHA-256 " + "ab" * 32 in said and "云政办发〔2026〕31号" in said


def test_ris_is_read_back() -> None:
    (entry,) = rispy.loads(ris(ONE))
    assert entry["title"] == ARTICLE.title and entry["type_of_reference"] == "ELEC"
    assert entry["authors"] == ["云澜区人民政府办公室,"]
    assert (entry["urls"], entry["date"], entry["access_date"]) == ([ARTICLE.url], "2026/09/07/", "2026/09/08/")


def test_bibtex_is_read_back() -> None:
    library = parse_string(bibtex(ONE))
    assert not library.failed_blocks
    (entry,) = library.entries
    assert (entry.entry_type, entry.key) == ("online", "dibao00f1e2d3c4b5a697")
    assert entry["title"] == f"{{{ARTICLE.title}}}" and entry["urldate"] == "2026-09-08"


def test_csl_has_its_dates_in_parts() -> None:
    item = csl(ONE)
    assert item["issued"] == {"date-parts": [[2026, 9, 7]]} and item["author"] == [{"literal": "云澜区人民政府办公室"}]
    assert json.loads(cite(ONE, "json")) == [item]


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_bare_article_can_be_cited(form: str) -> None:
    bare = replace(ARTICLE, issuer=None, document_number=None, site_name=None, published_on=None)
    said = cite(reference(bare), form)
    assert ARTICLE.title[:4] in said and "None" not in said


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=60))
def test_any_title_survives(title: str) -> None:
    one = replace(ONE, title=title)
    library = parse_string(bibtex(one))
    assert len(library.entries) == 1 and not library.failed_blocks
    (entry,) = rispy.loads(ris(one))
    assert entry.get("title", "").strip() == title.strip()
