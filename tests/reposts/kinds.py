"""Twelve ways in which an announcement is posted again, three of its pieces, and what only looks like a repost."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pipelines.dedupe import Text
from tests.reposts.originals import joined, original, paragraphs, sentence, slots, words

Change = Callable[[Text, random.Random], Text]


def _lines(text: Text) -> list[str]:
    return text.body.split("\n")


def verbatim(text: Text, chance: random.Random) -> Text:
    return Text(text.title, text.body)


def punctuated(text: Text, chance: random.Random) -> Text:
    """Another editor's punctuation, full-width digits, stray spaces."""
    wide = str.maketrans("0123456789%", "０１２３４５６７８９％")
    body = text.body.replace("，", ",").replace("。", ". ").replace("、", "，").translate(wide)
    return Text(f" {text.title} ", body)


@cache
def _traditional() -> dict[int, str]:
    table = Path(__file__).parents[2] / "pipelines" / "data" / "traditional.tsv"
    pairs = [line.split("\t") for line in table.read_text("utf-8").splitlines() if line and line[0] != "#"]
    return {ord(simple): old for old, simple in reversed(pairs)}


def traditional(text: Text, chance: random.Random) -> Text:
    return Text(text.title.translate(_traditional()), text.body.translate(_traditional()))


def retitled(text: Text, chance: random.Random) -> Text:
    said = slots(chance)
    return Text(f"权威发布丨{said['district']}{said['verb']}这项工作有了新进展", text.body)


def signed(text: Text, chance: random.Random) -> Text:
    """The paper's head and the editors' tail."""
    said = slots(chance)
    head = f"本报讯（记者 {said['name']}）据{said['district']}融媒体中心消息"
    tail = [f"来源：{said['district']}日报", f"编辑：{said['name']}　审核：{slots(chance)['name']}"]
    return Text(text.title, joined([head, *_lines(text), *tail]))


def rewrapped(text: Text, chance: random.Random) -> Text:
    """One paragraph a sentence, or all in one."""
    if chance.random() < 0.5:
        return Text(text.title, text.body.replace("\n", ""))
    return Text(text.title, text.body.replace("。", "。\n"))


def shortened(text: Text, chance: random.Random) -> Text:
    """The end is cut off: up to a quarter."""
    sentences = re.findall(r"[^。]+。", text.body)
    keep = max(1, round(len(sentences) * chance.uniform(0.76, 0.95)))
    return Text(text.title, "".join(sentences[:keep]))


def spammed(text: Text, chance: random.Random) -> Text:
    """A portal's own lines between the paragraphs."""
    lines = _lines(text)
    for _ in range(chance.randint(2, 4)):
        lines.insert(chance.randint(1, len(lines)), str(chance.choice(words()["spam"])).format(**slots(chance)))
    return Text(text.title, joined(lines))


