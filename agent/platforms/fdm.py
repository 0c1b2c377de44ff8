"""FDM: an FTD that manages itself, over the REST API of its Device Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.model import Incomplete, Observation, Reading
from agent.platforms import Command, Platform, _identity
from agent.platforms._rest_exchanges import modular, pid_of, read, serial_at, text_at, unstated
from agent.releases import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.model import Capture

SYSTEM = "GET /api/fdm/latest/operational/systeminfo/default"
HA = "GET /api/fdm/latest/devices/default/operational/ha/status/default"

_ROLES = {"HA_ACTIVE_NODE": "active", "HA_STANDBY_NODE": "standby"}
_ALONE = {None, "SINGLE_NODE", "NOT_CONFIGURED"}


def _content(capture: Capture, command: str) -> tuple[Mapping[str, Any], list[Incomplete]]:
    """What `command` brought, or why it brought nothing."""
    exchanges = read(capture.text(command) or "")
    gaps = [
        Incomplete(capture.host, "command_refused", f"GET {e.path}: {e.problem}")
        for e in exchanges
        if e.problem is not None
    ]
    return (exchanges[0].content if exchanges else {}), gaps


def parse(capture: Capture) -> Reading:
    """The device itself; of the mate of a pair the API states no serial."""
    system, gaps = _content(capture, SYSTEM)
    pair, missing = _content(capture, HA)
    gaps += [gap for gap in missing if "HTTP 404" not in gap.reason]
    role = text_at(pair, "nodeState")
    if not system:
        return Reading((), tuple(gaps))
    model, version = text_at(system, "platformModel"), text_at(system, "softwareVersion")
    serial, pid = serial_at(system, "serialNumber"), pid_of(model)
    unit = Observation(
        host=capture.host,
        site=capture.site,
        platform=capture.platform,
        kind="module" if modular(model) else "chassis",
        serial=serial,
        pid=pid,
        ha_role=_ROLES.get(role or ""),
        version=canonical(version, "ftd") if version else None,
        version_raw=version,
        software="ftd",
        virtual=_identity.virtual(model) or " for " in (model or ""),
        lane=capture.lane,
        notes=unstated(
            (
                "serial not printed" if serial is None else None,
                "PID not printed" if pid is None else "PID by the name of its model",
                f"the manager names its model: {model}" if model else None,
            )
        ),
        evidence=capture.evidence(SYSTEM, *((HA,) if role else ())),
    )
    if serial is None:
        reason = f"{SYSTEM}: states no serial"
        gaps.append(Incomplete(capture.host, "members_not_enumerated", reason))
    if role not in _ALONE:
        reason = f"{HA}: the unit has a mate, of which no serial is stated"
        gaps.append(Incomplete(capture.host, "mate_unknown", reason))
    return Reading((unit,) if serial or pid or version else (), tuple(dict.fromkeys(gaps)))


def recognises(capture: Capture) -> bool:
    """Whether any output came from an FDM's API."""
    return any(o.command.startswith("GET /api/fdm/") for o in capture.outputs)


PLATFORM = Platform(
    name="fdm",
    title="FTD managed by itself, by the REST API of its FDM",
    software="ftd",
    netmiko="",
    commands=(Command(SYSTEM, required=True), Command(HA)),
    session=("POST /api/fdm/latest/fdm/token",),
    parse=parse,
    recognises=recognises,
    transport="rest",
)
