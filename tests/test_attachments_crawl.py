"""Attached files from a real server: fetched after the pages, once, whatever the server makes of it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from archive.search.ask import search
from archive.stages.attachments import read_pending
from archive.store import open_archive
from scraper.catalogue import Column, District
from scraper.manners import Attachments
from tests import made_files as made
from tests.county.server import BOMB, HUGE, RESET, SHORT, STALL, WAF_SHELL, County, redirect
from tests.county.site import Page, Site
from tests.nights import counts, night, rows

NAME = "北礁灯塔补助名册"
PDF = made.pdf([NAME, "共计二十座"])
LIST = """<html><head><meta charset="utf-8"><title>通知公告</title></head>
<body><ul class="list">{rows}</ul></body></html>"""
PAGE = """<html><head><meta charset="utf-8"><title>{title}-青岬县人民政府</title>
<meta name="SiteName" content="青岬县人民政府"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2026-10-{day:02d} 09:00"><meta name="ContentSource" content="县航标站"></head>
<body><h1>{title}</h1><div class="info">发布日期：2026-10-{day:02d}　来源：县航标站</div>
<div id="zoom"><p>现将有关名册予以公布，详见附件，请各单位认真核对，如有出入请及时告知县航标站。{said}</p>{links}</div>
</body></html>"""


@dataclass
class Harbour(Site):
    """青岬县: one column, an announcement for each set of files."""

    notices: list[dict[str, str]] = field(default_factory=list)
    files: dict[str, Page] = field(default_factory=dict)
    said: str = ""
    front: bytes = b""  # the first announcement's page, where it is in several parts

    def title(self, n: int) -> str:
        return f"关于公布灯塔名册第{n}号的通知{'（修订）' if self.said else ''}"

    def get(self, path: str) -> Page | None:
        if path == "/tz/":
            listed = "".join(
                f'<li><a href="/tz/t202610{n + 10:02d}_{10000 + n}.html">{self.title(n)}</a>'
                f"<span>2026-10-{n + 10:02d}</span></li>"
                for n in reversed(range(len(self.notices)))
            )
            return Page(LIST.format(rows=listed).encode())
        if path in self.files:
            return self.files[path]
        if path.startswith("/tz/t"):
            if self.front:
                return Page(self.front)
            n = int(path.rpartition("_")[2].removesuffix(".html")) - 10000
            links = "".join(f'<p><a href="{url}">{name}</a></p>' for url, name in self.notices[n].items())
            return Page(PAGE.format(title=self.title(n), day=n + 10, said=self.said, links=links).encode())
        return None


def qingjia(county: County, **changes: object) -> District:
    columns = (Column("通知公告", f"{county.url}/tz/"),)
    made_up = District("qingjia", "青岬县", "990102", county.url, columns, delay=0.0)
    return replace(made_up, **changes)  # type: ignore[arg-type]


def states(folder: Path) -> dict[str, tuple[object, ...]]:
    """Name of an attachment -> what is said of it."""
    with open_archive(folder / "archive.db") as archive:
        read_pending(archive)
    found = rows(
        folder, "SELECT name, state, reason, coalesce(text, '') FROM attachments ORDER BY article_key, position"
    )
    return {str(name): tuple(rest) for name, *rest in found}


def test_files_of_all_kinds_and_names_are_brought_and_found(tmp_path: Path) -> None:
    gbk, utf8 = quote("名册".encode("gb18030")) + ".doc", quote("名册（修订）") + ".xlsx"
    links = {f"/f/{gbk}": "名册.doc", f"/f/{utf8}": "名册（修订）.xlsx", "/down?id=7&n=a.zip": "包.zip"}
    harbour = Harbour(notices=[links])
    office = "application/octet-stream"
    harbour.files[f"/f/{gbk}"] = Page(made.WORD97, office)
    harbour.files[f"/f/{utf8}"] = Page(made.xlsx({"一": [["南湾灯塔", 8.0]]}), "text/plain")
    harbour.files["/down?id=7&n=a.zip"] = Page(made.packed_by_windows("清单.pdf", PDF), "application/zip")
    for packed in (False, True):
        with County(site=harbour, gzip=packed, validators=True) as county:
            folder = tmp_path / str(packed)
            folder.mkdir()
            end = night(folder, qingjia(county))
            assert end.reason == "finished" and counts(folder) == {"seen": 1, "archived": 1}
            found = states(folder)
            assert {name: state for name, (state, *_) in found.items()} == dict.fromkeys(links.values(), "text")
            assert "航标站" in str(found["名册.doc"][2]) and found["名册（修订）.xlsx"][2] == "南湾灯塔\t8"
            assert str(found["包.zip"][2]).startswith("【清单.pdf】\n北礁灯塔补助名册")
            with open_archive(folder / "archive.db") as archive:
                (hit,) = search(archive.db.conn, "共计二十座").hits
            assert hit.attachment == "包.zip"
            # Pages first, then files, each once; the second night asks for none.
            asked = [one.path for one in county.log if one.path.startswith(("/tz/t", "/f/", "/down"))]
            assert len(asked) == 4 and asked[0].startswith("/tz/t")
            county.log.clear()
            night(folder, qingjia(county))
            assert county.asked("/(f/|down).*") == []


def test_a_changed_article_has_its_files_asked_for_with_validators(tmp_path: Path) -> None:
    harbour = Harbour(notices=[{"/f/a.pdf": "a"}], files={"/f/a.pdf": Page(PDF, "application/pdf")})
    with County(site=harbour, validators=True) as county:
        night(tmp_path, qingjia(county))
        assert len(county.asked("/f/.*")) == 1
        harbour.said = "本通知已修订。"
        night(tmp_path, qingjia(county))
        assert counts(tmp_path) == {"seen": 1, "updated": 1}
        asked = county.asked("/f/.*")
        assert [one.status for one in asked] == [200, 304] and "If-None-Match" in asked[1].headers
        assert states(tmp_path)["a"][0] == "text"
        assert rows(tmp_path, "SELECT state FROM enclosures") == [("unchanged",)]


def test_what_servers_answer_in_place_of_a_file(tmp_path: Path) -> None:
    names = ["gone", "waf", "reset", "short", "huge", "bomb", "moved", "away", "forbidden", "good"]
    harbour = Harbour(
        notices=[{f"/f/{name}.pdf": name for name in names[:5]}, {f"/f/{name}.pdf": name for name in names[5:]}]
    )
    harbour.files |= {f"/f/{name}.pdf": Page(PDF, "application/pdf") for name in ("good", "short", "new")}
    harbour.notices[1]["/admin/x.pdf"] = harbour.notices[1].pop("/f/forbidden.pdf")
    with County(site=harbour) as county:
        county.faults |= {
            "/f/waf.pdf": WAF_SHELL,
            "/f/reset.pdf": RESET,
            "/f/short.pdf": SHORT,
            "/f/huge.pdf": HUGE,
            "/f/bomb.pdf": BOMB,
            "/f/moved.pdf": redirect("/f/new.pdf"),
            "/f/away.pdf": redirect("http://elsewhere.test/a.pdf"),
        }
        end = night(tmp_path, qingjia(county, attachments=Attachments(largest=5_000_000)), retry_times=0)
        assert end.reason == "finished" and counts(tmp_path) == {"seen": 2, "archived": 2}
        found = states(tmp_path)
        assert {name: said[0] for name, said in found.items()} == {
            "gone": "failed",
            "waf": "blocked",
            "reset": "failed",
            "short": "failed",
            "huge": "too_large",
            "bomb": "too_large",
            "moved": "text",
            "away": "failed",
            "forbidden": "forbidden",
            "good": "text",
        }
        assert found["gone"][1] == "HTTP 404" and found["waf"][1] == "waf"
        assert "robots.txt" in str(found["forbidden"][1]) and "larger" in str(found["huge"][1])
        before = len(county.asked("/f/(huge|bomb).*"))
        county.faults.clear()
        night(tmp_path, qingjia(county), retry_times=0)
        found = states(tmp_path)
        assert len(county.asked("/f/(huge|bomb).*")) == before  # asked once, never again
        assert (found["short"][0], found["reset"][0], found["gone"][0]) == ("text", "failed", "failed")


def test_a_file_that_never_ends_is_given_up_for_this_night(tmp_path: Path) -> None:
    harbour = Harbour(notices=[{"/f/stall.pdf": "停"}])
    with County(site=harbour, faults={"/f/stall.pdf": STALL}) as county:
        night(tmp_path, qingjia(county), download_timeout=0.3, retry_times=0)
        assert counts(tmp_path) == {"seen": 1, "archived": 1}
        assert states(tmp_path)["停"][:2][0] == "failed"


def test_a_district_may_leave_files_out(tmp_path: Path) -> None:
    harbour = Harbour(notices=[{"/f/a.pdf": "a"}], files={"/f/a.pdf": Page(PDF, "application/pdf")})
    with County(site=harbour) as county:
        night(tmp_path, qingjia(county, attachments=Attachments(fetch=False)))
        assert county.asked("/f/.*") == [] and states(tmp_path)["a"][0] == "waiting"
        night(tmp_path, qingjia(county))
        assert states(tmp_path)["a"][0] == "text"


def test_an_article_in_parts_is_joined_in_the_same_night(tmp_path: Path) -> None:
    first, second = "/tz/t20261010_10000.html", "/tz/t20261010_10000_1.html"
    harbour = Harbour(notices=[{"/f/a.pdf": "a"}], files={"/f/a.pdf": Page(PDF, "application/pdf")})
    page = harbour.get(first)
    assert page is not None
    pager = '<script>createPageHTML(2, {at}, "t20261010_10000", "html");</script></body>'
    one = page.body.decode().replace("</body>", pager.format(at=0))
    two = page.body.decode().replace("/f/a.pdf", "/f/b.pdf").replace("现将有关名册予以公布", "次页续写海堤事项")
    harbour.files |= {"/f/b.pdf": Page(made.docx("海堤名册"), "application/msword")}
    harbour.files[second] = Page(two.replace("</body>", pager.format(at=1)).encode())
    harbour.front = one.encode()
    with County(site=harbour) as county:
        night(tmp_path, qingjia(county))
        assert counts(tmp_path) == {"seen": 1, "archived": 1}
        ((body, flags, changed),) = rows(tmp_path, "SELECT body, flags, changed_at FROM articles")
        assert "予以公布" in str(body) and "次页续写海堤" in str(body) and changed is None
        assert "parts_missing" not in str(flags)
        assert {name: said[0] for name, said in states(tmp_path).items()} == {"a": "text"}
        files = {
            str(url).rpartition("/")[2]: state for url, state in rows(tmp_path, "SELECT url, state FROM attachments")
        }
        assert files == {"a.pdf": "text", "b.pdf": "text"}  # also those of the second page
        county.log.clear()
        night(tmp_path, qingjia(county))
        assert counts(tmp_path) == {"seen": 1, "unchanged": 1} and not county.asked("/tz/t.*|/f/.*")


KILLED = """
import sys
from pathlib import Path
from tests.test_attachments_crawl import *
county = County.__new__(County); county.port = int(sys.argv[2])
night(Path(sys.argv[1]), qingjia(county))
with open_archive(Path(sys.argv[1]) / "archive.db") as archive:
    read_pending(archive)
"""


def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    links = {f"/f/{n}.pdf": f"第{n}号" for n in range(12)}
    harbour = Harbour(
        notices=[links], files={url: Page(made.pdf([name]), "application/pdf") for url, name in links.items()}
    )
    with County(site=harbour) as county:
        for pause in (1.1, 1.5):
            command = [sys.executable, "-c", KILLED, str(tmp_path), str(county.port)]
            process = subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
            time.sleep(pause)
            process.kill()
            process.wait()
        night(tmp_path, qingjia(county))
        found = states(tmp_path)
        assert {name: text for name, (_, _, text) in found.items()} == {name: name for name in links.values()}
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT url) FROM articles") == [(1, 1)]
    assert rows(tmp_path, "SELECT count(*) FROM enclosures WHERE state != 'stored'") == [(0,)]
    with open_archive(tmp_path / "archive.db") as archive:
        archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")
