"""What people decided and accepted, as it stands and as it stood before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from agent.store import rows as kept
from agent.store.imports import current, with_file
from agent.store.schema import DECISION, SOURCE_FILE, WAIVER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from agent.model import Decision, Waiver


@dataclass(frozen=True, slots=True)
class Entry:
    """A decision as it was imported once. `superseded`: when another took its place."""

    decision: Decision
    imported: datetime
    superseded: datetime | None


def decisions(connection: Connection) -> Iterator[Decision]:
    """The decisions that stand, by id."""
    yield from map(kept.decision, connection.execute(current(DECISION).order_by(DECISION.c.id)))


def waivers(connection: Connection) -> Iterator[Waiver]:
    """The waivers that stand, by approval."""
    yield from map(kept.waiver, connection.execute(current(WAIVER).order_by(WAIVER.c.approval)))


def history(connection: Connection, serial: str) -> Iterator[Entry]:
    """Every decision about a serial, superseded ones too, in the order of imports."""
    found = SOURCE_FILE.c
    imports = connection.execute(select(found.number, found.imported))
    times = {row.number: row.imported for row in imports}
    about = func.upper(DECISION.c.serial) == serial.upper()
    query = with_file(DECISION).where(about).order_by(DECISION.c.number)
    for row in connection.execute(query):
        superseded = None if row.superseded_by is None else times[row.superseded_by]
        yield Entry(kept.decision(row), row.imported, superseded)
