"""The announcement's kind, meetings and appointments, on made-up texts."""

from __future__ import annotations

import pytest

from pipelines.metadata.appointments import appointments
from pipelines.metadata.evidence import fold
from pipelines.metadata.kinds import KINDS, headline, kind
from pipelines.metadata.meetings import meetings

REPORT = (
    "1月5日，全区招商工作推进会议召开。区委书记林远舟出席会议并讲话，区长何砚主持会议。"
    "会议强调，要抓好落实。会上，区发改局通报情况。"
)
VISIT = (
    "3月2日，区长何砚到青岬镇调研春耕工作。何砚一行先后来到石湾村、澄光农场，实地察看秧苗长势，详细了解情况。"
    "沈一鸣陪同调研。"
)
EVENT = (
    "5月1日，云澜区第三届春茶文化节在人民广场开幕。活动由区文旅局主办，现场举行了书画作品展和文艺演出，志愿者参加表演。"
)
FIGURES = (
    "上半年，全区生产总值同比增长6.1%，规模以上工业增加值增长7.2%，固定资产投资同比增长3.3%，社会消费品零售总额同比下降1.1%，"
    "一般公共预算收入增速4.4%，居民人均可支配收入增长5.5%。"
)


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        (REPORT, "", "会议"),
        (VISIT, "", "调研"),
        (EVENT, "", "活动"),
        (FIGURES, "", "统计数据"),
        ("正文。", "云澜区2023年国民经济和社会发展统计公报", "统计数据"),
        ("正文。", "关于印发《云澜区河道管理办法》的通知", "政策文件"),
        ("正文。", "关于做好防汛工作的通知", "通知"),
        ("正文。", "关于安全生产检查情况的通报", "通知"),
        ("正文。", "云澜区人民政府关于征地补偿安置的公告", "公告公示"),
        ("正文。", "云澜区人民政府关于林远舟等同志职务任免的通知", "人事任免"),
        ("正文。", "《云澜区河道管理办法》政策解读", "政策解读"),
        ("正文。", "关于同意设立云澜产业园的批复", "政策文件"),
        ("青岬镇人民政府：\n你镇请示收悉。现批复如下：\n同意。", "", "政策文件"),
        ("周砚秋代表：\n您提出的建议收悉，现答复如下：", "", "政策文件"),
        ("各镇人民政府：\n现将有关事项通知如下：\n请按时报送。\n云澜区农业农村局", "", "通知"),
        ("现将云澜区道路施工事项通告如下：", "", "公告公示"),
        ("云澜区人民政府关于调整\n防汛指挥部组成人员的通知\n云政发〔2020〕3号\n各镇人民政府：", "", "人事任免"),
        ("老茶农守着一片山。", "", "其他"),
    ],
)
def test_kind(text: str, title: str, expected: str) -> None:
    found, rule = kind(fold(text), title)
    assert found == expected
    assert found in KINDS
    assert rule


def test_headline_of_a_document() -> None:
    assert (
        headline("云澜区人民政府关于\n防汛工作的通知\n云政发〔2020〕3号\n各镇：") == "云澜区人民政府关于防汛工作的通知"
    )
    assert headline("1月5日，会议召开。") == ""


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("何砚主持召开区政府第16次常务会议，研究防汛工作。", "区政府第16次常务会议", "第16次"),
        ("1月5日，全区招商工作推进会议召开。", "全区招商工作推进会议", ""),
        ("9月8日，第三届云澜乡村振兴论坛在青岬举行。", "第三届云澜乡村振兴论坛", "第三届"),
    ],
)
def test_meetings(text: str, name: str, number: str) -> None:
    first = next(iter(meetings(fold(text))))
    assert (first.value, first.unit) == (name, number)
    assert fold(text)[first.start : first.end] == name


def test_no_meeting_without_a_name() -> None:
    assert list(meetings("会议召开。本次会议举行。会上，大家发言。")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("任命林远舟为云澜区教育局局长；", [("林远舟", "云澜区教育局局长", "任")]),
        ("免去何砚的云澜区财政局副局长职务。", [("何砚", "云澜区财政局副局长", "免")]),
        (
            "沈一鸣同志任云澜区水利局党组书记、局长；",
            [("沈一鸣", "云澜区水利局党组书记", "任"), ("沈一鸣", "局长", "任")],
        ),
        ("陆青禾不再担任青岬镇镇长职务。", [("陆青禾", "青岬镇镇长", "免")]),
        ("高度负责任务清单；安全任务为重。", []),
    ],
)
def test_appointments(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(f.value, f.about, f.unit) for f in appointments(fold(text))] == expected
