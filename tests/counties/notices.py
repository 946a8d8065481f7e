"""What a made-up county announces: notices in columns, and what happens to them between two nights."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import islice

from tests.county.announcements import Announcement, announcements

TODAY = date(2026, 11, 20)
FIRST_ID = 10_001


@dataclass(frozen=True)
class Column:
    """A 栏目. slug: its folder; code: what the CMS calls it; type: META ColumnType; draws: whose texts it takes; full:
    has it as many notices as columns have at most, or half as many?"""

    name: str
    slug: str
    code: int
    kind: str
    type: str
    draws: tuple[str, ...]
    full: bool = True


COLUMNS = (
    Column("政务要闻", "zwyw", 4101, "news", "工作动态", ("云澜要闻",)),
    Column("部门动态", "bmdt", 4102, "news", "工作动态", ("部门动态", "镇街动态"), full=False),
    Column("通知公告", "tzgg", 4103, "news", "通知公告", ("通知公告", "统计信息"), full=False),
    Column("政策文件", "zcwj", 4104, "disclosure", "政策文件", ("政策文件库", "财政预决算")),
    Column("人事任免", "rsrm", 4105, "disclosure", "人事信息", ("人事任免",), full=False),
)


@dataclass(frozen=True)
class File:
    """An attachment: kind is pdf, docx or zip."""

    name: str
    kind: str
    text: str


@dataclass(frozen=True)
class Notice:
    """One announcement. parts: what its following pages say; also: further columns that list it; style: 0-3."""

    id: int
    title: str
    day: date
    column: str
    body: tuple[str, ...]
    source: str = ""
    author: str = ""
    issuer: str = ""
    number: str = ""
    topic: str = ""
    made_on: date | None = None
    kind: str = "news"
    parts: tuple[tuple[str, ...], ...] = ()
    files: tuple[File, ...] = ()
    also: tuple[str, ...] = ()
    pinned: bool = False
    style: int = 0

    @property
    def hex(self) -> str:
        return f"{random.Random(self.id).getrandbits(128):032x}"

    @property
    def index(self) -> str:
        return f"014990{self.id % 1000:03d}/{self.day.year}-{self.id % 100000:05d}"

    @property
    def clock(self) -> str:
        return f"{8 + self.id % 9:02d}:{self.id % 60:02d}"


@dataclass
class Town:
    """A county's notices as they are now. place: 云澜区 and the like; every name is invented. size: notices of a full
    column at first."""

    place: str
    size: int = 80
    seed: int = 1
    today: date = TODAY
    columns: tuple[Column, ...] = COLUMNS
    notices: dict[int, Notice] = field(default_factory=dict)
    changes: int = 0
    order: int = 1

    def __post_init__(self) -> None:
        self._number = FIRST_ID
        self._shown: set[str] = set()
        self._texts = {column.name: _texts(column, self.place) for column in self.columns}
        for back in range(self.size - 1, -1, -1):
            for column in self.columns:
                if not column.full and back >= (self.size + 1) // 2:
                    continue
                day = self.today - timedelta(days=(back + 1) // 2 * (1 + column.code % 2))
                self._add(column, day, back)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def listed(self, name: str) -> list[Notice]:
        """What a column lists: newest first, pinned ones above, and once more in their place."""
        found = [one for one in self.notices.values() if name == one.column or name in one.also]
        found.sort(key=lambda one: (one.day, self.order * one.id), reverse=True)
        return [one for one in found if one.pinned] + found

    # -- what happens between two nights, or while a list is being read

    def publish(self, count: int = 1, column: str = "", days_ago: int = 0) -> list[Notice]:
        """So many new notices of a column, or of each; days_ago: a late item, which carries an old date."""
        chosen = [one for one in self.columns if column in ("", one.name)]
        day = self.today - timedelta(days=days_ago)
        return [self._add(one, day, count - turn) for one in chosen for turn in range(count)]

    def edit(self, number: int) -> Notice:
        """A correction in the text, and in the title, by which lists tell that a page has changed."""
        old = self.notices[number]
        new = replace(old, title=old.title + "（更正）", body=("原文有误，更正如下。", *old.body))
        self._put(new)
        return new

    def remove(self, number: int) -> Notice:
        self.changes += 1
        return self.notices.pop(number)

    def pin(self, number: int, pinned: bool = True) -> None:
        self._put(replace(self.notices[number], pinned=pinned))

    def reorder(self) -> None:
        """What bears the same day changes places in every list."""
        self.changes += 1
        self.order = -self.order

    def repost(self, number: int, column: str) -> None:
        """Lists a notice in a further column."""
        old = self.notices[number]
        self._put(replace(old, also=(*old.also, column)))

    def next_day(self) -> None:
        self.today += timedelta(days=1)

    def _add(self, column: Column, day: date, turn: int) -> Notice:
        number, self._number = self._number, self._number + 3
        draft = next(self._texts[column.name])
        serial = (number - FIRST_ID) // 3
        title = draft.title if serial % 9 else f"{draft.title}（{day:%Y}年第{serial + 1}期）"
        if title in self._shown:
            title = f"{draft.title}（{day.year}年第{serial + 1}号）"
        self._shown.add(title)
        lines, files = _split(draft.body, serial)
        opening = (
            f"{self.place}{day.year}年第{serial + 1}号，{day.month}月{day.day}日由喆里社区登记在册，共{len(lines)}段。"
        )
        body = (opening, *lines)
        parts: tuple[tuple[str, ...], ...] = ()
        if serial % 13 == 7:
            parts = tuple(_part(self.place, serial, page) for page in range(2, 4 + serial % 2))
        made = Notice(
            number, title, day, column.name, body, draft.source.replace("云澜", self.place[:-1]), draft.author,
            draft.issuer or f"{self.place}人民政府办公室", draft.number, draft.topic, day - timedelta(days=4),
            column.kind, parts, files, (), False, serial % 4,
        )  # fmt: skip
        if column.name == "部门动态" and serial % 11 == 3:
            made = replace(made, also=("政务要闻",))
        self._put(made)
        return made

    def _put(self, one: Notice) -> None:
        self.changes += 1
        self.notices[one.id] = one


def _texts(column: Column, place: str) -> Iterator[Announcement]:
    """Texts for a column without end; every turn repeats the same ones."""
    while True:
        for one in _drawn(column.draws):
            body = tuple(line.replace("云澜", place[:-1]) for line in one.body)
            yield replace(one, title=one.title.replace("云澜", place[:-1]), body=body)


@cache
def _drawn(draws: tuple[str, ...]) -> tuple[Announcement, ...]:
    found = [one for one in announcements() if one.column in draws and one.dated]
    return tuple(reversed(found))


def _split(lines: Sequence[str], serial: int) -> tuple[tuple[str, ...], tuple[File, ...]]:
    """The text without its lines for pictures and attachments, and the attachments."""
    kept = tuple(line for line in lines if not line.startswith(("附件：", "图：")))
    if serial % 7 != 2:
        return kept, ()
    first = File(f"附件{serial}号清单", ("pdf", "docx")[serial % 2], f"Annex {serial}")
    more = (File(f"附件{serial}号汇总", "zip", f"Archive {serial}"),) if serial % 3 == 0 else ()
    return kept, (first, *more)


def _part(place: str, serial: int, page: int) -> tuple[str, ...]:
    streets = list(islice(("望湖街道", "柳溪镇", "白鹭镇", "松涛街道", "南塘镇"), 5))
    chance = random.Random(f"{place} {serial} {page}")
    return tuple(
        f"{place}第{serial + 1}号之{page}：{street}今年安排项目{chance.randint(3, 90)}个，完成投资"
        f"{chance.randint(100, 9000)}万元，涉及居民{chance.randint(80, 9000)}户，其余事项另行安排。"
        for street in streets
    )
