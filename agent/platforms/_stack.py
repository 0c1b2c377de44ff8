"""Stack and module tables: ``show switch``, ``chassis``, ``platform`` and ``module``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.platforms import _identity
from agent.platforms._chassis import Sighting
from agent.platforms._lines import LineStart

_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_ROLE = re.compile(
    rf"\s*(?:\*\s*)?(\d{{1,3}})\s+(Active|Standby|Member|Master|Slave)\b(?:\s+{_MAC})?\s+(\d.*)$",
    re.IGNORECASE,
)
_STATE = re.compile(r"\b(Ready|Provisioned|Removed|[A-Z][\w-]*(?: [a-z]+)*)\b[\d.\s]*$")
_ABSENT = ("provisioned", "removed")
_ROLES = {"master": "active", "slave": "standby"}
# Switch Ports Model Serial MAC Hw Sw
_MEMBER = re.compile(
    rf"\s*(?:\*\s*)?(\d{{1,3}})\s+(\d+)\s+(\S+)\s+(\S+)\s+{_MAC}\s+(\S+)\s+(\S+)\s*$"
)
_SWITCH_NUMBER = re.compile(r"^\s*Switch Number\s+(\d{1,3})\b", re.IGNORECASE)
_CHASSIS_TYPE = LineStart.of(r"Chassis type[ \t]*:[ \t]*(\S+)", re.IGNORECASE)
_MODULE = re.compile(r"^\s*(\d+)\s+\d+\s+(\S.*?)\s+(\S+)\s+(\S+)\s*$")
_MODULE_HEAD = re.compile(r"^\s*Mod\s+(?:Ports\s+)?Card Type\b", re.IGNORECASE)
_SERIAL_LIKE = re.compile(r"(?=.*\d)[A-Z0-9-]{8,}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Module:
    """A row of ``show module`` that states a PID and a serial."""

    switch: int | None
    slot: str
    description: str
    pid: str
    serial: str


def roles(command: str, text: str) -> tuple[Sighting, ...]:
    """Numbers, roles and states; a provisioned or removed member is not present."""
    found = []
    for line in text.splitlines():
        if row := _ROLE.match(line):
            state = _STATE.search(row[3])
            role = row[2].lower()
            absent = bool(state) and state[1].lower() in _ABSENT if state else False
            found.append(
                Sighting(
                    command,
                    number=int(row[1]),
                    role=None if absent else _ROLES.get(role, role),
                    present=not absent,
                    notes=()
                    if state is None or absent or state[1] == "Ready"
                    else (f"{command}: {state[1]}",),
                )
            )
    return tuple(found)


def members(command: str, text: str) -> tuple[Sighting, ...]:
    """Rows that state model, serial and release per switch."""
    found = []
    for line in text.splitlines():
        if row := _MEMBER.match(line):
            number, _, product, printed, _, version = row.groups()
            serial, note = _identity.serial(printed)
            found.append(
                Sighting(
                    command,
                    number=int(number),
                    serial=serial,
                    pid=_identity.pid(product)[0],
                    version=version,
                    notes=(note,) if note else (),
                )
            )
    return tuple(found)


def chassis_type(command: str, text: str) -> tuple[Sighting, ...]:
    """The chassis PID that heads ``show module`` and ``show platform``; it names no serial."""
    types = {row[1] for row in _CHASSIS_TYPE.finditer(text)}
    return (Sighting(command, pid=types.pop()),) if len(types) == 1 else ()


def modules(text: str) -> tuple[Module, ...]:
    """Line cards and supervisors; blank and unidentified slots hold no unit."""
    found: list[Module] = []
    switch: int | None = None
    inside = False
    for line in text.splitlines():
        if number := _SWITCH_NUMBER.match(line):
            switch, inside = int(number[1]), False
        elif _MODULE_HEAD.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside and (row := _MODULE.match(line)) and _SERIAL_LIKE.fullmatch(row[4]):
            found.append(Module(switch, row[1], row[2], row[3], row[4]))
    return tuple(found)
