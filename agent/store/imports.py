"""Imported files: rows with their history, where newer data supersedes older and nothing is lost.

Rows that belong together share a scope: a contract number, else a serial and PID; a PID for EoX.
A file takes over every scope it names. Only from a file whose data is known to be newer it takes
nothing: then its own rows of that scope arrive as superseded. Where a date is not known, the
file imported later is the newer one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sqlalchemy import func, insert, or_, select, true, update

from agent.model import ContractLine, DataAge, Entitlement, Evidence, Milestones, Unstated
from agent.store.schema import CONTRACT_LINE, EOX, SOURCE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Connection, Row, Select, Table

    from agent.model import Milestone

BATCH = 1_000

_ENTITLED = tuple(f.name for f in fields(Entitlement))
_LINE = tuple(
    f.name for f in fields(ContractLine) if f.name not in {"evidence", "entitles", "annual_price"}
)
_DATES = tuple(f.name for f in fields(Milestones) if f.default is Unstated.UNKNOWN)

FileKind: TypeAlias = Literal["contracts", "eox"]
_Values: TypeAlias = dict[str, object]
_Row: TypeAlias = "Row[Any]"  # a row's columns are known to the schema, not to the type checker


@dataclass(frozen=True, slots=True)
class ImportFile:
    """One file as it was imported; `data_date` is the day its data was true, where known.

    The same content read with another date format or declared for another day is imported anew.
    """

    name: str
    sha256: str
    imported: datetime
    data_date: date | None
    kind: FileKind
    date_format: str | None = None


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: rows new or changed, rows as they were, older rows changed or dropped.

    `outdated` rows arrived after newer data of the same contract or PID and only join the history.
    """

    added: int
    unchanged: int
    superseded: int
    outdated: int = 0


def import_lines(
    connection: Connection, file: ImportFile, lines: Iterable[ContractLine]
) -> ImportSummary:
    """Take contract lines in."""
    return _import(connection, CONTRACT_LINE, file, (_line_values(file, line) for line in lines))


def import_milestones(
    connection: Connection, file: ImportFile, milestones: Iterable[Milestones]
) -> ImportSummary:
    """Take EoX milestones in."""
    return _import(connection, EOX, file, (_eox_values(file, one) for one in milestones))


def _import(
    connection: Connection, table: Table, file: ImportFile, rows: Iterator[_Values]
) -> ImportSummary:
    same = select(SOURCE_FILE.c.row_count).where(
        SOURCE_FILE.c.kind == file.kind,
        SOURCE_FILE.c.sha256 == file.sha256,
        SOURCE_FILE.c.data_date.is_not_distinct_from(file.data_date),
        SOURCE_FILE.c.date_format.is_not_distinct_from(file.date_format),
    )
    before = connection.scalar(same)
    if before is not None:
        return ImportSummary(added=0, unchanged=before, superseded=0)
    values = {f.name: getattr(file, f.name) for f in fields(file)} | {"row_count": 0}
    inserted = insert(SOURCE_FILE).values(values).returning(SOURCE_FILE.c.number)
    number = connection.execute(inserted).scalar_one()
    count = 0
    while batch := [{"file": number, **row} for row in islice(rows, BATCH)]:
        connection.execute(insert(table), batch)
        count += len(batch)
    this = SOURCE_FILE.c.number == number
    connection.execute(update(SOURCE_FILE).where(this).values(row_count=count))
    return _supersede(connection, table, file, number, count)


def _supersede(
    connection: Connection, table: Table, file: ImportFile, number: int, count: int
) -> ImportSummary:
    """Let the new rows take over.

    No sub-select looks at the row outside it: one contract may have a hundred thousand lines, and
    a look at all of them for each of them would never end.
    """
    files = select(SOURCE_FILE.c.number).where(
        SOURCE_FILE.c.kind == file.kind, SOURCE_FILE.c.number != number
    )
    if connection.scalar(files.limit(1)) is None:
        return ImportSummary(added=count, unchanged=0, superseded=0)
    rows, other = table.c, table.alias().c
    scope = "pid" if table is EOX else "scope"

    named = select(other[scope]).where(other.file == number)
    current = (rows.superseded_by.is_(None), rows[scope].in_(named))
    taken = update(table).where(*current, rows.file.in_(files.where(_gives_way(file))))
    connection.execute(taken.values(superseded_by=number))

    newer = (
        select(other[scope], func.max(other.file).label("file"))
        .where(other.superseded_by.is_(None), other.file != number)
        .group_by(other[scope])
        .subquery()
    )
    late = update(table).where(rows.file == number, rows[scope] == newer.c[scope])
    outdated = connection.execute(late.values(superseded_by=newer.c.file)).rowcount

    before = select(other.digest).where(other.superseded_by == number)
    kept = (rows.file == number, rows.superseded_by.is_(None), rows.digest.in_(before))
    now = select(other.digest).where(other.file == number)
    changed = (rows.superseded_by == number, rows.digest.not_in(now))
    unchanged = connection.scalar(select(func.count()).where(*kept)) or 0
    superseded = connection.scalar(select(func.count()).where(*changed)) or 0
    return ImportSummary(count - unchanged - outdated, unchanged, superseded, outdated)


