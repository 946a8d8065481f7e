"""The site's own mark of an archived page is a flag; what announcements say of archives is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipelines.archived import archived_by_site
from pipelines.process import process
from tests import kept


@pytest.mark.parametrize(
    ("source", "flag"),
    [
        ("<div>归档时间:2018-11-21</div>", "archived_by_site:2018-11-21"),
        ("<span>归档时间：</span>&nbsp;<em>2019年3月4日</em>", "archived_by_site:2019-03-04"),
        ("<p class='mark'>本页面已归档</p>", "archived_by_site"),
        ("<p>【该网页已归档】</p>", "archived_by_site"),
        ("<i>本信息已于 2021-08-01 归档</i>", "archived_by_site:2021-08-01"),
        ("<p>各科室要在年底前完成文书档案归档工作，2025年12月31日前移交。</p>", ""),
        ("<p>截至6月，全区已归档案卷3200件，归档率达98%。</p>", ""),
        ("<td>归档时间</td><td></td><td>发布日期</td>", ""),
        ("<p>没有这样的字样</p>", ""),
    ],
)
def test_the_mark(source: str, flag: str) -> None:
    assert archived_by_site(source) == flag


def test_the_mark_is_a_flag_and_never_the_day_of_publication() -> None:
    one = kept.page(3)
    mark = "<div class='gd'>归档时间：2026-03-30</div>".encode()
    article = process(replace(one, body=one.body.replace(b'<div class="main">', mark + b'<div class="main">')))
    assert article.flags == ("archived_by_site:2026-03-30",)
    assert article.published_on == date(2026, 3, 4) and "归档" not in article.body
