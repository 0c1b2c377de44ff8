"""Access points of a controller: AIRESPACE-WIRELESS-MIB, and ENTITY-MIB on AireOS, joined."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Observation
from agent.platforms import _identity
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Capture
    from agent.platforms._entity import Entity
    from agent.platforms._walk import Oid, Walk

TABLE: Oid = (1, 3, 6, 1, 4, 1, 14179, 2, 2, 1, 1)
"""bsnAPEntry, by the base radio's MAC address."""
NAME, SOFTWARE, MODEL, SERIAL, IOS = 3, 8, 16, 17, 31
COLUMNS = (NAME, SOFTWARE, MODEL, SERIAL, IOS)

_OWN_ROW = re.compile(r"\bAccess Point\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point as one table states it."""

    name: str | None
    pid: str | None
    serial: str | None
    version: str
    vid: str | None = None
    notes: tuple[str, ...] = ()


def access_point(entity: Entity) -> bool:
    """Whether a row of ENTITY-MIB is a joined access point: a root beside the controller."""
    row = entity.row
    named = row.name == "Cisco AP" or bool(_OWN_ROW.search(row.description))
    return named and not entity.contained_in and not entity.chassis


def _from_table(walk: Walk) -> list[AccessPoint]:
    columns = {column: walk.column((*TABLE, column)) for column in COLUMNS}
    found = []
    for index in sorted({index for column in columns.values() for index in column}):
        cells = {column: values.get(index, "").strip() for column, values in columns.items()}
        serial, no_serial = _identity.serial(cells[SERIAL])
        pid, no_pid = _identity.pid(cells[MODEL])
        found.append(
            AccessPoint(
                name=cells[NAME] or ":".join(f"{byte:02x}" for byte in index if byte < 256),  # noqa: PLR2004
                pid=pid,
                serial=serial,
                version=(cells[SOFTWARE] or cells[IOS]).rstrip("$"),
                notes=tuple(note for note in (no_serial, no_pid) if note),
            )
        )
    return found


def _from_entities(table: Mapping[int, Entity]) -> list[AccessPoint]:
    return [
        AccessPoint(
            name=None,
            pid=entity.row.pid,
            serial=entity.row.serial,
            version=entity.software,
            vid=entity.row.vid,
            notes=entity.row.notes,
        )
        for entity in table.values()
        if access_point(entity) and (entity.row.serial or entity.row.pid)
    ]


def _joined(tabled: list[AccessPoint], rows: list[AccessPoint]) -> list[AccessPoint]:
    """Each access point once, by its serial; its own table names it, ENTITY-MIB has the VID."""
    by_serial = {ap.serial: ap for ap in rows if ap.serial}
    found = []
    for ap in tabled:
        other = by_serial.pop(ap.serial, None) if ap.serial else None
        if other:
            found.append(
                replace(
                    ap,
                    pid=ap.pid or other.pid,
                    vid=other.vid,
                    version=ap.version or other.version,
                )
            )
        else:
            found.append(ap)
    known = {ap.serial for ap in tabled}
    named = any(ap.serial for ap in tabled)
    loose = [ap for ap in rows if not ap.serial and not named]
    return [*found, *(ap for s, ap in by_serial.items() if s not in known), *loose]


def read(
    capture: Capture, walk: Walk, table: Mapping[int, Entity], command: str
) -> tuple[list[Observation], list[Incomplete]]:
    """Every joined access point once, and how many are known without their serial."""
    aps = [ap for ap in _joined(_from_table(walk), _from_entities(table)) if ap.serial or ap.pid]
    units = [
        Observation(
            host=capture.host,
            site=capture.site,
            platform=capture.platform,
            kind="access_point",
            serial=ap.serial,
            pid=ap.pid,
            vid=ap.vid,
            position=ap.name,
            version=canonical(ap.version, "ap") if ap.version else None,
            version_raw=ap.version or None,
            software="ap",
            lane=capture.lane,
            notes=(f"joined to controller {capture.host}", *ap.notes),
            evidence=capture.evidence(command),
        )
        for ap in aps
    ]
    known = sum(1 for ap in aps if ap.serial)
    if known == len(aps):
        return units, []
    reason = f"{command}: {known} of {len(aps)} access points enumerated with their serial"
    return units, [Incomplete(capture.host, "aps_short", reason)]
