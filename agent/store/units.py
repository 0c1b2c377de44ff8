"""Units as intervals: one row from the first reading of a unit to the last that shows it unchanged.

The readings of a host are the sweeps that reached it, in the order of their numbers. A row says
that its unit was in every reading of its host from `first_sweep` to `last_sweep`. Sweeps may be
saved side by side, so a reading can arrive between two that are there already: a row that spans
the new reading without being in it is split, two rows that the new reading joins become one.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlalchemy import bindparam, delete, func, insert, select, update

from agent.documents import licensing_document, licensing_of
from agent.model import Observation
from agent.store.schema import UNIT, VISIT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from agent.model import Evidence, Kind

_ATTRIBUTES = {
    attribute.name: attribute.default
    for attribute in fields(Observation)
    if attribute.name not in {"host", "serial", "pid", "position", "kind", "evidence"}
}
"""What stands in `attributes`, with the value that is left out; MISSING equals no value."""
_ROWS = select(UNIT)

_Row: TypeAlias = "Row[Any]"  # a row's columns are known to the schema, not to the type checker

Label: TypeAlias = tuple[str, str, int]
"""Source, command, and which of those with the same source and command."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What makes a unit of one host the same in two readings; `rank` tells look-alikes apart."""

    serial: str | None
    pid: str | None
    position: str | None
    kind: Kind
    rank: int
    attributes: str

    @property
    def columns(self) -> dict[str, object]:
        """The columns of its row, without those of the interval."""
        return {
            "serial": self.serial,
            "pid": self.pid,
            "position": self.position,
            "kind": self.kind,
            "rank": self.rank,
            "attributes": self.attributes,
        }


def labels(evidence: Iterable[Evidence]) -> dict[Evidence, Label]:
    """What units call each piece of evidence of one reading; the same words in the next one."""
    counted: Counter[tuple[str, str]] = Counter()
    named: dict[Evidence, Label] = {}
    for piece in evidence:
        words = (piece.source, piece.command)
        named[piece] = (*words, counted[words])
        counted[words] += 1
    return named


Dates: TypeAlias = tuple[str | None, ...]
"""When a host last reported to Smart Licensing, and the like: new in every reading."""
_DATES = ("last_report", "last_ack", "ack_deadline")


def _dates(unit: Observation) -> Dates | None:
    told = tuple(getattr(unit.licensing, name) for name in _DATES) if unit.licensing else ()
    return told if any(date is not None for date in told) else None


def licensing_dates(observations: Iterable[Observation]) -> str | None:
    """The dates of one reading as JSON; units tell by number which of them are theirs."""
    told = dict.fromkeys(dates for unit in observations if (dates := _dates(unit)))
    return json.dumps([*told], ensure_ascii=False) if told else None


_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(observations: Sequence[Observation], named: Mapping[Evidence, Label]) -> list[Unit]:
    """The units of one reading, evidence by label; the order of look-alikes is kept.

    What changes with every reading would end every interval, so it stands elsewhere.
    """
    told = [*dict.fromkeys(dates for unit in observations if (dates := _dates(unit)))]
    seen: Counter[tuple[str, ...]] = Counter()
    units = []
    for unit in observations:
        place = (unit.kind, unit.position or "", unit.serial or "", unit.pid or "")
        attributes: dict[str, object] = {
            name: value
            for name, default in _ATTRIBUTES.items()
            if (value := getattr(unit, name)) != default
        }
        if unit.licensing:
            document = licensing_document(unit.licensing)
            steady = {name: value for name, value in document.items() if name not in _DATES}
            dates = _dates(unit)
            attributes["licensing"] = steady | ({"dates": told.index(dates)} if dates else {})
        attributes["evidence"] = [named[piece] for piece in unit.evidence]
        text = _JSON.encode(attributes)
        units.append(Unit(unit.serial, unit.pid, unit.position, unit.kind, seen[place], text))
        seen[place] += 1
    return units


def decode(
    host: str, unit: Unit, pieces: Mapping[Label, Evidence], dates: str | None
) -> Observation:
    """The observation `unit` was made of, with evidence and `dates` of the reading asked for."""
    attributes = cast("dict[str, object]", json.loads(unit.attributes))
    evidence = cast("list[list[str | int]]", attributes.pop("evidence"))
    licensing = cast("dict[str, Any] | None", attributes.pop("licensing", None))
    if licensing and (place := licensing.pop("dates", None)) is not None:
        licensing |= dict(zip(_DATES, json.loads(dates or "[]")[place], strict=True))
    values = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in attributes.items()
    }
    return Observation(
        host=host,
        serial=unit.serial,
        pid=unit.pid,
        position=unit.position,
        kind=unit.kind,
        licensing=licensing_of(licensing) if licensing else None,
        evidence=tuple(pieces[cast("Label", tuple(label))] for label in evidence),
        **values,  # type: ignore[arg-type]  # what encode() took from the same fields
    )


