"""Spreadsheets (xls, xlsx, ods; ET of WPS) by calamine: a line for each row, a sheet's name above its rows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from pipelines.attachments.extracted import LONGEST, Extracted, Unreadable, row, tidy

SHEETS = 300


def read(body: bytes, kind: str) -> Extracted:
    """Raises Unreadable: encrypted, broken, no cell filled."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(body)) as book:
            lines = list(_lines(book))
            pages = len(book.sheet_names)
            hidden = any(sheet.visible is not SheetVisibleEnum.Visible for sheet in book.sheets_metadata)
    except PasswordError as error:
        raise Unreadable("encrypted", "a password is needed to open it") from error
    except CalamineError as error:
        raise Unreadable("broken", f"no workbook that can be read: {error}") from error
    text = tidy(lines)
    if not text:
        raise Unreadable("no_text", "no cell is filled", pages)
    return Extracted("text", kind, text, pages=pages, flags=("hidden_sheets",) if hidden else ())


def _lines(book: CalamineWorkbook) -> Iterator[str]:
    length = 0
    names = [one.name for one in book.sheets_metadata if one.typ is SheetTypeEnum.WorkSheet][:SHEETS]
    for name in names:
        filled = False
        for cells in book.get_sheet_by_name(name).to_python():
            line = row(map(_cell, cells))
            if not line.strip():
                continue
            if not filled and len(names) > 1:
                yield f"【{name}】"
            filled = True
            yield line
            length += len(line)
            if length > LONGEST:
                return


def _cell(value: object) -> str:
    """As a reader sees it: whole numbers without .0, days without a clock."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value)
