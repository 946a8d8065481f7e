"""A made-up archive: announcements of two invented districts, the same every time. For tests and for looking."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from archive.articles import put
from archive.store import Archive, open_archive
from pipelines.article import Article, Link

DISTRICTS = {"yunlan": "云澜区", "qingjia": "青岬县"}
COLUMNS = ("政务要闻", "通知公告", "规划计划", "人事任免")
OFFICES = ("发展和改革局", "住房和城乡建设局", "教育局", "生态环境局", "人民政府办公室")
PLACES = ("沿溪街道", "柳河镇", "望湖街道", "石桥镇", "新港开发区")
WORKS = ("老旧小区改造", "农村公路提升", "中小学校舍修缮", "污水管网建设", "社区养老服务", "数字政务平台")
KINDS = ("实施方案", "项目招标公告", "征求意见稿", "年度工作要点", "公示", "专项规划")
SENTENCES = (
    "{place}{work}自启动以来进展顺利，累计投入{money}亿元，惠及居民{people}户。",
    "会议指出，要把{work}作为今年民生实事的重中之重，倒排工期、挂图作战。",
    "根据《{district}“十五五”规划纲要》，到{year}年底完成率须达到{share}%以上。",
    "各镇（街道）要落实属地责任，{office}负责牵头协调，每月通报一次进度。",
    "公示期间如有异议，请以书面形式向{office}反映，电话0000-8000{last:04d}。",
    "R&D 经费支出占地区生产总值比重提高到{share}%，比上年增加0.2个百分点。",
)
TABLE = "序号\t项目名称\t投资额（万元）\t完成时限\n{rows}"


def article(number: int, chance: random.Random) -> Article:
    """The number-th announcement."""
    slug = chance.choice(tuple(DISTRICTS))
    words = {
        "district": DISTRICTS[slug],
        "place": chance.choice(PLACES),
        "work": chance.choice(WORKS),
        "office": chance.choice(OFFICES),
        "money": chance.randint(1, 160),
        "people": chance.randint(80, 9000),
        "share": chance.randint(30, 99),
        "year": chance.randint(2022, 2027),
        "last": number % 10_000,
    }
    kind = chance.choice(KINDS)
    title = "{district}{place}{work}".format_map(words) + kind
    if number % 23 == 0:
        title = "关于印发《{district}{year}年{work}实施方案》的通知（附各镇任务分解表和责任单位名单）".format_map(words)
    lines = [sentence.format_map(words) for sentence in chance.sample(SENTENCES, chance.randint(2, 5))]
    if number % 5 == 0:
        lines = ["一、总体要求", *lines, "二、主要任务", "• 摸清底数，建立台账", "• 分类施策，限时办结"]
    if number % 7 == 0:
        rows = "\n".join(
            f"{row}\t{chance.choice(PLACES)}{chance.choice(WORKS)}\t{chance.randint(200, 9000)}\t2026年{row}月"
            for row in range(1, chance.randint(4, 8))
        )
        lines += ["附表：任务分解", *TABLE.format(rows=rows).split("\n")]
    day = date(2026, 10, 31) - timedelta(days=number * 2)
    url = f"https://www.{slug}.example.cn/art/{day.year}/{day.month}/{day.day}/art_{number}.html"
    dated = number % 29 != 3
    formal = number % 3 == 0
    return Article(
        key=hashlib.sha256(url.encode()).hexdigest()[:16],
        url=url,
        district=slug,
        column=chance.choice(COLUMNS),
        title=title,
        body="\n".join(lines),
        captured_at=datetime(2026, 11, 1, 18, 5, tzinfo=UTC) - timedelta(days=number % 40),
        sha256=hashlib.sha256(f"{url}{number}".encode()).hexdigest(),
        published_on=day if dated else None,
        published_at="09:30" if number % 4 == 0 else None,
        source=str(words["office"]) if number % 2 else DISTRICTS[slug] + "融媒体中心",
        issuer=DISTRICTS[slug] + str(words["office"]) if formal else None,
        document_number=f"云政发〔{day.year}〕{number % 90 + 1}号" if formal else None,
        index_number=f"01410{number:04d}/{day.year}-{number:05d}" if formal else None,
        made_on=day if formal else None,
        validity="有效" if formal else None,
        attachments=(Link(f"{url[:-5]}.pdf", "任务分解表.pdf"),) if number % 7 == 0 else (),
        family="standard",
        rules={"title": "meta:ArticleTitle", "published_on": "meta:PubDate", "source": "line:来源", "body": "div.zoom"},
        flags=() if dated else ("no_date",),
        credits=(("记者", "沈知秋"), ("供稿", f"{words['office']}")) if number % 4 == 1 else (),
    )


def fill(path: Path, count: int = 300, seed: int = 1) -> None:
    """Makes (or adds to) an archive with the first ``count`` announcements, captured once or twice each."""
    chance = random.Random(seed)
    with open_archive(path) as archive:
        put_districts(archive)
        for number in range(count):
            keep(archive, article(number, chance), number + 1)


def put_districts(archive: Archive) -> None:
    """The two districts and their columns."""
    conn = archive.write()
    for slug, name in DISTRICTS.items():
        place = (slug, name, "990101", f"https://www.{slug}.example.cn", "standard")
        conn.execute("INSERT OR IGNORE INTO districts (slug, name, code, site, family) VALUES (?, ?, ?, ?, ?)", place)
        for position, column in enumerate(COLUMNS):
            row = (slug, position, column, f"https://www.{slug}.example.cn/col{position}/")
            conn.execute("INSERT OR IGNORE INTO columns (district, position, name, url) VALUES (?, ?, ?, ?)", row)


def keep(archive: Archive, one: Article, snapshot_id: int) -> None:
    """Archives an article and the record of its capture."""
    outcome = put(archive, one, snapshot_id)
    archive.write().execute(
        "INSERT INTO captures (snapshot_id, url, district, role, captured_at, status, sha256, outcome, article_key)"
        " VALUES (?, ?, ?, 'article', ?, 200, ?, ?, ?)",
        (snapshot_id, one.url, one.district, one.captured_at.isoformat(), one.sha256, outcome, one.key),
    )
    archive.wrote()
