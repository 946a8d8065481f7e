"""Is this the page, or a firewall, a challenge, a soft 404?

The verdicts are the folder names of tests/pages/blocked. An error page with a plain status (404, 500) and no such mark
is no verdict: the status says it all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from scraper.items import Snapshot

# Pages larger than this are never shells; soft 404s of whole portals had 14 KB (荆州, 2026-11).
_LARGE = 60_000
_HIDDEN = re.compile(r"(?is)<(script|style|noscript|template|head)\b.*?</\1\s*>|<!--.*?-->")
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_ARTICLE = re.compile(r"""(?i)name\s*=\s*["']?ArticleTitle["']?\s+content\s*=\s*["']\s*[^"'\s]""")
_CONTENT = re.compile(r"(?i)<(?:img|iframe|embed|object|a)\b|<record\b")

_RUISHU = re.compile(r"\$_ts\b|FSSBB|\br=['\"]m['\"]")
_JSL = re.compile(r"__jsl(?:uid|_clearance)")
_CHALLENGE = re.compile(r"acw_sc__v2|__tst_status|EO_Bot|C3VK=|CT6T|wzws_(?:sess|cid|reload)|WZWS|yunsuo_session|_waf_")
_WAF = re.compile(
    r"云防护|拒绝执行|防火墙|创宇盾|知道创宇|安全狗|网防G01|拦截提示|安全拦截|访问(?:已|被)?(?:被)?(?:拦截|阻断|拒绝|禁止)"
    r"|您的(?:访问|请求|IP).{0,12}(?:拦截|阻断|拒绝|禁止|不合法|威胁|异常|受限)|访问过于频繁|请求过于频繁|人机验证|滑动验证|安全验证"
    r"|Access Denied|Request (?:blocked|Rejected)|Web Application Firewall|WAF|EdgeOne|非法访问|访问受限"
)
_GONE_WORD = re.compile(r"不存在|删除|找不到|未找到|没有找到|404|出错|访问不了|无法访问|下线|走丢|已失效")
_GONE = re.compile(
    r"(?:访问|请求|查看|浏览|查找|寻找)的?.{0,6}(?:页面|网页|内容|文章|信息|资源|文件|地址|栏目).{0,8}"
    r"(?:不存在|删除|找不到|未找到|没有找到|下线|无法|出错|走丢|失效)"
    r"|(?:页面|网页|文章|信息|内容|文件|栏目).{0,6}(?:不存在|被?删除|找不到|未找到|没有找到|走丢了?|出错)"
    r"|(?:找不到|未找到|没有找到).{0,8}(?:页面|网页|文章|文件|资源)|访问不了.{0,4}页面|访问出错"
    r"|404\s*[-—:：]?\s*(?:not found|错误|页面|提示|出错|file)|not\s+found",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"请?(?:先|重新)?登录|统一身份认证|用户登录|账号登录|身份验证")
