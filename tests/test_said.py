"""What an article's page says of its facts: grouped, each with its sentence, led to where it is archived."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from archive.pages.said import LONGEST, Said, said, sentence
from archive.stages.facts import describe_pending
from archive.store import Archive
from tests.test_facts import VISIT, archived, made


def told(archive: Archive, number: int, body: str, district: str = "yunlan", day: str = "2026-03-05") -> Said:
    return said(archive.db.conn, made(number, "", district=district).key, body, district, day)


def test_facts_are_grouped_with_their_sentences(tmp_path: Path) -> None:
    with archived(tmp_path / "a.db", made(1, VISIT)) as archive:
        assert told(archive, 1, VISIT) == Said()
        describe_pending(archive)
        found = told(archive, 1, VISIT)
    assert found.kind == "调研"
    assert [(one.name, one.titles) for one in found.people] == [
        ("顾清源", ("区委书记",)),
        ("沈知秋", ("区委副书记", "区长")),
        ("陆闻舟", ("副区长",)),
    ]
    assert all(one.sentence == VISIT.split("\n")[0] and one.name in one.sentence for one in found.people)
    (amount,) = found.groups["amounts"]
    assert (amount.text, amount.remark) == ("2.4亿元", "240,000,000 CNY")
    assert amount.sentence == "今年区财政安排资金2.4亿元，完成率达到92.5%。"
    assert [one.text for one in found.groups["cited"]] == ["《云澜区城市更新条例》", "云政发〔2026〕7号"]
    assert "cited_by" not in found.groups


def test_citations_lead_both_ways(tmp_path: Path) -> None:
    notice = replace(made(2, "现予印发。"), document_number="云政发〔2026〕7号")
    with archived(tmp_path / "a.db", made(1, VISIT), notice) as archive:
        describe_pending(archive)
        cited = {one.text: one.key for one in told(archive, 1, VISIT).groups["cited"]}
        assert cited == {"《云澜区城市更新条例》": "", "云政发〔2026〕7号": notice.key}
        assert [one.key for one in told(archive, 2, "现予印发。").groups["cited_by"]] == [made(1, "").key]


def test_a_title_from_elsewhere_is_told_apart_and_never_from_the_future_or_another_district(tmp_path: Path) -> None:
    named = "3月4日，温如故主持召开会议并讲话。"
    every = (
        made(1, "副区长温如故调研。", day=date(2026, 2, 1)),
        made(2, named, day=date(2026, 3, 5)),
        made(3, "区长温如故调研。", day=date(2026, 6, 1)),
        made(4, named, district="qingjia"),
    )
    with archived(tmp_path / "a.db", *every) as archive:
        describe_pending(archive)
        (here,) = told(archive, 2, named).people
        assert (here.titles, here.elsewhere) == ((), "副区长")
        (there,) = told(archive, 4, named, "qingjia").people
        assert there.elsewhere == ""
        (given,) = told(archive, 1, "副区长温如故调研。").people
        assert (given.titles, given.elsewhere) == (("副区长",), "")


@pytest.mark.parametrize(
    ("body", "word", "wanted"),
    [
        ("甲。乙丙丁！戊", "丙", "乙丙丁！"),
        ("标题\n乙丙丁", "丙", "乙丙丁"),
        ("一\t丙\t三", "丙", "丙"),
        ("丙", "丙", "丙"),
    ],
)
def test_a_sentence_ends_where_it_ends(body: str, word: str, wanted: str) -> None:
    at = body.index(word)
    assert sentence(body, at, at + len(word)) == wanted


def test_a_very_long_sentence_is_cut_around_its_fact() -> None:
    body = "长" * 1000 + "丙" + "长" * 1000
    found = sentence(body, 1000, 1001)
    assert "丙" in found and found[0] == found[-1] == "…" and len(found) <= LONGEST + 2
