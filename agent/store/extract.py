"""What an assessment of one sweep rests on, as rows that another store takes in unchanged.

The whole history of visits and units, because moved and retired units are told by it; of imported
data only what still counts; evidence of the one sweep; no raw outputs, which travel beside the
rows, no answers of APIs, and not who was told what.
"""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import Date, LargeBinary, Table, insert, select, union

from agent.store.schema import (
    ANSWER,
    EVIDENCE,
    METADATA,
    NOTICE,
    RAW,
    SOURCE_FILE,
    SWEEP,
    Names,
    UtcTime,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Select

Values: TypeAlias = "dict[str, Any]"
"""One row by column, in types that JSON has."""

_LEFT = {RAW.name, ANSWER.name, NOTICE.name}
_AT_ONCE = 500


def tables() -> tuple[Table, ...]:
    """The tables whose rows travel, each after those it refers to."""
    return tuple(table for table in METADATA.sorted_tables if table.name not in _LEFT)


def rows(connection: Connection, table: Table, sweep_id: str) -> Iterator[Values]:
    """The rows of `table` that an assessment of the sweep rests on, by key."""
    result = connection.execution_options(yield_per=_AT_ONCE).execute(_query(table, sweep_id))
    for row in result:
        yield {column.name: _out(value) for column, value in zip(table.columns, row, strict=True)}


def restore(connection: Connection, table: Table, found: Iterable[Values]) -> None:
    """Insert the rows that :func:`rows` gave.

    :raises ValueError: a row is not of this table.
    """
    readers = {column.name: _reader(column.type) for column in table.columns}
    batch: list[Values] = []
    for row in found:
        if row.keys() != readers.keys():
            raise ValueError(f"a row of {table.name} has other columns than this netcover's store")
        batch.append({n: v if v is None else readers[n](v) for n, v in row.items()})
        if len(batch) == _AT_ONCE:
            connection.execute(insert(table), batch)
            batch.clear()
    if batch:
        connection.execute(insert(table), batch)


def cited(connection: Connection, sweep_id: str) -> tuple[str, ...]:
    """The hashes of raw texts in the store that the sweep or current data point to, sorted."""
    number = select(SWEEP.c.number).where(SWEEP.c.id == sweep_id).scalar_subquery()
    named = [select(EVIDENCE.c.sha256).where(EVIDENCE.c.sweep == number)]
    named.append(select(SOURCE_FILE.c.sha256))
    named += [
        select(table.c.sha256).where(table.c.superseded_by.is_(None))
        for table in tables()
        if "sha256" in table.c and "superseded_by" in table.c
    ]
    query = select(RAW.c.sha256).where(RAW.c.sha256.in_(union(*named).subquery().select()))
    return tuple(sorted(connection.scalars(query)))


def _query(table: Table, sweep_id: str) -> Select[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    if table is EVIDENCE:
        number = select(SWEEP.c.number).where(SWEEP.c.id == sweep_id).scalar_subquery()
        return query.where(EVIDENCE.c.sweep == number)
    if "superseded_by" in table.c:
        return query.where(table.c.superseded_by.is_(None))
    return query


def _out(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _reader(kind: object) -> Any:  # noqa: ANN401 - a function from JSON's type to the column's
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, UtcTime):
        return datetime.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return tuple if isinstance(kind, Names) else _same


def _same(value: Any) -> Any:  # noqa: ANN401
    return value
