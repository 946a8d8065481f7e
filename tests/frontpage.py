"""A made-up site in memory, as `dibao add` meets it: a home page in several styles, hubs, lists, articles."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from scraper.items import Snapshot

CAPTURED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ORIGIN = "https://www.qingjia.gov.cn"
NEWEST = date(2026, 11, 19)
SUBJECTS = ("冬季清淤", "渔港修缮", "村道养护", "校舍加固", "茶园防冻", "河岸植树", "水厂检修", "山林巡护")


def page(
    path: str, body: str, *, status: int = 200, headers: tuple[tuple[str, str], ...] = (), origin: str = ORIGIN
) -> Snapshot:
    return Snapshot(f"{origin}{path}", body.encode(), CAPTURED, status, headers)


def wrap(title: str, middle: str, *, column: str = "", kind: str = "", code: str = "3299990001", menu: str = "") -> str:
    """A page of the site, with META, menu and footer."""
    tags = f'<meta name="SiteName" content="青岬县人民政府"><meta name="SiteIDCode" content="{code}">' if code else ""
    if column:
        tags += f'<meta name="ColumnName" content="{column}"><meta name="ColumnType" content="{kind}">'
    links = '<a href="http://www.example.cn/yw/">邻县要闻</a> <a href="/login">登录</a> <a href="/hd/xx/">县长信箱</a>'
    foot = f"<div class='foot'>主办：青岬县人民政府办公室 网站标识码：{code} {links}</div>"
    body = f"<div class='nav'>{menu}</div>{middle}{foot}"
    return f"<html><head><title>{title}</title>{tags}</head><body>{body}</body></html>"


def rows(stem: str, count: int, start: int = 0) -> str:
    """Rows of a list; stem: what the addresses begin with."""
    lines = []
    for number in range(start, start + count):
        day = NEWEST - timedelta(days=2 * number)
        title = f"青岬县{SUBJECTS[number % 8]}工作第{number + 1}次安排公布"
        lines.append(f'<li><a href="{stem}{9000 - number}.html">{title}</a><span>{day}</span></li>')
    return "".join(lines)


def listing(
    name: str, stem: str, *, pages: int = 2, number: int = 1, count: int = 20, kind: str = "", menu: str = ""
) -> str:
    """A list page with a plain pager."""
    onward = f'<a href="index_{number}.html">下一页</a>' if number < pages else ""
    body = f"<ul class='list'>{rows(stem, count, (number - 1) * count)}</ul><div class='pager'>{onward}</div>"
    return wrap(f"{name}-青岬县人民政府", body, column=name, kind=kind, menu=menu)


def article(number: int) -> str:
    """The article behind a row of ``rows``."""
    place = 9000 - number
    day = NEWEST - timedelta(days=2 * place)
    title = f"青岬县{SUBJECTS[place % 8]}工作第{place + 1}次安排公布"
    text = "<p>青岬县有关部门于近日作出安排，各乡镇应在月底以前完成，并将结果报送县政府办公室备案。</p>" * 3
    tags = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:30">'
    body = f"<h1>{title}</h1><p>发布日期：{day}　来源：青岬县水利局</p><div class='article-content'>{text}</div>"
    return wrap(title, tags + body)


def column(path: str, name: str, *, pages: int = 2, count: int = 20, kind: str = "") -> list[Snapshot]:
    """A column with its pages and their articles."""
    found = [page(path, listing(name, f"{path}a", pages=pages, count=count, kind=kind))]
    for number in range(1, pages):
        found.append(
            page(f"{path}index_{number}.html", listing(name, f"{path}a", pages=pages, number=number + 1, count=count))
        )
    found += [page(f"{path}a{9000 - one}.html", article(9000 - one)) for one in range(pages * count)]
    return found


def site(home: str, columns: Iterable[tuple[str, str]], extra: Iterable[Snapshot] = ()) -> list[Snapshot]:
    """Home page, columns (path, name) and whatever else."""
    pages = [page("/", wrap("青岬县人民政府", home)), *extra]
    for path, name in columns:
        pages += column(path, name)
    return pages
