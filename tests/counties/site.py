"""What the sites of all families share: home page, hub of columns, files, and the way from an address to a page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.counties import chrome, files
from tests.counties.notices import Column, File, Notice, Town

ROWS = 20


@dataclass(frozen=True)
class Ask:
    """A request: path without its query, the query's and the form's fields, headers in small letters."""

    method: str
    target: str
    form: dict[str, str]
    headers: dict[str, str]

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Page:
    """kind: home, hub, list (also shells and what scripts ask for), article, part, file, other; about: the notice."""

    body: bytes
    kind: str
    content_type: str = "text/html"
    about: int = 0
    status: int = 200
    location: str = ""

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


@dataclass
class Site:
    """One family's site; a family's module says what is not common to all.

    code    网站标识码; its first six digits are the area
    rows    rows of a list page; 0: as the family has it
    origin  where it is served, set by the server
    """

    town: Town
    code: str
    rows: int = 0
    origin: str = ""
    variant: str = ""
    look: chrome.Look = field(default_factory=chrome.Look)
    per_page: int = ROWS
    validators: bool = True
    _seen: int = -1

    def __post_init__(self) -> None:
        self.per_page = self.rows or self.per_page

    # -- what a family says

    def list_path(self, column: Column) -> str:
        """The column's first list page, as a person finds it."""
        raise NotImplementedError

    def article_path(self, one: Notice) -> str:
        raise NotImplementedError

    def route(self, ask: Ask) -> Page | None:
        """Lists and articles; None: no such page."""
        raise NotImplementedError

    def feed_path(self, column: Column) -> str:
        """The address to configure for a column: the list page, or what its script asks for."""
        return self.list_path(column)

    def file_path(self, one: Notice, turn: int, file: File) -> str:
        """Where an attachment is, as written on the article's page: relative or absolute."""
        return f"/uploadfile/{one.day:%Y/%m%d}/{one.id}_{turn}.{file.kind}"

    def part_paths(self, one: Notice) -> tuple[str, ...]:
        """The following pages of an article; () where the family has none."""
        return ()

    def row_path(self, one: Notice, column: Column) -> str:
        """How a list page of a column links a notice."""
        return self.article_path(one)

    # -- what all share

    def answer(self, ask: Ask) -> Page | None:
        path = ask.path
        if path in ("/", "/index.html"):
            return self.page(self.home(), "home")
        if path == self.hub_path():
            return self.page(self.hub(), "hub")
        if path.startswith(("/gywm/", "/wzdt/", "/zwfw/", "/hdjl/", "/ztzl/")):
            return self.page(self.wrap("栏目建设中", "<p>本栏目正在建设，敬请期待。</p>"), "other")
        if (found := self._file(ask)) is not None:
            return found
        return self.route(ask)

    def hub_path(self) -> str:
        return "/zfxxgk/index.html"

    def menu(self) -> chrome.Menu:
        news = [(column.name, self.list_path(column)) for column in self.town.columns if column.kind == "news"]
        others = [("政务服务", "/zwfw/index.html"), ("互动交流", "/hdjl/index.html"), ("专题专栏", "/ztzl/index.html")]
        return chrome.Menu([("首页", "/"), *news, ("政府信息公开", self.hub_path()), *others])

    def wrap(
        self, title: str, middle: str, tags: dict[str, str] | None = None, crumb: Sequence[tuple[str, str]] = ()
    ) -> str:
        head = chrome.site_tags(self.town, self.code) | (tags or {}) if self.look.metas else {}
        tagged = chrome.tags(head, len(self.variant))
        return chrome.frame(
            self.town, self.code, self.look, self.menu(), title=title, middle=middle, crumb=crumb, head=tagged
        )

    def page(self, text: str, kind: str, about: int = 0, content_type: str = "") -> Page:
        charset = self.look.charset
        said = "text/html; charset=utf-8" if charset == "utf-8" and self.look.says_charset else "text/html"
        return Page(text.encode(charset), kind, content_type or said, about)

    def json(self, text: str) -> Page:
        return Page(text.encode(), "list", "application/json;charset=UTF-8")

    def home(self) -> str:
        """Blocks of the newest rows below their column's name, a banner and a box of services."""
        blocks = "".join(self._block(column) for column in self.town.columns)
        services = "".join(
            f'<a href="/zwfw/{n}.html">{name}办理</a>' for n, name in enumerate(("社保", "户籍", "婚姻"))
        )
        site = f"{self.town.place}人民政府"
        middle = f'<div class="banner"><img src="/images/b.png" alt=""></div><div class="main">{blocks}</div>{services}'
        return self.wrap(site, middle, {"ColumnName": "首页", "ColumnType": "首页"})

    def _block(self, column: Column) -> str:
        rows = "".join(
            f'<li><a href="{self.article_path(one)}" title="{chrome.esc(one.title)}">{chrome.esc(one.title[:22])}</a>'
            f"<span>{one.day:%m-%d}</span></li>"
            for one in self.town.listed(column.name)[:6]
        )
        more = f'<a class="more" href="{self.list_path(column)}">更多</a>'
        return f'<div class="box"><h3><span>{column.name}</span>{more}</h3><ul class="news">{rows}</ul></div>\n'

    def hub(self) -> str:
        """政府信息公开: the disclosure columns, among what every such page must have."""
        columns = "".join(
            f'<li><a href="{self.list_path(column)}">{column.name}</a></li>'
            for column in self.town.columns
            if column.kind == "disclosure"
        )
        fixed = "".join(
            f'<li><a href="/ztzl/{slug}.html">{name}</a></li>'
            for slug, name in (("zn", "政府信息公开指南"), ("zd", "政府信息公开制度"), ("ysq", "依申请公开"))
        )
        middle = f'<div class="xxgk"><ul class="left">{fixed}</ul><h3>法定主动公开内容</h3><ul>{columns}</ul></div>'
        return self.wrap("政府信息公开", middle, {"ColumnName": "政府信息公开", "ColumnType": "信息公开目录"})

    # -- helpers of the families

    def at(self, path: str) -> Notice | None:
        """The notice whose article is at a path."""
        self._look_up()
        number = self._articles.get(path)
        return None if number is None else self.town.notices[number]

    def part_at(self, path: str) -> tuple[Notice, int] | None:
        """The notice and place (0, 1, …) of the following page at a path."""
        self._look_up()
        number, place = self._parts.get(path, (0, 0))
        return (self.town.notices[number], place) if number else None

    def is_list(self, ask: Ask, column: Column) -> bool:
        """Is this a request for a list page of the column, or for what its script fetches?"""
        marks = {self.list_path(column).rpartition("/")[0] + "/", str(column.code), f"/{column.slug}"}
        asked = f"{ask.target} {ask.form}"
        page = self.answer(ask)
        return page is not None and page.kind == "list" and any(mark in asked for mark in marks)

    def slice(self, column: Column, number: int) -> tuple[list[Notice], int, int]:
        """(rows of the number-th list page, how many pages, how many rows in all)."""
        rows = self.town.listed(column.name)
        pages = max(1, -(-len(rows) // self.per_page))
        return rows[(number - 1) * self.per_page : number * self.per_page], pages, len(rows)

    def files(self, one: Notice) -> str:
        addresses = [self.file_path(one, turn, file) for turn, file in enumerate(one.files)]
        return chrome.links(one, addresses)

    def crumb(self, column: Column, last: str = "") -> list[tuple[str, str]]:
        path = [("首页", "/"), (column.name, self.list_path(column))]
        return [*path, (last, "")] if last else path

    def tags_of(self, one: Notice) -> dict[str, str]:
        column = self.town.column(one.column)
        return {"ColumnName": column.name, "ColumnType": column.type, **chrome.notice_tags(one)}

    def _file(self, ask: Ask) -> Page | None:
        self._look_up()
        number, turn = self._files.get(ask.target, (0, 0))
        if not number:
            return None
        file = self.town.notices[number].files[turn]
        return Page(files.made(file), "file", files.TYPES[file.kind], number)

    def _look_up(self) -> None:
        """Addresses of all there is; made anew when something has changed."""
        if self._seen == self.town.changes:
            return
        self._seen = self.town.changes
        every = self.town.notices.values()
        self._articles = {self.article_path(one): one.id for one in every}
        self._parts = {
            path: (one.id, place) for one in every if one.parts for place, path in enumerate(self.part_paths(one))
        }
        self._files = {
            self._beside(one, self.file_path(one, turn, file)): (one.id, turn)
            for one in every
            for turn, file in enumerate(one.files)
        }

    def _beside(self, one: Notice, written: str) -> str:
        folder = self.article_path(one).rpartition("/")[0]
        return f"{folder}/{written.removeprefix('./')}" if written.startswith("./") else written
