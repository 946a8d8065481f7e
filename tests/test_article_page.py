"""An announcement's page: what became of it, marks, copies, versions, captures, citations; hostile text; plans."""

from __future__ import annotations

import json
import random
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from archive import articles
from archive.pages import copies, reading, said, standing
from archive.pages.said import Row
from archive.stages.facts import describe_pending
from archive.stages.presence import judge_pending
from archive.stages.relations import relate_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, open_archive
from archive.upkeep.takedown import take_down
from pipelines.article import Article
from pipelines.versions import Said
from scraper.items import Snapshot
from scraper.urls import key
from tests import kept
from tests.reposts.kinds import COPIES, number_edited, round_up
from tests.reposts.originals import original
from tests.test_facts import VISIT, made
from tests.test_relations import article as repost
from tests.test_versions import TEXT
from tests.test_web import links, site, texts, tree
from web.article import LONG
from web.body import blocks
from web.marking import leads, marked_blocks, marks, part
from web.sides import rows, stretches
from web.words import memento

DAY = 86_400.0
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)><style>*{display:none}</style>"
    '</textarea><a href="javascript:alert(1)">a</a>"\' onmouseover=alert(1) {{7*7}}'
)
Get = Callable[..., Any]


def page(number: int, days: float, *lines: str) -> Snapshot:
    one = kept.page(number, later=days * DAY)
    html = one.body.decode()
    start = html.index('<div id="zoom">')
    said = "".join(f"<p>{line}</p>" for line in lines)
    return replace(
        one, body=(html[:start] + f'<div id="zoom">{said}' + html[html.index("</div></div>", start) :]).encode()
    )


SECOND = tuple(line.replace("3200万元", "3800万元").replace("11月6日", "11月5日") for line in TEXT)
THIRD = (*(line.replace("沈砚秋", "陆明澈") for line in SECOND), "会议要求，各单位于12月31日前上报落实情况，不得拖延。")
EDITED, REMOVED, PLAIN, MISSED = (key(kept.url(number)) for number in (2, 3, 4, 5))
LONGEST = "\n".join(TEXT * 300)


def everything(path: Path) -> None:
    """Announcements that were edited, removed, reposted; a long one, an empty one, one with all there is to mark."""
    here = (kept.district(),)
    with open_archive(path) as archive:
        kept.crawl(archive, page(2, 0, *TEXT), kept.page(3), kept.page(4), kept.page(5))
        kept.crawl(archive, page(2, 3, *SECOND), kept.answer(3, 404, later=5 * DAY))
        kept.crawl(archive, page(2, 9, *THIRD), kept.answer(3, 410, later=6 * DAY), kept.answer(5, 404, later=DAY))
        kept.crawl(archive, kept.answer(3, 404, later=9 * DAY))
        for number, one in enumerate([*_reposts(), *_others()], 1000):
            articles.put(archive, one, number)
        archive.commit()
        describe_pending(archive)
        relate_pending(archive)
        compare_pending(archive, here)
        judge_pending(archive)


def _reposts() -> Iterator[Article]:
    text, chance = original(4), random.Random(3)
    for number, change in enumerate([*COPIES.values(), number_edited]):
        one = repost(number, change(text, chance), date(2026, 3, 1 + number))
        yield replace(one, source="云澜日报" if number else "区融媒体中心")
    yield repost(90, round_up([text, original(5), original(6)], chance), date(2026, 4, 3))


def _others() -> Iterator[Article]:
    yield made(1, LONGEST)
    yield made(2, "")
    yield replace(made(3, "现予印发。"), document_number="云政发〔2026〕7号", issuer="云澜区人民政府")
    table = "序号\t项目\t金额\n1\t青岬街道改造\t30万元\n2\t柳浦村改造\t40万元"
    yield made(4, f"{VISIT}\n• 云澜区教育局牵头\n{table}\n会议由云澜区人民政府办公室承办。")


MARKED, EMPTY, CITED, HUGE = (made(number, "").key for number in (4, 2, 3, 1))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "archive.db"
    everything(path)
    return path


@pytest.fixture(scope="module")
def get(path: Path) -> Get:
    return site(path)


