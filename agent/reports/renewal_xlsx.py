"""The renewal package as a workbook: one sheet a part, sums and bridges as formulas.

Text is written as text, whatever it begins with: nothing of the estate becomes a formula. The
bridges are computed again by the sheet itself, so that a reviewer sees where a figure comes from.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, TYPE_CHECKING, TypeAlias

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from agent.reports import Format
from agent.reports.escaping import spelt
from agent.reports.renewal import package
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from agent.model import PlannedLine, Report
    from agent.reports.renewal import Package

LONGEST_CELL = 32_767
ROWS = 1_048_576 - 50
"""Rows of a sheet, less those for headings and for totals."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of ours, `{row}` being its own row, and its value for readers that do not sum."""

    text: str
    value: Decimal | int | None


Cell: TypeAlias = "str | int | Decimal | date | bool | Formula | None"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One part. `summed` are columns with a total below their headings."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    summed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """The formats cells are written with."""

    bold: CellFormat
    day: CellFormat
    money: CellFormat
    total: CellFormat
    text: CellFormat


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the workbook; the same report gives the same bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made = datetime.combine(report.as_of, time())
    book.set_properties({"title": "Renewal package", "created": made})
    looks = _looks(book)
    for sheet in _sheets(package(report)):
        for part in _pages(sheet):
            _write_sheet(book.add_worksheet(part.name), part, looks)
    book.close()
    stream.write(buffer.getvalue())


def _pages(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet, or several where it has more rows than a workbook's sheet can hold."""
    rows = sheet.rows
    for number, first in enumerate(range(0, max(1, len(rows)), ROWS), start=1):
        name = sheet.name if number == 1 else f"{sheet.name} {number}"
        yield replace(sheet, name=name, rows=rows[first : first + ROWS])


def _looks(book: Workbook) -> Looks:
    return Looks(
        bold=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        money=book.add_format({"num_format": "#,##0.00"}),
        total=book.add_format({"bold": True, "num_format": "#,##0.00"}),
        text=book.add_format({"text_wrap": False}),
    )


def _write_sheet(page: Worksheet, sheet: Sheet, looks: Looks) -> None:
    """Totals, one for each currency, then the headings, all frozen; the rest can be filtered."""
    rows, headings = sheet.rows, sheet.headings
    totals = list(_totals(sheet))
    head = max(1, len(totals))
    for row, total in enumerate(totals):
        for column, cell in enumerate(total):
            _write_cell(
                page, row, column, cell, replace(looks, money=looks.total, text=looks.total)
            )
    for column, heading in enumerate(headings):
        page.write_string(head, column, heading, looks.bold)
        page.set_column(column, column, _width(heading, (row[column] for row in rows)))
    for number, line in enumerate(rows, start=head + 1):
        for column, cell in enumerate(line):
            _write_cell(page, number, column, cell, looks)
    page.freeze_panes(head + 1, 0)
    page.autofilter(head, 0, head + max(1, len(rows)), len(headings) - 1)


def _totals(sheet: Sheet) -> Iterator[tuple[Cell, ...]]:
    """Totals of the rows that the filter shows. No two currencies are added to one another."""
    if not sheet.summed:
        return
    place = sheet.headings.index("Currency")
    groups: dict[Cell, list[tuple[Cell, ...]]] = {}
    for row in sheet.rows:
        groups.setdefault(row[place], []).append(row)
    priced = {name: rows for name, rows in groups.items() if _has_amount(sheet, rows)} or {None: []}
    first = len(priced) + 2
    last = first - 1 + max(1, len(sheet.rows))
    for currency, rows in sorted(priced.items(), key=lambda item: str(item[0])):
        cells: list[Cell] = [None] * len(sheet.headings)
        cells[place] = currency
        for heading in sheet.summed:
            column = sheet.headings.index(heading)
            letter, of = xl_col_to_name(column), xl_col_to_name(place)
            area = f"{letter}{first}:{letter}{last}"
            formula = f"=SUBTOTAL(109,{area})"
            if len(priced) > 1:
                start = f"{letter}{first}"
                shown = f"SUBTOTAL(109,OFFSET({start},ROW({area})-ROW({start}),0))"
                formula = f"=SUMPRODUCT({shown},--({of}{first}:{of}{last}={of}{{row}}))"
            cells[column] = Formula(formula, sum((_number(r[column]) for r in rows), Decimal(0)))
        cells[0] = "Total of the rows shown"
        yield tuple(cells)


