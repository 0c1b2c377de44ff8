"""Licence UDIs: on a stack or an HA pair the one list that names PID and serial of every member."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.platforms import _identity
from agent.platforms._chassis import Sighting
from agent.platforms._lines import LineStart

if TYPE_CHECKING:
    from collections.abc import Iterator

_UDI = re.compile(
    r"(?:\b(Active|Standby|Member)[ \t]*:[ \t]*|\bSwitch[ \t]+(\d{1,3})[ \t]*:?[ \t]*)?"
    r"\bPID:[ \t]*([^,\s]+)[ \t]*,[ \t]*(?:VID:[^,\n]*,[ \t]*)?SN:[ \t]*([^,\s]+)",
    re.IGNORECASE,
)
# The older table, whose words are not tried in parts: SlotID  PID  SN  PID:SN
_TABLE = re.compile(r"[ \t]*(?:\*|\d+)?[ \t]*(\S++)[ \t]++(\S++)[ \t]++\1:\2[ \t]*")
# What a line of either kind holds, and few others do.
_SERIAL = re.compile(r",[ \t]*(?:VID:[^,\n]*,[ \t]*)?SN:", re.IGNORECASE)
_PAIRED = re.compile(r":\S++[ \t]*$", re.MULTILINE)
# Switch/Slot Number  PID  VID  SN
_MEMBERS = LineStart.of(
    r"Switch[ \t]+(\d{1,3})[ \t]+([A-Z]\S*-\S+)[ \t]+V\d\d[ \t]+([A-Z0-9]{8,})[ \t]*$"
)


def _holding(sign: re.Pattern[str], text: str) -> Iterator[str]:
    """The lines of `text` in which `sign` is found."""
    end = 0
    while found := sign.search(text, end):
        start = text.rfind("\n", 0, found.start()) + 1
        end = text.find("\n", found.end())
        end = len(text) if end < 0 else end
        yield text[start:end]


def _found(text: str) -> Iterator[tuple[str, str, str, str]]:
    """Every UDI as it stands there: its role, its number, PID and serial."""
    for line in _holding(_SERIAL, text):
        yield from _UDI.findall(line)
    for line in _holding(_PAIRED, text):
        if row := _TABLE.fullmatch(line):
            yield "", "", row[1], row[2]
    for member in _MEMBERS.finditer(text):
        number, product, serial = member.groups()
        yield "", number, product, serial


def read(command: str, text: str) -> tuple[Sighting, ...]:
    """Every UDI of `text` once, with its role and number, as far as they are stated.

    A chassis with two supervisors is listed as active and as standby under one serial.
    """
    udis: dict[str, Sighting] = {}
    for role, number, product, printed in _found(text):
        serial, pid = _identity.serial(printed)[0], _identity.pid(product)[0]
        if serial and pid:
            before = udis.get(serial)
            stated = int(number) if number else None
            udis[serial] = Sighting(
                command,
                before.number if before and before.number is not None else stated,
                serial,
                pid,
                role=before.role if before and before.role else role.lower() or None,
            )
    return tuple(udis.values())
