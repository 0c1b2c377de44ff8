"""Spreadsheets: every sheet of an XLSX, XLSB, XLS or ODS workbook that holds the columns asked for.

Cells come as the spreadsheet holds them: a number stays marked as one, because a serial number
that became a number has lost its leading zeros.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from agent.errors import SourceError
from agent.sources.tables import Row, Table, find_headings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.sources.tables import Recognised

_EXACT = 1e15
"""Spreadsheets keep 15 digits of a number."""

SUFFIXES = (".xlsx", ".xlsb", ".xlsm", ".xls", ".ods")


def find_tables(
    content: bytes, name: str, file: str, part: str | None, recognised: Recognised
) -> tuple[list[Table], Sequence[str], list[str]]:
    """The tables of a workbook, its widest row, and the sheets that hold no table.

    :raises SourceError: it is damaged, or protected by a password.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(sheet, _Rows(book, sheet)) for sheet in book.sheet_names]
        tables: list[Table] = []
        widest: Sequence[str] = ()
        others: list[str] = []
        for sheet, rows in sheets:
            start = find_headings(rows(), recognised)
            widest = max(widest, start.widest, key=len)
            if start.heading is None:
                others.append(sheet)
                continue
            place = f"{part}: {sheet}" if part else sheet
            tables.append(
                Table(
                    file=f"{file}: {sheet}",
                    part=place,
                    headings=tuple(start.heading.cells),
                    heading_line=start.heading.line,
                    titles=start.titles,
                    every_row=rows,
                )
            )
    except (CalamineError, OSError) as error:
        raise SourceError(
            f"{name}: is no readable workbook: {error}; open it and save it again as XLSX"
        ) from None
    return tables, widest, others


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a sheet, counted as the spreadsheet counts them."""

    book: CalamineWorkbook
    sheet: str

    def __call__(self) -> Iterator[Row]:
        for line, cells in enumerate(self.book.get_sheet_by_name(self.sheet).iter_rows(), start=1):
            numbers = frozenset(
                place
                for place, cell in enumerate(cells)
                if isinstance(cell, (int, float)) and not isinstance(cell, bool)
            )
            yield Row(line, [_text(cell) for cell in cells], numbers)


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)
