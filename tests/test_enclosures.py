"""What articles lead to: the queue, whatever comes first, parts that are joined, and what a takedown leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from archive import migrations
from archive.crawl import queue, runs
from archive.exchange.warc import write_warc
from archive.index import register
from archive.intake.enclosures import file_name
from archive.intake.imports import import_paths
from archive.intake.take import settle, take
from archive.search.ask import Filters, search
from archive.stages import attachments
from archive.stages.attachments import read_pending
from archive.store import Archive, open_archive
from archive.upkeep.rebuild import reprocess
from archive.upkeep.takedown import restore, take_down
from cli import main
from scraper.items import Role, Snapshot
from tests import kept
from tests import made_files as made

PDF = made.pdf(["北礁灯塔补助名册"])
FILE = f"{kept.SITE}/files/%E5%90%8D%E5%86%8C.pdf"
WHERE = kept.district()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        yield opened


def cover(number: int = 1, *links: tuple[str, str], later: float = 0, said: str = "") -> Snapshot:
    """Announcement ``number``, whose body is a cover note with links to files (address, name)."""
    page = kept.page(number, later=later)
    files = "".join(f'<p><a href="{url}">{name}</a></p>' for url, name in links or [(FILE, "补助名册.pdf")])
    body = f"<p>现将名册予以公布，详见附件。{said}</p>{files}"
    html = kept.html(number)
    start, end = html.index('<div id="zoom">') + 15, html.index('</div></div>\n<div class="foot">')
    return replace(page, body=(html[:start] + body + html[end:]).encode())


def file(
    body: bytes = PDF,
    url: str = FILE,
    *,
    later: float = 60,
    status: int = 200,
    role: Role = "attachment",
    said: str = "application/pdf",
) -> Snapshot:
    headers = (("Content-Type", said), ("ETag", f'"{len(body)}"'))
    moment = kept.MORNING + timedelta(seconds=later)
    column = kept.NOTICES.name
    return Snapshot(url, body, moment, status, headers, role, "yunlan", column, url, "补助名册.pdf")


def shown(archive: Archive) -> list[tuple[object, ...]]:
    columns = "name, url, state, reason, kind, bytes, pages, text"
    return archive.db.execute(f"SELECT {columns} FROM attachments ORDER BY article_key, position").fetchall()


def due(archive: Archive) -> list[tuple[str, str, str]]:
    return [(one.role, one.url, one.etag) for one in queue.enclosures_due(archive.db.conn, "yunlan")]


def found(archive: Archive, query: str, files: bool = False) -> list[tuple[str, str, str]]:
    hits = search(archive.db.conn, query, Filters(files=files)).hits
    return [(hit.title, hit.attachment, hit.snippet.text) for hit in hits]


def state(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """All that two archives of the same responses must have alike."""
    tables = {
        "enclosures": "url, article_key, role, position, name, state, reason, sha256, fetched_at, etag",
        "enclosed": "*",
        "files": "sha256, state, reason, kind, media_type, pages, title, flags, text",
        "attached_text": "*",
        "articles": "id, key, title, body, attachments, flags, first_captured_at, changed_at",
        "captures": "url, role, captured_at, outcome, article_key, content",
    }
    return {
        name: archive.db.execute(f"SELECT {columns} FROM {name} ORDER BY 1, 2").fetchall()
        for name, columns in tables.items()
    }


def test_a_link_waits_is_kept_read_and_found(archive: Archive) -> None:
    kept.crawl(archive, cover())
    assert [row[:4] for row in shown(archive)] == [("补助名册.pdf", FILE, "waiting", "")]
    assert due(archive) == [("attachment", FILE, "")]
    kept.crawl(archive, file())
    assert due(archive) == [] and shown(archive)[0][2] == "waiting"
    assert attachments.pending(archive) == 1 and found(archive, "灯塔") == []
    assert read_pending(archive) == 1 and read_pending(archive) == 0
    row = shown(archive)[0]
    assert row[2:] == ("text", "", "pdf", len(PDF), 1, "北礁灯塔补助名册")
    assert found(archive, "灯塔 公布") == [(kept.title(1), "补助名册.pdf", "北礁灯塔补助名册")]
    assert (
        found(archive, "灯塔", files=True) and not found(archive, "灯塔 -北礁") and found(archive, "公布")[0][1] == ""
    )


def test_a_file_that_came_before_its_article_is_taken_up(archive: Archive) -> None:
    first = [file(later=0), cover()]
    kept.crawl(archive, *first)
    assert due(archive) == [] and read_pending(archive) == 1
    assert [row[2] for row in shown(archive)] == ["text"]


def test_robots_txt_is_nobodys_attachment(archive: Archive) -> None:
    robots = f"{kept.SITE}/robots.txt"
    kept.crawl(archive, file(b"User-agent: *", robots, later=0, said="text/plain"), cover(1, (robots, "规则.txt")))
    assert archive.db.execute("SELECT count(*) FROM enclosure_captures").fetchone() == (0,)
    assert archive.db.execute("SELECT count(*) FROM files").fetchone() == (0,)


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (file(b"<html><body>404</body></html>", status=404, said="text/html"), "failed", "HTTP 404"),
        (file(b"<html><body><p>" + b"x" * 900 + b"</p></body></html>", said="text/html"), "failed", "a web page"),
        (
            file(
                b"<html><head><title>x</title></head><body>\xe6\x82\xa8\xe7\x9a\x84\xe8\xae\xbf\xe9\x97\xae\xe8\xa2"
                b"\xab\xe6\x8b\xa6\xe6\x88\xaa</body></html>",
                said="text/html",
            ),
            "blocked",
            "waf",
        ),
        (file(b""), "blocked", "empty"),
    ],
)
def test_an_answer_that_is_no_file_is_tried_again(archive: Archive, answer: Snapshot, state: str, reason: str) -> None:
    kept.crawl(archive, cover(), answer)
    row = archive.db.execute("SELECT state, reason, tries, sha256 FROM enclosures").fetchone()
    assert (row[0], row[2], row[3]) == (state, 1, "") and row[1].startswith(reason)
    assert due(archive) == [("attachment", FILE, "")]  # the next run asks again
    assert archive.db.execute("SELECT count(*) FROM files").fetchone() == (0,)


@pytest.mark.parametrize(
    ("said", "url", "name"),
    [
        ("attachment; filename*=UTF-8''%E5%90%8D%E5%86%8C.pdf; filename=x.pdf", "/d?id=1", "名册.pdf"),
        ('attachment; filename="%C3%FB%B2%E1.pdf"', "/d?id=1", "名册.pdf"),
        ('attachment;filename="名册 1.pdf"'.encode().decode("latin-1"), "/d?id=1", "名册 1.pdf"),
        ("inline; filename=名册.pdf".encode("gb18030").decode("latin-1"), "/d?id=1", "名册.pdf"),
        ("", "/f/%C3%FB%B2%E1.doc", "名册.doc"),
        ("attachment", "/f/%E5%90%8D%E5%86%8C.doc", "名册.doc"),
        ("", "/", ""),
    ],
)
def test_names_by_servers_and_addresses(said: str, url: str, name: str) -> None:
    one = file(url=kept.SITE + url)
    assert file_name(replace(one, headers=(("Content-Disposition", said),))) == name


def test_a_link_without_words_is_called_what_its_file_is(archive: Archive) -> None:
    kept.crawl(archive, cover(1, (FILE, "")))
    assert shown(archive)[0][0] == ""
    kept.crawl(archive, file())
    assert shown(archive)[0][0] == "名册.pdf"


def test_a_web_page_saved_as_a_word_document_is_one(archive: Archive) -> None:
    page = "<html xmlns:o='urn'><body><p>北礁灯塔</p></body></html>".encode()
    kept.crawl(archive, cover(), file(page, said="application/msword"))
    read_pending(archive)
    assert shown(archive)[0][2] == "text" and found(archive, "北礁灯塔")


def test_a_file_of_two_articles_is_one_and_stays_for_the_second(archive: Archive) -> None:
    kept.crawl(archive, cover(1), cover(2), file())
    assert len(due(archive)) == 0 and archive.db.execute("SELECT count(*) FROM files").fetchone() == (1,)
    read_pending(archive)
    assert len(found(archive, "灯塔")) == 2
    take_down(archive, kept.url(2), "应要求")
    assert [hit[0] for hit in found(archive, "灯塔")] == [kept.title(1)]
    take_down(archive, kept.url(1), "应要求")
    for table in ("files", "attached_text", "enclosures", "enclosed"):
        assert archive.db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table
    assert archive.db.execute("SELECT DISTINCT file_name FROM enclosure_captures").fetchall() == [("",)]
    assert restore(archive, kept.url(1), [WHERE]) and attachments.pending(archive) == 1
    read_pending(archive)
    assert [hit[0] for hit in found(archive, "灯塔")] == [kept.title(1)]
    archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")


def test_it_is_asked_for_again_only_when_its_article_changed(archive: Archive) -> None:
    kept.crawl(archive, cover(), file())
    assert kept.crawl(archive, cover(later=500)) == ["unchanged"] and due(archive) == []
    assert kept.crawl(archive, cover(later=900, said="另附说明。")) == ["updated"]
    assert due(archive) == [("attachment", FILE, f'"{len(PDF)}"')]
    queue.enclosure_unchanged(archive.write(), FILE)
    archive.commit()
    assert due(archive) == [] and read_pending(archive) == 1
    # Again changed, and now with another file: the old text goes, the new one is found.
    kept.crawl(archive, cover(later=1000, said="又附。"), file(made.pdf(["南湾灯塔"]), later=1100))
    read_pending(archive)
    assert found(archive, "北礁灯塔") == [] and len(found(archive, "南湾灯塔")) == 1
    assert archive.db.execute("SELECT count(*) FROM files").fetchone() == (1,)
    archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")


def test_a_link_that_goes_takes_its_text_along(archive: Archive) -> None:
    other = f"{kept.SITE}/files/2.pdf"
    kept.crawl(archive, cover(), file())
    read_pending(archive)
    kept.crawl(archive, cover(1, (other, "新名册.pdf"), later=500))
    assert [row[:3] for row in shown(archive)] == [("新名册.pdf", other, "waiting")] and not found(archive, "北礁")
    assert archive.db.execute("SELECT count(*) FROM files").fetchone() == (0,)


def test_files_on_other_sites_are_told_and_not_asked_for(archive: Archive) -> None:
    near, far = "https://files.yunlan.example.cn/a.pdf", "https://elsewhere.test/b.pdf"
    kept.crawl(archive, cover(1, (near, "近"), (far, "远")))
    assert [row[1] for row in due(archive)] == [near]
    assert [row[2] for row in shown(archive)] == ["waiting", "elsewhere"]


def test_pictures_count_where_the_body_is_short(archive: Archive) -> None:
    short, long = cover(1), kept.page(2)
    picture = '<p><img src="/t/1.png"></p>'
    short = replace(short, body=short.body.replace(b"</p></div>", f"</p>{picture}</div>".encode()))
    long = replace(long, body=long.body.replace(b"</p></div>", f"</p>{picture}</div>".encode()))
    kept.crawl(archive, short, long, file(made.png(1240, 1754), f"{kept.SITE}/t/1.png", said="image/png"))
    read_pending(archive)
    told = [(row[1], row[2], row[3]) for row in shown(archive)]
    assert told == [(FILE, "waiting", ""), (f"{kept.SITE}/t/1.png", "no_text", "a picture of 1240 x 1754 pixels")]


def test_private_numbers_in_files_are_masked(archive: Archive) -> None:
    rows: list[list[str | float]] = [["姓名", "身份证", "电话"], ["沈知秋", "320498199001011234", 13800001234.0]]
    kept.crawl(archive, cover(), file(made.xlsx({"一": rows})))
    read_pending(archive)
    assert shown(archive)[0][7] == "姓名\t身份证\t电话\n沈知秋\t320498************\t138****1234"


def test_imports_and_rebuilds_end_the_same(archive: Archive, tmp_path: Path) -> None:
    met = [
        cover(),
        file(),
        cover(2, (FILE, "同一名册"), (f"{kept.SITE}/f/2.docx", "说明")),
        file(made.docx("南湾灯塔"), f"{kept.SITE}/f/2.docx"),
        cover(later=500, said="改。"),
        file(later=600),
    ]
    kept.crawl(archive, *met)
    read_pending(archive)
    before = state(archive)
    reprocess(archive, [WHERE])
    assert read_pending(archive) == 0 and state(archive) == before
    with open_archive(tmp_path / "other.db") as other:
        run = runs.begin(other, "import")
        for one in reversed(met):
            take(other, replace(one, role="other") if one.role == "attachment" else one, run=run, catalogue=[WHERE])
        runs.finish(other, run)
        read_pending(other)
        again = state(other)
        same = ("files", "attached_text", "enclosed")
        assert {name: again[name] for name in same} == {name: before[name] for name in same}
        assert [row[:5] + row[7:9] for row in again["enclosures"]] == [
            row[:5] + row[7:9] for row in before["enclosures"]
        ]


def test_an_export_brings_the_files_along(archive: Archive, tmp_path: Path) -> None:
    kept.crawl(archive, cover(), file(), part_page(3, 0, "首页。", later=0), part_page(3, 1, "次页海堤。", later=9))
    read_pending(archive)
    write_warc(archive, tmp_path / "all.warc.gz")
    with open_archive(tmp_path / "other.db") as other:
        import_paths(other, [tmp_path / "all.warc.gz"], [WHERE])
        assert read_pending(other) == 1
        alike = ("enclosed", "files", "attached_text", "articles")
        mine, theirs = state(archive), state(other)
        assert {name: theirs[name] for name in alike} == {name: mine[name] for name in alike}


def test_an_older_archive_gets_its_index_anew(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    db = Database(path)
    register(db.conn)
    migrations.archive.apply(db, stop_before="008_enclosures")
    names = 'id, key, url, district, "column", title, body, attachments, family, sha256, snapshot_id'
    for number, files in ((1, "[]"), (2, '[{"url": "http://x.test/a.pdf", "text": "a"}]')):
        values = (
            number,
            f"{number:016x}",
            f"http://x.test/{number}",
            "yunlan",
            "公告",
            "灯塔",
            "正文",
            files,
            "",
            "",
            0,
        )
        db.conn.execute(
            f"INSERT INTO articles ({names}, first_captured_at, captured_at) VALUES ({', '.join('?' * 11)}, '', '')",
            values,
        )
    db.conn.commit()
    db.close()
    with open_archive(path) as archive:
        assert [hit.id for hit in search(archive.db.conn, "灯塔 正文").hits] == [2, 1]
        assert [hit.id for hit in search(archive.db.conn, "灯塔", Filters(files=True)).hits] == [2]
        archive.write().execute("UPDATE articles SET attachments = '[]', title = '海堤' WHERE id = 2")
        archive.write().execute("DELETE FROM articles WHERE id = 1")
        archive.commit()
        assert not search(archive.db.conn, "灯塔").hits and not search(archive.db.conn, "", Filters(files=True)).hits
        archive.db.execute("INSERT INTO articles_fts(articles_fts) VALUES ('integrity-check')")


def test_reading_goes_on_where_it_was_stopped(archive: Archive) -> None:
    files = [(f"{kept.SITE}/f/{n}.pdf", f"{n}") for n in range(4)]
    kept.crawl(archive, cover(1, *files), *(file(made.pdf([f"灯塔{n}号"]), url) for n, (url, _) in enumerate(files)))

    def stop(done: int, total: int) -> None:
        assert total == 4
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_pending(archive, stop)
    assert attachments.pending(archive) == 2 and len(found(archive, "灯塔")) == 1
    assert read_pending(archive) == 2 and read_pending(archive) == 0
    assert found(archive, "灯塔3号")[0][1] == "3"


def test_other_rules_read_the_files_again(archive: Archive) -> None:
    kept.crawl(archive, cover(), file())
    read_pending(archive)
    archive.write().execute("UPDATE files SET rules_version = '0'")
    archive.commit()
    assert read_pending(archive, outdated=False) == 0 and read_pending(archive) == 1


def test_the_verbs_read_files_and_say_where_a_hit_is_from(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    with open_archive(path) as archive:
        kept.crawl(archive, cover(), file())
    runner, order = CliRunner(), ["--archive", str(path)]
    for told in ("1 files read", "0 files read"):
        assert told in runner.invoke(main, [*order, "reprocess", "--stage", "attachments"]).output
    found = json.loads(runner.invoke(main, [*order, "search", "北礁灯塔", "--json"]).stdout)
    assert (found["attachment"], found["snippet"]) == ("补助名册.pdf", "北礁灯塔补助名册")


def test_a_damaged_file_is_said_to_be(archive: Archive) -> None:
    kept.crawl(archive, cover(), file(made.pdf(["灯塔"] * 9)))
    archive.snapshots.conn.execute("UPDATE bodies SET data = zeroblob(60) WHERE id = 2")
    archive.snapshots.conn.commit()
    read_pending(archive)
    assert shown(archive)[0][2:4] == ("broken", "its stored bytes are damaged")


def part_page(number: int, page: int, text: str, *, later: float, pages: int = 2) -> Snapshot:
    """Page ``page`` (0 is the first) of an announcement in several, with a TRS pager."""
    html = kept.html(number, text)
    pager = f'<script>createPageHTML({pages}, {page}, "{number:05d}", "html");</script>'
    html = html.replace('</div></div>\n<div class="foot">', f'</div>{pager}</div>\n<div class="foot">')
    url = kept.url(number).replace(".html", f"_{page}.html") if page else kept.url(number)
    first = kept.page(number, later=later)
    role: Role = "part" if page else "article"
    return replace(first, url=url, requested_url=url, body=html.encode(), role=role)


def body(archive: Archive, number: int = 1) -> str:
    return str(archive.db.execute("SELECT body FROM articles WHERE url = ?", (kept.url(number),)).fetchone()[0])


def test_a_part_is_joined_without_a_second_article_or_a_change(archive: Archive) -> None:
    first = part_page(1, 0, "首页灯塔。", later=0)
    second = part_page(1, 1, "次页海堤。", later=10)
    run = runs.begin(archive, "crawl", WHERE)
    assert take(archive, first, run=run, catalogue=[WHERE]) == "archived"
    if not due(archive):
        pytest.skip("no family of this tree names following parts of such a page")
    assert due(archive) == [("part", second.url, "")]
    assert take(archive, second, run=run, catalogue=[WHERE]) == "other"
    runs.finish(archive, run)
    assert "首页灯塔" in body(archive) and "次页海堤" in body(archive)
    assert kept.counts(archive, run) == {"archived": 1} and due(archive) == []
    row = archive.db.execute("SELECT count(*), max(changed_at) FROM articles").fetchone()
    assert row == (1, None)
    before = state(archive)
    reprocess(archive, [WHERE])
    assert state(archive) == before
    settle(archive, 2, second, run=None, catalogue=[WHERE])
    archive.commit()
    assert state(archive) == before
    assert kept.crawl(archive, part_page(1, 0, "首页灯塔。", later=900)) == ["unchanged"]
