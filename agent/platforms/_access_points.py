"""Access points joined to a controller: the summary enumerates, the detail holds the serials."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Observation
from agent.platforms import _identity, _inventory
from agent.platforms._lines import LineStart
from agent.platforms._outputs import answers
from agent.releases import canonical

if TYPE_CHECKING:
    from agent.model import Capture

SUMMARY = "show ap summary"
DETAIL = "show ap config general"
INVENTORY = "show ap inventory"

_MAC = r"[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4}"
_COUNT = LineStart.of(r"Number of APs[ \t]*:[ \t]*(\d{1,6})", re.IGNORECASE)
_ROW = re.compile(rf"^\s*(\S.*?)\s+(\d+)\s+(\S+)\s+({_MAC})\s+{_MAC}\s")
_NAME = re.compile(r"^\s*Cisco AP Name\s*:\s*(\S.*?)\s*$", re.IGNORECASE)
_FIELDS = {"ap serial number", "mac address", "ap model", "software version", "ios version"}
_INVENTORY_OF = re.compile(r"^\s*(?:Inventory (?:for|of)|AP Name\s*:)\s*(\S.*?)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point, from whichever output names it."""

    name: str
    mac: str | None = None
    pid: str | None = None
    vid: str | None = None
    serial: str | None = None
    version: str | None = None
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def summary(text: str) -> tuple[AccessPoint, ...]:
    """Rows of ``show ap summary``, whichever columns follow the two MAC addresses."""
    return tuple(
        AccessPoint(row[1], row[4].lower(), _identity.pid(row[3])[0])
        for row in map(_ROW.match, text.splitlines())
        if row
    )


def _detailed(name: str, fields: dict[str, str]) -> AccessPoint:
    serial, note = _identity.serial(fields.get("ap serial number", ""))
    mac = fields.get("mac address", "").lower()
    return AccessPoint(
        name,
        mac or None,
        pid=_identity.pid(fields.get("ap model", ""))[0],
        serial=serial,
        version=fields.get("software version") or fields.get("ios version") or None,
        notes=(note,) if note else (),
    )


def details(text: str) -> tuple[AccessPoint, ...]:
    """Blocks of ``show ap config general``."""
    found: list[AccessPoint] = []
    name: str | None = None
    fields: dict[str, str] = {}
    for line in text.splitlines():
        # Hundreds of lines per access point, of which five count: no pattern for the others.
        head, colon, value = line.partition(":")
        key = head.strip().lower()
        if key in _FIELDS:
            if name is not None and colon:
                fields.setdefault(key, value.strip())
        elif key.endswith("ap name") and (named := _NAME.match(line)):
            if name is not None:
                found.append(_detailed(name, fields))
            name, fields = named[1], {}
    if name is not None:
        found.append(_detailed(name, fields))
    return tuple(found)


def inventories(text: str) -> tuple[AccessPoint, ...]:
    """Entries of ``show ap inventory``: the first of each access point is the access point."""
    found: dict[str, AccessPoint] = {}
    name: str | None = None
    lines: list[str] = []
    for line in (*text.splitlines(), "Inventory for end"):
        if heading := _INVENTORY_OF.match(line):
            rows = _inventory.read("\n".join(lines)).rows
            for row in rows[:1] if name else rows:
                found.setdefault(
                    name or row.name,
                    AccessPoint(
                        name or row.name,
                        pid=row.pid,
                        vid=row.vid,
                        serial=row.serial,
                        notes=row.notes,
                    ),
                )
            name, lines = heading[1], []
        else:
            lines.append(line)
    return tuple(found.values())


def _merge(first: AccessPoint, other: AccessPoint) -> AccessPoint:
    """`first` with what `other` adds; the detail's orderable PID replaces the summary's model."""
    serial = first.serial or other.serial
    notes = tuple(dict.fromkeys((*first.notes, *other.notes)))
    return replace(
        first,
        mac=first.mac or other.mac,
        pid=other.pid or first.pid,
        vid=first.vid or other.vid,
        serial=serial,
        version=first.version or other.version,
        notes=() if serial else notes,
        commands=tuple(dict.fromkeys((*first.commands, *other.commands))),
    )


def _same(one: AccessPoint, other: AccessPoint) -> bool:
    """Whether nothing tells the two apart."""
    return all(
        not a or not b or a == b for a, b in ((one.mac, other.mac), (one.serial, other.serial))
    )


def _joined(found: list[AccessPoint]) -> list[AccessPoint]:
    """Each access point once: by its Ethernet address, else by its name."""
    aps: list[AccessPoint] = []
    places: dict[str, int] = {}
    for ap in found:
        known = [places[key] for key in (ap.mac, ap.name) if key in places]
        place = next((p for p in known if _same(aps[p], ap)), len(aps))
        if place == len(aps):
            aps.append(ap)
        else:
            aps[place] = _merge(aps[place], ap)
        for key in (ap.mac, ap.name):
            if key:
                places.setdefault(key, place)
    return aps


def _observation(capture: Capture, ap: AccessPoint) -> Observation:
    unknown = () if ap.serial or ap.notes else ("serial not printed: no detail of this AP",)
    return Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind="access_point",
        serial=ap.serial,
        pid=ap.pid,
        vid=ap.vid,
        position=ap.name,
        version=canonical(ap.version, "ap") if ap.version else None,
        version_raw=ap.version,
        software="ap",
        lane=capture.lane,
        notes=(f"joined to controller {capture.host}", *unknown, *ap.notes),
        evidence=capture.evidence(*ap.commands),
    )


def read(capture: Capture) -> tuple[tuple[Observation, ...], tuple[Incomplete, ...]]:
    """Every access point that any output names, and how many are known to be missing."""
    found: list[AccessPoint] = []
    reported = 0
    cut: list[Incomplete] = []
    for output in answers(capture, SUMMARY):
        listed = summary(output.text)
        stated = max([0, *(int(row[1]) for row in _COUNT.finditer(output.text))])
        reported = max(reported, stated)
        if len(listed) < stated:
            reason = f"{output.command}: states {stated} access points and lists {len(listed)}"
            cut.append(Incomplete(capture.host, "truncated", reason))
        found += [replace(ap, commands=(output.command,)) for ap in listed]
    for command, reader in ((DETAIL, details), (INVENTORY, inventories)):
        for output in answers(capture, command):
            found += [replace(ap, commands=(output.command,)) for ap in reader(output.text)]
    aps = [ap for ap in _joined(found) if ap.serial or ap.pid]
    total = max(reported, len(aps))
    read_out = sum(1 for ap in aps if ap.serial)
    gap = (
        (
            Incomplete(
                capture.host,
                "aps_short",
                f"{read_out} of {total} access points enumerated with their serial; "
                f"run '{DETAIL}' on the controller",
            ),
        )
        if read_out < total
        else ()
    )
    return tuple(_observation(capture, ap) for ap in aps), (*gap, *cut)
