"""What an SNMP agent shows of a device: chassis, members, parts and joined access points."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from agent.model import Incomplete, Observation, Reading
from agent.platforms import Command, _entity, _identity, _inventory, _parts, _snmp_aps, _walk
from agent.platforms._snmp_identity import (
    GENERIC,
    SYS_DESCR,
    SYS_NAME,
    SYS_OBJECT_ID,
    identify,
    product,
    release,
)
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agent.model import Capture, Kind, Output, Software
    from agent.platforms._entity import Entity, Member, Side
    from agent.platforms._walk import Oid, Walk

WALK = "snmpwalk"
"""The one command of the SNMP transport; what it prints is a walk in numeric form."""

SCALARS: tuple[Oid, ...] = (SYS_DESCR, SYS_OBJECT_ID, SYS_NAME)
TABLES: tuple[tuple[Oid, ...], ...] = (
    tuple((*_entity.ENTITY, column) for column in _entity.COLUMNS),
    tuple(
        (*_entity.STACK_MEMBERS, column)
        for column in (_entity.STACK_NUMBER, _entity.STACK_ROLE, _entity.STACK_STATE)
    ),
    tuple(
        (*_entity.FAILOVER, column)
        for column in (
            _entity.FAILOVER_INFORMATION,
            _entity.FAILOVER_STATE,
            _entity.FAILOVER_DETAIL,
        )
    ),
    tuple((*_snmp_aps.TABLE, column) for column in _snmp_aps.COLUMNS),
)
"""The columns that are asked for together; no other variable is ever read, none is set."""


def dotted(oid: Oid) -> str:
    """Spell an OID."""
    return "." + ".".join(map(str, oid))


COMMAND = Command(
    WALK,
    required=True,
    sends=(
        "snmp get " + " ".join(map(dotted, SCALARS)),
        *("snmp getbulk " + " ".join(map(dotted, columns)) for columns in TABLES),
    ),
)

_SOFTWARE: dict[str, Software] = {
    "catalyst_9300": "ios-xe",
    "catalyst_9800": "ios-xe",
    "asa": "asa",
    "ftd": "ftd",
    "fxos": "fxos",
}
_PLACES = {"catalyst_9300": "switch"}
# 15.2(7)E9: classic IOS, whose releases and advisories are not those of IOS-XE
_CLASSIC = re.compile(r"\d+\.\d+\(\d")
_RUNS = re.compile(r"\b(?:supervisor|module [RF]\d|route processor|mother ?board)\b", re.IGNORECASE)
_SECURITY_MODULE = re.compile(r"FPR\dK-SM-", re.IGNORECASE)
_MERAKI = re.compile(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4}){2}")
_STACK_ROW = "read from the stack's own row, which repeats its active member"


@dataclass(frozen=True, slots=True)
class Box:
    """One chassis: its row, and what the stack says of it."""

    entity: Entity
    number: int | None
    role: str | None
    notes: tuple[str, ...] = ()


def walks(capture: Capture) -> tuple[Output, ...]:
    """The walks of a capture."""
    return tuple(output for output in capture.outputs if output.command == WALK)


def without_walks(capture: Capture) -> Capture:
    """The capture without its walks: what the device printed at its command line."""
    said = tuple(output for output in capture.outputs if output.command != WALK)
    return replace(capture, outputs=said)


def platform_of(capture: Capture) -> str | None:
    """The platform the walks of `capture` are of; None where there is none that says so."""
    return next((found for o in walks(capture) if (found := _platform(_walk.read(o.text)))), None)


def _platform(walk: Walk) -> str | None:
    rows = _entity.entities(walk).values()
    return identify(walk, (e.row.pid for e in rows if e.chassis and e.row.pid))


# A value may take several lines; the line that states no OID belongs to the one before it.
_STATES = re.compile(r"^[ \t]*(?:\.?1|iso)\.\d", re.ASCII)
_READ = re.compile(
    r"^[ \t]*(?:\.?1|iso)(?:"
    + "|".join(
        re.escape("".join(f".{number}" for number in oid[1:]))
        for oid in (*SCALARS, *(column for table in TABLES for column in table))
    )
    + r")[. \t=]",
    re.ASCII,
)


def only_read(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of a walk's `pieces` that state variables which are read, and its last variable.

    The last one tells whether the walk ends within a value.
    """
    kept = True
    last: list[str] = []
    for piece in pieces:
        lines = piece.splitlines(keepends=True)
        chosen: list[str] = []
        for line in lines:
            if _STATES.match(line):
                kept, last = bool(_READ.match(line)), []
            (chosen if kept else last).append(line)
        yield "".join(chosen)
    yield "".join(last)


# ---------------------------------------------------------------------------- chassis


