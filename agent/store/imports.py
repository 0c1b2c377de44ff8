"""Imported files: rows with their history, where newer data supersedes older and nothing is lost.

Rows that belong together share a scope: a contract number, else a serial and PID; a PID or a
train for EoX. A file takes over every scope it names. Only from a file whose data is known to be
newer it takes nothing: then its own rows of that scope arrive as superseded. Where a date is not
known, the file imported later is the newer one.

A file that answers about single units names a unit on a contract, never the whole contract. A file
that mends rejected rows adds to the scopes it names, and replaces only the same serial and PID.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    case,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
    update,
)

from agent.errors import StoreError
from agent.store import rows as kept
from agent.store.rows import KEPT, SINGLE, FileKind, ImportFile
from agent.store.schema import (
    CONTRACT_LINE,
    COVER_STATEMENT,
    EOX,
    LICENCE,
    SOURCE_FILE,
    TRAIN,
    UNIT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select, Table

    from agent.model import (
        ContractLine,
        CoverStatement,
        Licence,
        Milestones,
        TrainMilestones,
    )
    from agent.store.rows import Record, Values

__all__ = ["BATCH", "FileKind", "ImportFile", "ImportSummary", "complete", "take"]

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import did: rows new or changed, rows as they were, older rows changed or dropped.

    `outdated` rows arrived after newer data of the same contract or PID and only join the history.
    """

    added: int
    unchanged: int
    superseded: int
    outdated: int = 0

    def __add__(self, other: ImportSummary) -> ImportSummary:
        return ImportSummary(
            self.added + other.added,
            self.unchanged + other.unchanged,
            self.superseded + other.superseded,
            self.outdated + other.outdated,
        )


def take(connection: Connection, file: ImportFile, records: Iterable[Record]) -> ImportSummary:
    """Take the records of a file in, of whatever types they are."""
    known = connection.execute(_same(file)).first()
    if known is not None:
        return ImportSummary(added=0, unchanged=known.row_count, superseded=0)
    values = {f.name: getattr(file, f.name) for f in fields(file)} | {"row_count": 0}
    inserted = insert(SOURCE_FILE).values(values).returning(SOURCE_FILE.c.number)
    number = connection.execute(inserted).scalar_one()
    counts = _insert(connection, file, number, iter(records))
    this = SOURCE_FILE.c.number == number
    connection.execute(update(SOURCE_FILE).where(this).values(row_count=sum(counts.values())))
    done = ImportSummary(0, 0, 0)
    for table, count in counts.items():
        done += _supersede(connection, table, file, number, count)
    if file.extent == "serials":
        done += _retire(connection, file, number)
    return done


def _retire(connection: Connection, file: ImportFile, number: int) -> ImportSummary:
    """Supersede what earlier answers of this form say of the serials that the new one names."""
    givers = select(SOURCE_FILE.c.number).where(
        SOURCE_FILE.c.kind == file.kind,
        SOURCE_FILE.c.form == file.form,
        SOURCE_FILE.c.extent.in_(SINGLE),
        SOURCE_FILE.c.number != number,
        _gives_way(file),
    )
    lines_now, said_now = CONTRACT_LINE.alias().c, COVER_STATEMENT.alias().c
    gone = 0
    for table in (CONTRACT_LINE, COVER_STATEMENT):
        rows = table.c
        old = (rows.superseded_by.is_(None), rows.file.in_(givers))
        named = or_(
            rows.serial.in_(select(lines_now.serial).where(lines_now.file == number)),
            rows.serial.in_(select(said_now.serial).where(said_now.file == number)),
        )
        done = update(table).where(*old, named).values(superseded_by=number)
        gone += connection.execute(done).rowcount
    return ImportSummary(added=0, unchanged=0, superseded=gone)


def _insert(
    connection: Connection, file: ImportFile, number: int, records: Iterator[Record]
) -> dict[Table, int]:
    counts: dict[Table, int] = {}
    while batch := list(islice(records, BATCH)):
        by_table: dict[Table, list[Values]] = {}
        for record in batch:
            how = KEPT[type(record)]
            values = how.values(file, record)
            values.update(kept.origin(file, record.evidence, values), file=number)
            by_table.setdefault(how.table, []).append(values)
        for table, rows in by_table.items():
            connection.execute(insert(table), rows)
            counts[table] = counts.get(table, 0) + len(rows)
    return counts


_ORDERED_BY = case((SOURCE_FILE.c.basis != "modified", SOURCE_FILE.c.data_date))


