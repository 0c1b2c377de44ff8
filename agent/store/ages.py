"""How old what was imported is: each file that still counts, who says so, and for which sites."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from agent.model import DataAge
from agent.store.rows import ImportFile
from agent.store.schema import METADATA, SOURCE_FILE

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TABLES = tuple(t for t in METADATA.sorted_tables if "superseded_by" in t.c)


def files(connection: Connection) -> dict[int, ImportFile]:
    """Every file that was imported, by its number."""
    found = {}
    for row in connection.execute(select(SOURCE_FILE)):
        found[row.number] = ImportFile(*(getattr(row, f.name) for f in fields(ImportFile)))
    return found


def data_ages(connection: Connection) -> tuple[DataAge, ...]:
    """Every file that still has current rows, with how many, by kind, name and import."""
    counts: dict[int, int] = defaultdict(int)
    for table in _TABLES:
        current = table.c.superseded_by.is_(None)
        query = select(table.c.file, func.count()).where(current).group_by(table.c.file)
        for number, count in connection.execute(query):
            counts[number] += count
    files = select(SOURCE_FILE).order_by(
        SOURCE_FILE.c.kind, SOURCE_FILE.c.name, SOURCE_FILE.c.number
    )
    return tuple(
        DataAge(
            what=row.kind,
            source=row.name,
            dated=row.data_date,
            rows=counts[row.number],
            basis=row.basis,
            sites=row.sites,
            sha256=row.sha256,
        )
        for row in connection.execute(files)
        if counts[row.number]
    )