def _number(entity: Entity, member: Member | None) -> int | None:
    if member and member.number is not None:
        return member.number
    return _inventory.chassis_number(entity.row)


def _boxes(
    table: Mapping[int, Entity], members: Mapping[int, Member]
) -> tuple[list[Box], list[Box]]:
    """Chassis that are there, each serial once, and slots that are kept for one that is not."""
    present: dict[object, Box] = {}
    absent: list[Box] = []
    for entity in table.values():
        if not entity.chassis:
            continue
        member = members.get(entity.index)
        box = Box(entity, _number(entity, member), member.role if member else None)
        if _inventory.provisioned(entity.row) or (member and member.absent):
            absent.append(box)
        else:
            present.setdefault(entity.row.serial or entity.index, box)
    boxes = _with_stack_row(list(present.values()), table)
    return boxes, absent


def _with_stack_row(boxes: list[Box], table: Mapping[int, Entity]) -> list[Box]:
    """The stack's row counts for nothing, unless it holds the only trace of the active member."""
    known = {box.entity.row.serial for box in boxes}
    for stack in table.values():
        row = stack.row
        if not stack.stack or not row.serial or row.serial in known:
            continue
        nameless = [box for box in boxes if not box.entity.row.serial]
        active = [box for box in nameless if box.role == "active"] or nameless
        if len(active) == 1:
            box = active[0]
            own = replace(
                box.entity.row,
                serial=row.serial,
                pid=box.entity.row.pid or row.pid,
                notes=tuple(n for n in box.entity.row.notes if not n.startswith("serial ")),
            )
            filled = replace(box, entity=replace(box.entity, row=own), notes=(_STACK_ROW,))
            boxes = [filled if each is box else each for each in boxes]
        else:
            boxes = [*boxes, Box(stack, None, None, (_STACK_ROW,))]
    return boxes


def _release(box: Box, table: Mapping[int, Entity], described: str | None) -> str | None:
    """The release of one chassis: its own row, the supervisors in it, then sysDescr.

    StackWise Virtual and wireless controllers leave the chassis row empty.
    """
    if box.entity.software:
        return box.entity.software
    inside = (
        entity.software
        for entity in table.values()
        if entity.software
        and _RUNS.search(f"{entity.row.name} {entity.row.description}")
        and box.entity.index in {above.index for above in _entity.ancestors(entity, table)}
    )
    return next(inside, None) or described


def _software(platform: str, version: str | None, walk: Walk) -> Software:
    software = _SOFTWARE.get(platform, "other")
    if software == "other" and "Cisco IOS Software" in walk.scalar(SYS_DESCR):
        software = "ios-xe"
    classic = software == "ios-xe" and version and _CLASSIC.match(version)
    return "other" if classic else software


def _notes(box: Box, version: str | None, described: str | None, software: Software) -> list[str]:
    row = box.entity.row
    notes = [*row.notes, *box.notes]
    if row.serial and _MERAKI.fullmatch(row.serial):
        notes.append("a Meraki serial: the agent does not state that of the hardware")
    if version and described and canonical(version, software) != canonical(described, software):
        notes.append(f"sysDescr names release {described}")
    return notes


def _chassis(  # noqa: PLR0917 - one call, each argument a fact of the host
    capture: Capture,
    walk: Walk,
    platform: str,
    boxes: list[Box],
    table: Mapping[int, Entity],
    side: Side | None,
) -> list[Observation]:
    described = release(walk)
    several = len(boxes) > 1
    place = _PLACES.get(platform, "chassis")
    found = []
    for box in boxes:
        row = box.entity.row
        version = _release(box, table, described)
        software = _software(platform, version, walk)
        kind: Kind = "stack_member" if several and place == "switch" else "chassis"
        if row.pid and _SECURITY_MODULE.match(row.pid):
            kind = "module"
        numbered = f"{place} {box.number}" if box.number is not None else None
        found.append(
            Observation(
                host=capture.host,
                site=capture.site,
                platform=capture.platform,
                kind=kind,
                serial=row.serial,
                pid=row.pid,
                vid=row.vid,
                position=side.position if side else numbered,
                ha_role=side.role if side else box.role if several else None,
                version=canonical(version, software) if version else None,
                version_raw=version,
                software=software,
                virtual=_identity.virtual(row.pid),
                lane=capture.lane,
                notes=tuple(_notes(box, version, described, software)),
                evidence=capture.evidence(WALK),
            )
        )
    return found


def _unstated(walk: Walk) -> Box:
    """The chassis that must be there, of which the agent states no row."""
    made = product(walk)
    notes = (
        "serial not printed",
        "PID not printed",
        *((f"a {made} by its sysObjectID",) if made else ()),
    )
    row = _inventory.Row("", "", None, None, None, notes)
    return Box(_entity.Entity(0, row, None, _entity.CHASSIS, ""), None, None)


