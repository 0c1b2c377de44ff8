"""What the Device Manager of a single FTD answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lab.managers.fmc import identity, model

if TYPE_CHECKING:
    from lab.estate import Estate
    from lab.schema import Manager

_BASE = "/api/fdm/latest"


def answer(estate: Estate, manager: Manager, path: str) -> tuple[int, dict[str, Any]]:
    """Status and content for a GET."""
    host = estate.by_name[manager.device or ""]
    if path == f"{_BASE}/operational/systeminfo/default":
        return 200, {
            "ipv4": str(host.address),
            "softwareVersion": f"{host.version}-{host.build}",
            "platformModel": model(host.active.pid),
            "serialNumber": host.active.shown_serial,
            "applianceUuid": identity(manager.name, host.name),
            "managementInterfaceName": "management0",
            "id": "default",
            "type": "systeminformation",
        }
    if path == f"{_BASE}/devices/default/operational/ha/status/default":
        return 200, {"nodeRole": "UNKNOWN", "nodeState": "SINGLE_NODE", "type": "hastatus"}
    return error(404, "notFound", "The resource does not exist")


def error(status: int, key: str, description: str) -> tuple[int, dict[str, Any]]:
    """A refusal in FDM's form."""
    message = {"description": description, "code": key, "location": ""}
    return status, {"error": {"severity": "ERROR", "key": key, "messages": [message]}}
