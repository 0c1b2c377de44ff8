"""What each unit ran and when: releases as intervals between sweeps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select

from agent.store.schema import SWEEP, UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sqlalchemy import Connection

    from agent.model import Software


def sweep_days(connection: Connection, until: datetime) -> tuple[date, ...]:
    """The days of all finished sweeps that began no later than `until`, in order."""
    query = select(SWEEP.c.started).where(SWEEP.c.ended.is_not(None), SWEEP.c.started <= until)
    return tuple(sorted({started.date() for (started,) in connection.execute(query)}))


def releases(
    connection: Connection, until: datetime
) -> Iterator[tuple[str, str | None, Software, str | None, date, date]]:
    """Serial, PID, software, release, first and last day of every stay of a unit, by its serial.

    Days are those of sweeps that began no later than `until`; a stay that began later is left out.
    """
    first, last = SWEEP.alias(), SWEEP.alias()
    query = (
        select(UNIT.c.serial, UNIT.c.pid, UNIT.c.attributes, first.c.started, last.c.started)
        .join(first, first.c.number == UNIT.c.first_sweep)
        .join(last, last.c.number == UNIT.c.last_sweep)
        .where(UNIT.c.serial.is_not(None), first.c.started <= until)
        .order_by(UNIT.c.serial, UNIT.c.pid, UNIT.c.first_sweep, UNIT.c.number)
        .execution_options(yield_per=1_000)
    )
    for serial, pid, attributes, began, ended in connection.execute(query):
        stated = json.loads(attributes)
        software, version = stated.get("software", "other"), stated.get("version")
        yield serial, pid, software, version, began.date(), min(ended, until).date()
