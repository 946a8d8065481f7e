from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.urls import canonical, host, key, same_site

ARTICLE = "https://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html",
        "HTTPS://WWW.YunLan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html",
        "http://www.yunlan.gov.cn:80/html/ylq/2026/DNKLPPJP_1119/78900.html",
        "https://www.yunlan.gov.cn:443/html/ylq/2026/DNKLPPJP_1119/78900.html#zoom",
        "https://www.yunlan.gov.cn./html/ylq/2026/./DNKLPPJP_1119/78900.html",
        "https://www.yunlan.gov.cn/html/ylq/2025/../2026/DNKLPPJP_1119/78900.html",
        " https://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html?from=singlemessage&isappinstalled=0\n",
        "https://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html?utm_source=wx&spm=1.2&_=1763600000000",
        "https://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900.html;jsessionid=A1B2",
        "https://www.yunlan.gov.cn/html/ylq/2026/DNKLPPJP_1119/78900_wap.html",
        "https://www.yunlan.gov.cn/html/ylq/2026/%44NKLPPJP_1119/78900.html?",
    ],
)
def test_addresses_of_one_page_are_one(address: str) -> None:
    assert canonical(address) == ARTICLE
    assert key(address) == key(ARTICLE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.gov.cn/content/show?catid=4&id=3", "http://a.gov.cn/content/show?id=3&catid=4"),
        ("https://a.gov.cn/content/suitable/show?catid=4&id=3", "http://a.gov.cn/content/suitable/show?id=3&catid=9"),
        ("https://a.gov.cn/public/content/9044087?catId=77&type=4", "https://a.gov.cn/public/content/9044087?type=4"),
        ("https://a.gov.cn/xw/20261103/18233.html?catid=12", "https://a.gov.cn/xw/20261103/18233.html"),
        ("https://a.gov.cn/x/t20230307_11717804_wap_1.html", "https://a.gov.cn/x/t20230307_11717804_1.html"),
        ("https://a.gov.cn/show?id=3&t=1763600000000", "https://a.gov.cn/show?id=3&_t=1763600000"),
        ("https://a.gov.cn/show?id=3&rnd=0.33272930131", "https://a.gov.cn/show?id=3"),
        ("https://a.gov.cn/zwgk/index.html", "https://a.gov.cn/zwgk/"),
        ("https://a.gov.cn/zwgk/index.shtml", "https://a.gov.cn/zwgk/"),
        ("https://a.gov.cn", "https://a.gov.cn/"),
        ("https://a.gov.cn/云澜.html", "https://a.gov.cn/%E4%BA%91%e6%be%9c.html"),
        ("https://a.gov.cn/s?q=a%20b", "https://a.gov.cn/s?q=a+b"),
        (
            "https://mp.weixin.qq.com/s?__biz=MzA&mid=2&idx=1&sn=ff&chksm=8&scene=21#wechat_redirect",
            "http://mp.weixin.qq.com/s?__biz=MzA&mid=2&idx=1&sn=ff",
        ),
    ],
)
def test_same_page(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.gov.cn/show?id=3", "https://a.gov.cn/show?id=4"),
        ("https://a.gov.cn/index.php?a=show&catid=4&id=3", "https://a.gov.cn/index.php?a=show&catid=9&id=3"),
        (
            "https://a.gov.cn/public/column/6596221?type=4&catId=7065111",
            "https://a.gov.cn/public/column/6596221?type=4&catId=7065112",
        ),
        ("https://a.gov.cn/x/t20230307_11717804_1.html", "https://a.gov.cn/x/t20230307_11717804.html"),
        ("https://a.gov.cn/show?id=3&t=4", "https://a.gov.cn/show?id=3"),
        ("https://a.gov.cn/show?id=3&page=2", "https://a.gov.cn/show?id=3"),
        ("https://a.gov.cn/show?id=3&from=2020", "https://a.gov.cn/show?id=3"),
        (
            "https://a.gov.cn/col/col77/index.html?uid=5&pageNum=2",
            "https://a.gov.cn/col/col77/index.html?uid=5&pageNum=3",
        ),
        ("https://a.gov.cn:8080/", "https://a.gov.cn/"),
        ("https://a.gov.cn/index_1.html", "https://a.gov.cn/"),
        ("https://a.gov.cn/A.html", "https://a.gov.cn/a.html"),
        ("https://a.gov.cn/s?q=%B9%AB", "https://a.gov.cn/s?q=%B9%AC"),  # GBK, not UTF-8
    ],
)
def test_other_page(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("junk", ["", "javascript:void(0)", "http://[bad/", "不是网址", "//a/b", "http://"])
def test_what_is_no_url_comes_back(junk: str) -> None:
    assert canonical(junk) == junk
    assert len(key(junk)) == 16


def test_key_is_hex_of_the_canonical_url() -> None:
    assert key(ARTICLE) == "d7f9175f92c61da5"  # sha256sum | cut -c1-16


def test_host() -> None:
    assert host("HTTP://WWW.YunLan.gov.cn.:8080/x") == "www.yunlan.gov.cn"
    assert host("mailto:a@b.cn") == host("http://[bad/") == ""


def test_same_site() -> None:
    assert same_site("http://jkq.qingjia.gov.cn/x", "https://www.qingjia.gov.cn/")
    assert not same_site("http://www.yunlan.gov.cn/", "https://www.qingjia.gov.cn/")
    assert same_site("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b")
    assert not same_site("nothing", "nothing")


PIECES = st.sampled_from(
    [
        "/",
        "a",
        "..",
        ".",
        "index.html",
        "_wap.html",
        "%2F",
        "%",
        "中",
        "?",
        "&",
        "id=3",
        "_=1",
        "utm_x=1",
        ";jsessionid=1",
        "#f",
        " ",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=30))
def test_canonical_is_idempotent_and_never_raises(tail: str) -> None:
    once = canonical(f"http://www.yunlan.gov.cn/{tail}")
    assert canonical(once) == once
    assert canonical(canonical(tail)) == canonical(tail)
