"""Every form of the visible line in every place of the page: the same title, date, source and body are read.

The lines are those of design/site-families.md C and sites.md 3 in invented words; sixteen lines, six containers, three
places, with and without META tags.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest

from pipelines.process import process
from scraper.items import Snapshot

LINES = (
    "<div class='info'><span>发布日期：2023-05-04</span><span>来源：云澜日报</span>"
    "<span>浏览次数：<i></i></span></div>",
    "<div>2023-05-04 10:22 <span class='font'>来源：云澜日报</span> 【字体：<a>大</a> <a>中</a>】 <a>打印</a></div>",
    "<p>来源：云澜日报 发布时间：2023-05-04 10:22:33 点击：<script>x</script>次</p>",
    "<table><tr><td>发布时间：2023年05月04日</td><td>信息来源：云澜日报</td><td>阅读：12</td></tr></table>",
    "<ul><li>来源：<b>云澜日报</b></li><li>作者：杜若</li><li>时间：2023/5/4</li></ul>",
    "<div>日期：2023-05-04</div><div>来源：<a href='/'>云澜日报</a></div><div>字号：<a>大</a><a>小</a></div>",
    "<div>【来源:云澜日报】【2023-05-04】【字号 大 中 小】【打印】【关闭】</div>",
    "<div>文章来源：云澜日报&nbsp;&nbsp;|&nbsp;&nbsp;发布时间：2023-05-04&nbsp;|&nbsp;浏览量：33</div>",
    "<div><em>2023-05-04 10:00:00</em><em>来源： 云澜日报</em><em>编辑：柳三变</em></div>",
    "<div>(2023-05-04) 稿件来源:云澜日报 责任编辑:柳三变</div>",
    "<div>发布时间：2023-05-04 浏览次数：<span>次</span> 来源：云澜日报 　【<a>我要纠错</a>】</div>",
    "<div>信息来源：<span>云澜日报</span><span>发布日期：</span><span>2023-05-04 10:20</span></div>",
    "<div>时间：2023-05-04 10:20　字体：[大][中][小]　来源：云澜日报</div>",
    "<div>云澜区人民政府 www.yunlan.gov.cn 2023-05-04 来源：云澜日报</div>",
    "<div>发文时间:2023-05-04&nbsp;作者:区府办&nbsp;来源:云澜日报&nbsp;阅读次数:100</div>",
    "<div>发布时间：2017-01-01</div><div>归档时间：2018-11-21</div>",
)
TITLE = "云澜区推进农村公路建设"
TEXT = (
    "<p>5月3日，云澜区召开农村公路建设推进会，总结一季度工作。</p>"
    "<p>会议时间：2023年5月3日上午9时。会议指出，要抓好质量安全，确保年底前通车。</p>"
    "<p>各镇街负责人参加会议，区交通局作了汇报。</p>"
)
CONTAINERS = (
    f"<div id='zoom'>{TEXT}</div>",
    f"<div class='TRS_Editor'>{TEXT}</div>",
    f"<div class='xx1'>{TEXT}</div>",
    f"<div class='article'>{TEXT}</div>",
    f"<div class='content'><div>{TEXT}</div></div>",
    f"<table><tr><td class='tt'>{TEXT}</td></tr></table>",
)
META = (
    f"<meta name='ArticleTitle' content='{TITLE}'><meta name='PubDate' content='2023-05-05 09:00'>"
    "<meta name='ContentSource' content='云澜区门户'>"
)
PLACES = (
    "<h1>{title}</h1>{line}{body}",
    "<div class='content'><h1>{title}</h1>{line}{body}<div>【打印】【关闭】</div><div>上一篇：无</div></div>",
    "<div class='left'><h3>栏目导航</h3><ul><li><a href='/q'>政务要闻</a></li></ul></div><div class='right'>"
    "<div class='tit'>{title}</div>{line}{body}<div>分享到：</div></div>",
)
PAGE = (
    "<html><head><meta charset='utf-8'><title>{title}_云澜区人民政府</title>{meta}</head><body><div class='nav'>"
    "<a href='/1'>首页</a><a href='/2'>政务公开</a> 今天是2026年11月20日 星期五</div>"
    "<div>当前位置：首页 &gt; 政务动态 &gt; 正文</div>"
    "{core}<div class='foot'><p>主办单位：云澜区人民政府办公室　网站标识码：3204000000</p></div></body></html>"
)


@pytest.mark.parametrize("line", LINES)
def test_the_visible_line_anywhere(line: str) -> None:
    for body, place, meta in product(CONTAINERS, PLACES, (META, "")):
        core = place.format(title=TITLE, line=line, body=body)
        page = PAGE.format(title=TITLE, meta=meta, core=core)
        url = "http://www.yunlan.gov.cn/zw/202305/12345.html"
        article = process(Snapshot(url, page.encode(), datetime(2026, 11, 1, tzinfo=UTC)))
        assert article.title == TITLE
        assert article.published_on == (date(2017, 1, 1) if "归档" in line else date(2023, 5, 4))
        assert article.source == ("云澜日报" if "来源" in line else "云澜区门户" if meta else None)
        assert article.body.startswith("5月3日，")
        assert article.body.endswith("作了汇报。")
