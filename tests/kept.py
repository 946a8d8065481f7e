"""A made-up district for tests of the archive: 云澜区, its columns and as many announcements as a test wants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from archive.crawl import runs
from archive.crawl.ledger import Ledger
from archive.crawl.runs import Run
from archive.intake.take import take
from archive.store import Archive
from scraper.catalogue import Column, District, Expect
from scraper.items import ListPage, Role, Row, Snapshot

SITE = "https://www.yunlan.example.cn"
NEWS = Column("政务要闻", f"{SITE}/xw/")
NOTICES = Column("公示公告", f"{SITE}/gg/")
MORNING = datetime(2026, 4, 1, 1, tzinfo=UTC)
NOTHING = Expect()
HEADERS = (("Server", "nginx"), ("Content-Type", "text/html; charset=utf-8"), ("Date", "Wed, 01 Apr 2026 01:00:00 GMT"))

_PLACES = ("青岬街道", "石泓镇", "柳浦村", "东篱社区", "云澜开发区", "白鹭湖")
_MATTERS = ("河道清淤工程", "老旧小区改造", "春季植树活动", "农贸市场搬迁", "公交线路调整", "防汛物资储备")


def district(slug: str = "yunlan", columns: Sequence[Column] = (NEWS, NOTICES), expect: Expect = NOTHING) -> District:
    return District(slug, "云澜区", "320498", SITE, tuple(columns), expect=expect)


def title(number: int) -> str:
    return f"关于{_PLACES[number % 6]}{_MATTERS[number // 6 % 6]}有关事项的通告第{number}号"


def url(number: int) -> str:
    return f"{SITE}/html/2026/{number:05d}.html"


def day(number: int) -> date:
    return date(2026, 3, 1) + timedelta(days=number % 28)


def html(number: int, said: str = "", published: date | None = None, source: str = "云澜区人民政府办公室") -> str:
    text = said or f"现将{_PLACES[number % 6]}{_MATTERS[number // 6 % 6]}的安排公布如下，请有关单位和居民予以配合。"
    paragraphs = "".join(f"<p>第{n}条　{text}联系人请致电第{number * 7 + n}号服务台。</p>" for n in range(1, 6))
    shown = published or day(number)
    menu = "".join(f'<li><a href="/lm/{n}/">{place}</a></li>' for n, place in enumerate(_PLACES * 4))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title(number)}-云澜区人民政府</title>
<meta name="SiteName" content="云澜区人民政府"><meta name="ArticleTitle" content="{title(number)}">
<meta name="PubDate" content="{shown} 09:30"><meta name="ContentSource" content="{source}"></head>
<body><div class="top"><ul>{menu}</ul></div><div class="main"><h1>{title(number)}</h1>
<div class="info">发布日期：{shown}　来源：{source}</div><div id="zoom">{paragraphs}</div></div>
<div class="foot">云澜区人民政府主办　网站标识码3204980001</div></body></html>"""


def page(
    number: int,
    said: str = "",
    *,
    later: float = 0,
    column: Column = NOTICES,
    role: Role = "article",
    slug: str = "yunlan",
    published: date | None = None,
) -> Snapshot:
    """Announcement ``number`` as captured ``later`` seconds after the others' turn."""
    return Snapshot(
        url=url(number),
        body=html(number, said, published).encode(),
        captured_at=MORNING + timedelta(seconds=number + later),
        headers=(*HEADERS, ("ETag", f'"{number:x}-{len(said)}"')),
        role=role,
        district=slug,
        column=column.name,
        requested_url=url(number),
        listed_title=title(number),
        listed_on=day(number),
    )


def answer(number: int, status: int, body: bytes = b"<html><body>404</body></html>", later: float = 0) -> Snapshot:
    moment = MORNING + timedelta(seconds=number + later)
    return Snapshot(url(number), body, moment, status, HEADERS, "article", "yunlan", NOTICES.name, url(number))


def list_page(number: int = 0, column: Column = NOTICES, body: str = "") -> Snapshot:
    text = f"<html><body><ul>{body or '<li>一</li>' * 50}</ul></body></html>"
    headers = (*HEADERS, ("ETag", f'"list-{number}"'), ("Last-Modified", "Wed, 01 Apr 2026 00:00:00 GMT"))
    return Snapshot(
        *(column.url, text.encode(), MORNING + timedelta(seconds=number), 200, headers, "list", "yunlan", column.name),
        requested_url=column.url,
    )


def rows(*numbers: int) -> tuple[Row, ...]:
    return tuple(Row(url(number), title(number), day(number)) for number in numbers)


def listed(ledger: Ledger, column: Column, *numbers: int) -> list[str]:
    """Lists some announcements; gives the addresses that are wanted."""
    found = rows(*numbers)
    return [wanted.url for wanted in ledger.listed(column, ListPage(found), found).wanted]


def crawl(archive: Archive, *snapshots: Snapshot, where: District | None = None) -> list[str]:
    """A whole run that meets these responses."""
    where = where or district()
    run = runs.begin(archive, "crawl", where)
    outcomes: list[str] = [take(archive, one, run=run, catalogue=(where,)) for one in snapshots]
    runs.finish(archive, run)
    return outcomes


def counts(archive: Archive, run: Run) -> dict[str, int]:
    """The counts of a run that are not zero; checks that they add up."""
    names = ("seen", *runs.COUNTS)
    row = archive.db.execute(f"SELECT {', '.join(names)} FROM runs WHERE id = ?", (run.id,)).fetchone()
    found = {name: int(value) for name, value in zip(names, row, strict=True) if value}
    assert found.pop("seen", 0) == sum(found.values())
    assert min(found.values(), default=0) >= 0
    return found
