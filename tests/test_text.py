"""zh_fold, zh_tokens, zh_match: what is written can be found, and whatever is typed is a question."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text import MAX_QUERY, Match, snippet, spans, zh_fold, zh_has, zh_match, zh_tokens

# Few different characters, so that words repeat, touch and overlap; and the ones that break FTS5's syntax.
CROWDED = st.text(alphabet="云澜区规划建灣裡12３aB％%&\"“”-*^:(){}+,，。 　\n\t'", max_size=30)
ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


def found(conn: sqlite3.Connection, query: str) -> bool:
    """Is the one document found, by the index and the checks together?"""
    match = zh_match(query)
    assert match.expression
    row = conn.execute(
        "SELECT text FROM whole WHERE rowid IN (SELECT rowid FROM doc WHERE doc MATCH ?)", [match.expression]
    )
    return any(
        all(zh_has(text, term) for term in match.checks) and not any(zh_has(text, term) for term in match.lacks)
        for (text,) in row
    )


def one(text: str) -> sqlite3.Connection:
    conn = sqlite3.connect(":memory:")
    conn.execute("CREATE VIRTUAL TABLE doc USING fts5(t, tokenize='ascii')")
    conn.execute("CREATE TABLE whole (text)")
    conn.execute("INSERT INTO doc VALUES (?)", [zh_tokens(text)])
    conn.execute("INSERT INTO whole VALUES (?)", [zh_fold(text)])
    return conn


@given(ANY)
def test_fold_keeps_the_length_and_settles(text: str) -> None:
    assert len(zh_fold(text)) == len(text)
    assert zh_fold(zh_fold(text)) == zh_fold(text)
    zh_fold(text).encode("utf-8")


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ＡＢＣ１２３％", "abc123%"), ("臺灣鄉鎮", "台湾乡镇"), ("㎡", "㎡"), ("Straße", "straße"), ("\ud800", "\ufffd")],
)
def test_fold(written: str, folded: str) -> None:
    assert zh_fold(written) == folded


def test_a_changed_table_needs_a_migration_that_rebuilds_the_index() -> None:
    table = files("pipelines").joinpath("data/traditional.tsv").read_bytes()
    assert hashlib.sha256(table).hexdigest()[:16] == "8cc4223ee4935816"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("武进区", "武进 进区 区"),
        ("30亿元 R&D", "30 亿 亿元 元 r d"),
        ("A4纸，第5年底", "a 4 纸 第 5 年 年底 底"),
        ("区", "区"),
        ("。！\n\x00", ""),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert zh_tokens(text) == tokens


@given(ANY)
def test_tokens_hold_only_what_the_ascii_tokenizer_keeps(text: str) -> None:
    assert re.fullmatch(r"(|[a-z0-9\u0080-\U0010ffff]+( [a-z0-9\u0080-\U0010ffff]+)*)", zh_tokens(text))


@settings(max_examples=400, deadline=None)
@given(st.one_of(CROWDED, ANY))
def test_whatever_is_typed_is_no_syntax_error(query: str) -> None:
    expression = zh_match(query).expression
    if expression:
        one("云澜区规划").execute("SELECT * FROM doc WHERE doc MATCH ?", [expression]).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "区 " * 300,
        '"' * 999,
        "-" * 999,
        "云澜" * 2000,
        "a OR NOT b",
        "NEAR(a b)",
        "title:云澜",
        "云* ^澜",
        "-a -b -c",
        "\x00",
        "1 " * 999,
    ],
)
def test_long_and_odd_queries(query: str) -> None:
    conn = one("云澜区规划")
    match = zh_match(query)
    assert sum(map(len, match.terms)) <= MAX_QUERY
    if match.expression:
        conn.execute("SELECT * FROM doc WHERE doc MATCH ?", [match.expression]).fetchall()


def oracle(text: str, term: str) -> bool:
    """Substring search; a number or word at the term's edge must be whole. Written without the module's patterns."""
    text, term = zh_fold(text), zh_fold(term)

    def kind(char: str) -> str:
        if "\u3400" <= char <= "\u9fff" or char in "々〇":
            return ""
        return "digit" if char.isdecimal() else "letter" if char.isalnum() else ""

    for start in range(len(text) - len(term) + 1):
        end = start + len(term)
        if text[start:end] != term:
            continue
        cut_before = start > 0 and kind(term[0]) != "" and kind(text[start - 1]) == kind(term[0])
        cut_after = end < len(text) and kind(term[-1]) != "" and kind(text[end]) == kind(term[-1])
        if not cut_before and not cut_after:
            return True
    return False


PLAIN = st.text(alphabet="云澜区规划灣裡湾里12３aB％%&，。", max_size=40)


@settings(max_examples=1500, deadline=None)
@given(PLAIN, st.text(alphabet="云澜区规划湾里123abＢ%&", min_size=1, max_size=4))
def test_equals_the_substring_oracle(text: str, term: str) -> None:
    if not zh_match(term).ignored:
        assert found(one(text), term) == oracle(text, term)


@settings(max_examples=800, deadline=None)
@given(st.text(alphabet="云澜区规划灣裡12aB%&，。", min_size=1, max_size=40), st.data())
def test_every_part_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    term = text[start : data.draw(st.integers(start + 1, len(text)))]
    if not zh_match(term).ignored and oracle(text, term):
        assert found(one(text), term)


@pytest.mark.parametrize(
    ("query", "text", "hit"),
    [
        ("30亿", "投入30亿元", True),
        ("30亿", "投入130亿元", False),
        ("30亿元", "30 亿元", False),
        ("160%", "增长160%", True),
        ("160%", "共160项，50%", False),
        ("R&D", "r＆d经费", True),
        ("R&D", "R D", False),
        ("云澜 -规划", "云澜区计划", True),
        ("云澜 -规划", "云澜区规划", False),
        ("云澜 -160%", "云澜增长160%", False),
        ("云澜 -160%", "云澜共160项", True),
        ('"city plan"', "The City, plan", True),
        ('"city plan"', "plan city", False),
        ("“十四五” 规划", "“十四五”发展规划", True),
        ("臺灣", "台湾", True),
        ("张", "张某某任局长", True),
        ("局长", "张某某任局。长江", False),
        ("云-澜", "云澜", False),
        ("2025年", "12025年", False),
    ],
)
def test_asking(query: str, text: str, hit: bool) -> None:
    assert found(one(text), query) is hit


def test_only_exclusions_and_only_symbols() -> None:
    assert zh_match("-规划") == Match('("§") NOT ("规划")')
    assert zh_match("-160%") == Match('"§"', lacks=("160%",))
    assert zh_match("% 。") == Match("", ignored=("%", "。"))
    assert zh_match("  ") == Match("")


@given(st.text(alphabet="湾灣裡里裏⼀一A云"), st.sampled_from("湾里一云"))
def test_a_lone_character_is_found_in_all_its_forms(text: str, char: str) -> None:
    assert zh_has(text, char) == (char in zh_fold(text))


def test_highlight_offsets_are_those_of_the_original() -> None:
    text = "關於ＡＢ區灣裡的130亿和30亿"
    marks = [text[a:b] for a, b in spans(text, zh_match("湾里 30亿 ab").terms)]
    assert marks == ["ＡＢ", "灣裡", "30亿"]


@given(st.text(max_size=400), CROWDED)
def test_a_snippet_is_a_piece_of_its_text(text: str, query: str) -> None:
    piece = snippet(text, zh_match(query).terms, width=40)
    assert len(piece.text) <= 40
    assert all(0 <= a < b <= len(piece.text) for a, b in piece.spans)


def test_a_snippet_shows_the_window_with_most_terms() -> None:
    text = "云澜。" + "无关的话，" * 60 + "前一句。云澜区公布规划方案。" + "后文" * 80
    piece = snippet(text, ("云澜", "规划"), width=30)
    assert piece.text.startswith("云澜区公布规划方案")
    assert [piece.text[a:b] for a, b in piece.spans] == ["云澜", "规划"]
    assert piece.cut_before
    assert piece.cut_after
