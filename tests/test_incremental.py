"""What a night asks for, of servers that answer oddly: liars, forms, files on other hosts, lists that move."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from archive.crawl.lists import TRUST
from archive.snapshots import stamp
from archive.store import open_archive
from scraper.catalogue import Column, District
from scraper.manners import Attachments
from scraper.spiders.trouble import IN_A_ROW
from scraper.urls import posted
from tests import kept
from tests.nights import counts, night, rows

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Asked:
    path: str
    method: str
    headers: dict[str, str]
    body: str
    status: int


@dataclass
class Site:
    """Addresses -> what answers them. A page may be a function of the request."""

    pages: dict[str, bytes | Callable[[Asked], Answer]] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self, start: str = "/") -> list[str]:
        return [one.path for one in self.log if one.path.startswith(start) and one.path != "/robots.txt"]

    def district(self, *columns: Column, **more: object) -> District:
        given = columns or (Column("公示公告", f"{self.url}/gg/"),)
        return District("yunlan", "云澜区", "329901", self.url, given, delay=0.0, **more)  # type: ignore[arg-type]


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            asked = Asked(self.path, self.command, dict(self.headers), body, 404)
            found.log.append(asked)
            page = found.pages.get(self.path)
            answer: Answer = (
                (404, {}, b"") if page is None else (200, {}, page) if isinstance(page, bytes) else page(asked)
            )
            asked.status = answer[0]
            self.send_response(answer[0])
            for name, value in {"Content-Type": "text/html; charset=utf-8", **answer[1]}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer[2])))
            self.end_headers()
            self.wfile.write(answer[2])

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """The test keeps its own log."""

    with serving("127.0.0.1", 0, Handler) as found.port, serving("127.0.0.2", found.port, Handler):
        yield found


@contextmanager
def serving(address: str, port: int, handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Serves in a thread; gives the port."""
    server = ThreadingHTTPServer((address, port), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def listing(*numbers: int, following: str = "") -> bytes:
    """A list page as the generic reader knows it."""
    items = "".join(
        f'<li><a href="/html/2026/{n:05d}.html">{kept.title(n)}</a><span>{kept.day(n)}</span></li>' for n in numbers
    )
    onward = f'<div class="page"><a href="{following}">下一页</a></div>' if following else ""
    return f"<html><body><div class='list'><ul>{items}</ul></div>{onward}</body></html>".encode()


def publish(site: Site, *numbers: int, said: str = "") -> None:
    for number in numbers:
        site.pages[f"/html/2026/{number:05d}.html"] = kept.html(number, said).encode()


def test_a_second_night_of_a_site_without_validators_fetches_lists_only(site: Site, tmp_path: Path) -> None:
    publish(site, *range(1, 9))
    site.pages["/gg/"] = listing(*range(8, 0, -1))
    night(tmp_path, site.district())
    assert counts(tmp_path) == {"seen": 8, "archived": 8}
    site.log.clear()
    night(tmp_path, site.district())
    assert site.paths() == ["/gg/"] and counts(tmp_path) == {"seen": 8, "unchanged": 8}
    assert rows(tmp_path, "SELECT requests FROM runs ORDER BY id") == [(10,), (2,)]


def test_requests_for_a_new_article_in_the_long_run(site: Site, tmp_path: Path) -> None:
    """Two columns, one of them quiet: list requests with validators count as requests."""
    publish(site, *range(1, 60))

    def column(numbers: list[int]) -> Callable[[Asked], Answer]:
        def page(asked: Asked) -> Answer:
            etag = f'"{numbers[0]}"'
            if asked.headers.get("If-None-Match") == etag:
                return 304, {"ETag": etag}, b""
            return 200, {"ETag": etag}, listing(*numbers)

        return page

    columns = (Column("公示公告", f"{site.url}/gg/"), Column("政务要闻", f"{site.url}/xw/"))
    site.pages["/xw/"] = column([59, 58, 57])
    for turn in range(4):
        top = 20 + 6 * turn
        site.pages["/gg/"] = column(list(range(top, top - 15, -1)))
        night(tmp_path, site.district(*columns))
    found = rows(tmp_path, "SELECT requests, archived FROM runs ORDER BY id")[1:]
    assert [new for _, new in found] == [6, 6, 6]
    assert all(int(str(made)) / int(str(new)) <= 1.6 for made, new in found), found


def test_a_server_that_says_304_for_a_changed_list_is_found_out(site: Site, tmp_path: Path) -> None:
    publish(site, *range(1, 9))
    now = [list(range(5, 0, -1))]

    def lying(asked: Asked) -> Answer:
        if asked.headers.get("If-None-Match"):
            return 304, {"ETag": '"always"'}, b""
        return 200, {"ETag": '"always"'}, listing(*now[0])

    site.pages["/gg/"] = lying
    night(tmp_path, site.district())
    now[0] = list(range(8, 0, -1))
    assert night(tmp_path, site.district()).columns[0].outcome == "unchanged"
    with open_archive(tmp_path / "archive.db") as archive:  # time passes
        archive.write().execute("UPDATE lists SET fetched_at = ?", (stamp(kept.MORNING - TRUST),))
    night(tmp_path, site.district())
    assert counts(tmp_path)["archived"] == 3
    now[0] = [9, *now[0]]
    publish(site, 9)
    night(tmp_path, site.district())  # the same validators for other bytes: not believed any more
    assert counts(tmp_path)["archived"] == 1


def test_a_new_etag_on_the_same_bytes_is_no_change(site: Site, tmp_path: Path) -> None:
    turn = iter(range(1000))

    def restless(body: bytes) -> Callable[[Asked], Answer]:
        return lambda _: (200, {"ETag": f'"{next(turn)}"'}, body)

    site.pages["/html/2026/00001.html"] = restless(kept.html(1).encode())
    site.pages["/gg/"] = restless(listing(1))
    night(tmp_path, site.district())
    site.pages["/gg/"] = restless(listing(1).replace("通告".encode(), "通告（续）".encode()))
    night(tmp_path, site.district())
    assert site.paths("/html") == ["/html/2026/00001.html"] * 2  # its row has changed
    assert counts(tmp_path) == {"seen": 1, "unchanged": 1}
    assert rows(tmp_path, "SELECT count(*) FROM articles WHERE changed_at IS NOT NULL") == [(0,)]


def test_a_list_that_is_asked_for_with_a_form(site: Site, tmp_path: Path) -> None:
    publish(site, 1, 2, 3)
    site.pages["/search/query"] = listing(3, 2, 1)
    column = Column("公示公告", posted(f"{site.url}/search/query", {"channel": "公告", "page": "1"}))
    end = night(tmp_path, site.district(column))
    (asked,) = [one for one in site.log if one.path == "/search/query"]
    assert asked.method == "POST" and asked.body == "channel=%E5%85%AC%E5%91%8A&page=1"
    assert asked.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert "X-Requested-With" not in asked.headers  # it is the column's own address
    assert end.columns[0].outcome == "ok" and counts(tmp_path)["archived"] == 3
    assert ("list", column.url) in rows(tmp_path, "SELECT role, url FROM fetches")
    with open_archive(tmp_path / "archive.db") as archive:
        kept_list = [archive.snapshots.get(number) for number in archive.snapshots.numbers()][1]
    assert kept_list.requested_url == column.url


def test_attachments_come_last_and_fail_on_their_own(site: Site, tmp_path: Path) -> None:
    publish(site, 2)
    links = '<p><a href="/files/a.pdf">附件1：名单.pdf</a></p><p><a href="/files/b.pdf">附件2：表.pdf</a></p>'
    site.pages["/html/2026/00001.html"] = kept.html(1).replace("</div></div>", f"{links}</div></div>", 1).encode()
    site.pages["/gg/"] = listing(2, 1)
    site.pages["/files/a.pdf"] = lambda _: (
        200,
        {"Content-Type": "application/pdf", "ETag": '"a"'},
        b"%PDF-1.4 made up %%EOF",
    )
    night(tmp_path, site.district())
    assert site.paths()[-2:] == ["/files/a.pdf", "/files/b.pdf"]
    found = {str(url): state for url, state in rows(tmp_path, "SELECT requested_url, state FROM enclosures")}
    assert found == {f"{site.url}/files/a.pdf": "stored", f"{site.url}/files/b.pdf": "failed"}
    assert counts(tmp_path) == {"seen": 2, "archived": 2}  # files are no pages
    assert ("attachment", 200) in rows(tmp_path, "SELECT role, status FROM fetches WHERE url LIKE '%a.pdf'")
    site.log.clear()
    night(tmp_path, site.district())
    assert site.paths() == ["/gg/", "/files/b.pdf"]
    assert rows(tmp_path, "SELECT tries FROM enclosures WHERE requested_url LIKE '%b.pdf'") == [(2,)]
    site.log.clear()
    night(tmp_path, site.district())
    assert site.paths() == ["/gg/"]  # not due before an hour has passed


def test_a_district_that_wants_no_files_asks_for_none(site: Site, tmp_path: Path) -> None:
    link = '<p><a href="/files/a.pdf">附件1：名单.pdf</a></p>'
    site.pages["/html/2026/00001.html"] = kept.html(1).replace("</div></div>", f"{link}</div></div>", 1).encode()
    site.pages["/gg/"] = listing(1)
    night(tmp_path, site.district(attachments=Attachments(fetch=False)))
    assert site.paths("/files") == []


def test_what_moves_between_pages_while_they_are_read_comes_with_the_next_night(site: Site, tmp_path: Path) -> None:
    publish(site, *range(1, 40))
    district = site.district()
    site.pages["/gg/"] = listing(*range(15, 0, -1))
    night(tmp_path, district)
    site.pages["/gg/index_1.html"] = listing(*range(14, 0, -1))

    def first(_: Asked) -> Answer:
        # Once it is read, a row of it is deleted: 15, the first of the second page, moves up to the end of this one.
        return 200, {}, listing(*range(30, 15, -1), following="/gg/index_1.html")

    site.pages["/gg/"] = first
    night(tmp_path, district)
    assert counts(tmp_path)["archived"] == 15
    # 16 … 30 are known, and what moved stands on the second page: the next night looks as deep.
    site.pages["/gg/"] = listing(*range(30, 15, -1), following="/gg/index_1.html")
    site.pages["/gg/index_1.html"] = listing(35, *range(15, 0, -1))
    site.log.clear()
    night(tmp_path, district)
    assert site.paths() == ["/gg/", "/gg/index_1.html", "/html/2026/00035.html"]
    site.log.clear()
    night(tmp_path, district)
    assert site.paths() == ["/gg/"]


def test_a_kill_between_list_and_page_does_not_lose_a_change(site: Site, tmp_path: Path) -> None:
    from archive.crawl import runs
    from archive.crawl.ledger import Ledger
    from scraper.items import ListPage, Row

    publish(site, 1)
    site.pages["/gg/"] = listing(1)
    night(tmp_path, district := site.district())
    with open_archive(tmp_path / "archive.db") as archive:
        run = runs.begin(archive, "crawl", district)
        row = Row(f"{site.url}/html/2026/00001.html", kept.title(1) + "（更正）", kept.day(1))
        assert len(Ledger(archive, run).listed(district.columns[0], ListPage((row,)), (row,)).wanted) == 1
        runs.finish(archive, run, 137)
    publish(site, 1, said="安排有更正，以此为准。")
    site.pages["/gg/"] = listing(1).replace(kept.title(1).encode(), (kept.title(1) + "（更正）").encode())
    night(tmp_path, district)
    assert counts(tmp_path) == {"seen": 1, "updated": 1}


def test_a_page_that_was_not_there_twice_is_the_end_of_the_list(site: Site, tmp_path: Path) -> None:
    """2026-11: gkmlpt names more pages than it has. Once may be an accident: then the column counts as not read."""
    publish(site, *range(1, 11))
    site.pages["/gg/"] = listing(*range(10, 5, -1), following="/gg/index_2.html")
    outcomes = "SELECT outcome, note FROM column_runs ORDER BY run_id DESC LIMIT 1"
    night(tmp_path, site.district(), dibao_since="2000-01-01")
    assert [outcome for outcome, _ in rows(tmp_path, outcomes)] == ["failed"]
    night(tmp_path, site.district())
    ((outcome, note),) = rows(tmp_path, outcomes)
    assert outcome == "ok" and "list page 2 answers HTTP 404, as before" in str(note)
    assert rows(tmp_path, "SELECT done_at IS NOT NULL FROM backfills") == [(1,)]
    site.log.clear()
    night(tmp_path, site.district())
    assert site.paths() == ["/gg/"]


def test_of_a_list_cut_in_its_middle_nothing_is_taken(site: Site, tmp_path: Path) -> None:
    """What it lacks would be hidden for good. Three times in a row it is a page without an end."""
    publish(site, 1, 2, 3)
    whole = listing(3, 2, 1)
    half = whole[: whole.index(b"</li>") + 5]
    outcomes = "SELECT outcome, note FROM column_runs ORDER BY run_id DESC LIMIT 1"
    site.pages["/gg/"] = lambda _: (200, {"ETag": '"1"'}, half)
    for _ in range(2):
        night(tmp_path, site.district())
        assert rows(tmp_path, outcomes) == [("failed", f"cut: it ends in its middle (list page 1: {site.url}/gg/)")]
    site.pages["/gg/"] = lambda _: (200, {"ETag": '"1"'}, whole)
    night(tmp_path, site.district())
    assert rows(tmp_path, outcomes) == [("ok", "")] and counts(tmp_path) == {"seen": 3, "archived": 3}
    assert rows(tmp_path, "SELECT etag, lies FROM lists") == [('"1"', 0)]
    for outcome in ("failed", "failed", "ok"):
        site.pages["/gg/"] = half
        night(tmp_path, site.district())
        assert rows(tmp_path, outcomes)[0][0] == outcome


def test_a_page_cut_in_its_middle_is_asked_for_in_a_later_night(site: Site, tmp_path: Path) -> None:
    """Its Content-Length agrees, only its end is missing. The same bytes once more are all that is to be had."""
    publish(site, 1, 2)
    whole = site.pages["/html/2026/00001.html"]
    assert isinstance(whole, bytes)
    site.pages["/html/2026/00001.html"] = site.pages["/html/2026/00002.html"] = half = whole[: -len("</html>") - 30]
    assert b"</body" not in half
    site.pages["/gg/"] = listing(2, 1)
    night(tmp_path, site.district())
    assert counts(tmp_path) == {"seen": 2, "unreadable": 2}
    assert rows(tmp_path, "SELECT DISTINCT reason FROM pages") == [("cut: it ends in its middle",)]
    site.pages["/html/2026/00001.html"] = whole
    night(tmp_path, site.district())
    found = {str(url)[-6]: json.loads(str(flags)) for url, flags in rows(tmp_path, "SELECT url, flags FROM articles")}
    assert set(found) == {"1", "2"} and "cut_off" in found["2"] and "cut_off" not in found["1"]


def test_another_host_that_refuses_is_left_alone(site: Site, tmp_path: Path) -> None:
    """After some files in a row the rest wait; the crawl of the district goes on to its end."""
    links = "".join(f'<p><a href="http://127.0.0.2:{site.port}/{n}.pdf">附件{n}.pdf</a></p>' for n in range(9))
    site.pages |= {f"/{n}.pdf": lambda _: (403, {}, b"refused") for n in range(9)}
    site.pages["/html/2026/00001.html"] = kept.html(1).replace("</div></div>", f"{links}</div></div>", 1).encode()
    site.pages["/gg/"] = listing(1)
    end = night(tmp_path, site.district(allowed_hosts=("127.0.0.2",)))
    assert end.reason == "finished"
    ((blocked, waiting),) = rows(tmp_path, "SELECT sum(state = 'blocked'), sum(state = 'waiting') FROM enclosures")
    assert blocked in (IN_A_ROW, IN_A_ROW + 1) and waiting == 9 - int(str(blocked))  # one may be under way