def _same(file: ImportFile) -> Select[Any]:
    """The import of this very content, read in this very way."""
    return select(SOURCE_FILE.c.number, SOURCE_FILE.c.row_count).where(
        SOURCE_FILE.c.kind == file.kind,
        SOURCE_FILE.c.sha256 == file.sha256,
        _ORDERED_BY.is_not_distinct_from(file.ordered_by),
        SOURCE_FILE.c.date_format.is_not_distinct_from(file.date_format),
        SOURCE_FILE.c.sites.is_not_distinct_from(file.sites),
        SOURCE_FILE.c.options.is_not_distinct_from(file.options),
    )


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

    current = (rows.superseded_by.is_(None), _named(table, file, number))
    taken = update(table).where(*current, rows.file.in_(files.where(_gives_way(file))))
    connection.execute(taken.values(superseded_by=number))

    outdated = 0
    if file.extent != "amendment":
        newer = (
            select(other[scope], func.max(other.file).label("file"))
            .where(other.superseded_by.is_(None), other.file != number)
            .group_by(other[scope])
            .subquery()
        )
        late = update(table).where(rows.file == number, rows[scope] == newer.c[scope])
        outdated = connection.execute(late.values(superseded_by=newer.c.file)).rowcount

    before = select(other.digest).where(other.superseded_by == number)
    stay = (rows.file == number, rows.superseded_by.is_(None), rows.digest.in_(before))
    now = select(other.digest).where(other.file == number)
    changed = (rows.superseded_by == number, rows.digest.not_in(now))
    unchanged = connection.scalar(select(func.count()).where(*stay)) or 0
    superseded = connection.scalar(select(func.count()).where(*changed)) or 0
    return ImportSummary(count - unchanged - outdated, unchanged, superseded, outdated)


def _named(table: Table, file: ImportFile, number: int) -> ColumnElement[bool]:
    """Whether the new file names a row's scope; one that only adds has to name the unit too."""
    rows, other = table.c, table.alias().c
    names = ["pid" if table is EOX else "scope"]
    if file.extent == "amendment" and table is CONTRACT_LINE:
        names += ["serial", "pid"]
    if len(names) == 1:
        return rows[names[0]].in_(select(other[names[0]]).where(other.file == number))
    theirs = [func.coalesce(other[name], "") for name in names]
    ours = [func.coalesce(rows[name], "") for name in names]
    return tuple_(*ours).in_(select(*theirs).where(other.file == number))


def _gives_way(file: ImportFile) -> ColumnElement[bool]:
    """Whether an earlier file gives way: not where its data is known to be newer."""
    same_content = SOURCE_FILE.c.sha256 == file.sha256
    if file.ordered_by is None:
        return true()
    not_newer = file.ordered_by >= _ORDERED_BY
    return or_(same_content, _ORDERED_BY.is_(None), not_newer)


def complete(connection: Connection, files: Sequence[ImportFile], sites: Sequence[str]) -> int:
    """Let `files` be the whole truth: what earlier ones say of other contracts is superseded.

    With `sites`, only what stands under one of them: a line without a site stays. The number of
    rows superseded.

    :raises StoreError: newer data has come in since one of the files was imported.
    """
    numbers = [connection.execute(_same(file)).one().number for file in files]
    gone = 0
    for table in (CONTRACT_LINE, COVER_STATEMENT):
        rows = table.c
        since = (rows.file.in_(numbers), rows.superseded_by.not_in(numbers))
        if connection.scalar(select(func.count()).where(*since)):
            names = ", ".join(file.name for file in files)
            raise StoreError(
                f"{names}: newer data has been imported since; import without --complete"
            )
        givers = select(SOURCE_FILE.c.number).where(
            SOURCE_FILE.c.kind == "contracts", *(_gives_way(file) for file in files)
        )
        rest = [rows.superseded_by.is_(None), rows.file.not_in(numbers), rows.file.in_(givers)]
        if sites:
            if table is COVER_STATEMENT:
                continue
            rest.append(rows.site.in_(sites))
        done = update(table).where(*rest).values(superseded_by=numbers[-1])
        gone += connection.execute(done).rowcount
    return gone


def lines(connection: Connection) -> Iterator[ContractLine]:
    """Current contract lines by serial, PID, contract, start and row; missing values first.

    What an answer about a single unit says is left out where an export of its contract, or a
    fuller answer, says the same.
    """
    c = CONTRACT_LINE.c
    by = (c.serial, c.pid, c.contract, c.start)
    order = (*(column.asc().nulls_first() for column in by), c.number)
    found = connection.execute(current(CONTRACT_LINE).order_by(*order))
    for serial, group in groupby(found, key=lambda row: row.serial):
        if serial is None:
            yield from map(kept.line, group)
            continue
        same = list(group)
        fullest = {(row.contract, row.end): row for row in sorted(same, key=_fullness)}
        for row in same:
            if row.extent not in SINGLE or fullest[row.contract, row.end] is row:
                yield kept.line(row)


