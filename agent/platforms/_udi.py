"""Licence UDIs: on a stack or an HA pair the one list that names PID and serial of every member."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.platforms import _identity
from agent.platforms._chassis import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator

_UDI = re.compile(
    r"(?:\b(Active|Standby|Member)[ \t]*:[ \t]*|\bSwitch[ \t]+(\d{1,3})[ \t]*:?[ \t]*)?"
    r"\bPID:[ \t]*([^,\s]+)[ \t]*,[ \t]*(?:VID:[^,\n]*,[ \t]*)?SN:[ \t]*([^,\s]+)",
    re.IGNORECASE,
)
# The older table: SlotID  PID  SN  PID:SN
_TABLE = re.compile(r"^[ \t]*(?:\*|\d+)?[ \t]*(\S+)[ \t]+(\S+)[ \t]+\1:\2[ \t]*$", re.MULTILINE)
# Switch/Slot Number  PID  VID  SN
_MEMBERS = re.compile(
    r"^[ \t]*Switch[ \t]+(\d{1,3})[ \t]+([A-Z]\S*-\S+)[ \t]+V\d\d[ \t]+([A-Z0-9]{8,})[ \t]*$",
    re.MULTILINE,
)


def _found(text: str) -> Iterator[Sighting]:
    """Every UDI as it stands there, without the command."""
    lines = text.split("\n")
    for line in lines:
        # Most lines are no UDI; those without "SN:" are not searched for one.
        if "N:" in line or "n:" in line:
            for role, number, product, serial in _UDI.findall(line):
                yield _sighting(product, serial, role.lower() or None, number)
    for line in lines:
        # The last word of a row is "PID:SN".
        if line.rfind(":") > line.rstrip().rfind(" "):
            for product, serial in _TABLE.findall(line):
                yield _sighting(product, serial)
    for number, product, serial in _MEMBERS.findall(text):
        yield _sighting(product, serial, None, number)


def _sighting(product: str, printed: str, role: str | None = None, number: str = "") -> Sighting:
    pid, _ = _identity.pid(product)
    serial, _ = _identity.serial(printed)
    return Sighting("", int(number) if number else None, serial, pid, role=role)


def read(command: str, text: str) -> tuple[Sighting, ...]:
    """Every UDI of `text` once, with its role and number, as far as they are stated.

    A chassis with two supervisors is listed as active and as standby under one serial.
    """
    udis: dict[str, Sighting] = {}
    for found in _found(text):
        if found.serial and found.pid:
            before = udis.get(found.serial, found)
            number = before.number if before.number is not None else found.number
            udis[found.serial] = replace(
                found, command=command, role=before.role or found.role, number=number
            )
    return tuple(udis.values())
