"""FTD: Firepower and Secure Firewall appliances and virtual, standalone, on a chassis, in HA."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Reading
from agent.platforms import Command, Platform, _firewall, _identity, _licensing, _parts
from agent.platforms._lines import LineStart
from agent.platforms._outputs import answers, first_line, no_unit, not_parsed, refusals

if TYPE_CHECKING:
    from agent.model import Capture

REQUIRED = ("show version",)

_MODEL = LineStart.of(
    r"Model[ \t]*:[ \t]*(?:Cisco[ \t]+)?(\S.*?)[ \t]+(?:\(\d+\)[ \t]+)?"
    r"Version[ \t]+(\d[\d.]*(?:[ \t]*\(Build[ \t]+\d+\)|-\d+)?)",
    re.IGNORECASE,
)
_NAME = re.compile(r"^\s*(?:Cisco\s+)?(.*?Threat Defense.*?)\s*(?:\(\d+\))?\s*$", re.IGNORECASE)
_LINA_SERIAL = LineStart.of(r"Serial Number:[ \t]*(?!Ours)(.*?)[ \t]*$")
_LINA_HARDWARE = LineStart.of(r"Hardware:[ \t]+([^,\s]+)")
_SERIAL_ONLY = re.compile(r"(?:Serial(?: Number)?\s*:\s*)?((?=\S*\d)[A-Z0-9-]{8,})", re.IGNORECASE)
_HOTFIX = re.compile(r"\b\S*Hotfix[_-]\S+", re.IGNORECASE)
_SIGNS = re.compile(r"Threat Defense|(?:Firepower|Secure Firewall) \d+ Appliance", re.IGNORECASE)


def _model(name: str) -> str:
    """The model without the software's name: ``Firepower 2110``."""
    return re.sub(r"\s*Threat Defense$", "", name.strip(), flags=re.IGNORECASE)


def _serial(capture: Capture) -> tuple[str | None, str | None]:
    """The serial of ``show serial-number``, else that of the ASA inside, with its command."""
    for output in answers(capture, "show serial-number"):
        for line in output.text.splitlines():
            if match := _SERIAL_ONLY.fullmatch(line.strip()):
                return match[1], output.command
    for output in answers(capture, "show version"):
        if match := _LINA_SERIAL.search(output.text):
            return _identity.serial(match[1])[0], output.command
    return None, None


def _stated(capture: Capture, slot_pid: str | None) -> _firewall.Stated:
    """The own unit as all outputs but the inventory state it; a PID is better than a model."""
    model = version = hardware = None
    commands: list[str] = []
    for output in answers(capture, "show version"):
        commands.append(output.command)
        if match := _MODEL.search(output.text):
            model, version = _model(match[1]), match[2]
        if match := _LINA_HARDWARE.search(output.text):
            hardware = match[1]
    for output in answers(capture, "show model"):
        named = [m for m in map(_NAME.fullmatch, output.text.splitlines()) if m]
        if named and not model:
            model = _model(named[0][1])
            commands.append(output.command)
    serial, serial_command = _serial(capture)
    pid = hardware or slot_pid
    if serial_command:
        commands.append(serial_command)
    return _firewall.Stated(
        serial=serial,
        pid=pid or model or None,
        version=version,
        commands=tuple(commands),
        notes=() if pid or not model else ("named by its model: no output states its PID",),
    )


def _unread(capture: Capture, stated: _firewall.Stated) -> list[Incomplete]:
    return [
        not_parsed(capture, output.command, first_line(output.text))
        for output in answers(capture, "show version")
        if stated.version is None
    ]


def parse(capture: Capture) -> Reading:
    """The unit that answered, its mate, and the parts of both."""
    inventories, gaps = _firewall.boxes(capture, _firewall.INVENTORY)
    inventory = inventories[0] if inventories else None
    pair, pair_command = _firewall.pair(capture)
    stated = _stated(capture, pair.own.pid if pair else None)
    # Failover states the version of the ASA inside FTD, which is not the version of FTD.
    own_side = replace(pair.own, version=None) if pair else None
    own = _firewall.unit(capture, "ftd", inventory, stated, own_side, failover_command=pair_command)
    patches = tuple(
        dict.fromkeys(
            name for o in answers(capture, "show version") for name in _HOTFIX.findall(o.text)
        )
    )
    found = [_licensing.on(capture, replace(own, patches=patches))] if own else []
    for box in inventories:
        found += _firewall.parts(capture, box, own)
    mate_side = replace(pair.mate, version=None) if pair else None
    mate, missing = _firewall.mate(capture, "ftd", mate_side, pair_command, own)
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
    """Whether any output is that of FTD; a whole ASA without FTD around it is none."""
    texts = [output.text for output in capture.outputs]
    if any("Threat Defense" in text for text in texts):
        return True
    alone = any("Cisco Adaptive Security Appliance Software" in text for text in texts)
    return any(map(_SIGNS.search, texts)) and not alone


PLATFORM = Platform(
    name="ftd",
    title="FTD (Firepower 1000/2100/4100, Secure Firewall 1200/3100/4200, virtual)",
    software="ftd",
    netmiko="cisco_ftd",
    commands=(
        Command("show version", required=True),
        Command("show inventory"),
        Command("show failover"),
        Command("show serial-number"),
        Command("show model"),
    ),
    session=("exit",),
    parse=parse,
    recognises=recognises,
)