def thinned(text: Text, chance: random.Random) -> Text:
    """A sentence or two dropped from the midst."""
    sentences = re.findall(r"[^。]+。\n?", text.body)
    for _ in range(min(chance.randint(1, 2), len(sentences) // 5)):
        del sentences[chance.randrange(1, len(sentences) - 1)]
    return Text(text.title, "".join(sentences))


def named(text: Text, chance: random.Random) -> Text:
    """我区 is spelled out elsewhere."""
    return Text(text.title.replace("全区", "区"), text.body.replace("全区", "区"))


def appended(text: Text, chance: random.Random) -> Text:
    """A paragraph of contacts and files below."""
    said = slots(chance)
    tail = [f"附件：1.{said['topic']}申请表.docx", f"联系人：{said['name']}，地址：{said['town']}便民服务中心"]
    return Text(text.title, joined([*_lines(text), *tail]))


def noisy(text: Text, chance: random.Random) -> Text:
    """Zero-width marks, soft hyphens, doubled blanks; a site's name before the title."""
    body = "".join(char + ("\u200b" if chance.random() < 0.03 else "") for char in text.body)
    return Text(f"【{slots(chance)['district']}】{text.title}", body.replace("\n", "\n\u3000\u3000"))


COPIES: dict[str, Change] = {
    change.__name__: change
    for change in (
        *(verbatim, punctuated, traditional, retitled, signed, rewrapped),
        *(shortened, spammed, thinned, named, appended, noisy),
    )
}


def excerpt(text: Text, chance: random.Random) -> Text:
    """Two or three paragraphs out of five and more, as a bulletin quotes them."""
    lines = _lines(text)
    start = chance.randrange(0, len(lines) - 2)
    return Text("摘编：" + text.title[:8], joined(lines[start : start + 2]))


def round_up(texts: list[Text], chance: random.Random) -> Text:
    """A page that strings whole announcements together."""
    lines = [f"本周要闻汇编（{chance.randint(1, 52)}）"]
    for text in texts:
        lines += [text.title, *_lines(text)]
    return Text("一周要闻汇编", joined(lines))


# -- what must never be folded


def number_edited(text: Text, chance: random.Random) -> Text:
    """Posted again with one number altered: the edit that must not be hidden."""
    places = [found.span() for found in re.finditer(r"\d+(?:\.\d+)?", text.body)]
    start, end = chance.choice(places)
    old = text.body[start:end]
    new = old
    while new == old:
        new = str(chance.randint(1, 9)) + "".join(c if c == "." else str(chance.randint(0, 9)) for c in old[1:])
    return Text(text.title, text.body[:start] + new + text.body[end:])


def bulletin(seed: int, turn: int) -> Text:
    """Monthly figures in one wording."""
    shape, chance = random.Random(seed), random.Random(seed * 1000 + turn)
    said = slots(shape)
    sums = [(chance.uniform(10, 99), chance.uniform(1, 9)) for _ in range(5)]
    towns = shape.sample(words()["towns"], 5)
    items = [f"{town}完成{sum_:.1f}亿元，增长{more:.1f}%" for town, (sum_, more) in zip(towns, sums, strict=True)]
    body = [
        f"{said['district']}{turn + 1}月份{said['topic']}运行情况如下。",
        "；".join(items) + "。",
        f"全区合计完成投资{chance.randint(100, 999)}亿元，"
        f"比上月{chance.choice(['增加', '减少'])}{chance.randint(1, 50)}亿元。",
        "下一步要加强运行监测，及时研判走势，做好要素保障，确保完成全年目标任务。",
    ]
    return Text(f"{said['district']}{turn + 1}月份{said['topic']}情况", joined(body))


def meeting(seed: int, turn: int) -> Text:
    """Numbered meetings of one body, in the wording of the last."""
    shape, chance = random.Random(seed), random.Random(seed * 1000 + turn)
    said, topic = slots(shape), slots(chance)["topic"]
    body = [
        f"{said['name']}主持召开{said['district']}政府第{turn + 31}次常务会议，研究{topic}等工作。"
        "区有关部门负责人列席会议。",
        "会议指出，今年以来全区上下紧扣年度目标任务，主要指标保持在合理区间，社会大局保持和谐稳定。",
        f"会议强调，要坚持问题导向，把{topic}工作落到具体项目、具体事项上，做到有方案、有节点、有责任人。",
        "会议还研究了其他事项。",
    ]
    return Text(f"{said['district']}政府召开第{turn + 31}次常务会议", joined(body))


def tender(seed: int, turn: int) -> Text:
    """Award notices that differ in the winner only."""
    said = slots(random.Random(seed))
    firm = words()["companies"][(seed + turn) % 16]
    body = [
        f"{said['town']}{said['topic']}项目评标工作已经结束，现将中标候选人公示如下。",
        f"第一中标候选人：{firm}{said['trade']}有限公司，投标报价{said['money']}.{said['q']}万元，工期{said['many']}日历天。",
        "公示期内，投标人或者其他利害关系人对评标结果有异议的，应当以书面形式向招标人提出，招标人将在三日内作出答复。",
        f"招标人：{said['town']}人民政府；招标代理机构：{said['district']}公共资源交易服务中心。",
    ]
    return Text(f"{said['town']}{said['topic']}项目中标候选人公示", joined(body))


def appointment(seed: int, turn: int) -> Text:
    """任免 notices of one day that differ in names."""
    said, chance = slots(random.Random(seed)), random.Random(seed * 1000 + turn)
    name = words()["surnames"][turn % 16] + words()["givens"][(seed + turn) % 16]
    body = [
        "各镇人民政府、各街道办事处，区各委办局，区各直属单位：",
        f"经研究决定：{name}同志任{said['district']}{said['topic']}服务中心主任，试用期一年。",
        f"免去其{slots(chance)['town']}副镇长职务。",
        "请认真做好交接，并按有关规定办理手续。特此通知。",
    ]
    return Text("关于人事任免的通知", joined(body))


def series(seed: int, turn: int) -> Text:
    """A series whose title alone counts on."""
    said = slots(random.Random(seed))
    body = [sentence(random.Random(seed + place)) for place in range(5)]
    return Text(f"{said['district']}{said['topic']}曝光台（第{turn + 1}期）", joined(body))


def yearly(seed: int, turn: int) -> Text:
    """Last year's notice with this year's dates."""
    said = slots(random.Random(seed))
    year = 2021 + turn
    body = [
        f"根据《{said['topic']}管理办法》，现就{year}年度申报工作通知如下。",
        *paragraphs(random.Random(seed), 2),
        f"申报截止时间为{year}年{said['month']}月{said['day']}日，逾期不予受理。",
    ]
    return Text(f"关于开展{year}年度{said['topic']}申报工作的通知", joined(body))


def cover_note(seed: int, turn: int) -> Text:
    """The body says only that a file is attached."""
    said = slots(random.Random(seed * 1000 + turn))
    return Text(
        f"{said['district']}{said['topic']}实施细则", "现将有关文件印发给你们，请结合实际认真抓好落实。详见附件。"
    )


def same_law(seed: int, turn: int) -> Text:
    """Different notices that quote one long passage."""
    quoted = joined(paragraphs(random.Random(seed), 2))
    return Text(original(seed * 1000 + turn).title, joined([quoted, *paragraphs(random.Random(seed * 777 + turn), 3)]))


NEGATIVES: dict[str, Callable[[int, int], Text]] = {
    change.__name__: change for change in (bulletin, meeting, tender, appointment, series, yearly, cover_note, same_law)
}
