"""What a Firewall Management Center answers: domains, device records, pairs, clusters."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lab.estate import Estate
    from lab.schema import Host, Manager

GLOBAL = "e276abec-e0f2-11e3-8169-6d9ed49b625f"
"""The domain called Global has the same UUID on every FMC."""
_SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_CONFIG = re.compile(r"/api/fmc_config/v1/domain/([^/]+)/(.+)")

Reply = tuple[int, dict[str, Any]]


def identity(*what: str) -> str:
    """A UUID that is always the same for the same thing."""
    return str(uuid.uuid5(_SPACE, "/".join(what)))


def domains(manager: Manager) -> dict[str, str]:
    """The UUIDs of all domains by name, Global first."""
    below = (name for name in manager.domains if name != "Global")
    return {"Global": GLOBAL} | {f"Global/{n}": identity(manager.name, n) for n in sorted(below)}


def answer(estate: Estate, manager: Manager, path: str, query: Mapping[str, str]) -> Reply:
    """Status and content for a GET."""
    if path == "/api/fmc_platform/v1/info/serverversion":
        version = {
            "serverVersion": f"{manager.version} (build {manager.build})",
            "geoVersion": "2026-10-01-001",
            "vdbVersion": "build 387",
            "type": "ServerVersion",
        }
        return _page([version], query)
    if path == "/api/fmc_platform/v1/info/domain":
        told = [{"uuid": u, "name": n, "type": "Domain"} for n, u in domains(manager).items()]
        return _page(told, query)
    match = _CONFIG.fullmatch(path)
    name = next((n for n, u in domains(manager).items() if match and u == match[1]), None)
    if match is None or name is None:
        return error(404, "OTHER", "The requested resource was not found")
    lists = {
        "devices/devicerecords": _devices,
        "devicehapairs/ftddevicehapairs": _pairs,
        "deviceclusters/ftddevicecluster": _clusters,
    }
    if match[2] not in lists:
        return error(404, "OTHER", "The requested resource was not found")
    records = list(lists[match[2]](estate, manager, name.removeprefix("Global/")))
    if query.get("expanded") != "true":
        records = [{key: r[key] for key in ("id", "type", "name")} for r in records]
    return _page(records, query)


def error(status: int, category: str, description: str) -> Reply:
    """A refusal in FMC's form."""
    said = {
        "category": category,
        "messages": [{"description": description}],
        "severity": "ERROR",
    }
    return status, {"error": said}


