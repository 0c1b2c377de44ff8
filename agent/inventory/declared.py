"""What the inventory declares about hosts beside how to reach them: owner, exposure, refresh."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from agent.errors import InventoryError
from agent.inventory.simple import load_inventory, recognises, site_of
from agent.model import HostFacts

if TYPE_CHECKING:
    from pathlib import Path

    from nornir.core.inventory import Host


def declared(directory: Path) -> dict[str, HostFacts]:
    """The facts of every host by name; none where the folder has no ``hosts.yaml`` of Nornir's.

    :raises InventoryError: the inventory cannot be used, or a fact is of the wrong kind.
    """
    path = directory / "hosts.yaml"
    if not recognises(directory):
        return {}
    hosts = load_inventory(directory).inventory.hosts
    return {name: _facts(path, name, host) for name, host in sorted(hosts.items())}


def _facts(path: Path, name: str, host: Host) -> HostFacts:
    refresh = host.get("refresh")
    if isinstance(refresh, str):
        try:
            refresh = date.fromisoformat(refresh)
        except ValueError:
            refresh = ...
    if isinstance(refresh, datetime) or not (refresh is None or isinstance(refresh, date)):
        raise InventoryError(f"{path}: {name}: data: refresh must be a date such as 2027-09-30")
    spare = host.get("spare", False)
    if not isinstance(spare, bool):
        raise InventoryError(f"{path}: {name}: data: spare must be true or false")
    exposed = host.get("exposed")
    if not (exposed is None or isinstance(exposed, bool)):
        raise InventoryError(f"{path}: {name}: data: exposed must be true or false")
    return HostFacts(
        host=name,
        site=site_of(host),
        address=host.hostname,
        owner=_text(host, "owner"),
        spare=spare,
        exposed=exposed,
        refresh=refresh,
        replacement=_text(host, "replacement"),
    )


def _text(host: Host, key: str) -> str | None:
    value = host.get(key)
    return None if value is None else str(value)
