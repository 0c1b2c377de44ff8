"""The coverage report as a workbook: units, contract lines and findings, each row written and gone.

Text is written as text, whatever it begins with: nothing of the estate becomes a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, TypeAlias

import xlsxwriter

from agent.reports import Format
from agent.reports.escaping import spelt
from agent.reports.situations import Situations
from agent.reports.summary import summarise
from agent.reports.unit_table import COLUMNS, SEVERITY, STATUS, unit_rows
from agent.reports.units import walk
from agent.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from agent.model import Report
    from agent.reports.unit_table import Tone

LONGEST_CELL = 32_767
ROWS = 1_048_576 - 1
"""Rows of one sheet below its headings (Excel specifications and limits)."""
_NO_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_COLOURS: dict[Tone, tuple[str, str]] = {
    "good": ("#1D6F42", "#E6F3EB"),
    "bad": ("#B3261E", "#FCEBE9"),
    "warn": ("#855300", "#FBF1DC"),
    "unknown": ("#855300", "#FBF1DC"),
    "none": ("#565D69", "#EEEFF1"),
}
Cell: TypeAlias = "str | int | float | date | None"


@dataclass(frozen=True, slots=True)
class Heading:
    """One column: its words, its width in characters, and what its states mean."""

    text: str
    width: int = 14
    tones: tuple[tuple[str, Tone], ...] = ()


@dataclass(frozen=True, slots=True)
class Looks:
    """The formats cells are written with."""

    head: CellFormat
    day: CellFormat
    text: CellFormat
    tones: dict[Tone, CellFormat]


def write(report: Report, stream: IO[bytes]) -> None:
    """Write the workbook; the same report gives the same bytes."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    book.use_zip64()
    made = datetime.combine(report.as_of, time())
    book.set_properties({"title": f"Coverage on {report.as_of}", "created": made})
    looks = _looks(book)
    for name, headings, rows in (
        ("Summary", (Heading("What", 56), Heading("Value", 60)), _summary(report)),
        ("Units", _UNITS, _units(report)),
        ("Contract lines", _LINES, _lines(report)),
        ("Findings", _FINDINGS, _findings(report)),
        ("Not read", _GAPS, _gaps(report)),
        ("Data", _AGES, _ages(report)),
    ):
        _write_sheets(book, name, headings, rows, looks)
    book.close()


def _looks(book: Workbook) -> Looks:
    return Looks(
        head=book.add_format({"bold": True, "bottom": 1, "valign": "top"}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        text=book.add_format(),
        tones={
            tone: book.add_format({"font_color": ink, "bg_color": paper})
            for tone, (ink, paper) in _COLOURS.items()
        },
    )


def _write_sheets(
    book: Workbook,
    name: str,
    headings: tuple[Heading, ...],
    rows: Iterator[tuple[Cell, ...]],
    looks: Looks,
) -> None:
    """One sheet, or several where there are more rows than one can hold."""
    number = 1
    more: tuple[tuple[Cell, ...], ...] = ()
    while number == 1 or more:
        page = book.add_worksheet(name if number == 1 else f"{name} {number}")
        _write_sheet(page, headings, islice(chain(more, rows), ROWS), looks)
        more = tuple(islice(rows, 1))
        number += 1


def _write_sheet(
    page: Worksheet, headings: tuple[Heading, ...], rows: Iterable[tuple[Cell, ...]], looks: Looks
) -> None:
    """Headings that stay in sight and can be filtered by; colours follow the words of states."""
    page.freeze_panes(1, 1)
    for column, heading in enumerate(headings):
        page.set_column(column, column, heading.width)
        page.write_string(0, column, heading.text, looks.head)
    last = 0
    for row in rows:
        last += 1
        for column, cell in enumerate(row):
            _write_cell(page, last, column, cell, looks)
    page.autofilter(0, 0, max(1, last), len(headings) - 1)
    for column, heading in enumerate(headings):
        for text, tone in heading.tones:
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{text}"',
                "format": looks.tones[tone],
            }
            page.conditional_format(1, column, max(1, last), column, rule)


def _write_cell(page: Worksheet, row: int, column: int, cell: Cell, looks: Looks) -> None:
    match cell:
        case None | "":
            return
        case int() | float():
            page.write_number(row, column, cell)
        case date():
            page.write_datetime(row, column, datetime.combine(cell, time()), looks.day)
        case _:
            text = _NO_XML.sub("\ufffd", visible(spelt(cell)))
            page.write_string(row, column, text[:LONGEST_CELL], looks.text)


# ------------------------------------------------------------------------------- parts