# ------------------------------------------------------------------------------ parts


def _parts_of(
    capture: Capture, table: Mapping[int, Entity], boxes: Iterable[Box]
) -> tuple[Observation, ...]:
    """Everything that states a serial or a PID and is no chassis, each once.

    A supervisor or a controller's frame that repeats the serial of its chassis is that chassis,
    and so is a row of its PID that states no serial.
    """
    serials = {box.entity.row.serial for box in boxes} - {None}
    pids = frozenset(box.entity.row.pid for box in boxes if box.entity.row.pid)
    homes = _parts.Homes({}, None, pids)
    evidence = capture.evidence(WALK)
    found = []
    for entity in table.values():
        row = entity.row
        if entity.chassis or entity.stack or not (row.serial or row.pid) or row.serial in serials:
            continue
        if homes.frame(row) or _snmp_aps.access_point(entity):
            continue
        above = _entity.ancestors(entity, table)
        parent = next((e.row.serial for e in above if e.chassis or _snmp_aps.access_point(e)), None)
        found.append(
            _parts.observed(
                capture,
                evidence,
                entity.kind,
                position=row.name or None,
                serial=row.serial,
                pid=row.pid,
                vid=row.vid,
                parent=parent or (next(iter(serials)) if len(serials) == 1 else None),
                notes=row.notes,
            )
        )
    return _parts.once(found)


# ------------------------------------------------------------------------------- gaps


def _gaps(
    capture: Capture, walk: Walk, units: Iterable[Observation], absent: list[Box], place: str
) -> list[Incomplete]:
    host = capture.host
    gaps = []
    for box in absent:
        where = f"{place} {box.number}" if box.number is not None else "a chassis"
        made = f" ({box.entity.row.pid})" if box.entity.row.pid else ""
        reason = f"{where}{made} is provisioned or removed, not present"
        gaps.append(Incomplete(host, "absent_slot", reason))
    for unit in units:
        if unit.serial is None:
            where = unit.position or "the chassis"
            release_of = f", which runs {unit.version}," if unit.version and not unit.pid else ""
            reason = f"{WALK}: {where}{release_of} is present, but the agent states no serial of it"
            gaps.append(Incomplete(host, "members_not_enumerated", reason))
    if walk.cut:
        gaps.append(Incomplete(host, "truncated", f"{WALK}: ends within a value: {walk.cut!r}"))
    if walk.unread:
        reason = f"{WALK}: not understood: {walk.unread[0][:80]!r}"
        gaps.append(Incomplete(host, "not_parsed", reason))
    return gaps


def _mate(capture: Capture, side: Side | None) -> list[Incomplete]:
    if side is None or not side.paired:
        return []
    reason = f"{WALK}: the unit has a failover mate, of which the agent states no serial"
    return [Incomplete(capture.host, "mate_unknown", reason)]


def read(capture: Capture) -> Reading:
    """Everything the walks of `capture` show.

    A chassis of which neither serial nor PID is stated is among the observations: it tells the
    release. It is no unit to report (see `stated`).
    """
    found: list[Observation] = []
    gaps: list[Incomplete] = []
    for output in walks(capture):
        walk = _walk.read(output.text)
        if not walk.oids:
            line = (walk.unread or ("nothing",))[0][:80]
            gaps.append(Incomplete(capture.host, "not_parsed", f"{WALK}: holds no value: {line!r}"))
            continue
        units, missing = _read(capture, walk)
        found += units
        gaps += missing
    return Reading(tuple(found), tuple(dict.fromkeys(gaps)))


def _read(capture: Capture, walk: Walk) -> tuple[list[Observation], list[Incomplete]]:
    table = _entity.entities(walk)
    platform = _platform(walk)
    if platform in {None, GENERIC}:
        platform = capture.platform
    boxes, absent = _boxes(table, _entity.members(walk))
    boxes = boxes or [_unstated(walk)]
    side = _entity.failover(walk) if platform in {"asa", "ftd"} and len(boxes) == 1 else None
    chassis = _chassis(capture, walk, platform or GENERIC, boxes, table, side)
    access_points, short = _snmp_aps.read(capture, walk, table, WALK)
    place = _PLACES.get(platform or "", "chassis")
    gaps = [*_gaps(capture, walk, chassis, absent, place), *_mate(capture, side), *short]
    return [*chassis, *_parts_of(capture, table, boxes), *access_points], gaps


def stated(reading: Reading) -> Reading:
    """The reading without chassis of which nothing is stated that could be matched."""
    units = tuple(unit for unit in reading.observations if unit.serial or unit.pid)
    return replace(reading, observations=units)


def parse(capture: Capture) -> Reading:
    """The units that the walks of `capture` state; the parser of what is read by SNMP alone."""
    return stated(read(capture))
