"""ASA: 5500-X, Secure Firewall in appliance mode, virtual, multi-context, failover pairs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Observation, Reading
from agent.platforms import (
    Command,
    Platform,
    _firewall,
    _identity,
    _licences,
    _licensing,
    _parts,
    _udi,
)
from agent.platforms._lines import LineStart
from agent.platforms._outputs import answers, first_line, no_unit, not_parsed, refusals

if TYPE_CHECKING:
    from agent.model import Capture

REQUIRED = ("show version", "show inventory")

_VERSION = LineStart.of(
    r"Cisco (?:Adaptive|PIX) Security Appliance Software Version[ \t]+(\S+)", re.IGNORECASE
)
_HARDWARE = LineStart.of(r"Hardware:[ \t]+([^,\s]+)")
_SERIAL = LineStart.of(r"Serial Number:[ \t]*(?!Ours)(.*?)[ \t]*$")
_MODULE_HEAD = re.compile(r"^\s*Mod\s+Card Type\b", re.IGNORECASE)
_MODULE = re.compile(r"^\s*(\S+)\s+(\S.*?)\s+(\S+)\s+(\S+)\s*$")
_SIGNS = re.compile(
    r"""Cisco\ Adaptive\ Security\ Appliance | ^[ \t]*Failover\ (?:On|Off)\b
      | ^[ \t]*(?:UDI:[ \t]*)?PID:[ \t]*ASA | ^Name:[ \t]*"(?:Chassis|module|power\ supply|Ethernet)
      | ^[ \t]*Mod[ \t]+Card\ Type""",
    re.VERBOSE | re.MULTILINE,
)
_OWN = "Cisco Adaptive Security Appliance Software"
_FTD = re.compile(r"Threat Defense", re.IGNORECASE)
_APPLIANCE = re.compile(r"(?:Firepower|Secure Firewall) \d+ Appliance", re.IGNORECASE)


def _modules(text: str) -> list[tuple[str, str, str]]:
    """Slot, PID and serial of ``show module``; software modules repeat their host's serial."""
    found: list[tuple[str, str, str]] = []
    inside = False
    for line in text.splitlines():
        if _MODULE_HEAD.match(line):
            inside = True
        elif not line.strip():
            inside = False
        elif inside and (row := _MODULE.match(line)):
            serial, pid = _identity.serial(row[4])[0], _identity.pid(row[3])[0]
            if serial and pid and any(c.isdigit() for c in serial):
                found.append((row[1], pid, serial))
    by_serial: dict[str, tuple[str, str, str]] = {}
    for slot, pid, serial in found:
        by_serial.setdefault(serial, (slot, pid, serial))
    return list(by_serial.values())


def _stated(capture: Capture) -> _firewall.Stated:
    """The own unit as ``show version``, the licence UDI and ``show module`` state it."""
    stated = _firewall.Stated()
    for output in answers(capture, "show version"):
        version = _VERSION.search(output.text)
        hardware = _HARDWARE.search(output.text)
        serial = _SERIAL.search(output.text)
        stated = _firewall.Stated(
            serial=_identity.serial(serial[1])[0] if serial else None,
            pid=_identity.pid(hardware[1])[0] if hardware else None,
            version=version[1] if version else None,
            commands=(output.command,),
        )
    if stated.serial is None:
        udis = [u for o in answers(capture, "show license") for u in _udi.read(o.command, o.text)]
        modules = [
            (o.command, *m) for o in answers(capture, "show module") for m in _modules(o.text)
        ]
        if udis:
            first = udis[0]
            stated = replace(
                stated,
                serial=first.serial,
                pid=stated.pid or first.pid,
                commands=(*stated.commands, first.command),
            )
        elif modules:
            command, _, module_pid, module_serial = modules[0]
            stated = replace(
                stated,
                serial=module_serial,
                pid=stated.pid or module_pid,
                commands=(*stated.commands, command),
            )
    return stated


def _cards(capture: Capture, unit: Observation | None) -> list[Observation]:
    """Hardware modules beside the unit itself."""
    own = {unit.serial, *unit.other_serials} if unit else set()
    own_pid = unit.pid if unit else None
    return [
        _parts.observed(
            capture,
            capture.evidence(output.command),
            "module",
            position=f"slot {slot}",
            serial=serial,
            pid=pid,
            parent=unit.serial if unit else None,
        )
        for output in answers(capture, "show module")
        for slot, pid, serial in _modules(output.text)
        if serial not in own and pid != own_pid
    ]


def _unread(capture: Capture, stated: _firewall.Stated) -> list[Incomplete]:
    gaps = []
    for output in answers(capture, "show version"):
        if stated.version is None:
            gaps.append(not_parsed(capture, output.command, first_line(output.text)))
        elif stated.pid is None:
            reason = f"{output.command}: states version {stated.version}, but no hardware"
            gaps.append(Incomplete(capture.host, "truncated", reason))
    return gaps


def parse(capture: Capture) -> Reading:
    """The unit that answered, its failover mate, and the parts of both."""
    inventories, gaps = _firewall.boxes(capture, _firewall.INVENTORY)
    inventory = inventories[0] if inventories else None
    stated = _stated(capture)
    pair, pair_command = _firewall.pair(capture)
    own = _firewall.unit(
        capture, "asa", inventory, stated, pair.own if pair else None, failover_command=pair_command
    )
    licences = tuple(
        dict.fromkeys(
            name for o in answers(capture, "show license") for name in _licences.read(o.text)
        )
    )
    found = [_licensing.on(capture, replace(own, licences=licences))] if own else []
    for box in inventories:
        found += _firewall.parts(capture, box, own)
    found += _cards(capture, own)
    mate, missing = _firewall.mate(capture, "asa", pair.mate if pair else None, pair_command, own)
    found += mate
    gaps += missing
    gaps += [*refusals(capture, REQUIRED), *_unread(capture, stated)]
    if not found and not gaps:
        gaps += no_unit(capture)
    # Only firewalls carry software; what sits in them does not.
    firewalls = [u for u in found if u.software != "other"]
    parts = _parts.once(u for u in found if u.software == "other")
    return Reading((*firewalls, *parts), tuple(dict.fromkeys(gaps)))


def recognises(capture: Capture) -> bool:
    """Whether any output is that of an ASA and none that of FTD, which carries an ASA inside.

    The inventory of a Secure Firewall reads the same under both; alone it is taken for FTD.
    """
    texts = [output.text for output in capture.outputs]
    if any("threat defense" in text.casefold() and _FTD.search(text) for text in texts):
        return False
    if any(_OWN in text for text in texts):
        return True
    return any(map(_SIGNS.search, texts)) and not any(map(_APPLIANCE.search, texts))


PLATFORM = Platform(
    name="asa",
    title="ASA (5500-X, Secure Firewall in appliance mode, ASAv)",
    software="asa",
    netmiko="cisco_asa",
    commands=(
        Command("show version", required=True),
        Command("show inventory", required=True),
        Command("show failover"),
        Command("failover exec mate show inventory"),
        Command("show license all"),
    ),
    session=("terminal pager 0", "show curpriv", "exit"),
    parse=parse,
    recognises=recognises,
    enable=True,
)