_WIDTHS = {"pid": 20, "host": 22, "patch": 24, "record": 20, "open": 40, "unclear": 40, "next": 18}
_UNITS = (
    *(Heading(column.label, _WIDTHS.get(column.key, 14), column.tones) for column in COLUMNS),
    Heading("Why, of its cover", 60),
)
_LINES = (
    Heading("Serial"),
    Heading("PID", 20),
    Heading("Host", 22),
    Heading("Contract"),
    Heading("Level"),
    Heading("From"),
    Heading("Until"),
    Heading("TAC"),
    Heading("RMA"),
    Heading("OS software"),
    Heading("Order PID", 20),
    Heading("Site"),
    Heading("Belongs to the unit", 20),
    Heading("Source", 24),
    Heading("Place"),
    Heading("SHA-256", 66),
)
_FINDINGS = (
    Heading("Serial"),
    Heading("PID", 20),
    Heading("Host", 22),
    Heading("Rule", 26),
    Heading("Status", 12, tuple(STATUS.values())),
    Heading("Severity", 12, tuple(SEVERITY.items())),
    Heading("Reason", 80),
    Heading("By"),
    Heading("Waiver"),
    Heading("Evidence", 60),
)
_GAPS = (Heading("Host", 22), Heading("What", 26), Heading("Kind", 24), Heading("Reason", 80))
_AGES = (
    Heading("Input", 16),
    Heading("Source", 50),
    Heading("Dated"),
    Heading("Days old"),
    Heading("Age", 18),
    Heading("Rows"),
    Heading("SHA-256", 66),
)


def _summary(report: Report) -> Iterator[tuple[Cell, ...]]:
    told = summarise(report)
    yield ("As of", told.as_of)
    yield ("Run on", told.run_day)
    yield ("Sweep", told.sweep)
    yield ("netcover", told.tool_version)
    yield from (("Incomplete", line) for line in told.warnings)
    yield from (
        ("Hosts attempted", told.hosts.attempted),
        ("Hosts read", told.hosts.reached),
        ("Hosts failed", told.hosts.failed),
        ("Hosts read only in part", told.hosts.partial),
        ("Units in service that need a contract", told.coverage.units),
        ("Covered", told.coverage.covered),
        ("Uncovered", told.coverage.uncovered),
        ("Cover not known, not counted as covered", told.coverage.unknown),
        ("Need no contract, left out", told.coverage.not_applicable),
        (f"Lapse within {told.quote_window_days} days", told.lapsing),
        ("Past the last date of support", told.support.past_ldos),
        (f"Reach it within {told.near_ldos_months} months", told.support.near_ldos),
        ("Last date of support not known", told.support.unknown),
        ("Supported beyond that", told.support.supported),
        ("Paid for, not seen in a site read in full", told.absent.not_seen),
        ("Paid for, cannot tell", told.absent.cannot_tell + told.absent.not_reached),
        ("Paid for twice", told.duplicates),
    )
    yield from (
        (f"Patching: {each.headline} ({each.words})", each.units)
        for each in told.patching.headlines
    )
    yield from (
        (f"To do: {each.title}, units and hosts", each.units + each.hosts) for each in told.actions
    )
    yield ("Findings in this workbook", "open and not known; passes: coverage.jsonl")


def _units(report: Report) -> Iterator[tuple[Cell, ...]]:
    for row in unit_rows(walk(report), Situations(report)):
        yield (*(column.of(row) for column in COLUMNS), row.unit.cover_reason)


def _lines(report: Report) -> Iterator[tuple[Cell, ...]]:
    for unit in walk(report):
        for line in (*unit.lines, *unit.doubtful_lines):
            right = line.entitles
            yield (
                unit.serial,
                unit.pid,
                unit.host,
                line.contract,
                line.service_level,
                line.start,
                line.end,
                *("not known" if v is None else spelt(v) for v in (right.tac, right.rma)),
                "not known" if right.os_software is None else spelt(right.os_software),
                line.pid,
                line.site,
                "yes" if line in unit.lines else "may be another product",
                line.evidence.source,
                line.evidence.command,
                line.evidence.sha256,
            )


def _findings(report: Report) -> Iterator[tuple[Cell, ...]]:
    for unit in walk(report):
        for finding in unit.findings:
            if finding.status in STATUS and finding.status != "not_a_finding":
                yield (
                    unit.serial,
                    unit.pid,
                    unit.host,
                    finding.rule,
                    STATUS[finding.status][0],
                    finding.severity if finding.status == "open" else None,
                    finding.reason,
                    finding.due,
                    finding.waiver.approval if finding.waiver else None,
                    "; ".join(f"{e.source} {e.command} {e.sha256[:12]}" for e in finding.evidence),
                )


def _gaps(report: Report) -> Iterator[tuple[Cell, ...]]:
    for lost in report.sweep.unreached:
        yield (lost.host, "not read", lost.kind, lost.reason)
    for gap in report.sweep.incomplete:
        yield (gap.host, "read, with something missing", gap.kind, gap.reason)


def _ages(report: Report) -> Iterator[tuple[Cell, ...]]:
    for age in summarise(report).data_ages:
        old = age.days_old if age.days_old is not None else "not known"
        dated = age.dated or "not known"
        yield (age.what, age.source, dated, old, age.state, age.rows, age.sha256)


FORMAT = Format(report="coverage", ending="xlsx", title="", audience="", write_bytes=write)