def _page(records: list[dict[str, Any]], query: Mapping[str, str]) -> Reply:
    """One page; `items` is absent where there is nothing at all."""
    offset, limit = int(query.get("offset", "0")), int(query.get("limit", "25"))
    if not 1 <= limit <= 1000:  # noqa: PLR2004 - FMC's own bounds
        return error(400, "FRAMEWORK", "Invalid limit")
    paging = {
        "offset": offset,
        "limit": limit,
        "count": len(records),
        "pages": -(-len(records) // limit),
    }
    content: dict[str, Any] = {"links": {"self": "/"}, "paging": paging}
    if records:
        content["items"] = records[offset : offset + limit]
    return 200, content


def _hosts(estate: Estate, manager: Manager, domain: str) -> list[Host]:
    named = manager.domains.get(domain, ())
    return [estate.by_name[name] for name in named if name in estate.by_name]


def _devices(estate: Estate, manager: Manager, domain: str) -> Iterator[dict[str, Any]]:
    for host in _hosts(estate, manager, domain):
        member = host.active
        metadata: dict[str, Any] = {
            "deviceSerialNumber": member.shown_serial,
            "isMultiInstance": False,
            **_container(estate, manager, host),
        }
        if host.chassis:
            chassis = estate.by_name[host.chassis].active
            metadata["chassisData"] = {
                "chassisSerialNo": chassis.serial,
                "securityModuleNo": str(host.slot),
                "securityModuleSN": member.serial,
            }
        elif not host.virtual:
            metadata["chassisData"] = {"chassisSerialNo": member.serial}
        pid = estate.by_name[host.chassis].active.pid if host.chassis else member.pid
        yield _device(
            manager, domain, host.name, str(host.address), pid, host.version, metadata
        ) | {"isConnected": host.name not in manager.disconnected}
    for device in manager.only_here:
        if device.domain == domain:
            metadata = {
                "deviceSerialNumber": device.serial,
                "isPartOfContainer": False,
                "isMultiInstance": False,
                "chassisData": {"chassisSerialNo": device.serial},
            }
            address = str(device.address or "192.0.2.200")
            yield _device(
                manager, domain, device.name, address, device.pid, device.version, metadata
            )


def _device(  # noqa: PLR0917 - one call, each argument a fact of the device
    manager: Manager,
    domain: str,
    name: str,
    address: str,
    pid: str,
    version: str,
    metadata: dict[str, Any],
) -> dict[str, Any]:
    uuid_of = GLOBAL if domain == "Global" else identity(manager.name, domain)
    return {
        "id": identity(manager.name, "device", name),
        "type": "Device",
        "name": name,
        "hostName": address,
        "model": model(pid),
        "modelType": "Sensor",
        "healthStatus": "green",
        "sw_version": version,
        "isConnected": True,
        "deploymentStatus": "DEPLOYED",
        "license_caps": ["ESSENTIALS", "IPS"],
        "ftdMode": "ROUTED",
        "metadata": metadata | {"domain": {"name": domain, "id": uuid_of, "type": "Domain"}},
    }


def model(pid: str) -> str:
    """What a manager calls a product: ``Cisco Firepower 2130 Threat Defense``."""
    number = re.sub(r"^(?:FPR|CSF)-?|-K9$", "", pid)
    family = "Secure Firewall" if number[:2] in {"12", "31", "42"} else "Firepower"
    return f"Cisco {family} {number} Threat Defense"


def _container(estate: Estate, manager: Manager, host: Host) -> dict[str, Any]:
    """The pair or cluster that a device belongs to."""
    for name, members in manager.clusters.items():
        if host.name in members:
            details = {
                "id": identity(manager.name, "cluster", name),
                "type": "DeviceCluster",
                "name": name,
                "role": "Control" if members[0] == host.name else "Data",
            }
            return {"isPartOfContainer": True, "containerDetails": details}
    pair = host.failover
    if pair is None or not isinstance(pair.mate, str):
        return {"isPartOfContainer": False}
    first = host.name if pair.unit == "primary" else estate.by_name[pair.mate].name
    details = {
        "id": identity(manager.name, "pair", first),
        "type": "DeviceHAPair",
        "name": f"{first}-ha",
        "role": pair.unit.upper(),
        "status": pair.state.title(),
    }
    return {"isPartOfContainer": True, "containerDetails": details}


def _named(manager: Manager, host: str) -> dict[str, str]:
    return {"id": identity(manager.name, "device", host), "type": "Device", "name": host}


def _pairs(estate: Estate, manager: Manager, domain: str) -> Iterator[dict[str, Any]]:
    for host in _hosts(estate, manager, domain):
        pair = host.failover
        if pair is None or pair.unit != "primary" or not isinstance(pair.mate, str):
            continue
        mate = estate.by_name[pair.mate]
        states = (pair.state, mate.failover.state if mate.failover else "standby")
        yield {
            "id": identity(manager.name, "pair", host.name),
            "type": "DeviceHAPair",
            "name": f"{host.name}-ha",
            "primary": _named(manager, host.name),
            "secondary": _named(manager, mate.name),
            "metadata": {
                f"{side}Status": {
                    "device": _named(manager, name),
                    "currentStatus": state.title(),
                }
                for side, name, state in zip(
                    ("primary", "secondary"), (host.name, mate.name), states, strict=True
                )
            },
        }


def _clusters(estate: Estate, manager: Manager, domain: str) -> Iterator[dict[str, Any]]:
    here = {host.name for host in _hosts(estate, manager, domain)}
    for name, members in manager.clusters.items():
        if members[0] in here:
            yield {
                "id": identity(manager.name, "cluster", name),
                "type": "DeviceCluster",
                "name": name,
                "controlDevice": {"deviceDetails": _named(manager, members[0])},
                "dataDevices": [{"deviceDetails": _named(manager, m)} for m in members[1:]],
            }