def _fullness(row: kept.AnyRow) -> tuple[bool, bool, bool, int]:
    """How much a row tells: an export of the contract most, then what states more, then newer."""
    exported = row.extent not in SINGLE
    return (exported, row.start is not None, row.service_level is not None, row.file)


def statements(connection: Connection) -> Iterator[CoverStatement]:
    """Current statements about cover, by serial."""
    c = COVER_STATEMENT.c
    query = current(COVER_STATEMENT).order_by(c.serial, c.number)
    yield from map(kept.statement, connection.execute(query))


def licences(connection: Connection) -> Iterator[Licence]:
    """Current licences by account, virtual account, name and subscription."""
    c = LICENCE.c
    by = (c.account, c.virtual_account, c.name, c.subscription)
    order = (*(column.asc().nulls_first() for column in by), c.number)
    yield from map(kept.licence, connection.execute(current(LICENCE).order_by(*order)))


def milestones(connection: Connection) -> Iterator[Milestones]:
    """Current EoX milestones by PID; where a file names a PID twice, its first row."""
    found = connection.execute(current(EOX).order_by(EOX.c.pid, EOX.c.number))
    for _, group in groupby(found, key=lambda row: row.pid):
        yield kept.milestones(next(group))


def trains(connection: Connection) -> Iterator[TrainMilestones]:
    """Current milestones of software trains, by system and train."""
    found = connection.execute(current(TRAIN).order_by(TRAIN.c.os, TRAIN.c.train, TRAIN.c.number))
    for _, group in groupby(found, key=lambda row: row.scope):
        yield kept.train(next(group))


def lookalikes(connection: Connection, file: ImportFile) -> Iterator[tuple[str, str, str]]:
    """Serials of a file that somebody else spells with O for 0, I for 1, or with leading zeros.

    Each as the place in the file, the spelling there, the other spelling. A serial that was seen
    in a sweep exactly so is none of them. The database sorts, so that no file is held in memory.
    """
    number = connection.execute(_same(file)).one().number
    mine, told = CONTRACT_LINE.alias().c, CONTRACT_LINE.alias().c
    seen = select(_shape(UNIT.c.serial), UNIT.c.serial, null(), literal(1)).where(
        UNIT.c.serial.is_not(None)
    )
    others = select(_shape(told.serial), told.serial, null(), literal(0)).where(
        told.serial.is_not(None), told.file != number, told.superseded_by.is_(None)
    )
    if connection.execute(union_all(seen, others).limit(1)).first() is None:
        return
    ours = select(_shape(mine.serial), mine.serial, mine.command, literal(0)).where(
        mine.serial.is_not(None), mine.file == number
    )
    rows = union_all(ours, seen, others).subquery("spelled")
    shape, serial, place, observed = rows.c
    query = select(shape, serial, place, observed).order_by(shape, place, serial)
    found = connection.execute(query.execution_options(yield_per=BATCH))
    for _, group in groupby(found, key=lambda row: row[0]):
        yield from _differing([(row[1], row[2], bool(row[3])) for row in group])


def _differing(same: list[tuple[str, str | None, bool]]) -> Iterator[tuple[str, str, str]]:
    """Of rows of one shape, those of the file that others spell otherwise."""
    if len({serial.upper() for serial, *_ in same}) == 1:
        return
    observed = {serial.upper() for serial, _, seen in same if seen}
    for serial, place, _ in same:
        if place is None or serial.upper() in observed:
            continue
        others = {
            o for o, elsewhere, _ in same if elsewhere is None and o.upper() != serial.upper()
        }
        yield from ((place, serial, other) for other in sorted(others))


def _shape(serial: ColumnElement[str]) -> ColumnElement[str]:
    """A serial without what spreadsheets and typists change."""
    for letter, digit in (("O", "0"), ("I", "1")):
        serial = func.replace(func.upper(serial), literal(letter), literal(digit))
    return func.ltrim(serial, literal("0"))


def current(table: Table) -> Select[Any]:
    """Rows of a table that nothing superseded, each with the file it is from."""
    return with_file(table).where(table.c.superseded_by.is_(None))


def with_file(table: Table) -> Select[Any]:
    """Rows of a table, superseded ones too, each with the file it is from."""
    origin = (
        SOURCE_FILE.c.name.label("name_of_file"),
        SOURCE_FILE.c.sha256,
        SOURCE_FILE.c.data_date,
        SOURCE_FILE.c.basis,
        SOURCE_FILE.c.extent,
        SOURCE_FILE.c.imported,
    )
    joined = select(table, *origin).join(SOURCE_FILE, SOURCE_FILE.c.number == table.c.file)
    return joined.execution_options(yield_per=BATCH)
