"""Sweeps into rows and back, exactly: visits, gaps, evidence, raw outputs and units."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, update

from agent.errors import StoreError
from agent.model import Evidence, HostResult, HostVisit, Incomplete, Sweep, Unreached
from agent.store import units
from agent.store.schema import EVIDENCE, GAP, RAW, SWEEP, UNIT, VISIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Table

TOGETHER: Final = 100
"""Hosts that share their statements."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What one host of a sweep printed, as pieces of evidence in their order.

    `lane` is that of the visit; a piece of another transport has it as its source.
    """

    visit: HostVisit
    lane: str
    pieces: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SweepHead:
    """One sweep of the history; `ended` is None where it was interrupted or still runs."""

    id: str
    started: datetime
    ended: datetime | None
    selection: str | None
    attempted: int
    reached: int


def finished(connection: Connection, sweep_id: str) -> bool:
    """Whether a sweep of this id has ended."""
    query = select(SWEEP.c.number).where(SWEEP.c.id == sweep_id, SWEEP.c.ended.is_not(None))
    return connection.scalar(query) is not None


def begin(connection: Connection, sweep_id: str, started: datetime, selection: str | None) -> None:
    """Give a new sweep its number: the place in the order in which sweeps were begun.

    :raises StoreError: a sweep of this id is there already.
    """
    if connection.scalar(select(SWEEP.c.number).where(SWEEP.c.id == sweep_id)) is not None:
        raise StoreError(f"sweep {sweep_id} is in the store already; begin another one")
    row = {"id": sweep_id, "started": started, "selection": selection}
    connection.execute(insert(SWEEP).values(row))


def end(connection: Connection, sweep_id: str, ended: datetime) -> None:
    """Mark a sweep as finished.

    :raises StoreError: it was never begun, or has ended before.
    """
    unfinished = (SWEEP.c.id == sweep_id) & SWEEP.c.ended.is_(None)
    if connection.execute(update(SWEEP).where(unfinished).values(ended=ended)).rowcount != 1:
        raise StoreError(f"sweep {sweep_id} was not begun or has ended already; begin another one")


def save_hosts(connection: Connection, sweep_id: str, results: Iterable[HostResult]) -> None:
    """Everything that visits brought home, with few statements for many hosts.

    :raises StoreError: the sweep is not being saved, or has one of the hosts already.
    :raises ValueError: a result speaks of another host, or of units of a host not reached.
    """
    number = connection.scalar(
        select(SWEEP.c.number).where(SWEEP.c.id == sweep_id, SWEEP.c.ended.is_(None))
    )
    if number is None:
        raise StoreError(f"sweep {sweep_id} was not begun or has ended already; begin another one")
    waiting = iter(results)
    while part := tuple(islice(waiting, TOGETHER)):
        _save_part(connection, sweep_id, number, part)


def _save_part(
    connection: Connection, sweep_id: str, number: int, results: tuple[HostResult, ...]
) -> None:
    for result in results:
        _check(result)
    hosts = [result.visit.host for result in results]
    there = select(VISIT.c.host).where(VISIT.c.sweep == number, VISIT.c.host.in_(hosts))
    twice = connection.scalar(there.limit(1)) or next(
        (host for host, times in Counter(hosts).items() if times > 1), None
    )
    if twice is not None:
        raise StoreError(f"sweep {sweep_id} has a visit of {twice} already; list each host once")
    _insert(connection, VISIT, [_visit_row(number, result) for result in results])
    _insert(connection, GAP, [row for result in results for row in _gap_rows(number, result)])
    _save_raw(connection, results)
    named = {result.visit.host: _labels(result) for result in results}
    evidence = (row for host, each in named.items() for row in _evidence_rows(number, host, each))
    _insert(connection, EVIDENCE, list(evidence))
    readings = {
        result.visit.host: units.encode(result.observations, named[result.visit.host])
        for result in results
        if result.visit.reached
    }
    units.save_readings(connection, number, readings)


def _insert(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def visited(connection: Connection, sweep_id: str) -> frozenset[str]:
    """The hosts of which a sweep, finished or not, has a result."""
    query = (
        select(VISIT.c.host)
        .join(SWEEP, SWEEP.c.number == VISIT.c.sweep)
        .where(SWEEP.c.id == sweep_id)
    )
    return frozenset(connection.scalars(query))


def _check(result: HostResult) -> None:
    host = result.visit.host
    gaps = (*result.incomplete, *((result.unreached,) if result.unreached else ()))
    strangers = {part.host for part in (*result.observations, *gaps)} - {host}
    if strangers:
        raise ValueError(f"result of {host} speaks of {', '.join(sorted(strangers))}")
    if result.observations and not result.visit.reached:
        raise ValueError(f"result of {host} has units, and says that the host was not reached")


def _visit_row(sweep: int, result: HostResult) -> dict[str, object]:
    visit = result.visit
    return {
        "sweep": sweep,
        "host": visit.host,
        "site": visit.site,
        "platform": visit.platform,
        "reached": visit.reached,
        "lane": result.lane,
        "licensing_dates": units.licensing_dates(result.observations),
    }


def _gap_rows(sweep: int, result: HostResult) -> Iterator[dict[str, object]]:
    gaps: list[tuple[bool, Unreached | Incomplete]] = [(False, gap) for gap in result.incomplete]
    if result.unreached:
        gaps.append((True, result.unreached))
    for ordinal, (unreached, gap) in enumerate(gaps):
        yield {
            "sweep": sweep,
            "host": result.visit.host,
            "ordinal": ordinal,
            "unreached": unreached,
            "kind": gap.kind,
            "reason": gap.reason,
        }


def _save_raw(connection: Connection, results: Iterable[HostResult]) -> None:
    texts = {output.sha256: output.text for result in results for output in result.outputs}
    known = set(connection.scalars(select(RAW.c.sha256).where(RAW.c.sha256.in_(list(texts)))))
    _insert(
        connection,
        RAW,
        [
            {"sha256": sha256, "zlib": zlib.compress(text.encode())}
            for sha256, text in texts.items()
            if sha256 not in known
        ],
    )


def _labels(result: HostResult) -> dict[Evidence, units.Label]:
    printed = (
        Evidence(output.lane or result.lane, output.command, output.collected, output.sha256)
        for output in result.outputs
    )
    cited = (piece for unit in result.observations for piece in unit.evidence)
    return units.labels(dict.fromkeys((*printed, *cited)))


def _evidence_rows(sweep: int, host: str, named: Iterable[Evidence]) -> Iterator[dict[str, object]]:
    for ordinal, piece in enumerate(named):
        yield {
            "sweep": sweep,
            "host": host,
            "ordinal": ordinal,
            "source": piece.source,
            "command": piece.command,
            "collected": piece.collected,
            "sha256": piece.sha256,
        }


def latest(connection: Connection) -> str:
    """The id of the finished sweep that was begun last.

    :raises StoreError: there is none.
    """
    query = select(SWEEP.c.id).where(SWEEP.c.ended.is_not(None))
    sweep_id: str | None = connection.scalar(query.order_by(SWEEP.c.number.desc()).limit(1))
    if sweep_id is None:
        raise StoreError("no sweep in the store; run netcover sweep or netcover ingest first")
    return sweep_id


def load(connection: Connection, sweep_id: str) -> Sweep:
    """The sweep as it was saved.

    :raises StoreError: there is none of this id, or it has not ended.
    """
    head = connection.execute(select(SWEEP).where(SWEEP.c.id == sweep_id)).one_or_none()
    if head is None:
        raise StoreError(f"no sweep {sweep_id} in the store; netcover sweep makes a new one")
    if head.ended is None:
        raise StoreError(f"sweep {sweep_id} has not ended or was interrupted; sweep again")
    incomplete, unreached = _load_gaps(connection, head.number)
    pieces = _load_evidence(connection, head.number)
    observed = units.load(connection, head.number)
    visits = connection.execute(select(VISIT).where(VISIT.c.sweep == head.number))
    results = [
        HostResult(
            visit=HostVisit(visit.host, visit.site, visit.platform, visit.reached),
            observations=tuple(
                units.decode(visit.host, unit, pieces.get(visit.host, {}), visit.licensing_dates)
                for unit in observed.get(visit.host, ())
            ),
            unreached=unreached.get(visit.host),
            incomplete=tuple(incomplete.get(visit.host, ())),
        )
        for visit in visits
    ]
    return Sweep.of(head.id, head.started, head.ended, results)


def _load_gaps(
    connection: Connection, sweep: int
) -> tuple[dict[str, list[Incomplete]], dict[str, Unreached]]:
    incomplete: dict[str, list[Incomplete]] = {}
    unreached: dict[str, Unreached] = {}
    query = select(GAP).where(GAP.c.sweep == sweep).order_by(GAP.c.host, GAP.c.ordinal)
    for row in connection.execute(query):
        if row.unreached:
            unreached[row.host] = Unreached(row.host, row.kind, row.reason)
        else:
            incomplete.setdefault(row.host, []).append(Incomplete(row.host, row.kind, row.reason))
    return incomplete, unreached


def _load_evidence(connection: Connection, sweep: int) -> dict[str, dict[units.Label, Evidence]]:
    query = select(EVIDENCE).where(EVIDENCE.c.sweep == sweep)
    pieces: dict[str, list[Evidence]] = {}
    for row in connection.execute(query.order_by(EVIDENCE.c.host, EVIDENCE.c.ordinal)):
        piece = Evidence(row.source, row.command, row.collected, row.sha256)
        pieces.setdefault(row.host, []).append(piece)
    return {
        host: {label: piece for piece, label in units.labels(of_host).items()}
        for host, of_host in pieces.items()
    }


def printed(connection: Connection, sweep_id: str) -> tuple[Printed, ...]:
    """What every host of a finished sweep printed, by host."""
    number = select(SWEEP.c.number).where(SWEEP.c.id == sweep_id).scalar_subquery()
    pieces = _load_evidence(connection, connection.scalar(select(number)) or 0)
    visits = connection.execute(select(VISIT).where(VISIT.c.sweep == number).order_by(VISIT.c.host))
    return tuple(
        Printed(
            HostVisit(visit.host, visit.site, visit.platform, visit.reached),
            visit.lane,
            tuple(pieces.get(visit.host, {}).values()),
        )
        for visit in visits
    )


def heads(connection: Connection) -> tuple[SweepHead, ...]:
    """Every sweep, the one begun last first."""
    counted = (
        select(SWEEP, func.count(VISIT.c.host), func.count().filter(VISIT.c.reached))
        .outerjoin(VISIT, VISIT.c.sweep == SWEEP.c.number)
        .group_by(SWEEP.c.number)
        .order_by(SWEEP.c.number.desc())
    )
    return tuple(
        SweepHead(sweep_id, started, ended, selection, attempted, reached)
        for _, sweep_id, started, ended, selection, attempted, reached in connection.execute(
            counted
        )
    )


def raw(connection: Connection, sha256: str) -> str | None:
    """The text of that hash, or None where it was never saved."""
    packed = connection.scalar(select(RAW.c.zlib).where(RAW.c.sha256 == sha256))
    return None if packed is None else zlib.decompress(packed).decode()


def last_sightings(
    connection: Connection,
) -> dict[tuple[str, str | None], tuple[str, str | None, datetime]]:
    """Host, site and start of the last finished sweep that saw each serial and PID."""
    reading, finished_sweep = VISIT.alias(), SWEEP.alias()
    seen_in = (
        select(reading.c.sweep)
        .join(finished_sweep, finished_sweep.c.number == reading.c.sweep)
        .where(reading.c.host == UNIT.c.host, reading.c.reached)
        .where(reading.c.sweep.between(UNIT.c.first_sweep, UNIT.c.last_sweep))
        .where(finished_sweep.c.ended.is_not(None))
        .order_by(reading.c.sweep.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(UNIT.c.serial, UNIT.c.pid, UNIT.c.host, VISIT.c.site, SWEEP.c.started)
        .select_from(UNIT)
        .join(VISIT, (VISIT.c.host == UNIT.c.host) & (VISIT.c.sweep == seen_in))
        .join(SWEEP, SWEEP.c.number == VISIT.c.sweep)
        .where(UNIT.c.serial.is_not(None))
        .order_by(SWEEP.c.started, SWEEP.c.number, UNIT.c.host.desc())
    )
    return {
        (serial, pid): (host, site, started)
        for serial, pid, host, site, started in connection.execute(query)
    }
