"""What a firewall manager knows: every device on its record, connected or not.

The access points of a wireless controller come with the walk along cables, which asks it anyway.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.discovery._neighbour import address as plain_address
from agent.discovery.identity import shown
from agent.errors import HostFailureError, UsageError
from agent.model import Capture, Clue, Discovered, Output
from agent.platforms import fmc, platform
from agent.platforms._rest_exchanges import records, serial_at, text_at
from agent.transports import now
from agent.transports.rest import PORT, RestPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from agent.discovery import Errand
    from agent.discovery._visit import Door, Keys
    from agent.model import Observation


def managed(errand: Errand, door: Door, keys: Keys) -> Iterable[Discovered]:
    """The manager at `door` and all devices on its record.

    :raises HostFailureError: it could not be asked.
    :raises UsageError: there are no credentials for it.
    :raises ScopeError: it is outside the allow-list.
    """
    errand.scope.require(door.address, "--from")
    if keys.login is None:
        raise UsageError(f"--from {door.name or door.address}: a manager needs a user and password")
    port = door.port or PORT
    plugin = RestPlugin()
    try:
        plugin.open(
            door.address,
            keys.login.username,
            keys.login.password,
            port,
            door.platform,
            {"timeout": keys.timeout, "access": keys.access},
        )
        capture = _capture(plugin, door)
    except HostFailureError as failure:
        errand.journal.tried(door.address, port, "rest", failure.kind)
        raise
    finally:
        plugin.close()
    errand.journal.tried(door.address, port, "rest", "answered")
    return _discovered(capture, door)


def _capture(plugin: RestPlugin, door: Door) -> Capture:
    device, session = platform(door.platform or ""), plugin.connection
    assert session is not None  # noqa: S101 - it was just opened
    outputs = tuple(Output(c.text, session.send(c.text), now()) for c in device.commands)
    return Capture(door.name or door.address, None, device.name, "rest", outputs)


def _discovered(capture: Capture, door: Door) -> Iterator[Discovered]:
    found = platform(capture.platform).parse(capture).observations
    by_name = {unit.position: unit for unit in found if unit.managed_by}
    own = next((unit for unit in found if not unit.managed_by), None)
    yield Discovered(
        address=door.address,
        name=capture.host,
        platform=capture.platform,
        confidence="high",
        reason="asked by its REST API",
        candidate=True,
        found_by=("source",),
        serial=own.serial if own else None,
        pid=own.pid if own else None,
        version=own.version if own else None,
    )
    on_record = records(capture, fmc.DEVICES)[0] if capture.platform == "fmc" else []
    for record in sorted(on_record, key=lambda r: text_at(r, "name") or ""):
        yield _device(capture.host, record, by_name.get(text_at(record, "name")))


def _device(manager: str, record: Mapping[str, Any], unit: Observation | None) -> Discovered:
    """One device on record; without a `unit` the manager has no connection to it."""
    name, stated = text_at(record, "name"), text_at(record, "hostName") or ""
    model = text_at(record, "model") or "no model stated"
    of_ftd = "threat defense" in model.lower()
    clue = Clue("controller", shown(manager), shown(f"{name}, {model}, {stated}"))
    found = Discovered(
        address=plain_address(stated),
        name=shown(name) if name else None,
        platform="ftd" if of_ftd else None,
        confidence="high" if of_ftd else "none",
        reason=f"managed by {manager}: read there, not asked itself",
        candidate=of_ftd,
        found_by=("controller",),
        managed_by=manager,
        serial=serial_at(record, "metadata", "deviceSerialNumber"),
        version=text_at(record, "sw_version"),
        evidence=(clue,),
    )
    if unit is None:
        return replace(found, reason=f"on the record of {manager}, not connected to it now")
    return replace(found, serial=unit.serial, pid=unit.pid, version=unit.version)
