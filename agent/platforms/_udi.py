"""Licence UDIs: on a stack or an HA pair the one list that names PID and serial of every member."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import _identity
from agent.platforms._chassis import Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator

_UDI = re.compile(
    r"(?:\b(Active|Standby|Member)[ \t]*:[ \t]*)?"
    r"\bPID:[ \t]*([^,\s]+)[ \t]*,[ \t]*SN:[ \t]*([^,\s]+)",
    re.IGNORECASE,
)
# The older table: SlotID  PID  SN  PID:SN
_TABLE = re.compile(r"^[ \t]*(?:\*|\d+)?[ \t]*(\S+)[ \t]+(\S+)[ \t]+\1:\2[ \t]*$", re.MULTILINE)


def _found(text: str) -> Iterator[tuple[str | None, str, str]]:
    for match in _UDI.finditer(text):
        yield match[1] and match[1].lower(), match[2], match[3]
    for match in _TABLE.finditer(text):
        yield None, match[1], match[2]


def read(command: str, text: str) -> tuple[Sighting, ...]:
    """Every UDI of `text` once, with its role.

    A chassis with two supervisors is listed as active and as standby under one serial.
    """
    udis: dict[str, tuple[str, str | None]] = {}
    for role, product, number in _found(text):
        pid, _ = _identity.pid(product)
        serial, _ = _identity.serial(number)
        if serial and pid:
            before = udis.get(serial)
            udis[serial] = (pid, (before and before[1]) or role)
    return tuple(
        Sighting(command, serial=serial, pid=pid, role=role) for serial, (pid, role) in udis.items()
    )
