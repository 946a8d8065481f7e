"""mask: personal numbers lose their middle, everything else stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy import mask, private_list
from pipelines.process import process
from scraper.items import Snapshot


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("联系人：王某，13900001234。", "联系人：王某，139****1234。"),
        ("电话139-0000-1234、+86 13900001234", "电话139-****-1234、+86 139****1234"),
        ("身份证号990101199002300015X", "身份证号990101199002300015X"),
        ("身份证号99010119900228001X，已公示", "身份证号990101************，已公示"),
        ("（身份证：990101900228001）", "（身份证：990101*********）"),
    ],
)
def test_personal_numbers(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "投资13900001234元",
        "共13900001234.56万元",
        "电话0000-80001234",
        "统一社会信用代码91990101MA1X13900001234",
        "索引号014100001/2026-00001",
        "云政发〔2026〕13号",
        "订单2026013900001234",
        "990101201313990001",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789Xx身份证云 -,.元", max_size=60))
def test_masking_keeps_the_length_and_settles(text: str) -> None:
    assert len(mask(text)) == len(text)
    assert mask(mask(text)) == mask(text)


NAMES = ("沈知秋", "柳三变", "王*", "李某某", "杜若", "顾青禾")


def table(head: str, *cells: str, names: tuple[str, ...] = NAMES) -> str:
    """A body with a table: a number, a name and these cells in each row."""
    rows = ["\t".join((str(number), name, *cells)) for number, name in enumerate(names, 1)]
    return "\n".join(["现将名单公布如下。", head, *rows, "特此公示。"])


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("2026年3月临时救助名单公示", table("序号\t姓名\t救助金额（元）", "500")),
        ("云澜区低保对象公示", table("序号\t户主姓名\t保障人数\t保障金额", "2", "900", names=NAMES[:3])),
        ("石泓镇征地补偿款发放公示", table("序号\t被征收人\t金额（元）", "12000")),
        ("农村危房改造农户公示", table("序号\t农户\t地址", "石泓镇柳浦村")),
        ("公示", table("序号\t姓名\t身份证号\t补贴金额", "9901**", "300")),
        ("走访慰问困难群众名单", table("序号\t姓名\t家庭住址\t困难原因", "柳浦村", "疾病")),
        ("失信被执行人名单（第三批）", table("序号\t被执行人姓名\t执行标的", "50000元")),
        ("公共租赁住房轮候对象公示", "第一批：\n沈知秋、柳三变、王芳、李强、杜若、顾青禾"),
        ("残疾人两项补贴名单", "\n".join(f"{n}、{name}，女，二级" for n, name in enumerate(NAMES, 1))),
        ("行政处罚决定书", "当事人：王某某，男，1980年生，住云澜区。\n经查，当事人无证经营。"),
    ],
)
def test_lists_of_private_persons(title: str, body: str) -> None:
    assert private_list(title, body)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("关于沈知秋等同志职务任免的通知", table("序号\t姓名\t任职", "区民政局局长")),
        ("领导干部任前公示", table("序号\t姓名\t出生年月\t拟任职务", "1980.05", "区水利局局长")),
        ("2026年拟录用公务员名单公示", table("序号\t姓名\t准考证号\t报考单位", "99010001", "区财政局")),
        ("低保专干招聘体检名单", table("序号\t姓名\t报考岗位", "低保专干")),
        ("残疾人工作先进个人表彰名单", table("序号\t姓名\t单位", "区残联")),
        ("全区社会救助工作领导小组名单", table("序号\t姓名\t职务", "组长")),
        ("区级河长名单", table("序号\t姓名\t职务", "区长")),
        ("关于做好临时救助工作的实施方案", "一、对象。\n二、标准：每人500元。\n三、程序。"),
        ("全区社会救助工作会议召开", "7月1日，会议召开。\n沈知秋、柳三变、王芳、李强、杜若参加会议。"),
        ("行政处罚信息公示", table("序号\t行政相对人名称\t处罚事由", "无证经营", names=("云澜食品厂", "石泓饭店"))),
        ("行政处罚决定书", "当事人：云澜区石泓食品有限公司，住所云澜区。"),
        ("2026年公租房建设项目", table("序号\t项目\t投资额", "500", names=("高桥家园", "石泓苑", "柳浦里", "青岬居"))),
        (
            "农机购置补贴标准",
            table("序号\t机具\t补贴金额", "500", names=("拖拉机", "插秧机", "收割机", "烘干机", "无人机")),
        ),
        ("人事任免", ""),
        ("", ""),
    ],
)
def test_officials_candidates_and_things_are_no_private_list(title: str, body: str) -> None:
    assert not private_list(title, body)


def test_a_private_list_is_flagged() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>{name}</td><td>500</td></tr>" for n, name in enumerate(NAMES, 1))
    html = (
        "<html><body><h1>2026年3月临时救助名单公示</h1><div>发布日期：2026-03-02 来源：云澜区民政局</div><div id=zoom>"
        f"<p>现将云澜区2026年3月临时救助对象名单公示如下，公示期七天。</p><table><tr><td>序号</td><td>姓名</td>"
        f"<td>救助金额</td></tr>{rows}</table><p>公示期间如有异议，请向区民政局反映。</p></div></body></html>"
    )
    article = process(Snapshot("https://www.yunlan.example.cn/g/1.html", html.encode(), datetime.now(UTC)))
    assert "private_list" in article.flags
    assert "沈知秋" in article.body
