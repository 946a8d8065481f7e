"""The disclosure table in each markup; what is empty stays empty."""

from __future__ import annotations

import pytest

from scraper.pages.labels import is_label_row, labelled
from scraper.pages.outline import flat

FIELDS = {"index_number": "014133058/2026-00009", "issuer": "区水利局", "document_number": "云水〔2026〕3号"}
MARKUP = {
    "table": "<table><tr><td>索引号：</td><td>{index_number}</td></tr><tr><td><b>发布机构：</b></td><td><p>{issuer}</p>"
    "</td></tr><tr><th>文号</th><td>{document_number}</td></tr></table>",
    "dl": "<dl><dt>索 引 号</dt><dd>{index_number}</dd><dt>发布机构</dt><dd>{issuer}</dd><dt>文　　号</dt>"
    "<dd>{document_number}</dd></dl>",
    "li": "<ul><li>[ 索引号 ] {index_number}</li><li><b>发布机构</b>：{issuer}</li>"
    "<li>文 号：{document_number}</li></ul>",
    "run together": "<p>索引号: {index_number} 发布机构: {issuer} 文件编号: {document_number} 公开范围: 面向社会</p>",
    "divs": "<div><label><font>索引号：</font></label><div>{index_number}</div></div><div><label>发布机构：</label>"
    "<div>{issuer}</div></div><div><label>发文字号：</label><div>{document_number}</div></div>",
    "spans": "<span>索</span><span>引</span><span>号：</span><span>{index_number}</span><br>发布机构：{issuer}<br>"
    "文件编号：{document_number}",
}


@pytest.mark.parametrize("markup", MARKUP)
def test_markup(markup: str) -> None:
    found = {name: cut.value for name, cut in labelled(flat(MARKUP[markup].format(**FIELDS))).items()}
    assert found == FIELDS


def test_empty_values_do_not_take_the_next_label() -> None:
    found = labelled("文件编号: 发布机构: 政府办 产生日期：2026-01-15 发布日期： 2026-01-27 废止日期：有效")
    assert "document_number" not in found
    assert found["issuer"].value == "政府办"
    assert found["issuer"].rule == "label:发布机构"
    assert (found["made_on"].value, found["published_on"].value) == ("2026-01-15", "2026-01-27")
    assert found["repealed_on"].value == "有效"


def test_an_empty_last_cell_does_not_take_the_title_below() -> None:
    markup = "<table><tr><td>主 题 词：</td><td></td></tr></table><h1>关于开展检查的通知</h1>"
    assert "keywords" not in labelled(flat(markup))


@pytest.mark.parametrize("mark", ["—  —", "-", "无", "暂无", "&nbsp;", "/"])
def test_marks_for_nothing(mark: str) -> None:
    assert labelled(flat(f"<table><tr><td>文号</td><td>{mark}</td></tr></table>")) == {}


def test_rows_of_the_table() -> None:
    assert is_label_row("索 引 号：\t014133058/2026-00009\t分 类：\t通告")
    assert is_label_row("发布机构\t区水利局")
    assert not is_label_row("区水利局发布机构改革方案")
    assert not is_label_row("来源：云澜日报")
