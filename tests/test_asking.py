from __future__ import annotations

from scrapy import Request

from scraper.catalogue import Column
from scraper.spiders.asking import conditional, list_request, page_request
from scraper.spiders.memory import Wanted
from scraper.urls import posted

SITE = "https://www.yunlan.example.cn"
COLUMN = Column("公示公告", f"{SITE}/gg/index.html")


def back(*_: object) -> None:
    """A callback that is never called here."""


def listed(address: str, column: Column = COLUMN, **more: object) -> Request:
    given = {"arguments": {}, **more}
    return list_request(address, column, back, back, **given)  # type: ignore[arg-type]


def header(request: Request, name: str) -> str | None:
    value = request.headers.get(name)
    return value.decode() if value else None


def test_a_column_s_own_page_is_asked_for_as_a_reader_would() -> None:
    request = listed(COLUMN.url, validators=('"a"', "Wed, 01 Apr 2026 00:00:00 GMT"))
    assert (request.method, request.url, request.body) == ("GET", COLUMN.url, b"")
    assert header(request, "If-None-Match") == '"a"' and header(request, "If-Modified-Since")
    assert header(request, "Referer") is None and header(request, "X-Requested-With") is None
    assert request.meta == {"role": "list", "column": "公示公告"}


def test_the_next_page_beside_it_too() -> None:
    assert header(listed(f"{SITE}/gg/index_2.html"), "X-Requested-With") is None


def test_what_a_script_asks_for_is_asked_as_the_script_does() -> None:
    request = listed(f"{SITE}/module/web/jpage/dataproxy.jsp?page=2")
    assert (header(request, "Referer"), header(request, "X-Requested-With")) == (COLUMN.url, "XMLHttpRequest")


def test_a_form_is_posted() -> None:
    address = posted(f"{SITE}/gg/search", {"page": "2", "name": "公告"})
    request = listed(address)
    assert (request.method, request.url) == ("POST", f"{SITE}/gg/search")
    assert request.body == b"page=2&name=%E5%85%AC%E5%91%8A"
    assert (header(request, "Content-Type") or "").startswith("application/x-www-form-urlencoded")
    assert header(request, "X-Requested-With") == "XMLHttpRequest" and request.meta["address"] == address
    own = Column("公示公告", address)
    assert header(listed(address, own), "Referer") is None


def test_an_empty_form_is_posted_as_well() -> None:
    request = listed(posted(f"{SITE}/gg/all", {}))
    assert (request.method, request.url, request.body) == ("POST", f"{SITE}/gg/all", b"")


def test_only_articles_and_lists_of_a_column_of_scripts_are_rendered() -> None:
    article, file = Wanted(f"{SITE}/1.html", "公示公告"), Wanted(f"{SITE}/1.pdf", "公示公告", role="attachment")
    assert page_request(article, back, back, render=True).meta["render"] is True
    assert "render" not in page_request(article, back, back).meta
    request = page_request(file, back, back, render=True, largest=5_000)
    assert request.meta == {"role": "attachment", "column": "公示公告", "download_maxsize": 5_000}
    assert listed(COLUMN.url, Column("公示公告", COLUMN.url, render=True)).meta["render"] is True


def test_validators_that_are_not_known_are_not_sent() -> None:
    assert conditional("", "") == {}