def _has_amount(sheet: Sheet, rows: Iterable[tuple[Cell, ...]]) -> bool:
    columns = [sheet.headings.index(heading) for heading in sheet.summed]
    return any(row[column] is not None for row in rows for column in columns)


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, looks: Looks) -> None:
    match cell:
        case None:
            return
        case Formula():
            value = "" if cell.value is None else float(cell.value)
            page.write_formula(row, column, cell.text.format(row=row + 1), looks.money, value)
        case bool():
            page.write_string(row, column, spelt(cell), looks.text)
        case int():
            page.write_number(row, column, cell)
        case Decimal():
            page.write_number(row, column, float(cell), looks.money)
        case date():
            page.write_datetime(row, column, datetime.combine(cell, time()), looks.day)
        case _:
            page.write_string(row, column, visible(cell)[:LONGEST_CELL], looks.text)


def _number(cell: Cell) -> Decimal:
    value = cell.value if isinstance(cell, Formula) else cell
    return Decimal(value) if isinstance(value, Decimal | int) else Decimal(0)


def _width(heading: str, cells: Iterable[Cell]) -> float:
    longest = max((len(spelt(c)) for c in cells if not isinstance(c, Formula)), default=8)
    return float(min(60, max(10, len(heading) + 2, longest + 1)))


# ------------------------------------------------------------------------------- parts


def _sheets(made: Package) -> Iterator[Sheet]:
    yield Sheet("Summary", ("What", "Value"), tuple(_summary(made)))
    yield _extended("Bridges", made.extended, made)
    yield _extended("Adds", made.added, made)
    for name, table in made.tables.items():
        rows: tuple[tuple[Cell, ...], ...] = table.rows
        if name == "sites":
            rows = tuple((*row[:5], Formula("=D{row}+E{row}", _number(row[5]))) for row in rows)
        yield Sheet(table.name, table.headings, rows, table.summed)


def _summary(made: Package) -> Iterator[tuple[Cell, ...]]:
    plan = made.plan
    what = "Common end date" if plan.co_terminates else "Nothing to co-terminate; best day"
    yield (what, plan.anniversary)
    yield ("Asked for", plan.asked_for)
    yield ("Best day", plan.best)
    yield ("Runner-up in another month", plan.runner_up)
    yield ("As of", plan.as_of)
    yield ("Order day", plan.order_day)
    yield from (("Why", sentence) for sentence in plan.why)
    yield from (("Breaks", sentence) for sentence in plan.breaks)
    yield from made.counts
    yield ("Orders before", plan.orders_before)
    yield ("Orders after", plan.orders_after)
    yield ("Avoidable uncovered unit-days left", plan.uncovered_unit_days)
    yield ("Uncovered unit-days if nothing is ordered", plan.uncovered_if_nothing_is_done)
    yield ("Unit-days nobody can cover", plan.not_eligible_unit_days)
    for each in made.plan.totals:
        yield (f"Bridges, {each.currency}", each.bridges)
        yield (f"Terms that follow, {each.currency}", each.terms)
        if each.back_bill_estimate or each.fee_estimate:
            yield (f"Back-bill, {each.currency} (estimate, in no total)", each.back_bill_estimate)
            yield (f"Fee, {each.currency} (estimate, in no total)", each.fee_estimate)
    yield ("Lines without a price, in no total", plan.unpriced_lines)
    yield ("Hosts attempted", made.hosts_attempted)
    yield ("Hosts not read: their units are not in this package", made.hosts_failed)
    for age in made.report.data_ages:
        yield (f"Data: {age.what}, {age.source}", age.dated or "age not known")


_EXTENDED = (
    "Contract",
    "Serial",
    "PID",
    "Service level",
    "Site",
    "Ends",
    "Bridge from",
    "Bridge to",
    "Days",
    "Annual price",
    "Quantity",
    "Amount",
    "Currency",
    "Action",
    "Last covered day possible",
    "Quote by",
    "Late",
    "Days at risk",
    "Gap days",
    "Flags",
    "Why",
)


def _extended(name: str, lines: Iterable[PlannedLine], made: Package) -> Sheet:
    basis = dict(made.plan.settings)["year_basis"]
    return Sheet(name, _EXTENDED, tuple(_bridge_row(line, basis) for line in lines), ("Amount",))


def _bridge_row(line: PlannedLine, basis: str) -> tuple[Cell, ...]:
    bridge = line.bridge
    days = Formula("=H{row}-G{row}+1", bridge.days) if bridge else None
    value = bridge.amount if bridge else None
    money: Cell = value
    if value is not None and basis == "365":
        money = Formula("=ROUND(J{row}*K{row}*I{row}/365,2)", value)
    return (
        line.contract,
        line.serial,
        line.pid,
        line.service_level,
        line.site,
        line.end,
        bridge.start if bridge else None,
        bridge.end if bridge else None,
        days,
        line.annual_price,
        line.quantity,
        money,
        line.currency,
        line.action,
        line.cap,
        line.quote_by,
        line.late,
        line.at_risk_days,
        line.gap_days,
        ", ".join(line.flags),
        line.reason,
    )


FORMAT = Format(
    report="renewal-package",
    ending="xlsx",
    title="",
    audience="",
    write_bytes=write,
)
