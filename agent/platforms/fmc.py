"""FMC: a Firewall Management Center, and the firewalls that it manages, over its REST API.

A manager does not tell where a firewall stands, so those that it alone knows have no site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.model import Incomplete, Observation, Reading
from agent.platforms import Command, Platform, _identity
from agent.platforms._rest_exchanges import (
    items,
    modular,
    pid_of,
    read,
    records,
    serial_at,
    text_at,
    unstated,
)
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agent.model import Capture, Software

_CONFIG = "GET /api/fmc_config/v1/domain/{domain}"
_PAGED = "?expanded=true&offset={offset}&limit={limit}"

VERSION = "GET /api/fmc_platform/v1/info/serverversion"
DOMAINS = "GET /api/fmc_platform/v1/info/domain?offset={offset}&limit={limit}"
DEVICES = f"{_CONFIG}/devices/devicerecords{_PAGED}"
PAIRS = f"{_CONFIG}/devicehapairs/ftddevicehapairs{_PAGED}"
CLUSTERS = f"{_CONFIG}/deviceclusters/ftddevicecluster{_PAGED}"
CHASSIS = f"{_CONFIG}/chassis/fmcmanagedchassis{_PAGED}"

_BUILD = re.compile(r"\s*\(build \d+\)$", re.IGNORECASE)
_NO_SERIAL = "serial not printed: the API does not state the manager's own"


@dataclass(frozen=True, slots=True)
class _Place:
    """What a pair or cluster says of one of its members."""

    group: str
    name: str | None
    role: str | None


def _members(record: Mapping[str, Any], group: str) -> dict[str, _Place]:
    """The devices of a pair or cluster by id; the keys of both old and new releases."""
    found: dict[str, _Place] = {}

    def note(member: object, role: str | None) -> None:
        inner = member.get("deviceDetails") if isinstance(member, dict) else None
        details = inner if isinstance(inner, dict) else member
        if identity := text_at(details, "id"):
            found[identity] = _Place(group, text_at(details, "name"), role)

    for key in ("primary", "secondary"):
        status = text_at(record, "metadata", f"{key}Status", "currentStatus")
        note(record.get(key), status)
    for key, role in (("controlDevice", "control"), ("masterDevice", "control")):
        note(record.get(key), role)
    for key in ("dataDevices", "slaveDevices"):
        listed = record.get(key)
        for member in listed if isinstance(listed, list) else ():
            note(member, "data")
    return found


def _places(capture: Capture) -> tuple[dict[str, _Place], list[Incomplete]]:
    """Pairs and clusters of all domains, by the id of each member."""
    places: dict[str, _Place] = {}
    gaps: list[Incomplete] = []
    for command, what in ((PAIRS, "HA pair"), (CLUSTERS, "cluster")):
        found, missing = records(capture, command)
        gaps += missing
        for record in found:
            places |= _members(record, f"{what} {text_at(record, 'name') or 'without a name'}")
    return places, gaps


def _role(record: Mapping[str, Any], place: _Place | None) -> str | None:
    """``active`` or ``standby`` in a pair, ``control`` or ``data`` in a cluster."""
    details = ("metadata", "containerDetails")
    kind = text_at(record, *details, "type") or ""
    told = text_at(record, *details, "role" if "Cluster" in kind else "status")
    stated = told or (place.role if place else None)
    return stated.lower() if stated else None


def _group(record: Mapping[str, Any], place: _Place | None) -> str | None:
    name = text_at(record, "metadata", "containerDetails", "name")
    if place or not name:
        return place.group if place else None
    kind = text_at(record, "metadata", "containerDetails", "type") or ""
    return f"{'cluster' if 'Cluster' in kind else 'HA pair'} {name}"


def _device(
    capture: Capture, record: Mapping[str, Any], place: _Place | None
) -> tuple[list[Observation], list[Incomplete]]:
    """One managed firewall, with the chassis it runs on where that is another unit."""
    name = text_at(record, "name") or text_at(record, "hostName") or "a device without a name"
    model = text_at(record, "model")
    own = serial_at(record, "metadata", "deviceSerialNumber")
    chassis = serial_at(record, "metadata", "chassisData", "chassisSerialNo")
    if record.get("isConnected") is False:
        known = own or chassis
        reason = f"{name}{f' ({known})' if known else ''} is registered, but not connected now"
        return [], [Incomplete(capture.host, "members_not_enumerated", reason)]
    metadata = record.get("metadata")
    shared = isinstance(metadata, dict) and metadata.get("isMultiInstance") is True
    inside = modular(model) or shared
    if inside:
        serial = serial_at(record, "metadata", "chassisData", "securityModuleSN") or own
    else:
        serial = chassis or own
    pid = None if shared else pid_of(model)
    version = text_at(record, "sw_version")
    software: Software = "ftd" if "threat defense" in (model or "").lower() else "other"
    gaps = []
    if serial is None:
        reason = f"{name} is managed, but no serial of it is stated"
        gaps.append(Incomplete(capture.host, "members_not_enumerated", reason))
    group = _group(record, place)
    domain = text_at(record, "metadata", "domain", "name")
    unit = Observation(
        host=capture.host,
        site=None,
        platform=capture.platform,
        kind="module" if inside else "chassis",
        serial=serial,
        pid=pid,
        position=name,
        ha_role=_role(record, place),
        parent_serial=chassis if inside else None,
        version=canonical(version, software) if version else None,
        version_raw=version,
        software=software,
        virtual=_identity.virtual(model) or " for " in (model or ""),
        other_serials=tuple(s for s in dict.fromkeys((own,)) if s and s != serial),
        managed_by=capture.host,
        lane=capture.lane,
        notes=unstated(
            (
                "serial not printed" if serial is None else None,
                "PID not printed" if pid is None else "PID by the name of its model",
                f"the manager names its model: {model}" if model else None,
                "an instance beside others on its chassis" if shared else None,
                group,
                f"domain {domain}" if domain and domain != "Global" else None,
            )
        ),
        evidence=capture.evidence(DEVICES, *_source(group)),
    )
    return [unit, *(_below(capture, chassis, model, shared=shared) if inside else ())], gaps


def _source(group: str | None) -> tuple[str, ...]:
    return () if group is None else (CLUSTERS,) if group.startswith("cluster") else (PAIRS,)


def _below(
    capture: Capture, serial: str | None, model: str | None, *, shared: bool
) -> list[Observation]:
    """The chassis under a module or an instance, where its serial is stated."""
    if serial is None:
        return []
    pid = pid_of(model) if shared else None
    return [
        Observation(
            host=capture.host,
            site=None,
            platform=capture.platform,
            kind="chassis",
            serial=serial,
            pid=pid,
            position=f"chassis {serial}",
            software="fxos",
            managed_by=capture.host,
            lane=capture.lane,
            notes=unstated((None if pid else "PID not printed",)),
            evidence=capture.evidence(DEVICES),
        )
    ]


def _itself(capture: Capture) -> list[Observation]:
    """The manager; its API tells the release, and no serial."""
    told = [
        version
        for exchange in read(capture.text(VERSION) or "")
        for item in items(exchange.content)
        if (version := text_at(item, "serverVersion"))
    ]
    if not told:
        return []
    return [
        Observation(
            host=capture.host,
            site=capture.site,
            platform=capture.platform,
            kind="chassis",
            version=_BUILD.sub("", told[0]),
            version_raw=told[0],
            lane=capture.lane,
            notes=(_NO_SERIAL, "PID not printed"),
            evidence=capture.evidence(VERSION),
        )
    ]


def _chassis_gaps(capture: Capture) -> list[Incomplete]:
    """Chassis that the manager manages itself: their records hold no serial."""
    found, gaps = records(capture, CHASSIS)
    for record in found:
        name = text_at(record, "chassisName") or text_at(record, "name") or "a chassis"
        model = text_at(record, "model") or "no model stated"
        reason = f"{name} ({model}) is managed as a chassis; only its instances state its serial"
        gaps.append(Incomplete(capture.host, "members_not_enumerated", reason))
    return gaps


def _once(units: Iterable[Observation]) -> list[Observation]:
    """Each unit once: a device may be listed in its own domain and above it."""
    found: dict[object, Observation] = {}
    for unit in units:
        found.setdefault((unit.kind, unit.serial) if unit.serial else id(unit), unit)
    return list(found.values())


def parse(capture: Capture) -> Reading:
    """The manager and every firewall that is connected to it."""
    manager = _itself(capture)
    devices, gaps = records(capture, DEVICES, required=True)
    places, missing = _places(capture)
    gaps += missing
    units: list[Observation] = []
    for record in devices:
        found, missing = _device(capture, record, places.get(text_at(record, "id") or ""))
        units += found
        gaps += missing
    known = {text_at(record, "id") for record in devices}
    gaps += [
        Incomplete(
            capture.host,
            "members_not_enumerated",
            f"{place.group} names {place.name or identity}, of which there is no record",
        )
        for identity, place in places.items()
        if identity not in known
    ]
    gaps += _chassis_gaps(capture)
    for command in (VERSION, DOMAINS):
        gaps += records(capture, command, required=True)[1]
    if manager:
        gaps.append(Incomplete(capture.host, "members_not_enumerated", _NO_SERIAL))
    return Reading((*manager, *_once(units)), tuple(dict.fromkeys(gaps)))


def recognises(capture: Capture) -> bool:
    """Whether any output came from an FMC's API."""
    return any(o.command.startswith("GET /api/fmc_") for o in capture.outputs)


PLATFORM = Platform(
    name="fmc",
    title="FMC and all that it manages, by its REST API",
    software="other",
    netmiko="",
    commands=(
        Command(VERSION, required=True),
        Command(DOMAINS, required=True),
        Command(DEVICES, required=True),
        Command(PAIRS),
        Command(CLUSTERS),
        Command(CHASSIS),
    ),
    session=(
        "POST /api/fmc_platform/v1/auth/generatetoken",
        "POST /api/fmc_platform/v1/auth/refreshtoken",
        "POST /api/fmc_platform/v1/auth/revokeaccess",
    ),
    parse=parse,
    recognises=recognises,
    transport="rest",
)
