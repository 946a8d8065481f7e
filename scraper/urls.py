"""URLs as identities: when are two addresses the same page?

A canonical URL is an identity, never the address that is fetched: http is folded into https although some county
sites answer on one scheme only (2026-11: xz.gov.cn refuses https, others refuse http).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from w3lib.url import canonicalize_url

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Directory pages: /x/ and /x/index.html are one page in every family seen (TRS, Hanweb, UCAP).
_INDEX = re.compile(r"/(?:index|default)\.(?:s?html?|jhtml)$", re.I)
# TRS writes a phone copy beside each article: t20230307_11717804_wap.html, of its second page …_wap_1.html.
_PHONE_COPY = re.compile(r"(?:_wap)+(?=(?:_\d{1,2})?\.s?html?$)", re.I)
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.I)
_SHARE = r"share_?(?:token|from|id|source)|isappinstalled|wx_?share|wxshare_count|from_?source"
# No identity in these: campaign tags, "shared from", cache busters (jQuery's _=…), session ids.
_TRACKING = re.compile(rf"^(?:utm_\w+|spm|hmsr|bd_vid|{_SHARE}|_|jsessionid|phpsessid|fbclid|gclid)$", re.I)
# A moment or a random number behind these names only keeps caches from answering: ?t=1763600000000, ?rnd=0.3327293.
_UNCACHED = re.compile(r"^(?:_?t|ts|timestamp|rnd|rand|random|nocache|_dc)=(?:1\d{9}(?:\d{3})?|0\.\d{4,})$", re.I)
# The column from which an article is reached, where the path names the article already: Fengxun's elder pages
# /content/suitable/show?catid=5&id=9, Anhui's /public/content/90440870?catId=9037771. Lists keep theirs.
_COLUMN = re.compile(r"^cat_?id=", re.I)
_NAMES_AN_ARTICLE = re.compile(
    r"^(?!.*/(?:column|list|class|channel)/)(?:.*/content/suitable/show$"
    r"|.*/(?:content|article|info|show|detail)/[\w/-]*\d{4,}(?:\.\w+)?$|.*\d{4,}\.(?:s?html?|jhtml)$)",
    re.I,
)
_SHARED_FROM = {"singlemessage", "groupmessage", "timeline", "message", "qq", "weibo"}
_WEIXIN = {"__biz", "mid", "idx", "sn"}
_PORTS = (":80", ":443")
# https://pywb.readthedocs.io, "POST query append": the mark that pywb, warcio and wacz tools use.
_POST = "__wb_method=POST"


def canonical(url: str) -> str:
    """The identity of a page: what is left of its address when everything that does not choose the page is gone.

    The scheme becomes https; host in lower case without default port; fragment, session id, tracking parameters,
    what keeps caches away, phone copy mark (_wap), a trailing index.html and the column (?catid=) of an article that
    the rest names go; dot segments are resolved, percent-encoding takes its normal form, query parameters are sorted.
    Parameters that name the article stay, and so do the numbers of its following pages (_1.html): they are pages of
    their own, joined by what the first says (RawArticle.parts). Idempotent. Never raises: what is no URL (or a broken
    one) comes back stripped.
    """
    return _canonical(url.strip())


@lru_cache(maxsize=8192)
def _canonical(url: str) -> str:
    try:
        page, mark, query = url.partition("?")
        parts = urlsplit(canonicalize_url(_SESSION.sub("", page) + mark + query))
    except ValueError:
        return url
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return url
    netloc = parts.netloc.removesuffix(_PORTS[0]).removesuffix(_PORTS[1]).rstrip(".")
    path = _PHONE_COPY.sub("", parts.path)
    path = _INDEX.sub("/", path) or "/"
    if not parts.query:
        return f"https://{netloc}{path}"
    pairs = [pair for pair in parts.query.split("&") if pair and _names_the_page(netloc, pair)]
    if any(map(_COLUMN.match, pairs)) and _NAMES_AN_ARTICLE.search(path):
        pairs = [pair for pair in pairs if not _COLUMN.match(pair)]
    return f"https://{netloc}{path}" + (f"?{'&'.join(pairs)}" if pairs else "")


def _names_the_page(netloc: str, pair: str) -> bool:
    name, _, value = pair.partition("=")
    if netloc == "mp.weixin.qq.com":
        return name in _WEIXIN
    if name == "from" and value.lower() in _SHARED_FROM:
        return False
    return not _TRACKING.match(name) and not _UNCACHED.match(pair)


def posted(url: str, form: Mapping[str, str]) -> str:
    """One address for a POST: the form appended to the URL, marked as web archives mark it (pywb, warcio)."""
    return f"{url}{'&' if '?' in url else '?'}{_POST}{'&' if form else ''}{urlencode(form)}"


def as_request(url: str) -> tuple[str, str | None]:
    """(URL to ask, form-encoded body) of an address: the body is None for a GET, else the form to POST.

    A fragment is never sent; a family may note in it what the answer does not say (scraper/pages/intertid.py).
    """
    head, mark, form = url.partition("#")[0].partition(_POST)
    return (head.rstrip("?&"), form.removeprefix("&")) if mark else (url, None)


def form_of(url: str) -> dict[str, str]:
    """The form of an address that ``posted`` made; {} for any other."""
    return dict(parse_qsl(as_request(url)[1] or "", keep_blank_values=True))


def address(url: str) -> str:
    """The canonical URL on the scheme it was fetched with: opens also where a site answers on one scheme only."""
    found = canonical(url)
    return found.replace("https:", "http:", 1) if url.strip().lower().startswith("http:") else found


def key(url: str) -> str:
    """16 hex digits of the SHA-256 of the canonical URL."""
    return hashlib.sha256(canonical(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def host(url: str) -> str:
    """Host name in lower case, without port and trailing dot; "" when there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def same_site(one: str, other: str) -> bool:
    """Do two addresses belong to one registrable domain (the name below gov.cn)?

    jkq.changzhou.gov.cn and www.changzhou.gov.cn do; www.wj.gov.cn and www.zhonglou.gov.cn do not.
    """
    first, second = host(one), host(other)
    return bool(first) and (first == second or _domain(first) == _domain(second) != "")


@lru_cache(maxsize=4096)
def _domain(name: str) -> str:
    return _suffixes().extract_str(name, include_psl_private_domains=False).top_domain_under_public_suffix


@lru_cache(maxsize=1)
def _suffixes() -> TLDExtract:
    # Imported late: it brings an HTTP client along (90 ms). Its own list is used: no look-up, no cache folder.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
