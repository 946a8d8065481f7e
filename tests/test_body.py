"""The body's element: by name, by the page's own marks, by its sentences; what stands beside it."""

from __future__ import annotations

from scraper.pages import body, generic
from scraper.pages.family import Tree

SENTENCES = "".join(f"<p>第{n}段，云澜区稳步推进各项工作，成效良好。</p>" for n in range(6))


def found(html: str, *selectors: tuple[str, str]) -> body.Body:
    result = body.find(Tree(f"<html><body>{html}</body></html>"), selectors)
    assert result is not None
    return result


def test_order_of_trust() -> None:
    page = f"<div class=own>{SENTENCES}</div><div id=zoom>{SENTENCES}</div>"
    assert found(page, (".own", "district")).rule == "district:.own"
    assert found(page).rule == "known:#zoom"
    assert found(f"<div class=q>{SENTENCES}</div>").rule == "density"
    marked = "<div class=q><meta name='ContentStart'>" + SENTENCES + "<meta name='ContentEnd'></div>"
    assert found(marked).rule == "meta:ContentStart"


def test_a_menu_with_a_bodys_name_is_no_body() -> None:
    menu = "<div id=zoom>" + "<a href='/1'>政务公开信息目录</a>" * 9 + "</div>"
    assert found(menu + f"<div class=q>{SENTENCES}</div>").rule == "density"


def test_a_known_name_with_little_of_the_text_gives_way() -> None:
    page = (
        f"<div class=zw><p>本页为机器翻译，仅供参考，请以原文为准。</p></div><div class=q>{SENTENCES}{SENTENCES}</div>"
    )
    assert found(page).rule == "density"


def test_parts_side_by_side_are_one_body() -> None:
    parts = "".join(f"<div class=TRS_Editor><p>{'某' * (40 + n)}。</p></div>" for n in range(3))
    assert found(f"<div class=all>{parts}</div>").node.attributes["class"] == "all"


def test_of_two_copies_the_first() -> None:
    page = f"<div class=pc><div id=zoom>{SENTENCES}</div></div><div class=wap><div id=zoom>{SENTENCES}</div></div>"
    parent = found(page).node.parent
    assert parent is not None
    assert parent.attributes["class"] == "pc"


def test_hidden_parts_go_but_not_a_hidden_body() -> None:
    part = f"<div id=zoom>{SENTENCES}<p style='DISPLAY: none'>统计代码</p></div>"
    assert "统计代码" not in body.cut(found(part).node)
    whole = f"<div id=zoom><div style='display:none'>{SENTENCES}</div></div>"
    assert "第5段" in body.cut(found(whole).node)


def test_files_beside_the_body() -> None:
    page = f"<div class=m><a href='/side.doc'>表格下载</a></div><div><div id=zoom>{SENTENCES}</div>"
    page += "<ul class=fj><li><a href='/a.pdf'>附件1</a></li><li><a href='/x.html'>返回</a></li></ul></div>"
    fragment = body.cut(found(page).node)
    assert fragment.endswith('<div data-beside><a href="/a.pdf">附件1</a></div>')
    assert "/side.doc" not in fragment
    assert "/x.html" not in fragment


def test_documents_in_frames_become_links() -> None:
    tree = Tree("<div id=zoom><iframe src='/web/viewer.html?file=%2Fup%2Fa.pdf'></iframe><embed src='/b.PDF'></div>")
    body.embedded(tree)
    assert [link.attributes["href"] for link in tree.css("a")] == ["/up/a.pdf", "/b.PDF"]


def test_no_body() -> None:
    assert body.find(Tree("<html><body><a href='/'>首页</a></body></html>"), ()) is None
    assert body.find(Tree(""), ()) is None


def test_the_extractor_says_which_element() -> None:
    rows = "".join(f"<tr><td>项目{n}</td><td>位于云澜区晴川路{n}号的改造工程</td></tr>" for n in range(12))
    text = f"<div class=q><p>现将名单公示如下：</p><table>{rows}</table></div>"
    page = f"<html><body><ul><li><a href='/'>首页</a></li></ul>{text}</body></html>"
    node, lines = generic.extract(Tree(page), page)
    assert lines
    assert node is None or "项目11" in node.text()
    assert generic.extract(Tree("<html></html>"), "<html></html>") == (None, [])
