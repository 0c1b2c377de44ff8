"""ASA and FTD hosts: own unit, mate and parts, joined from inventory, version and failover."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Observation
from agent.platforms import _failover, _identity, _inventory, _parts
from agent.platforms._outputs import answers, not_parsed
from agent.releases import canonical

if TYPE_CHECKING:
    from agent.model import Capture, Software

INVENTORY = "show inventory"
MATE_INVENTORY = "failover exec mate show inventory"
FAILOVER = "show failover"

# Models whose 'show version' and failover print a board serial, not that of the chassis.
_BOARD_SERIAL = re.compile(r"ASA-?55(?:[1245]5|12|85)\b")
_MODULE = re.compile(r"FPR\dK-SM-", re.IGNORECASE)
# The appliance itself, where no entry is called Chassis.
_APPLIANCE = "module 0"


@dataclass(frozen=True, slots=True)
class Box:
    """A firewall as one inventory lists it."""

    command: str
    rows: tuple[_inventory.Row, ...]
    chassis: _inventory.Row | None
    own_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stated:
    """What other outputs than the inventory say about the own unit."""

    serial: str | None = None
    pid: str | None = None
    version: str | None = None
    commands: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def box(command: str, listing: _inventory.Listing) -> Box:
    """The firewall in an inventory: the chassis, ``module 0``, or the only security module."""
    named = [row for row in listing.rows if _inventory.chassis(row)]
    if named:
        return Box(command, listing.rows, named[0], frozenset())
    appliance = [row for row in listing.rows if row.name.lower() == _APPLIANCE]
    engines = [row for row in listing.rows if _MODULE.match(row.pid or "")]
    first = appliance[0] if appliance else engines[0] if len(engines) == 1 else None
    return Box(command, listing.rows, first, frozenset({first.name}) if first else frozenset())


def boxes(capture: Capture, command: str) -> tuple[list[Box], list[Incomplete]]:
    """The inventories under `command`, and what could not be read of them."""
    found: list[Box] = []
    gaps: list[Incomplete] = []
    for output in answers(capture, command):
        listing = _inventory.read(output.text)
        if listing.cut:
            reason = f"{output.command}: ends within an entry: {listing.cut[:80]!r}"
            gaps.append(Incomplete(capture.host, "truncated", reason))
        if listing.unread:
            gaps.append(not_parsed(capture, output.command, listing.unread[0][:80]))
        if listing.rows:
            found.append(box(output.command, listing))
    return found, gaps


def parts(
    capture: Capture, inventory: Box, firewall: Observation | None
) -> tuple[Observation, ...]:
    """What sits in `firewall`."""
    homes = _parts.Homes(
        {},
        firewall.serial if firewall else None,
        frozenset({firewall.pid} if firewall and firewall.pid else ()),
    )
    return _parts.read(capture, inventory.command, inventory.rows, homes, own=inventory.own_names)


def _board(pid: str | None) -> str:
    return (
        f"board serial: {pid or 'the unit'} prints another serial on its chassis, "
        "which only 'show inventory' states"
    )


def _notes(serial: str | None, pid: str | None, *, from_chassis: bool) -> tuple[str, ...]:
    notes = []
    if serial and not from_chassis and pid and _BOARD_SERIAL.match(pid):
        notes.append(_board(pid))
    if pid and _MODULE.match(pid):
        notes.append("a security module: the serial of its chassis is known to FXOS only")
    if serial is None:
        notes.append("serial not printed")
    if pid is None:
        notes.append("PID not printed")
    return tuple(notes)


def unit(
    capture: Capture,
    software: Software,
    inventory: Box | None,
    stated: Stated,
    side: _failover.Side | None,
    *,
    failover_command: str | None,
    extra_notes: tuple[str, ...] = (),
) -> Observation | None:
    """One firewall; None where no output states a serial or a PID for it."""
    row = inventory.chassis if inventory else None
    claimed = [s for s in (stated.serial, side.serial if side else None) if s]
    serial = (row.serial if row else None) or next(iter(claimed), None)
    pid = (row.pid if row else None) or stated.pid or (side.pid if side else None)
    if not serial and not pid:
        return None
    version = stated.version or (side.version if side else None)
    listed = inventory.command if inventory and row else None
    commands = (listed, *stated.commands, failover_command if side else None)
    own_notes = stated.notes if pid == stated.pid else ()
    unstated = _notes(serial, pid, from_chassis=bool(row and row.serial))
    notes = (*unstated, *own_notes, *extra_notes)
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind="module" if pid and _MODULE.match(pid) else "chassis",
        serial=serial,
        pid=pid,
        vid=row.vid if row else None,
        position=side.position if side else None,
        ha_role=side.role if side else None,
        version=canonical(version, software) if version else None,
        version_raw=version,
        software=software,
        virtual=_identity.virtual(pid),
        other_serials=tuple(s for s in dict.fromkeys(claimed) if s != serial),
        lane=capture.lane,
        notes=tuple(dict.fromkeys(notes)),
        evidence=capture.evidence(*dict.fromkeys(c for c in commands if c)),
    )


def pair(capture: Capture) -> tuple[_failover.Failover | None, str | None]:
    """The failover pair and the command that states it."""
    for output in answers(capture, FAILOVER):
        found = _failover.read(output.text)
        if found:
            return found, output.command
    return None, None


def mate(
    capture: Capture,
    software: Software,
    side: _failover.Side | None,
    command: str | None,
    own: Observation | None,
) -> tuple[list[Observation], list[Incomplete]]:
    """The other unit of the pair with its parts, or why it is not known.

    `side` is what failover says of it; the mate's own inventory needs no failover output. Where
    failover states another serial for `own` than its chassis bears, so it does for the mate.
    """
    inventories, gaps = boxes(capture, MATE_INVENTORY)
    inventory = inventories[0] if inventories else None
    if side is None and inventory is None:
        return [], gaps
    found = unit(
        capture,
        software,
        inventory,
        Stated(),
        side,
        failover_command=command,
        extra_notes=("failover mate of this host",),
    )
    if found and found.serial and inventory is None and own and own.other_serials:
        found = replace(found, notes=tuple(dict.fromkeys((*found.notes, _board(found.pid)))))
    where = f"the {side.position} unit" if side and side.position else "the mate"
    state = side.state if side else None
    if found is None or found.serial is None:
        reason = f"{FAILOVER}: {where} is {state or 'known'}, but its serial is not stated"
        gaps.append(Incomplete(capture.host, "mate_unknown", reason))
    elif state and state.lower() in {"failed", "not detected"}:
        reason = f"{FAILOVER}: {where} ({found.serial}) is on record, but {state}"
        gaps.append(Incomplete(capture.host, "standby_not_seen", reason))
    units = [found] if found else []
    return units + (list(parts(capture, inventory, found)) if inventory else []), gaps
