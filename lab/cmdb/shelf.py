"""What the lab's sources of truth hold: devices, as an engineer would have entered them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.estate import Estate

PLATFORMS = {
    "catalyst_9300": "cisco-ios-xe",
    "catalyst_9800": "cisco-ios-xe",
    "ios": "cisco-ios",
    "nxos": "cisco-nxos",
    "ios_xr": "cisco-ios-xr",
    "eos": "arista-eos",
    "asa": "cisco-asa",
    "ftd": "cisco-ftd",
    "fxos": "cisco-fxos",
}
"""The slugs that NetBox's own device type library suggests."""


@dataclass(slots=True)
class Entry:
    """One device. `chassis` names the virtual chassis it is a member of."""

    name: str | None
    address: str | None = None
    platform: str | None = None
    pid: str = "C9300-48P"
    serial: str = ""
    site: str = "north"
    role: str = "access-switch"
    tenant: str | None = None
    tags: tuple[str, ...] = ()
    status: str = "active"
    address6: str | None = None
    oob: str | None = None
    chassis: str | None = None
    position: int | None = None
    master: bool = False
    room: str | None = None
    more: dict[str, object] = field(default_factory=dict)


def entries(estate: Estate) -> list[Entry]:
    """The hosts of an estate; the members of a stack are devices of a virtual chassis."""
    found: list[Entry] = []
    for host in estate.hosts:
        slug = PLATFORMS.get(host.platform)
        members = host.members if len(host.members) > 1 else ()
        if not members:
            pid, serial = _identity(host)
            found.append(
                Entry(host.name, str(host.address), slug, pid, serial, host.site, host.platform)
            )
        for position, member in enumerate(members, start=1):
            first = position == 1
            found.append(
                Entry(
                    name=host.name if first else f"{host.name}:{position}",
                    address=str(host.address) if first else None,
                    platform=slug,
                    pid=member.pid,
                    serial=member.serial or "",
                    site=host.site,
                    role=host.platform,
                    chassis=host.name,
                    position=position,
                    master=first,
                )
            )
    return found


def _identity(host: object) -> tuple[str, str]:
    unit = next(iter(getattr(host, "members", ())), host)
    return getattr(unit, "pid", None) or "not-stated", getattr(unit, "serial", None) or ""
