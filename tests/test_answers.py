"""Answers of list interfaces and the addresses that ask for them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.items import Snapshot
from scraper.pages.answers import asked, is_answer, loaded, more, number, parameters, turned
from scraper.urls import as_request, form_of, posted
from tests.listpages import CAPTURED

SEARCH = "http://www.wutang.gov.cn/info_open/search"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("\ufeff\n [1, 2]", [1, 2]),
        ('callback({"a": 1});', {"a": 1}),
        (' jQuery1102_9.show( {"a": [1]} )\n', {"a": [1]}),
        ("<html><body>{}</body></html>", None),
        ("{broken", None),
        ("callback(not json)", None),
        ("[" * 100_000, None),
        ("", None),
    ],
)
def test_loaded(text: str, value: object) -> None:
    assert loaded(text) == value


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists) | st.text())
def test_any_text_is_loaded_or_none(value: object) -> None:
    text = json.dumps(value)
    assert loaded(text) == (value if text[:1] in "[{" else None)
    assert loaded(f"f({text})") == loaded(text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('\ufeff  {"data": 1}', True),
        ("[]", True),
        ("<?xml version='1.0'?><datastore>", True),
        ("<datastore>\n<record>", True),
        ("<!DOCTYPE html><html>", False),
        ("<li><a href='/1.html'>", False),
        ("", False),
    ],
)
def test_is_answer(text: str, answer: bool) -> None:
    assert is_answer(text) is answer


def test_number_takes_the_outermost_of_the_first_name() -> None:
    value = {"code": 200, "data": {"total": "44", "page": {"total": 9}, "rows": [{"count": 1}]}, "Count": 3}
    assert number(value, "total") == 44
    assert number(value, "count", "total") == 3
    assert number(value, "pages", "totalpage") is None
    assert number({"total": True, "data": {"total": "many"}}, "total") is None
    assert number([{"total": 1}], "total") is None  # rows are no answer


@pytest.mark.parametrize(
    ("page", "held", "total", "size", "going"),
    [
        (1, 15, 31, 15, True),
        (2, 15, 31, 15, True),
        (3, 1, 31, 15, False),
        (2, 4, 31, 15, True),  # neither full nor the rest: a server's own, smaller page
        (1, 15, 15, 15, False),
        (1, 20, 31, 50, True),  # a server that gives fewer than were asked for
        (2, 11, 31, 0, True),  # without a size one more request finds the end
        (2, 15, 30, 15, False),
        (4, 0, 310, 15, False),
    ],
)
def test_more(page: int, held: int, total: int, size: int, going: bool) -> None:
    assert more(page, held, total, size) is going


def test_turned_changes_a_parameter_where_it_stands() -> None:
    address = posted(f"{SEARCH}?pageSize=20", {"pageIndex": "1", "channelIds": "37764", "title": ""})
    following = turned(address, {"pageIndex": "2", "pageSize": "15"})
    assert as_request(following) == (f"{SEARCH}?pageSize=15", "pageIndex=2&channelIds=37764&title=")
    assert turned("http://a.gov.cn/x?page=1&sid=7", {"page": "2"}) == "http://a.gov.cn/x?page=2&sid=7"


def test_a_fragment_is_never_sent() -> None:
    address = posted(SEARCH, {"pageIndex": "1"}) + "#/zwgk/index_2.shtml"
    assert as_request(address) == (SEARCH, "pageIndex=1")
    assert form_of(address) == {"pageIndex": "1"}
    assert parameters(address) == {"pageIndex": "1"}
    assert parameters("http://a.gov.cn/x?page=3&k=#top") == {"page": "3", "k": ""}


def test_asked_is_the_form_that_was_posted() -> None:
    address = posted(SEARCH, {"pageIndex": "4"})
    assert asked(Snapshot(SEARCH, b"", CAPTURED, requested_url=address)) == address
    assert asked(Snapshot(SEARCH, b"", CAPTURED, requested_url="http://old.gov.cn/")) == SEARCH
