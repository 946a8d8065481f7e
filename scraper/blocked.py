"""Is this the page, or a firewall, a challenge, a soft 404?

The verdicts are the folder names of tests/pages/blocked; its folder `none` holds pages that only look like one. An
error page with a plain status (404, 500) and no such mark is no verdict: the status says it all. docs/operations.md
says what each verdict means and what to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from urllib.parse import urlsplit

from scraper import blockmarks as marks
from scraper.items import Snapshot

# Pages larger than this are never shells; soft 404s of whole portals had 14 KB (荆州, 2026-11).
_LARGE = 60_000
_HIDDEN = re.compile(r"(?is)<(script|style|noscript|template|head|textarea)\b.*?</\1\s*>|<!--.*?-->")
_TAGS = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")
_TITLE = re.compile(r"(?is)<title[^>]*>(.*?)</title>")
_ARTICLE = re.compile(r"""(?i)name\s*=\s*["']?ArticleTitle["']?\s+content\s*=\s*["']\s*[^"'\s]""")
_CONTENT = re.compile(r"(?i)<(?:img|iframe|embed|object|a)\b|<record\b")
_LINK = re.compile(r"(?i)<a\b")
_LINKED = re.compile(r"(?is)<a\b.*?</a\s*>")
_NUMBERED = re.compile(r"\d{5,}|/content\b|/art/")  # addresses of single pages hold a date or a number
_XHTML = re.compile(r"(?i)<html|<!doctype\s+html")
_JSONP = re.compile(r"[\w$.]+\s*\(\s*[\[{].*[\]}]\s*\)\s*;?\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a verdict is made from: the head of the source and what a reader would see; body: without what is hidden."""

    status: int
    source: str
    visible: str
    body: str
    title: str
    cookies: str
    links: int
    article: bool


def blocked(snapshot: Snapshot) -> str:
    """The verdict, or "" for a page as it is meant: jsl, ruishu, challenge, waf, refused, home_page, not_found, login,
    suspended, redirect, js_shell, empty."""
    source = snapshot.text
    plain = snapshot.status < 300 and snapshot.status != 202
    if plain and not _suspicious(source):
        return "home_page" if _is_home(snapshot, source) else ""
    if plain and (said := _data(source)) is not None:
        return "waf" if said and marks.TOLD.search(said) else ""
    look = _look(snapshot, source)
    verdict = next((kind for kind, says in VERDICTS if says(look)), "")
    return verdict or ("home_page" if plain and _is_home(snapshot, source) else "")


def _suspicious(source: str) -> bool:
    """Cheap and wide: most pages of a crawl are asked nothing more."""
    size = len(source)
    return size < _LARGE and (
        size < 6000
        or source.count("</a>") + source.count("</A>") < 5
        or (_ARTICLE.search(source, 0, 8000) is None and marks.GONE_WORD.search(source) is not None)
    )


def _data(source: str) -> str | None:
    """The answer of a list's API (JSON, JSONP, XML), which is never a shell; "" when it is long. None: a page."""
    start = source[:600].lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        data = start.startswith(("<?xml", "<datastore", "<record", "<rss", "<root")) and not _XHTML.search(start)
    else:
        whole = source.strip("\ufeff \t\r\n")
        data = (start[:1] + whole[-1:] in ("{}", "[]")) or (
            _JSONP.fullmatch(whole) is not None and "__jsl" not in source
        )
    if not data:
        return None
    return source if len(source) < 400 else ""


def _look(snapshot: Snapshot, source: str) -> _Look:
    body = _HIDDEN.sub(" ", source[: 5 * _LARGE])
    title = _TITLE.search(source, 0, 20_000)
    visible = _SPACE.sub(" ", unescape(_TAGS.sub(" ", body))).strip()
    headers = ("set-cookie", "x-via-jsl", "server", "location", "x-amzn-waf-action", "cf-mitigated")
    cookies = " ".join(f"{key}: {value}" for key, value in snapshot.headers if key.lower() in headers)
    name = _SPACE.sub(" ", unescape(title[1])).strip() if title else ""
    return _Look(
        status=snapshot.status,
        source=source[:20_000],
        visible=visible,
        body=body,
        title=name,
        cookies=cookies,
        links=len(_LINK.findall(body)),
        article=_ARTICLE.search(source, 0, 20_000) is not None
        or marks.LABEL.search(visible) is not None
        or marks.NOTICE.match(name) is not None,
    )


def _is_jsl(look: _Look) -> bool:
    """加速乐: HTTP 521 (also 512) and a script that sets a cookie, its name put together from single letters."""
    if look.status == 521:
        return "cloudflare" not in look.source.lower()
    if len(look.visible) >= 200 or look.links:
        return False
    joined = re.sub(r"""['"]\s*\)?\s*\+\s*\(?\s*['"]""", "", look.source)
    return "document.cookie" in look.source and bool(marks.JSL.search(joined + look.cookies))


def _is_ruishu(look: _Look) -> bool:
    """瑞数: HTTP 412 (or 202, 400) with an obfuscated script; sometimes 200 with the same script."""
    if look.status == 412:
        return True
    marked = len(look.visible) < 200 and look.links <= 5 and bool(marks.RUISHU.search(look.source))
    return marked and (look.status != 200 or "$_ts" in look.source)


def _is_challenge(look: _Look) -> bool:
    """A page that only sets a cookie, by a script, and calls itself again. We never do what it asks for."""
    if look.article or len(look.visible) >= 300 or look.links > 5:
        return False
    if marks.CHALLENGE.search(look.source) or marks.ACTION.search(look.cookies):
        return True
    blank = len(look.visible) < 100 and not _CONTENT.search(_HIDDEN.sub("", look.source))
    if look.status >= 300 or look.status == 202:
        return blank and (look.status == 202 or bool(marks.CHALLENGE.search(look.cookies)))
    sets = marks.SETS_COOKIE.search(look.source) and marks.CALLS_AGAIN.search(look.source)
    return blank and bool(sets) and "<div" not in look.source.lower() and len(look.source) < 8000


def _is_waf(look: _Look) -> bool:
    """With an error status any of its words, else its title or a curt line of a page with little else."""
    size = len(look.visible)
    if look.status == 429:
        return False  # it says all that such a page says
    if look.status >= 400:
        return size < 1500 and bool(marks.WAF.search(look.title) or marks.WAF.search(look.visible))
    if look.article or size >= 1000 or look.links > 5:
        return False
    if len(look.title) <= 30 and marks.WAF_TITLE.search(look.title):
        return True
    traced = bool(marks.TRACE.search(look.visible))
    if traced:
        return _curt(look, marks.REFUSES)
    return size < 120 and not _prose(look, 40) and any(map(marks.REFUSES_FIRST.match, _lines(look.body)))


@lru_cache(maxsize=1)
def _lines(body: str) -> tuple[str, ...]:
    """What is written outside of links, piece by piece."""
    return tuple(line for raw in _TAGS.split(unescape(_LINKED.sub("<a>", body))) if (line := raw.strip()))


def _curt(look: _Look, pattern: re.Pattern[str]) -> bool:
    """Does a line say so that is no sentence of a text? Announcements hold the same words among others."""
    return any(len(line) <= 45 and line.count("，") < 2 and pattern.search(line) for line in _lines(look.body))


def _prose(look: _Look, longest: int = 60) -> bool:
    """Is there a paragraph, as announcements have and error pages do not?"""
    return any(len(line) > longest and line.count("，") > 1 for line in _lines(look.body))


def _is_refused(look: _Look) -> bool:
    return look.status in marks.REFUSED


def _is_not_found(look: _Look) -> bool:
    """Only short pages: announcements hold these words too (Brussee's rule, restricted; design/sites.md 2.9)."""
    if look.status >= 300:
        return False
    size, curt_title = len(look.visible), len(look.title) <= 24 and bool(marks.GONE.search(look.title))
    if look.article:
        return curt_title and len(look.title) <= 12 and size < 300 and not _prose(look)
    if size >= 1500 or _prose(look):
        return False
    plain = all(len(line) < 60 for line in _lines(look.body))
    return curt_title or (plain and _curt(look, marks.GONE))


def _is_login(look: _Look) -> bool:
    """A form with a password, or a page whose title is that of a log-in, and little else."""
    if look.article or len(look.visible) >= 600 or look.links >= 20:
        return False
    form = marks.PASSWORD.search(look.source) and marks.LOGIN.search(look.visible + look.title)
    return bool(form) or (bool(marks.LOGIN_TITLE.fullmatch(look.title)) and not _prose(look))


def _is_suspended(look: _Look) -> bool:
    if look.article or len(look.visible) >= 300 or look.links > 10 or _prose(look) or look.status >= 300:
        return False
    return _curt(look, marks.SUSPENDED) or (len(look.title) <= 30 and bool(marks.SUSPENDED.search(look.title)))


def _is_redirect(look: _Look) -> bool:
    """By META or script. Small lists set location.href too, in their pager: they have links."""
    if look.article or look.links > 2 or len(look.visible) >= 150 or not look.status < 300:
        return False
    if marks.REFRESH.search(look.source):
        return True
    return bool(marks.REDIRECT.search(look.source)) and not marks.PHONE.search(look.source)


def _is_shell(look: _Look) -> bool:
    """A page that a script is to fill: nothing to see, or an application's empty root with a footer at most."""
    if look.article or "<script" not in look.source.lower() or look.status >= 400:
        return False
    seen = marks.LOADING.sub("", look.visible)
    blank = len(seen) < 40 and not _CONTENT.search(_HIDDEN.sub("", look.source))
    if not blank and not (len(seen) < 300 and look.links < 5 and marks.APP_ROOT.search(look.source)):
        return False
    return len(marks.ROWS_IN_SCRIPT.findall(look.source)) < 2


def _is_empty(look: _Look) -> bool:
    return look.status < 300 and not look.visible and not look.article and not _CONTENT.search(look.source)


def _is_home(snapshot: Snapshot, source: str) -> bool:
    """The site's home page with 200 where one article was asked for: what some sites give for a wrong address, others
    to who asks too often (2026-11: 208 KB, 350 KB). Its title is the site's name, it has links by the dozen, and
    nothing that names an article."""
    asked = urlsplit(snapshot.requested_url or snapshot.url)
    if snapshot.role != "article" or not _NUMBERED.search(f"{asked.path}?{asked.query}"):
        return False
    head = source[:8000]
    title = _TITLE.search(head)
    if title is None or not _names_site(_SPACE.sub(" ", unescape(title[1])).strip(), head) or _ARTICLE.search(head):
        return False
    if source.count("</a>") + source.count("</A>") < 60 or marks.LABEL.search(source) or "PubDate" in head:
        return False
    rest = [line.strip() for line in _TAGS.split(_LINKED.sub(" ", _HIDDEN.sub(" ", source)))]
    listed = snapshot.listed_title.strip()[:12]
    return max(map(len, rest)) < 200 and not (listed and any(listed in line for line in rest))


def _names_site(title: str, head: str) -> bool:
    name = marks.SITE_NAME.search(head)
    return bool(title) and ((name is not None and name[1].strip() == title) or bool(marks.HOME_TITLE.fullmatch(title)))


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
# These stand in the way of everything: a robots.txt that is one gives no leave to read the site.
WALLS = ("jsl", "ruishu", "challenge", "waf", "refused", "login")
NAMES = (*(name for name, _ in VERDICTS), "home_page")
