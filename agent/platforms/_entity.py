"""ENTITY-MIB (RFC 6933) and the Cisco tables that say what its rows do: stack roles, failover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.platforms import _identity, _inventory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Kind
    from agent.platforms._walk import Oid, Walk

ENTITY: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1)
DESCRIPTION, CONTAINED_IN, CLASS, POSITION, NAME = 2, 4, 5, 6, 7
HARDWARE, FIRMWARE, SOFTWARE, SERIAL, MODEL, IS_FRU = 8, 9, 10, 11, 13, 16
COLUMNS = (
    DESCRIPTION,
    CONTAINED_IN,
    CLASS,
    POSITION,
    NAME,
    HARDWARE,
    FIRMWARE,
    SOFTWARE,
    SERIAL,
    MODEL,
    IS_FRU,
)
CHASSIS, POWER_SUPPLY, FAN, PORT, STACK = 3, 6, 7, 10, 11
"""Values of entPhysicalClass."""

STACK_MEMBERS: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 500, 1, 2, 1, 1)
"""cswSwitchInfoTable of CISCO-STACKWISE-MIB, by entPhysicalIndex of the member."""
STACK_NUMBER, STACK_ROLE, STACK_STATE = 1, 3, 6
_ROLES = {"1": "active", "2": "member", "4": "standby"}
_ABSENT = {"9": "provisioned", "11": "removed"}

FAILOVER: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 147, 1, 2, 1, 1, 1)
"""cfwHardwareStatusTable of CISCO-FIREWALL-MIB; its last index is what the row speaks of."""
FAILOVER_INFORMATION, FAILOVER_STATE, FAILOVER_DETAIL = 2, 3, 4
_UNITS = {6: "primary", 7: "secondary"}
_STATES = {"9": "active", "10": "standby"}


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of entPhysicalTable, as printed."""

    index: int
    row: _inventory.Row
    contained_in: int | None
    physical_class: int | None
    software: str

    @property
    def chassis(self) -> bool:
        """Whether it is a whole device: by its class, by its name where no class is stated."""
        if self.physical_class is not None:
            return self.physical_class == CHASSIS
        return _inventory.chassis(self.row)

    @property
    def stack(self) -> bool:
        """Whether it is a stack or pair as a whole, which is no unit."""
        if self.physical_class is not None:
            return self.physical_class == STACK
        return _inventory.logical(self.row)

    @property
    def kind(self) -> Kind:
        """What a row that is no chassis is."""
        stated: dict[int | None, Kind] = {POWER_SUPPLY: "power_supply", FAN: "fan"}
        named = _inventory.kind(self.row)
        if self.physical_class in stated:
            return stated[self.physical_class]
        if self.physical_class == PORT and not self.row.name.startswith("StackPort"):
            return "transceiver"
        return named


@dataclass(frozen=True, slots=True)
class Member:
    """What the stack says of one of its members."""

    number: int | None
    role: str | None
    absent: str | None


@dataclass(frozen=True, slots=True)
class Side:
    """The unit that answered, and whether there is a mate."""

    position: str | None
    role: str | None
    paired: bool


def _number(printed: str | None) -> int | None:
    text = (printed or "").strip()
    return int(text) if text.isascii() and text.lstrip("-").isdigit() else None


def entities(walk: Walk) -> dict[int, Entity]:
    """All rows by entPhysicalIndex."""
    columns: dict[int, dict[Oid, str]] = {c: walk.column((*ENTITY, c)) for c in COLUMNS}
    indexes = sorted(
        {index[0] for column in columns.values() for index in column if len(index) == 1}
    )
    return {index: _entity(index, columns) for index in indexes}


def _entity(index: int, columns: Mapping[int, Mapping[Oid, str]]) -> Entity:
    def cell(column: int) -> str:
        return columns[column].get((index,), "").strip()

    serial, no_serial = _identity.serial(cell(SERIAL))
    product, no_pid = _identity.pid(cell(MODEL))
    notes = tuple(note for note in (no_serial, no_pid) if note)
    version_id = _identity.pid(cell(HARDWARE))[0]
    row = _inventory.Row(cell(NAME), cell(DESCRIPTION), product, version_id, serial, notes)
    return Entity(index, row, _number(cell(CONTAINED_IN)), _number(cell(CLASS)), cell(SOFTWARE))


def ancestors(entity: Entity, table: Mapping[int, Entity]) -> tuple[Entity, ...]:
    """What the entity is contained in, the nearest first; an agent's loop ends it."""
    found: list[Entity] = []
    seen = {entity.index}
    above = entity.contained_in
    while above is not None and above in table and above not in seen:
        seen.add(above)
        found.append(table[above])
        above = table[above].contained_in
    return tuple(found)


def members(walk: Walk) -> dict[int, Member]:
    """What the stack says of its members, by entPhysicalIndex."""
    numbers, roles, states = (
        walk.column((*STACK_MEMBERS, c)) for c in (STACK_NUMBER, STACK_ROLE, STACK_STATE)
    )
    return {
        index[0]: Member(
            _number(numbers.get(index)),
            _ROLES.get(roles.get(index, "").strip()),
            _ABSENT.get(states.get(index, "").strip()),
        )
        for index in {**numbers, **roles, **states}
        if len(index) == 1
    }


def failover(walk: Walk) -> Side | None:
    """The own side of a failover pair; None where there is no failover."""
    information = walk.column((*FAILOVER, FAILOVER_INFORMATION))
    states = walk.column((*FAILOVER, FAILOVER_STATE))
    rows = {
        _UNITS[index[-1]]: (information.get(index, ""), _STATES.get(state.strip()))
        for index, state in states.items()
        if index and index[-1] in _UNITS
    }
    if not any(role for _, role in rows.values()):
        return None
    own = [(place, role) for place, (text, role) in rows.items() if "(this device)" in text]
    place, role = own[0] if len(own) == 1 else (None, None)
    return Side(place, role, paired=len([r for _, r in rows.values() if r]) > 1)