_PASSWORD = re.compile(r"""(?i)type\s*=\s*["']?password""")
_SUSPENDED = re.compile(
    r"(?:网站|站点|系统|服务|本站|页面|平台).{0,8}(?:已?关闭|已?关停|暂停|停止(?:服务|访问|运行)|维护|升级改造|建设中|下线|迁移|停用|未开通|到期)"
    r"|域名.{0,8}(?:过期|到期|未备案|未绑定)|未备案|suspended",
    re.IGNORECASE,
)
_REDIRECT = re.compile(
    r"(?i)http-equiv\s*=\s*[\"']?refresh[\"']?|(?:window|document|self|top|parent)\.location(?:\.href|\.replace)?\s*[=(]"
    r"|location\.(?:href|replace)\s*[=(]"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a verdict is made from: the head of the source and what a reader would see."""

    status: int
    source: str
    visible: str
    lines: tuple[str, ...]
    title: str
    cookies: str
    article: bool


def blocked(snapshot: Snapshot) -> str:
    """The verdict, or "" for a page as it is meant: jsl, ruishu, challenge, waf, refused, not_found, login,
    suspended, redirect, js_shell, empty."""
    source = snapshot.text
    if snapshot.status < 300 and snapshot.status != 202 and not _suspicious(source):
        return ""
    look = _look(snapshot, source)
    return next((kind for kind, says in VERDICTS if says(look)), "")


def _suspicious(source: str) -> bool:
    """Cheap and wide: most pages of a crawl are asked nothing more."""
    return len(source) < _LARGE and (
        len(source) < 6000
        or source.count("</a>") + source.count("</A>") < 5
        or (_GONE_WORD.search(source) is not None and not _ARTICLE.search(source[:8000]))
    )


def _look(snapshot: Snapshot, source: str) -> _Look:
    body = _HIDDEN.sub(" ", source[: 5 * _LARGE])
    lines = tuple(line for raw in re.split(r"<[^>]*>", unescape(body)) if (line := raw.strip()))
    title = _TITLE.search(source[:20_000])
    cookies = " ".join(value for key, value in snapshot.headers if key.lower() in ("set-cookie", "x-via-jsl", "server"))
    return _Look(
        status=snapshot.status,
        source=source[:20_000],
        visible=_SPACE.sub(" ", " ".join(lines)),
        lines=lines,
        title=_SPACE.sub(" ", unescape(title[1])).strip() if title else "",
        cookies=cookies,
        article=_ARTICLE.search(source[:20_000]) is not None,
    )


def _is_jsl(look: _Look) -> bool:
    """加速乐: HTTP 521 and a script that sets a cookie."""
    return look.status == 521 or (
        len(look.visible) < 200 and "document.cookie" in look.source and bool(_JSL.search(look.source + look.cookies))
    )


def _is_ruishu(look: _Look) -> bool:
    """瑞数: HTTP 412 (or 202) with an obfuscated script; sometimes 200 with the same script."""
    marked = bool(_RUISHU.search(look.source))
    return look.status == 412 or (len(look.visible) < 200 and marked and (look.status != 200 or "$_ts" in look.source))


def _is_challenge(look: _Look) -> bool:
    return len(look.visible) < 300 and bool(_CHALLENGE.search(look.source + look.cookies)) and not look.article


def _is_waf(look: _Look) -> bool:
    """With an error status any of its words, else its title or a curt line of a page with little else."""
    if look.status >= 400:
        return len(look.visible) < 1000 and bool(_WAF.search(look.title) or _WAF.search(look.visible))
    if look.article:
        return False
    said = bool(_WAF.search(look.title)) or (len(look.visible) < 300 and _curt(look, _WAF))
    return said and len(look.visible) < 1000


def _curt(look: _Look, pattern: re.Pattern[str]) -> bool:
    """Does a line say so that is no sentence of a text? Announcements hold the same words among others."""
    return any(len(line) <= 45 and line.count("，") < 2 and pattern.search(line) for line in look.lines)


def _is_refused(look: _Look) -> bool:
    return look.status in (401, 403, 405, 406, 418, 429, 451)


def _is_not_found(look: _Look) -> bool:
    """Only short pages: announcements hold these words too (Brussee's rule, restricted; design/sites.md 2.9)."""
    if look.status >= 400:
        return False
    if look.article:
        return bool(_GONE.search(look.title))
    if len(look.visible) >= 1500:
        return False
    plain = all(len(line) < 60 for line in look.lines)
    return bool(_GONE.search(look.title)) or (plain and _curt(look, _GONE))


def _is_login(look: _Look) -> bool:
    form = bool(_PASSWORD.search(look.source))
    return not look.article and len(look.visible) < 600 and form and bool(_LOGIN.search(look.visible + look.title))


def _is_suspended(look: _Look) -> bool:
    return (
        not look.article
        and len(look.visible) < 300
        and (_curt(look, _SUSPENDED) or bool(_SUSPENDED.search(look.title)))
    )


def _is_redirect(look: _Look) -> bool:
    return not look.article and len(look.visible) < 150 and bool(_REDIRECT.search(look.source))


def _is_shell(look: _Look) -> bool:
    nothing = len(look.visible) < 40 and not _CONTENT.search(_HIDDEN.sub("", look.source))
    return nothing and not look.article and "<script" in look.source.lower()


def _is_empty(look: _Look) -> bool:
    return look.status < 400 and not look.visible and not look.article and not _CONTENT.search(look.source)


VERDICTS: tuple[tuple[str, Callable[[_Look], bool]], ...] = (
    ("jsl", _is_jsl),
    ("ruishu", _is_ruishu),
    ("challenge", _is_challenge),
    ("waf", _is_waf),
    ("refused", _is_refused),
    ("not_found", _is_not_found),
    ("login", _is_login),
    ("suspended", _is_suspended),
    ("redirect", _is_redirect),
    ("js_shell", _is_shell),
    ("empty", _is_empty),
)
