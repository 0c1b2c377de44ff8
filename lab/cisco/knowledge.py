"""What the lab's Cisco knows: the estate's units, contract lines, EoX dates, made-up advisories."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lab.truth import units_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lab.estate import Estate

_COLUMNS = {
    "contract": ("Contract Number", "Contract No"),
    "serial": ("Serial Number", "Serial"),
    "pid": ("Product ID", "PID"),
    "level": ("Service Level",),
    "start": ("Start Date", "Begin Date"),
    "end": ("End Date",),
    "site": ("Site",),
    "customer": ("End Customer",),
}


_WORDS = {"pid", "bulletin_id", "url"}


@dataclass(frozen=True, slots=True)
class Line:
    """One contract line as Cisco holds it."""

    contract: str
    serial: str
    pid: str
    level: str
    start: date
    end: date
    site: str = ""
    customer: str = ""

    def covers(self, day: date) -> bool:
        """Whether the day lies within the line, both ends included."""
        return self.start <= day <= self.end


@dataclass(frozen=True, slots=True)
class Flaw:
    """A made-up advisory: what it affects, and the first fixed release of each train."""

    advisory: str
    cve: str
    title: str
    sir: str
    os: str
    published: date
    affected: tuple[str, ...]
    fixed: tuple[str, ...]
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the services answer from. `pids` are by serial, `eox` rows by PID."""

    as_of: date
    pids: dict[str, str]
    lines: dict[str, list[Line]] = field(default_factory=dict)
    eox: dict[str, dict[str, str]] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()

    def current(self, serial: str) -> Line | None:
        """The line that covers the serial on the day, the one ending last."""
        found = [line for line in self.lines.get(serial, []) if line.covers(self.as_of)]
        return max(found, key=lambda line: line.end, default=None)


def know(estate: Estate, contracts: Iterable[Path] = (), eox: Iterable[Path] = ()) -> Knowledge:
    """Put together what Cisco knows of an estate."""
    pids = {unit.serial: unit.pid for unit in units_of(estate) if not unit.virtual}
    lines: dict[str, list[Line]] = {}
    for path in contracts:
        for line in _lines(path):
            lines.setdefault(line.serial, []).append(line)
            pids.setdefault(line.serial, line.pid)
    # A table of software trains has no PIDs: the service does not know trains either. A product
    # without a single date has no notice, and a date that a notice does not state is blank.
    notices = (_notice(row) for path in eox for row in _rows(path) if row.get("pid"))
    rows = {row["pid"]: row for row in notices if row.keys() - _WORDS}
    return Knowledge(estate.as_of, pids, lines, rows, _flaws())


def _rows(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    return list(csv.DictReader(text.splitlines(), delimiter=delimiter))


def _notice(row: dict[str, str]) -> dict[str, str]:
    """A row without the cells that are no dates."""
    return {k: v for k, v in row.items() if k in _WORDS or (v and v[:1].isdigit())}


def _lines(path: Path) -> list[Line]:
    found = []
    for row in _rows(path):
        cells = {
            name: next((row[c].strip() for c in headings if row.get(c)), "")
            for name, headings in _COLUMNS.items()
        }
        if cells["serial"] and cells["contract"] and cells["start"] and cells["end"]:
            days = {name: _day(cells.pop(name)) for name in ("start", "end")}
            found.append(Line(**cells, **days))  # type: ignore[arg-type]
    return found


def _day(text: str) -> date:
    for form in ("%Y-%m-%d", "%d-%b-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no offset
        except ValueError:
            continue
    return date.fromisoformat(text)


def _flaws() -> tuple[Flaw, ...]:
    path = Path(__file__).with_name("advisories.yaml")
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lists = ("affected", "fixed", "platforms")
    return tuple(Flaw(**row | {k: tuple(row.get(k, ())) for k in lists}) for row in found)