def save_readings(
    connection: Connection, sweep: int, readings: Mapping[str, Sequence[Unit]]
) -> None:
    """Begin, extend, join and split intervals so that they say what `sweep` read of each host."""
    if not readings:
        return
    neighbours = _neighbours(connection, sweep, readings)
    rows = _around(connection, neighbours)
    changes = _Changes()
    for host, units in readings.items():
        before, after = neighbours.get(host, (None, None))
        changes.note(sweep, host, units, before, after, rows.get(host, ()))
    _write(connection, changes)


def load(connection: Connection, sweep: int) -> dict[str, list[Unit]]:
    """The units of every host that `sweep` reached, by host."""
    query = (
        _ROWS.join(VISIT, VISIT.c.host == UNIT.c.host)
        .where(VISIT.c.sweep == sweep, VISIT.c.reached)
        .where(UNIT.c.first_sweep <= sweep, UNIT.c.last_sweep >= sweep)
        .order_by(UNIT.c.host, UNIT.c.rank)
    )
    found: dict[str, list[Unit]] = {}
    for row in connection.execute(query):
        found.setdefault(row.host, []).append(_unit(row))
    return found


@dataclass(frozen=True, slots=True)
class _Changes:
    """Rows to begin (host, unit, first, last), to move (number, first, last) and to delete."""

    begun: list[tuple[str, Unit, int, int]] = field(default_factory=list)
    moved: list[tuple[int, int, int]] = field(default_factory=list)
    joined: list[int] = field(default_factory=list)

    def note(  # noqa: PLR0917 - one call, all of it what a reading stands between
        self,
        sweep: int,
        host: str,
        units: Sequence[Unit],
        before: int | None,
        after: int | None,
        rows: Sequence[_Row],
    ) -> None:
        """Take in the reading of one host; `rows` were in the readings next to it."""
        ending = {_unit(row): row for row in rows if row.last_sweep == before}
        starting = {_unit(row): row for row in rows if row.first_sweep == after}
        spanning = {_unit(row): row for row in rows if row.first_sweep < sweep < row.last_sweep}
        for unit in units:
            if unit in spanning:
                continue
            left, right = ending.get(unit), starting.get(unit)
            first = left.first_sweep if left else sweep
            last = right.last_sweep if right else sweep
            kept = left or right
            if kept is None:
                self.begun.append((host, unit, first, last))
            else:
                self.moved.append((kept.number, first, last))
            if left and right:
                self.joined.append(right.number)
        read = set(units)
        for unit, row in spanning.items():
            if unit in read or before is None or after is None:
                continue
            self.moved.append((row.number, row.first_sweep, before))
            self.begun.append((host, unit, after, row.last_sweep))


_Neighbours: TypeAlias = "Mapping[str, tuple[int | None, int | None]]"
"""By host, the readings before and after a new one."""


def _neighbours(connection: Connection, sweep: int, hosts: Iterable[str]) -> _Neighbours:
    number = VISIT.c.sweep
    query = (
        select(
            VISIT.c.host,
            func.max(number).filter(number < sweep),
            func.min(number).filter(number > sweep),
        )
        .where(VISIT.c.host.in_(list(hosts)), VISIT.c.reached, number != sweep)
        .group_by(VISIT.c.host)
    )
    return {host: (before, after) for host, before, after in connection.execute(query)}


def _around(connection: Connection, neighbours: _Neighbours) -> dict[str, list[_Row]]:
    """Rows that were in the readings next to a new one, by host."""
    found: dict[str, list[_Row]] = {}
    if not neighbours:
        return found
    first = min(before or 0 for before, _ in neighbours.values())
    query = _ROWS.where(UNIT.c.host.in_(list(neighbours)), UNIT.c.last_sweep >= first)
    for row in connection.execute(query):
        before, after = neighbours[row.host]
        if before is not None and row.last_sweep < before:
            continue
        if after is not None and row.first_sweep > after:
            continue
        found.setdefault(row.host, []).append(row)
    return found


def _write(connection: Connection, changes: _Changes) -> None:
    key = UNIT.c.number == bindparam("key")
    if changes.moved:
        connection.execute(
            update(UNIT)
            .where(key)
            .values(first_sweep=bindparam("first"), last_sweep=bindparam("last")),
            [{"key": n, "first": first, "last": last} for n, first, last in changes.moved],
        )
    if changes.joined:
        connection.execute(delete(UNIT).where(key), [{"key": n} for n in changes.joined])
    if changes.begun:
        connection.execute(
            insert(UNIT),
            [
                {"host": host, **unit.columns, "first_sweep": first, "last_sweep": last}
                for host, unit, first, last in changes.begun
            ],
        )


def _unit(row: _Row) -> Unit:
    return Unit(row.serial, row.pid, row.position, row.kind, row.rank, row.attributes)
