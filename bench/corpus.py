"""Made-up pages and texts, the same on every machine: words drawn as often as words are drawn in a language (Zipf).

Nothing here means anything; only sizes, markup and frequencies are those of government pages.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate

from scraper.items import Snapshot

HOST = "www.yunlan.example.cn"
FIRST_DAY = date(2015, 1, 1)


@cache
def characters() -> tuple[str, ...]:
    """The 3,755 characters of everyday use (level 1 of GB 2312), in a fixed shuffle."""
    rows = (bytes([lead, trail]) for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF))
    found = [pair.decode("gb2312", "ignore") for pair in rows]
    found = [character for character in found if character]
    random.Random(1).shuffle(found)
    return tuple(found)


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """30,000 words of one to four characters, and their cumulative weights."""
    rng = random.Random(2)
    letters = characters()
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(letters))))
    lengths = rng.choices((1, 2, 3, 4), (10, 70, 12, 8), k=30_000)
    words = tuple("".join(rng.choices(letters, cum_weights=weights, k=length)) for length in lengths)
    return words, tuple(accumulate(1 / (rank + 5) for rank in range(len(words))))


def text(rng: random.Random, length: int) -> str:
    """About so many characters: sentences of 6 to 18 words in paragraphs."""
    words, weights = vocabulary()
    parts: list[str] = []
    written = 0
    while written < length:
        sentence = "".join(rng.choices(words, cum_weights=weights, k=rng.randint(6, 18)))
        if rng.random() < 0.2:
            sentence += f"{rng.randint(1, 9999)}{rng.choice(('万元', '人', '%', '个'))}"
        parts.append(sentence + rng.choice(("，", "。", "。\n")))
        written += len(parts[-1])
    return "".join(parts)


def document(number: int) -> tuple[str, str, date]:
    """(title, body, day) of the made-up article with this number: 842 characters on average, like the corpus of
    design/search.md."""
    rng = random.Random(number)
    title = f"关于{text(rng, rng.randint(10, 30)).rstrip('，。').replace(chr(10), '')}的通知"
    body = text(rng, min(6000, int(rng.expovariate(1 / 780)) + 40))
    return title, body, FIRST_DAY + timedelta(days=rng.randrange(4000))


@cache
def frame() -> tuple[str, str]:
    """What all pages of the site share, about 40 KB: head, scripts, menus before; recommendations, footer after."""
    rng = random.Random(3)

    def link(kind: str) -> str:
        name = text(rng, 6)[:6].rstrip("，。\n")
        return f'<li class="{kind}"><a href="/col/{rng.randrange(9999)}/index.html" title="{name}">{name}</a></li>\n'

    menu = "".join(link("nav-item") for _ in range(160))
    script = "".join(
        f"var item{n} = document.getElementById('box{rng.randrange(10**6)}');\n"
        f"if (item{n}) {{ item{n}.style.width = '{rng.randrange(900)}px'; }}\n"
        for n in range(60)
    )
    style = "".join(
        f".c{rng.randrange(10**5)} {{ width: {rng.randrange(900)}px; color: #{rng.randrange(16**6):06x}; }}\n"
        for _ in range(100)
    )
    friends = "".join(link("friend") for _ in range(60))
    head = (
        f"<style>{style}</style>\n<script>{script}</script>\n</head>\n<body>\n<div class='top'><ul>{menu}</ul></div>\n"
    )
    foot = f"<div class='friends'><ul>{friends}</ul></div>\n<div class='foot'>主办：云澜区人民政府办公室</div>"
    return head, foot


def page(number: int, known: bool = True) -> Snapshot:
    """An article page of about 40 KB, of which some 2,300 characters are its own, so that it compresses like the pages
    of design/crawl.md. known: with the META tags and the body's class of a known family."""
    title, body, day = document(number)
    body += document(10_000_000 + number)[1]
    head, foot = frame()
    rng = random.Random(number)
    paragraphs = "".join(f"<p style='text-indent: 2em'>{line}</p>\n" for line in body.split("\n") if line)
    more = "".join(
        f"<li><a href='/n/{rng.randrange(10**6)}.html'>{text(rng, 18)}</a><span>{day}</span></li>\n" for _ in range(8)
    )
    tags = (
        f'<meta name="SiteName" content="云澜区人民政府">\n<meta name="ColumnName" content="通知公告">\n'
        f'<meta name="ArticleTitle" content="{title}">\n<meta name="PubDate" content="{day} 09:30">\n'
        f'<meta name="ContentSource" content="区政府办">\n'
    )
    address = f"/t{day:%Y%m%d}_{number}.html" if known else f"/show/{number}"
    source = (
        f"<!DOCTYPE html>\n<html>\n<head>\n<meta charset='utf-8'>\n<title>{title}_云澜区人民政府</title>\n"
        f"{tags if known else ''}{head}<div class='main'>\n<h1>{title}</h1>\n"
        f"<div class='info'>发布日期：{day} 来源：区政府办 浏览次数：<span id='hits'></span></div>\n"
        f"<div class='{'TRS_Editor' if known else 'text-box'}'>\n{paragraphs}</div>\n</div>\n"
        f"<div class='more'><h3>相关阅读</h3><ul>{more}</ul></div>\n{foot}\n</body>\n</html>\n"
    )
    headers = (
        ("Date", f"{datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number):%a, %d %b %Y %H:%M:%S GMT}"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Server", "nginx"),
        ("ETag", f'"{rng.randrange(16**12):012x}"'),
    )
    captured_at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=number)
    return Snapshot(
        f"http://{HOST}{address}", source.encode(), captured_at, headers=headers, district="yunlan", column="通知公告"
    )


def pages(count: int, known: bool = True) -> Iterator[Snapshot]:
    return (page(number, known) for number in range(1, count + 1))
