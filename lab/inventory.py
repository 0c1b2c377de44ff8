"""The lab's estate as a Nornir inventory: hosts, groups for platform and site, defaults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from lab.errors import LabError
from lab.estate import load_estate

if TYPE_CHECKING:
    from lab.estate import Estate

HEADER = "# Made from lab/estate.yaml by lab.inventory; edit the estate, not this file.\n---\n"


def write_inventory(
    estate: Estate,
    directory: Path,
    port: int,
    snmp_port: int | None = None,
    manager_port: int | None = None,
) -> None:
    """Write hosts.yaml, groups.yaml and defaults.yaml; no credentials stand in any of them.

    The port stands in the defaults, from where hosts without one of their own inherit it. Managers
    are hosts too where a `manager_port` says where they listen.

    :raises LabError: the directory cannot be written.
    """
    hosts: dict[str, dict[str, Any]] = {
        host.name: {
            "hostname": str(host.address),
            "platform": (platform := host.inventory_platform or host.platform),
            "groups": [platform, host.site],
            "data": {"site": host.site},
        }
        | ({"port": host.ssh_port} if host.ssh_port else {})
        for host in estate.hosts
    }
    if manager_port:
        hosts |= {
            manager.name: {
                "hostname": str(manager.address),
                "port": manager_port,
                "platform": manager.kind,
                "data": {"site": manager.site},
            }
            for manager in estate.managers
        }
    platforms = sorted({host.inventory_platform or host.platform for host in estate.hosts})
    groups: dict[str, Any] = {name: {} for name in platforms} | {
        site: {"data": {"site": site}} for site in sorted(estate.sites)
    }
    files: dict[str, dict[str, Any]] = {
        "hosts.yaml": hosts,
        "groups.yaml": groups,
        "defaults.yaml": {"port": port} | _snmp(snmp_port),
    }
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            new = directory / f".{name}.new"
            new.write_text(
                HEADER + yaml.safe_dump(content, sort_keys=False, default_flow_style=False),
                encoding="utf-8",
            )
            new.replace(directory / name)
    except OSError as error:
        raise LabError(
            f"{directory}: the inventory cannot be written: {error.strerror}; choose another folder"
        ) from None


def _snmp(port: int | None) -> dict[str, Any]:
    """Where SNMP agents listen, as Nornir takes it."""
    return {"connection_options": {"snmp": {"port": port}}} if port else {}


if __name__ == "__main__":
    _estate = load_estate()
    write_inventory(_estate, Path("inventory"), _estate.port)