def _gives_way(file: ImportFile) -> ColumnElement[bool]:
    """Whether an earlier file gives way: not where its data is known to be newer."""
    same_content = SOURCE_FILE.c.sha256 == file.sha256
    if file.data_date is None:
        return true()
    not_newer = SOURCE_FILE.c.data_date <= file.data_date
    return or_(same_content, SOURCE_FILE.c.data_date.is_(None), not_newer)


def _line_values(file: ImportFile, line: ContractLine) -> _Values:
    values: _Values = {name: getattr(line, name) for name in _LINE}
    price = line.annual_price
    values["annual_price"] = None if price is None else str(price)
    for name in _ENTITLED:
        values[name] = getattr(line.entitles, name)
    scope = f"contract {line.contract}" if line.contract else f"unit {line.serial!r} {line.pid!r}"
    return {**values, "scope": scope, **_origin(file, line.evidence, values)}


def _eox_values(file: ImportFile, milestones: Milestones) -> _Values:
    values: _Values = {name: getattr(milestones, name) for name in ("pid", "bulletin", "url")}
    for name in _DATES:
        values[name] = _milestone_text(getattr(milestones, name))
    return {**values, **_origin(file, milestones.evidence, values)}


def _origin(file: ImportFile, evidence: Evidence, values: _Values) -> _Values:
    if (evidence.source, evidence.sha256) != (file.name, file.sha256):
        raise ValueError(f"{evidence.command} of {evidence.source} is not from {file.name}")
    digest = hashlib.blake2b(repr(values).encode(), digest_size=16).digest()
    return {"command": evidence.command, "digest": digest}


def _milestone_text(milestone: Milestone) -> str | None:
    if isinstance(milestone, Unstated):
        return None if milestone is Unstated.UNKNOWN else milestone.value
    return milestone.isoformat()


def _milestone(text: str | None) -> Milestone:
    if text is None:
        return Unstated.UNKNOWN
    return date.fromisoformat(text) if text[0].isdigit() else Unstated(text)


def lines(connection: Connection) -> Iterator[ContractLine]:
    """Current contract lines by serial, PID, contract, start and row; missing values first."""
    c = CONTRACT_LINE.c
    by = (c.serial, c.pid, c.contract, c.start)
    order = (*(column.asc().nulls_first() for column in by), c.number)
    for row in connection.execute(_current(CONTRACT_LINE).order_by(*order)):
        values = {name: getattr(row, name) for name in _LINE}
        price = row.annual_price
        yield ContractLine(
            **values,
            entitles=Entitlement(*(getattr(row, name) for name in _ENTITLED)),
            annual_price=None if price is None else Decimal(price),
            evidence=_evidence(row),
        )


def milestones(connection: Connection) -> Iterator[Milestones]:
    """Current EoX milestones by PID; where a file names a PID twice, its first row."""
    latest = None
    for row in connection.execute(_current(EOX).order_by(EOX.c.pid, EOX.c.number)):
        if row.pid != latest:
            dates = {name: _milestone(getattr(row, name)) for name in _DATES}
            yield Milestones(row.pid, _evidence(row), row.bulletin, row.url, **dates)
        latest = row.pid


def data_ages(connection: Connection) -> tuple[DataAge, ...]:
    """Every file that still has current rows, with how many."""
    ages = []
    for table in (CONTRACT_LINE, EOX):
        query = (
            select(SOURCE_FILE.c.kind, SOURCE_FILE.c.name, SOURCE_FILE.c.data_date, func.count())
            .join_from(table, SOURCE_FILE, table.c.file == SOURCE_FILE.c.number)
            .where(table.c.superseded_by.is_(None))
            .group_by(SOURCE_FILE.c.number)
            .order_by(SOURCE_FILE.c.name, SOURCE_FILE.c.number)
        )
        ages += [DataAge(*row) for row in connection.execute(query)]
    return tuple(ages)


def _current(table: Table) -> Select[Any]:
    origin = (SOURCE_FILE.c.name, SOURCE_FILE.c.sha256, SOURCE_FILE.c.data_date)
    joined = select(table, *origin).join(SOURCE_FILE, SOURCE_FILE.c.number == table.c.file)
    return joined.where(table.c.superseded_by.is_(None)).execution_options(yield_per=BATCH)


def _evidence(row: _Row) -> Evidence:
    day = row.data_date
    collected = None if day is None else datetime.combine(day, time(), UTC)
    return Evidence(row.name, row.command, collected, row.sha256)
