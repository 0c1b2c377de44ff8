"""What earlier sweeps say about a unit that is missing or has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select

from agent.model import CompleteSweep, Place
from agent.store.schema import GAP, SWEEP, UNIT, VISIT

if TYPE_CHECKING:
    from sqlalchemy import Connection

SWEEPS = 50
"""So many finished sweeps are looked at, the latest ones."""


def complete_sweeps(connection: Connection) -> tuple[CompleteSweep, ...]:
    """Which sites the latest sweeps read completely, the sweep begun last first.

    A sweep of chosen hosts says nothing about a site, unless the site is what was chosen.
    """
    latest = (
        select(SWEEP.c.number)
        .where(SWEEP.c.ended.is_not(None))
        .order_by(SWEEP.c.number.desc())
        .limit(SWEEPS)
    )
    unread = and_(GAP.c.sweep == VISIT.c.sweep, GAP.c.host == VISIT.c.host)
    hides = and_(GAP.c.unreached.is_(False), GAP.c.kind != "absent_slot")
    query = (
        select(
            SWEEP.c.id,
            SWEEP.c.started,
            SWEEP.c.selection,
            VISIT.c.site,
            func.count().filter(VISIT.c.reached.is_(False)),
            func.count().filter(hides),
        )
        .select_from(VISIT)
        .join(SWEEP, SWEEP.c.number == VISIT.c.sweep)
        .outerjoin(GAP, unread)
        .where(SWEEP.c.number.in_(latest))
        .group_by(SWEEP.c.number, SWEEP.c.id, SWEEP.c.started, SWEEP.c.selection, VISIT.c.site)
        .order_by(SWEEP.c.number.desc(), VISIT.c.site)
    )
    found: dict[str, CompleteSweep] = {}
    for sweep_id, started, selection, site, failed, gaps in connection.execute(query):
        before = found.get(sweep_id, CompleteSweep(sweep_id, started, (), estate=selection is None))
        whole = not failed and not gaps
        counts = whole and selection in {None, f"site={site}"} and site is not None
        sites = (*before.sites, site) if counts else before.sites
        found[sweep_id] = CompleteSweep(sweep_id, started, sites, estate=before.estate and whole)
    return tuple(found.values())


def places(connection: Connection) -> tuple[Place, ...]:
    """Every place a unit with a serial was seen at, with the last sweep that saw it there so."""
    query = (
        select(UNIT.c.serial, UNIT.c.pid, UNIT.c.host, VISIT.c.site, func.max(SWEEP.c.started))
        .select_from(UNIT)
        .join(VISIT, and_(VISIT.c.host == UNIT.c.host, VISIT.c.sweep == UNIT.c.last_sweep))
        .join(SWEEP, SWEEP.c.number == UNIT.c.last_sweep)
        .where(UNIT.c.serial.is_not(None))
        .group_by(UNIT.c.serial, UNIT.c.pid, UNIT.c.host, VISIT.c.site)
        .order_by(UNIT.c.serial, UNIT.c.pid, UNIT.c.host, VISIT.c.site)
    )
    return tuple(Place(*row) for row in connection.execute(query))
