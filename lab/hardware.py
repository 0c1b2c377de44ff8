"""The rows a host's inventory shows, in the order and with the names real devices use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.schema import Host, Member, Part, Transceiver

Kind = Literal[
    "chassis",
    "stack_member",
    "supervisor",
    "module",
    "power_supply",
    "fan",
    "transceiver",
    "access_point",
]


@dataclass(frozen=True, slots=True)
class Row:
    """One entity. Without a kind it is no unit of its own: a logical stack, an empty slot."""

    name: str
    description: str
    pid: str = ""
    vid: str = ""
    serial: str = ""
    kind: Kind | None = None
    position: str | None = None
    version: str | None = None
    virtual: bool = False


def rows(host: Host) -> tuple[Row, ...]:
    """Everything `host` shows of itself, joined access points and security modules included."""
    return (*inventory(host), *(access_point_rows(host)), *(security_module_rows(host)))


def inventory(host: Host) -> tuple[Row, ...]:
    """The rows of the host's `show inventory` (of `show chassis inventory` on FXOS)."""
    return tuple(_INVENTORY[host.platform](host))


def access_point_rows(host: Host) -> Iterator[Row]:
    """The access points joined to a controller."""
    for point in host.access_points:
        yield Row(
            name=point.name,
            description=point.pid,
            pid=point.pid,
            serial=point.serial,
            kind="access_point",
            position=point.name,
            version=point.version,
        )


def security_module_rows(host: Host) -> Iterator[Row]:
    """What `show server inventory` shows of a chassis."""
    for module in host.security_modules:
        name = f"server 1/{module.slot}"
        yield _part(name, module, "module")


@cache
def _descriptions() -> dict[str, str]:
    """What each product calls itself."""
    path = Path(__file__).with_name("descriptions.yaml")
    texts: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return texts


def description(pid: str) -> str:
    """What the product calls itself; its PID where that is not known."""
    return _descriptions().get(pid, pid)


def _part(name: str, part: Part, kind: Kind, text: str | None = None) -> Row:
    return Row(name, text or description(part.pid), part.pid, part.vid, part.serial, kind, name)


def _plugged(ends: tuple[Transceiver, ...]) -> Iterator[Row]:
    for end in ends:
        yield _part(end.port, end, "transceiver")


def _catalyst_9300(host: Host) -> Iterator[Row]:
    active = host.active
    # The logical stack repeats the active unit's serial (T1).
    yield Row("c93xx Stack", "c93xx Stack", active.pid, active.vid, active.serial or "")
    kind: Kind = "stack_member" if len(host.members) > 1 else "chassis"
    for member in host.slots:
        name = f"Switch {member.number}"
        if member.provisioned:
            yield Row(name, f"{member.pid} - Provisioned", member.pid)
            continue
        yield Row(
            name,
            member.pid,
            member.pid,
            member.vid,
            member.serial or "",
            kind,
            f"switch {member.number}",
            host.running(member),
        )
        yield from _cable_ends(host, member)
        for letter, supply in zip("ABC", member.power_supplies, strict=False):
            place = f"{name} - Power Supply {letter}"
            yield Row(
                f"{place} Container", f"{name} - {member.pid} - Power Supply {letter} Container"
            )
            yield _part(place, supply, "power_supply", place)
        for number, module in enumerate(member.modules, 1):
            yield _part(f"{name} FRU Uplink Module {number}", module, "module")
        yield from _plugged(member.transceivers)


def _cable_ends(host: Host, member: Member) -> Iterator[Row]:
    """The stack cables at `member`; a cable shows the same serial at both ends (T5).

    The ring: cable i runs from port 1 of the i-th unit to port 2 of the next.
    """
    place = host.present.index(member)
    for port, cable_number in ((1, place), (2, (place - 1) % len(host.present))):
        if cable_number < len(host.stack_cables):
            name = f"StackPort{member.number}/{port}"
            yield _part(name, host.stack_cables[cable_number], "module", name)


def _catalyst_9800(host: Host) -> Iterator[Row]:
    if not host.virtual:
        yield Row("Multi Chassis System", "Cisco Multi Chassis System")
    for member in host.present:
        name = f"Chassis {member.number}"
        yield Row(
            name,
            f"Cisco {member.pid} Chassis",
            member.pid,
            member.vid,
            member.serial or "",
            "chassis",
            f"chassis {member.number}",
            host.running(member),
            host.virtual,
        )
        for number, supply in enumerate(member.power_supplies):
            yield _part(f"{name} Power Supply Module {number}", supply, "power_supply")
        if not host.virtual:
            yield Row(f"{name} Fan Tray", f"Cisco {member.pid} Fan Tray", f"{member.pid}-FAN")
            yield Row(
                f"{name} module 0", f"Cisco {member.pid} Modular Interface Processor", member.pid
            )
            yield Row(
                f"{name} SPA subslot 0/0",
                "4-port 10G/1G multirate Ethernet Port Adapter",
                "BUILT-IN-4X10G/1G",
                "N/A",
                "N/A",
            )
        yield Row(f"{name} module R0", f"Cisco {member.pid} Route Processor", member.pid)
        yield Row(
            f"{name} module F0", f"Cisco {member.pid} Embedded Services Processor", member.pid
        )
        yield from (_part(f"{name} {end.port}", end, "transceiver") for end in member.transceivers)


def _firewall(host: Host) -> Iterator[Row]:
    """ASA and FTD share one `show inventory`: 5500-X has a Chassis, the others a module 0 (T9)."""
    unit = host.active
    classic = unit.pid.startswith("ASA")
    yield Row(
        "Chassis" if classic else "module 0",
        description(unit.pid),
        unit.pid,
        unit.vid,
        unit.serial or "",
        "module" if host.chassis else "chassis",
        _firewall_position(host),
        host.running(unit),
        host.virtual,
    )
    single = len(unit.power_supplies) == 1
    for number, supply in enumerate(unit.power_supplies, 0 if single else 1):
        name = "power supply" if single else f"power supply {number}"
        yield _part(name, supply, "power_supply")
    for number, module in enumerate(unit.modules, 1):
        yield _part(f"Storage Device {number}" if classic else f"module {number}", module, "module")
    yield from (_part(end.port, end, "transceiver") for end in unit.transceivers)


def _firewall_position(host: Host) -> str | None:
    """A unit of a pair keeps its place whoever is active; others have none but their slot."""
    if host.chassis:
        return f"server 1/{host.slot}"
    return host.failover.unit if host.failover else None


def _fxos(host: Host) -> Iterator[Row]:
    unit = host.active
    yield Row(
        "chassis 1",
        description(unit.pid),
        unit.pid,
        unit.vid,
        unit.serial or "",
        "chassis",
        "chassis 1",
        host.running(unit),
    )


def _chassis_alone(host: Host) -> Iterator[Row]:
    """What is read at chassis level shows no parts."""
    unit = host.active
    yield Row(
        "Chassis",
        description(unit.pid),
        unit.pid,
        unit.vid,
        unit.serial or "",
        "chassis",
        version=host.running(unit),
    )


_INVENTORY = {
    "asa": _firewall,
    "catalyst_9300": _catalyst_9300,
    "catalyst_9800": _catalyst_9800,
    "eos": _chassis_alone,
    "ftd": _firewall,
    "fxos": _fxos,
    "ios": _chassis_alone,
    "ios_xr": _chassis_alone,
    "nxos": _chassis_alone,
}
