"""The coverage report as JSON Lines: what it is first, then one thing a line, for log stores."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

from agent.reports import Format
from agent.reports.escaping import to_json
from agent.reports.situations import Situations
from agent.reports.summary import summarise
from agent.reports.unit_table import COLUMNS, unit_rows
from agent.reports.units import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.model import ContractLine, DataAge, Finding, Report
    from agent.reports.unit_table import UnitRow
    from agent.reports.units import Unit

SCHEMA = "netcover/coverage-lines/1"


def write(report: Report, stream: IO[str]) -> None:
    """Write line by line; half a character, as a broken capture can hold, as its escape."""
    for line in _lines(report):
        text = to_json(line)
        stream.write(text.encode("utf-8", "backslashreplace").decode())
        stream.write("\n")


def _lines(report: Report) -> Iterator[dict[str, object]]:
    yield _head(report)
    yield from ({"line": "data", **_fields(age)} for age in report.data_ages)
    for lost in report.sweep.unreached:
        yield {"line": "host_not_read", "host": lost.host, "kind": lost.kind, "reason": lost.reason}
    for gap in report.sweep.incomplete:
        yield {"line": "host_incomplete", "host": gap.host, "kind": gap.kind, "reason": gap.reason}
    for row in unit_rows(walk(report), Situations(report)):
        yield _unit(row)
        unit = row.unit
        yield from (_line(unit, line, certain=True) for line in unit.lines)
        yield from (_line(unit, line, certain=False) for line in unit.doubtful_lines)
        for finding in unit.findings:
            if finding.status != "not_applicable":
                yield _finding(unit, finding)


def _head(report: Report) -> dict[str, object]:
    told = summarise(report)
    names = ("as_of", "run_day", "tool_version", "sweep", "hosts", "complete", "warnings")
    counted = ("coverage", "support", "patching", "lapsing", "duplicates", "absent")
    return {"schema": SCHEMA, **{name: getattr(told, name) for name in (*names, *counted)}}


def _fields(age: DataAge) -> dict[str, object]:
    names = ("what", "source", "dated", "rows", "basis", "sites", "sha256", "limit")
    return {name: getattr(age, name) for name in names}


def _who(unit: Unit) -> dict[str, object]:
    """What joins a line with its unit: the unit's name in this file, and what it is known by."""
    return {"unit": unit.anchor, "host": unit.host, "serial": unit.serial, "pid": unit.pid}


def _unit(row: UnitRow) -> dict[str, object]:
    cells = {c.key: _value(c.of(row), several=c.kind == "set") for c in COLUMNS}
    states = Counter(finding.status for finding in row.unit.findings)
    return {
        "line": "unit",
        "unit": row.unit.anchor,
        **cells,
        "cover_reason": row.unit.cover_reason,
        "headlines": [posture.headline for posture in row.unit.postures],
        "findings": dict(sorted(states.items())),
        "evidence": row.unit.sources(),
    }


def _value(cell: object, *, several: bool) -> object:
    if several:
        return str(cell).split(", ") if cell else []
    return cell


def _line(unit: Unit, line: ContractLine, *, certain: bool) -> dict[str, object]:
    return {
        "line": "contract",
        **_who(unit),
        "certain": certain,
        "contract": line.contract,
        "service_level": line.service_level,
        "start": line.start,
        "end": line.end,
        "entitles": line.entitles,
        "order_pid": line.pid,
        "site": line.site,
        "evidence": line.evidence,
    }


def _finding(unit: Unit, finding: Finding) -> dict[str, object]:
    return {
        "line": "finding",
        **_who(unit),
        "rule": finding.rule,
        "status": finding.status,
        "severity": finding.severity,
        "reason": finding.reason,
        "due": finding.due,
        "controls": finding.controls,
        "waiver": finding.waiver.approval if finding.waiver else None,
        "evidence": finding.evidence,
    }


FORMAT = Format(report="coverage", ending="jsonl", title="", audience="", write=write)
