"""Rows of tables as typed records; a row that does not fit keeps its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import ValidationError, ValidationInfo

from agent.errors import SourceError
from agent.model import Doubt, Evidence, Rejected
from agent.sources import Declared, SourceFile, cells, columns
from agent.sources.carriers import SUFFIXES, open_tables, parts
from agent.sources.dated import collected, data_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from agent.sources import Column
    from agent.sources.columns import Aliases
    from agent.sources.tables import Row, Table

Record = TypeVar("Record")

REJECTED = ("Rejected Row", "Rejected Reason")
"""Headings that a file of rejected rows adds: it mends an earlier file and replaces no contract."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a row's record needs to know beside its cells. `ended` is a day that has surely come."""

    date_format: str | None
    evidence: Evidence
    ended: date | None


def facts_of(info: ValidationInfo) -> Facts:
    """The facts that a row is validated with."""
    if not isinstance(info.context, Facts):
        raise TypeError("a row is validated with the facts about it as context")
    return info.context


@dataclass(frozen=True, slots=True)
class Form(Generic[Record]):
    """What a file has to hold, and how a row of it becomes a record.

    `suffices`: whether the fields that have a column are enough; `needed` says it in words.
    `record` takes the cells by field; it raises pydantic's ValidationError, with plain ValueErrors
    inside, where the row cannot be taken. `doubts` says what should be looked at in a row that was
    taken; it gets the fields that the carrier holds as numbers.
    """

    name: str
    known: Aliases
    suffices: Callable[[Mapping[str, int]], bool]
    needed: str
    record: Callable[[Mapping[str, str], Facts], Record]
    doubts: Callable[[Mapping[str, str], frozenset[str]], Sequence[str]]


def read_tables(path: Path, form: Form[Record], declared: Declared) -> SourceFile[Record]:
    """The records of a file of tables.

    :raises SourceError: it cannot be read, or has no heading row.
    """
    cells.check_format(declared.date_format)
    columns.check(declared, form.known)
    carrier = open_tables(
        path,
        lambda headings: _count(headings, form, declared),
        form.needed,
        lambda headings: _hint(headings, form, declared),
    )
    headings = [heading for table in carrier.tables for heading in table.headings]
    columns.check_headings(str(path), headings, declared)
    places = [columns.match(table.headings, form.known, declared) for table in carrier.tables]
    described: dict[Column, None] = {}
    for table, found in zip(carrier.tables, places, strict=True):
        name = f"{path}: {table.part}" if table.part else str(path)
        described |= dict.fromkeys(columns.describe(name, table.headings, found, form.known))
    titles = [row for table in carrier.tables for row in table.titles]
    day, basis = data_date(path, declared, titles)
    when = collected(day, basis)

    def rows() -> Iterator[Record | Rejected | Doubt]:
        for table, found in zip(carrier.tables, places, strict=True):
            origin = Evidence(path.name, "", when, carrier.sha256)
            yield from _records(table, found, form, Facts(declared.date_format, origin, day))

    return SourceFile(
        name=path.name,
        sha256=carrier.sha256,
        form=form.name,
        columns=tuple(described),
        rows=rows,
        extent="amendment" if _mends(carrier.tables) else "contracts",
        data_date=day,
        basis=basis,
        sites=declared.sites,
        notes=tuple(parts(carrier)),
    )


def fits(path: Path, form: Form[Record]) -> bool:
    """Whether a file holds a table of this form."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return False
    try:
        read_tables(path, form, Declared())
    except SourceError:
        return False
    return True


def _records(
    table: Table,
    places: Mapping[str, int],
    form: Form[Record],
    facts: Facts,
) -> Iterator[Record | Rejected | Doubt]:
    origin, wanted = facts.evidence, tuple(places.items())
    name, when, sha256 = origin.source, origin.collected, origin.sha256
    doubts, record = form.doubts, form.record
    for row in table.rows():
        if isinstance(row, Rejected):
            yield row
            continue
        cells_of = row.cells
        width = len(cells_of)
        values = {field: cells_of[place] for field, place in wanted if place < width}
        evidence = Evidence(name, table.place(row.line), when, sha256)
        try:
            yield record(values, Facts(facts.date_format, evidence, facts.ended))
        except ValidationError as error:
            reason = _reasons(error, table.headings, places)
            yield Rejected(table.file, row.line, reason, tuple(cells_of))
            continue
        for doubt in doubts(values, _numbers(row, places)):
            yield Doubt(table.file, row.line, doubt)


def _numbers(row: Row, places: Mapping[str, int]) -> frozenset[str]:
    if not row.numbers:
        return frozenset()
    return frozenset(field for field, place in places.items() if place in row.numbers)


def _mends(tables: Sequence[Table]) -> bool:
    headings = {heading.strip() for table in tables for heading in table.headings}
    return headings.issuperset(REJECTED)


def _count(headings: Sequence[str], form: Form[Record], declared: Declared) -> int:
    found = columns.match(headings, form.known, declared)
    return len(found) if form.suffices(found) else 0


def _hint(headings: Sequence[str], form: Form[Record], declared: Declared) -> str:
    """Which headings resemble a field, and how to take them for it."""
    found = columns.match(headings, form.known, declared)
    alike = columns.suggest(headings, form.known, found)
    said = [
        f"--map '{' '.join(headings[place].split())}={field}'" for place, field in alike.items()
    ]
    return f"; alike, if you say so with --accept or {' '.join(said)}" if said else ""


def _reasons(error: ValidationError, headings: Sequence[str], places: Mapping[str, int]) -> str:
    """Every problem of a row, each under the heading that the file uses."""
    reasons = []
    for problem in error.errors():
        text = str(problem["ctx"]["error"]) if "ctx" in problem else problem["msg"]
        field = str(problem["loc"][0]) if problem["loc"] else ""
        heading = " ".join(headings[places[field]].split()) if field in places else field
        reasons.append(f"{heading}: {text}" if heading else text)
    return "; ".join(reasons)