def asked(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute(sql, values).fetchall()


# -- what became of it


def test_an_edited_one_says_so_first(get: Get) -> None:
    response = get(f"/a/{EDITED}")
    (told,) = texts(response, "article > header .standing")
    assert "收录后有修改，2 次，其中实质修改 2 次，最近一次见于 2026-04-10 09:00" in told
    assert texts(response, ".standing .flag") == ["人名"]
    assert f"/a/{EDITED}/diff" in links(response, ".standing a")
    assert texts(response, ".versions > li")[-1] == "2026-04-01 09:00 首次收录"
    assert [link for link in links(response, ".versions a") if "/v/" in link] == [
        f"/a/{EDITED}/v/{number}" for number in (3, 2, 1)
    ]
    assert "Edited since it was archived, 2 times" in texts(get(f"/a/{EDITED}?lang=en"), ".standing")[0]


def test_a_removed_one_says_since_when_and_why(get: Get) -> None:
    (told,) = texts(get(f"/a/{REMOVED}"), ".standing")
    assert told.startswith("已从原网站移除，确认于 2026-04-10 09:00，首次未见于 2026-04-06 09:00")
    number = re.search(r"响应编号 (\d+) · HTTP 404", told)
    assert number
    assert [re.split(" ", one, maxsplit=2)[2].split(" ")[0] for one in texts(get(f"/a/{REMOVED}"), ".standing li")] == [
        "在原址",
        "最近一次访问时不在原址",
        "疑似已被移除",
        "已从原网站移除",
    ]
    assert "一次不见不说明什么" in texts(get(f"/a/{MISSED}"), ".standing")[0]


def test_one_that_is_where_it_was_says_nothing(get: Get) -> None:
    response = get(f"/a/{PLAIN}")
    assert not texts(response, ".standing") and not texts(response, "#versions")


@pytest.mark.parametrize(
    ("state", "note", "told"), [("moved", PLAIN, "已移到别的网址"), ("archived", "2026-01-05", "网站已将其归档")]
)
def test_moved_and_archived_ones_say_where_and_when(
    tmp_path: Path, path: Path, state: str, note: str, told: str
) -> None:
    get = site(_copy(path, tmp_path, f"UPDATE states SET state = '{state}', note = '{note}' WHERE state = 'missing'"))
    response = get(f"/a/{MISSED}")
    assert told in texts(response, ".standing")[0]
    assert (f"/a/{PLAIN}" in links(response, ".standing a")) if state == "moved" else "2026-01-05" in response.text


def _copy(path: Path, folder: Path, *statements: str) -> Path:
    copy = folder / "archive.db"
    with open_archive(path) as archive:
        archive.db.execute("VACUUM INTO ?", (str(copy),))
    with open_archive(copy) as archive:
        for statement in statements:
            archive.write().execute(statement)
        archive.commit()
    return copy


# -- marks and evidence


def test_what_is_known_is_marked_and_leads_on(get: Get) -> None:
    response = get(f"/a/{MARKED}")
    assert texts(response, ".body .person") == ["顾清源", "沈知秋", "陆闻舟"]
    assert links(response, ".body .person")[0] == "/person/yunlan/顾清源"
    assert texts(response, ".body .money") == ["2.4亿元", "30万元", "40万元"]
    assert texts(response, ".body td .money") == ["30万元", "40万元"]
    assert tree(response).css(".body time.date")[0].attributes["datetime"] == "2026-03-04"
    documents = dict(zip(texts(response, ".body .document"), links(response, ".body .document"), strict=True))
    assert documents["云政发〔2026〕7号"] == "/document/云政发〔2026〕7号"
    assert documents["《云澜区城市更新条例》"] == "/?q=%22云澜区城市更新条例%22"
    assert any(unquote(link).startswith('/?q="云澜区教育局') for link in links(response, ".body .organisation"))
    assert texts(response, ".legend .f") == ["人物", "机构", "地点", "金额", "日期", "文件"]
    plain = [" ".join(text.split()) for text in texts(get(f"/a/{MARKED}?marks=0"), ".body p, .body li, .body td")]
    assert plain == texts(response, ".body p, .body li, .body td")


def test_marks_go_at_a_switch_and_never_the_text(get: Get) -> None:
    response = get(f"/a/{MARKED}")
    switch = tree(response).css_first("#marks.switch + .legend ~ .body")
    assert switch is not None
    assert not texts(get(f"/a/{MARKED}?marks=0"), ".body .f, #marks")
    hit = get(f"/a/{MARKED}?q=清源赴青岬")
    assert "".join(texts(hit, ".body mark")) == "清源赴青岬"


def test_overlapping_marks_keep_the_longest_and_every_character(get: Get) -> None:
    body = "云澜区教育局　\n  甲\t云澜区\n• 云澜区 "
    every = [
        Row(kind, "值", "", "", "", start, end)
        for kind, start, end in [
            ("place", 0, 3),
            ("organisation", 0, 6),
            ("place", 12, 15),
            ("date", 1, 9),
            ("person", 4, 4),
            ("title", 0, 2),
        ]
    ]
    found = marked_blocks(body, ("区教",), marks(every), leads("yunlan", {}))
    plain = blocks(body)
    flat = [
        "".join(text for one in cell for text, _ in one.pieces)
        for block in found
        for line in block.lines
        for cell in line
    ]
    assert flat == ["".join(text for text, _ in cell) for block in plain for line in block.lines for cell in line]
    assert [one.kind for block in found for line in block.lines for cell in line for one in cell if one.kind] == [
        "place"
    ]
    assert part('甲/乙 &"#%') == "甲%2F乙%20%26%22%23%25"


def test_a_field_shows_its_rule_and_its_sentence(get: Get) -> None:
    response = get(f"/a/{EDITED}")
    fields = dict(zip(texts(response, ".fields dt"), texts(response, ".fields dd"), strict=False))
    assert fields["来源"].startswith("云澜区人民政府办公室") and "取自 line:来源" in fields["来源"]
    assert tree(get(f"/a/{MARKED}")).css(".said li details summary")
    assert VISIT.split("\n")[0] in texts(get(f"/a/{MARKED}"), ".said q")


# -- copies


def test_copies_are_listed_the_earliest_first_against_it(get: Get, path: Path) -> None:
    (head,) = asked(path, "SELECT cluster FROM clusters GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")[0]
    every = [row[0] for row in asked(path, "SELECT article_key FROM clusters WHERE cluster = ? ORDER BY id", head)]
    assert len(every) > 5
    response = get(f"/a/{every[1]}")
    assert texts(response, "#copies h2")[0] == f"同一内容另见 {len(every) - 1} 处"
    shown = [link for link in links(response, "#copies ol a") if "diff" not in link]
    assert shown == [f"/a/{one}" for one in every if one != every[1]]
    assert "最早" in texts(response, "#copies ol > li")[0]
    assert "本文自称来源：云澜日报，最早一篇署：区融媒体中心" in texts(response, "#copies .fine")[0]
    added = [row[0] for row in asked(path, "SELECT added FROM clusters WHERE cluster = ? AND added > 0", head)]
    assert added and all(f"多 {number} 字" in texts(response, "#copies ol")[0] for number in added)
    against = get(f"/a/{every[1]}/diff?with={head}")
    assert against.status_code == 200 and texts(against, "h1") == ["两篇对照"]


def test_variants_show_the_clauses_that_differ(get: Get, path: Path) -> None:
    ((one, other, changed),) = asked(
        path, "SELECT article_key, other_key, changed FROM relations WHERE kind = 'variant' AND changed != '[]'"
    )[:1]
    response = get(f"/a/{one}")
    (earlier, later), *_ = json.loads(changed)
    assert texts(response, "#copies .pairs td")[:2] == [later, earlier]
    assert f"/a/{other}" in links(response, "#copies ul a")
    assert texts(get(f"/a/{other}"), "#copies .pairs td")[:2] == [earlier, later]
    ((holder, held),) = asked(path, "SELECT article_key, other_key FROM relations WHERE kind = 'container'")
    assert "摘录本文" in texts(get(f"/a/{holder}"), "#copies ul")[0]
    assert "包含本文" in texts(get(f"/a/{held}"), "#copies ul")[0]


# -- versions


@pytest.mark.parametrize("view", ["", "&view=side"])
def test_two_versions_beside_each_other(get: Get, view: str) -> None:
    response = get(f"/a/{EDITED}/diff?from=1&to=3{view}")
    assert {"3200", "沈砚秋", "6"} <= set(texts(response, ".text del"))
    assert {"3800", "陆明澈", "5", THIRD[-1]} <= set(texts(response, ".text ins"))
    assert texts(response, ".text .flag") == ["日期", "人名", "数字"]
    assert [node.attributes["value"] for node in tree(response).css("option[selected]")] == ["1", "3"]
    last = get(f"/a/{EDITED}/diff")
    assert set(texts(last, ".text del")) == {"沈砚秋"}
    assert texts(last, ".text details.same summary") == ["未变的段落 1"] or "不变" not in last.text


def test_a_version_s_own_text(get: Get) -> None:
    assert "3200万元" in get(f"/a/{EDITED}/v/1").text
    assert "3200万元" not in get(f"/a/{EDITED}/v/2").text
    assert "档案所存的最新版本" in get(f"/a/{EDITED}/v/3").text
    assert get(f"/a/{PLAIN}/v/1").headers["location"] == f"/a/{PLAIN}"


@pytest.mark.parametrize(
    "address",
    ["{edited}/v/4", "{edited}/v/0", "{edited}/diff?from=1&to=9", "{plain}/diff", "{edited}/diff?with=" + "0" * 16],
)
def test_versions_that_are_not_there(get: Get, address: str) -> None:
    assert get("/a/" + address.format(edited=EDITED, plain=PLAIN)).status_code == 404


def test_paragraphs_of_two_texts() -> None:
    before = Said("题", {}, ("甲段第一句。甲段第二句话。", "乙段全部要删去的一句话。", "丙段。", "丁段。", "戊段。"))
    after = Said("题", {}, ("甲段第一句。", "丙段。", "丁段。", "戊段。", "己段是新加的一句话。"))
    found = rows(before, after)
    assert ["".join(text for _, text in row.pieces) for row in found] == [*before.lines, after.lines[-1]]
    assert [row.changed for row in found] == [True, True, False, False, False, True]
    assert [(len(one.rows), one.folded) for one in stretches(found)] == [(3, False), (1, True), (2, False)]
    assert rows(before, before) == rows(before, before, ()) and not any(row.changed for row in rows(before, before))


# -- citing and evidence


def test_it_can_be_cited_in_every_form(get: Get) -> None:
    permalink = f"http://localhost/a/{CITED}"
    ris = get(f"/a/{CITED}.ris")
    (entry,) = rispy.loads(ris.text)
    assert entry["title"] == "第3条消息的题目" and permalink in entry["notes"][0]
    assert ris.headers["content-type"].startswith("application/x-research-info-systems")
    assert ris.headers["content-disposition"] == f'attachment; filename="dibao-{CITED}.ris"'
    assert parse_string(get(f"/a/{CITED}.bib").text).entries[0].fields_dict["url"].value.endswith("/3.html")
    (item,) = get(f"/a/{CITED}.csl.json").json()
    assert item["number"] == "云政发〔2026〕7号" and item["author"] == [{"literal": "云澜区人民政府"}]
    assert texts(get(f"/a/{CITED}"), ".plaintext") == [get(f"/a/{CITED}.txt").text.strip()]


def test_zotero_finds_it(get: Get) -> None:
    response = get(f"/a/{CITED}")
    shown = {node.attributes["name"]: node.attributes["content"] for node in tree(response).css("meta[name]")}
    assert shown["citation_title"] == shown["DC.title"] == "第3条消息的题目"
    assert (shown["citation_author"], shown["citation_publication_date"]) == ("云澜区人民政府", "2026/03/05")
    (server,) = links(response, "link[rel=unapi-server]")
    wanted = tree(response).css("abbr.unapi-id")[0].attributes["title"]
    formats = get(f"{server}?id={wanted}")
    assert formats.status_code == 300
    names = re.findall(r'format name="([\w-]+)"', formats.text)
    assert names == re.findall(r'format name="([\w-]+)"', get(server).text) and "ris" in names
    for name in names:
        assert get(f"{server}?id={wanted}&format={name}").status_code == 200
    assert get(f"{server}?id={wanted}&format=nothing").status_code == 406
    assert get(f"{server}?id=/a/{'0' * 16}&format=ris").status_code == 404
    assert links(response, "link[rel=canonical]") == [f"http://localhost/a/{CITED}"]
    assert links(response, "link[type='application/atom+xml']")[0].startswith("/feed.atom?district=yunlan&column=")


def test_captures_stand_with_their_place_in_the_chain(get: Get, path: Path) -> None:
    response = get(f"/a/{EDITED}")
    cells = texts(response, ".captures td")
    assert cells[:5] == ["2026-04-10 09:00", "更新", "200", cells[3], "#3"] and len(cells) == 15
    assert list(links(response, ".captures a")) == [f"/archive/chain/{number}" for number in (3, 2, 1)]
    assert get("/archive/chain/3").status_code == 200
    archived = [link for link in links(response, "#evidence a") if link.startswith("https://web.archive.org/web/")]
    assert archived == [f"https://web.archive.org/web/20260410010002/{kept.url(2)}"]
    assert memento("javascript:alert(1)", "2026-04-10T01:00:02+00:00") == memento(kept.url(2), "") == ""


def test_previous_and_next_are_of_its_column(get: Get, path: Path) -> None:
    ((newer,),) = asked(path, "SELECT key FROM articles WHERE \"column\" = '公示公告' ORDER BY id DESC LIMIT 1")
    seen, following = [], [f"/a/{newer}"]
    while following:
        response = get(following[0])
        seen.append(following[0].rpartition("/")[2])
        following = [link for link in links(response, ".paging a") if link.rpartition("/")[2] not in seen]
    assert seen == [
        one for (one,) in asked(path, "SELECT key FROM articles WHERE \"column\" = '公示公告' ORDER BY id DESC")
    ]


def test_all_of_it_as_json(get: Get) -> None:
    data = get(f"/a/{EDITED}.json").json()
    assert data["title"] == kept.title(2) and data["body"] == "\n".join(THIRD)
    assert [one["kind"] for one in data["versions"]] == ["first", "substantive", "substantive"]
    assert {one["position"] for one in data["captures"]} == {1, 2, 3}
    assert any(fact["value"] == "陆明澈" and fact["rule"] for fact in data["facts"])
    assert get(f"/a/{REMOVED}.json").json()["state"] == "removed"
    assert get(f"/a/{'0' * 16}.json").status_code == 404


def test_a_very_long_and_an_empty_one(get: Get) -> None:
    response = get(f"/a/{HUGE}")
    assert len(response.content) < 150_000
    assert len(LONGEST) > LONG and "正文很长" in response.text
    assert len("".join(texts(get(f"/a/{HUGE}?all=1"), ".body p"))) == len(LONGEST.replace("\n", ""))
    assert "正文为空" in texts(get(f"/a/{EMPTY}"), ".body .note")[0]


# -- what must not happen


def test_what_is_taken_down_is_gone_from_every_part(tmp_path: Path, path: Path) -> None:
    copy = _copy(path, tmp_path)
    (head,) = asked(copy, "SELECT cluster FROM clusters GROUP BY 1 ORDER BY count(*) DESC LIMIT 1")[0]
    (other,) = asked(copy, "SELECT article_key FROM clusters WHERE cluster = ?1 AND article_key != ?1 LIMIT 1", head)[0]
    with open_archive(copy) as archive:
        title = archive.db.execute("SELECT title FROM articles WHERE key = ?", (head,)).fetchone()[0]
        take_down(archive, EDITED, "应要求")
        take_down(archive, head, "应要求")
        archive.commit()
        _put_back(archive, EDITED)
    get = site(copy)
    for rest in ("", ".json", ".ris", ".csl.json", "/diff", "/v/1", "/v/2", f"/diff?with={PLAIN}"):
        response = get(f"/a/{EDITED}{rest}")
        assert response.status_code == 410, rest
        assert "沈砚秋" not in response.text and kept.title(2) not in response.text
    assert get(f"/a/{PLAIN}/diff?with={EDITED}").status_code == 410
    assert get(f"/unapi?id=/a/{EDITED}&format=ris").status_code == 410
    assert f"/a/{head}" not in links(get(f"/a/{other}"), "a") and title


def _put_back(archive: Archive, gone: str) -> None:
    """As a fault would leave it: rows of what was taken down are there again, and must not be shown."""
    archive.write().execute(
        "INSERT INTO histories VALUES (?, 1, 2, 1, '2026-04-02T00:00:00+00:00', '2026-04-02T00:00:00+00:00')", (gone,)
    )
    archive.commit()


def test_hostile_content_does_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    evil = replace(
        made(1, f"{HOSTILE}\n• {HOSTILE}\n{HOSTILE}\t甲\n{'乙' * 40}"),
        title=HOSTILE,
        source=HOSTILE,
        url="javascript:alert(1)",
        issuer=HOSTILE,
        column=HOSTILE,
        site_name=HOSTILE,
        document_number=HOSTILE,
    )
    again = replace(evil, key=made(2, "").key, url="https://www.b.example.cn/2.html")
    version = json.dumps(
        {
            "title": HOSTILE,
            "fields": {"source": HOSTILE},
            "lines": [HOSTILE, "丙"],
            "files": [[HOSTILE, HOSTILE]],
            "pictures": [],
            "hashes": [],
        }
    )
    with open_archive(path) as archive:
        for number, one in enumerate((evil, again), 1):
            articles.put(archive, one, number)
        conn = archive.write()
        at = datetime.fromisoformat("2026-04-01T00:00:00+00:00").isoformat()
        for number, said_then in ((1, version), (2, version.replace("丙", HOSTILE.replace('"', "")))):
            row = (evil.key, 1, number, number, at, str(number), "substantive", json.dumps([HOSTILE]), said_then)
            conn.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        conn.execute("INSERT INTO histories VALUES (?, 1, 2, 1, ?, ?)", (evil.key, at, at))
        conn.execute(
            "INSERT INTO descriptions (article_key, kind, kind_rule, content, rules_version) VALUES (?, ?, '', '', '')",
            (evil.key, HOSTILE),
        )
        for number, kind in enumerate(("person", "organisation", "money", "date", "document_number", "cited_title")):
            value = HOSTILE if kind != "money" else "1"
            conn.execute(
                'INSERT INTO facts (article_key, ordinal, kind, value, raw, start, "end", rule, confidence,'
                " rules_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, '')",
                (evil.key, number, kind, value, HOSTILE[number * 9 :][:8], number * 9, number * 9 + 8, HOSTILE),
            )
        conn.execute(
            "INSERT INTO relations VALUES (?, ?, 'variant', 0.5, ?)",
            (again.key, evil.key, json.dumps([[HOSTILE, HOSTILE]])),
        )
        conn.execute("INSERT INTO states VALUES (?, 1, 'archived', ?, 0, ?)", (evil.key, at, HOSTILE))
        archive.commit()
        relate_pending(archive)
    get = site(path)
    pages = ["", "?q=" + "alert", "/diff?from=1&to=2", "/diff?view=side", "/v/1", f"/diff?with={again.key}"]
    for rest in pages:
        response = get(f"/a/{evil.key}{rest}")
        assert response.status_code == 200, rest
        found = tree(response)
        assert not found.css(
            "script, img, svg, iframe, style, textarea, [style], [onerror], [onload], [onmouseover]"
        ), rest
        assert not [link for link in links(response, "a[href]") if re.match(r"\s*(javascript|data|vbscript):", link)]
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert ">49<" not in response.text
    for rest in (".json", ".ris", ".bib", ".csl.json", ".txt"):
        response = get(f"/a/{evil.key}{rest}")
        assert (
            "html" not in response.headers["content-type"] and response.headers["x-content-type-options"] == "nosniff"
        )


# -- speed


def test_a_kept_connection_is_no_slower_than_a_new_one(path: Path) -> None:
    """2026-11: it was, by 44 ms a page: Nagle's delay (web/serve.py)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = f"from pathlib import Path; from web.serve import serve; serve(Path({str(path)!r}), {port})"
    with subprocess.Popen([sys.executable, "-c", code]) as server:
        try:
            for _ in range(100):
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                time.sleep(0.1)
            fresh = min(_seconds(port, 1)[0] for _ in range(6))
            assert min(_seconds(port, 6)[1:]) < 6 * fresh
        finally:
            server.terminate()
            assert server.wait(20) in (0, -15)


def _seconds(port: int, count: int) -> list[float]:
    """How long each of so many requests over one connection took."""
    found = []
    with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        for _ in range(count):
            start = time.perf_counter()
            connection.request("GET", "/-/versions.json")
            connection.getresponse().read()
            found.append(time.perf_counter() - start)
    return found


QUESTIONS = {
    "captures": reading.CAPTURES,
    "the one before": reading.NEIGHBOURS["older"],
    "the one after": reading.NEIGHBOURS["newer"],
    "facts": said.FACTS,
    "cited": said.CITED,
    "citing": said.CITED_BY,
    "states": standing.STATES,
    "edits": standing.EDITS,
    "last seen": standing.SEEN,
    "cluster": copies.HEAD,
    "how many copies": copies.COUNT,
    "copies": copies.COPIES,
    "alike": copies.ALIKE,
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_of_the_page_reads_a_whole_table(path: Path, question: str) -> None:
    sql = re.sub(r"\?\d*", "'1'", QUESTIONS[question])
    plan = [str(row[3]) for row in asked(path, f"EXPLAIN QUERY PLAN {sql}")]
    assert plan
    assert not [step for step in plan if re.match(r"SCAN (?!c$|CONSTANT|\(subquery|\d)", step)], plan
    if question.startswith("the one"):
        assert not [step for step in plan if "TEMP" in step] and any("articles_place" in step for step in plan)
